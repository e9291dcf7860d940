package wire

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"sync"
	"time"
)

// A plan is how values of one Go type are read. It is made once for each type.
type plan struct {
	kind planKind
	// elem is what a pointer leads to, or what a list holds.
	elem *plan
	// pointee is the type that elem reads, of a pointer; empty is the list without elements.
	pointee reflect.Type
	empty   reflect.Value
	fields  []planField
	byName  map[string]int
}

type planKind uint8

const (
	planForeign planKind = iota // left to encoding/json
	planOwn                     // has an UnmarshalJSON
	planText
	planBool
	planInt
	planFloat
	planDate
	planObject
	planList
	planPointer
)

type planField struct {
	name string
	// path is the index of the field, and before it those of what it is embedded in.
	path []int
	plan *plan
}

// Bounds on the structs that are read here, which the types of the API are far from.
const (
	maxFields = 64
	maxName   = 40
)

var plans sync.Map // of *plan by reflect.Type

func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	p, _ := plans.LoadOrStore(t, newPlan(t, nil))
	return p.(*plan)
}

// newPlan makes the plan of t; within are the structs that t is a part of.
func newPlan(t reflect.Type, within []reflect.Type) *plan {
	switch pointer := reflect.PointerTo(t); {
	case t == reflect.TypeFor[time.Time]():
		return &plan{kind: planDate}
	case t.Kind() != reflect.Pointer && pointer.Implements(reflect.TypeFor[json.Unmarshaler]()):
		return &plan{kind: planOwn}
	case pointer.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()), t == reflect.TypeFor[json.Number]():
		return &plan{kind: planForeign}
	}
	switch t.Kind() {
	case reflect.String:
		return &plan{kind: planText}
	case reflect.Bool:
		return &plan{kind: planBool}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return &plan{kind: planInt}
	case reflect.Float32, reflect.Float64:
		return &plan{kind: planFloat}
	case reflect.Pointer:
		return &plan{kind: planPointer, pointee: t.Elem(), elem: newPlan(t.Elem(), within)}
	case reflect.Slice:
		if t.Elem().Kind() != reflect.Uint8 {
			return &plan{kind: planList, empty: reflect.MakeSlice(t, 0, 0), elem: newPlan(t.Elem(), within)}
		}
	case reflect.Struct:
		p := &plan{kind: planObject, byName: map[string]int{}}
		if p.addFields(t, nil, within) {
			return p
		}
	}
	return &plan{kind: planForeign}
}

// addFields adds the fields of t, which is at path. It returns false where encoding/json has rules that are not known here.
func (p *plan) addFields(t reflect.Type, path []int, within []reflect.Type) bool {
	for _, outer := range within {
		if outer == t {
			return false
		}
	}
	within = append(within, t)
	for i := range t.NumField() {
		field := t.Field(i)
		at := append(path[:len(path):len(path)], i)
		tag := field.Tag.Get("json")
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case tag == "-", !field.IsExported() && !field.Anonymous:
			continue
		case field.Anonymous && name == "" && field.Type.Kind() == reflect.Struct:
			if !p.addFields(field.Type, at, within) {
				return false
			}
			continue
		case field.Anonymous && (name == "" || !field.IsExported()), strings.Contains(","+options+",", ",string,"):
			return false
		case name == "":
			name = field.Name
		}
		if !p.addField(planField{name, at, newPlan(field.Type, within)}) {
			return false
		}
	}
	return len(p.fields) <= maxFields
}

// addField prefers the shallower of two fields of one name.
func (p *plan) addField(f planField) bool {
	i, taken := p.byName[f.name]
	switch {
	case len(f.name) > maxName:
		return false
	case !taken:
		p.byName[f.name] = len(p.fields)
		p.fields = append(p.fields, f)
	case len(f.path) < len(p.fields[i].path):
		p.fields[i] = f
	case len(f.path) == len(p.fields[i].path):
		return false
	}
	return true
}

// find returns the index of the field for a key, -1 if there is none. Most keys come in the order of the fields: next is the one to
// try first. As in encoding/json, a name in another case will do if there is none in the same.
func (p *plan) find(key []byte, next int) int {
	if next < len(p.fields) && p.fields[next].name == string(key) {
		return next
	}
	if i, ok := p.byName[string(key)]; ok {
		return i
	}
	for i := range p.fields {
		if strings.EqualFold(p.fields[i].name, string(key)) {
			return i
		}
	}
	return -1
}

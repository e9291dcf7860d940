package main

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"strings"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

// An action is what is done with a drain.
type action string

const (
	keep    action = "keep"
	extra   action = "extra" // not in the file, and not changed
	create  action = "create"
	replace action = "replace" // create, then delete the old one
	enable  action = "enable"
	remove  action = "delete"
)

// changes reports whether the action changes anything.
func (a action) changes() bool { return a != keep && a != extra }

// A step is an action for one drain: wanted, there, or both.
type step struct {
	action
	wanted *wanted
	drain  *clevercloud.Drain
}

// An appPlan is what to do for one application.
type appPlan struct {
	app   application
	steps []step
}

// plan compares the drains of each application with those of the file.
func (s *syncer) plan(ctx context.Context) error {
	s.plans = nil
	seen := map[clevercloud.ApplicationID]bool{}
	var visible *clevercloud.Summary
	for _, app := range s.config.Applications {
		s.Status("reading the drains of %s", app.Name)
		app.id = clevercloud.ApplicationID(app.Name)
		if app.Owner == "" {
			var err error
			if visible == nil {
				if visible, err = s.client.Identity.Summary(ctx); err != nil {
					return err
				}
			}
			found, err := visible.Find(app.Name)
			if err != nil {
				return err
			}
			// An add-on can have drains too, by its real id.
			app.Owner, app.id = found.OwnerID, clevercloud.ApplicationID(found.ID)
		}
		if seen[app.id] {
			return fmt.Errorf("%s is in the file twice", app.Name)
		}
		seen[app.id] = true
		drains, err := s.client.Drains.List(ctx, app.Owner, app.id, clevercloud.DrainQuery{})
		if err != nil {
			return err
		}
		s.plans = append(s.plans, appPlan{app, s.compare(app.Drains, drains)})
	}
	s.Status("")
	return nil
}

// compare pairs the drains that are wanted with those that are there.
func (s *syncer) compare(wants []wanted, drains []clevercloud.Drain) []step {
	there := map[string][]*clevercloud.Drain{}
	for i, d := range drains {
		k := key(d.Kind, d.Recipient)
		there[k] = append(there[k], &drains[i])
	}
	var steps []step
	paired := map[clevercloud.DrainID]bool{}
	for i := range wants {
		w := &wants[i]
		k := key(w.Kind, w.recipient)
		if len(there[k]) == 0 {
			steps = append(steps, step{create, w, nil})
			continue
		}
		d := there[k][0]
		there[k], paired[d.ID] = there[k][1:], true
		verb := keep
		switch d.Status.Status {
		case clevercloud.DrainStatusDisabled, clevercloud.DrainStatusDisabling:
			verb = enable
		}
		if s.replace && hasSecrets(w) {
			verb = replace
		}
		steps = append(steps, step{verb, w, d})
	}
	for i, d := range drains {
		switch {
		case paired[d.ID]:
		case s.prune:
			steps = append(steps, step{remove, nil, &drains[i]})
		default:
			steps = append(steps, step{extra, nil, &drains[i]})
		}
	}
	return steps
}

// key returns what can be compared of a drain: its kind, its recipient's type, address and options,
// and which secrets it has. Their values the API does not return.
func key(kind clevercloud.DrainKind, r clevercloud.DrainRecipient) string {
	if _, unknown := r.(clevercloud.UnknownRecipient); unknown || r == nil {
		return "" // like nothing in the file
	}
	v := reflect.ValueOf(r)
	parts := []string{string(kind), v.Type().Name()}
	for i := range v.NumField() {
		text := v.Field(i).String()
		switch field := v.Field(i).Interface().(type) {
		case auth.Secret:
			text = fmt.Sprint(field != "")
		case clevercloud.TLSVerification:
			text = string(cmp.Or(field, clevercloud.TLSVerificationDefault))
		}
		parts = append(parts, text)
	}
	if datadog, ok := r.(clevercloud.DatadogRecipient); ok {
		// The key is the last part of the path, or in the query, and comes back masked.
		address, _, _ := strings.Cut(datadog.URL, "?")
		parts[2] = address[:strings.LastIndexByte(address, '/')+1]
	}
	return strings.Join(parts, "\x00")
}

// hasSecrets reports whether a drain has something that cannot be compared.
func hasSecrets(w *wanted) bool {
	for key, text := range w.Fields {
		if isSecret(key, w.Fields["type"]) && text != "" {
			return true
		}
	}
	return false
}

// pending counts the steps that change something.
func (s *syncer) pending() int {
	n := 0
	for _, p := range s.plans {
		for _, step := range p.steps {
			if step.changes() {
				n++
			}
		}
	}
	return n
}

// show prints the plan, whole and in the order of the file.
func (s *syncer) show() {
	counts, unsure := map[action]int{}, 0
	for _, p := range s.plans {
		s.Printf("%s\n", s.Paint(term.Bold, s.Foreign(p.app.Name)))
		for _, step := range p.steps {
			counts[step.action]++
			if step.action == keep && hasSecrets(step.wanted) {
				unsure++
			}
			s.Printf("  %s %s\n", s.mark(step.action), s.describe(step))
		}
		if len(p.steps) == 0 {
			s.Printf("  no drains\n")
		}
	}
	s.Printf("\n")
	if s.pending() == 0 {
		s.Printf("No changes.\n")
	} else {
		s.Printf("To create: %d, to replace: %d, to enable: %d, to delete: %d. Unchanged: %d.\n",
			counts[create], counts[replace], counts[enable], counts[remove], counts[keep]+counts[extra])
	}
	if unsure > 0 {
		s.Notef("The secrets of %d unchanged drain(s) cannot be compared; -replace sends them again.",
			unsure)
	}
	if counts[extra] > 0 {
		s.Notef("%d drain(s) are not in the file; -prune deletes them.", counts[extra])
	}
}

func (s *syncer) mark(a action) string {
	sign, colour := "  ", term.Grey
	switch a {
	case create:
		sign, colour = "+ ", term.Green
	case replace, enable:
		sign, colour = "~ ", term.Yellow
	case remove:
		sign, colour = "- ", term.Red
	}
	return s.Paint(colour, fmt.Sprintf("%s%-7s", sign, a))
}

// describe returns a drain without its secrets: as the file has it or, if it is not in the file,
// with its address redacted by the SDK. The ID has a line of its own, since both are long.
func (s *syncer) describe(st step) string {
	var fields map[string]string
	var kind clevercloud.DrainKind
	if st.wanted != nil {
		kind, fields = st.wanted.Kind, st.wanted.Fields
	} else {
		kind, fields = st.drain.Kind, shown(st.drain.Recipient)
		fields["url"] = s.config.hide.Replace(fields["url"])
	}
	text := s.Foreign(fmt.Sprintf("%-9s %-13s %s", kind, fields["type"], fields["url"]))
	if st.drain != nil && st.action != keep {
		id := s.Foreign(fmt.Sprintf("%s %s", st.drain.ID, st.drain.Status.Status))
		text += "\n" + strings.Repeat(" ", 12) + s.Paint(term.Grey, id)
	}
	return text
}

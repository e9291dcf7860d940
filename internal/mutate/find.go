package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// A mutant is one change to the code.
type mutant struct {
	id int
	// file, function, change and text, with the number of those that are alike, name it from one run to the next, wherever its line is.
	file, function, change, text string
	line                         int
	// source is the fingerprint of the file.
	source string
}

// name is what the file of explanations calls it.
func (m *mutant) name() string {
	return m.file + ": " + m.function + ": " + m.change + ": " + m.text
}

// A rewriter puts all mutants of a file into its text, each behind a question to the package mutants.
type rewriter struct {
	file *ast.File
	name string
	src  []byte
	fset *token.FileSet
	pkg  *types.Package
	info *types.Info

	// add numbers a mutant.
	add      func(*mutant)
	function string
	alike    map[string]int
	edits    []edit
}

// An edit replaces src[from:to]. Of those at one place, what ends there comes before what begins there.
type edit struct {
	from, to int
	ends     bool
	text     string
}

const alias = "mutants_"

// rewrite returns the text of the file with its mutants.
func (r *rewriter) rewrite(helpers string) []byte {
	r.alike = map[string]int{}
	end := r.offset(r.file.Name.End())
	r.edits = append(r.edits, edit{end, end, false, fmt.Sprintf("; import %s %q", alias, helpers)})
	for _, decl := range r.file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Body != nil {
				r.function = functionName(decl)
				r.walk(decl.Body, decl)
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				if v, ok := spec.(*ast.ValueSpec); ok && decl.Tok == token.VAR {
					r.function = v.Names[0].Name
					r.walk(v, decl)
				}
			}
		}
	}
	return append(r.apply(), "\nvar _ = "+alias+".On\n"...)
}

// functionName is (*Type).Name, Type.Name or Name.
func functionName(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	typ := f.Recv.List[0].Type
	star, pointer := typ.(*ast.StarExpr)
	if pointer {
		typ = star.X
	}
	switch generic := typ.(type) {
	case *ast.IndexExpr:
		typ = generic.X
	case *ast.IndexListExpr:
		typ = generic.X
	}
	if pointer {
		return "(*" + types.ExprString(typ) + ")." + f.Name.Name
	}
	return types.ExprString(typ) + "." + f.Name.Name
}

func (r *rewriter) walk(root ast.Node, parent ast.Node) {
	ast.PreorderStack(root, []ast.Node{parent}, func(n ast.Node, stack []ast.Node) bool {
		switch n := n.(type) {
		case *ast.GenDecl:
			return n.Tok == token.VAR
		case *ast.FuncType:
			return false
		case ast.Expr:
			return r.expression(n, stack)
		case ast.Stmt:
			r.statement(n, stack)
		}
		return true
	})
}

// expression mutates e and reports whether to look into it.
func (r *rewriter) expression(e ast.Expr, stack []ast.Node) bool {
	tv, ok := r.info.Types[e]
	if !ok || tv.Type == nil {
		return true
	}
	if tv.IsType() {
		_, literal := e.(*ast.FuncType)
		return literal
	}
	if tv.IsBuiltin() || tv.IsNil() {
		return false
	}
	if tv.Value != nil {
		r.constant(e, tv, stack)
		return false
	}
	if isBool(tv.Type) {
		r.condition(e, stack)
	} else {
		r.value(e, tv.Type, stack)
	}
	switch e := e.(type) {
	case *ast.BinaryExpr:
		r.binary(e)
	case *ast.CallExpr:
		r.smallest(e)
	}
	return true
}

func isBool(t types.Type) bool {
	basic, ok := types.Unalias(t).(*types.Basic)
	return ok && basic.Info()&types.IsBoolean != 0
}

// condition makes a decision always true or always false; of a part of one only what its operator does not settle.
func (r *rewriter) condition(e ast.Expr, stack []ast.Node) {
	if _, ok := e.(*ast.ParenExpr); ok {
		return
	}
	outer := outerOf(stack)
	if b, ok := outer.(*ast.BinaryExpr); ok && (b.Op == token.LAND || b.Op == token.LOR) {
		if inner, ok := e.(*ast.BinaryExpr); ok && inner.Op == b.Op {
			return
		}
		if b.Op == token.LAND {
			r.wrap(e, fmt.Sprintf("(%s.On(%d) || (", alias, r.new(e, "is true", e)), "))")
		} else {
			r.wrap(e, fmt.Sprintf("(!%s.On(%d) && (", alias, r.new(e, "is false", e)), "))")
		}
		return
	}
	if _, ok := outer.(*ast.ForStmt); ok {
		r.wrap(e, fmt.Sprintf("(!%s.On(%d) && (", alias, r.new(e, "is false", e)), "))")
		return
	}
	if r.decides(e, stack) {
		yes, no := r.new(e, "is true", e), r.new(e, "is false", e)
		r.wrap(e, fmt.Sprintf("(%s.On(%d) || !%s.On(%d) && (", alias, yes, alias, no), "))")
	}
}

// outerOf is what an expression is part of, without parentheses.
func outerOf(stack []ast.Node) ast.Node {
	for i := len(stack) - 1; i >= 0; i-- {
		if _, ok := stack[i].(*ast.ParenExpr); !ok {
			return stack[i]
		}
	}
	return nil
}

// decides reports whether e is where a condition, a result, an argument or the right side of an assignment stands.
func (r *rewriter) decides(e ast.Expr, stack []ast.Node) bool {
	switch outer := stack[len(stack)-1].(type) {
	case *ast.IfStmt:
		return outer.Cond == e
	case *ast.CaseClause:
		s, ok := stack[len(stack)-3].(*ast.SwitchStmt)
		return ok && s.Tag == nil
	case *ast.ReturnStmt:
		return true
	case *ast.AssignStmt:
		return slices.Contains(outer.Rhs, e) && len(outer.Lhs) == len(outer.Rhs)
	case *ast.ValueSpec:
		return slices.Contains(outer.Values, e) && len(outer.Names) == len(outer.Values)
	case *ast.KeyValueExpr:
		return outer.Value == e
	case *ast.CallExpr:
		tv := r.info.Types[outer.Fun]
		return outer.Fun != e && !tv.IsType()
	}
	return false
}

// value leaves out a result or a field.
func (r *rewriter) value(e ast.Expr, t types.Type, stack []ast.Node) {
	if literal, ok := e.(*ast.CompositeLit); ok && len(literal.Elts) == 0 {
		return
	}
	var want types.Type
	switch outer := stack[len(stack)-1].(type) {
	case *ast.ReturnStmt:
		results := r.resultsOf(stack)
		if i := slices.Index(outer.Results, e); results.Len() == len(outer.Results) {
			want = results.At(i).Type()
		}
	case *ast.KeyValueExpr:
		literal, ok := stack[len(stack)-2].(*ast.CompositeLit)
		if !ok || outer.Value != e {
			return
		}
		key, ok := outer.Key.(*ast.Ident)
		if !ok || !isStruct(r.info.Types[literal].Type) {
			return
		}
		if field, ok := r.info.Uses[key].(*types.Var); ok {
			want = field.Type()
		}
	}
	switch {
	case want == nil:
	case types.Identical(want, types.Universe.Lookup("error").Type()):
		r.wrap(e, fmt.Sprintf("%s.Zero[error](%d, ", alias, r.new(e, "is nil", e)), ")")
	case types.Identical(want, t):
		r.wrap(e, fmt.Sprintf("%s.Zero(%d, ", alias, r.new(e, "is left out", e)), ")")
	}
}

func isStruct(t types.Type) bool {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	_, ok := t.Underlying().(*types.Struct)
	return ok
}

// resultsOf are those of the function that the top of stack returns from.
func (r *rewriter) resultsOf(stack []ast.Node) *types.Tuple {
	for _, n := range slices.Backward(stack) {
		switch n := n.(type) {
		case *ast.FuncLit:
			return r.info.Types[n].Type.(*types.Signature).Results()
		case *ast.FuncDecl:
			return r.info.Defs[n.Name].Type().(*types.Signature).Results()
		}
	}
	return types.NewTuple()
}

var (
	comparisons = map[token.Token][2]string{
		token.LSS: {"Less", "<="}, token.LEQ: {"LessEqual", "<"}, token.GTR: {"Greater", ">="}, token.GEQ: {"GreaterEqual", ">"},
	}
	arithmetic = map[token.Token][2]string{
		token.ADD: {"Add", "-"}, token.SUB: {"Sub", "+"}, token.MUL: {"Mul", "/"}, token.QUO: {"Div", "*"}, token.REM: {"Rem", "*"},
		token.AND: {"And", "|"}, token.OR: {"Or", "&"}, token.XOR: {"Xor", "&"},
	}
)

// binary gives an operator its neighbour, and shortens a text that is put together.
func (r *rewriter) binary(e *ast.BinaryExpr) {
	left, right := r.info.Types[e.X].Type, r.info.Types[e.Y].Type
	if isTypeParam(left) || isTypeParam(right) {
		return
	}
	basic, ok := left.Underlying().(*types.Basic)
	if !ok {
		return
	}
	if e.Op == token.ADD && basic.Info()&types.IsString != 0 {
		for _, part := range []ast.Expr{e.X, e.Y} {
			if _, chain := part.(*ast.BinaryExpr); !chain && r.info.Types[part].Value == nil {
				r.wrap(part, fmt.Sprintf("%s.Zero(%d, ", alias, r.new(part, "is left out", e)), ")")
			}
		}
		return
	}
	to, ok := comparisons[e.Op]
	if !ok {
		to, ok = arithmetic[e.Op]
	}
	if !ok || basic.Info()&types.IsNumeric == 0 {
		return
	}
	n := r.new(e, e.Op.String()+" is "+to[1], e)
	r.wrap(e, fmt.Sprintf("%s.%s(%d, ", alias, to[0], n), ")")
	r.replace(e.OpPos, len(e.Op.String()), ",")
}

func isTypeParam(t types.Type) bool {
	_, ok := types.Unalias(t).(*types.TypeParam)
	return ok
}

// smallest takes the other one of two.
func (r *rewriter) smallest(call *ast.CallExpr) {
	name, ok := call.Fun.(*ast.Ident)
	if !ok || len(call.Args) != 2 || !r.info.Types[name].IsBuiltin() {
		return
	}
	switch name.Name {
	case "min":
		r.replace(call.Pos(), int(call.Lparen-call.Pos())+1, fmt.Sprintf("%s.Min(%d, ", alias, r.new(call, "min is max", call)))
	case "max":
		r.replace(call.Pos(), int(call.Lparen-call.Pos())+1, fmt.Sprintf("%s.Max(%d, ", alias, r.new(call, "max is min", call)))
	}
}

func (r *rewriter) isMake(call *ast.CallExpr) bool {
	name, ok := call.Fun.(*ast.Ident)
	return ok && name.Name == "make" && r.info.Types[name].IsBuiltin()
}

// constant changes a number a little, a text into none, and true into false.
func (r *rewriter) constant(e ast.Expr, tv types.TypeAndValue, stack []ast.Node) {
	outer := stack[len(stack)-1]
	if pair, ok := outer.(*ast.KeyValueExpr); ok && pair.Key == e {
		literal, ok := stack[len(stack)-2].(*ast.CompositeLit)
		if _, isMap := r.info.Types[literal].Type.Underlying().(*types.Map); !ok || !isMap {
			return
		}
	}
	if call, ok := outer.(*ast.CallExpr); ok && r.isMake(call) {
		return // a capacity; as a variable, it would change where the memory comes from
	}
	typ, ok := r.spell(tv.Type)
	if !ok {
		return
	}
	switch tv.Value.Kind() {
	case constant.Bool:
		if !isBool(tv.Type) {
			return
		}
		if constant.BoolVal(tv.Value) {
			r.wrap(e, fmt.Sprintf("(!%s.On(%d) && ", alias, r.new(e, "is false", outer)), ")")
		} else {
			r.wrap(e, fmt.Sprintf("(%s.On(%d) || ", alias, r.new(e, "is true", outer)), ")")
		}
	case constant.String:
		if constant.StringVal(tv.Value) != "" {
			r.wrap(e, fmt.Sprintf("%s.Zero[%s](%d, ", alias, typ, r.new(e, "is empty", outer)), ")")
		}
	case constant.Int:
		r.number(e, tv.Value, typ, outer)
	}
}

// number leaves alone what the neighbour of its operator changes already.
func (r *rewriter) number(e ast.Expr, v constant.Value, typ string, outer ast.Node) {
	if b, ok := outer.(*ast.BinaryExpr); ok && (b.Op == token.ADD || b.Op == token.SUB || comparisons[b.Op][0] != "") {
		return
	}
	if literal, ok := e.(*ast.BasicLit); ok && literal.Kind == token.CHAR {
		r.wrap(e, fmt.Sprintf("%s.Near[%s](%d, -1, ", alias, typ, r.new(e, "is one more", outer)), ")")
		return
	}
	if n, exact := constant.Int64Val(v); exact && n > -16 && n < 16 {
		more, less := r.new(e, "is one more", outer), -1
		if n != 0 {
			less = r.new(e, "is one less", outer)
		}
		r.wrap(e, fmt.Sprintf("%s.Near[%s](%d, %d, ", alias, typ, more, less), ")")
		return
	}
	twice, half := r.new(e, "is doubled", outer), r.new(e, "is halved", outer)
	r.wrap(e, fmt.Sprintf("%s.Far[%s](%d, %d, ", alias, typ, twice, half), ")")
}

// spell returns how the file writes a type, if it can.
func (r *rewriter) spell(t types.Type) (string, bool) {
	switch t := t.(type) {
	case *types.Basic:
		return types.Default(t).String(), t.Kind() != types.Invalid
	case *types.Alias:
		return r.qualify(t.Obj())
	case *types.Named:
		if t.TypeArgs().Len() > 0 {
			return "", false
		}
		return r.qualify(t.Obj())
	}
	return "", false
}

func (r *rewriter) qualify(name *types.TypeName) (string, bool) {
	if name.Pkg() == r.pkg {
		return name.Name(), name.Parent() == r.pkg.Scope()
	}
	for _, spec := range r.file.Imports {
		if path, _ := strconv.Unquote(spec.Path.Value); path == name.Pkg().Path() {
			if spec.Name != nil {
				return spec.Name.Name + "." + name.Name(), true
			}
			return name.Pkg().Name() + "." + name.Name(), true
		}
	}
	return "", false
}

// statement leaves out a statement that others can do without.
func (r *rewriter) statement(s ast.Stmt, stack []ast.Node) {
	list, alone := listOf(s, stack)
	if list == nil {
		return
	}
	switch s := s.(type) {
	case *ast.ExprStmt:
		if call, ok := s.X.(*ast.CallExpr); ok {
			if name, ok := call.Fun.(*ast.Ident); ok && name.Name == "panic" {
				return
			}
		}
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE || isBlank(s.Lhs) {
			return
		}
	case *ast.IncDecStmt, *ast.DeferStmt, *ast.SendStmt, *ast.GoStmt:
	case *ast.BranchStmt:
		if alone || s.Tok == token.GOTO || s.Tok == token.FALLTHROUGH {
			return
		}
	case *ast.ReturnStmt:
		if alone || !leavesEarly(stack) {
			return
		}
	default:
		return
	}
	r.wrap(s, fmt.Sprintf("if !%s.On(%d) { ", alias, r.new(s, "is left out", s)), " }")
}

// listOf returns the statements among which s stands, nil if it is part of another one; alone is for what a condition leads to and which
// therefore goes with the condition.
func listOf(s ast.Stmt, stack []ast.Node) (list []ast.Stmt, alone bool) {
	switch outer := stack[len(stack)-1].(type) {
	case *ast.BlockStmt:
		list = outer.List
		if len(stack) > 1 {
			_, conditional := stack[len(stack)-2].(*ast.IfStmt)
			alone = conditional && len(list) == 1
		}
	case *ast.CaseClause:
		list = outer.Body
		alone = len(list) == 1
	case *ast.CommClause:
		list = outer.Body
	}
	if !slices.Contains(list, s) {
		return nil, false
	}
	return list, alone
}

func isBlank(left []ast.Expr) bool {
	return !slices.ContainsFunc(left, func(e ast.Expr) bool {
		name, ok := e.(*ast.Ident)
		return !ok || name.Name != "_"
	})
}

// leavesEarly reports whether the function goes on without the return at the top of stack: it is in an if without an else.
func leavesEarly(stack []ast.Node) bool {
	body := stack[len(stack)-1]
	condition, ok := stack[len(stack)-2].(*ast.IfStmt)
	return ok && condition.Else == nil && condition.Body == body
}

// new numbers the change of what, which it describes as part of shown.
func (r *rewriter) new(what ast.Node, change string, shown ast.Node) int {
	text := r.text(what)
	if shown != what {
		text += " in " + r.text(shown)
	}
	m := &mutant{file: r.name, source: fingerprint(r.src), function: r.function, change: change, text: text, line: r.fset.Position(what.Pos()).Line}
	r.alike[m.name()]++
	if n := r.alike[m.name()]; n > 1 {
		m.text += fmt.Sprintf(" (%d)", n)
	}
	r.add(m)
	return m.id
}

// text is what stands at n, on one line and not all of it if it is long.
func (r *rewriter) text(n ast.Node) string {
	line := strings.Join(strings.Fields(string(r.src[r.offset(n.Pos()):r.offset(n.End())])), " ")
	const longest = 90
	if runes := []rune(line); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return line
}

func (r *rewriter) offset(p token.Pos) int { return r.fset.Position(p).Offset }

func (r *rewriter) wrap(n ast.Node, before, after string) {
	from, to := r.offset(n.Pos()), r.offset(n.End())
	r.edits = append(r.edits, edit{from, from, false, before})
	r.edits = append(r.edits, edit{to, to, true, after})
}

func (r *rewriter) replace(at token.Pos, length int, text string) {
	from := r.offset(at)
	r.edits = append(r.edits, edit{from, from + length, false, text})
}

// apply makes the edits. What was wrapped first is outermost.
func (r *rewriter) apply() []byte {
	order := map[int]int{}
	indices := make([]int, len(r.edits))
	for i := range r.edits {
		indices[i] = i
		order[i] = i
		if r.edits[i].ends {
			order[i] = -i
		}
	}
	slices.SortFunc(indices, func(a, b int) int {
		x, y := r.edits[a], r.edits[b]
		if x.from != y.from {
			return cmp.Compare(x.from, y.from)
		}
		if x.ends != y.ends {
			if x.ends {
				return -1
			}
			return 1
		}
		return cmp.Compare(order[a], order[b])
	})
	var out []byte
	at := 0
	for _, i := range indices {
		e := r.edits[i]
		out = append(out, r.src[at:e.from]...)
		out = append(out, e.text...)
		at = e.to
	}
	return append(out, r.src[at:]...)
}

package rules

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/checker/nature"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/optimizer"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// An expression cannot be stopped once it runs, so what it may cost is bounded
// when it is loaded, and in memory and loops while it runs.
const (
	maxTextBytes  = 4096 // of one expression, before the parser sees it
	maxNodes      = 4096 // of its tree, lets inlined
	maxPredicates = 2    // one predicate, and one inside it
	maxRange      = 1000 // elements of a range written as two numbers
	maxLoop       = 4096 // elements that a predicate may be asked about, at run time
	memoryBudget  = 1e5  // elements of lists and maps, bytes of repeated text
)

// want is the type that an expression must have.
type want uint8

const (
	wantAny   want = iota
	wantBool       // a condition
	wantNames      // a string or a list of strings
)

// program is a compiled expression. It is safe for concurrent use.
type program struct {
	Expr
	code    *vm.Program
	demand  demand
	subject bool // calls subject()
}

// scope compiles expressions which see the same lets.
type scope struct {
	lets map[string]*let
}

// config is made anew for each compilation, since expr keeps its state there.
func (s *scope) config() *conf.Config {
	c := conf.New(&variables{})
	c.MaxNodes = maxNodes
	for _, f := range functions {
		expr.Function(f.name, bind(f), f.typ)(c)
	}
	c.Functions[boundedName] = boundedFunction
	return c
}

// bind makes expr's form of a function: its first argument is the variables, put
// there by withEnvironment.
func bind(f function) func(...any) (any, error) {
	return func(args ...any) (any, error) {
		frame := args[0].(*variables).Frame
		if len(args) == 1 {
			return f.call(frame, "")
		}
		arg, ok := args[1].(string)
		if !ok {
			return nil, errArgument
		}
		return f.call(frame, arg)
	}
}

// compile makes a program: parse, inline lets, check bounds and types, read off
// what the index can use, optimise, emit.
func (s *scope) compile(e Expr, where string, want want) (*program, []*Error, error) {
	c := s.config()
	tree, warnings, err := s.tree(e, where, c)
	if err != nil {
		return nil, nil, err
	}
	typ, err := checker.Check(tree, c)
	if err != nil {
		return nil, nil, e.wrong(err, where)
	}
	if reason := want.refuse(typ, tree.Node); reason != "" {
		return nil, nil, e.errorAt(0, 0, where, reason)
	}
	p := &program{Expr: e, subject: calls(tree.Node, "subject")}
	if want == wantBool {
		p.demand = demanded(tree.Node)
	}
	if err := optimizer.Optimize(&tree.Node, c); err != nil {
		return nil, nil, e.wrong(err, where)
	}
	prepare(&tree.Node)
	p.code, err = compiler.Compile(tree, c)
	if err != nil {
		return nil, nil, e.wrong(err, where)
	}
	return p, warnings, nil
}

// tree parses the expression, inlines its lets and checks its bounds. The warnings are
// about what stands in the expression itself.
func (s *scope) tree(e Expr, where string, c *conf.Config) (*parser.Tree, []*Error, error) {
	if len(e.Text) > maxTextBytes {
		return nil, nil, e.errorAt(0, 0, where, fmt.Sprintf("an expression of %d bytes; at most %d are allowed", len(e.Text), maxTextBytes))
	}
	if strings.TrimSpace(e.Text) == "" {
		return nil, nil, e.errorAt(0, 0, where, "the expression is empty")
	}
	tree, err := parser.ParseWithConfig(e.Text, c)
	if err != nil {
		return nil, nil, e.wrong(err, where)
	}
	warnings := fragile(e, tree.Node, where)
	in := &inliner{scope: s, config: c}
	ast.Walk(&tree.Node, in)
	if in.err == nil {
		in.err = bounds(tree.Node)
	}
	if in.err != nil {
		return nil, nil, e.wrong(in.err.Bind(tree.Source), where)
	}
	return tree, warnings, nil
}

// wrong turns an error of expr into one of this package, with its place.
func (e Expr) wrong(err error, where string) *Error {
	if f := (*file.Error)(nil); errors.As(err, &f) {
		return e.errorAt(max(f.Line-1, 0), f.Column, where, plainer.Replace(f.Message))
	}
	reason, _, _ := strings.Cut(err.Error(), "\n")
	return e.errorAt(0, 0, where, reason)
}

// plainer says in the words of this language what expr says in Go's.
var plainer = strings.NewReplacer(
	"unexpected token EOF", "the expression ends too early",
	"type rules.Message", "msg",
	"type rules.Field", "a field of msg",
	"time.Time", "a time",
)

// refuse says why a type is not what is wanted, or nothing.
func (w want) refuse(t reflect.Type, node ast.Node) string {
	unknown := t.Kind() == reflect.Interface
	switch {
	case w == wantBool && unknown:
		return "must be true or false, and may be anything here; read it with bool(path), or compare it"
	case w == wantBool && t.Kind() != reflect.Bool:
		return "must be true or false, not " + t.String()
	case w == wantNames && !unknown && t.Kind() != reflect.String &&
		(t.Kind() != reflect.Slice || t.Elem().Kind() != reflect.String && t.Elem().Kind() != reflect.Interface):
		return "must be a destination's name or a list of them, not " + t.String()
	case w == wantAny && t.Kind() == reflect.Func:
		return "is a function and not its result; write " + node.String() + "(…)"
	}
	return ""
}

// bounds refuses trees that could cost too much, and names that are not for rules.
func bounds(root ast.Node) *file.Error {
	b := &bounder{}
	b.visit(root, 0)
	return b.err
}

type bounder struct {
	nodes int
	err   *file.Error
}

func (b *bounder) refuse(n ast.Node, format string, args ...any) {
	if b.err == nil {
		b.err = &file.Error{Location: n.Location(), Message: fmt.Sprintf(format, args...)}
	}
}

func (b *bounder) visit(n ast.Node, predicates int) {
	if b.nodes++; b.nodes > maxNodes {
		b.refuse(n, "the expression is too large: more than %d parts with its lets", maxNodes)
		return
	}
	switch n := n.(type) {
	case *ast.PredicateNode:
		if predicates++; predicates > maxPredicates {
			b.refuse(n, "a predicate inside a predicate inside a predicate: only one inside another is allowed")
			return
		}
	case *ast.BinaryNode:
		if n.Operator == ".." {
			b.span(n)
		}
	case *ast.BuiltinNode:
		if n.Name == "reduce" || n.Name == "repeat" {
			b.refuse(n, "%s is not available in rules, since its memory cannot be bounded", n.Name)
		}
	case *ast.IdentifierNode:
		if n.Value == "$env" {
			b.refuse(n, "unknown name $env")
		}
	}
	for c := range children(n) {
		if b.err != nil {
			return
		}
		b.visit(c, predicates)
	}
}

// span refuses a range which is written out and too long. Others are bounded by
// the memory budget.
func (b *bounder) span(n *ast.BinaryNode) {
	from, ok1 := integer(n.Left)
	to, ok2 := integer(n.Right)
	// The difference of two ints may overflow; that of their halves does not.
	if ok1 && ok2 && (to/2-from/2 > maxRange || to-from >= maxRange) {
		b.refuse(n, "a range of more than %d numbers", maxRange)
	}
}

func integer(n ast.Node) (int, bool) {
	switch n := n.(type) {
	case *ast.IntegerNode:
		return n.Value, true
	case *ast.UnaryNode:
		if i, ok := n.Node.(*ast.IntegerNode); ok && n.Operator == "-" {
			return -i.Value, true
		}
	}
	return 0, false
}

// calls tells whether the tree calls the function.
func calls(n ast.Node, name string) bool {
	if isCall(n, name) {
		return true
	}
	for c := range children(n) {
		if calls(c, name) {
			return true
		}
	}
	return false
}

// boundedName names the function that prepare puts around what a loop runs over.
const boundedName = "$bounded"

var boundedFunction = &builtin.Function{
	Name: boundedName,
	Func: func(args ...any) (any, error) {
		v := reflect.ValueOf(args[0])
		if v.Kind() == reflect.Slice && v.Len() > maxLoop {
			return nil, errLoop
		}
		return args[0], nil
	},
	Types: []reflect.Type{reflect.TypeFor[func(any) any]()},
}

// prepare changes a checked tree for the compiler: functions get the variables as
// their first argument, and loops are bounded.
func prepare(root *ast.Node) {
	ast.Walk(root, preparer{})
}

type preparer struct{}

func (preparer) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.CallNode:
		id, ok := n.Callee.(*ast.IdentifierNode)
		if ok && slices.ContainsFunc(functions, func(f function) bool { return f.name == id.Value }) {
			n.Arguments = append([]ast.Node{&ast.IdentifierNode{Value: "$env"}}, n.Arguments...)
			n.Callee.SetNature(nature.Nature{}) // its arguments are now other ones than its type says
		}
	case *ast.BuiltinNode:
		if loops(n) {
			over := n.Arguments[0]
			call := &ast.CallNode{Callee: &ast.IdentifierNode{Value: boundedName}, Arguments: []ast.Node{over}}
			call.SetLocation(over.Location())
			call.SetNature(*over.Nature())
			n.Arguments[0] = call
		}
	}
}

// loops tells whether a builtin's cost is more than the length of its list.
func loops(n *ast.BuiltinNode) bool {
	if n.Name == "uniq" {
		return true
	}
	return len(n.Arguments) > 1 && slices.ContainsFunc(n.Arguments[1:], func(a ast.Node) bool {
		_, ok := a.(*ast.PredicateNode)
		return ok
	})
}

package rules

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/checker/nature"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/optimizer"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
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
func (s *scope) compile(e Expr, where string, want want) (p *program, warnings []*Error, err error) {
	defer func() {
		// A mistake in the compiler must not bring down a gateway that reloads.
		if r := recover(); r != nil {
			p, err = nil, e.errorAt(0, 0, where, "the expression cannot be compiled")
		}
	}()
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
	p = &program{Expr: e, subject: calls(tree.Node, "subject")}
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

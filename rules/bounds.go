package rules

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/file"
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

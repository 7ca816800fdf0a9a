package rules

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
)

// let is a Let while expressions are compiled.
type let struct {
	Let
	size   int  // nodes of its tree with other lets inlined; capped above maxNodes
	broken bool // has been reported: what uses it is not reported again
	state  uint8
}

const (
	unseen uint8 = iota
	open         // being looked at: meeting it again is a circle
	done
)

// newScope checks the lets, each by itself, so that a mistake in one is shown where
// it stands and not where the let is used.
func newScope(list []Let, b *builder) *scope {
	s := &scope{lets: make(map[string]*let, len(list))}
	for _, l := range list {
		where := "let " + quote(l.Name)
		if reason := s.refuseName(l.Name); reason != "" {
			b.fail(l.Expr.errorAt(0, 0, where, reason))
			continue
		}
		s.lets[l.Name] = &let{Let: l}
	}
	for _, l := range list {
		if s.lets[l.Name] != nil {
			s.measure(s.lets[l.Name], nil, b)
		}
	}
	for _, l := range list {
		if x := s.lets[l.Name]; x != nil && !x.broken {
			before := len(b.errs)
			b.compile(s, l.Expr, "let "+quote(l.Name), wantAny)
			x.broken = len(b.errs) > before
		}
	}
	return s
}

// refuseName says why a let cannot have a name, or nothing.
func (s *scope) refuseName(name string) string {
	_, predicate := predicates[name]
	_, known := builtin.Index[name]
	switch {
	case !isName(name):
		return "a name consists of letters, digits and _ and does not begin with a digit"
	case slices.Contains(keywords, name):
		return "the name is a word of the expression language"
	case slices.Contains(variableNames, name):
		return "the name is that of a variable"
	case slices.ContainsFunc(functions, func(f function) bool { return f.name == name }):
		return "the name is that of a function"
	case predicate || known:
		return "the name is that of a builtin function"
	case s.lets[name] != nil:
		return "there is another let of this name"
	}
	return ""
}

var keywords = strings.Fields("let if else not in and or matches contains startsWith endsWith true false nil")

var predicates = map[string]bool{
	"all": true, "none": true, "any": true, "one": true, "filter": true, "map": true, "count": true,
	"sum": true, "find": true, "findIndex": true, "findLast": true, "findLastIndex": true,
	"groupBy": true, "sortBy": true, "reduce": true,
}

func isName(s string) bool {
	for i, r := range s {
		if !(r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || i > 0 && r >= '0' && r <= '9') {
			return false
		}
	}
	return s != ""
}

// measure finds a let's size and refuses circles; path is how it was reached.
func (s *scope) measure(l *let, path []string, b *builder) {
	if l.state == done {
		return
	}
	where := "let " + quote(l.Name)
	path = append(path, l.Name)
	if l.state == open {
		at := slices.Index(path, l.Name)
		b.fail(l.Expr.errorAt(0, 0, where, "uses itself: "+strings.Join(path[at:], " → ")))
		l.broken = true
		return
	}
	l.state = open
	defer func() { l.state = done }()
	if len(l.Expr.Text) > maxTextBytes || strings.TrimSpace(l.Expr.Text) == "" {
		return // refused when it is compiled
	}
	tree, err := parser.ParseWithConfig(l.Expr.Text, s.config())
	if err != nil {
		return // likewise
	}
	s.measureNode(l, tree.Node, path, b)
}

func (s *scope) measureNode(l *let, n ast.Node, path []string, b *builder) {
	l.size = min(l.size+1, maxNodes+1)
	if id, ok := n.(*ast.IdentifierNode); ok && s.lets[id.Value] != nil {
		used := s.lets[id.Value]
		s.measure(used, path, b)
		l.size = min(l.size+used.size, maxNodes+1)
		l.broken = l.broken || used.broken
	}
	for c := range children(n) {
		s.measureNode(l, c, path, b)
	}
}

// inliner puts lets in the place of their names, and makes a call of `msg`, which
// is computed only when asked for. It visits children before parents.
type inliner struct {
	scope  *scope
	config *conf.Config
	nodes  int // inlined so far
	err    *file.Error
}

func (in *inliner) refuse(n ast.Node, format string, args ...any) {
	if in.err == nil {
		in.err = &file.Error{Location: n.Location(), Message: fmt.Sprintf(format, args...)}
	}
}

// Visit is called by ast.Walk.
func (in *inliner) Visit(node *ast.Node) {
	if in.err != nil {
		return
	}
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		if n.Value == "msg" {
			callee := &ast.IdentifierNode{Value: "msg"}
			callee.SetLocation(n.Location())
			ast.Patch(node, &ast.CallNode{Callee: callee})
		} else if l := in.scope.lets[n.Value]; l != nil {
			in.inline(node, l)
		}
	case *ast.VariableDeclaratorNode:
		if in.scope.lets[n.Name] != nil || slices.Contains(variableNames, n.Name) {
			in.refuse(n, "the name %s is already in use", n.Name)
		}
	case *ast.CallNode:
		if callee, ok := n.Callee.(*ast.CallNode); ok {
			in.refuse(n, "%s is not a function", callee.Callee.String())
		}
	}
}

func (in *inliner) inline(node *ast.Node, l *let) {
	name := *node
	if in.nodes += l.size; in.nodes > maxNodes {
		in.refuse(name, "the expression is too large: more than %d parts with its lets", maxNodes)
		return
	}
	if l.broken {
		in.refuse(name, "let %s is not usable", l.Name)
		return
	}
	tree, err := parser.ParseWithConfig(l.Expr.Text, in.config)
	if err != nil {
		in.refuse(name, "let %s is not usable", l.Name)
		return
	}
	ast.Walk(&tree.Node, &inliner{scope: in.scope, config: in.config})
	// A mistake that shows only here is in the use, not in the let.
	ast.Walk(&tree.Node, placer(name.Location()))
	*node = tree.Node
}

type placer file.Location

// Visit is called by ast.Walk.
func (p placer) Visit(node *ast.Node) { (*node).SetLocation(file.Location(p)) }

// children yields the direct children of a node.
func children(n ast.Node) iter.Seq[ast.Node] {
	return func(yield func(ast.Node) bool) {
		all := func(nodes ...ast.Node) {
			for _, c := range nodes {
				if c != nil && !yield(c) {
					return
				}
			}
		}
		switch n := n.(type) {
		case *ast.UnaryNode:
			all(n.Node)
		case *ast.BinaryNode:
			all(n.Left, n.Right)
		case *ast.ChainNode:
			all(n.Node)
		case *ast.MemberNode:
			all(n.Node, n.Property)
		case *ast.SliceNode:
			all(n.Node, n.From, n.To)
		case *ast.CallNode:
			all(append([]ast.Node{n.Callee}, n.Arguments...)...)
		case *ast.BuiltinNode:
			all(n.Arguments...)
		case *ast.PredicateNode:
			all(n.Node)
		case *ast.VariableDeclaratorNode:
			all(n.Value, n.Expr)
		case *ast.SequenceNode:
			all(n.Nodes...)
		case *ast.ConditionalNode:
			all(n.Cond, n.Exp1, n.Exp2)
		case *ast.ArrayNode:
			all(n.Nodes...)
		case *ast.MapNode:
			all(n.Pairs...)
		case *ast.PairNode:
			all(n.Key, n.Value)
		}
	}
}

package rules

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
)

// Trace tells what every rule said about an event, for people who ask why it went
// where it did. The zero value is ready to be filled.
type Trace struct {
	Routes   []Step `json:"routes"`             // all of them, in order
	Silences []Step `json:"silences,omitempty"` // those that were asked
}

// Step is what one rule said. Values holds each sub-expression of its condition
// with the value it has by itself, also where `and` or `or` would not have come to
// it: null, true or false, a number, or text of 200 characters at most (lists and
// objects are shown as JSON). The text may hold anything a sender wrote.
type Step struct {
	Name    string         `json:"name"`
	Matched bool           `json:"matched"`
	Why     string         `json:"why"`
	Values  map[string]any `json:"values"`
}

// Bounds of what a trace shows of one rule.
const (
	maxTraceValues = 64
	maxTraceChars  = 200
)

// walkAll does what walk does and fills the trace on the way.
func (m *match) walkAll() {
	facts := m.frame.facts
	ended := ""
	for i := range m.set.routes {
		r := &m.set.routes[i]
		step := Step{Name: r.Name, Values: map[string]any{}}
		if ended != "" {
			step.Why = "not asked: " + ended + " ended the walk"
			m.trace.Routes = append(m.trace.Routes, step)
			continue
		}
		if why, fact, value := r.demand.unmet(facts); why != "" {
			step.Why = why
			step.Values[fact] = shown(value)
			m.trace.Routes = append(m.trace.Routes, step)
			continue
		}
		matched, err := m.frame.holds(r.when)
		m.explain(&step, r.when, matched, err)
		if err == nil && matched {
			if err = m.deliver(i, r); err != nil {
				step.Matched, step.Why = false, "failed after it matched: "+err.Error()
			}
		}
		m.trace.Routes = append(m.trace.Routes, step)
		if err != nil {
			m.failed(r.Name, false, err)
		} else if matched && (r.Drop || r.Stop) {
			ended = r.Name
		}
	}
}

func (m *match) traceSilence(s *silence, holds bool, err error) {
	if m.trace == nil {
		return
	}
	step := Step{Name: s.Name, Values: map[string]any{}}
	m.explain(&step, s.when, holds, err)
	m.trace.Silences = append(m.trace.Silences, step)
}

// unmet names the first fact that is not what the condition demands.
func (d *demand) unmet(f *Facts) (why, fact, value string) {
	for dim, got := range [dimensions]string{f.Source, f.Dialect, f.Event, f.Action} {
		want := d.values[dim]
		if want == nil || slices.Contains(want, got) {
			continue
		}
		fact = dimensionNames[dim]
		if len(want) == 0 {
			return "no " + fact + " can meet the condition", fact, got
		}
		quoted := make([]string, min(len(want), 5))
		for i := range quoted {
			quoted[i] = quote(want[i])
		}
		more := ""
		if len(want) > len(quoted) {
			more = fmt.Sprintf(" or %d others", len(want)-len(quoted))
		}
		return fact + " is " + quote(cut(got)) + ", not " + strings.Join(quoted, " or ") + more, fact, got
	}
	return "", "", ""
}

// explain fills a step for a condition that was evaluated.
func (m *match) explain(step *Step, p *program, matched bool, err error) {
	step.Matched = matched && err == nil
	t := &tracer{scope: m.set.scope, frame: m.frame, values: step.Values}
	root, perr := t.parse(p.Text)
	if perr != nil {
		return
	}
	t.visit(root)
	switch {
	case err != nil:
		step.Why = "failed: " + err.Error()
	case matched:
		step.Why = cut(root.String()) + " is true"
	default:
		step.Why = cut(t.decider(root).String()) + " is false"
	}
}

// tracer evaluates the parts of a condition, each by itself.
type tracer struct {
	scope  *scope
	frame  *frame
	values map[string]any
	lets   []string // being looked into
}

// parse returns the tree as it was written: lets are names.
func (t *tracer) parse(text string) (ast.Node, error) {
	tree, err := parser.ParseWithConfig(text, t.scope.config())
	if err != nil {
		return nil, err
	}
	return tree.Node, nil
}

// visit records the value of a node and of those below it. It does not look
// into what has no value by itself: predicates and what follows a local variable.
func (t *tracer) visit(n ast.Node) {
	switch n := n.(type) {
	case *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NilNode, *ast.BytesNode:
		return
	case *ast.PredicateNode, *ast.PointerNode:
		return
	case *ast.CallNode:
		t.record(n)
		for _, a := range n.Arguments {
			t.visit(a)
		}
		if m, ok := n.Callee.(*ast.MemberNode); ok {
			t.visit(m.Node)
		}
		return
	case *ast.MemberNode:
		// Of msg.title, msg alone says nothing more.
		t.record(n)
		if _, ok := n.Node.(*ast.IdentifierNode); !ok {
			t.visit(n.Node)
		}
		t.visit(n.Property)
		return
	case *ast.VariableDeclaratorNode:
		t.record(n)
		t.visit(n.Value)
		return
	case *ast.ArrayNode, *ast.MapNode, *ast.PairNode:
		for c := range children(n) {
			t.visit(c)
		}
		return
	case *ast.IdentifierNode:
		t.record(n)
		t.let(n.Value)
		return
	case *ast.BinaryNode:
		if n.Operator == ".." {
			return
		}
		t.record(n)
		for _, term := range terms(n, n.Operator, nil) {
			t.visit(term)
		}
		return
	}
	t.record(n)
	for c := range children(n) {
		t.visit(c)
	}
}

// terms returns the terms of `a and b and c`: the tree nests them to the left, and
// `a and b` by itself says nothing that its terms do not. Other operators have two.
func terms(n ast.Node, operator string, to []ast.Node) []ast.Node {
	b, ok := n.(*ast.BinaryNode)
	if !ok || b.Operator != operator {
		return append(to, n)
	}
	if !slices.Contains([]string{"and", "&&", "or", "||"}, operator) {
		return append(to, b.Left, b.Right)
	}
	return terms(b.Right, operator, terms(b.Left, operator, to))
}

// let looks into a let.
func (t *tracer) let(name string) {
	l := t.scope.lets[name]
	if l == nil || slices.Contains(t.lets, name) {
		return
	}
	if root, err := t.parse(l.Expr.Text); err == nil {
		t.lets = append(t.lets, name)
		t.visit(root)
		t.lets = t.lets[:len(t.lets)-1]
	}
}

// record evaluates a node.
func (t *tracer) record(n ast.Node) {
	if len(t.values) >= maxTraceValues {
		return
	}
	text := n.String()
	if _, ok := t.values[text]; ok {
		return
	}
	p, _, err := t.scope.compile(Expr{Text: text}, "trace", wantAny)
	if err != nil {
		return // it has no value by itself
	}
	v, err := t.frame.run(p)
	if err != nil {
		v = "failed"
	}
	t.values[text] = shown(v)
}

// decider finds the part that made a false condition false: of an `and` the first
// term which is false.
func (t *tracer) decider(n ast.Node) ast.Node {
	b, ok := n.(*ast.BinaryNode)
	if !ok || b.Operator != "and" && b.Operator != "&&" {
		return n
	}
	for _, term := range terms(b, b.Operator, nil) {
		if t.values[term.String()] == false {
			return t.decider(term)
		}
	}
	return n
}

// shown makes a value fit to be printed.
func shown(v any) any {
	switch v := v.(type) {
	case nil, bool, int:
		return v
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return strconv.FormatFloat(v, 'g', -1, 64)
		}
		return v
	}
	text, err := asText(v)
	if err != nil {
		return err.Error()
	}
	return cut(text)
}

// cut shortens a text to what a trace shows and takes control characters out.
func cut(s string) string {
	s = strings.ToValidUTF8(s[:min(len(s), (maxTraceChars+1)*utf8.UTFMax)], "")
	runes := []rune(s)
	if len(runes) > maxTraceChars {
		runes = append(runes[:maxTraceChars-1], '…')
	}
	for i, r := range runes {
		if r < ' ' && r != '\n' || r == 0x7f {
			runes[i] = ' '
		}
	}
	return string(runes)
}

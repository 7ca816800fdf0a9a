package rules

import (
	"slices"

	"github.com/expr-lang/expr/ast"
)

// The index keeps most rules from being run. From each condition it reads which
// values of source, dialect, event and action it demands, and files the rule under
// those values; an event is then looked up under its own. What is demanded is only
// ever a necessary condition: leaving an equality out makes the index less useful,
// never wrong.

// The indexed facts.
const (
	bySource = iota
	byDialect
	byEvent
	byAction
	dimensions
)

var dimensionNames = [dimensions]string{"source", "dialect", "event", "action"}

// demand is what a condition demands of the indexed facts.
type demand struct {
	values [dimensions][]string // nil: anything; empty and not nil: nothing will do
	whole  bool                 // the condition holds exactly when the demand is met
}

// demanded reads the demand off a condition's tree.
func demanded(n ast.Node) demand {
	d := demand{whole: true}
	d.and(n)
	return d
}

// and adds what one term, or the terms of an `and`, demand.
func (d *demand) and(n ast.Node) {
	if b, ok := n.(*ast.BinaryNode); ok && (b.Operator == "and" || b.Operator == "&&") {
		d.and(b.Left)
		d.and(b.Right)
		return
	}
	if b, ok := n.(*ast.BoolNode); ok && b.Value {
		return
	}
	dim, values, ok := equality(n)
	if !ok {
		d.whole = false
		return
	}
	if had := d.values[dim]; had != nil {
		values = slices.DeleteFunc(values, func(v string) bool { return !slices.Contains(had, v) })
	}
	d.values[dim] = values
}

// equality reads `event == "push"`, `event in ["push", …]`, or an `or` of those
// about one fact. The values are not nil and are each there once.
func equality(n ast.Node) (dim int, values []string, ok bool) {
	b, isBinary := n.(*ast.BinaryNode)
	if !isBinary {
		return 0, nil, false
	}
	switch b.Operator {
	case "or", "||":
		left, some, ok1 := equality(b.Left)
		right, more, ok2 := equality(b.Right)
		return left, unique(append(some, more...)), ok1 && ok2 && left == right
	case "==":
		if _, ok := b.Left.(*ast.StringNode); ok {
			return equalTo(b.Right, []ast.Node{b.Left})
		}
		return equalTo(b.Left, []ast.Node{b.Right})
	case "in":
		if list, ok := b.Right.(*ast.ArrayNode); ok {
			return equalTo(b.Left, list.Nodes)
		}
	}
	return 0, nil, false
}

func equalTo(fact ast.Node, to []ast.Node) (dim int, values []string, ok bool) {
	id, ok := fact.(*ast.IdentifierNode)
	if !ok {
		return 0, nil, false
	}
	dim = slices.Index(dimensionNames[:], id.Value)
	if dim < 0 {
		return 0, nil, false
	}
	values = make([]string, 0, len(to))
	for _, n := range to {
		s, ok := n.(*ast.StringNode)
		if !ok {
			return 0, nil, false
		}
		values = append(values, s.Value)
	}
	return dim, unique(values), true
}

func unique(values []string) []string {
	slices.Sort(values)
	return slices.Compact(values)
}

// maxEntries bounds under how many combinations of values one rule is filed. A rule
// with more is filed under fewer facts, and asked more often than it need be.
const maxEntries = 256

// index files routes by the facts they demand. Each shelf is for one set of facts.
type index struct {
	shelves []shelf
}

type shelf struct {
	facts  [dimensions]bool // by which facts routes are filed here
	routes map[[dimensions]string][]int32
}

func newIndex(routes []route) index {
	var x index
	for i := range routes {
		d := &routes[i].demand
		facts, entries := d.filedBy()
		if entries == 0 {
			continue // nothing can match it
		}
		for dim := range d.values {
			// What is not looked at is not known to be met.
			d.whole = d.whole && (facts[dim] || d.values[dim] == nil)
		}
		s := x.shelf(facts)
		var key [dimensions]string
		enter(s, d, 0, key, int32(i))
	}
	return x
}

// filedBy chooses the facts to file a route by, and says under how many
// combinations of values.
func (d *demand) filedBy() (facts [dimensions]bool, entries int) {
	entries = 1
	for dim, values := range d.values {
		if values == nil || len(values) > 0 && entries*len(values) > maxEntries {
			continue
		}
		facts[dim] = true
		entries *= len(values)
	}
	return facts, entries
}

func (x *index) shelf(facts [dimensions]bool) *shelf {
	for i := range x.shelves {
		if x.shelves[i].facts == facts {
			return &x.shelves[i]
		}
	}
	x.shelves = append(x.shelves, shelf{facts, map[[dimensions]string][]int32{}})
	return &x.shelves[len(x.shelves)-1]
}

// enter files a route under every combination of its values, from dimension dim on.
func enter(s *shelf, d *demand, dim int, key [dimensions]string, route int32) {
	if dim == dimensions {
		s.routes[key] = append(s.routes[key], route)
		return
	}
	if !s.facts[dim] {
		enter(s, d, dim+1, key, route)
		return
	}
	for _, v := range d.values[dim] {
		key[dim] = v
		enter(s, d, dim+1, key, route)
	}
}

// candidates are the routes that can match an event, in order. Each route is on one
// shelf and there once for one event, so the lists are merged and never hold
// the same route twice.
type candidates struct {
	lists [1 << dimensions][]int32
	n     int
}

func (x *index) candidates(f *Facts) (c candidates) {
	event := [dimensions]string{f.Source, f.Dialect, f.Event, f.Action}
	for i := range x.shelves {
		s := &x.shelves[i]
		var key [dimensions]string
		for dim, by := range s.facts {
			if by {
				key[dim] = event[dim]
			}
		}
		if list := s.routes[key]; len(list) > 0 {
			c.lists[c.n] = list
			c.n++
		}
	}
	return c
}

// next returns the next candidate; false when there is none.
func (c *candidates) next() (int, bool) {
	first := -1
	for i := range c.lists[:c.n] {
		if len(c.lists[i]) > 0 && (first < 0 || c.lists[i][0] < c.lists[first][0]) {
			first = i
		}
	}
	if first < 0 {
		return 0, false
	}
	route := c.lists[first][0]
	c.lists[first] = c.lists[first][1:]
	return int(route), true
}

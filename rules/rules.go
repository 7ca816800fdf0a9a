// Package rules decides where an event goes. A rule is an expression over the
// facts of one event; a Set is a compiled list of rules and may be used by many
// goroutines at once.
//
// The package knows no format, does no input or output and has no clock: what an
// expression can see is given with each event as values and functions (Facts).
// It does not deliver, and it does not keep state from one event to the next.
package rules

import (
	"errors"
	"time"
)

// Config is what a Set is made from. Compile does not keep or change it.
type Config struct {
	Lets     []Let
	Routes   []Route // asked from top to bottom
	Silences []Silence
	// Destinations are the names that a route's ToExpr may give. A name that is not
	// here fails the route at run time. The names in Route.To are not checked.
	Destinations []string
	// Zone is where `now` is shown; nil is UTC.
	Zone *time.Location
}

// Let is a named sub-expression. It may use other lets, earlier or later ones,
// and is put in their place in the syntax tree before anything else is done.
type Let struct {
	Name string
	Expr Expr
}

// Route says which events go where.
type Route struct {
	Name   string
	When   Expr     // true or false; required
	To     []string // destinations
	ToExpr Expr     // a name or a list of names, added to To; no text: none
	Drop   bool     // a match ends the walk and goes nowhere; earlier matches still deliver
	Stop   bool     // a match ends the walk after its own deliveries
	Set    []Edit   // fields of the neutral message; results become text
	SetIn  []Edit   // paths in the body; results become JSON
	Keys   []Edit   // named keys (dedupe, digest, update, thread, flap …); results become text
}

// Edit pairs a field, path or key name with the expression that gives its value.
type Edit struct {
	Key  string
	Expr Expr
}

// Silence holds back what routes would deliver.
type Silence struct {
	Name   string
	When   Expr
	Reason string
	Until  time.Time // zero: without end; else the first moment at which it no longer holds
}

// Verdict is what became of an event.
type Verdict uint8

// The verdicts. When several could be said of one event, the first in this list
// is: a delivery outweighs all, and a rule that failed outweighs a drop, since the
// event may have been meant for someone.
const (
	Routed   Verdict = iota // at least one delivery
	Silenced                // there would have been deliveries; a silence holds them back
	Failed                  // no delivery, and a rule failed
	Dropped                 // no delivery, and a route with drop matched
	Unrouted                // no delivery for any other reason
)

// String returns the verdict as it is written in answers and in the history.
func (v Verdict) String() string {
	switch v {
	case Routed:
		return "routed"
	case Silenced:
		return "silenced"
	case Failed:
		return "failed"
	case Dropped:
		return "dropped"
	case Unrouted:
		return "unrouted"
	}
	return "unknown"
}

// Outcome is the decision about one event. It belongs to the caller, but its
// slices are shared between the deliveries of one route: read them only.
type Outcome struct {
	// Deliveries are in the order of the routes, then of a route's destinations.
	// Two routes that name one destination make two deliveries to it, since each
	// has its own edits; one route makes at most one delivery to a destination.
	Deliveries []Delivery
	Verdict    Verdict
	By         string     // the drop route that ended the walk (even after deliveries), or the silence
	Held       []Delivery // what a silence holds back, as it would have been delivered
	Failed     []Failure  // rules that could not be evaluated; each counts as no match
}

// Delivery is one event for one destination.
type Delivery struct {
	Route      string
	RouteIndex int // in Config.Routes; -1: Facts.Implied
	To         string
	Set        []Value // Text is words
	SetIn      []Value // Text is JSON; given to Apply
	Keys       []Key
}

// Value is an Edit's key with the value that its expression gave.
type Value struct {
	Key, Text string
}

// Key is a named key with its text. Aliases are the texts of the same expression
// for each alias of the event's subject, where the expression asks for subject().
type Key struct {
	Name, Text string
	Aliases    []string
}

// Failure names a rule that could not be evaluated.
type Failure struct {
	Name    string // of the route or silence
	Silence bool   // whether Name is that of a silence
	Reason  string // position and reason in fixed words: nothing of the event's content
}

// Set is a compiled Config. It never changes and is safe for concurrent use.
type Set struct {
	// Warnings are places that load but will likely fail at run time, as
	// `file:line:col: …` with the line and a caret.
	Warnings []string

	routes       []route
	silences     []silence
	index        index
	destinations map[string]bool
	zone         *time.Location
	scope        *scope
}

type route struct {
	*Route
	when   *program
	demand demand
	toExpr *program
	set    []edit
	setIn  []edit
	keys   []edit
}

type edit struct {
	key     string
	program *program
}

type silence struct {
	Silence
	when *program
}

// maxErrors bounds how many mistakes one Compile reports.
const maxErrors = 20

// Compile checks and compiles all expressions. Its error joins one *Error for each
// mistake, 20 at most. Names of routes must be unique; that and the
// names in Route.To are the caller's to check.
func Compile(c Config) (*Set, error) {
	s := &Set{
		routes:       make([]route, len(c.Routes)),
		destinations: make(map[string]bool, len(c.Destinations)),
		zone:         c.Zone,
	}
	if s.zone == nil {
		s.zone = time.UTC
	}
	for _, name := range c.Destinations {
		s.destinations[name] = true
	}
	b := &builder{}
	s.scope = newScope(c.Lets, b)
	for i := range c.Routes {
		r := c.Routes[i]
		s.routes[i] = b.route(s.scope, &r)
	}
	s.silences = b.silences(s.scope, c.Silences)
	if len(b.errs) > 0 {
		return nil, errors.Join(b.errs...)
	}
	s.Warnings = b.warnings
	s.index = newIndex(s.routes)
	return s, nil
}

// WithSilences returns a Set with these silences instead of s's own, and all else
// shared with s: for silences that people add and end while the gateway runs.
func (s *Set) WithSilences(silences []Silence) (*Set, error) {
	b := &builder{}
	t := *s
	t.silences = b.silences(s.scope, silences)
	if len(b.errs) > 0 {
		return nil, errors.Join(b.errs...)
	}
	return &t, nil
}

// builder collects what goes wrong while a Set is made.
type builder struct {
	errs     []error
	warnings []string
}

func (b *builder) fail(err error) {
	if err != nil && len(b.errs) < maxErrors {
		b.errs = append(b.errs, err)
	}
}

// compile compiles one expression and keeps its error or warnings.
func (b *builder) compile(s *scope, e Expr, where string, want want) *program {
	if len(b.errs) >= maxErrors {
		return nil
	}
	p, warnings, err := s.compile(e, where, want)
	b.fail(err)
	for _, w := range warnings {
		b.warnings = append(b.warnings, w.Error())
	}
	return p
}

func (b *builder) route(s *scope, r *Route) route {
	where := "route " + quote(r.Name) + ": "
	out := route{Route: r, when: b.compile(s, r.When, where+"when", wantBool)}
	if out.when != nil {
		out.demand = out.when.demand
	}
	if r.ToExpr.Text != "" {
		out.toExpr = b.compile(s, r.ToExpr, where+"to_expr", wantNames)
	}
	edits := func(list []Edit, name string) (out []edit) {
		for _, e := range list {
			out = append(out, edit{e.Key, b.compile(s, e.Expr, where+name+e.Key, wantAny)})
		}
		return out
	}
	out.set = edits(r.Set, "set.")
	out.setIn = edits(r.SetIn, "set_in.")
	out.keys = edits(r.Keys, "key of ")
	for _, e := range r.SetIn {
		if err := CheckPath(e.Key); err != nil {
			b.fail(e.Expr.errorAt(0, 0, where+"set_in", err.Error()))
		}
	}
	return out
}

func (b *builder) silences(s *scope, list []Silence) []silence {
	out := make([]silence, len(list))
	for i, x := range list {
		out[i] = silence{x, b.compile(s, x.When, "silence "+quote(x.Name)+": when", wantBool)}
	}
	return out
}

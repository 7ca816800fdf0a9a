package rules

import (
	"errors"
	"slices"
)

// Match decides where one event goes. The routes are asked from top to bottom,
// and every match delivers; a match with Stop or Drop is the last. A rule whose
// condition demands another source, dialect, event or action is not run, so it
// cannot fail either.
//
// A rule that fails at run time counts as no match and is listed in the outcome;
// Match itself errs only without facts. trace may be nil; else it is filled with
// what every rule said and why, which costs far more than the decision.
func (s *Set) Match(f *Facts, trace *Trace) (Outcome, error) {
	if f == nil {
		return Outcome{}, errors.New("rules: no facts to match")
	}
	frame := newFrame(f, s.zone)
	defer frame.free()
	m := match{set: s, frame: frame, trace: trace}
	if trace == nil {
		m.walk()
	} else {
		m.walkAll()
	}
	m.conclude()
	return m.out, nil
}

// match is one walk over the routes.
type match struct {
	set   *Set
	frame *frame
	trace *Trace
	out   Outcome
	drop  bool // a drop route ended the walk
}

// walk asks the routes that the index lets through.
func (m *match) walk() {
	c := m.set.index.candidates(m.frame.facts)
	for i, ok := c.next(); ok; i, ok = c.next() {
		r := &m.set.routes[i]
		matched, err := true, error(nil)
		if !r.demand.whole {
			matched, err = m.frame.holds(r.when)
		}
		if err == nil && matched {
			err = m.deliver(i, r)
		}
		if err != nil {
			m.failed(r.Name, false, err)
		} else if matched && (r.Drop || r.Stop) {
			return
		}
	}
}

// deliver adds the deliveries of a route that matched. When it fails it has added
// none.
func (m *match) deliver(index int, r *route) error {
	if r.Drop {
		m.drop, m.out.By = true, r.Name
		return nil
	}
	to := r.To
	if r.toExpr != nil {
		more, err := m.destinations(r)
		if err != nil {
			return err
		}
		to = more
	}
	if len(to) == 0 {
		return nil
	}
	d := Delivery{Route: r.Name, RouteIndex: index}
	var err error
	if d.Set, err = m.frame.values(r.set, asText); err != nil {
		return err
	}
	if d.SetIn, err = m.frame.values(r.setIn, asJSON); err != nil {
		return err
	}
	if d.Keys, err = m.frame.keys(r.keys); err != nil {
		return err
	}
	for i, name := range to {
		if slices.Contains(to[:i], name) {
			continue
		}
		d.To = name
		m.out.Deliveries = append(m.out.Deliveries, d)
	}
	return nil
}

// destinations are a route's own and those that its expression gives.
func (m *match) destinations(r *route) ([]string, error) {
	v, err := m.frame.run(r.toExpr)
	if err != nil {
		return nil, err
	}
	names, ok := asNames(v)
	if !ok {
		return nil, r.toExpr.failure(errNames)
	}
	for _, name := range names {
		if !m.set.destinations[name] {
			return nil, r.toExpr.failure(errDestination)
		}
	}
	return append(slices.Clone(r.To), names...), nil
}

func (m *match) failed(name string, silence bool, err error) {
	m.out.Failed = append(m.out.Failed, Failure{Name: name, Silence: silence, Reason: err.Error()})
}

// conclude asks the silences, when there is something to hold back, and gives the
// verdict.
func (m *match) conclude() {
	if m.frame.facts.Implied.To != "" && !m.drop {
		m.out.Deliveries = append(m.out.Deliveries, m.frame.facts.Implied)
	}
	failed := len(m.out.Failed) > 0
	switch {
	case len(m.out.Deliveries) > 0:
		m.out.Verdict = Routed
		m.silence()
	case failed:
		m.out.Verdict = Failed
	case m.drop:
		m.out.Verdict = Dropped
	default:
		m.out.Verdict = Unrouted
	}
}

func (m *match) silence() {
	for i := range m.set.silences {
		s := &m.set.silences[i]
		if !s.Until.IsZero() && !m.frame.Now.Before(s.Until) {
			continue
		}
		holds, err := m.frame.holds(s.when)
		m.traceSilence(s, holds, err)
		if err != nil {
			m.failed(s.Name, true, err)
		}
		if holds {
			m.out.Verdict, m.out.By = Silenced, s.Name
			m.out.Held, m.out.Deliveries = m.out.Deliveries, nil
			return
		}
	}
}

// run evaluates a program on the facts.
func (f *frame) run(p *program) (any, error) {
	v, err := f.vm.Run(p.code, &f.variables)
	if err != nil {
		return nil, p.failure(err)
	}
	return v, nil
}

// holds evaluates a condition.
func (f *frame) holds(p *program) (bool, error) {
	v, err := f.run(p)
	b, _ := v.(bool)
	return b, err
}

// values evaluates edits, each result written by write.
func (f *frame) values(edits []edit, write func(any) (string, error)) ([]Value, error) {
	if len(edits) == 0 {
		return nil, nil
	}
	out := make([]Value, len(edits))
	for i, e := range edits {
		text, err := f.text(e.program, write)
		if err != nil {
			return nil, err
		}
		out[i] = Value{e.key, text}
	}
	return out, nil
}

// keys evaluates keys, and those that ask for the subject once per alias of it.
func (f *frame) keys(edits []edit) ([]Key, error) {
	if len(edits) == 0 {
		return nil, nil
	}
	out := make([]Key, len(edits))
	for i, e := range edits {
		text, err := f.text(e.program, asText)
		if err != nil {
			return nil, err
		}
		out[i] = Key{Name: e.key, Text: text}
		if e.program.subject {
			if out[i].Aliases, err = f.aliases(e.program, text); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func (f *frame) aliases(p *program, primary string) (out []string, err error) {
	defer func() { f.alias = "" }()
	for _, f.alias = range f.repository().Aliases {
		text, err := f.text(p, asText)
		if err != nil {
			return nil, err
		}
		if text != primary && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out, nil
}

func (f *frame) text(p *program, write func(any) (string, error)) (string, error) {
	v, err := f.run(p)
	if err != nil {
		return "", err
	}
	text, err := write(v)
	if err != nil {
		return "", p.failure(err)
	}
	return text, nil
}

package config

import "slices"

func (x node) route() Route {
	var r Route
	kinds := 0
	for _, p := range x.pairs() {
		switch p.key {
		case "name":
			r.Name = p.val.str()
		case "when":
			r.When = p.val.expr()
		case "to":
			kinds++
			r.To = p.val.strs()
		case "to_expr":
			kinds++
			r.ToExpr = p.val.expr()
		case "drop":
			if r.Drop = p.val.bool(); r.Drop {
				kinds++
			}
		case "stop":
			r.Stop = p.val.bool()
		case "as":
			r.Original = p.val.oneOf("original", "") == "original"
		case "set":
			r.Set = p.val.edits("username avatar title url color text thread_name")
		case "set_in":
			r.SetIn = p.val.edits("")
		case "dedupe":
			r.Dedupe = p.val.dedupe()
		case "on_edit":
			r.SkipEdits = p.val.oneOf("repost skip", "") == "skip"
		case "ephemeral":
			r.Ephemeral = p.val.oneOf("drop deliver", "") == "deliver"
		case "github":
			r.GitHub = p.val.github()
		case "format":
			r.Format = p.val.format()
		default:
			if !r.Fitting.read(p) {
				p.unknown("set_out digest update thread mention mute flap strict",
					"name when to to_expr drop stop as set set_in dedupe on_edit ephemeral "+fittingKeys+"github format")
			}
		}
	}
	if r.Name == "" {
		x.fail("has no name")
	}
	if r.When.Text == "" && r.When.Line == 0 {
		x.fail(`has no when ("true" matches every event)`)
	}
	if kinds != 1 {
		x.fail("want exactly one of to, to_expr and drop")
	}
	return r
}

func (x node) dedupe() (d Dedupe) {
	for _, p := range x.pairs() {
		switch p.key {
		case "key":
			d.Key = p.val.expr()
		case "within":
			d.Within = p.val.duration()
		default:
			p.unknown("", "key within")
		}
	}
	if d.Key.Line == 0 || d.Within == 0 {
		x.fail("want a key and within")
	}
	return d
}

// edits are keys with expressions, in the order of the file; known lists the
// keys there are, empty means any.
func (x node) edits(known string) []Edit {
	var out []Edit
	for _, p := range x.pairs() {
		if known != "" && !slices.Contains(fields(known), p.key) {
			p.unknown("", known)
			continue
		}
		out = append(out, Edit{p.key, p.val.expr()})
	}
	return out
}

func (x node) silence() Silence {
	var s Silence
	for _, p := range x.pairs() {
		switch p.key {
		case "name":
			s.Name = p.val.str()
		case "reason":
			s.Reason = p.val.str()
		case "author":
			s.Author = p.val.str()
		case "when":
			s.When = p.val.expr()
		case "until":
			s.Until = p.val.instant()
		default:
			p.unknown("", "name when reason author until")
		}
	}
	if s.Name == "" {
		x.fail("has no name")
	}
	if s.When.Line == 0 {
		x.fail("has no when")
	}
	return s
}

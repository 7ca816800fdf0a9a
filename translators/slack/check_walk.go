package slack

import (
	"math"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// rule says what a value may be. The rules of all blocks are data of this form;
// the walk over them is here.
type rule struct {
	kind     kind
	min, max int      // characters of a string, elements of a list, bounds of a number; both 0: none
	enum     []string // the strings allowed, if not nil
	form     *form    // of a string
	count    bool     // a string is text of the message
	id       ids      // a string names something once
	item     *rule    // of a list
	holes    bool     // elements of a list may be null
	aside    bool     // a list stands in for others in old clients
	cells    bool     // a list holds the cells of a table
	blocks   bool     // a list holds the blocks of a message or an attachment
	shape    *shape   // of an object
	types    []*shape // of an object, told apart by type
}

// shape is the members of an object.
type shape struct {
	typ     string // the value of type; empty: the object has none
	open    bool   // further members are allowed, since no source names all
	block   bool   // it is a block: totals are checked after it, and its action ids are its own
	members []member
	// also checks what no single member can: which go together.
	also func(c *checker, o object)
}

type member struct {
	name string
	need bool
	rule rule
}

// kind is a type of JSON value.
type kind uint8

const (
	aString kind = iota
	aNumber
	anInteger
	aBoolean
	anObject
	aList
	aScalar // whatever can be shown as text: old attachments are not strict
)

// ids is what a string has to be unique among.
type ids uint8

const (
	noID ids = iota
	blockID
	actionID
)

// form is a pattern of strings.
type form struct {
	name string
	ok   func(string) bool
}

// Slack's words for values of a wrong type.
const (
	wantString  = "must provide a string"
	wantNumber  = "must provide a number"
	wantInteger = "must provide an integer"
	wantBoolean = "must be a boolean"
	wantObject  = "must provide an object"
	wantArray   = "must provide an array"
	wantScalar  = "must provide a string, number or boolean"
)

func tooLong(most int) string     { return "must be less than " + strconv.Itoa(most+1) + " characters" }
func atMostItems(most int) string { return "no more than " + strconv.Itoa(most) + " items allowed" }

// value checks v, which is not null, by a rule.
func (c *checker) value(r *rule, v gjson.Result) {
	switch r.kind {
	case aString:
		c.text(r, v)
	case aNumber, anInteger:
		c.number(r, v)
	case aBoolean:
		if v.Type != gjson.True && v.Type != gjson.False {
			c.add(codeType, wantBoolean, "")
		}
	case anObject:
		c.object(r, v)
	case aList:
		c.list(r, v)
	case aScalar:
		if v.Type == gjson.JSON {
			c.add(codeType, wantScalar, "")
		} else if n := utf8.RuneCountInString(v.String()); r.max > 0 && n > r.max {
			c.add(codeConstraint, tooLong(r.max), "")
		}
	}
}

func (c *checker) text(r *rule, v gjson.Result) {
	if v.Type != gjson.String {
		c.add(codeType, wantString, "")
		return
	}
	n := utf8.RuneCountInString(v.Str)
	if r.count {
		c.sum.chars += n
	}
	switch {
	case n < r.min:
		c.add(codeConstraint, "must be more than "+strconv.Itoa(r.min-1)+" characters", "")
	case r.max > 0 && n > r.max:
		c.add(codeConstraint, tooLong(r.max), "")
	case r.enum != nil && !slices.Contains(r.enum, v.Str):
		c.add(codeConstraint, "must be a valid enum value", "")
	case r.form != nil && !r.form.ok(v.Str):
		c.add(codeConstraint, "must be "+r.form.name, "")
	case r.id != noID:
		c.unique(r.id, v.Str)
	}
}

// unique checks that a name is new.
func (c *checker) unique(kind ids, name string) {
	known := &c.blockIDs
	if kind == actionID {
		known = &c.actionIDs
	} else if c.aside {
		return
	}
	if *known == nil {
		*known = map[string]struct{}{}
	}
	if _, again := (*known)[name]; again {
		c.add(codeConstraint, "must be unique", "")
	}
	(*known)[name] = struct{}{}
}

func (c *checker) number(r *rule, v gjson.Result) {
	switch whole := v.Num == math.Trunc(v.Num); {
	case v.Type != gjson.Number:
		if r.kind == anInteger {
			c.add(codeType, wantInteger, "")
		} else {
			c.add(codeType, wantNumber, "")
		}
	case r.kind == anInteger && !whole:
		c.add(codeType, wantInteger, "")
	case r.min == 0 && r.max == 0:
	case v.Num < float64(r.min):
		c.add(codeConstraint, "must be greater than or equal to "+strconv.Itoa(r.min), "")
	case r.max != 0 && v.Num > float64(r.max):
		c.add(codeConstraint, "must be less than or equal to "+strconv.Itoa(r.max), "")
	}
}

func (c *checker) list(r *rule, v gjson.Result) {
	if !v.IsArray() {
		c.add(codeType, wantArray, "")
		return
	}
	if r.aside {
		was, aside := c.sum, c.aside
		c.aside = true
		defer func() { c.sum, c.aside = was, aside }()
	}
	from, before, n := len(c.found), c.sum, 0
	v.ForEach(func(_, e gjson.Result) bool {
		if r.max == 0 || n < r.max { // what is beyond is too many, whatever it is
			c.path = append(c.path, step{index: n})
			if e.Type != gjson.Null || !r.holes {
				c.value(r.item, e)
			}
			c.path = c.path[:len(c.path)-1]
		}
		n++
		return !c.full()
	})
	if r.cells {
		c.sum.cells += c.sum.chars - before.chars
	}
	switch {
	case n < r.min:
		c.addAt(from, codeConstraint, "must provide at least "+strconv.Itoa(r.min)+" items", "")
	case r.max > 0 && n > r.max:
		c.addAt(from, codeConstraint, atMostItems(r.max), "")
	case r.blocks && n+c.sum.items-before.items > r.max:
		c.addAt(from, codeConstraint, atMostItems(r.max)+", with those in layouts", "")
	}
}

// held is a member of an object that is being checked.
type held struct {
	at  int // in the members of the shape
	val gjson.Result
}

// object is an object that is being checked: what it has of its shape.
type object struct {
	shape *shape
	has   []held
}

// get is a member of the object; null is as good as absent.
func (o object) get(name string) gjson.Result {
	for i := range o.has {
		if o.shape.members[o.has[i].at].name == name && o.has[i].val.Type != gjson.Null {
			return o.has[i].val
		}
	}
	return gjson.Result{}
}

func (o object) have(name string) bool { return o.get(name).Exists() }

func (c *checker) object(r *rule, v gjson.Result) {
	if !v.IsObject() {
		c.add(codeType, wantObject, "")
		return
	}
	s := r.shape
	if r.types != nil {
		if s = c.typed(r.types, v); s == nil {
			return
		}
	}
	if !s.block {
		c.members(s, v)
		return
	}
	before := c.sum
	clear(c.actionIDs)
	c.nested++
	c.members(s, v)
	c.nested--
	if c.nested == 0 {
		c.whole(before)
	}
}

// typed is the shape that an object's type names.
func (c *checker) typed(types []*shape, v gjson.Result) *shape {
	var typ gjson.Result
	v.ForEach(func(key, val gjson.Result) bool {
		if key.Str == "type" {
			typ = val
		}
		return true
	})
	if typ.Type == gjson.Null {
		c.add(codeMissing, "missing required field: type", "type")
		return nil
	}
	for _, s := range types {
		if typ.Type == gjson.String && s.typ == typ.Str {
			return s
		}
	}
	c.in(step{key: "type"}, func() {
		if typ.Type != gjson.String {
			c.add(codeType, wantString, "")
		} else {
			c.add(codeConstraint, "unsupported type: "+quoted(typ.Str), "")
		}
	})
	return nil
}

// members checks an object by its shape: first that it has what it must and
// nothing else, then what it has.
func (c *checker) members(s *shape, v gjson.Result) {
	from := len(c.open)
	v.ForEach(func(key, val gjson.Result) bool {
		if key.Str == "type" && s.typ != "" {
			return true
		}
		at := slices.IndexFunc(s.members, func(m member) bool { return m.name == key.Str })
		if at < 0 {
			if !s.open {
				name := quoted(key.Str)
				c.add(codeConstraint, "invalid additional property: "+name, name)
			}
			return true
		}
		for i := from; i < len(c.open); i++ {
			if c.open[i].at == at {
				c.open[i].val = val
				return true
			}
		}
		c.open = append(c.open, held{at: at, val: val})
		return true
	})
	has := c.open[from:]
	o := object{shape: s, has: has}
	for i := range s.members {
		if m := &s.members[i]; m.need && !o.have(m.name) {
			c.add(codeMissing, "missing required field: "+m.name, m.name)
		}
	}
	if s.also != nil {
		s.also(c, o)
	}
	for i := range has {
		if c.full() {
			break
		}
		if m := &s.members[has[i].at]; has[i].val.Type != gjson.Null {
			c.path = append(c.path, step{key: m.name})
			c.value(&m.rule, has[i].val)
			c.path = c.path[:len(c.path)-1]
		}
	}
	c.open = c.open[:from]
}

// quoted is a name from the payload, short enough to be repeated.
func quoted(s string) string {
	const most = 64 // characters
	n := 0
	for i := range s {
		if n == most {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

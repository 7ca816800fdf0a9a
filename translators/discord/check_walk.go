package discord

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// form says what a value has to be. The rules are data of this type; the walk over
// them is here.
type form struct {
	kind     kind
	min, max int                              // code points of a trimmed string, elements of a list, bounds of a number; max 0: no limit
	filled   bool                             // a blank string is as good as none
	counts   bool                             // a string is text of an embed, which all together have a limit
	enum     []string                         // the strings or numbers allowed, if not nil
	schemes  []string                         // of an address
	upload   bool                             // an address may be of a file sent along
	set      bool                             // a list has no value twice
	item     *form                            // of a list
	model    *model                           // of an object
	union    []*model                         // of an object, told apart by type
	also     func(c *checker, s string)       // checks a string further
	number   func(c *checker, n float64)      // checks a number further
	after    func(c *checker, from, size int) // checks totals of a list; from is the first violation in it
}

// model is the members of an object, those that Discord checks.
type model struct {
	typ     int // the value of type, of a component
	members []member
	also    func(c *checker, o object) // checks which go together
}

type member struct {
	name string
	need bool
	form form
}

type kind uint8

const (
	aText kind = iota
	anAddress
	aTime
	anInteger
	aSnowflake
	aBoolean
	aList
	aModel
	aUnion
	someComponents // a union list, by the message's flags
)

// value checks v, which is not null, by a form.
func (c *checker) value(f *form, v gjson.Result) {
	switch f.kind {
	case aText:
		c.text(f, v)
	case anAddress:
		c.address(f, v)
	case aTime:
		c.time(v)
	case anInteger:
		c.integer(f, v)
	case aSnowflake:
		c.snowflake(v)
	case aBoolean:
		c.boolean(v)
	case aList:
		c.list(f, v)
	case aModel:
		c.model(f.model, v)
	case aUnion:
		c.union(f.union, v)
	case someComponents:
		if c.v2 {
			c.list(&modernComponents, v)
		} else {
			c.list(&legacyComponents, v)
		}
	}
}

func (c *checker) list(f *form, v gjson.Result) {
	if !v.IsArray() {
		c.add("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
		return
	}
	var seen []string
	from, n := len(c.found), 0
	v.ForEach(func(_, e gjson.Result) bool {
		if f.max == 0 || n < f.max { // what is beyond is too many, whatever it is
			var digits [20]byte
			mark := c.in(string(strconv.AppendInt(digits[:0], int64(n), 10)))
			switch {
			case e.Type == gjson.Null, f.item.kind == aModel && e.IsObject() && !present(e):
				c.add("LIST_ITEM_VALUE_REQUIRED", "List item values of "+f.item.kind.name()+" are required")
			case f.set && slices.Contains(seen, e.String()):
				c.add("SET_TYPE_ALREADY_CONTAINS_VALUE", "The set already contains this value")
			default:
				if f.set {
					seen = append(seen, e.String())
				}
				c.value(f.item, e)
			}
			c.out(mark)
		}
		n++
		return !c.full()
	})
	if n < f.min || f.max > 0 && n > f.max {
		if f.min > 0 && f.max == 0 {
			c.addAt(from, "BASE_TYPE_MIN_LENGTH", "Must be "+strconv.Itoa(f.min)+" or more in length.")
		} else {
			c.addLength(from, f.min, f.max)
		}
	}
	if f.after != nil {
		f.after(c, from, n)
	}
}

// name is Discord's word for a kind of list element.
func (k kind) name() string {
	switch k {
	case aSnowflake:
		return "SnowflakeType"
	case aText:
		return "StringType"
	case aUnion:
		return "UnionType"
	default:
		return "ModelType"
	}
}

// held is a member of an object that is being checked.
type held struct {
	at  int // in the members of the model
	val gjson.Result
}

// object is an object that is being checked: what it has of its model.
type object struct {
	model *model
	has   []held
}

// get is a member of the object; null is as good as absent.
func (o object) get(name string) gjson.Result {
	for i := range o.has {
		if o.model.members[o.has[i].at].name == name {
			return o.has[i].val
		}
	}
	return gjson.Result{}
}

// have reports whether the object has a member that is not empty.
func (o object) have(name string) bool { return present(o.get(name)) }

// union checks a component by the model which its type names.
func (c *checker) union(models []*model, v gjson.Result) {
	if !v.IsObject() {
		c.add(codeNotObject, saidNotObject)
		return
	}
	c.parts++
	m, ok := pick(models, v)
	switch {
	case m != nil:
		c.model(m, v)
	case !ok:
		c.add("TAG_FIELD_MISSING", `Field "type" is required to determine the model type.`)
	default:
		types := make([]string, len(models))
		for i, m := range models {
			types[i] = strconv.Itoa(m.typ)
		}
		c.add("UNION_TYPE_CHOICES", `Value of field "type" must be one of `+tuple(types)+".")
	}
}

// pick is the model that an object's type names; ok is whether it has a type.
func pick(models []*model, v gjson.Result) (m *model, ok bool) {
	typ := typeOf(v)
	n, _ := whole(typ)
	for _, m := range models {
		if n == float64(m.typ) {
			return m, true
		}
	}
	return nil, typ.Type != gjson.Null
}

func typeOf(v gjson.Result) (typ gjson.Result) {
	v.ForEach(func(key, val gjson.Result) bool {
		if key.Str == "type" {
			typ = val
		}
		return true
	})
	return typ
}

// model checks an object: first that it has what it must and that its members go
// together, then each of them.
func (c *checker) model(m *model, v gjson.Result) {
	if !v.IsObject() {
		c.add(codeNotObject, saidNotObject)
		return
	}
	from := len(c.open)
	v.ForEach(func(key, val gjson.Result) bool {
		at := slices.IndexFunc(m.members, func(x member) bool { return x.name == key.Str })
		if at < 0 {
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
	o := object{model: m, has: c.open[from:]}
	for i := range m.members {
		if x := &m.members[i]; x.need && o.get(x.name).Type == gjson.Null {
			c.addIn(x.name, codeRequired, saidRequired)
		}
	}
	if m.also != nil {
		m.also(c, o)
	}
	for i := from; i < len(c.open) && !c.full(); i++ {
		if h := c.open[i]; h.val.Type != gjson.Null {
			mark := c.in(m.members[h.at].name)
			c.value(&m.members[h.at].form, h.val)
			c.out(mark)
		}
	}
	c.open = c.open[:from]
}

// tuple shows choices as Discord does: ('a', 'b'), (1, 2), (1,).
func tuple(items []string) string {
	if len(items) == 1 {
		return "(" + items[0] + ",)"
	}
	return "(" + strings.Join(items, ", ") + ")"
}

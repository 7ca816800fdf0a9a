package rules

import (
	"sync"
	"time"

	"github.com/expr-lang/expr/vm"
	"github.com/tidwall/gjson"
)

// Facts is what an expression can see of one event: values, and functions which
// are called only when a rule asks, at most once for each event. The caller fills
// it and must not change it while Match runs.
type Facts struct {
	Source  string // name of the source
	Dialect string // slack, discord, github or native
	Event   string // GitHub's event name; empty elsewhere
	Action  string // GitHub's action; empty elsewhere
	Channel string // the channel that a Slack sender asked for
	Labels  map[string]string
	Now     time.Time
	// Implied is the delivery that the event asks for by itself: it is made after those
	// of the routes, unless a route drops the event. Without a To there is none.
	Implied Delivery
	// Body is the event as JSON. It must be valid and not nested more deeply than the
	// gateway accepts, since looking into it is recursive.
	Body   []byte
	Header func(name string) string // nil: no headers
	Msg    func() *Message          // nil: an empty message
	Git    func() *Git              // nil: not a Git event
}

// Message is what rules can see of the neutral message, as plain words.
type Message struct {
	Title    string   `expr:"title" json:"title"`
	Text     string   `expr:"text" json:"text"`
	Author   string   `expr:"author" json:"author"`
	URL      string   `expr:"url" json:"url"`
	Color    string   `expr:"color" json:"color"`
	Fields   []Field  `expr:"fields" json:"fields"`
	Links    []string `expr:"links" json:"links"`
	Severity string   `expr:"severity" json:"severity"` // critical, warning, info, ok or empty
	State    string   `expr:"state" json:"state"`       // firing, resolved or empty
}

// Field is a name with its text.
type Field struct {
	Name string `expr:"name" json:"name"`
	Text string `expr:"text" json:"text"`
}

// Git is what rules can see of an event of a Git host.
type Git struct {
	Repo    string // owner/name
	Branch  string
	Subject string   // key of what the event is about
	Aliases []string // other keys under which the same subject is known
	Labels  []string
	Bot     bool
	Changed []string // paths that the event's commits touched
}

// variables are the plain values of an expression. What costs something to find
// out is a function in the table below instead.
type variables struct {
	Source  string            `expr:"source"`
	Dialect string            `expr:"dialect"`
	Event   string            `expr:"event"`
	Action  string            `expr:"action"`
	Channel string            `expr:"channel"`
	Labels  map[string]string `expr:"labels"`
	Now     time.Time         `expr:"now"`

	Frame *frame `expr:"-"`
}

// variableNames are the names of variables, and msg, which is read as a variable
// and works as a function.
var variableNames = []string{"source", "dialect", "event", "action", "channel", "labels", "now", "msg"}

// function is a function of the expression language. Its argument, when it has
// one, is a string.
type function struct {
	name string
	typ  any // a nil function of the type which expressions see
	call func(f *frame, arg string) (any, error)
}

// functions is the whole vocabulary beside variables and expr's own builtins.
var functions = []function{
	{"str", (func(string) string)(nil), (*frame).str},
	{"num", (func(string) float64)(nil), (*frame).num},
	{"bool", (func(string) bool)(nil), (*frame).bool},
	{"list", (func(string) []any)(nil), (*frame).list},
	{"raw", (func(string) any)(nil), (*frame).raw},
	{"header", (func(string) string)(nil), (*frame).header},
	{"changed", (func(string) bool)(nil), (*frame).changed},
	{"repo", (func() string)(nil), func(f *frame, _ string) (any, error) { return f.repository().Repo, nil }},
	{"branch", (func() string)(nil), func(f *frame, _ string) (any, error) { return f.repository().Branch, nil }},
	{"subject", (func() string)(nil), (*frame).subject},
	{"labels_of", (func() []string)(nil), func(f *frame, _ string) (any, error) { return f.repository().Labels, nil }},
	{"is_bot", (func() bool)(nil), func(f *frame, _ string) (any, error) { return f.repository().Bot, nil }},
	{"msg", (func() *Message)(nil), func(f *frame, _ string) (any, error) { return f.message(), nil }},
}

// frame is the state of one Match: the facts, what was computed from them, and
// the machine that runs expressions.
type frame struct {
	variables
	facts *Facts
	msg   *Message
	git   *Git
	alias string // not empty: what subject() gives
	vm    vm.VM
}

var frames = sync.Pool{New: func() any {
	f := &frame{}
	f.Frame = f
	f.vm.MemoryBudget = memoryBudget
	return f
}}

func newFrame(facts *Facts, zone *time.Location) *frame {
	f := frames.Get().(*frame)
	f.facts = facts
	f.Source, f.Dialect, f.Event, f.Action = facts.Source, facts.Dialect, facts.Event, facts.Action
	f.Channel, f.Labels, f.Now = facts.Channel, facts.Labels, facts.Now.In(zone)
	return f
}

// free gives the frame back, with nothing of the event left in it: of the machine
// only the stack is kept, cleared, and only if it is small.
func (f *frame) free() {
	stack := f.vm.Stack[:cap(f.vm.Stack)]
	clear(stack)
	if len(stack) > 64 {
		stack = nil
	}
	*f = frame{vm: vm.VM{Stack: stack[:0], MemoryBudget: memoryBudget}}
	f.Frame = f
	frames.Put(f)
}

// maxPathBytes bounds a path that is looked up, since expressions may build one
// from what a sender wrote.
const maxPathBytes = 512

func (f *frame) get(path string) (gjson.Result, error) {
	if len(path) > maxPathBytes {
		return gjson.Result{}, errPath
	}
	return gjson.GetBytes(f.facts.Body, path), nil
}

// str(path) is the text there: a string as it is, a number or true or false as
// written, an object or a list as JSON. Missing or null: the empty string.
func (f *frame) str(path string) (any, error) {
	r, err := f.get(path)
	if r.Type == gjson.Number {
		return r.Raw, err
	}
	return r.String(), err
}

// num(path) is the number there, also when it stands in a string. Anything else: 0.
// Whole numbers above 2^53 are not exact: compare ids as text, with str.
func (f *frame) num(path string) (any, error) {
	r, err := f.get(path)
	if err != nil || (r.Type != gjson.Number && r.Type != gjson.String) {
		return 0.0, err
	}
	n := r.Float()
	if n != n || n-n != 0 { // a string such as "NaN" or "Inf"
		return 0.0, nil
	}
	return n, nil
}

// bool(path) is true where true stands, also in a string, and for a number other than 0.
func (f *frame) bool(path string) (any, error) {
	r, err := f.get(path)
	return r.Bool(), err
}

// list(path) is the list there. Missing, or not a list: an empty one.
func (f *frame) list(path string) (any, error) {
	r, err := f.get(path)
	if err != nil || !r.IsArray() {
		return []any{}, err
	}
	l, _ := r.Value().([]any)
	return l, nil
}

// raw(path) is the value there, of whatever type it is. Missing or null: nil.
func (f *frame) raw(path string) (any, error) {
	r, err := f.get(path)
	return r.Value(), err
}

// header(name) is the request header of that name, or empty.
func (f *frame) header(name string) (any, error) {
	if f.facts.Header == nil {
		return "", nil
	}
	return f.facts.Header(name), nil
}

// changed(glob) tells whether a commit of the event touched a path like glob: `*`
// and `?` stay within a folder, `**` does not.
func (f *frame) changed(glob string) (any, error) {
	if len(glob) > maxPathBytes {
		return false, errPath
	}
	for _, path := range f.repository().Changed {
		if matchPath(glob, path) {
			return true, nil
		}
	}
	return false, nil
}

func (f *frame) subject(string) (any, error) {
	if f.alias != "" {
		return f.alias, nil
	}
	return f.repository().Subject, nil
}

func (f *frame) message() *Message {
	if f.msg == nil {
		if f.facts.Msg != nil {
			f.msg = f.facts.Msg()
		}
		if f.msg == nil {
			f.msg = &Message{}
		}
	}
	return f.msg
}

func (f *frame) repository() *Git {
	if f.git == nil {
		if f.facts.Git != nil {
			f.git = f.facts.Git()
		}
		if f.git == nil {
			f.git = &Git{}
		}
	}
	return f.git
}

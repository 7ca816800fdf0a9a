package discord

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// Violation is one rule of Discord that a body breaks: a leaf of the answer to an
// invalid form (JSON error code 50035).
type Violation struct {
	Path    string // keys and indices with dots between them; empty for the body as a whole
	Code    string // BASE_TYPE_MAX_LENGTH …
	Message string // in the words of Discord where they are known
}

// Check lists the rules of Discord that a body of Execute Webhook breaks, at most
// MaxViolations, in the order of the payload; an object's own come before those
// of its members. It is nil for a body that Discord takes, or calls empty: see
// Empty. The body is JSON (another one is Discord's error 50109, for the caller to
// say); of a name that stands twice in an object the last value counts, and null
// is as good as absent. Names that Discord does not know are ignored, as are those
// of an embed that it sets itself. What depends on the query or the webhook's channel
// and owner is not judged; for the files sent along see CheckFiles.
func Check(body []byte) []Violation {
	c := checker{path: make([]byte, 0, 64)}
	root := parse(body)
	if !root.IsObject() {
		c.add("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
		return c.found
	}
	c.model(&message, root)
	return c.found
}

// MaxViolations is how many violations of a body are kept.
const MaxViolations = 100

// CheckFiles lists the entries of a body's attachments for which no file was sent
// along. ids are the numbers of those that were: n of the part "files[n]".
func CheckFiles(body []byte, ids []string) (found []Violation) {
	n := -1
	parse(body).Get("attachments").ForEach(func(_, a gjson.Result) bool {
		n++
		if id := a.Get("id"); id.Exists() && !slices.Contains(ids, id.String()) {
			found = append(found, Violation{"attachments." + strconv.Itoa(n), "ATTACHMENT_NOT_FOUND", "Attachment data not found"})
		}
		return len(found) < MaxViolations
	})
	return found
}

// Empty reports whether Discord would call the message empty (error 50006): no
// content but white space, no embed, component, poll or entry in attachments. A
// body with files of its own is not empty, whatever this says; and Discord ignores
// components without with_components=true in the query. Discord looks at the form
// first: an answer with violations goes before.
func Empty(body []byte) bool {
	var says [len(saying)]bool
	parse(body).ForEach(func(key, v gjson.Result) bool {
		if i := slices.Index(saying[:], key.Str); i >= 0 {
			says[i] = present(v)
		}
		return true
	})
	return says == [len(saying)]bool{}
}

// saying are the members that make a message.
var saying = [...]string{"content", "embeds", "components", "poll", "attachments"}

// parse returns the value of a body, none if it is not JSON. gjson reads only what
// encoding/json found valid, which refuses more than 10,000 levels.
func parse(body []byte) gjson.Result {
	if !json.Valid(body) {
		return gjson.Result{}
	}
	return gjson.ParseBytes(body)
}

// present reports whether a value is there and not empty.
func present(v gjson.Result) bool {
	switch v.Type {
	case gjson.Null:
		return false
	case gjson.String:
		return strings.TrimSpace(v.Str) != ""
	case gjson.JSON:
		some := false
		v.ForEach(func(_, _ gjson.Result) bool { some = true; return false })
		return some
	default:
		return true
	}
}

// checker walks one body.
type checker struct {
	found []Violation
	path  []byte
	open  []held // members of the objects being checked, innermost last

	embedChars int  // text of all embeds
	shownChars int  // text of text displays
	parts      int  // components, with those in others
	v2         bool // IS_COMPONENTS_V2 is set
	ids        map[string]struct{}
	numbers    map[float64]struct{} // ids of components, which are not their custom ids
}

// in makes the path one key longer and returns what to cut it to afterwards.
func (c *checker) in(key string) (mark int) {
	mark = len(c.path)
	if mark > 0 {
		c.path = append(c.path, '.')
	}
	c.path = append(c.path, key...)
	return mark
}

func (c *checker) out(mark int) { c.path = c.path[:mark] }

// full reports whether nothing more would be kept.
func (c *checker) full() bool { return len(c.found) >= MaxViolations }

// add keeps a violation by the value at the path.
func (c *checker) add(code, text string) { c.addAt(len(c.found), code, text) }

// addAt keeps a violation before those found since the list had n of them.
func (c *checker) addAt(n int, code, text string) {
	if !c.full() {
		c.found = slices.Insert(c.found, n, Violation{Path: string(c.path), Code: code, Message: text})
	}
}

// addIn keeps a violation by a member of the value at the path.
func (c *checker) addIn(key, code, text string) {
	mark := c.in(key)
	c.add(code, text)
	c.out(mark)
}

// addLength keeps a violation by something too long or too short.
func (c *checker) addLength(n, least, most int) {
	if least > 0 {
		c.addAt(n, "BASE_TYPE_BAD_LENGTH", "Must be between "+strconv.Itoa(least)+" and "+strconv.Itoa(most)+" in length.")
	} else {
		c.addAt(n, "BASE_TYPE_MAX_LENGTH", "Must be "+strconv.Itoa(most)+" or fewer in length.")
	}
}

const (
	codeRequired  = "BASE_TYPE_REQUIRED"
	saidRequired  = "This field is required"
	codeNotObject = "MODEL_TYPE_CONVERT"
	saidNotObject = "Expected an object/dictionary."
)

package slack

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// Violation is one rule of Slack that a payload breaks.
type Violation struct {
	Error   string // of the answer: invalid_payload, invalid_blocks, invalid_attachments, no_text …
	Pointer string // JSON Pointer to the value at fault; for a missing member, to where it is missing
	Code    string // of blocks.validate: missing_field, invalid_type or failed_constraint
	Message string // in the words of Slack where they are known
	Field   string // the member that is missing or not allowed, else empty
}

// String is the violation as the Web API lists it under "errors".
func (v Violation) String() string {
	return v.Message + " [json-pointer:" + v.Pointer + "]"
}

// Codes of blocks.validate, from Slack's published JSON schema library.
const (
	codeMissing    = "missing_field"
	codeType       = "invalid_type"
	codeConstraint = "failed_constraint"
)

// Check lists the rules of Slack that a message payload breaks, at most
// MaxViolations, in the order of the payload; an object's own come before those
// of its members. It is nil for a payload that Slack takes. What Slack ignores or
// cuts is no violation: unknown members of the message, a text over 40,000
// characters. Of a name that stands twice in an object the last value counts, and
// null is as good as absent. It does not depend on the workspace: whether ids
// exist and pictures can be loaded is for Slack to say.
func Check(body []byte) []Violation {
	c := checker{fault: faultPayload}
	if root, ok := c.parse(body); ok {
		c.message(root)
	}
	return c.found
}

// CheckBlocks is Check for a bare list of blocks, as blocks.validate takes it.
// Pointers start at the list.
func CheckBlocks(body []byte) []Violation {
	c := checker{fault: faultBlocks}
	if root, ok := c.parse(body); ok {
		c.blockList(root)
	}
	return c.found
}

// MaxViolations is how many violations of a payload are kept.
const MaxViolations = 100

// Words of Slack for what is wrong with a payload as a whole.
const (
	faultPayload       = "invalid_payload"
	faultNoText        = "no_text"
	faultBlocks        = "invalid_blocks"
	faultBlocksFormat  = "invalid_blocks_format"
	faultAttachments   = "invalid_attachments"
	faultTooMany       = "too_many_attachments"
	faultBlocksTooLong = "msg_blocks_too_long"
	faultMarkdownLong  = "markdown_text_too_long"
	faultMarkdownBoth  = "markdown_text_conflict"
	faultMetadata      = "invalid_metadata_format"
)

// checker walks one payload.
type checker struct {
	found  []Violation
	fault  string // the word for what is found now
	path   []step
	open   []held // members of the objects being checked, innermost last
	sum    totals
	nested int  // blocks within blocks
	aside  bool // in blocks which stand in for others: they add nothing to the totals

	blockIDs, actionIDs map[string]struct{} // of the message, of the block
}

// totals are what limits of the whole message count.
type totals struct {
	items    int // blocks in layouts
	chars    int // text of blocks
	cells    int // text of cells, in characters
	markdown int // text of markdown blocks, in characters
	tables   int
	charts   int
}

// step is a part of the path: a member, or an element if key is empty.
type step struct {
	key   string
	index int
}

// parse returns the value of a body. What gjson reads must be valid JSON, and not
// deep: json.Valid refuses more than 10,000 levels.
func (c *checker) parse(body []byte) (gjson.Result, bool) {
	if !utf8.Valid(body) || !json.Valid(body) {
		c.add(codeType, "must provide valid JSON in UTF-8", "")
		return gjson.Result{}, false
	}
	return gjson.Parse(string(bytes.TrimSpace(body))), true
}

// in runs f with the path one step longer.
func (c *checker) in(s step, f func()) {
	c.path = append(c.path, s)
	f()
	c.path = c.path[:len(c.path)-1]
}

// under runs f with another word for what is found.
func (c *checker) under(fault string, f func()) {
	was := c.fault
	c.fault = fault
	f()
	c.fault = was
}

// full reports whether nothing more would be kept.
func (c *checker) full() bool { return len(c.found) >= MaxViolations }

// add keeps a violation by the value at the path.
func (c *checker) add(code, message, field string) { c.addAt(len(c.found), code, message, field) }

// addAt keeps a violation before those found since the list had n of them.
func (c *checker) addAt(n int, code, message, field string) {
	if c.full() {
		return
	}
	c.found = slices.Insert(c.found, n, Violation{Error: c.fault, Pointer: c.pointer(), Code: code, Message: message, Field: field})
}

// pointer is the path as a JSON Pointer. Only names of the rules are steps of it,
// and none has a character to be escaped.
func (c *checker) pointer() string {
	var b []byte
	for _, s := range c.path {
		b = append(b, '/')
		if s.key != "" {
			b = append(b, s.key...)
		} else {
			b = strconv.AppendInt(b, int64(s.index), 10)
		}
	}
	return string(b)
}

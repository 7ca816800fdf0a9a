package rules

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"
)

// Bounds of a path in set_in and set_out.
const (
	maxEditPathBytes = 256
	maxEditDepth     = 16
)

// Refusal is an edit that was not made.
type Refusal struct {
	Path   string
	Reason string // fixed words: nothing of the payload's content
}

// CheckPath tells whether a path may stand in set_in or set_out: names and indexes
// joined by dots, a dot within a name written `\.`, and `-1` for the end of a list.
// It may not search: no wildcards, queries or modifiers.
func CheckPath(path string) error {
	if path == "" {
		return fault("the path is empty")
	}
	if len(path) > maxEditPathBytes {
		return fmt.Errorf("a path of %d bytes; at most %d are allowed", len(path), maxEditPathBytes)
	}
	steps := splitPath(path)
	if len(steps) > maxEditDepth {
		return fmt.Errorf("a path of %d steps; at most %d are allowed", len(steps), maxEditDepth)
	}
	for _, s := range steps {
		if s == "" {
			return fmt.Errorf("the path %s has an empty step", quote(path))
		}
		if at := strings.IndexAny(s, "|#@*?{}[]()!=<>%~\"'\x00"); at >= 0 {
			return fmt.Errorf("the path %s has %s in it; only names and indexes are allowed", quote(path), quote(s[at:at+1]))
		}
	}
	return nil
}

// splitPath returns the steps of a path as they are written.
func splitPath(path string) (steps []string) {
	from := 0
	for i := 0; i < len(path); i++ {
		switch path[i] {
		case '\\':
			i++
		case '.':
			steps = append(steps, path[from:i])
			from = i + 1
		}
	}
	return append(steps, path[from:])
}

// Apply makes changes to a payload: each value's Key is a path (see CheckPath) and
// its Text is JSON. It returns a new payload, or the old one when nothing was
// changed; payload itself is never written to. Objects on the way which are
// missing are made. An edit is refused, and the others made, when its path leads
// past the end of a list or through something that holds nothing, or its value is
// not JSON. The result of valid JSON is valid JSON.
func Apply(payload []byte, edits []Value) ([]byte, []Refusal) {
	var refused []Refusal
	for _, e := range edits {
		out, err := apply(payload, e)
		if err != nil {
			refused = append(refused, Refusal{e.Key, err.Error()})
			continue
		}
		payload = out
	}
	return payload, refused
}

func apply(payload []byte, e Value) ([]byte, error) {
	if err := CheckPath(e.Key); err != nil {
		return nil, err
	}
	if len(e.Text) > maxValueBytes {
		return nil, errValue
	}
	value := strings.TrimSpace(e.Text)
	if !json.Valid([]byte(value)) { // bounds its own depth
		return nil, fault("the value is not JSON")
	}
	read, err := reachable(payload, e.Key)
	if err != nil {
		return nil, err
	}
	out, err := sjson.SetRawBytes(payload, e.Key, []byte(value))
	if err != nil {
		return nil, fault("the path cannot be set")
	}
	// Seen from outside, the edit must have happened, and only that.
	if gjson.GetBytes(out, read).Raw != value || !json.Valid(out) {
		return nil, fault("the path cannot be set")
	}
	return out, nil
}

// reachable tells whether the path can be set without making anything but objects
// and the next element of a list. It returns the path at which the value will be
// found.
func reachable(payload []byte, path string) (string, error) {
	at := gjson.ParseBytes(payload)
	if !at.IsObject() && !at.IsArray() {
		return "", fault("the payload is not an object")
	}
	steps := splitPath(path)
	for i, step := range steps {
		switch {
		case at.IsArray():
			size := int(at.Get("#").Int())
			n, err := strconv.Atoi(step)
			switch {
			case step == "-1":
				n, steps[i] = size, strconv.Itoa(size)
			case err != nil || step != strconv.Itoa(n) || n < 0:
				return "", fault("a list has no element of that name")
			case n > size:
				return "", fault("the path leads past the end of a list")
			}
			if n == size {
				at = gjson.Result{}
			} else {
				at = at.Get(step)
			}
		case !at.Exists():
			// sjson makes a list, filled with nulls, for a number; a name of
			// digits is written with a colon.
			if n, err := strconv.Atoi(step); err == nil && n != 0 && n != -1 {
				return "", fault("the path leads past the end of a list")
			} else if err == nil {
				steps[i] = "0"
			}
			at = gjson.Result{}
		case at.IsObject():
			at = at.Get(strings.TrimPrefix(step, ":"))
		default:
			return "", fault("the path leads through a value that holds nothing")
		}
		steps[i] = strings.TrimPrefix(steps[i], ":")
	}
	return strings.Join(steps, "."), nil
}

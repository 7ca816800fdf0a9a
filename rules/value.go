package rules

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/expr-lang/expr/file"
)

// maxValueBytes bounds the result of one expression that becomes part of a
// delivery.
const maxValueBytes = 1 << 20

// fault is why a rule failed, in fixed words that hold nothing of the event.
type fault string

// Error returns the words.
func (f fault) Error() string { return string(f) }

const (
	errPath        fault = "a path or pattern is too long"
	errArgument    fault = "a function was given something else than a string"
	errLoop        fault = "a predicate was given a list that is too long"
	errNames       fault = "the result is not a list of destinations' names"
	errDestination fault = "there is no destination of that name"
	errValue       fault = "the result is too large"
	errJSON        fault = "the result cannot be written as JSON"
)

// failure says where in the program it failed and why. The words of expr's own
// errors can hold values of the event, so only their kind is kept.
func (p *program) failure(err error) error {
	line, column := 0, 0
	reason := "the evaluation failed"
	var f *file.Error
	if errors.As(err, &f) {
		line, column = max(f.Line-1, 0), f.Column
		switch {
		case strings.Contains(f.Message, "memory budget exceeded"):
			reason = "the memory budget was exceeded"
		case strings.HasPrefix(f.Message, "index out of range"):
			reason = "an index past the end of a list"
		case strings.HasPrefix(f.Message, "cannot fetch"), strings.HasPrefix(f.Message, "cannot get"),
			strings.HasPrefix(f.Message, "invalid operation"), errors.As(f.Prev, new(runtime.Error)):
			reason = "a value is missing or of another type than the operator needs"
		}
	}
	if w := fault(""); errors.As(err, &w) {
		reason = string(w)
	}
	if p.File == "" {
		return fmt.Errorf("%d:%d: %s", line+1, column+1, reason)
	}
	line, column, _ = p.locate(line, column)
	return fmt.Errorf("%s:%d:%d: %s", p.File, line, column, reason)
}

// asText writes a result as words: numbers without an exponent, times as RFC 3339,
// nil as nothing, lists and objects as JSON.
func asText(v any) (string, error) {
	var s string
	switch v := v.(type) {
	case nil:
	case string:
		s = v
	case bool:
		s = strconv.FormatBool(v)
	case int:
		s = strconv.Itoa(v)
	case float64:
		s = strconv.FormatFloat(v, 'f', -1, 64)
	case time.Time:
		s = v.Format(time.RFC3339)
	case time.Duration:
		s = v.String()
	default:
		return asJSON(v)
	}
	if len(s) > maxValueBytes {
		return "", errValue
	}
	return s, nil
}

// asJSON writes a result as JSON, a duration as a string.
func asJSON(v any) (string, error) {
	if d, ok := v.(time.Duration); ok {
		v = d.String()
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", errJSON
	}
	if b.Len() > maxValueBytes {
		return "", errValue
	}
	return strings.TrimSuffix(b.String(), "\n"), nil
}

// asNames reads a result as a name or a list of names.
func asNames(v any) ([]string, bool) {
	switch v := v.(type) {
	case string:
		return []string{v}, true
	case []string:
		return v, true
	case []any:
		out := make([]string, len(v))
		for i := range v {
			name, ok := v[i].(string)
			if !ok {
				return nil, false
			}
			out[i] = name
		}
		return out, true
	}
	return nil, false
}

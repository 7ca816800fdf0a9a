package formattest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// checker walks a payload and collects breaches of a platform's rules. The
// limits are data, so that a wrong constant in a writer is not wrong here too.
type checker struct {
	limits map[string]any
	path   []string
	found  []string
}

// loadLimits gives the limits in testdata/limits of a platform, nil when there
// are none yet.
func loadLimits(t testing.TB, platform string) map[string]any {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(Testdata(t), "limits", platform+"*.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		return nil
	}
	body, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	var limits map[string]any
	if err := json.Unmarshal(body, &limits); err != nil {
		t.Fatalf("%s: %v", files[0], err)
	}
	return limits
}

// entry is what the limits say of a path like "embed.title": a key of that name,
// or nested objects.
func (c *checker) entry(path string) any {
	if v, ok := c.limits[path]; ok {
		return v
	}
	var v any = c.limits
	for key := range strings.SplitSeq(path, ".") {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	if v == nil {
		panic(fmt.Sprintf("formattest: no limit %q in testdata/limits", path))
	}
	return v
}

// limit is the number of an entry: itself, or its "value" or "max".
func (c *checker) limit(path string) int {
	v := c.entry(path)
	if m, ok := v.(map[string]any); ok {
		if v = m["value"]; v == nil {
			v = m["max"]
		}
	}
	n, ok := v.(float64)
	if !ok {
		panic(fmt.Sprintf("formattest: limit %q in testdata/limits is no number", path))
	}
	return int(n)
}

// most is another number of an entry than its limit, by its key.
func (c *checker) most(path, key string) int {
	m, _ := c.entry(path).(map[string]any)
	n, ok := m[key].(float64)
	if !ok {
		panic(fmt.Sprintf("formattest: %q in testdata/limits has no number %q", path, key))
	}
	return int(n)
}

// words are those of an entry's list of the name given.
func (c *checker) words(path, list string) []string {
	m, _ := c.entry(path).(map[string]any)
	values, _ := m[list].([]any)
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = fmt.Sprint(v)
	}
	return words
}

func (c *checker) bad(format string, args ...any) {
	c.found = append(c.found, strings.Join(c.path, ".")+": "+fmt.Sprintf(format, args...))
}

// in runs f with key, or index i of it, appended to the path.
func (c *checker) in(key string, f func()) {
	c.path = append(c.path, key)
	f()
	c.path = c.path[:len(c.path)-1]
}

// members reports what is not among the members known, or not there although it
// must be: names with a "!" are required.
func (c *checker) members(o map[string]any, names ...string) {
	known := make([]string, len(names))
	for i, name := range names {
		known[i] = strings.TrimSuffix(name, "!")
		if v, ok := o[known[i]]; known[i] != name && (!ok || v == nil) {
			c.bad("%s is missing", known[i])
		}
	}
	for k, v := range o {
		if !slices.Contains(known, k) {
			c.bad("member %q is not known", k)
		}
		if v == nil {
			c.bad("%s is null", k)
		}
	}
}

// text checks the string o[key], if there is one, and gives its length after
// trimming. An empty string is a breach.
func (c *checker) text(o map[string]any, key string, most int) int {
	v, ok := o[key]
	if !ok {
		return 0
	}
	s, ok := v.(string)
	if !ok {
		c.bad("%s is no string", key)
		return 0
	}
	n := utf8.RuneCountInString(s)
	switch trimmed := strings.TrimSpace(s); {
	case trimmed == "":
		c.bad("%s is blank", key)
	case n > most:
		c.bad("%s has %d characters of %d", key, n, most)
	}
	return utf8.RuneCountInString(strings.TrimSpace(s))
}

// address checks the URL o[key], if there is one.
func (c *checker) address(o map[string]any, key string, most int, schemes ...string) {
	v, ok := o[key]
	if !ok {
		return
	}
	s, _ := v.(string)
	if utf8.RuneCountInString(s) > most {
		c.bad("%s has %d characters of %d", key, utf8.RuneCountInString(s), most)
	}
	u, err := url.Parse(s)
	if err != nil || !slices.Contains(schemes, strings.ToLower(u.Scheme)) || strings.HasPrefix(u.Scheme, "http") && u.Host == "" || strings.ContainsAny(s, " \t\r\n<>") {
		c.bad("%s is no address with scheme %s", key, strings.Join(schemes, " or "))
	}
}

// object runs f on the object o[key], if there is one.
func (c *checker) object(o map[string]any, key string, f func(map[string]any)) {
	v, ok := o[key]
	if !ok {
		return
	}
	c.in(key, func() {
		if m, ok := v.(map[string]any); ok {
			f(m)
		} else {
			c.bad("no object")
		}
	})
}

// each runs f on the objects of the list o[key], if there is one, which must have
// between 1 and most. It gives their number.
func (c *checker) each(o map[string]any, key string, most int, f func(map[string]any)) int {
	v, ok := o[key]
	if !ok {
		return 0
	}
	list, ok := v.([]any)
	if !ok || len(list) == 0 || len(list) > most {
		c.bad("%s has %d of %d", key, len(list), most)
	}
	for i, v := range list {
		c.in(fmt.Sprintf("%s.%d", key, i), func() {
			if m, ok := v.(map[string]any); ok {
				f(m)
			} else {
				c.bad("no object")
			}
		})
	}
	return len(list)
}

// whole checks that o[key], if there, is an integer from 0 to most.
func (c *checker) whole(o map[string]any, key string, most int) int {
	v, ok := o[key]
	if !ok {
		return 0
	}
	n, ok := v.(float64)
	if !ok || n != float64(int(n)) || n < 0 || int(n) > most {
		c.bad("%s is no integer up to %d", key, most)
	}
	return int(n)
}

func str(o map[string]any, key string) string { s, _ := o[key].(string); return s }

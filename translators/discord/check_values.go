package discord

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// The checks of single values. Discord's server is lenient as the language it is
// written in: whole numbers and booleans pass for strings, strings of digits for
// numbers.

func (c *checker) text(f *form, v gjson.Result) (s string, ok bool) {
	switch {
	case v.Type == gjson.String:
		s = v.Str
	case v.IsBool(), v.Type == gjson.Number && !strings.ContainsAny(v.Raw, ".eE"):
		s = shown(v)
	default:
		c.add("STRING_TYPE_CONVERT", `Could not interpret "`+shown(v)+`" as string.`)
		return "", false
	}
	n := utf8.RuneCountInString(strings.TrimSpace(s))
	if f.counts {
		c.embedChars += n
	}
	switch {
	case n == 0 && f.filled:
		c.add(codeRequired, saidRequired)
	case n < f.min || f.max > 0 && n > f.max:
		c.addLength(len(c.found), f.min, f.max)
	case f.enum != nil && !slices.Contains(f.enum, s):
		c.choices(f)
	default:
		if f.also != nil {
			f.also(c, s)
		}
		return s, true
	}
	return s, false
}

func (c *checker) choices(f *form) {
	all := f.enum
	if f.kind != anInteger {
		all = quoted(all)
	}
	c.add("BASE_TYPE_CHOICES", "Value must be one of "+tuple(all)+".")
}

func quoted(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = "'" + w + "'"
	}
	return out
}

// shown is a value as an error message repeats it, short.
func shown(v gjson.Result) string {
	s := v.Raw
	switch v.Type {
	case gjson.String:
		s = v.Str
	case gjson.True:
		return "True"
	case gjson.False:
		return "False"
	default:
	}
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

// whole is the number that v counts as where a whole number is wanted: fractions
// are cut off, and a string of digits is read.
func whole(v gjson.Result) (n float64, ok bool) {
	switch v.Type {
	case gjson.Number:
		return math.Trunc(v.Num), !math.IsInf(v.Num, 0)
	case gjson.True:
		return 1, true
	case gjson.False:
		return 0, true
	case gjson.String:
		s := strings.TrimSpace(v.Str)
		digits := strings.TrimLeft(s, "+-")
		if digits == "" || len(s)-len(digits) > 1 || strings.Trim(digits, "0123456789") != "" {
			return 0, false
		}
		n, err := strconv.ParseFloat(s, 64)
		return n, err == nil
	default:
		return 0, false
	}
}

func (c *checker) integer(f *form, v gjson.Result) {
	n, ok := whole(v)
	switch {
	case !ok:
		c.add("NUMBER_TYPE_COERCE", `Value "`+shown(v)+`" is not int.`)
	case f.enum != nil:
		if !slices.Contains(f.enum, strconv.FormatFloat(n, 'f', -1, 64)) {
			c.choices(f)
		}
	case f.max == 0:
	case n < float64(f.min):
		c.add("NUMBER_TYPE_MIN", "int value should be greater than or equal to "+strconv.Itoa(f.min)+".")
	case n > float64(f.max):
		c.add("NUMBER_TYPE_MAX", "int value should be less than or equal to "+strconv.Itoa(f.max)+".")
	case f.number != nil:
		f.number(c, n)
	}
}

func (c *checker) snowflake(v gjson.Result) {
	s := v.Raw
	if v.Type == gjson.String {
		s = strings.TrimSpace(v.Str)
	}
	if !isID(s) {
		c.add("NUMBER_TYPE_COERCE", `Value "`+shown(v)+`" is not snowflake.`)
	}
}

func (c *checker) boolean(v gjson.Result) {
	switch shown(v) {
	case "True", "true", "1", "False", "false", "0":
	default:
		c.add("BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
	}
}

func (c *checker) time(v gjson.Result) {
	if v.Type == gjson.String {
		for _, layout := range timeLayouts {
			if _, err := time.Parse(layout, strings.TrimSpace(v.Str)); err == nil {
				return
			}
		}
	}
	c.add("DATE_TIME_TYPE_PARSE", "Could not parse "+shown(v)+". Should be ISO8601.")
}

// address checks a URL. Discord looks at the scheme first, which is all of a
// string that has none (discord-api-docs issue 5837: Scheme "" is not supported).
func (c *checker) address(f *form, v gjson.Result) {
	s, ok := c.text(f, v)
	if !ok {
		return
	}
	scheme, rest, hier := strings.Cut(s, "://")
	if !hier {
		scheme, _, _ = strings.Cut(s, ":")
	}
	switch low := strings.ToLower(scheme); {
	case f.upload && low == "attachment":
		ok = rest != ""
	case !slices.Contains(f.schemes, low):
		known := f.schemes
		if known == nil {
			known = []string{"attachment"}
		}
		c.add("URL_TYPE_INVALID_SCHEME", `Scheme "`+shown(gjson.Result{Type: gjson.String, Str: scheme})+
			`" is not supported. Scheme must be one of `+tuple(quoted(known))+".")
		return
	case low == "discord":
		ok = hier && !hasSpace(rest)
	default:
		ok = hier && isWebAddress(rest)
	}
	if !ok {
		c.add("URL_TYPE_INVALID_URL", "Not a well formed URL.")
	}
}

// isWebAddress reports whether s, what follows the scheme, is a host and the rest
// of an address as Discord wants it: a host of at least two labels of up to 63
// characters, without an underscore, and no white space. So "localhost" and other
// names of a local network are refused. Senders report this (masgustavos/
// alertmanager-discord pull 7, discord.js issue 7438); the documentation is silent.
func isWebAddress(s string) bool {
	end := hostEnd(s)
	if hasSpace(s) {
		return false
	}
	host := s[strings.LastIndexByte(s[:end], '@')+1 : end]
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		if port := host[i+1:]; len(port) > 5 || strings.Trim(port, "0123456789") != "" {
			return false
		}
		host = host[:i]
	}
	if strings.HasPrefix(host, "[") {
		return isHost(host)
	}
	if !isHost(host) || !strings.Contains(host, ".") || strings.Contains(host, "_") {
		return false
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(host, "."), ".") {
		if label == "" || utf8.RuneCountInString(label) > 63 {
			return false
		}
	}
	return true
}

func hasSpace(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || r == 0xa0 || r == 0x3000 })
}

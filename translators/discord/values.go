package discord

import (
	"math"
	"strconv"

	"dragoman/translators/chat"
	"dragoman/translators/jsonr"
)

// What Discord's server takes for a value of another type, senders write: numbers
// and booleans in quotes, and numbers for strings.

// words is the text of a scalar. Numbers are taken as they are written, as
// senders which do not quote them mean it.
func (r *reader) words(key string, v jsonr.Value) string {
	switch v.Kind() {
	case jsonr.String, jsonr.Number:
		return v.Raw()
	case jsonr.Null:
		return ""
	default:
		r.wrong(key, v)
		return ""
	}
}

// scalar is the text of a string, number or boolean; nothing for others.
func scalar(v jsonr.Value) string {
	if v.Kind() == jsonr.Null || !v.Empty() {
		return ""
	}
	return v.Raw()
}

// number is a whole number, in quotes or not, and 0 for what is none.
func number(v jsonr.Value) int64 {
	switch v.Kind() {
	case jsonr.True:
		return 1
	case jsonr.Number, jsonr.String:
		if n, err := strconv.ParseInt(v.Raw(), 10, 64); err == nil {
			return n
		}
		if f := v.Num(); math.Abs(f) < 1<<53 {
			return int64(f)
		}
	default:
	}
	return 0
}

// truth is a boolean, in quotes or as a number.
func truth(v jsonr.Value) bool {
	switch v.Kind() {
	case jsonr.True:
		return true
	case jsonr.String:
		yes, _ := strconv.ParseBool(v.Raw())
		return yes
	default:
		return number(v) != 0
	}
}

// each calls f with the elements of an array, at their place.
func (r *reader) each(key string, list jsonr.Value, f func(i int, v jsonr.Value)) {
	if !list.IsArray() {
		r.wrong(key, list)
		return
	}
	i := 0
	for _, v := range list.Members() {
		r.n.Enter(key, i)
		f(i, v)
		r.n.Leave()
		i++
	}
}

// wrong notes a value that is of another type than the platform takes. The
// empty ones lose nothing.
func (r *reader) wrong(key string, v jsonr.Value) {
	what := ""
	switch v.Kind() {
	case jsonr.Object:
		what = "object"
	case jsonr.Array:
		what = "array"
	case jsonr.String:
		what = "string"
	case jsonr.Number:
		what = "number"
	case jsonr.True:
		what = "true"
	default:
	}
	if what != "" && !((v.IsObject() || v.IsArray()) && v.Empty()) && !(what == "string" && v.Raw() == "") {
		r.n.AddAt(key, chat.Dropped, what, 0)
	}
}

package ingest

import (
	"bytes"
	"errors"
	"maps"
	"mime"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"dragoman/translators/jsonw"
)

// arguments are those of a call, whatever encoding they came in, in the order in
// which they came. They are valid UTF-8.
type arguments struct {
	names     []string
	at        map[string]gjson.Result
	objection string   // the first thing that Slack would not take, but can be understood
	warnings  []string // of Slack's for such a request
}

func (a *arguments) get(name string) gjson.Result { return a.at[name] }

// set sets an argument. One that is given twice has its last value, and null is as
// good as not given.
func (a *arguments) set(name string, v gjson.Result) {
	if _, ok := a.at[name]; !ok {
		a.names = append(a.names, name)
	}
	a.at[name] = v
}

// body is a JSON object of the arguments for which keep holds.
func (a *arguments) body(keep func(name string) bool) []byte {
	var w jsonw.Buf
	w.Open()
	for _, name := range a.names {
		if v := a.at[name]; v.Type != gjson.Null && keep(name) {
			member(&w, name, v)
		}
	}
	w.Close()
	return w.B
}

// member writes a member of any name.
func member(w *jsonw.Buf, name string, v gjson.Result) {
	quoted := jsonw.AppendString(nil, name)
	w.Key(string(quoted[1 : len(quoted)-1]))
	w.Raw([]byte(v.Raw))
}

// text is a string as a value.
func text(s string) gjson.Result {
	return gjson.Result{Type: gjson.String, Raw: string(jsonw.AppendString(nil, s)), Str: strings.ToValidUTF8(s, "\uFFFD")}
}

// The content types that Slack takes.
const (
	typeJSON      = "application/json"
	typeForm      = "application/x-www-form-urlencoded"
	typeMultipart = "multipart/form-data"
	typeText      = "text/plain"
)

// readArguments reads a body in any of the encodings that Slack takes, and the
// query for what the body does not have.
func readArguments(contentType string, query map[string][]string, body []byte) (arguments, error) {
	a := arguments{at: map[string]gjson.Result{}}
	if err := a.readBody(contentType, body); err != nil {
		return a, err
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if _, ok := a.at[name]; !ok && len(query[name]) > 0 {
			a.set(name, text(query[name][0]))
		}
	}
	for _, name := range a.names {
		switch {
		case strings.HasSuffix(name, "]") && strings.Contains(name, "["):
			// Its value would be lost in silence.
			return a, refuse("invalid_array_arg")
		case len(name) > maxArgName || strings.Trim(name, nameChars) != "":
			a.object("invalid_arg_name")
		}
	}
	return a, nil
}

// Slack refuses "very long names and names with non-alphanumeric characters other
// than _"; how long it does not say.
const (
	maxArgName = 64
	nameChars  = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
)

// object notes the first thing that a strict source refuses.
func (a *arguments) object(word string) {
	if a.objection == "" {
		a.objection = word
	}
}

func (a *arguments) readBody(contentType string, body []byte) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil // python's client sends it as JSON
	}
	kind, params, _ := mime.ParseMediaType(contentType)
	if kind == "" && contentType != "" {
		kind = contentType // one that cannot be read
	}
	charset := strings.ToLower(params["charset"])
	latin := charset == "iso-8859-1"
	if charset != "" && charset != "utf-8" && charset != "utf8" && !latin {
		return refuse("invalid_charset")
	}
	form := kind == typeForm || kind == typeMultipart
	switch {
	case charset == "" && (kind == typeJSON || kind == typeText):
		a.warnings = append(a.warnings, "missing_charset")
	case charset != "" && form:
		a.warnings = append(a.warnings, "superfluous_charset")
	case kind == "":
		a.object("missing_post_type")
	case !form && kind != typeJSON && kind != typeText:
		a.object("invalid_post_type")
	}
	if looksLikeJSON(body) || kind == typeJSON {
		return a.readJSON(toUTF8(body, latin))
	}
	if a.objection == "invalid_post_type" {
		return refuse(a.objection)
	}
	fields, err := formFields(contentType, body)
	if err != nil {
		return refuse("invalid_form_data")
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		a.set(string(toUTF8([]byte(name), latin)), text(string(toUTF8([]byte(fields[name]), latin))))
	}
	return nil
}

func (a *arguments) readJSON(body []byte) error {
	body, err := Object(body)
	var invalid *Invalid
	switch {
	case errors.As(err, &invalid) && invalid.Reason == errNoObject.Error():
		return refuse("json_not_object")
	case err != nil:
		return refuse("invalid_json")
	}
	gjson.ParseBytes(body).ForEach(func(key, v gjson.Result) bool {
		a.set(key.Str, v)
		return true
	})
	return nil
}

// toUTF8 decodes ISO 8859-1, and mends what is not UTF-8.
func toUTF8(b []byte, latin bool) []byte {
	if !latin {
		return bytes.ToValidUTF8(b, []byte("\uFFFD"))
	}
	out := make([]rune, len(b))
	for i, c := range b {
		out[i] = rune(c)
	}
	return []byte(string(out))
}

// structures are the arguments that a form has as JSON in text, with the error for
// text that is none.
var structures = map[string]string{
	"blocks": "invalid_blocks_format", "attachments": "invalid_attachments", "metadata": "invalid_metadata_format",
	"unfurls": "invalid_unfurls_format", "message": "invalid_arguments", "view": "invalid_arguments",
}

// booleans are the arguments which Slack takes in many spellings.
var booleans = []string{"mrkdwn", "link_names", "unfurl_links", "unfurl_media", "reply_broadcast", "as_user"}

// structure makes JSON of the structures that came as text, and booleans of the
// booleans.
func (a *arguments) structure() error {
	for _, name := range slices.Sorted(maps.Keys(structures)) {
		v := a.at[name]
		if v.Type != gjson.String {
			continue
		}
		// The object has been scanned, but not what stands in its strings.
		src := strings.Trim(v.Str, " \t\r\n")
		b := []byte(`{"v":` + src + `}`)
		switch {
		case src == "":
			a.at[name] = gjson.Result{}
			continue
		case scan(b) != nil:
			return refuse(structures[name])
		}
		if a.at[name] = gjson.GetBytes(b, "v"); len(a.at[name].Raw) != len(src) { // a value, and more members
			return refuse(structures[name])
		}
	}
	for _, name := range booleans {
		if v := a.at[name]; v.Type == gjson.String {
			if b, err := strconv.ParseBool(v.Str); err == nil {
				a.at[name] = gjson.Parse(strconv.FormatBool(b))
			} else if v.Str == "" {
				a.at[name] = gjson.Result{}
			}
		}
	}
	return nil
}

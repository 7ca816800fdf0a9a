package client

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/textproto"
	"slices"
	"strconv"

	"github.com/tidwall/gjson"
)

// member is one of an object's: a key and the JSON of its value.
type member struct{ key, value string }

// with is payload with the members of set instead of its own, left out where their
// value is empty, and those of fill where it has none. What is no object is left as it is: it is for the destination
// to refuse it.
func with(payload []byte, set, fill []member) []byte {
	object := gjson.ParseBytes(payload)
	if len(set)+len(fill) == 0 || !object.IsObject() {
		return payload
	}
	out := append(make([]byte, 0, len(payload)+256), '{')
	add := func(key, value string) {
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, key...), ':'), value...)
	}
	object.ForEach(func(key, value gjson.Result) bool {
		named := func(m member) bool { return m.key == key.Str }
		if slices.ContainsFunc(set, named) {
			return true
		}
		if i := slices.IndexFunc(fill, named); i >= 0 {
			fill = slices.Delete(slices.Clone(fill), i, i+1)
		}
		add(key.Raw, value.Raw)
		return true
	})
	for _, m := range set {
		if m.value != "" {
			add(quoted(m.key), m.value)
		}
	}
	for _, m := range fill {
		add(quoted(m.key), m.value)
	}
	return append(out, '}')
}

// quoted is s as JSON.
func quoted(s string) string {
	b, _ := json.Marshal(s) // a string always has JSON
	return string(b)
}

// form is a payload and its uploads as Discord takes them, and who speaks like
// Discord: a part named for the payload, and files[n]. The files are not copied.
func form(name, media string, payload []byte, files []File) (contentType string, body [][]byte) {
	var head bytes.Buffer
	w := multipart.NewWriter(&head)
	// What the writer wrote since the last piece, then the piece.
	piece := func(data []byte) {
		body = append(body, slices.Clone(head.Bytes()), data)
		head.Reset()
	}
	_, _ = w.CreatePart(textproto.MIMEHeader{ // writing to memory does not fail
		"Content-Disposition": {`form-data; name="` + name + `"`},
		"Content-Type":        {media},
	})
	piece(payload)
	for i, f := range files {
		media := f.Type
		if media == "" || !fitsHeader(media) {
			media = "application/octet-stream"
		}
		_, _ = w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {multipart.FileContentDisposition("files["+strconv.Itoa(i)+"]", f.Name)},
			"Content-Type":        {media},
		})
		piece(f.Data)
	}
	_ = w.Close()
	return w.FormDataContentType(), append(body, head.Bytes())
}

// fitsHeader reports whether s may be the value of a header.
func fitsHeader(s string) bool {
	for _, c := range []byte(s) {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

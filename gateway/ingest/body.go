package ingest

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
)

var (
	errTooLarge       = errors.New("ingest: the body is too large")
	errBrokeOff error = &Invalid{"the body broke off"}
)

// inFlight bounds the bytes of all bodies being worked on.
type inFlight struct {
	max  int64
	used atomic.Int64
}

func (f *inFlight) take(n int64) bool {
	if f.used.Add(n) > f.max {
		f.used.Add(-n)
		return false
	}
	return true
}

// read takes the body of r, at most max bytes. release gives its bytes back and
// must be called when the event has been accepted.
func (f *inFlight) read(r *http.Request, max int64) (body []byte, release func(), err error) {
	var taken int64
	release = func() { f.used.Add(-taken) }
	if r.ContentLength > max {
		return nil, release, errTooLarge
	}
	size := min(max+1, 4096)
	if r.ContentLength >= 0 {
		size = r.ContentLength + 1 // one more, to see the end without growing
	}
	for {
		if !f.take(size - taken) {
			return nil, release, ErrBusy
		}
		taken = size
		grown := make([]byte, len(body), size)
		copy(grown, body)
		body = grown
		for len(body) < cap(body) {
			n, err := r.Body.Read(body[len(body):cap(body)])
			body = body[:len(body)+n]
			if err == io.EOF {
				return body, release, nil
			}
			if err != nil {
				return nil, release, errBrokeOff
			}
		}
		if int64(len(body)) > max {
			return nil, release, errTooLarge
		}
		size = min(2*size, max+1)
	}
}

// Object is body as a JSON object that has been scanned, without a byte order
// mark: what every reader may rely on. The error is an *Invalid.
func Object(body []byte) ([]byte, error) {
	body = bytes.TrimPrefix(body, []byte("\xEF\xBB\xBF"))
	if err := scan(body); err != nil {
		return nil, &Invalid{err.Error()}
	}
	return body, nil
}

func looksLikeJSON(body []byte) bool {
	b := bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\xEF\xBB\xBF")), " \t\r\n")
	return len(b) > 0 && (b[0] == '{' || b[0] == '[')
}

// payload finds the JSON in a body as Slack and GitHub take it: as it is, or in
// the form field "payload", whatever the content type says.
func payload(contentType string, body []byte) ([]byte, error) {
	if looksLikeJSON(body) {
		return Object(body)
	}
	// A form with an escape that is none is read as far as it can be: many a script
	// has its JSON there as it is.
	form, _ := formFields(contentType, body)
	if p, ok := form["payload"]; ok {
		return Object([]byte(p))
	}
	return Object(body)
}

// maxFormFields bounds what a form may hold; Discord knows a dozen.
const maxFormFields = 64

// formFields are the fields of an urlencoded or multipart body, the first of
// each name. Files are left out.
func formFields(contentType string, body []byte) (map[string]string, error) {
	fields := map[string]string{}
	kind, params, _ := mime.ParseMediaType(contentType)
	if kind != "multipart/form-data" {
		return urlencoded(string(body))
	}
	err := eachPart(params["boundary"], body, func(p *multipart.Part) error {
		if p.FileName() != "" {
			return nil
		}
		b, err := io.ReadAll(p)
		if _, ok := fields[p.FormName()]; !ok {
			fields[p.FormName()] = string(b)
		}
		return err
	})
	return fields, err
}

// urlencoded are the fields of an urlencoded form, also when it errs for an escape
// that is none: such a one stands for itself.
func urlencoded(body string) (fields map[string]string, err error) {
	if strings.Count(body, "&") >= maxFormFields {
		return nil, &Invalid{"the form has too many fields"}
	}
	fields = map[string]string{}
	for pair := range strings.SplitSeq(body, "&") { // a semicolon is a character like others
		key, value, _ := strings.Cut(pair, "=")
		key, ok1 := unescape(key)
		value, ok2 := unescape(value)
		if !ok1 || !ok2 {
			err = &Invalid{"the form cannot be read"}
		}
		if _, ok := fields[key]; !ok && key != "" {
			fields[key] = value
		}
	}
	return fields, err
}

// unescape decodes a name or a value of an urlencoded form. It is not ok when a
// percent sign is not followed by two digits.
func unescape(s string) (text string, ok bool) {
	if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '+') < 0 {
		return s, true
	}
	ok = true
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '+':
			b = append(b, ' ')
		case c != '%':
			b = append(b, c)
		case i+2 < len(s) && hexDigit(s[i+1]) && hexDigit(s[i+2]):
			n, _ := strconv.ParseUint(s[i+1:i+3], 16, 8)
			b = append(b, byte(n))
			i += 2
		default:
			b, ok = append(b, c), false
		}
	}
	return string(b), ok
}

func hexDigit(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}

func eachPart(boundary string, body []byte, f func(*multipart.Part) error) error {
	r := multipart.NewReader(bytes.NewReader(body), boundary)
	for range maxFormFields {
		p, err := r.NextPart()
		if err == io.EOF { //nolint:errorlint // one that is wrapped tells of a body which breaks off
			return nil
		}
		if err == nil {
			err = f(p)
		}
		if err != nil {
			return &Invalid{"the multipart body cannot be read"}
		}
	}
	return &Invalid{"the form has too many fields"}
}

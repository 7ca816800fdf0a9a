package ingest

import (
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"dragoman/translators/chat"
	"dragoman/translators/jsonw"
)

// draft is a message as it stands in a request of Discord's.
type draft struct {
	body  []byte // a JSON object
	files []upload
}

// upload is a file of a multipart body.
type upload struct {
	chat.File
	id string // of its entry in "attachments": n of the part "files[n]", or the next that is free
}

// maxUploads bounds the files of a message, maxUploadBytes one of them at a strict
// source. Source: Discord's documentation, JSON error code 30015 and Uploading Files.
const (
	maxUploads     = 10
	maxUploadBytes = 10 << 20
)

var (
	errContentType = &discordRefusal{http.StatusBadRequest, codeInvalidForm,
		`Expected "Content-Type" header to be one of {'application/json', 'multipart/form-data', 'application/x-www-form-urlencoded'}.`}
	errManyFiles = &discordRefusal{http.StatusBadRequest, codeManyFiles, "Maximum number of attachments in a message reached (10)"}
	errLargeFile = &discordRefusal{http.StatusRequestEntityTooLarge, codeLargeFile, "Uploaded file exceeds the maximum size"}
	errForm      = formError("", "BASE_TYPE_BAD_TYPE", "The form cannot be read.")
)

// readDraft reads a body in any of the encodings that Discord takes: JSON, a form,
// and a form with files. Where the source is not strict, JSON under any other type
// is JSON too.
func readDraft(contentType string, raw []byte, strict bool) (d draft, err error) {
	kind, params, _ := mime.ParseMediaType(contentType)
	if kind == "application/json" || !strict && looksLikeJSON(raw) {
		d.body, err = Object(raw)
		return d, err
	}
	var fields map[string]string
	switch kind {
	case "application/x-www-form-urlencoded":
		// An escape that is none stands for itself, where the source is not strict.
		if fields, err = formFields(contentType, raw); err != nil && (strict || fields == nil) {
			return d, errForm
		}
	case "multipart/form-data":
		boundary := params["boundary"]
		if boundary == "" && !strict {
			boundary = firstBoundary(raw)
		}
		if fields, d.files, err = readParts(boundary, raw); err != nil {
			return d, err
		}
	default:
		return d, errContentType
	}
	d.body, err = formObject(fields)
	return d, err
}

// firstBoundary is what the first line of a multipart body says that the boundary
// is: many a sender forgets to say so in the header.
func firstBoundary(raw []byte) string {
	line, _, _ := strings.Cut(string(raw[:min(len(raw), 100)]), "\n")
	boundary, ok := strings.CutPrefix(strings.TrimSpace(line), "--")
	if !ok {
		return ""
	}
	return boundary
}

// readParts reads the fields and the files of a multipart body. Of two fields of
// one name the first counts; files may have any name, as Discord's older clients
// have it.
func readParts(boundary string, raw []byte) (fields map[string]string, files []upload, err error) {
	fields = map[string]string{}
	broken := eachPart(boundary, raw, func(p *multipart.Part) error {
		name := p.FormName()
		data, err := io.ReadAll(p)
		if err != nil || name == "" && p.FileName() == "" && len(data) > 0 {
			return errForm
		}
		if name != "payload_json" && (p.FileName() != "" || name == "file" || strings.HasPrefix(name, "files[")) {
			id, _ := strings.CutPrefix(strings.TrimSuffix(name, "]"), "files[")
			files = append(files, upload{id: id, File: chat.File{Name: p.FileName(), Type: p.Header.Get("Content-Type"), Size: int64(len(data)), Data: data}})
		} else if _, ok := fields[name]; !ok {
			fields[name] = string(data)
		}
		return nil
	})
	if broken != nil {
		return nil, nil, errForm
	}
	if len(files) > maxUploads {
		return nil, nil, errManyFiles
	}
	numberUploads(files)
	return fields, files, nil
}

// numberUploads gives the files that have no number of their own the next ones.
func numberUploads(files []upload) {
	taken := map[string]bool{}
	for i := range files {
		if n, err := strconv.ParseUint(files[i].id, 10, 16); err != nil || taken[files[i].id] {
			files[i].id = ""
		} else {
			files[i].id = strconv.FormatUint(n, 10)
			taken[files[i].id] = true
		}
	}
	next := 0
	for i := range files {
		for files[i].id == "" {
			if id := strconv.Itoa(next); !taken[id] {
				files[i].id, taken[id] = id, true
			}
			next++
		}
	}
}

// textFields are members of a message which are texts: in a form they stand as they
// are. The jsonFields are JSON there, or a text that is wrong.
var (
	textFields = []string{"content", "username", "avatar_url", "thread_name"}
	jsonFields = []string{"embeds", "allowed_mentions", "components", "attachments", "flags", "applied_tags", "poll"}
)

// formObject is the object in the field payload_json, and what the other fields
// add to it.
func formObject(fields map[string]string) ([]byte, error) {
	var w jsonw.Buf
	given := map[string]bool{}
	w.Open()
	if p, ok := fields["payload_json"]; ok {
		object, err := Object([]byte(p))
		if err != nil {
			return nil, formError("payload_json", "BASE_TYPE_BAD_TYPE", `Expected "payload_json" to be a valid JSON string.`)
		}
		gjson.ParseBytes(object).ForEach(func(key, v gjson.Result) bool {
			given[key.Str] = true
			copyMember(&w, key, v)
			return true
		})
	}
	add := func(name string, write func(v string)) {
		if v, ok := fields[name]; ok && !given[name] {
			w.Key(name)
			write(v)
		}
	}
	for _, name := range textFields {
		add(name, w.Str)
	}
	add("tts", func(v string) { w.Bool(truth(v)) })
	for _, name := range jsonFields {
		add(name, func(v string) {
			if _, err := Object([]byte(`{"v":` + v + `}`)); err == nil && gjson.Valid(v) {
				w.Raw([]byte(v))
			} else {
				w.Str(v)
			}
		})
	}
	w.Close()
	return w.B, nil
}

// copyMember writes a member of an object as it stands.
func copyMember(w *jsonw.Buf, key, v gjson.Result) {
	w.Key(key.Raw[1 : len(key.Raw)-1])
	w.Raw([]byte(v.Raw))
}

// truth reads a boolean in Discord's spellings.
func truth(s string) bool { return slices.Contains([]string{"true", "True", "1"}, s) }

package ingest

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"dragoman/translators/chat"
	"dragoman/translators/jsonw"
)

// attachmentScheme begins what refers to an upload.
const attachmentScheme = "attachment://"

// settle gives the uploads of a draft safe names and ids of their own, writes them
// into "attachments" after kept, which are entries of the message that is edited, and
// makes what refers to an upload name it as it is called now. What else a body says
// in "attachments" stays, unless it is an edit: then an entry is one to keep.
func (d *draft) settle(kept []gjson.Result, edit bool, at time.Time) []chat.File {
	old := gjson.ParseBytes(d.body)
	list := old.Get("attachments")
	if len(d.files) == 0 && (!edit || !list.Exists()) {
		return nil
	}
	var w jsonw.Buf
	renamed := map[string]string{}
	taken := map[string]bool{}
	w.OpenArray()
	for _, a := range kept {
		w.Raw([]byte(a.Raw))
		taken[a.Get("filename").Str] = true
	}
	if !edit {
		list.ForEach(func(_, a gjson.Result) bool {
			if d.uploadOf(a) == nil {
				w.Raw([]byte(a.Raw))
			}
			return true
		})
	}
	var files []chat.File
	for i := range d.files {
		f := &d.files[i]
		about := d.entryOf(list, f)
		name := f.Name
		if given := about.Get("filename").Str; given != "" {
			name = given
		}
		safe := freeName(safeName(name), taken)
		taken[safe] = true
		for _, called := range []string{f.Name, name} {
			if _, ok := renamed[called]; !ok {
				renamed[called] = safe
			}
		}
		entry(&w, about, f, attachmentID(at, i), safe, name)
		file := f.File
		file.Name, file.Type = safe, strings.ToValidUTF8(f.Type, "\uFFFD")
		files = append(files, file)
	}
	w.CloseArray()
	d.body = withAttachments(old, w.B, renamed)
	return files
}

// entry writes what is known of an upload. The name that its sender gave it is the
// title where it had to change.
func entry(w *jsonw.Buf, about gjson.Result, f *upload, id, safe, name string) {
	w.Open()
	w.KeyStr("id", id)
	w.KeyStr("filename", safe)
	if title := about.Get("title"); title.Type == gjson.String {
		w.KeyStr("title", title.Str)
	} else if stem := strings.TrimSuffix(name, path.Ext(name)); stem != "" && safeName(name) != name {
		w.KeyStr("title", stem)
	}
	w.KeyStr("content_type", f.Type)
	w.KeyInt("size", f.Size)
	for _, k := range []string{"description", "is_spoiler", "duration_secs", "waveform"} {
		if v := about.Get(k); !absent(v) {
			w.Key(k)
			w.Raw([]byte(v.Raw))
		}
	}
	w.Close()
}

// attachmentID is the id of the n-th upload of a request.
func attachmentID(at time.Time, n int) string {
	micros := at.UnixMicro()
	return strconv.FormatInt((micros/1000-discordEpoch)<<22|1<<20|micros%1000<<4|int64(n), 10)
}

// entryOf is what a list of attachments says of an upload: the entry with its
// number, or else with its name.
func (d *draft) entryOf(list gjson.Result, f *upload) (about gjson.Result) {
	list.ForEach(func(_, a gjson.Result) bool {
		if d.uploadOf(a) == f {
			about = a
		}
		return !about.Exists()
	})
	return about
}

// uploadOf is the upload that an entry of a list of attachments is about.
func (d *draft) uploadOf(a gjson.Result) *upload {
	id, name := a.Get("id").String(), a.Get("filename").Str
	n := slices.IndexFunc(d.files, func(f upload) bool { return f.id == id })
	if n < 0 && id == "" && name != "" {
		n = slices.IndexFunc(d.files, func(f upload) bool { return f.Name == name })
	}
	if n < 0 {
		return nil
	}
	return &d.files[n]
}

// ids are the numbers of the uploads.
func (d *draft) ids() (ids []string) {
	for _, f := range d.files {
		ids = append(ids, f.id)
	}
	return ids
}

// withAttachments is a body with another list of attachments, in which what refers
// to a file that was renamed does so by its new name.
func withAttachments(body gjson.Result, list []byte, renamed map[string]string) []byte {
	var w jsonw.Buf
	done := false
	w.Open()
	body.ForEach(func(key, v gjson.Result) bool {
		w.Key(key.Raw[1 : len(key.Raw)-1])
		if key.Str == "attachments" {
			w.Raw(list)
			done = true
		} else {
			rename(&w, v, renamed)
		}
		return true
	})
	if !done {
		w.Key("attachments")
		w.Raw(list)
	}
	w.Close()
	return w.B
}

// rename writes a value in which references to files have their new names. It
// recurses no deeper than a body may nest.
func rename(w *jsonw.Buf, v gjson.Result, renamed map[string]string) {
	switch {
	case v.Type == gjson.String && strings.HasPrefix(v.Str, attachmentScheme):
		if safe, ok := renamed[v.Str[len(attachmentScheme):]]; ok {
			w.Str(attachmentScheme + safe)
		} else {
			w.Raw([]byte(v.Raw))
		}
	case !strings.Contains(v.Raw, "attachment:"):
		w.Raw([]byte(v.Raw))
	case v.IsObject():
		w.Open()
		v.ForEach(func(key, v gjson.Result) bool {
			w.Key(key.Raw[1 : len(key.Raw)-1])
			rename(w, v, renamed)
			return true
		})
		w.Close()
	case v.IsArray():
		w.OpenArray()
		v.ForEach(func(_, v gjson.Result) bool { rename(w, v, renamed); return true })
		w.CloseArray()
	default:
		w.Raw([]byte(v.Raw))
	}
}

// maxNameBytes bounds the name of an upload.
const maxNameBytes = 200

// safeName is a file's name as Discord keeps it: letters and digits of ASCII, dots,
// hyphens and underscores, which stand for spaces too. What else there is goes.
func safeName(name string) string {
	clean := func(s string) string {
		return strings.Map(func(c rune) rune {
			switch {
			case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '-', c == '_':
				return c
			case c == ' ':
				return '_'
			}
			return -1
		}, s)
	}
	ext := path.Ext(name)
	stem := strings.TrimLeft(clean(strings.TrimSuffix(name, ext)), ".")
	if ext = clean(ext); ext == "." || len(ext) > 20 {
		stem, ext = stem+strings.TrimPrefix(ext, "."), ""
	}
	if stem == "" {
		stem = "unknown"
	}
	return stem[:min(len(stem), maxNameBytes-len(ext))] + ext
}

// freeName is a name that no other file has: a second one gets a number.
func freeName(name string, taken map[string]bool) string {
	free := name
	for n := 2; taken[free]; n++ {
		free = strconv.Itoa(n) + "-" + name
	}
	return free
}

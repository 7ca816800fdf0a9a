package discord

import (
	"path"
	"slices"
	"strings"

	"dragoman/translators/chat"
	"dragoman/translators/jsonr"
)

// scheme begins the address of a file that is uploaded with the message.
const scheme = "attachment://"

// upload is a file of the message: what "attachments" says of it, or the file
// itself.
type upload struct {
	chat.Asset
	used bool // something refers to it
}

// uploads collects what is known of the message's files, before the places that
// may refer to them are read.
func (r *reader) uploads(list jsonr.Value) {
	r.each("attachments", list, func(i int, v jsonr.Value) {
		if !v.IsObject() {
			r.wrong("", v)
			return
		}
		var a chat.Asset
		var name, id, mime string
		for k, v := range v.Members() {
			switch k {
			case "id":
				id = scalar(v)
			case "filename":
				name = scalar(v)
			case "title":
				a.Title = r.words("title", v)
			case "description":
				a.Alt = r.words("description", v)
			case "url": // of a message that was sent
				a.URL = r.words("url", v)
			case "content_type":
				mime = scalar(v)
			case "size":
				a.Bytes = number(v)
			case "is_spoiler":
				a.Spoiler = truth(v)
			}
		}
		if n := slices.IndexFunc(r.files, func(f chat.File) bool { return f.Name == name }); n >= 0 {
			mime, a.Bytes = r.files[n].Type, r.files[n].Size
		} else if len(id) == 1 && int(id[0]-'0') < len(r.files) && name == "" {
			f := r.files[id[0]-'0']
			name, mime, a.Bytes = f.Name, f.Type, f.Size
		}
		if a.URL == "" && name != "" {
			a.URL = scheme + name
		}
		if a.URL != "" {
			a.Kind = kindOf(name, mime)
			r.meta = append(r.meta, upload{Asset: a})
		}
	})
	for _, f := range r.files {
		url := scheme + f.Name
		if f.Name != "" && !slices.ContainsFunc(r.meta, func(u upload) bool { return u.URL == url }) {
			r.meta = append(r.meta, upload{Asset: chat.Asset{
				Kind: kindOf(f.Name, f.Type), URL: url, Bytes: f.Size, Spoiler: strings.HasPrefix(f.Name, "SPOILER_"),
			}})
		}
	}
}

// use marks the upload that url refers to and gives it, if there is one.
func (r *reader) use(url string) *upload {
	if !strings.HasPrefix(url, scheme) {
		return nil
	}
	for i := range r.meta {
		if r.meta[i].URL == url {
			r.meta[i].used = true
			return &r.meta[i]
		}
	}
	return nil
}

// described adds to a what "attachments" says of the upload it refers to.
func (r *reader) described(a *chat.Asset) {
	u := r.use(a.URL)
	if u == nil {
		return
	}
	if a.Alt == "" {
		a.Alt = u.Alt
	}
	if a.Title == "" {
		a.Title = u.Title
	}
	a.Bytes = u.Bytes
	a.Spoiler = a.Spoiler || u.Spoiler
}

// media reads the address of an object like {"url": …}.
func (r *reader) media(key string, v jsonr.Value) chat.Asset {
	url := strings.TrimSpace(r.words(key, v.Get("url")))
	return chat.Asset{URL: url, Kind: kindOf(url, scalar(v.Get("content_type")))}
}

// loose puts the uploads to which nothing refers before block at: Discord shows
// them between the content and the embeds.
func (r *reader) loose(at int) {
	from := len(r.mem.Assets)
	for i := range r.meta {
		if !r.meta[i].used {
			r.mem.Assets.Add(r.meta[i].Asset)
		}
	}
	if list := r.mem.Assets.Cut(from); list != nil {
		r.m.Blocks = slices.Insert(r.m.Blocks, at, chat.Block{Kind: chat.Media, Assets: list})
	}
}

// kindOf tells what a file is, by its media type or else its name. What tells
// nothing is a picture when it is an address, since media is mostly that, and a
// document when it is a file.
func kindOf(name, mime string) chat.AssetKind {
	switch {
	case strings.HasPrefix(mime, "image/"):
		return chat.Picture
	case strings.HasPrefix(mime, "video/"):
		return chat.Video
	case mime != "":
		return chat.Document
	}
	file := !strings.Contains(name, "://") || strings.HasPrefix(name, scheme)
	if !file {
		name, _, _ = strings.Cut(name, "?")
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".webp":
		return chat.Picture
	case ".mp4", ".mov", ".webm", ".mkv", ".avi":
		return chat.Video
	}
	if file {
		return chat.Document
	}
	return chat.Picture
}

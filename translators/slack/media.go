package slack

import (
	"strings"

	"dragoman/translators/chat"
	"dragoman/translators/jsonr"
)

func (r *reader) image(role string, b jsonr.Value) {
	a := r.picture(b)
	if role == roleThumb && r.card != nil && r.card.Thumb == (chat.Asset{}) {
		r.card.Thumb = a
		return
	}
	if a.URL == "" {
		r.drop("image")
	}
	r.add(chat.Block{Kind: chat.Media, Assets: r.mem.Assets.One(a)})
}

// noAlt is the alternative text of a picture that has none, since Slack requires
// one.
const noAlt = "image"

// picture reads an image block or element.
func (r *reader) picture(v jsonr.Value) chat.Asset {
	var a chat.Asset
	for key, v := range v.Members() {
		r.pictured(&a, key, v)
	}
	return settled(a)
}

// pictured reads a member of an image.
func (r *reader) pictured(a *chat.Asset, key string, v jsonr.Value) {
	switch key {
	case "image_url":
		a.URL = r.str(key, v)
	case "slack_file":
		if a.URL == "" {
			a.URL = v.Get("url").Str()
		}
	case "alt_text":
		a.Alt = r.str(key, v)
	case "title":
		a.Title = r.words(v)
	}
}

// settled is a without an alternative text that says nothing.
func settled(a chat.Asset) chat.Asset {
	if a.Alt == noAlt && a.URL != "" {
		a.Alt = ""
	}
	return a
}

func (r *reader) file(b jsonr.Value) {
	f := b.Get("file")
	a := chat.Asset{
		Kind:  chat.Document,
		URL:   first(f.Get("permalink").Str(), f.Get("url_private").Str(), b.Get("url").Str()),
		Title: first(f.Get("title").Str(), f.Get("name").Str(), b.Get("title").Str()),
	}
	if a.URL == "" && a.Title == "" {
		id := first(r.str("external_id", b.Get("external_id")), r.str("file_id", b.Get("file_id")), r.str("id", f.Get("id")))
		if id == "" {
			r.drop("file")
			return
		}
		r.n.Add(chat.Flattened, "file", 0)
		r.add(chat.Block{Text: r.mem.Text("file " + id)})
		return
	}
	r.add(chat.Block{Kind: chat.Media, Assets: r.mem.Assets.One(a)})
}

// files are those of a message that Slack has stored.
func (r *reader) files(v jsonr.Value) {
	each(v, func(_ int, f jsonr.Value) {
		var url, permalink, title, name, mime string
		var size int64
		for key, v := range f.Members() {
			switch key {
			case "url_private":
				url = v.Str()
			case "permalink":
				permalink = v.Str()
			case "title":
				title = v.Str()
			case "name":
				name = v.Str()
			case "mimetype":
				mime = v.Str()
			case "size":
				size = number(v)
			}
		}
		a := chat.Asset{Kind: chat.Document, URL: first(permalink, url), Title: first(title, name), Bytes: size}
		switch {
		case strings.HasPrefix(mime, "image/"):
			a.Kind, a.Bytes = chat.Picture, 0 // it is seen, whatever its size
		case strings.HasPrefix(mime, "video/"):
			a.Kind = chat.Video
		}
		if a.URL != "" || a.Title != "" {
			r.add(chat.Block{Kind: chat.Media, Assets: r.mem.Assets.One(a)})
		}
	})
}

package discord

import (
	"slices"
	"time"

	"dragoman/translators/chat"
	"dragoman/translators/jsonw"
)

// draft is one embed being made, or several that show one gallery. Its texts are
// cut from writer.text.
type draft struct {
	title, text, author, footer cut
	url, authorURL              string
	authorIcon, footerIcon      string
	at                          time.Time
	colour                      chat.Colour
	fields                      []entry
	thumb                       chat.Asset
	pics                        []chat.Asset // more than one: a gallery, held together by glue
	glue                        string
	chars                       int
	elements                    int
}

// cut is a stretch of writer.text.
type cut struct{ from, to int }

func (c cut) empty() bool { return c.from == c.to }

// entry is a field of an embed.
type entry struct {
	name, value cut
	inline      bool
}

func (d *draft) reset() {
	clear(d.fields)
	*d = draft{fields: d.fields[:0]}
}

// empty reports whether there is nothing to show yet.
func (d *draft) empty() bool {
	return d.title.empty() && d.text.empty() && d.author.empty() && d.footer.empty() && d.at.IsZero() &&
		len(d.fields) == 0 && len(d.pics) == 0 && d.thumb.URL == "" && d.url == ""
}

// size is how many embeds d takes.
func (d *draft) size() int { return max(1, len(d.pics)) }

// place puts the draft into the part, or begins the next part for it.
func (w *writer) place() {
	d, p := &w.made, &w.part
	if !d.empty() {
		if !w.last() && (p.count+d.size() > maxEmbeds || p.chars+d.chars > maxEmbedTotal || len(p.uploads)+6 > maxUploads && d.uploads()) {
			w.flush(false)
		}
		w.claim(d)
	}
	if !d.empty() {
		for i := range d.size() {
			w.embed(d, i)
		}
		p.count += d.size()
		p.chars += d.chars
		if url := d.address(); url != "" {
			p.urls = append(p.urls, url)
		}
	}
	d.reset()
	w.text = w.text[:0]
}

// claim makes the uploads that d refers to go with the part. Those for which it has
// no room are left out.
func (w *writer) claim(d *draft) {
	claim := func(url string, size int64) bool {
		if _, ok := uploadName(url); !ok || w.part.attach(chat.Asset{URL: url, Bytes: size}) {
			return true
		}
		w.n.Add(chat.Dropped, "attachment", 0)
		return false
	}
	if !claim(d.footerIcon, 0) {
		d.footerIcon = ""
	}
	for i := 0; i < len(d.pics); {
		if claim(d.pics[i].URL, d.pics[i].Bytes) {
			i++
		} else {
			d.pics = slices.Delete(slices.Clone(d.pics), i, i+1)
		}
	}
	if !claim(d.thumb.URL, d.thumb.Bytes) {
		d.thumb = chat.Asset{}
	}
	if !claim(d.authorIcon, 0) {
		d.authorIcon = ""
	}
}

// uploads reports whether d refers to an upload.
func (d *draft) uploads() bool {
	up := func(url string) bool { _, ok := uploadName(url); return ok }
	return up(d.thumb.URL) || up(d.authorIcon) || up(d.footerIcon) ||
		slices.ContainsFunc(d.pics, func(a chat.Asset) bool { return up(a.URL) })
}

// address is the url of d's embeds.
func (d *draft) address() string {
	if d.glue != "" {
		return d.glue
	}
	return d.url
}

// embed writes picture i of d, the first with everything else.
func (w *writer) embed(d *draft, i int) {
	b := &w.part.embeds
	b.Open()
	if i == 0 && !d.title.empty() {
		b.Key("title")
		b.Bytes(w.text[d.title.from:d.title.to])
	}
	if i == 0 && !d.text.empty() {
		b.Key("description")
		b.Bytes(w.text[d.text.from:d.text.to])
	}
	if url := d.address(); url != "" {
		b.KeyStr("url", url)
	}
	if i == 0 {
		if !d.at.IsZero() {
			var at [40]byte
			b.Key("timestamp")
			b.Bytes(d.at.UTC().AppendFormat(at[:0], time.RFC3339Nano))
		}
		if rgb, ok := d.colour.RGB(); ok {
			if rgb == 0 {
				rgb = nearBlack
			}
			b.KeyInt("color", int64(rgb))
		}
		w.badge(b, "footer", "text", d.footer, "", d.footerIcon)
	}
	if len(d.pics) > 0 {
		w.picture(b, "image", &d.pics[i])
	}
	if i == 0 {
		w.picture(b, "thumbnail", &d.thumb)
		w.badge(b, "author", "name", d.author, d.authorURL, d.authorIcon)
		if len(d.fields) > 0 {
			b.Key("fields")
			b.OpenArray()
			for _, f := range d.fields {
				b.Open()
				b.Key("name")
				b.Bytes(w.text[f.name.from:f.name.to])
				b.Key("value")
				b.Bytes(w.text[f.value.from:f.value.to])
				if f.inline {
					b.KeyBool("inline", true)
				}
				b.Close()
			}
			b.CloseArray()
		}
	}
	b.Close()
}

func (w *writer) badge(b *jsonw.Buf, key, name string, text cut, url, icon string) {
	if text.empty() {
		return
	}
	b.Key(key)
	b.Open()
	b.Key(name)
	b.Bytes(w.text[text.from:text.to])
	if url != "" {
		b.KeyStr("url", url)
	}
	if icon != "" {
		b.KeyStr("icon_url", icon)
	}
	b.Close()
}

func (w *writer) picture(b *jsonw.Buf, key string, a *chat.Asset) {
	if a.URL == "" {
		return
	}
	b.Key(key)
	b.Open()
	b.KeyStr("url", a.URL)
	if a.Alt != "" {
		b.KeyStr("description", w.short(key, a.Alt, maxMediaAlt))
	}
	b.Close()
}

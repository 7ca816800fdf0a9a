package storetest

import (
	"fmt"
	"math/rand"
	"strings"

	"dragoman/gateway/store"
	"dragoman/translators/chat"
)

func (k *kit) file(ref string) string {
	k.Helper()
	b, err := k.File(k.ctx(), ref)
	k.ok(err)
	return string(b)
}

// files lists names, types and contents.
func (k *kit) files(list []chat.File) (s string) {
	k.Helper()
	for _, f := range list {
		data := k.file(f.Ref)
		equal(k, "size", f.Size, int64(len(data)))
		s += fmt.Sprintf("%s %s %.9s|", f.Name, f.Type, data)
	}
	return s
}

var fileCases = []testCase{
	{"uploads come with their event", func(k *kit) {
		noise := make([]byte, 1<<20)
		rand.New(rand.NewSource(1)).Read(noise)
		in := event("a")
		in.Files = []store.File{{Name: "a.txt", Type: "text/plain", Data: []byte(strings.Repeat("hello ", 1000))}, {Name: "b.png", Data: noise}, {Name: "é\x01"}}
		acc := k.ingest(in)[0]
		want := fmt.Sprintf("a.txt text/plain hello hel|b.png  %s|é\x01  |", fmt.Sprintf("%.9s", noise))
		equal(k, "head", k.files(k.head("a").Event.Files), want)
		equal(k, "detail", k.files(k.detail(acc.ID).Files), want)
		equal(k, "message", k.files(k.message(acc.Handle).Files), want)
		equal(k, "bytes", k.file(k.head("a").Event.Files[1].Ref), string(noise))
	}},
	{"an event without uploads has none", func(k *kit) {
		k.ingest(event("a"))
		equal(k, "files", len(k.head("a").Event.Files), 0)
	}},
	{"names are different", func(k *kit) {
		in := event("a")
		in.Files = []store.File{{Name: "a"}, {Name: "a"}}
		if _, err := k.Ingest(k.ctx(), []store.Incoming{in}); err == nil {
			k.Fatal("two files of one name were stored")
		}
	}},
	{"a file that there is not", func(k *kit) {
		in := event("a")
		in.Files = []store.File{{Name: "a"}}
		ref := k.ingest(in)[0].ID
		for _, ref := range []string{"", "x", "1", "/", "part/1/0", "part/", fmt.Sprint(ref, "/1"), fmt.Sprint(ref, "/-1"), fmt.Sprint("0", ref, "/0"), fmt.Sprint(ref+1, "/0")} {
			_, err := k.File(k.ctx(), ref)
			k.is(err, store.ErrNotFound)
		}
	}},
	{"an edit has files of its own", func(k *kit) {
		in := event("a")
		in.Files = []store.File{{Name: "a", Data: []byte("1")}}
		first := k.ingest(in)[0]
		edit := change(store.Edit, first.ID)
		edit.Files = []store.File{{Name: "a", Data: []byte("2")}}
		k.ingest(edit)
		equal(k, "message", k.files(k.message(first.Handle).Files), "a  2|")
		equal(k, "first", k.files(k.detail(first.ID).Files), "a  1|")
	}},
	{"a repeat stored anew has its own files", func(k *kit) {
		in := keyed("1")
		in.Files = []store.File{{Name: "a", Data: []byte("1")}, {Name: "b", Data: []byte("2")}}
		id := k.ingest(in)[0].ID
		in.Files = []store.File{{Name: "c", Data: []byte("3")}}
		k.ingest(in)
		equal(k, "files", k.files(k.detail(id).Files), "c  3|")
		_, err := k.File(k.ctx(), fmt.Sprint(id, "/1"))
		k.is(err, store.ErrNotFound)
	}},
	{"parts have files of the event and their own", func(k *kit) {
		in := event("a")
		in.Files = []store.File{{Name: "up", Data: []byte("1")}}
		id := k.ingest(in)[0].ID
		up := k.head("a").Event.Files[0]
		l := k.lease("me", "a")
		d := k.head("a").ID
		freeze := []store.Part{
			{N: 0, Files: []chat.File{up}, Made: []store.File{{Name: "rest.txt", Type: "text/plain", Data: []byte(strings.Repeat("all of it ", 500))}, {Name: "x", Data: []byte("2")}}},
			{N: 1, Made: []store.File{{Name: "y", Data: []byte("3")}}},
			{N: 2},
		}
		k.finish(store.Outcome{Lane: l, Delivery: d, Freeze: freeze})
		for _, list := range [][]store.Part{k.head("a").Parts, k.detail(id).Work[0].Parts} {
			equal(k, "files", k.files(list[0].Files)+k.files(list[1].Files)+k.files(list[2].Files), "up  1|rest.txt text/plain all of it|x  2|y  3|")
			equal(k, "upload", list[0].Files[0].Ref, up.Ref)
			equal(k, "made", len(list[0].Made), 0)
		}
		old := k.head("a").Parts[1].Files[0].Ref
		k.finish(store.Outcome{Lane: l, Delivery: d, Freeze: []store.Part{{N: 0}, {N: 1, Made: []store.File{{Name: "z", Data: []byte("4")}}}}})
		equal(k, "frozen again", k.files(k.head("a").Parts[1].Files), "z  4|")
		_, err := k.File(k.ctx(), old)
		k.is(err, store.ErrNotFound)
		if k.Finish(k.ctx(), []store.Outcome{{Lane: l, Delivery: d, Freeze: []store.Part{{Files: []chat.File{{Name: "a"}}}}}}) == nil {
			k.Fatal("a file without a ref was stored")
		}
	}},
	{"files go with the body", func(k *kit) {
		in := event("a")
		in.Files = []store.File{{Name: "a", Data: []byte("1")}}
		acc := k.ingest(in)[0]
		l := k.lease("me", "a")
		k.finish(store.Outcome{Lane: l, Delivery: k.head("a").ID, State: store.Done, Freeze: []store.Part{{Made: []store.File{{Name: "b", Data: []byte("2")}}}}})
		refs := []string{k.detail(acc.ID).Files[0].Ref, k.detail(acc.ID).Work[0].Parts[0].Files[0].Ref}
		equal(k, "purged", k.purge(late, never, 9), 1)
		equal(k, "lists", len(k.detail(acc.ID).Files)+len(k.message(acc.Handle).Files), 0)
		for _, ref := range refs {
			_, err := k.File(k.ctx(), ref)
			k.is(err, store.ErrNotFound)
		}
	}},
}

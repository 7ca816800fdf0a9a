package ingest

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tidwall/gjson"

	"dragoman/translators/chat"
)

const asForm, asParts = "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"

// file is a part of a multipart body.
func filePart(field, name, data string) string {
	return "--b\r\nContent-Disposition: form-data; name=\"" + field + "\"; filename=\"" + name + "\"\r\nContent-Type: text/plain\r\n\r\n" + data + "\r\n"
}

// snowflakes stand as N in what is expected.
func snowflakes(body []byte) string {
	return string(regexp.MustCompile(`"id":"\d{17,}"`).ReplaceAll(body, []byte(`"id":"N"`)))
}

func names(files []chat.File) (out []string) {
	for _, f := range files {
		out = append(out, f.Name+"="+string(f.Data))
	}
	return out
}

// Each encoding that Discord takes becomes one JSON object, with the uploads beside
// it.
func TestDiscordEncodings(t *testing.T) {
	a := AddressesOf(&sources[0], "")
	log := filePart("files[0]", "log.txt", "bytes")
	for name, c := range map[string]struct {
		contentType, body, want string
		files                   []string
	}{
		"form":                     {asForm, "content=a%26b&username=u&tts=true&other=1", `{"content":"a&b","username":"u","tts":true}`, nil},
		"form, JSON in fields":     {asForm, "content=x&flags=4096&embeds=%5B%7B%22title%22%3A%22t%22%7D%5D", `{"content":"x","embeds":[{"title":"t"}],"flags":4096}`, nil},
		"form, a member slips in":  {asForm, `content=x&flags=1,"tts":true`, `{"content":"x","flags":"1,\"tts\":true"}`, nil},
		"JSON called a form":       {asForm, `{"content":"x"}`, `{"content":"x"}`, nil},
		"JSON called text":         {"text/plain", `{"content":"x"}`, `{"content":"x"}`, nil},
		"JSON called multipart":    {asParts, ` {"content":"x"}`, ` {"content":"x"}`, nil},
		"bare fields":              {asParts, multi("content", "x"), `{"content":"x"}`, nil},
		"a file and a field":       {asParts, log + multi("content", "x"), `{"content":"x","attachments":[{"id":"N","filename":"log.txt","content_type":"text/plain","size":5}]}`, []string{"log.txt=bytes"}},
		"a file alone":             {asParts, log + multi("payload_json", `{}`), `{"attachments":[{"id":"N","filename":"log.txt","content_type":"text/plain","size":5}]}`, []string{"log.txt=bytes"}},
		"a file of the older name": {asParts, filePart("file", "log.txt", "1") + multi("content", "x"), `{"content":"x","attachments":[{"id":"N","filename":"log.txt","content_type":"text/plain","size":1}]}`, []string{"log.txt=1"}},
		"files of any name": {asParts, filePart("upfile", "a.txt", "1") + filePart("file2", "b.txt", "2") + multi("content", "x"),
			`{"content":"x","attachments":[{"id":"N","filename":"a.txt","content_type":"text/plain","size":1},{"id":"N","filename":"b.txt","content_type":"text/plain","size":1}]}`, []string{"a.txt=1", "b.txt=2"}},
		"what an entry says, by number": {asParts, filePart("files[3]", "a.txt", "1") + filePart("files[1]", "b.txt", "2") + multi("payload_json", `{"content":"x","attachments":[{"id":1,"description":"second"},{"id":"3","filename":"first.txt","description":"first"}]}`),
			`{"content":"x","attachments":[{"id":"N","filename":"first.txt","content_type":"text/plain","size":1,"description":"first"},{"id":"N","filename":"b.txt","content_type":"text/plain","size":1,"description":"second"}]}`,
			[]string{"first.txt=1", "b.txt=2"}},
		"two of one name": {asParts, filePart("files[0]", "a.txt", "1") + filePart("files[1]", "a.txt", "2") + multi("content", "x"),
			`{"content":"x","attachments":[{"id":"N","filename":"a.txt","content_type":"text/plain","size":1},{"id":"N","filename":"2-a.txt","content_type":"text/plain","size":1}]}`, []string{"a.txt=1", "2-a.txt=2"}},
		"a name made safe, and what refers to it": {asParts, filePart("files[0]", "my graph.png", "1") + multi("payload_json", `{"embeds":[{"image":{"url":"attachment:\/\/my graph.png"}}]}`),
			`{"embeds":[{"image":{"url":"attachment://my_graph.png"}}],"attachments":[{"id":"N","filename":"my_graph.png","title":"my graph","content_type":"text/plain","size":1}]}`, []string{"my_graph.png=1"}},
		"the JSON as a file":    {asParts, filePart("payload_json", "blob", `{"content":"x"}`) + "--b--\r\n", `{"content":"x"}`, nil},
		"the JSON first":        {asParts, multi("content", "field")[:len(multi("content", "field"))-len("--b--\r\n")] + multi("payload_json", `{"content":"json"}`), `{"content":"json"}`, nil},
		"a forgotten boundary":  {"multipart/form-data", multi("content", "x"), `{"content":"x"}`, nil},
		"a file without a name": {asParts, multi("files[0]", "data"), `{"attachments":[{"id":"N","filename":"unknown","content_type":"","size":4}]}`, []string{"unknown=data"}},
	} {
		t.Run(name, func(t *testing.T) {
			k, h, _ := start()
			if w := do(h, request{path: a.Discord, body: c.body, contentType: c.contentType}); w.Code != 204 {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			e := k.got[0]
			if got := snowflakes(e.Body); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if got := names(e.Files); !slices.Equal(got, c.files) {
				t.Errorf("files %q, want %q", got, c.files)
			}
		})
	}
}

func TestFileNamesAreSafe(t *testing.T) {
	for name, want := range map[string]string{
		"log.txt": "log.txt", "SPOILER_a b.png": "SPOILER_a_b.png", "": "unknown", "文件.png": "unknown.png", "résumé.pdf": "rsum.pdf",
		".env": "unknown.env", "../../x": "x", "a\x00b\r\n.c": "ab.c", "\xff.txt": "unknown.txt", "no ext.": "no_ext",
		strings.Repeat("x", 300) + ".txt": strings.Repeat("x", maxNameBytes-4) + ".txt",
	} {
		if got := safeName(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// A thread may be named by any id that the gateway gave out.
func TestThreadsAreFoundByEitherID(t *testing.T) {
	a := AddressesOf(&sources[0], "")
	for _, c := range []struct {
		path, body string
		handle     int64
	}{
		{a.Discord + "?thread_id=" + Snowflake(handle), `{"content":"x"}`, handle},
		{a.Discord + "?thread_id=" + TS(handle), `{"content":"x"}`, handle},
		{a.Discord + "?thread_id=80351110224678912", `{"content":"x"}`, 0},
		{a.Discord, `{"content":"x","thread_id":"` + Snowflake(handle) + `"}`, 0},
		{a.DiscordSlack + "?thread_id=" + Snowflake(handle), `{"text":"x"}`, handle},
		{a.DiscordSlack, `{"text":"x","thread_ts":"` + TS(handle) + `"}`, handle},
	} {
		k, h, _ := start()
		do(h, request{path: c.path, body: c.body})
		if len(k.got) != 1 || k.got[0].Handle != c.handle {
			t.Errorf("%s %s: %+v", c.path[len(a.Discord):], c.body, k.got)
		}
	}
}

// An edit changes what it names, keeps the files that it lists, and adds those that
// it brings.
func TestDiscordEdits(t *testing.T) {
	a := AddressesOf(&sources[0], "")
	post := filePart("files[0]", "a.txt", "1") + filePart("files[1]", "b.txt", "2") + multi("payload_json",
		`{"content":"x","username":"u","tts":true,"embeds":[{"title":"t"}],"allowed_mentions":{"parse":["users"]},"flags":4096,"odd\"key":1}`)
	rest := `"username":"u","tts":true,"embeds":[{"title":"t"}],"odd\"key":1`
	files := `"attachments":[{"id":"N","filename":"a.txt","content_type":"text/plain","size":1},{"id":"N","filename":"b.txt","content_type":"text/plain","size":1}]`
	for name, c := range map[string]struct {
		contentType, body, want string
		files, dropped          []string
	}{
		"content":       {"", `{"content":"y"}`, `{` + rest + `,` + files + `,"content":"y","flags":4096}`, nil, nil},
		"cleared":       {"", `{"content":null,"embeds":[]}`, `{"username":"u","tts":true,"odd\"key":1,` + files + `,"content":null,"embeds":[],"flags":4096}`, nil, nil},
		"what lasts":    {"", `{"username":"v","tts":false,"thread_name":"n","poll":{}}`, `{"content":"x",` + rest + `,` + files + `,"flags":4096}`, nil, nil},
		"flags":         {"", `{"flags":32772}`, `{"content":"x",` + rest + `,` + files + `,"flags":36868}`, nil, nil},
		"mentions":      {"", `{"allowed_mentions":{"parse":[]}}`, `{"content":"x",` + rest + `,` + files + `,"allowed_mentions":{"parse":[]},"flags":4096}`, nil, nil},
		"no files":      {"", `{"attachments":[]}`, `{"content":"x",` + rest + `,"attachments":[],"flags":4096}`, nil, []string{"a.txt", "b.txt"}},
		"no files more": {"", `{"attachments":null}`, `{"content":"x",` + rest + `,"attachments":[],"flags":4096}`, nil, []string{"a.txt", "b.txt"}},
		"one file kept": {"", `{"attachments":[{"id":"KEPT"}]}`, `{"content":"x",` + rest + `,"attachments":[{"id":"N","filename":"b.txt","content_type":"text/plain","size":1}],"flags":4096}`, nil, []string{"a.txt"}},
		"one more": {asParts, filePart("files[0]", "a.txt", "3") + multi("payload_json", `{"embeds":[{"image":{"url":"attachment://a.txt"}}]}`),
			`{"content":"x","username":"u","tts":true,"odd\"key":1,"embeds":[{"image":{"url":"attachment://2-a.txt"}}],` + files[:len(files)-1] + `,{"id":"N","filename":"2-a.txt","content_type":"text/plain","size":1}],"flags":4096}`, []string{"2-a.txt=3"}, nil},
		"one for two": {asParts, filePart("files[0]", "c.txt", "3") + multi("payload_json", `{"attachments":[{"id":0,"description":"new"},{"id":"KEPT"}]}`),
			`{"content":"x",` + rest + `,"attachments":[{"id":"N","filename":"b.txt","content_type":"text/plain","size":1},{"id":"N","filename":"c.txt","content_type":"text/plain","size":1,"description":"new"}],"flags":4096}`, []string{"c.txt=3"}, []string{"a.txt"}},
	} {
		t.Run(name, func(t *testing.T) {
			k, h, _ := start()
			w := do(h, request{path: a.Discord + "?wait=1", body: post, contentType: asParts})
			if w.Code != 200 {
				t.Fatal(w.Code, w.Body)
			}
			kept := gjson.Get(w.Body.String(), "attachments.1.id").Str
			w = do(h, request{method: "PATCH", path: a.Discord + "/messages/" + Snowflake(handle), body: strings.ReplaceAll(c.body, "KEPT", kept), contentType: c.contentType})
			if w.Code != 200 || gjson.Get(w.Body.String(), "edited_timestamp").Str == "" {
				t.Fatal(w.Code, w.Body)
			}
			e := k.got[1]
			if got := snowflakes(e.Body); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if got := names(e.Files); !slices.Equal(got, c.files) || !slices.Equal(e.Dropped, c.dropped) {
				t.Errorf("files %q, want %q; dropped %q, want %q", got, c.files, e.Dropped, c.dropped)
			}
		})
	}
}

// The message object has every member that Discord's has, of its type, whatever
// the sender wrote.
func TestTheMessageObjectIsWhole(t *testing.T) {
	m := sentMessage{handle: handle, webhook: "1", channel: "2", name: "ci"}
	for body, want := range map[string]string{
		`{"content":"  hi \n","username":" Deploys ","avatar_url":"https://e.x/a.png","embeds":[{"title":"t","type":"link","timestamp":"2015-12-31T13:00:00.5+01:00","color":"255","author":{"url":"u"},"image":{"url":"i","width":"x"},"fields":[{"name":"n","value":5}]}]}`: `"content":"hi","tts":false,"pinned":false,"flags":0,"timestamp":"2026-01-02T03:04:05.678901+00:00","edited_timestamp":null,"mention_everyone":false,"mentions":[],"mention_roles":[],"attachments":[],"components":[],"embeds":[{"type":"rich","title":"t","timestamp":"2015-12-31T12:00:00.500000+00:00","color":255,"image":{"url":"i"},"fields":[{"name":"n","value":"5","inline":false}]}],"author":{"id":"1","username":"Deploys","avatar":"` + pictureHash("https://e.x/a.png") + `",`,
		`{"content":7,"tts":"x","flags":"x","embeds":[1,{"title":[],"color":-1,"timestamp":"x","fields":{},"footer":"x"}],"components":[{},{"type":1}],"attachments":"x","poll":[]}`:                                                                                          `"content":"7","tts":false,"pinned":false,"flags":0,"timestamp":"2026-01-02T03:04:05.678901+00:00","edited_timestamp":null,"mention_everyone":false,"mentions":[],"mention_roles":[],"attachments":[],"components":[{"type":1}],"embeds":[{"type":"rich"}],"author":{"id":"1","username":"ci","avatar":null,`,
		`{"content":"x","flags":4,"embeds":[{"title":"t"}],"poll":{"question":{"text":"q"},"answers":[{"poll_media":{"text":"a","emoji":{"name":"x"}}}],"duration":1}}`:                                                                                                       `"content":"x","tts":false,"pinned":false,"flags":4,"timestamp":"2026-01-02T03:04:05.678901+00:00","edited_timestamp":null,"mention_everyone":false,"mentions":[],"mention_roles":[],"attachments":[],"components":[],"embeds":[],"poll":{"question":{"text":"q"},"answers":[{"answer_id":1,"poll_media":{"text":"a","emoji":{"id":null,"name":"x"}}}],"expiry":"2026-01-02T04:04:05.678901+00:00","allow_multiselect":false,"layout_type":1},"author":{"id":"1","username":"ci","avatar":null,`,
	} {
		got := string(message([]byte(body), m))
		if !json.Valid([]byte(got)) || !strings.Contains(got, want) {
			t.Errorf("%s\ngot  %s\nwant %s", body, got, want)
		}
	}
}

// The headers tell what is left of a source's rate, and a wait is told in the unit
// of the version.
func TestDiscordRates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, h, _ := start()
		slow := Source{Name: "slow", Secrets: []string{"x"}, Accept: []string{"discord", "slack"}, Rate: Rate{N: 2, Per: 4 * time.Second}}
		h.SetSources([]Source{slow, sources[0]})
		a := AddressesOf(&slow, "")
		v10 := strings.Replace(a.Discord, "/api/", "/api/v10/", 1)
		epoch := time.Now().Unix()
		for i, c := range []struct {
			path, remaining, after, reset, retry, body string
			status                                     int
		}{
			{v10, "1", "2.000", strconv.FormatInt(epoch+2, 10) + ".000", "", "", 204},
			{a.DiscordSlack, "0", "4", strconv.FormatInt(epoch+4, 10), "", "ok", 200},
			{v10, "0", "4.000", strconv.FormatInt(epoch+4, 10) + ".000", "2", `{"message":"You are being rate limited.","retry_after":2,"global":false}`, 429},
			{a.Discord, "0", "4", strconv.FormatInt(epoch+4, 10), "2000", `{"message":"You are being rate limited.","retry_after":2000,"global":false}`, 429},
		} {
			w := do(h, request{path: c.path, body: `{"content":"x","text":"x"}`})
			g := w.Header().Get
			if w.Code != c.status || w.Body.String() != c.body || g("X-RateLimit-Limit") != "2" || g("X-RateLimit-Remaining") != c.remaining ||
				g("X-RateLimit-Reset-After") != c.after || g("X-RateLimit-Reset") != c.reset || g("Retry-After") != c.retry || g("X-RateLimit-Bucket") == "" {
				t.Errorf("%d: %d %s %v", i, w.Code, w.Body, w.Header())
			}
		}
		time.Sleep(2 * time.Second)
		if w := do(h, request{path: v10, body: `{"content":"x"}`}); w.Code != 204 {
			t.Errorf("after the wait: %d", w.Code)
		}
		for range 10 {
			w := do(h, request{path: AddressesOf(&sources[0], "").Discord, body: `{"content":"x"}`})
			if g := w.Header().Get; w.Code != 204 || g("X-RateLimit-Limit") != "5" || g("X-RateLimit-Remaining") != "4" {
				t.Errorf("without a rate: %d %v", w.Code, w.Header())
			}
		}
	})
}

func FuzzDiscord(f *testing.F) {
	for _, s := range []string{
		`{"content":"x","embeds":[{"title":"t","image":{"url":"attachment://a b.txt"}}],"flags":4}`, "content=100%&embeds=[&username=%ff", "content=a;b&flags=1,\"x\":2",
		filePart("files[0]", "a b.txt", "1") + multi("payload_json", `{"content":"x","attachments":[{"id":0}],"embeds":[{"image":{"url":"attachment://a b.txt"}}]}`),
		filePart("files[99999999999]", "\xff", "") + filePart("files[0", "../x", "") + multi("content", "\xff"),
		"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b", "--b\r\n\r\n--b--", "\xfe\xff\x00{\x00}", "\xEF\xBB\xBF{}",
	} {
		for _, kind := range []string{"application/json; charset=utf-16", asForm + "; charset=iso-8859-1", asParts, "multipart/form-data", "multipart/form-data; boundary=\"\xff\"", "text/plain", ""} {
			f.Add(s, kind, "")
			f.Add(s, kind, "thread_id=1&wait=%zz&with_components=True")
		}
	}
	strict := sources[0]
	strict.Strict = true
	a := AddressesOf(&strict, "")
	f.Fuzz(func(t *testing.T, body, contentType, query string) {
		k, h, _ := start()
		for range 2 {
			for _, r := range []request{
				{path: a.Discord}, {method: http.MethodPatch, path: a.Discord + "/messages/" + Snowflake(handle)}, {path: a.DiscordSlack},
				{path: strings.Replace(a.Discord, "/api/", "/api/v10/", 1)}, {path: a.DiscordGit},
			} {
				r.body, r.contentType = body, contentType
				r.path += "?wait=1&" + strings.Map(func(c rune) rune {
					if c <= ' ' || c >= 0x7f || c == '#' {
						return -1
					}
					return c
				}, query)
				w := do(h, r)
				if w.Code >= 500 || w.Body.String() != "ok" && w.Body.Len() > 0 && !json.Valid(w.Body.Bytes()) {
					t.Errorf("%s: %d %s", r.method, w.Code, w.Body)
				}
			}
			h.SetSources([]Source{strict}) // and once more for a strict one
		}
		for _, e := range k.got {
			seen := map[string]bool{}
			for _, f := range e.Files {
				if seen[f.Name] || f.Name == "" || strings.ContainsAny(f.Name, "/\\\x00 \"") {
					t.Errorf("a file is called %q", f.Name)
				}
				seen[f.Name] = true
			}
			if !json.Valid(e.Body) {
				t.Errorf("accepted %q", e.Body)
			}
		}
	})
}

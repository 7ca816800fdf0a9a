package ingest

import (
	"strings"
	"testing"
)

// A source answers to the addresses that it had at Slack and Discord, however they
// are written, and these are as secret as its own.
func TestPaths(t *testing.T) {
	k, h := &sink{ack: Ack{Handle: handle}}, New
	src := Source{Name: "old", Secrets: []string{"s"}, Accept: []string{"slack", "discord", "github"}, Paths: []string{
		"/services/T012AB3C4/B012AB3C4/XXXXXXXXXXXXXXXXXXXXXXXX", "T1/B1/without",
		"/api/webhooks/223704706495545344/tokenA", "/api/v10/webhooks/223704706495545345/tokenB/",
		"/too/short", "/api/webhooks/1", "", "/workflows/T1/A1/1/x",
	}}
	handler := h(Options{Sources: []Source{src}, Sink: k, Archive: k, MaxBody: 1 << 20})
	for _, c := range []struct {
		path   string
		status int
	}{
		{"/services/T012AB3C4/B012AB3C4/XXXXXXXXXXXXXXXXXXXXXXXX", 200},
		{"/T012AB3C4/B012AB3C4/XXXXXXXXXXXXXXXXXXXXXXXX", 200},
		{"/services/T1/B1/without", 200},
		{"/services/T012AB3C4/B012AB3C4/XXXXXXXXXXXXXXXXXXXXXXXY", 403},
		{"/services/T1/B2/without", 404},
		{"/services/T012AB3C4/B012AB3C4/XXXXXXXXXXXXXXXXXXXXXXXX/discord", 204},
		{"/api/webhooks/223704706495545344/tokenA", 204},
		{"/api/v9/webhooks/223704706495545344/tokenA?wait=true", 200},
		{"/api/v10/webhooks/223704706495545345/tokenB/slack", 200},
		{"/api/webhooks/223704706495545345/tokenA", 401},
		{"/services/too/short/", 404},
		{"/workflows/T1/A1/1/x", 404},
		{AddressesOf(&src, "").Slack, 200},
		{AddressesOf(&src, "").Discord, 204},
	} {
		w := do(handler, request{path: c.path, body: `{"text":"a","content":"a"}`, contentType: "application/json"})
		if w.Code != c.status {
			t.Errorf("%s: %d %s, want %d", c.path, w.Code, w.Body, c.status)
		}
	}
}

func TestParseTS(t *testing.T) {
	for ts, want := range map[string]int64{
		"1767323045.678901": handle, "0.000001": 1, "1767323045.000000": handle - 678901,
		"": 0, ".": 0, "1767323045": 0, "1767323045.67890": 0, "1767323045.6789010": 0, "-1.000001": 0, "+1.000001": 0, "01.000001": 0,
		"1.00000a": 0, "0.000000": 0, "1,000001": 0, "1.-00001": 0, "9223372036854.775807": 1<<63 - 1, "9223372036854.775808": 0, " 1.000001": 0,
	} {
		if got := ParseTS(ts); got != want {
			t.Errorf("%q is %d, want %d", ts, got, want)
		}
	}
}

// A handle can be told from what shows it, at both platforms.
func FuzzHandles(f *testing.F) {
	f.Add("1767323045.678901", "1456487936044990341")
	f.Fuzz(func(t *testing.T, ts, id string) {
		if h := ParseTS(ts); h != 0 && (h < 0 || TS(h) != ts) {
			t.Errorf("%q is %d, which is %q", ts, h, TS(h))
		}
		if h := ParseSnowflake(id); h != 0 && (h < 0 || Snowflake(h) != id) {
			t.Errorf("%q is %d, which is %q", id, h, Snowflake(h))
		}
	})
}

func TestUnescape(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "a": "a", "a+b%20c%2B": "a b c+", "%e2%82%AC": "€", "100%": "100%!", "%zz%41": "%zzA!", "%4": "%4!", "%%41": "%A!",
	} {
		got, ok := unescape(in)
		if !ok {
			got += "!"
		}
		if got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
	form, err := urlencoded("a=1;b&a=2&=x&c&&d=%")
	if err == nil || form["a"] != "1;b" || form["d"] != "%" || len(form) != 3 {
		t.Errorf("got %v, %v", form, err)
	}
	if _, err := urlencoded(strings.Repeat("a=1&", maxFormFields)); err == nil {
		t.Error("a form may have any number of fields")
	}
}

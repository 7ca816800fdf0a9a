package slack

import (
	"testing"

	"dragoman/translators/chat"
)

// typical is a message of about 1 KB, as deployment and monitoring tools send
// them.
const typical = `{"text":"Deployment of checkout finished","blocks":[` +
	`{"type":"header","text":{"type":"plain_text","text":"Deployment of checkout finished","emoji":true}},` +
	`{"type":"section","text":{"type":"mrkdwn","text":"*checkout* went out to production from <https://ci.example.com/runs/812|run 812>, by _Ana_.\nNothing failed, and 12 pods were replaced in 4 minutes."},` +
	`"accessory":{"type":"image","image_url":"https://img.example.com/checkout.png","alt_text":"the service"}},` +
	`{"type":"section","fields":[{"type":"mrkdwn","text":"*Environment*\nproduction"},{"type":"mrkdwn","text":"*Version*\n` + "`v2.14.0`" + `"},` +
	`{"type":"mrkdwn","text":"*Region*\neu-west-1"},{"type":"mrkdwn","text":"*Duration*\n4 min 12 s"}]},{"type":"divider"},` +
	`{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"Changes"},"url":"https://git.example.com/compare/v2.13.0...v2.14.0"}]},` +
	`{"type":"context","elements":[{"type":"mrkdwn","text":"deployer 3.1, started by the main branch"}]}]}`

func BenchmarkReadWrite(b *testing.B) {
	in := &chat.Input{Body: []byte(typical)}
	var m chat.Message
	var n chat.Notes
	var out chat.Output
	opt := &chat.Options{MaxParts: 3}
	b.SetBytes(int64(len(in.Body)))
	b.ReportAllocs()
	for b.Loop() {
		m.Reset()
		n.Reset()
		out.Reset()
		if err := Read(&m, &n, in); err != nil {
			b.Fatal(err)
		}
		if err := WriteBlocks(&out, &m, opt); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	in := &chat.Input{Body: []byte(typical)}
	var m chat.Message
	b.ReportAllocs()
	for b.Loop() {
		m.Reset()
		if err := Read(&m, nil, in); err != nil {
			b.Fatal(err)
		}
	}
}

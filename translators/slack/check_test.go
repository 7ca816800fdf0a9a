package slack

import (
	"strings"
	"testing"
)

// broken are the bodies of the corpus that Slack would refuse, and why: parts
// that only Slack makes, and what is wrong on purpose.
var broken = map[string]string{
	"alerting--grafana-slack-slack-008.json":               "says nothing: no text, attachments null",
	"java-slack-sdk--blockactiontest-1.json":               "a view that Slack sent, with members it adds to pictures",
	"java-slack-sdk--blockkittest-10.json":                 "plain_text2, to see it refused",
	"java-slack-sdk--blockkittest-13.json":                 "a call, which only Slack makes",
	"java-slack-sdk--chat-update-1.json":                   "a fixture with the members of all blocks in one",
	"java-slack-sdk--jsonpayloadextractortest-1.json":      "a view that Slack sent, with members it adds to pictures",
	"java-slack-sdk--messagebotpayload-1.json":             "a fixture of an event, all strings empty",
	"java-slack-sdk--messagechangedpayload-1.json":         "a fixture of an event, all strings empty",
	"java-slack-sdk--messagethreadbroadcastpayload-1.json": "a fixture of an event, all strings empty",
	"markdown-to-slack-blocks--output-long-split.json":     "a list of lists of blocks, one for each message",
	"markdown-to-slack-blocks--output-long.json":           "what is to be split: over 50 blocks, over 3000 characters",
	"peer-renderings.jsonl":                                "no JSON, but lines of it",
	"python-slack-sdk--test-blocks-21.json":                "a file, which only Slack makes",
	"python-slack-sdk--test-blocks-22.json":                "a call, which only Slack makes",
	"python-slack-sdk--test-blocks-29.json":                "a video without a title, to see it refused",
	"python-slack-sdk--test-blocks-31.json":                "a date whose timestamp is a string",
	"python-slack-sdk--test-blocks-33.json":                "an empty rich_text_list",
	"python-slack-sdk--test-blocks-50.json":                "an alert, which stands in modals only",
	"python-slack-sdk--test-blocks-51.json":                "an alert, which stands in modals only",
	"python-slack-sdk--test-blocks-9.json":                 "a section with no fields, to see it refused",
	"slack--block-alert-test-2.json":                       "an alert, which stands in modals only",
	"slack--block-call-test-2.json":                        "a call, which only Slack makes",
	"slack--block-call-test-3.json":                        "a call, which only Slack makes",
	"slack--block-conv-test-1.json":                        "an unknown type, to see it kept",
	"slack--block-conv-test-2.json":                        "an unknown type, to see it kept",
	"slack--block-layout-test-6.json":                      "a text that is a number, to see it refused",
	"slack--block-rich-text-test-12.json":                  "an empty rich_text_list without a style",
	"slack--block-rich-text-test-2.json":                   "a border of 2, to see all bits kept",
	"slack--block-rich-text-test-4.json":                   "a rich_text_list without a style and elements",
	"slack--block-roundtrip-test-4.json":                   "buttons of one table with one action_id",
	"slack--block-table-test-3.json":                       "an unknown type of cell, to see it refused",
	"slack--file-fields-test-2.json":                       "a table that Slack sent as part of a list",
	"slack-skills-plugin--common-patterns-3.json":          "an alert, which stands in modals only; Slack's own sample has one all the same",
	"zulip--message-changed.json":                          "an event around a message",
}

func TestCheckCorpus(t *testing.T) {
	seen := map[string]bool{}
	eachCorpusBody(t, func(t *testing.T, kind string, body []byte) {
		_, file, _ := strings.Cut(t.Name(), "/")
		seen[file] = true
		found := Check(body)
		why, known := broken[file]
		switch {
		case known && len(found) == 0:
			t.Errorf("nothing is wrong, but: %s", why)
		case !known:
			for _, v := range found {
				t.Errorf("%s: %s", v.Error, v)
			}
		}
	})
	for file := range broken {
		if !seen[file] {
			t.Errorf("%s is not in the corpus", file)
		}
	}
}

package clients

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"
	"github.com/slack-go/slack"
)

// lags are members that a platform documents and an SDK does not know, by path.
var lags = []string{
	"attachments[].is_spoiler",
	"applied_tags",                   // of a new post in a forum
	"embeds[].image.description",     // alternative texts
	"embeds[].thumbnail.description", //
	"components[].id",                // of text displays, in messages, containers and sections
	"components[].components[].id",
	"components[].components[].components[].id",
}

// TestSlackGo decodes every Slack payload with slack-go and encodes it again:
// nothing is unknown, invalid or lost on the way.
func TestSlackGo(t *testing.T) {
	each(t, written(t, "slack", "slack-attachments"), throughSlackGo)
	trapped(t, slackTraps, throughSlackGo)
}

func throughSlackGo(p payload) []string {
	var m slack.WebhookMessage
	if err := json.Unmarshal(p.json, &m); err != nil {
		return []string{err.Error()}
	}
	return append(strange(reflect.ValueOf(m)), lost(p.json, m)...)
}

// TestDiscordGo does the same for every Discord payload with discordgo.
func TestDiscordGo(t *testing.T) {
	each(t, written(t, "discord", "discord-components"), throughDiscordGo)
	trapped(t, discordTraps, throughDiscordGo)
}

func throughDiscordGo(p payload) []string {
	var m discordMessage
	if err := json.Unmarshal(p.json, &m); err != nil {
		return []string{err.Error()}
	}
	return append(strange(reflect.ValueOf(m)), lost(p.json, m)...)
}

// discordMessage is discordgo's, which decodes components only one by one, and has
// the attachments of an answer, whose ids are strings, for those of a request, whose
// ids are the numbers of the files.
type discordMessage struct {
	discordgo.WebhookParams
	Components  []component  `json:"components,omitempty"`
	Attachments []attachment `json:"attachments,omitempty"`
}

type attachment struct {
	discordgo.MessageAttachment
	ID          int    `json:"id"`
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
}

type component struct{ discordgo.MessageComponent }

func (c *component) UnmarshalJSON(b []byte) (err error) {
	c.MessageComponent, err = discordgo.MessageComponentFromJSON(b)
	return err
}

func (c component) MarshalJSON() ([]byte, error) { return json.Marshal(c.MessageComponent) }

// each reports what is wrong with payloads: every fault once, with the shortest
// payload that has it.
func each(t *testing.T, list []payload, faults func(payload) []string) {
	t.Helper()
	count, least := map[string]int{}, map[string]payload{}
	for _, p := range list {
		for _, f := range faults(p) {
			if was, ok := least[f]; !ok || len(p.json) < len(was.json) {
				least[f] = p
			}
			count[f]++
		}
	}
	for f, p := range least {
		t.Errorf("%s (%d times); the shortest, %s of %s:\n%.2000s", f, count[f], p.to, p.from, p.json)
	}
}

// lost lists the members of ours that are not in what an SDK makes of it, by path
// without indices. Absent, null, false, zero and empty are the same.
func lost(ours []byte, sdk any) []string {
	theirs, err := json.Marshal(sdk)
	if err != nil {
		return []string{err.Error()}
	}
	var list []string
	compare(decode(ours), decode(theirs), "", func(path, what string) {
		if !slices.Contains(lags, path) {
			list = append(list, path+": "+what)
		}
	})
	return list
}

func compare(a, b any, path string, differ func(path, what string)) {
	switch a := a.(type) {
	case map[string]any:
		b, _ := b.(map[string]any)
		for key, v := range a {
			compare(v, b[key], strings.TrimPrefix(path+"."+key, "."), differ)
		}
	case []any:
		b, _ := b.([]any)
		if len(a) != len(b) {
			differ(path, fmt.Sprintf("has %d of %d elements", len(b), len(a)))
			return
		}
		for i, v := range a {
			compare(v, b[i], path+"[]", differ)
		}
	default:
		switch {
		case a == b, a == nil, a == false, a == "", a == json.Number("0"):
		case b == nil:
			differ(path, "is not known")
		default:
			differ(path, "is another")
		}
	}
}

func decode(b []byte) (v any) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		panic(err)
	}
	return v
}

// strange lists the values in v of types which stand for what an SDK does not
// know, and those that the SDK itself finds invalid.
func strange(v reflect.Value) (list []string) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			list = strange(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			list = append(list, strange(v.Index(i))...)
		}
	case reflect.Struct:
		if name := v.Type().String(); strings.Contains(name, "Unknown") {
			list = append(list, fmt.Sprintf("%s: %+v", name, v.Field(0)))
		}
		if v, ok := v.Interface().(interface{ Validate() error }); ok {
			if err := v.Validate(); err != nil {
				list = append(list, fmt.Sprintf("%T: %v", v, err))
			}
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				list = append(list, strange(v.Field(i))...)
			}
		}
	}
	return list
}

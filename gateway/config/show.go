package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// demo is the embedded default as a file would have it.
const demo = `version: 1
sources: {demo: {secret: "***"}}
destinations: {inbox: {inbox: {}}}
routes: [{name: demo, when: "true", to: [inbox]}]
`

// Show is the configuration as it is used, in YAML: the file, with the defaults
// filled in and what variables and flags have put over it. Secrets stand as
// their references, or as stars. asJSON gives the same as JSON.
func (c *Config) Show(asJSON bool) ([]byte, error) {
	src := strings.Join(c.lines, "\n")
	if c.File == "" {
		src = demo
	}
	var file yaml.MapSlice
	if err := yaml.UnmarshalWithOptions([]byte(src), &file, yaml.UseOrderedMap()); err != nil {
		return nil, fmt.Errorf("config: %w", err)
	}
	hideHeaders(file)
	retry := c.Defaults.Retry
	for _, s := range []struct {
		name string
		keys yaml.MapSlice
	}{
		{"server", yaml.MapSlice{
			{Key: "listen", Value: c.Server.Listen}, {Key: "public_url", Value: c.Server.PublicURL}, {Key: "max_body", Value: size(c.Server.MaxBody)},
			{Key: "shutdown_grace", Value: span(c.Server.ShutdownGrace)}, {Key: "timezone", Value: c.Server.Zone.String()}}},
		{"admin", yaml.MapSlice{{Key: "listen", Value: c.Admin.Listen}}},
		{"store", yaml.MapSlice{{Key: "path", Value: c.Store.Path},
			{Key: "retention", Value: yaml.MapSlice{{Key: "bodies", Value: span(c.Store.Bodies)}, {Key: "history", Value: span(c.Store.History)}}}}},
		{"defaults", yaml.MapSlice{
			{Key: "timeout", Value: span(c.Defaults.Timeout)},
			{Key: "retry", Value: yaml.MapSlice{{Key: "first", Value: span(retry.First)}, {Key: "most", Value: span(retry.Most)}, {Key: "give_up_after", Value: span(retry.GiveUpAfter)}}},
			{Key: "pace", Value: c.Defaults.Pace.text()}, {Key: "ordered", Value: c.Defaults.Ordered}, {Key: "overflow", Value: c.Defaults.Overflow},
			{Key: "max_parts", Value: c.Defaults.MaxParts}, {Key: "mentions", Value: c.Defaults.Mentions}, {Key: "github", Value: c.Defaults.GitHub}}},
	} {
		section, _ := member(file, s.name).(yaml.MapSlice)
		for _, k := range s.keys {
			if k.Value != "" {
				section = put(section, k.Key.(string), k.Value)
			}
		}
		if s.name == "admin" && c.Admin.Token.Set() && member(section, "token") == nil {
			section = put(section, "token", stars)
		}
		file = put(file, s.name, section)
	}
	if asJSON {
		return yaml.MarshalWithOptions(file, yaml.JSON())
	}
	return yaml.MarshalWithOptions(file, yaml.IndentSequence(true))
}

// hideHeaders hides the values of plain HTTP destinations' headers, which need no
// reference.
func hideHeaders(file yaml.MapSlice) {
	destinations, _ := member(file, "destinations").(yaml.MapSlice)
	for _, d := range destinations {
		conf, _ := d.Value.(yaml.MapSlice)
		receiver, _ := member(conf, "http").(yaml.MapSlice)
		headers, _ := member(receiver, "headers").(yaml.MapSlice)
		for i := range headers {
			if _, reference := headers[i].Value.(yaml.MapSlice); !reference {
				headers[i].Value = stars
			}
		}
	}
}

func member(m yaml.MapSlice, key string) any {
	for _, item := range m {
		if item.Key == key {
			return item.Value
		}
	}
	return nil
}

// put sets a key, where it stands or at the end.
func put(m yaml.MapSlice, key string, value any) yaml.MapSlice {
	i := slices.IndexFunc(m, func(item yaml.MapItem) bool { return item.Key == key })
	if i < 0 {
		return append(m, yaml.MapItem{Key: key, Value: value})
	}
	m[i].Value = value
	return m
}

// size is a number of bytes as a file has it.
func size(n int64) string {
	for _, unit := range []struct {
		name  string
		bytes int64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if n%unit.bytes == 0 {
			return fmt.Sprintf("%d%s", n/unit.bytes, unit.name)
		}
	}
	return fmt.Sprintf("%dB", n)
}

// span is a duration as a file has it.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	if d > 0 && d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// text is a pace as a file has it; empty for the platform's own.
func (p Pace) text() string {
	switch {
	case p.None:
		return "none"
	case p.N == 0:
		return ""
	}
	return fmt.Sprintf("%d/%s", p.N, span(p.Per))
}

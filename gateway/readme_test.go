package gateway

import (
	"os"
	"strings"
	"testing"

	"dragoman/gateway/config"
	"dragoman/gateway/ingest"
	"dragoman/translators"
)

func readme(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestTheReadmesConfigurationLoads(t *testing.T) {
	found := 0
	for rest := readme(t); ; found++ {
		_, after, ok := strings.Cut(rest, "```yaml\n")
		if !ok {
			break
		}
		var src string
		src, rest, _ = strings.Cut(after, "```")
		c, err := config.Parse("README.md", []byte(src), false)
		if err != nil {
			t.Fatal(err)
		}
		g, err := New(c.WithoutSecrets(), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if w := g.Warnings(); len(w) > 0 {
			t.Error(w)
		}
	}
	if found == 0 {
		t.Error("the README shows no configuration")
	}
}

func TestTheReadmesTableOfFormatsIsTheCodes(t *testing.T) {
	_, table, _ := strings.Cut(readme(t), "| format | read | written |\n|---|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	rows := strings.Split(table, "\n")
	formats := translators.Formats()
	if len(rows) != len(formats) {
		t.Fatalf("%d rows for %d formats", len(rows), len(formats))
	}
	for i, f := range formats {
		cells := strings.Split(rows[i], "|")
		name := strings.Trim(strings.TrimSpace(cells[1]), "`")
		reads, writes := strings.TrimSpace(cells[2]) != "no", strings.TrimSpace(cells[3]) != "no"
		if name != f.Name || reads != (f.Read != nil) || writes != (f.Write != nil) {
			t.Errorf("row %q is not the format %s (read %v, written %v)", rows[i], f.Name, f.Read != nil, f.Write != nil)
		}
	}
}

func TestTheReadmesAddressIsTheDemos(t *testing.T) {
	c, err := config.Default()
	if err != nil {
		t.Fatal(err)
	}
	src := IngestSource(c.Source("demo"))
	if a := ingest.AddressesOf(&src, "http://"+c.Server.Listen); !strings.Contains(readme(t), a.Slack) {
		t.Errorf("the README does not show %s", a.Slack)
	}
}

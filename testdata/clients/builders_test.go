package clients

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os/exec"
	"testing"
)

// builderTraps are wrong for the setters of the builders, each in one way.
var builderTraps = traps("discord",
	`{"embeds":[{"title":""}]}`,
	`{"embeds":[{"title":"a","color":16777216}]}`,
	`{"embeds":[{"title":"a","url":"ftp://files.example.com"}]}`,
	`{"embeds":[{"title":"a","colour":1}]}`,
	`{"embeds":[{"title":"a","timestamp":"yesterday"}]}`,
	`{"embeds":[{"fields":[{"name":"a","value":7}]}]}`,
	`{"embeds":[{"author":{"name":"a","icon":"https://img.example.com/a.png"}}]}`,
	`{"components":[{"type":1,"components":[{"type":2,"style":5,"label":"a"}]}]}`,
	`{"components":[{"type":10,"content":""}]}`,
	`{"components":[{"type":9,"components":[{"type":10,"content":"a"}]}]}`,
	`{"components":[{"type":12,"items":[]}]}`,
	`{"components":[{"type":13,"file":{"url":"https://files.example.com/a.txt"}}]}`,
	`{"components":[{"type":17,"components":[{"type":17,"components":[]}]}]}`,
)

// TestBuilders makes the embeds and components of every Discord payload anew by the
// setters of @discordjs/builders: none is refused, and what comes of it is the same.
func TestBuilders(t *testing.T) {
	modules(t, "@discordjs/builders")
	list := written(t, "discord", "discord-components")
	all := append(append([]payload(nil), list...), builderTraps...)
	found := map[string][]string{}
	answers := bufio.NewScanner(bytes.NewReader(built(t, all)))
	answers.Buffer(nil, 1<<24)
	n := 0
	for ; answers.Scan() && n < len(all); n++ {
		var faults []string
		if err := json.Unmarshal(answers.Bytes(), &faults); err != nil {
			t.Fatal(err)
		}
		found[string(all[n].json)] = faults
	}
	if n != len(all) {
		t.Fatalf("%d answers for %d payloads", n, len(all))
	}
	faults := func(p payload) []string { return found[string(p.json)] }
	each(t, list, faults)
	trapped(t, builderTraps, faults)
}

// built is what the script says of payloads, a line each.
func built(t *testing.T, list []payload) []byte {
	t.Helper()
	var in bytes.Buffer
	for _, p := range list {
		if err := json.Compact(&in, p.json); err != nil {
			t.Fatal(err)
		}
		in.WriteByte('\n')
	}
	cmd := exec.Command("node", "builders.mjs")
	var said bytes.Buffer
	cmd.Stdin, cmd.Stderr = &in, &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, said.Bytes())
	}
	return out
}

package gateway

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// arrows says which of our packages each may import, besides those below them in
// "everywhere". What is not here may not be. It is the picture of ARCHITECTURE.md.
var arrows = map[string][]string{
	"cmd/dragoman": {"gateway", "gateway/config", "gateway/ingest", "gateway/render", "gateway/store", "gateway/store/postgres", "gateway/store/sqlite", "rules", "translators", "translators/chat", "translators/github"},

	"gateway": {"gateway/admin", "gateway/client", "gateway/config", "gateway/console", "gateway/ingest", "gateway/lane", "gateway/link", "gateway/metrics", "gateway/render", "gateway/store",
		"rules", "translators", "translators/chat", "translators/discord", "translators/github", "translators/slack"},
	"gateway/admin":                 {"gateway/store", "translators/chat"},
	"gateway/client":                {},
	"gateway/config":                {},
	"gateway/console":               {"gateway/store", "translators/chat"},
	"gateway/ingest":                {"translators/chat", "translators/jsonw"},
	"gateway/lane":                  {"gateway/client", "gateway/store", "translators/chat"},
	"gateway/link":                  {"gateway/store"},
	"gateway/metrics":               {},
	"gateway/render":                {"rules", "translators", "translators/chat"},
	"gateway/store":                 {"translators/chat"},
	"gateway/store/memory":          {"gateway/store", "translators/chat"},
	"gateway/store/column":          {"gateway/store", "translators/chat"},
	"gateway/store/postgres":        {"gateway/store", "gateway/store/column", "gateway/store/sqlite", "translators/chat"},
	"gateway/store/postgres/pgtest": {},
	"gateway/store/sqlite":          {"gateway/store", "gateway/store/column", "translators/chat"},
	"gateway/store/storetest":       {"gateway/store", "translators/chat"},

	"rules": {},

	"translators":               {"translators/chat", "translators/discord", "translators/github", "translators/markdown", "translators/mrkdwn", "translators/native", "translators/plain", "translators/slack"},
	"translators/chat":          {},
	"translators/chat/chattest": {"translators/chat"},
	"translators/discord":       {"translators/chat", "translators/jsonr", "translators/jsonw", "translators/markdown"},
	"translators/emoji":         {},
	"translators/emoji/gen":     {},
	"translators/formattest":    {"translators", "translators/native", "translators/chat", "translators/chat/chattest"},
	"translators/github":        {"translators/chat", "translators/jsonr", "translators/markdown"},
	"translators/jsonr":         {},
	"translators/jsonw":         {},
	"translators/markdown":      {"translators/chat", "translators/emoji"},
	"translators/mrkdwn":        {"translators/chat", "translators/emoji"},
	"translators/native":        {"translators/chat"},
	"translators/plain":         {"translators/chat"},
	"translators/slack":         {"translators/chat", "translators/emoji", "translators/jsonr", "translators/jsonw", "translators/markdown", "translators/mrkdwn"},
}

// homes says where each outside package may be imported, tests apart.
var homes = map[string][]string{
	"github.com/labstack/echo":      {"gateway/ingest", "gateway/console", "gateway/admin"},
	"github.com/tidwall/gjson":      {"translators/slack", "translators/discord", "gateway/ingest", "gateway/client", "rules", "gateway", "cmd/dragoman"},
	"github.com/tidwall/sjson":      {"rules"},
	"github.com/expr-lang/expr":     {"rules"},
	"github.com/yuin/goldmark":      {"translators/markdown"},
	"modernc.org/sqlite":            {"gateway/store/sqlite"},
	"github.com/jackc/pgx":          {"gateway/store/postgres", "gateway/store/postgres/pgtest"},
	"github.com/klauspost/compress": {"gateway/store", "gateway/store/sqlite"},
	"github.com/goccy/go-yaml":      {"gateway/config"},
	"github.com/prometheus":         {"gateway/metrics"},
	"github.com/spf13/cobra":        {"cmd/dragoman"},
	"github.com/spf13/pflag":        {"cmd/dragoman"},
	"golang.org/x/time":             {"gateway/ingest"},
	"code.dny.dev/ssrf":             {"gateway/client"},
	"github.com/standard-webhooks":  {"gateway/client"},
	"github.com/rivo/uniseg":        {"translators/chat"},
	"pgregory.net/rapid":            {"translators/chat/chattest", "translators/formattest", "gateway/store/storetest"},
	"github.com/google/go-cmp":      {"translators/chat/chattest", "translators/formattest", "gateway/store/storetest"},
}

type listed struct {
	ImportPath   string
	Standard     bool
	Imports      []string
	TestImports  []string
	XTestImports []string
}

func TestImportsFollowTheHousePlan(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "dragoman/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		room := strings.TrimPrefix(p.ImportPath, "dragoman/")
		may, ok := arrows[room]
		if !ok {
			t.Errorf("the room %s is not in the house plan", room)
		}
		for _, imp := range p.Imports {
			if ours, ok := strings.CutPrefix(imp, "dragoman/"); ok {
				if !slices.Contains(may, ours) {
					t.Errorf("%s imports %s, which is no arrow of the house plan", room, ours)
				}
				continue
			}
			if !strings.Contains(strings.SplitN(imp, "/", 2)[0], ".") {
				continue // the standard library
			}
			if !atHome(room, imp) {
				t.Errorf("%s imports %s, which has no home there", room, imp)
			}
		}
	}
}

func atHome(room, imp string) bool {
	for ; imp != "."; imp = path.Dir(imp) {
		if rooms, ok := homes[imp]; ok {
			return slices.Contains(rooms, room)
		}
	}
	return false
}

package link

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"dragoman/gateway/store"
)

func TestAimPairsPartsWithCopies(t *testing.T) {
	two := Copy{Parts: []string{"a", "b"}, Thread: "t"}
	for name, c := range map[string]struct {
		op    store.Op
		copy  Copy
		parts int
		want  []store.Part
	}{
		"as many":         {store.Edit, two, 2, []store.Part{{N: 0, Op: store.Edit, Ref: "a", Thread: "t"}, {N: 1, Op: store.Edit, Ref: "b", Thread: "t"}}},
		"fewer":           {store.Edit, two, 1, []store.Part{{N: 0, Op: store.Edit, Ref: "a", Thread: "t"}, {N: 1, Op: store.Delete, Ref: "b", Thread: "t"}}},
		"more":            {store.Edit, Copy{Parts: []string{"a"}}, 2, []store.Part{{N: 0, Op: store.Edit, Ref: "a"}, {N: 1}}},
		"never delivered": {store.Edit, Copy{}, 1, []store.Part{{N: 0}}},
		"delete":          {store.Delete, two, 2, []store.Part{{N: 0, Op: store.Delete, Ref: "a", Thread: "t"}, {N: 1, Op: store.Delete, Ref: "b", Thread: "t"}}},
		"delete of none":  {store.Delete, Copy{}, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var parts []store.Part
			for i := range c.parts {
				parts = append(parts, store.Part{N: i})
			}
			if d := cmp.Diff(c.want, Aim(c.op, c.copy, parts)); d != "" {
				t.Error(d)
			}
		})
	}
}

// What is known of a message follows its parts one by one, so that an edit which
// breaks off in the middle goes on where it stopped.
func TestAfterFollowsTheParts(t *testing.T) {
	sent := time.Unix(1, 0)
	for name, c := range map[string]struct {
		parts []store.Part
		want  Copy
		known bool
	}{
		"posted":           {[]store.Part{{Remote: "a", Sent: sent}, {N: 1}}, Copy{Parts: []string{"a"}}, true},
		"begun a thread":   {[]store.Part{{Remote: "a", Sent: sent, Thread: "t"}}, Copy{Parts: []string{"a"}, Thread: "t"}, true},
		"edited":           {[]store.Part{{Op: store.Edit, Ref: "a", Sent: sent}, {N: 1, Op: store.Edit, Ref: "b"}}, Copy{Parts: []string{"a", "b"}}, true},
		"posted the rest":  {[]store.Part{{Op: store.Edit, Ref: "a", Sent: sent}, {N: 1, Remote: "c", Sent: sent}}, Copy{Parts: []string{"a", "c"}}, true},
		"deleted the rest": {[]store.Part{{Op: store.Edit, Ref: "a", Sent: sent}, {N: 1, Op: store.Delete, Ref: "b", Sent: sent}}, Copy{Parts: []string{"a"}}, true},
		"deleted":          {[]store.Part{{Op: store.Delete, Ref: "a", Sent: sent}}, Copy{}, true},
		"tells no ids":     {[]store.Part{{Sent: sent}}, Copy{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			e, known := After(&store.Delivery{To: "x", Route: "r", Message: 7, Parts: c.parts}, time.Unix(9, 0))
			if known != c.known {
				t.Fatalf("known is %v", known)
			}
			got, _, err := Find(t.Context(), entries{e}, "x", Ref{7, "r"})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got[0]); d != "" {
				t.Error(d)
			}
		})
	}
}

// entries is a store that holds only these.
type entries []store.Entry

func (s entries) Entries(_ context.Context, space string, keys ...string) (out []store.Entry, _ error) {
	for _, e := range s {
		for _, k := range keys {
			if e.Space == space && e.Key == k && len(e.Value) > 0 {
				out = append(out, e)
			}
		}
	}
	return out, nil
}

package chat

import "testing"

func TestNotesInRuns(t *testing.T) {
	var n Notes
	n.EnterRun("blocks", 3)
	n.At(2)
	n.Add(Flattened, "heading", 0)
	n.Enter("fields", 1)
	n.At(7) // no run
	n.Add(Dropped, "icon", 2)
	n.Leave()
	n.At(0)
	n.Add(Split, "section", 0)
	n.Leave()
	n.At(1)
	n.Add(Split, "message", 0)
	want := []string{"flattened blocks.5 heading", "dropped blocks.5.fields.1 icon 2", "split blocks.3 section", "split  message"}
	for i, w := range want {
		if got := n.List[i].String(); got != w {
			t.Errorf("got %q, want %q", got, w)
		}
	}
	(*Notes)(nil).At(1)
}

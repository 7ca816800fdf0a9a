package chat

import (
	"fmt"
	"strconv"
)

// Loss is how something was not carried over whole.
type Loss uint8

// The losses, worst first.
const (
	Dropped   Loss = iota // words or pictures are gone
	Shortened             // the tail of something is gone
	Flattened             // the words are there, the structure is not
	Unlinked              // a mention or custom emoji became plain words
	Split                 // one message became several
)

var lossNames = []string{"dropped", "shortened", "flattened", "unlinked", "split"}

func (l Loss) String() string { return nameOf(lossNames, l) }

// MarshalText gives the name.
func (l Loss) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText errs when b is not the name of a loss.
func (l *Loss) UnmarshalText(b []byte) error { return byName("loss", lossNames, b, l) }

// Note says that a translation is not the whole of what was read. It never
// holds what users wrote, only where it stood.
type Note struct {
	Loss  Loss   `json:"loss"`
	Where string `json:"where"` // path in the payload read, or in the neutral message: "blocks.3.accessory"
	What  string `json:"what"`  // the thing, in the platform's own word: "static_select"
	Count int    `json:"count"` // characters, items, parts; 0 when it is one thing
}

// String is "LOSS where what [count]".
func (n Note) String() string {
	if n.Count == 0 {
		return fmt.Sprintf("%s %s %s", n.Loss, n.Where, n.What)
	}
	return fmt.Sprintf("%s %s %s %d", n.Loss, n.Where, n.What, n.Count)
}

// Notes collects the losses of one translation, at most MaxNotes; the last then
// says how many more there were. Methods on a nil Notes do nothing. It keeps the
// path of the place being read or written, and builds its words only for a note.
type Notes struct {
	List []Note
	more int
	path [12]step
	deep int
}

type step struct {
	key   string
	index int // −1: none
	first int // of the run; −1: it is none
}

// Enter goes to key, or to element index of it when index is not negative.
func (n *Notes) Enter(key string, index int) { n.enter(step{key, index, -1}) }

// EnterRun goes to element index of key, with which a run begins whose others At
// goes to.
func (n *Notes) EnterRun(key string, index int) { n.enter(step{key, index, index}) }

// At goes to element i, from 0, of the run entered last. Where that was no run, it
// does nothing: so who writes a run need not know where it stands.
func (n *Notes) At(i int) {
	if n == nil || n.deep == 0 || n.deep > len(n.path) {
		return
	}
	if s := &n.path[n.deep-1]; s.first >= 0 {
		s.index = s.first + i
	}
}

func (n *Notes) enter(s step) {
	if n == nil {
		return
	}
	if n.deep < len(n.path) {
		n.path[n.deep] = s
	}
	n.deep++
}

// Leave goes back to where Enter came from.
func (n *Notes) Leave() {
	if n != nil && n.deep > 0 {
		n.deep--
	}
}

// Add notes a loss at the current place.
func (n *Notes) Add(loss Loss, what string, count int) {
	if n == nil {
		return
	}
	n.add(Note{Loss: loss, Where: n.where(""), What: what, Count: count})
}

// AddAt notes a loss at key below the current place.
func (n *Notes) AddAt(key string, loss Loss, what string, count int) {
	if n == nil {
		return
	}
	n.add(Note{Loss: loss, Where: n.where(key), What: what, Count: count})
}

// Append takes over the notes of another translation.
func (n *Notes) Append(o *Notes) {
	if n == nil || o == nil {
		return
	}
	for _, note := range o.List {
		n.add(note)
	}
}

// Reset empties n and keeps its memory.
func (n *Notes) Reset() { *n = Notes{List: n.List[:0]} }

// Has reports whether there is a note with one of the losses given.
func (n *Notes) Has(losses ...Loss) bool {
	for _, note := range n.List {
		for _, l := range losses {
			if note.Loss == l {
				return true
			}
		}
	}
	return false
}

func (n *Notes) add(note Note) {
	// The same loss at the same place is one note with a count.
	if last := len(n.List) - 1; last >= 0 {
		l := &n.List[last]
		if l.Loss == note.Loss && l.Where == note.Where && l.What == note.What {
			l.Count = max(1, l.Count) + max(1, note.Count)
			return
		}
	}
	if len(n.List) < MaxNotes {
		n.List = append(n.List, note)
		return
	}
	n.more++
	// What did not fit may be worse than what did: the closing note says the worst.
	last := &n.List[MaxNotes-1]
	if n.more == 1 {
		n.more++ // the one which gives up its place
		if last.Loss < note.Loss {
			note.Loss = last.Loss
		}
	} else if last.Loss < note.Loss {
		note.Loss = last.Loss
	}
	*last = Note{Loss: note.Loss, Where: "", What: "more_notes", Count: n.more}
}

func (n *Notes) where(key string) string {
	b := make([]byte, 0, 64)
	for _, s := range n.path[:min(n.deep, len(n.path))] {
		b = appendStep(b, s.key)
		if s.index >= 0 {
			b = appendStep(b, strconv.Itoa(s.index))
		}
	}
	return string(appendStep(b, key))
}

func appendStep(b []byte, s string) []byte {
	if s == "" {
		return b
	}
	if len(b) > 0 {
		b = append(b, '.')
	}
	return append(b, s...)
}

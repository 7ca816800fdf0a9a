package chat

// The limits of a message, whatever its source; readers note what they leave
// out (Notes.Full).
const (
	MaxBlocks = 1000
	MaxSpans  = 20000
	MaxText   = 1 << 20 // bytes of one text; no chat shows a twentieth of that
	MaxNotes  = 64
	MaxDepth  = 16 // of an Item
)

// Arena is the memory of one message: a growing slice for each of its parts.
// Readers append a run and cut it off; to everyone else the cuts are ordinary
// slices. The zero Arena is ready for use.
//
// Runs of one kind do not interleave: take the length, append, Cut. Body and field blocks
// have slices of their own, so that a field's body can be built while a card's
// body is.
type Arena struct {
	Spans   Pool[Span]
	Body    Pool[Block] // blocks of cards
	Inner   Pool[Block] // blocks of fields
	Fields  Pool[Field]
	Assets  Pool[Asset]
	Buttons Pool[Button]
	cards   []Card
}

// Pool is a growing slice from which runs are cut. A parser that appends to a
// plain slice appends to a pool by assignment:
//
//	from := len(mem.Body)
//	mem.Body = mrkdwn.Parse(mem.Body, notes, src, opt)
//	card.Body = mem.Body.Cut(from)
type Pool[T any] []T

// Add appends to the run.
func (p *Pool[T]) Add(v T) { *p = append(*p, v) }

// Truncate takes back what was appended since the pool had length to.
func (p *Pool[T]) Truncate(to int) { clear((*p)[to:]); *p = (*p)[:to] }

// Cut ends the run begun at from. Appending to what it returns does not touch
// the next run.
func (p Pool[T]) Cut(from int) []T {
	if from == len(p) {
		return nil
	}
	return p[from:len(p):len(p)]
}

// One is a run of a single element.
func (p *Pool[T]) One(v T) []T {
	from := len(*p)
	*p = append(*p, v)
	return p.Cut(from)
}

func (p *Pool[T]) reset() { clear(*p); *p = (*p)[:0] }

// Card returns a new, empty card that lives as long as the message.
func (a *Arena) Card() *Card {
	if len(a.cards) == cap(a.cards) {
		// Never grown in place, so that cards which were handed out stay put.
		a.cards = make([]Card, 0, max(4, 2*cap(a.cards)))
	}
	a.cards = append(a.cards, Card{})
	return &a.cards[len(a.cards)-1]
}

// Text is a run of one span of words; nil for no words.
func (a *Arena) Text(words string) Text {
	if words == "" {
		return nil
	}
	return a.Spans.One(Span{Text: words})
}

func (a *Arena) reset() {
	a.Spans.reset()
	a.Body.reset()
	a.Inner.reset()
	a.Fields.reset()
	a.Assets.reset()
	a.Buttons.reset()
	clear(a.cards)
	a.cards = a.cards[:0]
}

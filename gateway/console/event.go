package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"dragoman/gateway/store"
	"dragoman/translators/chat"
)

// The most deliveries, and parts of each, that a page shows whole.
const (
	mostDeliveries = 20
	mostParts      = 10
	mostAttempts   = 50
	mostPartsDrawn = 10 // of all deliveries
)

type eventPage struct {
	store.EventRow
	Header     []headerView
	Body       payload
	Gone       bool // the body is no longer kept
	Drawn      drawn
	Deliveries []deliveryView
	More       int // deliveries that are not shown
}

type headerView struct{ Name, Value string }

type deliveryView struct {
	store.DeliveryRow
	Parts    []partView
	More     int // parts that are not shown
	Attempts []store.Attempt
	Earlier  int // attempts that are not shown
	Notes    []chat.Note
}

type partView struct {
	store.Part
	Number int
	Body   payload
	Gone   bool
	Shown  *side // how the chat that it was sent to shows it; nil: it was not drawn
}

func (c *console) event(ctx echo.Context) error {
	id, err := strconv.ParseInt(ctx.Param("id"), 10, 64)
	if err != nil {
		return store.ErrNotFound
	}
	e, err := c.History.Event(ctx.Request().Context(), id)
	if err != nil {
		return err
	}
	page := eventPage{
		EventRow: e.EventRow,
		Body:     pretty(e.Body),
		Gone:     e.Body == nil,
		Drawn:    c.draw(e.Source, e.Dialect, e.EventRow.Event, e.Body, e.At),
	}
	for name, value := range e.Header {
		page.Header = append(page.Header, headerView{name, value})
	}
	slices.SortFunc(page.Header, func(a, b headerView) int { return strings.Compare(a.Name, b.Name) })
	shown := e.Work[:min(len(e.Work), mostDeliveries)]
	page.More = len(e.Work) - len(shown)
	left := mostPartsDrawn
	for i := range shown {
		v := viewDelivery(&shown[i])
		for k := range v.Parts {
			if left--; left >= 0 {
				v.Parts[k].Shown = c.drawPart(&v.Parts[k].Part, e.At)
			}
		}
		page.Deliveries = append(page.Deliveries, v)
	}
	return c.render(ctx, http.StatusOK, "event", "Event "+strconv.FormatInt(id, 10), page)
}

func viewDelivery(d *store.DeliveryDetail) deliveryView {
	v := deliveryView{DeliveryRow: d.DeliveryRow, Attempts: d.Attempts, Notes: d.Notes}
	if v.Earlier = max(0, len(d.Attempts)-mostAttempts); v.Earlier > 0 {
		v.Attempts = d.Attempts[v.Earlier:]
	}
	parts := d.Parts[:min(len(d.Parts), mostParts)]
	v.More = len(d.Parts) - len(parts)
	for _, p := range parts {
		v.Parts = append(v.Parts, partView{p, p.N + 1, pretty(p.Payload), p.Payload == nil, nil})
	}
	return v
}

// CameAs is the platform in whose words the event came in.
func (p eventPage) CameAs() string { return keptView{Dialect: p.Dialect}.CameAs() }

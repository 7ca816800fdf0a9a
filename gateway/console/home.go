package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"dragoman/gateway/store"
)

const eventsPerPage = 50

// verdicts are what rules can say of an event.
var verdicts = []string{"routed", "dropped", "silenced", "unrouted", "failed"}

// A lane whose oldest delivery waits longer than this is shown as behind.
const longWait = time.Minute

type homePage struct {
	Standing []standing
	Newest   []newest
	First    bool // the newest messages stand above the events
	Events   []store.EventRow
	Sources  []string
	Verdicts []string
	Source   string // as chosen
	Verdict  string
	Older    string // address of the next page
	Paged    bool   // this is not the first page
	Welcome  []Address
}

// standing is a lane that does not send, or not as fast as it is given work.
type standing struct {
	store.LaneRow
	Stopped bool // a person has to open it
	Waiting time.Duration
}

// newest is the newest message of an inbox.
type newest struct {
	Inbox   string
	Message keptView
}

func (c *console) home(ctx echo.Context) error {
	before, err := cursor(ctx)
	if err != nil {
		return err
	}
	r := ctx.Request().Context()
	page := homePage{
		Sources: c.Sources, Verdicts: verdicts, Source: ctx.QueryParam("source"), Verdict: ctx.QueryParam("verdict"), Paged: before != 0,
	}
	q := store.EventQuery{Source: page.Source, Verdict: page.Verdict, Before: before, Limit: eventsPerPage + 1}
	if page.Events, err = c.History.Events(r, q); err != nil {
		return err
	}
	if len(page.Events) > eventsPerPage {
		page.Events = page.Events[:eventsPerPage]
		page.Older = older(page.Source, page.Verdict, page.Events[eventsPerPage-1].ID)
	}
	lanes, err := c.History.Lanes(r)
	if err != nil {
		return err
	}
	page.Standing = standingLanes(lanes, time.Now())
	plain := page.Source == "" && page.Verdict == "" && !page.Paged
	if plain {
		if page.Newest, err = c.newest(ctx); err != nil {
			return err
		}
		page.First = c.onlyInboxes(page.Events)
	}
	if plain && len(page.Events) == 0 {
		page.Welcome = c.Addresses
	}
	return c.render(ctx, http.StatusOK, "home", "Events", page)
}

// older is the address of the page after the event id.
func older(source, verdict string, id int64) string {
	q := url.Values{"cursor": {strconv.FormatInt(id, 10)}}
	if source != "" {
		q.Set("source", source)
	}
	if verdict != "" {
		q.Set("verdict", verdict)
	}
	return "/?" + q.Encode()
}

func standingLanes(lanes []store.LaneRow, now time.Time) []standing {
	var list []standing
	for _, l := range lanes {
		s := standing{LaneRow: l, Stopped: l.Gate.Stopped}
		if l.Backlog > 0 && !l.Oldest.IsZero() {
			s.Waiting = now.Sub(l.Oldest).Round(time.Second)
		}
		if s.Stopped || l.Gate.Until.After(now) || s.Waiting > longWait {
			list = append(list, s)
		}
	}
	return list
}

// mostNewest is the number of inboxes whose newest message the first page shows.
const mostNewest = 3

func (c *console) newest(ctx echo.Context) ([]newest, error) {
	var list []newest
	for _, name := range c.Inboxes[:min(len(c.Inboxes), mostNewest)] {
		kept, err := c.History.Inbox(ctx.Request().Context(), name, 0, 1)
		if err != nil {
			return nil, err
		}
		if len(kept) == 0 {
			continue
		}
		v, err := c.kept(ctx, kept[0])
		if err != nil {
			return nil, err
		}
		list = append(list, newest{name, v})
	}
	return list, nil
}

// onlyInboxes reports whether everything goes to an inbox: someone tries the
// gateway out, and wants to see messages before lists.
func (c *console) onlyInboxes(events []store.EventRow) bool {
	for _, e := range events {
		for _, d := range e.Deliveries {
			if !slices.Contains(c.Inboxes, d.To) {
				return false
			}
		}
	}
	return true
}

package main

import (
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// eventRow is an event in a list, as the API shows it.
type eventRow struct {
	ID         int64
	At         time.Time
	Source     string
	Dialect    string
	Event      string
	Op         string
	Verdict    string
	By         string
	Summary    string
	To         []string
	Deliveries []deliveryRow
}

// deliveryRow is a delivery in a list.
type deliveryRow struct {
	ID     int64
	Event  int64
	Op     string
	Of     int64
	Route  string
	To     string
	Lane   string
	State  string
	Reason string
	Tries  int
	Born   time.Time
	Ended  time.Time
}

func (e *eventRow) print(w io.Writer) {
	what := e.Source + " " + e.Dialect
	for _, s := range []string{e.Event, e.Op} {
		if s != "" {
			what += " " + s
		}
	}
	to := e.To
	for _, d := range e.Deliveries {
		to = append(to, d.To)
	}
	verdict := e.Verdict
	if len(to) > 0 {
		verdict = "→ " + strings.Join(to, ", ")
	} else if e.By != "" {
		verdict += " by " + e.By
	}
	fmt.Fprintf(w, "%s  event %d  %s  %s  %s\n", clock(e.At), e.ID, clean(what), paint(w, e.Verdict, clean(verdict)), clean(e.Summary))
}

func (d *deliveryRow) print(w io.Writer, at time.Time) {
	state := d.State
	if d.Reason != "" {
		state += " (" + d.Reason + ")"
	}
	fmt.Fprintf(w, "%s  delivery %d  event %d  %s → %s  %s", clock(at), d.ID, d.Event, clean(d.Route), clean(d.To), paint(w, d.State, clean(state)))
	if d.Tries > 0 {
		fmt.Fprintf(w, "  %d tries", d.Tries)
	}
	if d.Of != 0 {
		fmt.Fprintf(w, "  replays %d", d.Of)
	}
	fmt.Fprintln(w)
}

// filter selects deliveries.
type filter struct{ Lane, Route, To, Source, Since string }

func (f *filter) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.Lane, "lane", "", "only of the lane `NAME`")
	cmd.Flags().StringVar(&f.Route, "route", "", "only by the route `NAME`")
	cmd.Flags().StringVar(&f.To, "to", "", "only to the destination `NAME`")
	cmd.Flags().StringVar(&f.Source, "source", "", "only from the source `NAME`")
	cmd.Flags().StringVar(&f.Since, "since", "", "only since a `TIME` (2026-01-31T08:00:00Z) or for a duration (90m, 3d)")
}

// members are those that are set, as the API names them.
func (f *filter) members() map[string]string {
	out := map[string]string{}
	for name, v := range map[string]string{"lane": f.Lane, "route": f.Route, "to": f.To, "source": f.Source, "since": f.Since} {
		if v != "" {
			out[name] = v
		}
	}
	return out
}

func (f *filter) query() url.Values {
	q := url.Values{}
	for name, v := range f.members() {
		q.Set(name, v)
	}
	return q
}

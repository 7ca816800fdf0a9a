package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"dragoman/translators/chat"
)

// eventDetail is an event with all that became of it, as the API shows it.
type eventDetail struct {
	eventRow
	Body       json.RawMessage
	Deliveries []struct {
		deliveryRow
		Parts []struct {
			N       int
			Format  string
			Payload json.RawMessage
			Remote  string
			Sent    time.Time
		}
		Attempts []struct {
			At      time.Time
			Part    int
			Status  int
			Verdict string
			Code    string
			Took    time.Duration
		}
		Notes []chat.Note
	}
}

func newShow() *cobra.Command {
	var a api
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Show an event of a running gateway, and all that became of it",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, err := strconv.ParseInt(args[0], 10, 64); err != nil {
				return usage("%q is no id of an event", args[0])
			}
			var raw json.RawMessage
			if err := a.call(cmd.Context(), http.MethodGet, "events/"+args[0], nil, &raw); err != nil {
				return err
			}
			if a.json() {
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s\n", raw)
				return err
			}
			var e eventDetail
			if err := json.Unmarshal(raw, &e); err != nil {
				return &exit{exitFailed, err}
			}
			e.print(cmd.OutOrStdout())
			return nil
		},
	}
	a.flags(cmd)
	return cmd
}

func (e *eventDetail) print(w io.Writer) {
	e.eventRow.print(w)
	fmt.Fprintf(w, "  body  %s\n", clean(string(e.Body)))
	for _, d := range e.Deliveries {
		fmt.Fprintln(w)
		d.print(w, d.Born)
		for _, t := range d.Attempts {
			fmt.Fprintf(w, "  tried %s  part %d  %s  status %d %s  %s\n", clock(t.At), t.Part, t.Verdict, t.Status, clean(t.Code), t.Took.Round(time.Microsecond))
		}
		for _, p := range d.Parts {
			sent := "not sent"
			if !p.Sent.IsZero() {
				sent = "sent " + clock(p.Sent)
			}
			fmt.Fprintf(w, "  part %d  %s  %s  %s\n", p.N, p.Format, sent, clean(string(p.Payload)))
		}
		printNotes(w, d.Notes)
	}
}

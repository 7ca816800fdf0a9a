package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

func newSend() *cobra.Command {
	var a api
	var text, from, event string
	var wait time.Duration
	cmd := &cobra.Command{
		Use:   "send DESTINATION [--text T | FILE]",
		Short: "Send a text, or a webhook's payload, to one destination of a running gateway",
		Args:  cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (text == "") == (len(args) == 1) {
				return usage("give either --text or a FILE (- is standard input)")
			}
			body := []byte(text)
			if len(args) == 2 {
				var err error
				if body, err = read(cmd.InOrStdin(), args[1]); err != nil {
					return &exit{exitFailed, err}
				}
			} else if from == "" {
				from = "markdown"
			}
			ask := map[string]any{"to": args[0], "dialect": from, "event": event, "body": string(body)}
			if json.Valid(body) && strings.HasPrefix(strings.TrimSpace(string(body)), "{") {
				ask["body"] = json.RawMessage(body)
			}
			var sent struct{ Event int64 }
			if err := a.call(cmd.Context(), http.MethodPost, "send", ask, &sent); err != nil {
				return err
			}
			d, err := a.arrival(cmd.Context(), sent.Event, wait)
			if err != nil {
				return err
			}
			if a.json() {
				err = encode(cmd.OutOrStdout(), map[string]any{"event": sent.Event, "delivery": d.ID, "state": d.State, "reason": d.Reason}, "")
			} else {
				d.print(cmd.OutOrStdout(), time.Now())
			}
			if err == nil && d.State != "done" && d.State != "pending" {
				return &exit{exitFailed, fmt.Errorf("it was not delivered: %s", d.Reason)}
			}
			return err
		},
	}
	a.flags(cmd)
	cmd.Flags().StringVar(&text, "text", "", "the `TEXT`, in Markdown")
	cmd.Flags().StringVar(&from, "from", "", "the `FORMAT` of the file (by default told from what is in it)")
	cmd.Flags().StringVar(&event, "event", "", "GitHub's event `NAME`")
	cmd.Flags().DurationVar(&wait, "wait", 10*time.Second, "how long to wait for the destination's answer")
	return cmd
}

// arrival is the delivery of an event to its one destination, when it has ended or
// was waited for long enough.
func (a *api) arrival(ctx context.Context, event int64, wait time.Duration) (deliveryRow, error) {
	end := time.Now().Add(wait)
	for {
		var e eventRow
		if err := a.call(ctx, http.MethodGet, fmt.Sprintf("events/%d", event), nil, &e); err != nil {
			return deliveryRow{}, err
		}
		if len(e.Deliveries) == 0 {
			return deliveryRow{}, &exit{exitFailed, fmt.Errorf("event %d has no delivery", event)}
		}
		if d := e.Deliveries[0]; d.State != "pending" || time.Now().After(end) {
			return d, nil
		}
		select {
		case <-ctx.Done():
			return deliveryRow{}, a.failed(ctx, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

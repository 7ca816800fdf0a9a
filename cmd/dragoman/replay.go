package main

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/spf13/cobra"
)

// progress is how far a replay has come, as the API shows it.
type progress struct {
	ID       string         `json:"id"`
	State    string         `json:"state"`
	Rules    string         `json:"rules"`
	Total    int            `json:"total"`
	Replayed int            `json:"replayed"`
	Refused  map[string]int `json:"refused"`
}

func newReplay() *cobra.Command {
	var a api
	var f filter
	var rules string
	var all bool
	cmd := &cobra.Command{
		Use:   "replay [DELIVERY…]",
		Short: "Deliver dead letters again: those named, those that flags select, or all",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			selects := len(f.members()) > 0
			switch {
			case rules != "then" && rules != "now":
				return usage("--rules: then, or now")
			case len(args) > 0 && (selects || all), len(args) == 0 && !selects && !all:
				return usage("name deliveries, or select them by --lane, --route, --to, --source, --since, or take --all")
			case len(args) > 0:
				return a.replayThese(cmd, args, rules)
			}
			var p progress
			err := a.call(cmd.Context(), http.MethodPost, "replay", map[string]any{"filter": f.members(), "rules": rules}, &p)
			if err != nil {
				return err
			}
			return a.awaitReplay(cmd, p)
		},
	}
	a.flags(cmd)
	f.flags(cmd)
	cmd.Flags().StringVar(&rules, "rules", "then", "`then`: as the route said when the event came; now: as today's rules decide")
	cmd.Flags().BoolVar(&all, "all", false, "everything in the dead letters")
	return cmd
}

// replayThese replays deliveries by id, one after the other.
func (a *api) replayThese(cmd *cobra.Command, ids []string, rules string) error {
	failed := 0
	for _, id := range ids {
		if _, err := strconv.ParseInt(id, 10, 64); err != nil {
			return usage("%q is no id of a delivery", id)
		}
	}
	for _, id := range ids {
		var r struct {
			Of         int64   `json:"of"`
			Deliveries []int64 `json:"deliveries"`
		}
		err := a.call(cmd.Context(), http.MethodPost, "deliveries/"+id+"/replay", map[string]string{"rules": rules}, &r)
		switch {
		case cmd.Context().Err() != nil:
			return err
		case err != nil:
			failed++
			fmt.Fprintf(cmd.ErrOrStderr(), "delivery %s: %v\n", id, err)
		case a.json():
			if err := encode(cmd.OutOrStdout(), r, ""); err != nil {
				return err
			}
		default:
			fmt.Fprintf(cmd.OutOrStdout(), "delivery %s is replayed as %v\n", id, r.Deliveries)
		}
	}
	switch failed {
	case 0:
		return nil
	case len(ids):
		return &exit{exitFailed, nil}
	}
	return &exit{exitPartly, nil}
}

// awaitReplay waits for the end of a replay and shows how it goes.
func (a *api) awaitReplay(cmd *cobra.Command, p progress) error {
	b := bar{w: cmd.ErrOrStderr(), what: "replaying"}
	defer b.end()
	refused := func() (n int) {
		for _, k := range p.Refused {
			n += k
		}
		return n
	}
	for p.State == "running" {
		b.to(int64(p.Replayed+refused()), int64(p.Total))
		select {
		case <-cmd.Context().Done():
			return &exit{exitBreak, fmt.Errorf("the replay goes on at the gateway: stop it with DELETE /api/v1/replay/%s", p.ID)}
		case <-time.After(100 * time.Millisecond):
		}
		p.Refused = nil
		if err := a.call(context.WithoutCancel(cmd.Context()), http.MethodGet, "replay/"+p.ID, nil, &p); err != nil {
			return err
		}
	}
	b.end()
	if a.json() {
		if err := encode(cmd.OutOrStdout(), p, ""); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(cmd.OutOrStdout(), "%s: %d of %d replayed\n", p.State, p.Replayed, p.Total)
		for why, n := range p.Refused {
			fmt.Fprintf(cmd.OutOrStdout(), "  %d not: %s\n", n, clean(why))
		}
	}
	switch {
	case p.State == "done" && refused() == 0:
		return nil
	case p.Replayed > 0:
		return &exit{exitPartly, nil}
	}
	return &exit{exitFailed, nil}
}

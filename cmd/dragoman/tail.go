package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

func newTail() *cobra.Command {
	var a api
	var recent int
	var follow bool
	cmd := &cobra.Command{
		Use:   "tail",
		Short: "Show the newest events of a running gateway, and what happens from now on",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if recent > 0 {
				if err := a.recent(cmd, recent); err != nil {
					return err
				}
			}
			if !follow {
				return nil
			}
			return a.follow(cmd)
		},
	}
	a.flags(cmd)
	cmd.Flags().IntVarP(&recent, "recent", "n", 10, "begin with the newest `N` events")
	cmd.Flags().BoolVar(&follow, "follow", true, "go on with what happens")
	return cmd
}

// recent shows the newest events, the newest last.
func (a *api) recent(cmd *cobra.Command, n int) error {
	var rows []json.RawMessage
	q := url.Values{"limit": {strconv.Itoa(min(n, 500))}}
	err := each(cmd.Context(), a, "events", q, "events", func(r json.RawMessage) bool {
		rows = append(rows, r)
		return len(rows) < n
	})
	if err != nil {
		return err
	}
	for _, r := range slices.Backward(rows) {
		if err := a.happened(cmd, "event", r); err != nil {
			return err
		}
	}
	return nil
}

// happened shows a message of the stream.
func (a *api) happened(cmd *cobra.Command, kind string, data []byte) (err error) {
	out := cmd.OutOrStdout()
	switch {
	case kind == "dropped", kind == "end":
		return &exit{exitFailed, errors.New("the stream has ended: " + clean(string(data)))}
	case a.json():
		_, err = fmt.Fprintf(out, "{%q:%s}\n", kind, data)
	case kind == "event":
		var e eventRow
		if err = json.Unmarshal(data, &e); err == nil {
			e.print(out)
		}
	case kind == "delivery":
		var d struct {
			deliveryRow
			At time.Time
		}
		if err = json.Unmarshal(data, &d); err == nil {
			d.print(out, d.At)
		}
	}
	if err != nil {
		return &exit{exitFailed, err}
	}
	return nil
}

// follow shows the stream until it ends.
func (a *api) follow(cmd *cobra.Command) error {
	res, err := a.open(cmd.Context(), http.MethodGet, "stream", nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	kind := ""
	for lines.Scan() {
		if k, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
			kind = k
		}
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			if err := a.happened(cmd, kind, []byte(data)); err != nil {
				return err
			}
		}
	}
	if cmd.Context().Err() != nil {
		return &exit{exitBreak, nil}
	}
	return a.failed(cmd.Context(), errors.Join(lines.Err(), errors.New("the stream broke off")))
}

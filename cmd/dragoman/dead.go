package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"
)

func newDead() *cobra.Command {
	var a api
	var f filter
	var most int
	cmd := &cobra.Command{
		Use:   "dead",
		Short: "List the dead letters of a running gateway, the newest first",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			q := f.query()
			q.Set("state", "dead")
			n := 0
			var bad error
			err := each(cmd.Context(), &a, "deliveries", q, "deliveries", func(raw json.RawMessage) bool {
				if n == most {
					fmt.Fprintf(cmd.ErrOrStderr(), "there are more than %d; see --most\n", most)
					return false
				}
				n++
				if a.json() {
					_, bad = fmt.Fprintf(cmd.OutOrStdout(), "%s\n", raw)
					return bad == nil
				}
				var d deliveryRow
				if bad = json.Unmarshal(raw, &d); bad == nil {
					d.print(cmd.OutOrStdout(), d.Ended)
				}
				return bad == nil
			})
			if err == nil && bad != nil {
				err = &exit{exitFailed, bad}
			}
			if err == nil && n == 0 && !a.json() {
				fmt.Fprintln(cmd.ErrOrStderr(), "no dead letters")
			}
			return err
		},
	}
	a.flags(cmd)
	f.flags(cmd)
	cmd.Flags().IntVar(&most, "most", 100, "list at most `N`")
	return cmd
}

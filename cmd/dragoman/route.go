package main

import (
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/tidwall/gjson"

	"dragoman/gateway"
	"dragoman/gateway/ingest"
	"dragoman/translators/chat"
)

func newRoute() *cobra.Command {
	var file, source, dialect, event, output string
	cmd := &cobra.Command{
		Use:   "route --config FILE --source NAME FILE",
		Short: "Show what would become of an event: which routes match and why, and what would be sent",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if output != "text" && output != "json" {
				return usage("-o: no form %q (have text, json)", output)
			}
			c, err := load(file, true)
			if err != nil {
				return err
			}
			conf := c.Source(source)
			if conf == nil {
				return usage("--source: no source %q", source)
			}
			src := gateway.IngestSource(conf)
			g, err := compile(c)
			if err != nil {
				return err
			}
			body, err := read(cmd.InOrStdin(), args[0])
			if err == nil {
				body, err = ingest.Object(body)
			}
			if err != nil {
				return &exit{exitFailed, fmt.Errorf("%s: %w", args[0], err)}
			}
			e := &ingest.Event{Source: source, Dialect: dialect, Name: event, Body: body, At: time.Now(), Channel: gjson.GetBytes(body, "channel").Str}
			if e.Name == "" && dialect != "slack" && dialect != "discord" {
				e.Name = eventOf(args[0], body)
			}
			if err := gateway.Settle(&src, e); err != nil {
				return usage("--dialect: %v", err)
			}
			dry, err := g.DryRun(e)
			if err != nil {
				return &exit{exitFailed, err}
			}
			if output == "json" {
				return encode(cmd.OutOrStdout(), dry, "")
			}
			printDryRun(cmd.OutOrStdout(), dry)
			return nil
		},
	}
	cmd.Flags().StringVar(&file, "config", "", "the configuration `FILE`")
	cmd.Flags().StringVar(&source, "source", "", "the `NAME` of the source that the event comes to")
	cmd.Flags().StringVar(&dialect, "dialect", "", "`D`ialect: slack, discord or github (by default told from the event)")
	cmd.Flags().StringVar(&event, "event", "", "GitHub's event `NAME`")
	cmd.Flags().StringVarP(&output, "output", "o", "text", "text or json")
	return cmd
}

func printDryRun(w io.Writer, d *gateway.DryRun) {
	for _, s := range d.Routes {
		mark := "  "
		if s.Matched {
			mark = "→ "
		}
		fmt.Fprintf(w, "%s%s: %s\n", mark, s.Name, s.Why)
		names := make([]string, 0, len(s.Values))
		for expr := range s.Values {
			names = append(names, expr)
		}
		slices.Sort(names)
		for _, expr := range names {
			fmt.Fprintf(w, "      %s = %v\n", expr, s.Values[expr])
		}
	}
	fmt.Fprintf(w, "\nverdict: %s", d.Verdict)
	if d.By != "" {
		fmt.Fprintf(w, " by %s", d.By)
	}
	fmt.Fprintln(w)
	for _, del := range d.Deliveries {
		fmt.Fprintf(w, "\n%s → %s\n", del.Route, del.To)
		if del.Error != "" {
			fmt.Fprintf(w, "  error: %s\n", del.Error)
		}
		for _, p := range del.Parts {
			fmt.Fprintf(w, "  %s\n", p)
		}
		printNotes(w, del.Notes)
	}
}

func printNotes(w io.Writer, notes []chat.Note) {
	for _, n := range notes {
		fmt.Fprintf(w, "  note: %s\n", n)
	}
}

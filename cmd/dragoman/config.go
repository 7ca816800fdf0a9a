package main

import (
	"github.com/spf13/cobra"
)

func newConfig() *cobra.Command {
	var file, output string
	show := &cobra.Command{
		Use:   "show",
		Short: "Print the configuration as it is used: with defaults and variables, without secrets",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if output != "text" && output != "json" {
				return usage("-o: no form %q (have text, json)", output)
			}
			c, err := load(file, false)
			if err != nil {
				return err
			}
			shown, err := c.Show(output == "json")
			if err != nil {
				return &exit{exitFailed, err}
			}
			_, err = cmd.OutOrStdout().Write(shown)
			return err
		},
	}
	show.Flags().StringVar(&file, "config", "", "the configuration `FILE`; without one the demo's is shown")
	show.Flags().StringVarP(&output, "output", "o", "text", "text (YAML) or json")
	schema := newLater("schema")
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Print the configuration",
		Args:  cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("config show, or config schema")
			}
			return usage("config: no command %q (have show)", args[0])
		},
	}
	cmd.AddCommand(show, schema)
	return cmd
}

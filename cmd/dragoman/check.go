package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newCheck() *cobra.Command {
	var file string
	var strict, noSecrets bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Check a configuration",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := load(file, !noSecrets)
			if err != nil {
				return err
			}
			if noSecrets {
				c = c.WithoutSecrets()
			}
			g, err := compile(c)
			if err != nil {
				return err
			}
			for _, w := range g.Warnings() {
				fmt.Fprintln(cmd.ErrOrStderr(), "warning:", w)
			}
			if n := len(g.Warnings()); strict && n > 0 {
				return &exit{exitStrict, fmt.Errorf("%d warnings", n)}
			}
			fmt.Fprintf(cmd.OutOrStdout(), "ok: %d sources, %d destinations, %d routes\n", len(c.Sources), len(c.Destinations), len(c.Routes))
			return nil
		},
	}
	cmd.Flags().StringVar(&file, "config", "", "the configuration `FILE`")
	cmd.Flags().BoolVar(&strict, "strict", false, "fail on warnings")
	cmd.Flags().BoolVar(&noSecrets, "no-secrets", false, "do not read secrets")
	return cmd
}

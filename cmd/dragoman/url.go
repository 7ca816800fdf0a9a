package main

import (
	"fmt"
	"io"
	"net"

	"github.com/spf13/cobra"

	"dragoman/gateway"
	"dragoman/gateway/config"
	"dragoman/gateway/ingest"
)

func newURL() *cobra.Command {
	var file, output string
	cmd := &cobra.Command{
		Use:   "url NAME",
		Short: "Print the addresses of a source",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := load(file, true)
			if err != nil {
				return err
			}
			src := c.Source(args[0])
			if src == nil {
				return usage("no source %q", args[0])
			}
			s := gateway.IngestSource(src)
			a := ingest.AddressesOf(&s, base(c))
			switch output {
			case "json":
				return encode(cmd.OutOrStdout(), a, "")
			case "text":
				printAddresses(cmd.OutOrStdout(), a)
				return nil
			}
			return usage("-o: no form %q (have text, json)", output)
		},
	}
	cmd.Flags().StringVar(&file, "config", "", "the configuration `FILE`")
	cmd.Flags().StringVarP(&output, "output", "o", "text", "text or json")
	return cmd
}

// base is what senders put before a path: the configured address, or the
// listener's on this machine.
func base(c *config.Config) string {
	if c.Server.PublicURL != "" {
		return c.Server.PublicURL
	}
	host, port, err := net.SplitHostPort(c.Server.Listen)
	if err != nil || host == "" || net.ParseIP(host).IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

func printAddresses(w io.Writer, a ingest.Addresses) {
	for _, l := range []struct{ name, address string }{
		{"Slack webhook", a.Slack},
		{"  Discord bodies", a.SlackDiscord},
		{"  GitHub events", a.SlackGitHub},
		{"Slack Web API", a.SlackAPI},
		{"  with the token", a.SlackToken},
		{"Discord webhook", a.Discord},
		{"  Slack bodies", a.DiscordSlack},
		{"  GitHub events", a.DiscordGit},
		{"GitHub, signed", a.GitHub},
	} {
		if l.address != "" {
			fmt.Fprintf(w, "  %-16s %s\n", l.name, l.address)
		}
	}
}

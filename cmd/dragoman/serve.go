package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/spf13/cobra"

	"dragoman/gateway"
	"dragoman/gateway/config"
	"dragoman/gateway/ingest"
)

func newServe() *cobra.Command {
	var file, data, listen, admin string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Take webhooks, translate and deliver them",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			read := func() (*config.Config, error) {
				c, err := load(file, true)
				if err != nil {
					return nil, err
				}
				for _, f := range []struct {
					flag string
					to   *string
				}{{data, &c.Store.Path}, {listen, &c.Server.Listen}, {admin, &c.Admin.Listen}} {
					if f.flag != "" {
						*f.to = f.flag
					}
				}
				return c, nil
			}
			return serve(cmd, read)
		},
	}
	cmd.Flags().StringVar(&file, "config", "", "the configuration `FILE`; without one a demo is served")
	cmd.Flags().StringVar(&data, "data", "", "the data `DIR`ectory")
	cmd.Flags().StringVar(&listen, "listen", "", "the public `ADDR`ess, for webhooks")
	cmd.Flags().StringVar(&admin, "admin", "", "the admin `ADDR`ess, for the console and the API")
	return cmd
}

// serve runs a gateway with the configuration that read gives; a hangup has it
// read again.
func serve(cmd *cobra.Command, read func() (*config.Config, error)) error {
	c, err := read()
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil))
	if _, err := compile(c); err != nil { // before anything is opened
		return err
	}
	st, where, err := open(cmd.Context(), c, log)
	if err != nil {
		return err
	}
	defer st.Close()
	g, err := gateway.New(c, st, log)
	if err != nil {
		return &exit{exitConfig, err}
	}
	g.Version = buildVersion()
	if c.File != "" {
		g.Source = read
	}
	public, admin, err := g.Listen()
	if err != nil {
		return &exit{exitFailed, err}
	}
	for _, w := range g.Warnings() {
		log.Warn(w)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { reload(ctx, g, hangup, log) })
	welcome(cmd.OutOrStdout(), c, where, public.Addr(), admin.Addr())
	err = g.Run(ctx, public, admin)
	stop()
	if err != nil {
		return &exit{exitFailed, err}
	}
	return nil
}

// reload reads the configuration again at each hangup.
func reload(ctx context.Context, g *gateway.Gateway, hangup <-chan os.Signal, log *slog.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangup:
			if err := g.Reload(ctx); err != nil {
				log.Error("the configuration was not reloaded; what ran goes on", "error", err)
			}
		}
	}
}

// welcome says where the gateway is reached; for the demo also what to try.
func welcome(w io.Writer, c *config.Config, where string, public, admin net.Addr) {
	fmt.Fprintf(w, "webhooks  http://%s\nconsole   http://%s\ndata      %s\n", public, admin, where)
	if c.File != "" {
		return
	}
	src := gateway.IngestSource(c.Source("demo"))
	a := ingest.AddressesOf(&src, "http://"+public.String())
	fmt.Fprintf(w, "\nThe source \"demo\" takes, on this machine only:\n")
	printAddresses(w, a)
	fmt.Fprintf(w, "\nTry it, then look at the console:\n\ncurl -H 'Content-Type: application/json' -d '%s' %s\n\n", demoMessage, a.Slack)
}

// demoMessage is a Block Kit message for the first try.
const demoMessage = `{"text":"Deploy finished","blocks":[{"type":"header","text":{"type":"plain_text","text":"Deploy finished :rocket:"}},{"type":"section","text":{"type":"mrkdwn","text":"*api* is live in _production_: <https://example.org/builds/42|build 42>"},"fields":[{"type":"mrkdwn","text":"*Commit*\n` + "`3f9c2a1`" + `"},{"type":"mrkdwn","text":"*Took*\n2 min 14 s"}]},{"type":"context","elements":[{"type":"mrkdwn","text":"Started by the nightly pipeline"}]}]}`

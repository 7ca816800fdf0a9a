package gateway

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"dragoman/gateway/admin"
	"dragoman/gateway/config"
	"dragoman/gateway/console"
	"dragoman/gateway/ingest"
)

// owner names this process in leases.
func owner() string {
	host, _ := os.Hostname()
	return fmt.Sprintf("%s/%d/%s", host, os.Getpid(), rand.Text()[:8])
}

// refuse errs for a configuration that would let strangers in: a demo source on
// anything but loopback, since its secret is published, and an admin listener
// there without a token.
func (g *Gateway) refuse() error {
	for _, s := range g.conf.Sources {
		for _, secret := range s.Secrets {
			if secret.Reveal() == config.DemoSecret && !config.Loopback(g.conf.Server.Listen) {
				return fmt.Errorf("gateway: source %q has the published demo secret, and %s is not on loopback", s.Name, g.conf.Server.Listen)
			}
		}
	}
	if !g.conf.Admin.Token.Set() && !config.Loopback(g.conf.Admin.Listen) {
		return fmt.Errorf("gateway: admin.listen %s is not on loopback, and there is no admin.token", g.conf.Admin.Listen)
	}
	return nil
}

// Listen opens both listeners.
func (g *Gateway) Listen() (public, admin net.Listener, err error) {
	if err := g.refuse(); err != nil {
		return nil, nil, err
	}
	if public, err = net.Listen("tcp", g.conf.Server.Listen); err != nil {
		return nil, nil, fmt.Errorf("gateway: server.listen: %w", err)
	}
	if admin, err = net.Listen("tcp", g.conf.Admin.Listen); err != nil {
		public.Close()
		return nil, nil, fmt.Errorf("gateway: admin.listen: %w", err)
	}
	return public, admin, nil
}

// Run serves until ctx ends. Then the doors close, requests and deliveries under
// way are finished, at most for the shutdown grace, and it returns. The store
// stays open; it belongs to the caller.
func (g *Gateway) Run(ctx context.Context, public, admin net.Listener) error {
	defer func() { g.latest.Load().http.CloseIdleConnections() }()
	g.base = "http://" + public.Addr().String()
	if err := g.open(ctx); err != nil {
		if ctx.Err() != nil {
			return nil // stopped before it began
		}
		return err
	}
	front := server(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { g.latest.Load().front.ServeHTTP(w, r) }))
	back := server(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { g.latest.Load().back.ServeHTTP(w, r) }))
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var wg sync.WaitGroup
	wg.Go(func() { g.learning(work) })
	wg.Go(func() { g.followRoster(work) })
	wg.Go(func() { g.runner.Run(work) })
	wg.Go(func() { g.purge(work) })
	wg.Go(func() { g.health.watch(work, g.store) })
	wg.Go(func() { g.replays.run(work) })
	g.watch.metrics.Build(g.Version)
	back.RegisterOnShutdown(g.watch.stream.Close)
	failed := make(chan error, 2)
	wg.Go(func() { failed <- front.Serve(public) })
	wg.Go(func() { failed <- back.Serve(admin) })
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	g.health.stop()
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), g.latest.Load().conf.Server.ShutdownGrace)
	defer cancel()
	for _, s := range []*http.Server{front, back} {
		if s.Shutdown(grace) != nil {
			s.Close() // the grace is over: what is under way has not been answered
		}
	}
	stop()
	wg.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

// open prepares a configuration to be at work: what destinations have told is read,
// and the handlers of both listeners are made.
func (g *Gateway) open(ctx context.Context) error {
	if err := g.recall(ctx); err != nil {
		return err
	}
	if err := g.readRoster(ctx); err != nil {
		return err
	}
	g.front, g.back = g.public(), g.admin()
	return nil
}

// admin is the handler of the admin listener: the API and the console.
func (g *Gateway) admin() http.Handler {
	e := admin.New(admin.Options{
		History:   g.store,
		Token:     g.conf.Admin.Token.Reveal(),
		Sources:   administrators{keeper{g}},
		Inboxes:   g.inboxes(),
		Stream:    &g.watch.stream,
		Metrics:   g.watch.metrics.Handler(),
		Pause:     g.runner.Pause,
		Resume:    g.runner.Open,
		LastError: g.watch.lastError,
		Reload:    g.Reload,
		DryRun:    g.dryRun,
		Send:      g.send,
		Replayer:  g.replays,
		Backup:    g.backup(),
		Log:       g.log,
	})
	console.Mount(e, g.consoleOptions(g.base))
	ingest.Health(e, g.health.ready)
	return e
}

func (g *Gateway) inboxes() (names []string) {
	for _, d := range g.conf.Destinations {
		if d.Inbox != nil {
			names = append(names, d.Name)
		}
	}
	return names
}

// public is the handler of the public listener.
func (g *Gateway) public() *ingest.Handler {
	return ingest.New(ingest.Options{
		Sources:  g.sources(),
		Sink:     g,
		Archive:  g,
		Webhooks: senders{keeper{g}},
		Checks:   checks(),
		Channels: g.channels(),
		Users:    g.users(),
		Relay:    g.relayOptions(),
		MaxBody:  g.conf.Server.MaxBody,
		Ready:    g.health.ready,
		Log:      g.log,
	})
}

// channels are those that a sender may look up: the directory's.
func (g *Gateway) channels() (out []ingest.Channel) {
	for _, c := range g.conf.Directory.Channels {
		if c.Slack != "" {
			out = append(out, ingest.Channel{ID: c.Slack, Name: c.Name})
		}
	}
	return out
}

// users are those whom a sender may name: the directory's.
func (g *Gateway) users() (out []ingest.User) {
	for _, u := range g.conf.Directory.Users {
		if u.Slack != "" {
			out = append(out, ingest.User{ID: u.Slack, Name: u.Name})
		}
	}
	return out
}

func server(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      2 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
}

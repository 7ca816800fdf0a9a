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

// Listen opens both listeners. It refuses a demo source on anything but loopback,
// since its secret is published.
func (g *Gateway) Listen() (public, admin net.Listener, err error) {
	for _, s := range g.conf.Sources {
		for _, secret := range s.Secrets {
			if secret.Reveal() == config.DemoSecret && !config.Loopback(g.conf.Server.Listen) {
				return nil, nil, fmt.Errorf("gateway: source %q has the published demo secret, and %s is not on loopback", s.Name, g.conf.Server.Listen)
			}
		}
	}
	if !g.conf.Admin.Token.Set() && !config.Loopback(g.conf.Admin.Listen) {
		return nil, nil, fmt.Errorf("gateway: admin.listen %s is not on loopback, and there is no admin.token", g.conf.Admin.Listen)
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
	defer g.http.CloseIdleConnections()
	front := server(g.public())
	back := server(g.admin("http://" + public.Addr().String()))
	if err := g.recall(ctx); err != nil {
		return err
	}
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	var wg sync.WaitGroup
	wg.Go(func() { g.learn(work) })
	wg.Go(func() { g.runner.Run(work) })
	wg.Go(func() { g.purge(work) })
	failed := make(chan error, 2)
	wg.Go(func() { failed <- front.Serve(public) })
	wg.Go(func() { failed <- back.Serve(admin) })
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), g.conf.Server.ShutdownGrace)
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

// admin is the handler of the admin listener: the API and the console. base is
// where the public listener is reached.
func (g *Gateway) admin(base string) http.Handler {
	e := admin.New(admin.Options{
		History: g.store,
		Token:   g.conf.Admin.Token.Reveal(),
		Resume:  g.runner.Open,
		Inboxes: g.inboxes(),
		Log:     g.log,
	})
	console.Mount(e, g.consoleOptions(base))
	ingest.Health(e, nil)
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
func (g *Gateway) public() http.Handler {
	return ingest.New(ingest.Options{
		Sources:  g.sources(),
		Sink:     g,
		Archive:  g,
		Checks:   checks(),
		Channels: g.channels(),
		MaxBody:  g.conf.Server.MaxBody,
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

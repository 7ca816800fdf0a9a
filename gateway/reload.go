package gateway

import (
	"context"
	"errors"
	"fmt"
)

// errNoSource is Reload's error where there is no file.
var errNoSource = errors.New("gateway: there is no configuration file to reload")

// Reload reads the configuration again and puts it to work, or changes nothing
// at all. Requests and deliveries under way end with the configuration that they
// began with; what waits in a lane goes by the new one.
func (g *Gateway) Reload(ctx context.Context) error {
	g.health.reload.Lock() // one at a time
	defer g.health.reload.Unlock()
	old := g.latest.Load()
	if old.Source == nil {
		return errNoSource
	}
	c, err := old.Source()
	if err != nil {
		return err
	}
	for _, fixed := range []struct{ key, was, is string }{
		{"server.listen", old.conf.Server.Listen, c.Server.Listen},
		{"admin.listen", old.conf.Admin.Listen, c.Admin.Listen},
		{"store.path", old.conf.Store.Path, c.Store.Path},
		{"store.url", old.conf.Store.URL.Reveal(), c.Store.URL.Reveal()},
	} {
		if fixed.was != fixed.is {
			return fmt.Errorf("gateway: %s cannot change while the gateway runs", fixed.key)
		}
	}
	next, err := resolve(c, old.store, old.log, old.connect)
	if err != nil {
		return err
	}
	if err := next.refuse(); err != nil {
		return err
	}
	next.Version, next.Source, next.base = old.Version, old.Source, old.base
	next.runner, next.latest, next.health = old.runner, old.latest, old.health
	next.watch, next.replays = old.watch, old.replays
	if err := next.open(ctx); err != nil {
		return err
	}
	g.latest.Store(next)
	for _, w := range next.Warnings() {
		g.log.Warn(w)
	}
	g.log.Info("the configuration was reloaded")
	// Connections of deliveries under way are kept until these have ended.
	old.http.CloseIdleConnections()
	g.runner.Wake(next.lanes()...)
	g.health.changed()
	return nil
}

// lanes are the names of all lanes.
func (g *Gateway) lanes() (names []string) {
	for _, d := range g.destinations {
		names = append(names, d.lane)
	}
	return names
}

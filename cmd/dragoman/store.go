package main

import (
	"context"
	"log/slog"

	"dragoman/gateway/config"
	"dragoman/gateway/store"
	"dragoman/gateway/store/postgres"
	"dragoman/gateway/store/sqlite"
)

// open opens the store of a configuration: PostgreSQL where it names one, else
// SQLite in the data directory. where is what people are told of it.
func open(ctx context.Context, c *config.Config, log *slog.Logger) (s store.Store, where string, err error) {
	if c.Store.URL.Set() {
		s, err = postgres.Open(ctx, c.Store.URL.Reveal(), log)
		where = "PostgreSQL"
	} else {
		s, err = sqlite.Open(c.Store.Path)
		where = c.Store.Path
	}
	if err != nil {
		return nil, "", &exit{exitFailed, err}
	}
	return s, where, nil
}

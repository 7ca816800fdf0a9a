package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"dragoman/gateway/store/postgres"
	"dragoman/gateway/store/sqlite"
)

func newMigrate() *cobra.Command {
	var config, data, to string
	cmd := &cobra.Command{
		Use:   "migrate --to URL",
		Short: "Copy the SQLite store of a stopped gateway into an empty PostgreSQL database",
		Long: `Copy the SQLite store of a stopped gateway into an empty PostgreSQL database: events,
deliveries and all that is still to be sent. It is copied whole or not at all; the SQLite
store stays as it was. Then set store.url in the configuration.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			interruptible(cmd)
			c, err := load(config, false)
			if err != nil {
				return err
			}
			if data != "" {
				c.Store.Path = data
			}
			if to == "" {
				to = os.Getenv("DRAGOMAN_MIGRATE_TO")
			}
			if to == "" {
				return usage("--to is missing: postgres://user:password@host/database, here or in DRAGOMAN_MIGRATE_TO, where no list of processes shows it")
			}
			if _, err := os.Stat(filepath.Join(c.Store.Path, "dragoman.db")); err != nil {
				return &exit{exitFailed, fmt.Errorf("there is no store in %s: %w", c.Store.Path, err)}
			}
			return migrate(cmd, c.Store.Path, to)
		},
	}
	cmd.Flags().StringVar(&config, "config", "", "the configuration `FILE`, which names the data directory")
	cmd.Flags().StringVar(&data, "data", "", "the data `DIR`ectory")
	cmd.Flags().StringVar(&to, "to", "", "the `URL` of the database")
	return cmd
}

func migrate(cmd *cobra.Command, from, to string) error {
	ctx := cmd.Context()
	src, err := sqlite.Open(from)
	if err != nil {
		return &exit{exitFailed, err}
	}
	defer src.Close()
	dst, err := postgres.Open(ctx, to, slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil)))
	if err != nil {
		return &exit{exitFailed, err}
	}
	defer dst.Close()
	b := bar{w: cmd.ErrOrStderr()}
	rows := map[string]int64{}
	err = postgres.Copy(ctx, src, dst, func(table string, done, all int64) {
		rows[table] = done
		b.what = table
		b.to(done, all)
	})
	b.end()
	switch {
	case ctx.Err() != nil:
		return &exit{exitBreak, errors.New("interrupted: nothing was copied")}
	case errors.Is(err, postgres.ErrNotEmpty):
		return &exit{exitFailed, fmt.Errorf("%w: name an empty database, or another search_path in the URL", err)}
	case err != nil:
		return &exit{exitFailed, err}
	}
	fmt.Fprintf(cmd.OutOrStdout(), "copied %d events with %d deliveries; now set store.url in the configuration\n", rows["event"], rows["delivery"])
	return nil
}

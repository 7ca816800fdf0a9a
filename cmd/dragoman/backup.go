package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"dragoman/gateway/store/sqlite"
)

func newBackup() *cobra.Command {
	var a api
	var offline bool
	var config, data string
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Write a copy of the store to a new file, while a gateway serves or from a stopped one",
		Long: `Write a copy of the store to a new file, while a gateway serves or, with --offline, from
the data directory of a stopped one. The copy is of one moment. To go back to it, stop the
gateway, move the data directory away, and put the file as dragoman.db into a new one.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			copied := func() error { return a.backup(cmd, args[0]) }
			if offline {
				copied = func() error { return backupOffline(cmd.Context(), config, data, args[0]) }
			} else if config != "" || data != "" {
				return usage("--config and --data go with --offline")
			}
			if _, err := os.Lstat(args[0]); err == nil {
				return &exit{exitFailed, fmt.Errorf("%s is there already: name a new file", args[0])}
			}
			if err := copied(); err != nil {
				return err
			}
			info, err := os.Stat(args[0])
			if err != nil {
				return &exit{exitFailed, err}
			}
			if a.json() {
				return encode(cmd.OutOrStdout(), map[string]any{"file": args[0], "bytes": info.Size()}, "")
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s  %d bytes\n", args[0], info.Size())
			return nil
		},
	}
	a.flags(cmd)
	cmd.Flags().BoolVar(&offline, "offline", false, "open the store of a gateway that does not run")
	cmd.Flags().StringVar(&config, "config", "", "with --offline: the configuration `FILE`, which names the data directory")
	cmd.Flags().StringVar(&data, "data", "", "with --offline: the data `DIR`ectory")
	return cmd
}

// backup asks a running gateway for the copy. It has its name when it is whole.
func (a *api) backup(cmd *cobra.Command, file string) error {
	res, err := a.open(cmd.Context(), http.MethodGet, "backup", nil)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	f, err := os.CreateTemp(filepath.Dir(file), ".dragoman-backup-*") // readable by nobody else
	if err != nil {
		return &exit{exitFailed, err}
	}
	defer os.Remove(f.Name())
	defer f.Close()
	b := bar{w: cmd.ErrOrStderr(), what: "copying"}
	defer b.end()
	piece := make([]byte, 256<<10)
	for done := int64(0); ; {
		n, err := res.Body.Read(piece)
		if _, werr := f.Write(piece[:n]); werr != nil {
			return &exit{exitFailed, werr}
		}
		done += int64(n)
		b.to(done, res.ContentLength)
		if err == io.EOF {
			break
		}
		if err != nil {
			return a.failed(cmd.Context(), err)
		}
	}
	if err := errors.Join(f.Sync(), os.Link(f.Name(), file)); err != nil {
		return &exit{exitFailed, err}
	}
	return nil
}

// backupOffline copies the store of a gateway that does not run.
func backupOffline(ctx context.Context, config, data, file string) error {
	c, err := load(config, false)
	if err != nil {
		return err
	}
	if data != "" {
		c.Store.Path = data
	}
	if _, err := os.Stat(filepath.Join(c.Store.Path, "dragoman.db")); err != nil {
		return &exit{exitFailed, fmt.Errorf("there is no store in %s: %w", c.Store.Path, err)}
	}
	s, err := sqlite.Open(c.Store.Path)
	if err != nil {
		return &exit{exitFailed, err}
	}
	defer s.Close()
	if err := s.Backup(ctx, file); err != nil {
		return &exit{exitFailed, err}
	}
	return nil
}

package main

import (
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

// firstConfig names files as they stand in the directory that DIR is for.
//
//go:embed init.yaml
var firstConfig string

func newInit() *cobra.Command {
	return &cobra.Command{
		Use:   "init [DIR]",
		Short: "Write a first configuration, commented, with secrets of its own",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "."
			if len(args) == 1 {
				dir = args[0]
			}
			dir, err := filepath.Abs(dir) // wherever "serve" is started
			if err != nil {
				return &exit{exitFailed, err}
			}
			if err := os.MkdirAll(filepath.Join(dir, "secrets"), 0o700); err != nil {
				return &exit{exitFailed, err}
			}
			text := firstConfig
			for _, name := range []string{"secrets/ci", "secrets/admin_token", "dragoman-data"} {
				text = strings.Replace(text, "DIR/"+name, strconv.Quote(filepath.Join(dir, name)), 1)
			}
			files := []struct{ name, text string }{
				{"dragoman.yaml", text},
				{"secrets/ci", rand.Text() + rand.Text() + "\n"},
				{"secrets/admin_token", rand.Text() + rand.Text() + "\n"},
			}
			for _, f := range files { // nothing is written over, and nothing written half
				if _, err := os.Lstat(filepath.Join(dir, f.name)); err == nil {
					return &exit{exitFailed, fmt.Errorf("%s is there already: name another directory, or move it away", filepath.Join(dir, f.name))}
				}
			}
			for _, f := range files {
				if err := writeNew(filepath.Join(dir, f.name), f.text); err != nil {
					return &exit{exitFailed, err}
				}
				fmt.Fprintln(cmd.OutOrStdout(), filepath.Join(dir, f.name))
			}
			file := filepath.Join(dir, "dragoman.yaml")
			fmt.Fprintf(cmd.OutOrStdout(), "\nNext:\n  dragoman check --config %s\n  dragoman url ci --config %[1]s\n  dragoman serve --config %[1]s\n", file)
			return nil
		},
	}
}

// writeNew writes a file that only its owner reads, and that is not there yet.
func writeNew(name, text string) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

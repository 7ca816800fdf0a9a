// Command dragoman is a translation gateway between the webhook formats of
// Slack, Discord and GitHub.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"dragoman/gateway"
	"dragoman/gateway/config"
)

// The exit statuses.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
	exitConfig = 3
	exitStrict = 4
	exitPartly = 5
	exitBreak  = 130 // interrupted
)

// exit is an error with the status that it ends the program with. Without a cause
// everything has been said.
type exit struct {
	status int
	err    error
}

func (e *exit) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

func usage(format string, args ...any) error { return &exit{exitUsage, fmt.Errorf(format, args...)} }

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// interruptible has a signal end the command's context; a second one ends the
// program at once.
func interruptible(cmd *cobra.Command) {
	ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	cmd.SetContext(ctx)
}

// run is the program; it gives the exit status.
func run(args []string, in io.Reader, out, errw io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errw)
	err := root.Execute()
	if err == nil {
		return exitDone
	}
	status := exitUsage // what cobra finds wrong is about usage
	var e *exit
	if errors.As(err, &e) {
		status = e.status
	}
	if msg := err.Error(); msg != "" {
		fmt.Fprintln(errw, "dragoman:", msg)
	}
	if status == exitUsage {
		fmt.Fprintln(errw, `Try "dragoman --help".`)
	}
	return status
}

// later are the commands of the plan that are not built yet. They are refused by
// name, whatever their flags.
var later = []string{"test", "silence"}

func newLater(name string) *cobra.Command {
	return &cobra.Command{
		Use:                name,
		Hidden:             true,
		DisableFlagParsing: true,
		RunE:               func(*cobra.Command, []string) error { return usage("%s: not supported yet", name) },
	}
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "dragoman",
		Short:         "A translation gateway between the webhook formats of Slack, Discord and GitHub",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return usage("no command %q", args[0])
		},
	}
	root.AddCommand(newServe(), newTranslate(), newRoute(), newCheck(), newURL(), newVersion(),
		newInit(), newConfig(), newSend(), newTail(), newShow(), newDead(), newReplay(), newBackup(), newMigrate())
	for _, name := range later {
		root.AddCommand(newLater(name))
	}
	return root
}

// load reads the configuration file, or the embedded default when there is none.
func load(file string, secrets bool) (*config.Config, error) {
	var c *config.Config
	var err error
	if file == "" {
		c, err = config.Default()
	} else {
		c, err = config.Load(file, secrets)
	}
	if err != nil {
		return nil, &exit{exitConfig, fmt.Errorf("the configuration is not valid:\n%w", err)}
	}
	return c, nil
}

// compile makes a gateway that only decides and renders.
func compile(c *config.Config) (*gateway.Gateway, error) {
	g, err := gateway.New(c, nil, nil)
	if err != nil {
		return nil, &exit{exitConfig, fmt.Errorf("the configuration is not valid:\n%w", err)}
	}
	return g, nil
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// api is the admin API of a running gateway, as commands speak to it.
type api struct {
	admin, token, output string
}

// flags adds the flags that every command which speaks to the API has.
func (a *api) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&a.admin, "admin", "", "the admin `ADDR`ess of the gateway (DRAGOMAN_ADMIN_LISTEN; else 127.0.0.1:9090)")
	cmd.Flags().StringVar(&a.token, "token", "", "the admin `TOKEN` (better in DRAGOMAN_ADMIN_TOKEN, where no list of processes shows it)")
	cmd.Flags().StringVarP(&a.output, "output", "o", "text", "text or json")
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error {
		interruptible(cmd)
		if a.output != "text" && a.output != "json" {
			return usage("-o: no form %q (have text, json)", a.output)
		}
		if a.admin == "" {
			a.admin = os.Getenv("DRAGOMAN_ADMIN_LISTEN")
		}
		if a.admin == "" {
			a.admin = "127.0.0.1:9090"
		}
		if a.token == "" {
			a.token = os.Getenv("DRAGOMAN_ADMIN_TOKEN")
		}
		if strings.HasPrefix(a.admin, ":") {
			a.admin = "127.0.0.1" + a.admin
		}
		if !strings.Contains(a.admin, "://") {
			a.admin = "http://" + a.admin
		}
		a.admin = strings.TrimSuffix(a.admin, "/")
		return nil
	}
}

func (a *api) json() bool { return a.output == "json" }

// call asks the API, below /api/v1, and decodes its answer; into may be nil. An
// answer that is no success is an error in the gateway's words.
func (a *api) call(ctx context.Context, method, path string, in, into any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	res, err := a.open(ctx, method, path, body)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if into == nil {
		return nil
	}
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		return a.failed(ctx, err)
	}
	return nil
}

// open is call for an answer that is read by the caller, who closes it.
func (a *api) open(ctx context.Context, method, path string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, a.admin+"/api/v1/"+path, body)
	if err != nil {
		return nil, usage("--admin: %q is no address", a.admin)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if a.token != "" {
		req.Header.Set("Authorization", "Bearer "+a.token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, a.failed(ctx, err)
	}
	if res.StatusCode < 300 {
		return res, nil
	}
	defer res.Body.Close()
	var said struct {
		Error string `json:"error"`
	}
	if json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(&said) != nil || said.Error == "" {
		said.Error = res.Status + ": is this the admin address of a gateway?"
	}
	if res.StatusCode == http.StatusUnauthorized {
		said.Error += ": give it with --token, or in DRAGOMAN_ADMIN_TOKEN"
	}
	return nil, &exit{exitFailed, errors.New(clean(said.Error))}
}

// failed is the error of a request that had no answer.
func (a *api) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return &exit{exitBreak, errors.New("interrupted")}
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return &exit{exitFailed, fmt.Errorf("no gateway answers at %s: %w: start one with \"dragoman serve\", or say where with --admin", a.admin, err)}
}

// each calls f with the rows of every page of a list, newest first, until it says
// that it has enough. key is the member that has the rows.
func each[T any](ctx context.Context, a *api, path string, q url.Values, key string, f func(T) (more bool)) error {
	for {
		var page map[string]json.RawMessage
		if err := a.call(ctx, http.MethodGet, path+"?"+q.Encode(), nil, &page); err != nil {
			return err
		}
		var rows []T
		var next *string
		if err := errors.Join(json.Unmarshal(page[key], &rows), json.Unmarshal(page["next"], &next)); err != nil {
			return a.failed(ctx, err)
		}
		for _, r := range rows {
			if !f(r) {
				return nil
			}
		}
		if next == nil {
			return nil
		}
		q.Set("cursor", *next)
	}
}

package config

import (
	"fmt"
	"net"
	"net/netip"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// validate checks what concerns several keys at once.
func (d *decoder) validate(c *Config, root node) {
	routes, silences := root.child("routes"), root.child("silences")
	seen := map[string]bool{}
	for i := range c.Routes {
		r := &c.Routes[i]
		at := routes.element(i)
		if seen[r.Name] && r.Name != "" {
			at.fail("two routes have the name %q", r.Name)
		}
		seen[r.Name] = true
		for _, to := range r.To {
			dest := c.Destination(to)
			switch {
			case dest == nil:
				at.fail("no destination %q (have %s)", to, strings.Join(names(c.Destinations), ", "))
			case r.Original && dest.Inbox == nil && dest.HTTP == nil:
				at.fail("as: original to a chat (%s) is not supported yet", to)
			}
		}
		if r.Original && (len(r.Set) > 0 || r.Format != "") {
			at.fail("as: original goes with neither set nor format")
		}
		if r.Original && r.ToExpr.Text != "" {
			at.fail("as: original with to_expr is not supported yet")
		}
	}
	clear(seen)
	for i, s := range c.Silences {
		if seen[s.Name] {
			silences.element(i).fail("two silences have the name %q", s.Name)
		}
		seen[s.Name] = true
	}
	if !c.Admin.Token.Set() && !Loopback(c.Admin.Listen) && (d.secrets || root.child("admin").child("token").n == nil) {
		root.fail("admin.listen %s is not on loopback, and there is no admin.token", c.Admin.Listen)
	}
	d.validateRelay(c, root)
	if len(c.Sources) == 0 && !c.Relay.On() {
		root.fail("there are no sources")
	}
}

func names(ds []Destination) []string {
	out := make([]string, len(ds))
	for i := range ds {
		out[i] = ds[i].Name
	}
	return out
}

// child is the value of a key, or x itself where there is none, so that an error
// has a place.
func (x node) child(key string) node {
	if x.d == nil {
		return x
	}
	switch x.value().(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		for _, p := range x.quiet().pairs() {
			if p.key == key {
				return node{x.d, p.val.n, p.val.path}
			}
		}
	}
	return node{x.d, nil, join(x.path, key)}
}

// element is the i-th of a list.
func (x node) element(i int) node {
	if x.n != nil && x.isList() {
		if l := x.quiet().list(); i < len(l) {
			return node{x.d, l[i].n, l[i].path}
		}
	}
	return node{x.d, nil, fmt.Sprintf("%s[%d]", x.path, i)}
}

// quiet is x for a second look: its mistakes have been told already.
func (x node) quiet() node {
	d := *x.d
	d.errs = nil
	return node{&d, x.n, x.path}
}

// Loopback reports whether a listener's address is one that only this machine
// reaches.
func Loopback(listen string) bool {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}

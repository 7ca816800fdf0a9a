package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Error is a mistake in a configuration file.
type Error struct {
	File         string
	Line, Column int
	Path         string // of the key: "routes[2].when"
	Msg          string
	Source       string // the line, empty when there is none
}

// Error is "file:line:col: path: message" and the line with a caret.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: ", e.File, e.Line, e.Column)
	if e.Path != "" {
		b.WriteString(e.Path + ": ")
	}
	b.WriteString(e.Msg)
	if e.Source != "" {
		line := strings.ReplaceAll(e.Source, "\t", " ")
		fmt.Fprintf(&b, "\n  %s\n  %s^", line, strings.Repeat(" ", max(0, min(e.Column, len(line)+1)-1)))
	}
	return b.String()
}

// decoder walks the syntax tree of one file. It collects errors and goes on, so
// that one run shows every mistake.
type decoder struct {
	file    string
	lines   []string
	anchors map[string]ast.Node
	secrets bool // read them; else only their form is checked
	errs    []error
}

// node is a value in the file with the path of its key.
type node struct {
	d    *decoder
	n    ast.Node
	path string
}

func parse(file string, src []byte, d *decoder) (node, bool) {
	d.file, d.lines = file, strings.Split(strings.TrimSuffix(string(src), "\n"), "\n")
	tree, err := parser.ParseBytes(src, 0)
	if err != nil {
		d.errs = append(d.errs, d.syntax(err))
		return node{}, false
	}
	d.anchors = map[string]ast.Node{}
	if len(tree.Docs) > 1 && tree.Docs[1].Body != nil {
		d.fail(tree.Docs[1].Body, "", "only one document is read")
		return node{}, false
	}
	if len(tree.Docs) == 0 || tree.Docs[0].Body == nil {
		d.errs = append(d.errs, &Error{File: file, Line: 1, Column: 1, Msg: `the file is empty (begin with "version: 1")`})
		return node{}, false
	}
	for _, doc := range tree.Docs {
		ast.Walk(anchors{d}, doc.Body)
	}
	return node{d, tree.Docs[0].Body, ""}, true
}

type anchors struct{ d *decoder }

// Visit keeps what is anchored.
func (a anchors) Visit(n ast.Node) ast.Visitor {
	if an, ok := n.(*ast.AnchorNode); ok {
		a.d.anchors[an.Name.String()] = an.Value
	}
	return a
}

// syntax puts an error of the YAML parser into our form.
func (d *decoder) syntax(err error) error {
	e := &Error{File: d.file, Line: 1, Column: 1, Msg: err.Error()}
	type positioned interface {
		GetMessage() string
		GetToken() *token.Token
	}
	if p, ok := err.(positioned); ok {
		e.Msg = "not valid YAML: " + p.GetMessage()
		if t := p.GetToken(); t != nil && t.Position != nil {
			e.Line, e.Column = t.Position.Line, t.Position.Column
		}
	}
	if e.Source = d.line(e.Line); strings.Contains(e.Source, ": !") {
		e.Msg += " (a value that begins with ! is a tag: put it in quotes)"
	}
	return e
}

// err joins the mistakes in the order of the file.
func (d *decoder) err() error {
	slices.SortStableFunc(d.errs, func(a, b error) int { return lineOf(a) - lineOf(b) })
	return errors.Join(d.errs...)
}

func lineOf(err error) int {
	var e *Error
	if errors.As(err, &e) {
		return e.Line
	}
	return 0
}

func (d *decoder) line(n int) string {
	if n < 1 || n > len(d.lines) {
		return ""
	}
	return d.lines[n-1]
}

func (d *decoder) fail(n ast.Node, path, format string, args ...any) {
	e := &Error{File: d.file, Path: path, Line: 1, Column: 1, Msg: fmt.Sprintf(format, args...)}
	if n != nil {
		if t := n.GetToken(); t != nil && t.Position != nil {
			e.Line, e.Column = t.Position.Line, t.Position.Column
			e.Source = d.line(e.Line)
		}
	}
	d.errs = append(d.errs, e)
}

func (x node) fail(format string, args ...any) { x.d.fail(x.n, x.path, format, args...) }

// value looks through anchors and aliases.
func (x node) value() ast.Node {
	n := x.n
	for range 8 { // an alias of an alias; a circle ends here
		switch v := n.(type) {
		case *ast.AnchorNode:
			n = v.Value
		case *ast.AliasNode:
			to, ok := x.d.anchors[v.Value.String()]
			if !ok {
				return n
			}
			n = to
		default:
			return n
		}
	}
	return n
}

// pair is a key of a mapping with its value.
type pair struct {
	key string
	at  node // of the key, for errors about it
	val node
}

// pairs are the keys of a mapping in the order of the file.
func (x node) pairs() []pair {
	var values []*ast.MappingValueNode
	switch m := x.value().(type) {
	case *ast.MappingNode:
		values = m.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{m}
	case *ast.NullNode:
		return nil
	default:
		x.fail("want keys and values, not %s", x.what())
		return nil
	}
	out := make([]pair, 0, len(values))
	for _, v := range values {
		if _, ok := v.Key.(*ast.MergeKeyNode); ok {
			x.d.fail(v.Key, x.path, "merge keys are not read")
			continue
		}
		key := v.Key.GetToken().Value
		at := node{x.d, v.Key, join(x.path, key)}
		if slices.ContainsFunc(out, func(p pair) bool { return p.key == key }) {
			at.fail("is given twice")
			continue
		}
		out = append(out, pair{key, at, node{x.d, v.Value, at.path}})
	}
	return out
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// unknown refuses a key: by name when it belongs to what is not built yet.
func (p pair) unknown(later, known string) {
	if slices.Contains(strings.Fields(later), p.key) {
		p.at.fail("not supported yet")
		return
	}
	p.at.fail("no such key (have %s)", strings.Join(strings.Fields(known), ", "))
}

// list are the elements of a sequence.
func (x node) list() []node {
	s, ok := x.value().(*ast.SequenceNode)
	if !ok {
		if _, null := x.value().(*ast.NullNode); !null {
			x.fail("want a list, not %s", x.what())
		}
		return nil
	}
	out := make([]node, len(s.Values))
	for i, v := range s.Values {
		out[i] = node{x.d, v, fmt.Sprintf("%s[%d]", x.path, i)}
	}
	return out
}

func (x node) isList() bool { _, ok := x.value().(*ast.SequenceNode); return ok }

// str is a string; numbers and booleans in plain style are taken by their words.
func (x node) str() string {
	switch v := x.value().(type) {
	case *ast.StringNode:
		return v.Value
	case *ast.LiteralNode:
		return v.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return v.GetToken().Value
	case *ast.TagNode:
		x.fail("YAML reads %q as a tag, not as text: put the value in quotes", v.GetToken().Value)
	default:
		x.fail("want text, not %s", x.what())
	}
	return ""
}

func (x node) strs() []string {
	var out []string
	for _, e := range x.list() {
		out = append(out, e.str())
	}
	return out
}

func (x node) bool() bool {
	if b, ok := x.value().(*ast.BoolNode); ok {
		return b.Value
	}
	x.fail("want true or false, not %s", x.what())
	return false
}

func (x node) int(least, most int) int {
	i, err := strconv.Atoi(strings.ReplaceAll(x.str(), "_", ""))
	if err != nil || i < least || i > most {
		x.fail("want a number from %d to %d", least, most)
		return least
	}
	return i
}

// oneOf is one of the words in have; those in later are refused as not built yet.
func (x node) oneOf(have, later string) string {
	s := x.str()
	switch {
	case slices.Contains(strings.Fields(have), s):
		return s
	case slices.Contains(strings.Fields(later), s):
		x.fail("%q is not supported yet (have %s)", s, strings.Join(strings.Fields(have), ", "))
	default:
		x.fail("no such value %q (have %s)", s, strings.Join(strings.Fields(have), ", "))
	}
	return ""
}

// expr is an expression that must not be empty.
func (x node) expr() Expr {
	e := Expr{File: x.d.file}
	v := x.value()
	if t := v.GetToken(); t != nil && t.Position != nil {
		e.Line, e.Column = t.Position.Line, t.Position.Column
		if t.Type == token.SingleQuoteType || t.Type == token.DoubleQuoteType {
			e.Column++
		}
	}
	if l, ok := v.(*ast.LiteralNode); ok && l.Value != nil {
		e.Line++ // the words stand below the "|"
		if line := x.d.line(e.Line); line != "" {
			e.Column = len(line) - len(strings.TrimLeft(line, " ")) + 1
		}
	}
	if _, null := v.(*ast.NullNode); null {
		x.fail("is empty: an expression is wanted")
		return e
	}
	before := len(x.d.errs)
	if e.Text = strings.TrimSpace(x.str()); e.Text == "" && len(x.d.errs) == before {
		x.fail("is empty: an expression is wanted")
	}
	return e
}

// secret is {env: NAME} or {file: PATH}.
func (x node) secret() Secret {
	switch x.value().(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
	default:
		x.fail("want {env: NAME} or {file: PATH}: secrets do not stand in this file")
		return Secret{}
	}
	ps := x.pairs()
	if len(ps) != 1 {
		x.fail("want one of {env: NAME} and {file: PATH}")
		return Secret{}
	}
	name := ps[0].val.str()
	if ps[0].key != "env" && ps[0].key != "file" {
		ps[0].unknown("", "env file")
		return Secret{}
	}
	if !x.d.secrets {
		return Secret{}
	}
	if ps[0].key == "env" {
		v := getenv(name)
		if v == "" {
			ps[0].val.fail("the environment has no %s", name)
		}
		return Secret{v}
	}
	v, err := readSecretFile(name)
	if err != nil {
		ps[0].val.fail("%v", err)
	} else if v == "" {
		ps[0].val.fail("%s is empty", name)
	}
	return Secret{v}
}

// secretList is one secret, or a list, newest first.
func (x node) secretList() []Secret {
	if !x.isList() {
		return []Secret{x.secret()}
	}
	var out []Secret
	for _, e := range x.list() {
		out = append(out, e.secret())
	}
	return out
}

// what names the kind of a value.
func (x node) what() string {
	switch x.value().(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "keys and values"
	case *ast.SequenceNode:
		return "a list"
	case *ast.NullNode:
		return "nothing"
	case *ast.IntegerNode, *ast.FloatNode:
		return "a number"
	case *ast.BoolNode:
		return "true or false"
	case *ast.TagNode:
		return "a tag"
	default:
		return "text"
	}
}

package rules

import (
	"errors"
	"strings"

	"github.com/expr-lang/expr/file"
)

// wrong turns an error of expr into one of this package, with its place.
func (e Expr) wrong(err error, where string) *Error {
	if f := (*file.Error)(nil); errors.As(err, &f) {
		reason := plainer.Replace(f.Message)
		if name, ok := strings.CutPrefix(reason, "unknown name "); ok {
			reason += meant(name)
		}
		return e.errorAt(max(f.Line-1, 0), f.Column, where, reason)
	}
	reason, _, _ := strings.Cut(err.Error(), "\n")
	return e.errorAt(0, 0, where, reason)
}

// plainer says in the words of this language what expr says in Go's.
var plainer = strings.NewReplacer(
	"unexpected token EOF", "the expression ends too early",
	"type rules.Message", "msg",
	"type rules.Field", "a field of msg",
	"time.Time", "a time",
)

// meant proposes the variable or function whose name is closest to an unknown one.
func meant(name string) string {
	best, distance := "", 3 // at most two letters away
	try := func(known string) {
		if d := apart(name, known); d < distance && d < len(known) {
			best, distance = known, d
		}
	}
	for _, v := range variableNames {
		try(v)
	}
	for _, f := range functions {
		try(f.name)
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

// apart counts the letters to change, add or take away between two names.
func apart(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

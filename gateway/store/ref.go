package store

import (
	"fmt"
	"strconv"
	"strings"

	"dragoman/translators/chat"
)

// Ref names bytes that a SQL store keeps: those of the file numbered N of an event's
// uploads ("EVENT/N"), or of a part's files ("part/PART/N").
type Ref struct {
	Part bool
	ID   int64 // of the event, or of the part
	N    int   // from 0
}

// String is the ref as chat.File has it.
func (r Ref) String() string {
	if r.Part {
		return fmt.Sprintf("part/%d/%d", r.ID, r.N)
	}
	return fmt.Sprintf("%d/%d", r.ID, r.N)
}

// ParseRef undoes String, and errs with ErrNotFound for what it has not made.
func ParseRef(s string) (r Ref, err error) {
	rest, made := strings.CutPrefix(s, "part/")
	id, n, _ := strings.Cut(rest, "/")
	r.Part = made
	r.ID, err = strconv.ParseInt(id, 10, 64)
	if err == nil {
		r.N, err = strconv.Atoi(n)
	}
	if err != nil || r.String() != s {
		return Ref{}, fmt.Errorf("%w: no file has this ref", ErrNotFound)
	}
	return r, nil
}

// Fill gives the files of a list that have no Ref yet theirs: r, with the place in
// the list for N.
func (r Ref) Fill(list []chat.File) {
	for i := range list {
		if list[i].Ref == "" {
			r.N = i
			list[i].Ref = r.String()
		}
	}
}

// Listed is f in a list, before it has a Ref.
func (f *File) Listed() chat.File {
	return chat.File{Name: f.Name, Type: f.Type, Size: int64(len(f.Data))}
}

package discord

import (
	"slices"
	"strings"

	"dragoman/translators/jsonw"
)

// nestedFrom is the first version of the API whose errors are a tree.
const nestedFrom = 8

// AppendErrors appends the body of Discord's answer (status 400) to a message that
// breaks rules: from version 8 on the code 50035 with a tree by the keys of the
// payload, before that the flat form, which names the members at fault and what is
// directly in them. An address without a version is version 6. Without violations
// it is the answer to an empty message (50006), which all versions give alike.
func AppendErrors(dst []byte, v []Violation, version int) []byte {
	switch {
	case len(v) == 0:
		return append(dst, `{"message":"Cannot send an empty message","code":50006}`...)
	case version < nestedFrom:
		return appendFlat(dst, v)
	}
	leaves := make([]leaf, len(v))
	for i := range v {
		leaves[i] = leaf{&v[i], v[i].Path}
	}
	dst = append(dst, `{"message":"Invalid Form Body","code":50035,"errors":`...)
	return append(appendTree(dst, leaves), '}')
}

// leaf is a violation and what is left of its path.
type leaf struct {
	*Violation
	rest string
}

// appendTree appends a node of the tree: its own errors, then its members in the
// order in which they were found. It reorders leaves.
func appendTree(dst []byte, leaves []leaf) []byte {
	dst = append(dst, '{')
	own := 0
	for _, l := range leaves {
		if l.rest != "" {
			continue
		}
		if own++; own == 1 {
			dst = append(dst, `"_errors":[`...)
		} else {
			dst = append(dst, ',')
		}
		dst = jsonw.AppendString(append(dst, `{"code":`...), l.Code)
		dst = jsonw.AppendString(append(dst, `,"message":`...), l.Message)
		dst = append(dst, '}')
	}
	if own > 0 {
		dst = append(dst, ']')
	}
	leaves = slices.DeleteFunc(leaves, func(l leaf) bool { return l.rest == "" })
	for first := own == 0; len(leaves) > 0; first = false {
		if !first {
			dst = append(dst, ',')
		}
		key, _, _ := strings.Cut(leaves[0].rest, ".")
		var in, others []leaf
		for _, l := range leaves {
			if k, rest, _ := strings.Cut(l.rest, "."); k == key {
				in = append(in, leaf{l.Violation, rest})
			} else {
				others = append(others, l)
			}
		}
		dst = append(jsonw.AppendString(dst, key), ':')
		dst = appendTree(dst, in)
		leaves = others
	}
	return append(dst, '}')
}

// misc is the key of what is wrong with a body as a whole.
const misc = "_misc"

// appendFlat appends an object of lists, by the members of the body: the messages
// for a member itself, or the keys and indices in it.
func appendFlat(dst []byte, v []Violation) []byte {
	var keys []string
	lists := map[string][]string{}
	for i := range v {
		key, rest, deep := strings.Cut(v[i].Path, ".")
		if key == "" {
			key = misc
		}
		what := v[i].Message
		if deep {
			what, _, _ = strings.Cut(rest, ".")
		}
		if lists[key] == nil {
			keys = append(keys, key)
		}
		if !slices.Contains(lists[key], what) {
			lists[key] = append(lists[key], what)
		}
	}
	dst = append(dst, '{')
	for i, key := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(jsonw.AppendString(dst, key), ':', '[')
		for k, s := range lists[key] {
			if k > 0 {
				dst = append(dst, ',')
			}
			dst = jsonw.AppendString(dst, s)
		}
		dst = append(dst, ']')
	}
	return append(dst, '}')
}

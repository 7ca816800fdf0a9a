package ingest

import "errors"

// maxDepth is how deep JSON may nest. Slack's and Discord's messages nest less
// than twenty deep, GitHub's events less than ten.
const maxDepth = 64

var (
	errNotJSON  = errors.New("the body is not valid JSON")
	errTooDeep  = errors.New("the body nests too deep")
	errNoObject = errors.New("the body is not a JSON object")
)

// scan checks in one pass and without recursion that b is one JSON object, by RFC
// 8259, nested at most maxDepth deep. Checkers that recurse exhaust the stack on
// a few megabytes of brackets, and walking deep nesting costs the square of its
// depth, so no other code sees a body before this. Invalid UTF-8 in strings is
// let through; readers mend it.
func scan(b []byte) error {
	i := space(b, 0)
	if i == len(b) {
		return errNotJSON
	}
	object := b[i] == '{'
	var stack uint64 // a bit per level: 1 is an object
	depth := 0
	for {
		// A value begins at i.
		if i = space(b, i); i >= len(b) {
			return errNotJSON
		}
		open := false
		switch c := b[i]; {
		case c == '{' || c == '[':
			if depth == maxDepth {
				return errTooDeep
			}
			stack <<= 1
			if c == '{' {
				stack |= 1
			}
			depth++
			open = true
			i++
		case c == '"':
			i = str(b, i)
		case c == 't':
			i = word(b, i, "true")
		case c == 'f':
			i = word(b, i, "false")
		case c == 'n':
			i = word(b, i, "null")
		default:
			i = number(b, i)
		}
		if i < 0 {
			return errNotJSON
		}
		// After a value, or after an opening bracket: close what ends here.
		for {
			i = space(b, i)
			if depth == 0 {
				switch {
				case i != len(b):
					return errNotJSON
				case !object:
					return errNoObject
				}
				return nil
			}
			if i == len(b) {
				return errNotJSON
			}
			closing := byte(']')
			if stack&1 == 1 {
				closing = '}'
			}
			if b[i] != closing {
				break
			}
			stack >>= 1
			depth--
			open = false
			i++
		}
		if !open {
			if b[i] != ',' {
				return errNotJSON
			}
			i++
		}
		if stack&1 == 1 { // a key and a colon come before the next value
			if i = space(b, i); i >= len(b) || b[i] != '"' {
				return errNotJSON
			}
			if i = str(b, i); i < 0 {
				return errNotJSON
			}
			if i = space(b, i); i >= len(b) || b[i] != ':' {
				return errNotJSON
			}
			i++
		}
	}
}

func space(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

func word(b []byte, i int, w string) int {
	if len(b)-i >= len(w) && string(b[i:i+len(w)]) == w {
		return i + len(w)
	}
	return -1
}

// plain are the bytes that stand for themselves in a string.
var plain = func() (t [256]bool) {
	for c := 0x20; c < 256; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// str is the end of the string that begins at b[i], −1 when it is not valid.
func str(b []byte, i int) int {
	for i++; ; i++ {
		for i < len(b) && plain[b[i]] {
			i++
		}
		if i >= len(b) || b[i] < ' ' {
			return -1
		}
		if b[i] == '"' {
			return i + 1
		}
		if i++; i >= len(b) {
			return -1
		}
		switch b[i] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		case 'u':
			if i+4 >= len(b) {
				return -1
			}
			for range 4 {
				i++
				if c := b[i] | 0x20; (b[i] < '0' || b[i] > '9') && (c < 'a' || c > 'f') {
					return -1
				}
			}
		default:
			return -1
		}
	}
}

// number is the end of the number that begins at b[i], −1 when there is none.
func number(b []byte, i int) int {
	if i < len(b) && b[i] == '-' {
		i++
	}
	from := i
	if i = digits(b, i); i == from || b[from] == '0' && i > from+1 {
		return -1
	}
	if i < len(b) && b[i] == '.' {
		from = i + 1
		if i = digits(b, from); i == from {
			return -1
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		from = i
		if i = digits(b, from); i == from {
			return -1
		}
	}
	return i
}

func digits(b []byte, i int) int {
	for i < len(b) && b[i] >= '0' && b[i] <= '9' {
		i++
	}
	return i
}

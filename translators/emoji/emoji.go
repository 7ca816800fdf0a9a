// Package emoji turns short names of emoji into Unicode and back, by iamcal's
// data, which Slack uses. Its tables are static data: nothing is built at start,
// and no look-up of a name allocates.
package emoji

import (
	"cmp"
	"sort"
	"strings"
)

//go:generate go run ./gen emoji.json

const skinTone = "::skin-tone-"

// Unicode is the characters of the emoji with a short name, without colons, and
// whether there is one. Case does not matter. A skin tone is written as in
// "wave::skin-tone-2", two of them as in "handshake::skin-tone-2-3"; a name
// whose emoji has no such tone is unknown.
func Unicode(name string) (string, bool) {
	base, tone, toned := strings.Cut(name, skinTone)
	i, ok := find(base)
	if !ok {
		return "", false
	}
	c := int(nameChar[i])
	if !toned {
		return char(c), true
	}
	for v := c + 1; v < len(charName) && charName[v] == charName[c]; v++ {
		if tones[charTone[v]-'a'] == tone {
			return char(v), true
		}
	}
	return "", false
}

// Name is the canonical short name of the emoji at the beginning of s, with the
// number of its bytes; 0 when s does not begin with one. The longest emoji
// counts, with its skin tone as Unicode reads it; a missing or superfluous
// U+FE0F does not matter. It allocates only for a name with a skin tone.
func Name(s string) (name string, size int) {
	var buf [48]byte // no key is longer; those of the data reach 35 bytes
	key := bareKey(buf[:0], s)
	for len(key) > 0 {
		// The last key that is not after s; if it is no prefix of s, a shorter one may be.
		i := sort.Search(len(byChar), func(i int) bool { return compareBare(char(int(byChar[i])), key) > 0 }) - 1
		if i < 0 {
			return "", 0
		}
		c := int(byChar[i])
		n, whole := common(char(c), key)
		if whole {
			return named(c), bareSize(s, n)
		}
		key = key[:n]
	}
	return "", 0
}

func named(c int) string {
	name := short(int(charName[c]))
	if tone := tones[charTone[c]-'a']; tone != "" {
		return name + skinTone + tone
	}
	return name
}

func short(i int) string { return nameText[nameAt[i]:nameAt[i+1]] }
func char(i int) string  { return charText[charAt[i]:charAt[i+1]] }

func find(name string) (int, bool) {
	if name == "" || len(name) > maxName {
		return 0, false
	}
	var buf [maxName]byte
	low := buf[:len(name)]
	for i := range low {
		c := name[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		low[i] = c
	}
	from, to := 0, len(nameChar)
	for from < to {
		mid := (from + to) / 2
		if s := short(mid); s == string(low) {
			return mid, true
		} else if s < string(low) {
			from = mid + 1
		} else {
			to = mid
		}
	}
	return 0, false
}

// The functions below work on text without U+FE0F, which says only that the
// character before it is a picture.

const pictureMark = "\uFE0F"

// bareKey appends s without U+FE0F, as much as fits into dst.
func bareKey(dst []byte, s string) []byte {
	for i := 0; i < len(s) && len(dst) < cap(dst); i++ {
		if strings.HasPrefix(s[i:], pictureMark) {
			i += len(pictureMark) - 1
			continue
		}
		dst = append(dst, s[i])
	}
	return dst
}

func compareBare(a string, key []byte) int {
	k := 0
	for i := 0; i < len(a); i++ {
		if strings.HasPrefix(a[i:], pictureMark) {
			i += len(pictureMark) - 1
			continue
		}
		if k == len(key) {
			return 1
		}
		if c := cmp.Compare(a[i], key[k]); c != 0 {
			return c
		}
		k++
	}
	return cmp.Compare(0, len(key)-k)
}

// common is the number of bytes with which both begin, and whether that is all of a.
func common(a string, key []byte) (n int, whole bool) {
	for i := 0; i < len(a); i++ {
		if strings.HasPrefix(a[i:], pictureMark) {
			i += len(pictureMark) - 1
			continue
		}
		if n == len(key) || a[i] != key[n] {
			return n, false
		}
		n++
	}
	return n, true
}

// bareSize is the number of bytes of s that hold n bytes aside from U+FE0F, and
// a U+FE0F after them.
func bareSize(s string, n int) int {
	i := 0
	for i < len(s) {
		if strings.HasPrefix(s[i:], pictureMark) {
			i += len(pictureMark)
			continue
		}
		if n == 0 {
			break
		}
		n--
		i++
	}
	return i
}

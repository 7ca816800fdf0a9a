// Package emoji turns short names of emoji into Unicode and back, by iamcal's
// data, which Slack uses.
package emoji

// Unicode is the characters of the emoji with a short name, without colons, and
// whether there is one. A skin tone is written as in "wave::skin-tone-2".
func Unicode(name string) (string, bool) { return "", false }

// Name is the canonical short name of the emoji at the beginning of s, with the
// number of its bytes; 0 when s does not begin with one.
func Name(s string) (name string, size int) { return "", 0 }

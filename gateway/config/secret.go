package config

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
)

// Secret is a value that never shows: it prints, logs and encodes as stars.
type Secret struct{ value string }

const stars = "***"

// NewSecret is a secret from code, for the embedded default and for tests.
func NewSecret(s string) Secret { return Secret{s} }

// Reveal gives the value, to be used and not kept.
func (s Secret) Reveal() string { return s.value }

// Set reports whether there is a value.
func (s Secret) Set() bool { return s.value != "" }

func (s Secret) String() string { return stars }

// GoString hides the value from %#v.
func (s Secret) GoString() string { return stars }

// Format hides the value from every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(stars)) }

// MarshalText hides the value from encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(stars), nil }

// LogValue hides the value from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(stars) }

// maxSecretBytes bounds a secret's file: it is a token or an address, and a
// mistyped path must not fill the memory.
const maxSecretBytes = 64 << 10

func readSecretFile(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if info.Size() > maxSecretBytes {
		return "", fmt.Errorf("longer than %d bytes", maxSecretBytes)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	return strings.TrimRight(string(b), "\r\n"), nil
}

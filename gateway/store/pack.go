package store

import (
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// minPackBytes is the size under which compressing is not worth its time.
const minPackBytes = 256

// Both are made for concurrent calls, and only when first needed.
var (
	packer = sync.OnceValue(func() *zstd.Encoder {
		e, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithLowerEncoderMem(true),
			zstd.WithWindowSize(128<<10), zstd.WithEncoderCRC(false))
		if err != nil {
			panic(err) // the options are constants
		}
		return e
	})
	unpacker = sync.OnceValue(func() *zstd.Decoder {
		d, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(1<<30))
		if err != nil {
			panic(err)
		}
		return d
	})
)

// Pack returns b compressed, and true, when that is smaller; else b itself,
// which is then shared with the caller.
func Pack(b []byte) ([]byte, bool) {
	if len(b) < minPackBytes {
		return b, false
	}
	packed := packer().EncodeAll(b, make([]byte, 0, len(b)/2))
	if len(packed) >= len(b) {
		return b, false
	}
	return packed, true
}

// Unpack undoes Pack. The result is never nil and shares nothing with b.
func Unpack(b []byte, packed bool) ([]byte, error) {
	if !packed {
		return append([]byte{}, b...), nil
	}
	out, err := unpacker().DecodeAll(b, nil)
	if err != nil {
		return nil, fmt.Errorf("store: unpack %d bytes: %w", len(b), err)
	}
	return out, nil
}

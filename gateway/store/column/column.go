// Package column says how the SQL stores write what has no column type of its
// own, so that a row of one can be copied into the other.
package column

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"net/url"
	"time"

	"dragoman/gateway/store"
	"dragoman/translators/chat"
)

// Micros is a time in microseconds since 1970; 0 is the zero time.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Time undoes Micros.
func Time(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// EncodeHeader makes a URL's query of a header, which keeps any bytes.
func EncodeHeader(h map[string]string) string {
	if len(h) == 0 {
		return ""
	}
	v := make(url.Values, len(h))
	for name, value := range h {
		v.Set(name, value)
	}
	return v.Encode()
}

// DecodeHeader undoes EncodeHeader.
func DecodeHeader(s string) (map[string]string, error) {
	if s == "" {
		return nil, nil
	}
	v, err := url.ParseQuery(s)
	if err != nil {
		return nil, err
	}
	h := make(map[string]string, len(v))
	for name, values := range v {
		h[name] = values[0]
	}
	return h, nil
}

// EncodeGate makes JSON of a gate, "{}" of the zero one.
func EncodeGate(g store.Gate) (string, error) {
	if g == (store.Gate{}) {
		return "{}", nil
	}
	g.Until = Time(Micros(g.Until))
	b, err := json.Marshal(g)
	return string(b), err
}

// DecodeGate undoes EncodeGate.
func DecodeGate(s string) (g store.Gate, err error) {
	if s != "{}" {
		err = json.Unmarshal([]byte(s), &g)
	}
	return g, err
}

// EncodeFiles makes JSON of a list of files, nil of none.
func EncodeFiles(list []chat.File) any {
	if len(list) == 0 {
		return nil
	}
	b, err := json.Marshal(list)
	if err != nil {
		panic(err) // there is nothing in it that could not be encoded
	}
	return string(b)
}

// DecodeFiles undoes EncodeFiles; of is what those without a Ref belong to.
func DecodeFiles(b []byte, of store.Ref) (list []chat.File, err error) {
	if len(b) == 0 {
		return nil, nil
	}
	if err := json.Unmarshal(b, &list); err != nil {
		return nil, err
	}
	of.Fill(list)
	return list, nil
}

// PlanHash is over the lengths and contents of a plan's route, destination and
// body, so that no two plans run together.
func PlanHash(d *store.NewDelivery) [32]byte {
	b := make([]byte, 0, 512)
	b = append(binary.AppendUvarint(b, uint64(len(d.Route))), d.Route...)
	b = append(binary.AppendUvarint(b, uint64(len(d.To))), d.To...)
	return sha256.Sum256(append(b, d.Plan...))
}

// Packed are bytes as they are stored: compressed when that is smaller, and
// never nil, since NULL stands for what has been purged.
type Packed struct {
	Data   []byte
	Packed bool
}

// Pack packs b.
func Pack(b []byte) (p Packed) {
	if p.Data, p.Packed = store.Pack(b); p.Data == nil {
		p.Data = []byte{}
	}
	return p
}

// Uploads are the list of an event's uploads, as EncodeFiles makes it, and their
// bytes.
func Uploads(in []store.File) (list any, data []Packed) {
	listed := make([]chat.File, len(in))
	for i := range in {
		listed[i] = in[i].Listed()
		data = append(data, Pack(in[i].Data))
	}
	return EncodeFiles(listed), data
}

// Made are the list of all files of a part and the bytes of those that were made
// for it, which are the last in the list.
func Made(p *store.Part) (list any, data []Packed) {
	listed := append([]chat.File{}, p.Files...)
	for i := range p.Made {
		listed = append(listed, p.Made[i].Listed())
		data = append(data, Pack(p.Made[i].Data))
	}
	return EncodeFiles(listed), data
}

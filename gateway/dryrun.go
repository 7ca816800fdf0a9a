package gateway

import (
	"encoding/json"

	"dragoman/gateway/ingest"
	"dragoman/gateway/render"
	"dragoman/rules"
	"dragoman/translators"
	"dragoman/translators/chat"
)

// DryRun is what would become of an event: nothing is stored and nothing sent.
type DryRun struct {
	Routes     []rules.Step  `json:"routes"`
	Silences   []rules.Step  `json:"silences,omitempty"`
	Verdict    string        `json:"verdict"`
	By         string        `json:"by,omitempty"`
	Deliveries []DryDelivery `json:"deliveries"`
}

// DryDelivery is what one destination would get.
type DryDelivery struct {
	Route string            `json:"route"`
	To    string            `json:"to"`
	Parts []json.RawMessage `json:"parts"` // JSON values, or strings for text formats
	Notes []chat.Note       `json:"notes"`
	Error string            `json:"error,omitempty"`
}

// DryRun decides on an event and renders what would be sent, by the same code as
// in earnest.
func (g *Gateway) DryRun(e *ingest.Event) (*DryRun, error) {
	var trace rules.Trace
	d, err := g.Decide(e, &trace)
	if err != nil {
		return nil, err
	}
	out := &DryRun{Routes: trace.Routes, Silences: trace.Silences, Verdict: d.Verdict.String(), By: d.By, Deliveries: []DryDelivery{}}
	for _, del := range d.Deliveries {
		in := &chat.Input{Event: e.Name, Body: e.Body, Files: e.Files}
		dd := DryDelivery{Route: del.Route, To: del.To, Parts: []json.RawMessage{}, Notes: []chat.Note{}}
		res, err := render.Parts(g.Job(in, e.Dialect, g.Plan(del, e.Source), render.Planned))
		if err != nil {
			dd.Error = err.Error()
		}
		for _, p := range res.Parts {
			dd.Parts = append(dd.Parts, PartValue(res.Format, p.Payload))
		}
		dd.Notes = append(dd.Notes, res.Notes.List...)
		out.Deliveries = append(out.Deliveries, dd)
	}
	return out, nil
}

// PartValue is a payload as a JSON value: a string for text formats.
func PartValue(format string, payload []byte) json.RawMessage {
	if f, err := translators.Lookup(format); err == nil && !f.Text && json.Valid(payload) {
		return payload
	}
	s, err := json.Marshal(string(payload))
	if err != nil {
		return json.RawMessage("null")
	}
	return s
}

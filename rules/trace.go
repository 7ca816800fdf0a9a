package rules

// Trace tells what every rule said about an event, for people who ask why it went
// where it did. The zero value is ready to be filled.
type Trace struct {
	Routes   []Step `json:"routes"`
	Silences []Step `json:"silences,omitempty"`
}

// Step is what one rule said.
type Step struct {
	Name    string         `json:"name"`
	Matched bool           `json:"matched"`
	Why     string         `json:"why"`
	Values  map[string]any `json:"values"`
}

func (m *match) walkAll() { m.walk() }

func (m *match) traceSilence(*silence, bool, error) {}

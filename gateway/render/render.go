// Package render makes what is to be sent from an event and its plan. It is
// pure: the lane, the dry run and the console call the same function and get the
// same parts. It keeps no state, reads no clock and sends nothing.
package render

import (
	"errors"
	"fmt"

	"dragoman/rules"
	"dragoman/translators"
	"dragoman/translators/chat"
)

// Plan is what a route and its destination say about rendering. It is stored
// with a delivery, so that a retry renders as its route said when the event came.
type Plan struct {
	Format     string        `json:"format"`              // a row of the table of formats
	Original   bool          `json:"original,omitzero"`   // the body as received
	Set        []rules.Value `json:"set,omitzero"`        // fields of the neutral message, and words
	SetIn      []rules.Value `json:"set_in,omitzero"`     // paths in the body, and JSON
	Sender     string        `json:"sender,omitzero"`     // name of who sends, when the message has none
	AsText     bool          `json:"as_text,omitzero"`    // mentions are words, whatever the directory knows
	Users      []string      `json:"users,omitzero"`      // who may be notified, by ids at the destination
	Groups     []string      `json:"groups,omitzero"`     // likewise
	Everyone   bool          `json:"everyone,omitzero"`   // whether everyone may be
	Shorten    bool          `json:"shorten,omitzero"`    // to one part instead of splitting
	File       bool          `json:"file,omitzero"`       // to one part, with the whole in a file, instead of splitting
	Refuse     bool          `json:"refuse,omitzero"`     // rather than splitting
	SkipEdits  bool          `json:"skip_edits,omitzero"` // where a message cannot be edited, an edit is not posted anew
	MaxParts   int           `json:"max_parts,omitzero"`  // 0: 1
	Components bool          `json:"components,omitzero"`
	Uploads    bool          `json:"uploads,omitzero"` // files go beside the payloads
	Legacy     bool          `json:"legacy,omitzero"`

	GitHubDiscord bool `json:"github_discord,omitzero"` // an event of GitHub's as Discord would show it
}

// Lookup is chat.Options.Lookup.
type Lookup = func(from chat.Platform, kind chat.SpanKind, id string) (local, name string)

// Job is one rendering.
type Job struct {
	Input   *chat.Input
	Dialect string // the format that Input is in
	Plan    *Plan
	Rung    Rung
	Lookup  Lookup // of the directory, for the plan's format; nil: nobody is known
	Place   Place
	Update  bool // an edit that is posted as a message of its own
}

// Place is where a message goes at its destination. The zero Place is what the
// message itself says.
type Place struct {
	Thread Thread
	Parent string // Loose: the address of the message that is answered; empty: not known
	Forum  Forum
}

// Thread says what becomes of the thread that a message names.
type Thread uint8

// The threads.
const (
	Named  Thread = iota // goes out as the message names it
	Beside               // the destination's own id is told beside the payload
	Loose                // the destination has no such thread
)

// Forum is what is known of a Discord destination's channel.
type Forum uint8

// The forums.
const (
	Unknown Forum = iota
	NoForum       // takes no name of a thread
	IsForum       // wants one
)

// ErrTooLong is the error of a plan that refuses what does not fit in one part.
var ErrTooLong = errors.New("render: longer than one message")

// Rung is a step of the ladder that a payload goes down when its destination
// calls it malformed.
type Rung int

// The rungs.
const (
	Planned Rung = iota // as planned
	Bare                // without components
	Words               // words only, in the destination's own writer
)

// Result is what is to be sent. No parts and no error: there is nothing to say.
type Result struct {
	chat.Output
	Format string // of the parts
}

// Parts renders a job. It errs when the body cannot be read or nothing of it
// written; an event that says nothing is no error.
func Parts(j Job) (Result, error) {
	res := Result{Format: j.Plan.Format}
	if j.Plan.Original {
		res.Format = j.Dialect
		res.Parts = []chat.Part{{Payload: j.Input.Body, Files: j.Input.Files}}
		return res, nil
	}
	m := chat.Take()
	defer m.Give()
	if err := Message(m, &res.Notes, j); err != nil {
		if errors.Is(err, chat.ErrEmpty) || errors.Is(err, translators.ErrSilent) {
			return res, nil
		}
		return res, err
	}
	if j.Rung >= Words {
		words(m, &res.Notes)
	}
	if err := translators.Write(&res.Output, m, j.Plan.Format, j.Options()); err != nil {
		return res, fmt.Errorf("render: %s: %w", j.Plan.Format, err)
	}
	if j.Plan.Refuse && len(res.Parts) > 1 {
		return res, ErrTooLong
	}
	return res, nil
}

// Message reads the job's input into m, which is empty, with the plan's changes
// made. It errs as translators.Read does.
func Message(m *chat.Message, n *chat.Notes, j Job) error {
	in := *j.Input
	if len(j.Plan.SetIn) > 0 {
		var refused []rules.Refusal
		in.Body, refused = rules.Apply(in.Body, j.Plan.SetIn)
		for _, r := range refused {
			n.AddAt("set_in", chat.Dropped, r.Path, 0)
		}
	}
	format := j.Dialect
	if format == "github" && j.Plan.GitHubDiscord {
		format = "github-discord"
	}
	if err := translators.Read(m, n, format, &in); err != nil {
		return err
	}
	if m.Sender.Name == "" {
		m.Sender.Name = j.Plan.Sender
	}
	set(m, n, j.Plan.Set)
	uploads(m, n, in.Files)
	place(m, n, &j)
	return nil
}

// Options are the options of the writer.
func (j *Job) Options() *chat.Options {
	p := j.Plan
	o := &chat.Options{
		Lookup:     j.Lookup,
		Mentions:   chat.Mentions{AsText: p.AsText, Users: p.Users, Groups: p.Groups, Everyone: p.Everyone},
		MaxParts:   p.MaxParts,
		Components: p.Components && j.Rung < Bare,
		Legacy:     p.Legacy,
		Uploads:    p.Uploads,
	}
	switch {
	case p.Shorten:
		o.Overflow = chat.OverflowShorten
	case p.File:
		o.Overflow = chat.OverflowFile
	case p.Refuse:
		o.MaxParts = 2 // one more than is taken, to see that it is too long
	}
	return o
}

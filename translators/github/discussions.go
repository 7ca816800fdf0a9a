package github

import "dragoman/translators/chat"

// discussion tells of a discussion; see pullRequest on what is left out.
func discussion(e *event) error {
	o := e.it
	s := e.subject("discussion", o)
	path, body := "discussion.body", o.get("body")
	e.card.Colour = info
	e.card.At = first(o.get("updated_at"), o.get("created_at")).time()
	switch e.action {
	case "created":
		e.card.At = first(o.get("created_at"), o.get("updated_at")).time()
		e.about(s, "Discussion opened", "opened", "")
	case "answered":
		answer := e.get("answer")
		path, body = "answer.body", answer.at("body")
		if url := e.url(answer.at("html_url")); url != "" {
			s.url = url
		}
		e.m.Role = chat.Status
		e.card.Colour = merged
		e.about(s, "Discussion answered", "marked an answer to", "")
		e.fact("Answer by", e.line(answer.at("user", "login")))
	case "unanswered":
		body = nil
		e.m.Role = chat.Status
		e.card.Colour = neutral
		e.about(s, "Answer of discussion taken back", "took back the answer to", "")
	case "closed", "reopened", "deleted", "transferred":
		body = nil
		e.card.Colour = stateColours[e.action]
		why := spaced(e.line(o.get("state_reason")))
		if e.action == "closed" && why != "" {
			why = e.text("as ", why)
		} else {
			why = ""
		}
		e.about(s, e.join(" ", "Discussion", e.action, why), e.action, why)
	default:
		e.m.Role = chat.UpdateOnly
		e.change(s)
	}
	e.excerpt(path, body, s.url)
	e.fact("Old category", e.line(e.get("changes").at("category", "from", "name")))
	e.fact("Category", e.line(o.get("category").at("name")))
	e.list("Labels", o.get("labels"), "name")
	return nil
}

var stateColours = map[string]chat.Colour{"closed": merged, "reopened": open, "deleted": closed, "transferred": neutral}

// discussionComment tells of a comment on a discussion.
func discussionComment(e *event) error {
	return e.remark(e.parent("discussion", e.get("discussion"), e.it), "Comment")
}

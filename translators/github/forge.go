package github

import (
	"errors"
	"strings"

	"dragoman/translators/chat"
)

// Gitea, Forgejo and Gogs send what GitHub sends, with differences: some events
// have other names, some members are missing, and some are elsewhere. The names
// are told apart here; readers look for a member in each of its places.
// Sources: services/webhook and modules/structs of go-gitea/gitea, and the
// webhook pages of Forgejo and Gogs.

// EventName is GitHub's name for an event of which a forge gives the name; a name
// that GitHub has itself stays, and so does one that nobody knows. Where a name
// means two things the body tells which. An empty name is guessed from the body.
func EventName(name string, body []byte) string {
	switch name {
	case "":
		return Guess(body)
	case "pull_request_approved", "pull_request_rejected",
		"pull_request_review_approved", "pull_request_review_rejected":
		return "pull_request_review"
	case "pull_request_comment":
		if trimmed(body).at("issue").is('{') {
			return "issue_comment" // the name of Gitea's event type for a remark; otherwise one of its reviews
		}
		return "pull_request_review"
	case "pull_request_review_comment":
		if !trimmed(body).at("comment").is('{') {
			return "pull_request_review" // likewise a type of Gitea's
		}
	case "pull_request_sync", "pull_request_assign", "pull_request_label", "pull_request_milestone", "pull_request_review_request":
		return "pull_request"
	case "issue_assign", "issue_label", "issue_milestone":
		return "issues"
	case "wiki":
		return "gollum"
	}
	return name
}

// actionName is GitHub's name for an action of an event with a name of GitHub's.
func actionName(event, action string) string {
	switch {
	case action == "synchronized" && event == "pull_request":
		return "synchronize"
	case action == "reviewed" && event == "pull_request_review":
		return "submitted"
	case action == "updated" && event == "release":
		return "edited"
	}
	return action
}

// delivery is the body as a value and GitHub's name for its event.
func delivery(in *chat.Input) (name string, body value, err error) {
	body = trimmed(in.Body)
	if !body.is('{') {
		return "", nil, errors.New("github: the body is not a JSON object")
	}
	if name = EventName(in.Event, body); name == "" {
		return "", nil, errors.New("github: no event name, and the body does not tell")
	}
	return name, body, nil
}

// upright puts the two repositories of a fork where GitHub has them: Gitea calls
// the source "forkee". A fork made at GitHub is always marked as one. It reports
// whether it had to.
func (o object) upright(name string) bool {
	if name != "fork" {
		return false
	}
	var source, fork *value
	for i := range o {
		switch string(o[i].key) {
		case "repository":
			source = &o[i].value
		case "forkee":
			fork = &o[i].value
		}
	}
	if source == nil || fork == nil || !source.at("fork").bool() || string(fork.at("fork")) != "false" {
		return false
	}
	*source, *fork = *fork, *source
	return true
}

// loginOf is what a user is called; old forges have only the second name.
func loginOf(user value) string {
	return first(user.at("login"), user.at("username")).line()
}

// verdict is the state of a review in GitHub's words. Forges have a type, which
// ends with theirs.
func verdict(review object) string {
	if state := review.get("state").line(); state != "" {
		return strings.ToLower(state)
	}
	switch kind := review.get("type").line(); {
	case strings.HasSuffix(kind, "approved"):
		return "approved"
	case strings.HasSuffix(kind, "rejected"):
		return "changes_requested"
	}
	return ""
}

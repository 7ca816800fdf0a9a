package client

import "net/http"

// platform says whose codes an answer carries.
type platform uint8

const (
	slackHook platform = iota
	discordHook
)

// codes is what the platforms' own codes mean, before the status is looked at.
// Sources: Slack's changelog on webhook errors and reports of its users,
// Discord's table of JSON error codes.
var codes = [...]map[string]Verdict{
	slackHook: {
		"no_service":                        Stopped,
		"no_service_id":                     Stopped,
		"no_team":                           Stopped,
		"no_active_hooks":                   Stopped,
		"team_disabled":                     Stopped,
		"invalid_token":                     Stopped,
		"action_prohibited":                 Stopped,
		"posting_to_general_channel_denied": Stopped,
		"channel_not_found":                 Stopped,
		"channel_is_archived":               Stopped,

		"invalid_payload":                         Malformed,
		"invalid_blocks":                          Malformed,
		"invalid_blocks_format":                   Malformed,
		"invalid_attachments":                     Malformed,
		"too_many_attachments":                    Malformed,
		"attachment_payload_limit_exceeded":       Malformed,
		"msg_blocks_too_long":                     Malformed,
		"msg_too_long":                            Malformed,
		"no_text":                                 Malformed,
		"missing_text_or_fallback_or_attachments": Malformed,

		"user_not_found": Refused,
		"rollup_error":   Again,
		"rate_limited":   Wait,
		"ratelimited":    Wait,
	},
	discordHook: {
		"10015":  Stopped, // unknown webhook
		"50027":  Stopped, // invalid webhook token
		"220004": Stopped, // a follower's webhook
		"10003":  Stopped, // unknown channel

		"50035": Malformed, // invalid form body
		"50006": Malformed, // empty message
		"50109": Malformed, // invalid JSON
		"40005": Malformed, // request entity too large

		"220001": Reform, // a forum's webhook wants a thread
		"220002": Reform,
		"220003": Reform,

		"10008":  MessageGone,
		"40333":  Again, // blocked at the edge
		"130000": Again, // overloaded
		"40062":  Wait,
		"20016":  Wait,
		"20022":  Wait,
		"20028":  Wait,
		"20029":  Wait,
		"30046":  Wait,
	},
}

// classify says what an answer means.
func classify(p platform, status int, code string) Verdict {
	if status == http.StatusTooManyRequests {
		return Wait
	}
	if v, ok := codes[p][code]; ok && status < 500 {
		return v
	}
	switch {
	case status >= 500, status == http.StatusRequestTimeout, status == http.StatusTooEarly:
		return Again
	case status == http.StatusRequestEntityTooLarge:
		return Malformed
	case status == http.StatusUnauthorized, status == http.StatusNotFound, status == http.StatusGone, status/100 == 3:
		return Stopped
	case status == http.StatusForbidden && (p == slackHook || code == ""):
		// Without a code of its own, Discord's 403 is its edge refusing the address.
		if p == discordHook {
			return Again
		}
		return Stopped
	}
	return Refused
}

// reason is a fixed word for a verdict at a status.
func reason(v Verdict, status int) string {
	switch {
	case status >= 500:
		return "server_error"
	case v == Wait:
		return "rate_limited"
	case v == Stopped && status/100 == 3:
		return "redirect"
	case v == Stopped:
		return "gone"
	}
	return v.String()
}

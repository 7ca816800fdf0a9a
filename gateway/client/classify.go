package client

import "net/http"

// platform says whose codes an answer carries.
type platform uint8

const (
	platformSlackHook platform = iota
	platformSlackAPI
	platformDiscord
	platformPlain
)

// aim is what a request was for, as far as an answer's meaning depends on it.
type aim uint8

const (
	aimPost aim = iota
	aimReply
	aimEdit
	aimDelete
	aimUpload
)

// aim is what r is for.
func (r *Request) aim() aim {
	switch {
	case r.Op == Edit:
		return aimEdit
	case r.Op == Delete:
		return aimDelete
	case r.Thread != "":
		return aimReply
	}
	return aimPost
}

// codes is what the platforms' own codes mean, before the status is looked at.
// Sources: Slack's changelog on webhook errors, its pages on the Web API's methods
// and reports of its users; Discord's table of JSON error codes.
var codes = [...]map[string]Verdict{
	platformSlackHook: {
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
	platformSlackAPI: {
		// The token, or what it may do.
		"not_authed":                Stopped,
		"invalid_auth":              Stopped,
		"account_inactive":          Stopped,
		"token_revoked":             Stopped,
		"token_expired":             Stopped,
		"invalid_token":             Stopped,
		"missing_scope":             Stopped,
		"no_permission":             Stopped,
		"not_allowed_token_type":    Stopped,
		"access_denied":             Stopped,
		"accesslimited":             Stopped,
		"ekm_access_denied":         Stopped,
		"team_access_not_granted":   Stopped,
		"enterprise_is_restricted":  Stopped,
		"two_factor_setup_required": Stopped,
		"app_access_restricted":     Stopped,
		"team_disabled":             Stopped,
		"team_not_found":            Stopped,

		// The channel.
		"channel_not_found":                   Stopped,
		"not_in_channel":                      Stopped,
		"is_archived":                         Stopped,
		"channel_is_archived":                 Stopped,
		"restricted_action":                   Stopped,
		"restricted_action_read_only_channel": Stopped,
		"messages_tab_disabled":               Stopped,
		"action_prohibited":                   Stopped,
		"posting_to_general_channel_denied":   Stopped,

		// The method.
		"unknown_method":      Stopped,
		"method_deprecated":   Stopped,
		"deprecated_endpoint": Stopped,

		"no_text":                           Malformed,
		"msg_too_long":                      Malformed,
		"msg_blocks_too_long":               Malformed,
		"markdown_text_conflict":            Malformed,
		"markdown_text_too_long":            Malformed,
		"too_many_attachments":              Malformed,
		"too_many_contact_cards":            Malformed,
		"attachment_payload_limit_exceeded": Malformed,
		"invalid_blocks":                    Malformed,
		"invalid_blocks_format":             Malformed,
		"invalid_attachments":               Malformed,
		"invalid_metadata_format":           Malformed,
		"invalid_metadata_schema":           Malformed,
		"metadata_too_large":                Malformed,
		"block_mismatch":                    Malformed,
		"invalid_arguments":                 Malformed,
		"invalid_json":                      Malformed,
		"json_not_object":                   Malformed,

		// Uploads.
		"missing_argument":                    Malformed, // of an empty file
		"file_type_not_allowed":               Malformed,
		"file_upload_size_restricted":         Malformed,
		"file_uploads_disabled":               Malformed,
		"file_uploads_except_images_disabled": Malformed,
		"storage_limit_reached":               Malformed,
		"user_is_external_guest":              Malformed,

		"message_not_found": MessageGone,
		"thread_not_found":  MessageGone,

		"cant_update_message":                 Refused,
		"cant_delete_message":                 Refused,
		"edit_window_closed":                  Refused,
		"compliance_exports_prevent_deletion": Refused,
		"is_inactive":                         Refused,
		"cannot_reply_to_message":             Refused,
		"restricted_action_thread_locked":     Refused,

		"internal_error":             Again,
		"fatal_error":                Again,
		"service_unavailable":        Again,
		"request_timeout":            Again,
		"team_added_to_org":          Again, // while it moves, and so the next two
		"org_login_required":         Again,
		"external_channel_migrating": Again,
		"message_limit_exceeded":     Again,
		"update_failed":              Again,
		"file_update_failed":         Again,
		"file_not_found":             Again, // the upload is not known there yet

		"rate_limited": Wait,
		"ratelimited":  Wait,
	},
	platformDiscord: {
		"10015":  Stopped, // unknown webhook
		"50027":  Stopped, // invalid webhook token
		"220004": Stopped, // a follower's webhook
		"10003":  Stopped, // unknown channel
		"50041":  Stopped, // version 10 is no more

		"50035": Malformed, // invalid form body
		"50006": Malformed, // empty message
		"50109": Malformed, // invalid JSON
		"40005": Malformed, // request entity too large
		"30015": Malformed, // too many uploads
		"50045": Malformed, // an upload too large
		"50046": Malformed, // an invalid upload
		"50110": Malformed,
		"50123": Malformed,
		"50146": Malformed, // an upload is missing

		"220001": Reform, // a forum's webhook wants a thread
		"220002": Reform,
		"220003": Reform,

		"10008": MessageGone, // unknown message

		"50005":  Refused, // another author's message
		"50083":  Refused, // archived thread
		"160005": Refused, // locked thread
		"200000": Refused, // AutoMod
		"200001": Refused,
		"240000": Refused, // harmful links

		"40333":  Again, // blocked at the edge
		"40004":  Again, // sending is disabled for now
		"130000": Again, // overloaded

		"40062": Wait,
		"20016": Wait,
		"20022": Wait,
		"20028": Wait,
		"20029": Wait,
		"30046": Wait,
	},
	platformPlain: {},
}

// special is a code that means something else for what was asked.
type special struct {
	platform platform
	aim      aim
	code     string
}

// specials are read before codes. What happened to one message, one thread or one
// upload must not stop a lane; a post into the channel itself tells whether that is
// still there.
var specials = map[special]Verdict{
	{platformDiscord, aimReply, "10003"}:  MessageGone, // the thread
	{platformDiscord, aimEdit, "10003"}:   MessageGone,
	{platformDiscord, aimDelete, "10003"}: MessageGone,

	{platformSlackAPI, aimReply, "cannot_reply_to_message"}: MessageGone,
	{platformSlackAPI, aimEdit, "channel_not_found"}:        MessageGone, // it may be another than is posted to now
	{platformSlackAPI, aimDelete, "channel_not_found"}:      MessageGone,
	{platformSlackAPI, aimEdit, "not_in_channel"}:           Refused,
	{platformSlackAPI, aimDelete, "not_in_channel"}:         Refused,
	{platformSlackAPI, aimEdit, "is_archived"}:              Refused,
	{platformSlackAPI, aimDelete, "is_archived"}:            Refused,

	// A bot may post where it may not upload.
	{platformSlackAPI, aimUpload, "missing_scope"}:     Malformed,
	{platformSlackAPI, aimUpload, "no_permission"}:     Malformed,
	{platformSlackAPI, aimUpload, "channel_not_found"}: Malformed,
	{platformSlackAPI, aimUpload, "not_in_channel"}:    Malformed,
	{platformSlackAPI, aimUpload, "restricted_action"}: Malformed,
}

// classify says what an answer means. Slack's Web API fails with status 200.
func classify(p platform, to aim, status int, code string) Verdict {
	switch {
	case status == http.StatusTooManyRequests:
		return Wait
	case status >= 500:
		return Again
	}
	if v, ok := specials[special{p, to, code}]; ok {
		return v
	}
	if v, ok := codes[p][code]; ok {
		return v
	}
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly:
		return Again
	case http.StatusRequestEntityTooLarge:
		if p == platformPlain {
			return Refused // there is no other form to try
		}
		return Malformed
	case http.StatusUnauthorized, http.StatusNotFound, http.StatusGone:
		return Stopped
	case http.StatusForbidden:
		switch {
		case p != platformDiscord:
			return Stopped
		case code == "": // Discord's edge, which refuses this machine's address
			return Again
		}
	}
	if status/100 == 3 {
		return Stopped
	}
	return Refused
}

// newFault is the fault of an answer.
func newFault(p platform, to aim, status int, code string) *Fault {
	v := classify(p, to, status, code)
	return &Fault{Verdict: v, Status: status, Code: code, Reason: reason(v, status)}
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

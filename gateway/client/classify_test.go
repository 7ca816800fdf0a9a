package client

import (
	"strings"
	"testing"
)

// What house and platforms say, once more and in another order than the table: by
// platform and verdict the codes that mean it whatever was asked.
var wantCodes = map[platform]map[Verdict]string{
	platformSlackHook: {
		Stopped: "no_service no_service_id no_team no_active_hooks team_disabled invalid_token action_prohibited " +
			"posting_to_general_channel_denied channel_not_found channel_is_archived",
		Malformed: "invalid_payload invalid_blocks invalid_blocks_format invalid_attachments too_many_attachments " +
			"attachment_payload_limit_exceeded msg_blocks_too_long msg_too_long no_text missing_text_or_fallback_or_attachments",
		Refused: "user_not_found", Again: "rollup_error", Wait: "rate_limited ratelimited",
	},
	platformSlackAPI: {
		Stopped: "not_authed invalid_auth account_inactive token_revoked token_expired invalid_token missing_scope no_permission " +
			"not_allowed_token_type access_denied accesslimited ekm_access_denied team_access_not_granted enterprise_is_restricted " +
			"two_factor_setup_required app_access_restricted team_disabled team_not_found channel_not_found not_in_channel is_archived " +
			"channel_is_archived restricted_action restricted_action_read_only_channel messages_tab_disabled action_prohibited " +
			"posting_to_general_channel_denied unknown_method method_deprecated deprecated_endpoint",
		Malformed: "no_text msg_too_long msg_blocks_too_long markdown_text_conflict markdown_text_too_long too_many_attachments " +
			"too_many_contact_cards attachment_payload_limit_exceeded invalid_blocks invalid_blocks_format invalid_attachments " +
			"invalid_metadata_format invalid_metadata_schema metadata_too_large block_mismatch invalid_arguments invalid_json json_not_object " +
			"missing_argument file_type_not_allowed file_upload_size_restricted file_uploads_disabled file_uploads_except_images_disabled " +
			"storage_limit_reached user_is_external_guest",
		MessageGone: "message_not_found thread_not_found",
		Refused: "cant_update_message cant_delete_message edit_window_closed compliance_exports_prevent_deletion is_inactive " +
			"cannot_reply_to_message restricted_action_thread_locked",
		Again: "internal_error fatal_error service_unavailable request_timeout team_added_to_org org_login_required " +
			"external_channel_migrating message_limit_exceeded update_failed file_update_failed file_not_found",
		Wait: "rate_limited ratelimited",
	},
	platformDiscord: {
		Stopped:     "10015 50027 220004 10003 50041",
		Malformed:   "50035 50006 50109 40005 30015 50045 50046 50110 50123 50146",
		Reform:      "220001 220002 220003",
		MessageGone: "10008",
		Refused:     "50005 50083 160005 200000 200001 240000",
		Again:       "40333 40004 130000",
		Wait:        "40062 20016 20022 20028 20029 30046",
	},
	platformPlain: {},
}

// And those that mean something else for one aim.
var wantSpecials = []struct {
	p    platform
	code string
	want map[aim]Verdict
}{
	{platformDiscord, "10003", map[aim]Verdict{aimReply: MessageGone, aimEdit: MessageGone, aimDelete: MessageGone}},
	{platformSlackAPI, "channel_not_found", map[aim]Verdict{aimEdit: MessageGone, aimDelete: MessageGone, aimUpload: Malformed}},
	{platformSlackAPI, "not_in_channel", map[aim]Verdict{aimEdit: Refused, aimDelete: Refused, aimUpload: Malformed}},
	{platformSlackAPI, "is_archived", map[aim]Verdict{aimEdit: Refused, aimDelete: Refused}},
	{platformSlackAPI, "cannot_reply_to_message", map[aim]Verdict{aimReply: MessageGone}},
	{platformSlackAPI, "missing_scope", map[aim]Verdict{aimUpload: Malformed}},
	{platformSlackAPI, "no_permission", map[aim]Verdict{aimUpload: Malformed}},
	{platformSlackAPI, "restricted_action", map[aim]Verdict{aimUpload: Malformed}},
}

// byStatus is the meaning of a status without a code that is known.
func byStatus(p platform, status int) Verdict {
	switch {
	case status == 429:
		return Wait
	case status >= 500, status == 408, status == 425:
		return Again
	case status == 403 && p == platformDiscord:
		return Again
	case status == 413 && p != platformPlain:
		return Malformed
	case status/100 == 3, status == 401, status == 403, status == 404, status == 410:
		return Stopped
	}
	return Refused
}

var aims = []aim{aimPost, aimReply, aimEdit, aimDelete, aimUpload}

// Every status with every code that is known of, for everything that can be asked.
func TestEveryStatusAndCodeHasItsVerdict(t *testing.T) {
	seen, special := 0, 0
	for p, verdicts := range wantCodes {
		known := 0
		for want, list := range verdicts {
			for _, code := range strings.Fields(list) {
				known++
				for _, to := range aims {
					want := want
					for _, s := range wantSpecials {
						if v, ok := s.want[to]; ok && s.p == p && s.code == code {
							want, special = v, special+1
						}
					}
					for status := 200; status < 600; status++ {
						want := want
						if status == 429 {
							want = Wait
						} else if status >= 500 {
							want = Again
						}
						if got := classify(p, to, status, code); got != want {
							t.Fatalf("platform %d, aim %d, %d %s: got %s, want %s", p, to, status, code, got, want)
						}
						seen++
					}
				}
			}
		}
		if known != len(codes[p]) {
			t.Errorf("platform %d: the table has %d codes, this test %d", p, len(codes[p]), known)
		}
		for _, to := range aims {
			for status := 200; status < 600; status++ {
				for _, code := range []string{"", "never_heard_of"} {
					want := byStatus(p, status)
					if p == platformDiscord && status == 403 && code != "" {
						want = Refused // Discord itself, for a reason of its own
					}
					if got := classify(p, to, status, code); got != want {
						t.Errorf("platform %d, aim %d, %d %q: got %s, want %s", p, to, status, code, got, want)
					}
				}
			}
		}
	}
	if special != len(specials) {
		t.Errorf("the table has %d special cases, this test met %d", len(specials), special)
	}
	if seen == 0 {
		t.Error("nothing was tried")
	}
}

func TestAReasonIsAFixedWord(t *testing.T) {
	known := " server_error rate_limited redirect gone again reform malformed refused message_gone wait "
	for v := range verdictNames {
		for status := 200; status < 600; status++ {
			if r := reason(Verdict(v), status); !strings.Contains(known, " "+r+" ") {
				t.Fatalf("%s at %d: %s", Verdict(v), status, r)
			}
		}
	}
}

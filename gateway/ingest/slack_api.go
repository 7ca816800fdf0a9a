package ingest

import (
	"crypto/sha256"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/tidwall/gjson"

	"dragoman/translators/jsonw"
)

// call is a call of a method of Slack's Web API.
type call struct {
	c      echo.Context
	method string
	scope  string  // that the method asks for
	src    *Source // of the token; nil where none is needed
	keys   keys    // of the address that the token belongs to
	args   arguments
	warn   []string
	paged  bool // the answer is a page of a list: the last one
}

// str is an argument as text; Slack takes numbers where it wants text.
func (k *call) str(name string) string { return textOf(k.args.get(name)) }

// textOf is a string, or a number as it was written; of all else nothing.
func textOf(v gjson.Result) string {
	if v.Type == gjson.Number {
		return v.Raw
	}
	return v.Str
}

// strict reports whether the call is held to what Slack would take.
func (k *call) strict() bool { return k.src != nil && k.src.Strict }

// apiError is an error word of the Web API, which goes out with status 200.
type apiError struct {
	word     string
	details  []Violation // of blocks.validate
	messages []string    // of "errors" and of response_metadata
}

func (e *apiError) Error() string { return "ingest: slack: " + e.word }

func refuse(word string) error { return &apiError{word: word} }

// without refuses a call that lacks an argument.
func without(name string) error {
	return &apiError{word: "invalid_arguments", messages: []string{"missing required field: " + name}}
}

// method is one of Slack's Web API.
type method struct {
	run   func(s *server, k *call) error
	scope string // that Slack asks for
	open  bool   // needs no token
}

// methods are those of Slack's Web API which are about messages, and what their
// clients call before the first one.
var methods = map[string]method{
	"api.test":           {run: (*server).apiTest, open: true},
	"auth.test":          {run: (*server).authTest},
	"blocks.validate":    {run: (*server).blocksValidate, open: true},
	"chat.delete":        {run: (*server).chatDelete, scope: "chat:write"},
	"chat.meMessage":     {run: (*server).chatMeMessage, scope: "chat:write"},
	"chat.postEphemeral": {run: (*server).chatPostEphemeral, scope: "chat:write"},
	"chat.postMessage":   {run: (*server).chatPostMessage, scope: "chat:write"},
	"chat.unfurl":        {run: (*server).chatUnfurl, scope: "links:write"},
	"chat.update":        {run: (*server).chatUpdate, scope: "chat:write"},
	"conversations.info": {run: (*server).conversationsInfo, scope: "channels:read"},
	"conversations.list": {run: (*server).conversationsList, scope: "channels:read"},
}

// scopes are what a token of the gateway's may do.
const scopes = "chat:write,chat:write.customize,links:write,channels:read"

// slackMethod is Slack's Web API. Errors of the application have status 200:
// official clients take any other for a failure of the network, and try again for
// half an hour.
func (s *server) slackMethod(c echo.Context) error {
	k := &call{c: c, method: c.Param("method")}
	m, ok := methods[k.method]
	if !ok {
		return k.fault(refuse("unknown_method"))
	}
	k.scope = m.scope
	raw, release, err := s.flight.read(c.Request(), s.max)
	defer release()
	if err == nil {
		k.args, err = readArguments(c.Request().Header.Get("Content-Type"), c.QueryParams(), raw)
	}
	if err == nil && !m.open {
		err = s.authorize(k)
	}
	if err == nil {
		err = k.hold()
	}
	if err == nil && k.method != "api.test" { // which gives back what it got
		err = k.args.structure()
	}
	if err == nil {
		err = m.run(s, k)
	}
	if err != nil {
		return k.fault(err)
	}
	return nil
}

// authorize finds the source that a token belongs to: from the header, else from
// the arguments, as slack-go sends it.
func (s *server) authorize(k *call) error {
	scheme, token, _ := strings.Cut(k.c.Request().Header.Get("Authorization"), " ")
	if token = strings.TrimSpace(token); !strings.EqualFold(scheme, "Bearer") || token == "" {
		token = k.str("token")
	}
	if token == "" {
		return refuse("not_authed")
	}
	e, ok := s.sources.Load().tokens[sha256.Sum256([]byte(token))]
	if !ok || !e.source.accepts("slack") {
		return refuse("invalid_auth")
	}
	k.src, k.keys = e.source, e.keys
	return s.allow(k.src)
}

// hold refuses what Slack would refuse of the request itself, when the source is
// strict. A lenient one took what could be understood, and is spared the advice on
// charsets, which the official clients' own requests would be given.
func (k *call) hold() error {
	switch {
	case !k.strict():
		if k.args.objection == "missing_post_type" {
			k.warn = []string{"missing_content_type"}
		}
		return nil
	case k.args.objection != "":
		return refuse(k.args.objection)
	}
	k.warn = k.args.warnings
	return nil
}

const apiType = "application/json; charset=utf-8"

// send answers, with what Slack's answers have in common.
func (k *call) send(status int, body []byte) error {
	h := k.c.Response().Header()
	h.Set("Cache-Control", "private, no-cache, no-store, must-revalidate")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	if k.src != nil {
		h.Set("X-OAuth-Scopes", scopes)
		h.Set("X-Accepted-OAuth-Scopes", k.scope)
	}
	return k.c.Blob(status, apiType, body)
}

// answer sends what a method has to say: "ok" is there already.
func (k *call) answer(members func(w *jsonw.Buf)) error {
	var w jsonw.Buf
	w.Open()
	w.KeyBool("ok", true)
	members(&w)
	if len(k.warn) > 0 {
		w.KeyStr("warning", strings.Join(k.warn, ","))
	}
	if len(k.warn) > 0 || k.paged {
		w.Key("response_metadata")
		w.Open()
		if k.paged {
			w.KeyStr("next_cursor", "")
		}
		if len(k.warn) > 0 {
			words(&w, "warnings", "", k.warn)
		}
		w.Close()
	}
	w.Close()
	return k.send(http.StatusOK, w.B)
}

// words writes a list of strings with a prefix each.
func words(w *jsonw.Buf, name, prefix string, list []string) {
	w.Key(name)
	w.OpenArray()
	for _, m := range list {
		w.Str(prefix + m)
	}
	w.CloseArray()
}

// fault answers an error in the words of the Web API. Of those that Slack
// documents these cannot arise here:
//
//   - account_inactive, token_revoked, token_expired, no_permission, missing_scope,
//     not_allowed_token_type, org_login_required, ekm_access_denied, access_denied,
//     accesslimited, team_access_not_granted, enterprise_is_restricted,
//     two_factor_setup_required, team_added_to_org, team_not_found: a token is a
//     source's and may do all, or it is invalid_auth;
//   - not_in_channel, is_archived, is_inactive, restricted_action (and those that
//     begin with it), message_limit_exceeded, messages_tab_disabled,
//     cannot_reply_to_message, as_user_not_supported, too_many_contact_cards,
//     compliance_exports_prevent_deletion, slack_connect_…: they tell of a
//     workspace's channels and its administrators' wishes;
//   - cant_update_message, cant_delete_message, edit_window_closed,
//     cant_broadcast_message, no_dual_broadcast_content_update,
//     streaming_state_conflict, block_mismatch, update_failed: what a source posted
//     it may change; what another one posted is message_not_found;
//   - duplicate_message_not_found, duplicate_channel_not_found, missing_file_data:
//     of arguments which clients do not send;
//   - invalid_metadata_schema, metadata_too_large, metadata_must_be_sent_from_app,
//     attachment_payload_limit_exceeded: their limits are not published;
//   - cannot_unfurl_url, cannot_unfurl_message, cannot_find_service,
//     cannot_find_channel, cannot_find_message, cannot_auth_user, cannot_prompt,
//     invalid_unfurl_id: of messages of Slack's own, which are not looked for;
//   - upgrade_required, deprecated_endpoint, method_deprecated, fatal_error: Slack's
//     own affairs. The warning message_truncated neither: nothing is cut here.
func (k *call) fault(err error) error {
	var api *apiError
	var invalid *Invalid
	var many *tooMany
	h, status := k.c.Response().Header(), http.StatusOK
	switch {
	case errors.As(err, &api):
	case errors.As(err, &many):
		h.Set("Retry-After", seconds(many.wait))
		api, status = &apiError{word: "ratelimited"}, http.StatusTooManyRequests
		if k.method == "chat.postMessage" {
			api.word = "rate_limited" // as the documentation of this one method spells it
		}
	case errors.Is(err, ErrNoMessage):
		api = &apiError{word: "message_not_found"}
	case errors.Is(err, ErrEmpty):
		api = &apiError{word: "no_text"}
	case errors.Is(err, errBrokeOff):
		api = &apiError{word: "request_timeout"}
	case errors.As(err, &invalid):
		api = &apiError{word: "invalid_arguments"}
	case errors.Is(err, errTooLarge):
		api = &apiError{word: "msg_too_long"}
	case errors.Is(err, ErrBusy):
		// This one the clients shall try again.
		h.Set("Retry-After", "1")
		api, status = &apiError{word: "service_unavailable"}, http.StatusServiceUnavailable
	default:
		api, status = &apiError{word: "internal_error"}, http.StatusInternalServerError
	}
	var w jsonw.Buf
	w.Open()
	w.KeyBool("ok", false)
	w.KeyStr("error", api.word)
	if api.word == "unknown_method" {
		w.KeyStr("req_method", k.method)
	}
	if len(api.messages) > 0 {
		words(&w, "errors", "", api.messages)
		w.Key("response_metadata")
		w.Open()
		words(&w, "messages", "[ERROR] ", api.messages)
		w.Close()
	}
	violations(&w, api.details)
	w.Close()
	return k.send(status, w.B)
}

// violations writes "errors" as blocks.validate has it.
func violations(w *jsonw.Buf, list []Violation) {
	if len(list) == 0 {
		return
	}
	w.Key("errors")
	w.OpenArray()
	for _, v := range list {
		w.Open()
		w.KeyStr("pointer", v.Pointer)
		w.KeyStr("code", v.Code)
		w.KeyStr("message", v.Message)
		if v.Field != "" {
			w.KeyStr("field", v.Field)
		}
		w.Close()
	}
	w.CloseArray()
}

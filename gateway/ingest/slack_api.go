package ingest

import (
	"crypto/sha256"
	"errors"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/tidwall/gjson"

	"dragoman/translators/jsonw"
)

// call is a call of a method of Slack's Web API.
type call struct {
	c    echo.Context
	src  *Source
	keys keys         // of the address that the token belongs to
	args gjson.Result // an object, whatever encoding they came in
	warn []string
}

// str is an argument as text; Slack takes numbers where it wants text.
func (k *call) str(name string) string {
	if v := k.args.Get(name); v.Type == gjson.String || v.Type == gjson.Number {
		return v.String()
	}
	return ""
}

// apiError is an error word of the Web API, which goes out with status 200.
type apiError struct {
	word     string
	details  []Violation
	messages []string // of response_metadata
}

func (e *apiError) Error() string { return "ingest: slack: " + e.word }

func refuse(word string) error { return &apiError{word: word} }

// methods are those of Slack's Web API which are about messages, and what their
// clients call before the first one.
var methods = map[string]struct {
	run  func(s *server, k *call) error
	open bool // needs no token
}{
	"api.test":           {(*server).apiTest, true},
	"auth.test":          {(*server).authTest, false},
	"blocks.validate":    {(*server).blocksValidate, true},
	"chat.delete":        {(*server).chatDelete, false},
	"chat.meMessage":     {(*server).chatMeMessage, false},
	"chat.postEphemeral": {(*server).chatPostEphemeral, false},
	"chat.postMessage":   {(*server).chatPostMessage, false},
	"chat.unfurl":        {(*server).chatUnfurl, false},
	"chat.update":        {(*server).chatUpdate, false},
	"conversations.info": {(*server).conversationsInfo, false},
	"conversations.list": {(*server).conversationsList, false},
}

// slackMethod is Slack's Web API. Errors of the application have status 200:
// official clients take any other for a failure of the network, and try again for
// half an hour.
func (s *server) slackMethod(c echo.Context) error {
	m, ok := methods[c.Param("method")]
	if !ok {
		return s.apiFault(c, &apiError{word: "unknown_method"})
	}
	k := &call{c: c}
	raw, release, err := s.flight.read(c.Request(), s.max)
	defer release()
	if err == nil {
		k.args, err = arguments(c.Request().Header.Get("Content-Type"), c.QueryParams(), raw)
	}
	if err == nil && !m.open {
		err = s.authorize(k)
	}
	if err == nil {
		err = m.run(s, k)
	}
	if err != nil {
		return s.apiFault(c, err)
	}
	return nil
}

// authorize finds the source that a token belongs to: from the header, else from
// the arguments, as slack-go sends it.
func (s *server) authorize(k *call) error {
	token, bearer := strings.CutPrefix(k.c.Request().Header.Get("Authorization"), "Bearer ")
	if !bearer {
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

// maxArguments bounds the arguments that are not in a form.
const maxArguments = 64

// arguments are those of a call as one JSON object, without the token of a JSON
// body: the body's, else the query's. Members that Slack knows as structures are
// JSON, also where a form has them as text.
func arguments(contentType string, query map[string][]string, body []byte) (gjson.Result, error) {
	kind, params, _ := mime.ParseMediaType(contentType)
	if cs := strings.ToLower(params["charset"]); cs != "" && cs != "utf-8" && cs != "utf8" && cs != "iso-8859-1" {
		return gjson.Result{}, refuse("invalid_charset")
	}
	form := map[string]string{}
	for name, v := range query {
		if len(form) < maxArguments && len(v) > 0 {
			form[name] = v[0]
		}
	}
	switch {
	case len(strings.TrimSpace(string(body))) == 0:
	case looksLikeJSON(body):
		body, err := Object(body)
		if err != nil {
			if strings.Contains(err.Error(), errNoObject.Error()) {
				return gjson.Result{}, refuse("json_not_object")
			}
			return gjson.Result{}, refuse("invalid_json")
		}
		return structured(gjson.ParseBytes(body))
	case kind == "application/json":
		return gjson.Result{}, refuse("invalid_json")
	case kind != "" && kind != "application/x-www-form-urlencoded" && kind != "multipart/form-data" && kind != "text/plain":
		return gjson.Result{}, refuse("invalid_post_type")
	default:
		fields, err := formFields(contentType, body)
		if err != nil {
			return gjson.Result{}, refuse("invalid_form_data")
		}
		for name, v := range fields {
			form[name] = v
		}
	}
	var w jsonw.Buf
	w.Open()
	for _, name := range sortedKeys(form) {
		w.KeyStr(name, form[name])
	}
	w.Close()
	return structured(gjson.ParseBytes(w.B))
}

func sortedKeys(m map[string]string) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// structures are the arguments that a form has as JSON in text, with the error for
// text that is none.
var structures = map[string]string{
	"blocks": "invalid_blocks_format", "attachments": "invalid_attachments", "metadata": "invalid_metadata_format",
	"unfurls": "invalid_unfurls_format", "message": "invalid_arguments", "view": "invalid_arguments",
}

// booleans are the arguments which Slack takes in many spellings.
var booleans = []string{"mrkdwn", "link_names", "unfurl_links", "unfurl_media", "reply_broadcast", "as_user"}

// structured is an object of arguments with structures as JSON and booleans as
// booleans.
func structured(args gjson.Result) (gjson.Result, error) {
	var w jsonw.Buf
	var err error
	w.Open()
	seen := map[string]bool{}
	args.ForEach(func(key, v gjson.Result) bool {
		if seen[key.Str] {
			return true
		}
		seen[key.Str] = true
		if v.Type == gjson.Null {
			return true
		}
		word, structure := structures[key.Str]
		switch {
		case structure && v.Type == gjson.String && strings.TrimSpace(v.Str) == "":
		case structure && v.Type == gjson.String:
			// The object has been scanned, but not what stands in its strings.
			b := []byte(`{"v":` + v.Str + `}`)
			if scan(b) != nil {
				err = refuse(word)
				return false
			}
			w.Key(key.Str)
			w.Raw([]byte(gjson.GetBytes(b, "v").Raw))
		case v.Type == gjson.String && slices.Contains(booleans, key.Str):
			if b, bad := strconv.ParseBool(v.Str); bad == nil {
				w.KeyBool(key.Str, b)
			} else if v.Str != "" {
				w.KeyStr(key.Str, v.Str)
			}
		default:
			w.Key(key.Str)
			w.Raw([]byte(v.Raw))
		}
		return true
	})
	w.Close()
	return gjson.ParseBytes(w.B), err
}

// apiFault answers an error in the words of the Web API.
func (s *server) apiFault(c echo.Context, err error) error {
	var api *apiError
	var invalid *Invalid
	var many *tooMany
	status := http.StatusOK
	switch {
	case errors.As(err, &api):
	case errors.As(err, &many):
		c.Response().Header().Set("Retry-After", seconds(many.wait))
		api, status = &apiError{word: "ratelimited"}, http.StatusTooManyRequests
	case errors.Is(err, ErrNoMessage):
		api = &apiError{word: "message_not_found"}
	case errors.Is(err, ErrEmpty):
		api = &apiError{word: "no_text"}
	case errors.As(err, &invalid):
		api = &apiError{word: "invalid_arguments"}
	case errors.Is(err, errTooLarge):
		api = &apiError{word: "msg_too_long"}
	case errors.Is(err, ErrBusy):
		// This one the clients shall try again.
		c.Response().Header().Set("Retry-After", "1")
		api, status = &apiError{word: "service_unavailable"}, http.StatusServiceUnavailable
	default:
		api, status = &apiError{word: "internal_error"}, http.StatusInternalServerError
	}
	var w jsonw.Buf
	w.Open()
	w.KeyBool("ok", false)
	w.KeyStr("error", api.word)
	if len(api.messages) > 0 {
		w.Key("errors")
		w.OpenArray()
		for _, m := range api.messages {
			w.Str(m)
		}
		w.CloseArray()
		w.Key("response_metadata")
		w.Open()
		w.Key("messages")
		w.OpenArray()
		for _, m := range api.messages {
			w.Str("[ERROR] " + m)
		}
		w.CloseArray()
		w.Close()
	}
	if len(api.details) > 0 {
		w.Key("errors")
		w.OpenArray()
		for _, v := range api.details {
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
	w.Close()
	return c.Blob(status, apiType, w.B)
}

const apiType = "application/json; charset=utf-8"

// answer sends what a method has to say: "ok" is there already.
func (k *call) answer(members func(w *jsonw.Buf)) error {
	var w jsonw.Buf
	w.Open()
	w.KeyBool("ok", true)
	members(&w)
	if len(k.warn) > 0 {
		w.KeyStr("warning", strings.Join(k.warn, ","))
		w.Key("response_metadata")
		w.Open()
		w.Key("warnings")
		w.OpenArray()
		for _, warn := range k.warn {
			w.Str(warn)
		}
		w.CloseArray()
		w.Close()
	}
	w.Close()
	h := k.c.Response().Header()
	h.Set("X-OAuth-Scopes", "chat:write,chat:write.customize,links:write,channels:read")
	h.Set("X-Accepted-OAuth-Scopes", "chat:write")
	return k.c.Blob(http.StatusOK, apiType, w.B)
}

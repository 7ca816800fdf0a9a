package ingest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
	"github.com/tidwall/gjson"

	"dragoman/translators/jsonw"
)

// WebhookID is the id of a source's webhook under its newest secret.
func WebhookID(s *Source) string { return derive(s.Name, s.Secrets[0]).id }

// SlackChannelID is the fixed id which stands for the channel of a source at Slack.
func SlackChannelID(s *Source) string {
	return "C" + deriver{s.Name, s.Secrets[0]}.letters("slack channel", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 10)
}

// WebhookJSON is a source as Discord shows a webhook, at the addresses of its newest
// secret below base; secret: with its token. Source: Discord's documentation,
// Webhook resource.
func WebhookJSON(s *Source, base string, secret bool) []byte {
	return webhookJSON(endpoint{s, derive(s.Name, s.Secrets[0])}, base, secret)
}

func webhookJSON(e endpoint, base string, secret bool) []byte {
	var w jsonw.Buf
	w.Open()
	w.Key("application_id")
	w.Null()
	w.Key("avatar")
	orNull(&w, e.source.Avatar)
	w.KeyStr("channel_id", channelID(e.source))
	w.KeyStr("id", e.keys.id)
	w.KeyStr("name", e.source.shownName())
	w.KeyInt("type", 1)
	if secret {
		w.KeyStr("token", e.keys.discordToken)
		w.KeyStr("url", base+"/api/webhooks/"+e.keys.id+"/"+e.keys.discordToken)
	}
	w.Close()
	return w.B
}

func orNull(w *jsonw.Buf, s string) {
	if s == "" {
		w.Null()
	} else {
		w.Str(s)
	}
}

func baseOf(c echo.Context) string { return c.Scheme() + "://" + c.Request().Host }

// discordWebhook shows a webhook to one who has its token.
func (s *server) discordWebhook(c echo.Context) error {
	e, _, err := s.discordSource(c, "discord")
	if e.source == nil {
		return err
	}
	return c.JSONBlob(http.StatusOK, webhookJSON(e, baseOf(c), true))
}

// discordModify changes a webhook's name and picture.
func (s *server) discordModify(c echo.Context) error {
	e, version, err := s.discordSource(c, "discord")
	if e.source == nil {
		return err
	}
	d, release, err := s.readDiscord(c, e.source)
	defer release()
	to := e.source.Shown
	if err == nil {
		to, err = ShownBy(d.body, to, e.source.Strict)
	}
	var after Source
	if err == nil && e.source.hook != nil {
		err = errConfigured // it is not ours to change
	}
	if err == nil {
		after, err = s.webhooks.Modify(c.Request().Context(), e.source, to)
	}
	if err != nil {
		return s.discordFault(c, err, version)
	}
	e.source = &after
	return c.JSONBlob(http.StatusOK, webhookJSON(e, baseOf(c), true))
}

// discordRemove takes a webhook away, unless it is in the configuration.
func (s *server) discordRemove(c echo.Context) error {
	e, version, err := s.discordSource(c, "discord")
	if e.source == nil {
		return err
	}
	err = errConfigured
	if e.source.Key != "" {
		err = s.webhooks.Remove(c.Request().Context(), e.source)
	}
	if err != nil {
		return s.discordFault(c, err, version)
	}
	return c.NoContent(http.StatusNoContent)
}

// maxWebhookName bounds a webhook's name, in characters. Source: Discord's
// documentation, Create Webhook.
const maxWebhookName = 80

// ShownBy is what a webhook shows after a request with a name or an avatar, of
// which a missing one changes nothing. Only a strict one refuses the names that
// Discord keeps to itself. The error is for Discord's answer: see Violations.
func ShownBy(body []byte, before Shown, strict bool) (Shown, error) {
	after := before
	if v := gjson.GetBytes(body, "name"); v.Exists() && v.Type != gjson.Null {
		after.Title = strings.Join(strings.Fields(strings.ToValidUTF8(v.String(), "\uFFFD")), " ")
		n := utf8.RuneCountInString(after.Title)
		if v.Type == gjson.JSON || n < 1 || n > maxWebhookName {
			return before, formError("name", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 80 in length.")
		}
		for _, word := range []string{"discord", "clyde"} {
			if strict && strings.Contains(strings.ToLower(after.Title), word) {
				return before, formError("name", "USERNAME_INVALID_CONTAINS", `Username cannot contain "`+word+`"`)
			}
		}
	}
	if v := gjson.GetBytes(body, "avatar"); v.Exists() {
		hash, ok := avatarHash(v)
		if !ok {
			return before, formError("avatar", "BASE_TYPE_BAD_TYPE", "Unsupported image type given")
		}
		after.Avatar = hash
	}
	return after, nil
}

// avatarHash is the hash by which Discord would name a picture, which is given as a
// data address. The picture itself is not kept: only a hash is ever shown.
func avatarHash(v gjson.Result) (hash string, ok bool) {
	if v.Type == gjson.Null {
		return "", true
	}
	kind, data, _ := strings.Cut(v.Str, ";base64,")
	switch kind {
	case "data:image/png", "data:image/jpeg", "data:image/gif", "data:image/webp":
		b, err := base64.StdEncoding.DecodeString(data)
		return pictureHash(string(b)), err == nil && len(b) > 0
	}
	return "", false
}

// pictureHash is a hash in the shape that Discord's have.
func pictureHash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:16])
}

// Violations are those of an error of ShownBy.
func Violations(err error) []Violation {
	if r, ok := err.(*refused); ok { //nolint:errorlint // it is never wrapped
		return r.found
	}
	return nil
}

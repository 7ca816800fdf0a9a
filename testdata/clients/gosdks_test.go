package clients

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"
	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/rest"
	"github.com/disgoorg/disgo/webhook"
	"github.com/disgoorg/snowflake/v2"
	"github.com/slack-go/slack"
)

// must fails a test whose client was refused what it may do.
func must[V any](v V, err error) func(*testing.T) V {
	return func(t *testing.T) V {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestSlackGoWebhook(t *testing.T) {
	g := serve(t)
	if err := slack.PostWebhook(g.addresses["slack"], &slack.WebhookMessage{Text: "Deploy of *api* <https://ci.example.com/42|started> & more"}); err != nil {
		t.Error(err)
	}
	if err := slack.PostWebhook(g.addresses["slack"], &slack.WebhookMessage{
		Username:    "deploys",
		Blocks:      &slack.Blocks{BlockSet: []slack.Block{slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType, "api is live", false, false))}},
		Attachments: []slack.Attachment{{Color: "good", Title: "Checks", Text: "all *green*", Fields: []slack.AttachmentField{{Title: "Took", Value: "2 min", Short: true}}}},
	}); err != nil {
		t.Error(err)
	}
	var refused slack.StatusCodeError
	if err := slack.PostWebhook(g.addresses["slack"], &slack.WebhookMessage{}); !errors.As(err, &refused) || refused.Code != 400 {
		t.Errorf("an empty message: %v", err)
	}
	g.sees("discord", "Deploy of **api** [started](https://ci.example.com/42) & more", "# api is live | Checks | all **green** | Took | 2 min")
	g.sees("slack", "Deploy of *api* <https://ci.example.com/42|started> &amp; more", "deploys | api is live | *Checks* | all *green* | *Took*\n2 min")
}

func TestSlackGoAPI(t *testing.T) {
	g := serve(t)
	api := slack.New(g.addresses["slack_token"], slack.OptionAPIURL(g.addresses["slack_api"]))
	if who := must(api.AuthTest())(t); who.User != "ci" {
		t.Errorf("the bot is %q", who.User)
	}
	channels, _, err := api.GetConversations(&slack.GetConversationsParameters{})
	if err != nil || len(channels) != 1 || channels[0].ID != slackChannel {
		t.Errorf("the channels are %v, %v", channels, err)
	}
	if c := must(api.GetConversationInfo(&slack.GetConversationInfoInput{ChannelID: slackChannel}))(t); c.Name != "ops" {
		t.Errorf("the channel is %q", c.Name)
	}
	post := func(options ...slack.MsgOption) string {
		t.Helper()
		channel, ts, err := api.PostMessage(slackChannel, options...)
		if err != nil || channel != slackChannel {
			t.Fatalf("posted to %q: %v", channel, err)
		}
		return ts
	}
	first := post(slack.MsgOptionText("Deploy of *api* started", false))
	second := post(slack.MsgOptionBlocks(slack.NewHeaderBlock(slack.NewTextBlockObject(slack.PlainTextType, "api is live", false, false))))
	post(slack.MsgOptionText("look at the <https://ci.example.com/42|log>", false), slack.MsgOptionTS(first))
	post(slack.MsgOptionText("is relieved", false), slack.MsgOptionMeMessage())
	if _, ts, text, err := api.UpdateMessage(slackChannel, first, slack.MsgOptionText("Deploy of *api* done", false)); err != nil || ts != first || text != "Deploy of *api* done" {
		t.Errorf("changed %s into %q: %v", ts, text, err)
	}
	if _, ts, err := api.DeleteMessage(slackChannel, second); err != nil || ts != second {
		t.Errorf("deleted %s: %v", ts, err)
	}
	if _, _, _, err := api.UpdateMessage(slackChannel, second, slack.MsgOptionText("too late", false)); err == nil || err.Error() != "message_not_found" {
		t.Errorf("changed what is deleted: %v", err)
	}
	if _, err := slack.New("xoxb-1-2-3", slack.OptionAPIURL(g.addresses["slack_api"])).AuthTest(); err == nil || err.Error() != "invalid_auth" {
		t.Errorf("a stranger: %v", err)
	}
	g.sees("discord", deployed...)
	g.sees("slack", "Deploy of *api* done", "(under 0) look at the <https://ci.example.com/42|log>", "_is relieved_")
}

// discordAddress is a webhook's address in parts: the API without a version, id and
// token.
func (g *gateway) discordAddress() (api, id, token string) {
	api, hook, _ := strings.Cut(g.addresses["discord"], "/webhooks/")
	id, token, _ = strings.Cut(hook, "/")
	return api, id, token
}

// worked is what Discord and Slack show when a client of Discord's has sent,
// edited and deleted, and has brought a file. In Slack a file is a message of its
// own.
func (g *gateway) worked() {
	g.t.Helper()
	g.sees("discord", "Deploy of **api** done", "the log [log.txt: line 1]")
	g.sees("slack", "Deploy of *api* done", "the log", " [log.txt: line 1]")
}

func TestDiscordGoWebhook(t *testing.T) {
	g := serve(t)
	api, id, token := g.discordAddress()
	before := discordgo.EndpointWebhooks
	discordgo.EndpointWebhooks = api + "/v" + discordgo.APIVersion + "/webhooks/"
	t.Cleanup(func() { discordgo.EndpointWebhooks = before })
	s := must(discordgo.New(""))(t)

	first := must(s.WebhookExecute(id, token, true, &discordgo.WebhookParams{Content: "Deploy of **api** started"}))(t)
	second := must(s.WebhookExecute(id, token, true, &discordgo.WebhookParams{
		Username: "deploys",
		Embeds:   []*discordgo.MessageEmbed{{Title: "Checks", Color: 0x2eb67d, Fields: []*discordgo.MessageEmbedField{{Name: "Took", Value: "2 min"}}}},
	}))(t)
	if second.Author.Username != "deploys" || len(second.Embeds) != 1 || second.Embeds[0].Fields[0].Value != "2 min" {
		t.Errorf("answered with %+v", second)
	}
	if m := must(s.WebhookExecute(id, token, false, &discordgo.WebhookParams{Content: "the log", Files: []*discordgo.File{{Name: "log.txt", Reader: strings.NewReader("line 1")}}}))(t); m != nil {
		t.Errorf("answered, though nobody waits, with %+v", m)
	}
	done := "Deploy of **api** done"
	must(s.WebhookMessageEdit(id, token, first.ID, &discordgo.WebhookEdit{Content: &done}))(t)
	if m := must(s.WebhookMessage(id, token, first.ID))(t); m.Content != done || m.EditedTimestamp == nil || !m.Timestamp.Equal(first.Timestamp) {
		t.Errorf("fetched %+v", m)
	}
	if err := s.WebhookMessageDelete(id, token, second.ID); err != nil {
		t.Error(err)
	}
	var refused *discordgo.RESTError
	if err := s.WebhookMessageDelete(id, token, second.ID); !errors.As(err, &refused) || refused.Message.Code != discordgo.ErrCodeUnknownMessage {
		t.Errorf("deleted twice: %v", err)
	}
	if w := must(s.WebhookWithToken(id, token))(t); w.ID != id || w.Token != token {
		t.Errorf("the webhook is %+v", w)
	}
	g.worked()
	g.keeps("the log", "Deploy of  | api |  done")
}

func TestDisgo(t *testing.T) {
	g := serve(t)
	api, id, token := g.discordAddress()
	c := webhook.New(snowflake.MustParse(id), token, webhook.WithRestClientConfigOpts(rest.WithURL(api+"/v10")))
	t.Cleanup(func() { c.Close(context.Background()) })

	first := must(c.CreateContent("Deploy of **api** started"))(t)
	second := must(c.CreateEmbeds([]discord.Embed{{Title: "Checks", Color: 0x2eb67d, Fields: []discord.EmbedField{{Name: "Took", Value: "2 min"}}}}))(t)
	if second.WebhookID == nil || second.WebhookID.String() != id || len(second.Embeds) != 1 {
		t.Errorf("answered with %+v", second)
	}
	third := must(c.CreateMessage(discord.WebhookMessageCreate{Content: "the log", Files: []*discord.File{discord.NewFile("log.txt", "", bytes.NewReader([]byte("line 1")))}}))(t)
	if len(third.Attachments) != 1 || third.Attachments[0].Filename != "log.txt" || third.Attachments[0].Size != 6 {
		t.Errorf("answered with %+v", third.Attachments)
	}
	if m := must(c.UpdateContent(first.ID, "Deploy of **api** done"))(t); m.EditedTimestamp == nil {
		t.Errorf("answered with %+v", m)
	}
	if err := c.DeleteMessage(second.ID); err != nil {
		t.Error(err)
	}
	var refused rest.Error
	if err := c.DeleteMessage(second.ID); !errors.As(err, &refused) || refused.Code != 10008 {
		t.Errorf("deleted twice: %v", err)
	}
	if w := must(c.GetWebhook())(t); w.ID().String() != id || w.Token != token {
		t.Errorf("the webhook is %+v", w)
	}
	g.worked()
}

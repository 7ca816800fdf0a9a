package gateway

import (
	"dragoman/gateway/ingest"
	"dragoman/translators/discord"
	"dragoman/translators/slack"
)

// checks are the platforms' own rules, for sources that hold their senders to
// them.
func checks() ingest.Checks {
	return ingest.Checks{
		Slack:       func(body []byte) []ingest.Violation { return slackViolations(slack.Check(body)) },
		SlackBlocks: func(blocks []byte) []ingest.Violation { return slackViolations(slack.CheckBlocks(blocks)) },
		Discord:     func(body []byte) []ingest.Violation { return discordViolations(discord.Check(body)) },
		DiscordFiles: func(body []byte, ids []string) []ingest.Violation {
			return discordViolations(discord.CheckFiles(body, ids))
		},
		DiscordAnswer: func(found []ingest.Violation, version int) []byte {
			list := make([]discord.Violation, len(found))
			for i, v := range found {
				list[i] = discord.Violation{Path: v.Pointer, Code: v.Code, Message: v.Message}
			}
			return discord.AppendErrors(nil, list, version)
		},
	}
}

func discordViolations(found []discord.Violation) (out []ingest.Violation) {
	for _, v := range found {
		out = append(out, ingest.Violation{Code: v.Code, Pointer: v.Path, Message: v.Message})
	}
	return out
}

func slackViolations(found []slack.Violation) (out []ingest.Violation) {
	for _, v := range found {
		out = append(out, ingest.Violation{Error: v.Error, Code: v.Code, Pointer: v.Pointer, Message: v.Message, Field: v.Field})
	}
	return out
}

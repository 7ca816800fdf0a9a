package discord

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/tidwall/gjson"
)

// The rules of a message but for its components. Limits are in limits.go, and here
// those that the writer does not come near. Sources are the same.
const (
	maxAttachmentName = 1024
	maxWaveform       = 400
	maxColour         = 0xFFFFFF

	maxPollQuestion = 300
	maxPollAnswers  = 10
	maxPollAnswer   = 55
	maxPollHours    = 768
)

// flagComponentsV2 makes components the whole of a message.
const flagComponentsV2 = 1 << 15

func must(name string, f form) member { return member{name: name, need: true, form: f} }
func may(name string, f form) member  { return member{name: name, form: f} }

func textTo(most int) form          { return form{kind: aText, max: most} }
func textOf(least, most int) form   { return form{kind: aText, min: least, max: most} }
func embedText(most int) form       { return form{kind: aText, max: most, counts: true} }
func fieldText(most int) form       { return form{kind: aText, max: most, counts: true, filled: true} }
func numberOf(least, most int) form { return form{kind: anInteger, min: least, max: most} }
func oneOf(kind kind, choices ...string) form {
	return form{kind: kind, enum: choices}
}
func listOf(least, most int, item form) form {
	return form{kind: aList, min: least, max: most, item: &item}
}
func modelOf(members ...member) form {
	return form{kind: aModel, model: &model{members: members}}
}

var (
	boolean   = form{kind: aBoolean}
	integer   = form{kind: anInteger}
	snowflake = form{kind: aSnowflake}
	colour    = numberOf(0, maxColour)

	web      = []string{"http", "https"}
	address  = form{kind: anAddress, max: maxURL, schemes: web}
	imageURL = form{kind: anAddress, max: maxURL, schemes: web, upload: true}
)

var message = model{
	members: []member{
		may("content", textTo(maxContent)),
		may("username", form{kind: aText, min: 1, max: maxUsername, also: allowedName}),
		may("avatar_url", address),
		may("tts", boolean),
		may("embeds", form{kind: aList, max: maxEmbeds, item: &form{kind: aModel, model: &embedModel}, after: embedTotal}),
		may("allowed_mentions", form{kind: aModel, model: &allowedMentions}),
		may("components", form{kind: someComponents}),
		may("attachments", listOf(0, maxUploads, attachment)),
		may("flags", integer),
		may("thread_name", textTo(maxThreadName)),
		may("applied_tags", listOf(0, maxTags, snowflake)),
		may("poll", poll),
	},
	also: func(c *checker, o object) {
		if bits, ok := whole(o.get("flags")); ok && bits >= 0 && bits < 1<<62 {
			c.v2 = int64(bits)&flagComponentsV2 != 0
		}
		if c.v2 {
			for _, name := range []string{"content", "embeds", "poll"} {
				if o.have(name) {
					c.addIn(name, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
						"The '"+name+"' field cannot be used when using MessageFlags.IS_COMPONENTS_V2")
				}
			}
		}
		if o.have("applied_tags") && !o.have("thread_name") {
			c.addIn("thread_name", codeRequired, saidRequired) // code not observed
		}
	},
}

// allowedName checks a username for the words that Discord reserves.
func allowedName(c *checker, s string) {
	low := strings.Map(unicode.ToLower, s)
	for _, word := range []string{"clyde", "discord"} {
		if strings.Contains(low, word) {
			c.add("USERNAME_INVALID_CONTAINS", `Username cannot contain "`+word+`"`)
			return
		}
	}
}

var embedModel = model{
	members: []member{
		may("title", embedText(maxTitle)),
		may("description", embedText(maxDescription)),
		may("url", address),
		may("timestamp", form{kind: aTime}),
		may("color", colour),
		may("author", modelOf(may("name", embedText(maxAuthor)), may("url", address), may("icon_url", imageURL))),
		may("footer", modelOf(may("text", embedText(maxFooter)), may("icon_url", imageURL))),
		may("image", picture),
		may("thumbnail", picture),
		may("video", form{kind: aModel, model: &model{}}),
		may("provider", form{kind: aModel, model: &model{}}),
		may("fields", listOf(0, maxFields, modelOf(
			must("name", fieldText(maxFieldName)), must("value", fieldText(maxFieldValue)), may("inline", boolean)))),
	},
	also: func(c *checker, o object) {
		for _, name := range []string{"title", "description", "timestamp", "author", "footer", "image", "thumbnail", "video", "fields"} {
			if o.have(name) {
				return
			}
		}
		c.addIn("description", codeRequired, saidRequired)
	},
}

var picture = modelOf(may("url", imageURL), may("description", textTo(maxMediaAlt)))

// embedTotal checks the sum over all embeds.
func embedTotal(c *checker, from, _ int) {
	if c.embedChars > maxEmbedTotal {
		c.addAt(from, "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of "+strconv.Itoa(maxEmbedTotal))
	}
}

func setOf(most int, item form) form {
	return form{kind: aList, max: most, item: &item, set: true}
}

var allowedMentions = model{
	members: []member{
		may("parse", setOf(0, oneOf(aText, "users", "roles", "everyone"))),
		may("users", setOf(maxPings, snowflake)),
		may("roles", setOf(maxPings, snowflake)),
		may("replied_user", boolean),
	},
	also: func(c *checker, o object) {
		for _, what := range []string{"users", "roles"} {
			if !o.have(what) {
				continue
			}
			o.get("parse").ForEach(func(_, p gjson.Result) bool {
				if p.Str != what {
					return true
				}
				c.add("MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
					`parse:["`+what+`"] and `+what+`: [ids...] are mutually exclusive.`)
				return false
			})
		}
	},
}

var attachment = modelOf(
	must("id", snowflake), may("filename", textOf(1, maxAttachmentName)),
	may("title", textTo(maxUploadText)), may("description", textTo(maxUploadText)),
	may("is_spoiler", boolean), may("waveform", textTo(maxWaveform)),
)

var poll = modelOf(
	must("question", modelOf(must("text", form{kind: aText, max: maxPollQuestion, filled: true}))),
	must("answers", listOf(1, maxPollAnswers, modelOf(must("poll_media", modelOf(
		may("text", textTo(maxPollAnswer)), may("emoji", emoji)))))),
	may("duration", numberOf(1, maxPollHours)),
	may("allow_multiselect", boolean),
	may("layout_type", oneOf(anInteger, "1")),
)

var emoji = modelOf(may("id", snowflake), may("name", form{kind: aText}), may("animated", boolean))

package slack

// The rules of blocks.

var blockIDMember = may("block_id", rule{kind: aString, max: maxIDChars, id: blockID})

// block is the shape of a block, with what all blocks have.
func block(typ string, members ...member) *shape {
	return &shape{typ: typ, block: true, members: append(members, blockIDMember)}
}

// Blocks that hold no other block.
var (
	sectionBlock = only(block("section",
		may("text", eitherText(maxSectionChars)),
		may("fields", list(1, maxFields, eitherText(maxFieldChars))),
		may("accessory", accessories), may("expand", boolean)), atLeastOne("text", "fields"))
	headerBlock  = block("header", must("text", plainText(maxHeaderChars)), may("level", whole(1, maxHeaderLevel)))
	dividerBlock = block("divider")
	imageBlock   = only(block("image",
		must("alt_text", str(maxAltChars)), may("image_url", address), may("slack_file", slackFile),
		may("title", plainText(maxTitleChars))), xor("image_url", "slack_file"))
	contextBlock = block("context", must("elements", list(1, maxElements,
		typed(imageElement, plainShape(maxSectionChars), mrkdwnShape(maxSectionChars)))))
	actionsBlock = block("actions", must("elements", list(1, maxActions, actionElements)))
	inputBlock   = block("input",
		must("label", plainText(maxLabelChars)), must("element", inputElements), may("hint", plainText(maxLabelChars)),
		may("optional", boolean), may("dispatch_action", boolean))
	videoBlock = block("video",
		must("alt_text", str(maxVideoChars)), must("title", plainText(maxVideoTitle)), must("thumbnail_url", address),
		must("video_url", secure), may("title_url", secure), may("author_name", str(maxVideoAuthor)),
		may("provider_name", str(maxVideoProvider)), may("provider_icon_url", address), may("description", plainText(maxVideoChars)))
	contextActionsBlock = block("context_actions", must("elements", list(1, maxFeedback, typed(feedbackButtons, iconButton))))
	taskCardBlock       = block("task_card",
		must("task_id", someText), must("title", rule{kind: aString, min: 1, count: true}),
		may("status", oneOf("pending", "in_progress", "complete", "error")), may("hide_title", boolean),
		may("details", typed(richText)), may("output", typed(richText)), may("sources", list(0, 0, typed(urlSource))))
	planBlock = block("plan", must("title", rule{kind: aString, min: 1, count: true}), may("tasks", list(0, 0, typed(taskCardBlock))))

	// Posted by an app they are refused; they stand in layouts and containers.
	alertBlock = block("alert", must("text", eitherText(maxAlertChars)), may("level", oneOf("default", "info", "warning", "error", "success")))
	fileBlock  = block("file", must("external_id", someText), must("source", oneOf("remote")))
)

// markdownBlock is the one whose text is limited over the message, too.
var markdownBlock = only(block("markdown", must("text", rule{kind: aString, min: 1, max: maxMarkdownChars, count: true})),
	func(c *checker, o object) { c.sum.markdown += charCount(o.get("text")) })

var (
	cardBlock = only(block("card",
		may("hero_image", typed(imageElement)), may("icon", typed(imageElement)), may("slack_icon", slackIcon),
		may("title", eitherText(maxCardTitle)), may("subtitle", eitherText(maxCardTitle)),
		may("body", eitherText(maxCardText)), may("subtext", eitherText(maxCardText)),
		may("actions", list(0, maxCardButtons, typed(button)))), func(c *checker, o object) {
		atLeastOne("hero_image", "title", "body", "actions")(c, o)
		notBoth("icon", "slack_icon")(c, o)
	})
	carouselBlock = block("carousel", must("elements", list(1, maxCards, typed(cardBlock))))
)

// Blocks that hold blocks. A container may stand in a layout and a layout in a
// container, and there it ends, so that the rules have an end, too.
var (
	inContainer = []*shape{
		actionsBlock, contextBlock, dividerBlock, fileBlock, headerBlock, imageBlock, inputBlock, richText, sectionBlock, tableBlock, videoBlock,
	}
	inLayout = []*shape{
		actionsBlock, alertBlock, cardBlock, carouselBlock, contextBlock, dataTableBlock, chartBlock, dividerBlock, fileBlock,
		headerBlock, imageBlock, inputBlock, richText, sectionBlock, tableBlock, videoBlock,
	}
	inFallback = []*shape{contextBlock, dividerBlock, headerBlock, imageBlock, richText, sectionBlock, tableBlock, videoBlock}

	containerBlock = container(shapes(inContainer, []*shape{layout(inLayout)}))
	layoutBlock    = layout(shapes(inLayout, []*shape{container(inContainer)}))
)

func container(children []*shape) *shape {
	return only(block("container",
		must("child_blocks", list(1, maxChildren, typed(children...))),
		may("title", plainText(maxFrameTitle)), may("rich_text_title", typed(richText)),
		may("subtitle", eitherText(maxFrameTitle)), may("icon", typed(imageElement)),
		may("width", oneOf("narrow", "standard", "wide", "full")),
		may("is_collapsible", boolean), may("default_collapsed", boolean), may("has_header_divider", boolean)),
		func(c *checker, o object) {
			atLeastOne("title", "rich_text_title")(c, o)
			folds := o.get("is_collapsible").Bool()
			if o.get("default_collapsed").Bool() && !folds {
				c.add(codeConstraint, "`default_collapsed` needs `is_collapsible`", "")
			}
			if o.get("has_header_divider").Bool() && folds {
				c.add(codeConstraint, "`has_header_divider` must not stand beside `is_collapsible`", "")
			}
		})
}

func layout(children []*shape) *shape {
	fallback := list(0, 0, typed(inFallback...))
	fallback.aside = true
	return block("layout",
		must("label", filled(maxFrameTitle)),
		must("rows", list(1, maxLayoutRows, one(&shape{members: []member{
			must("items", list(1, maxLayoutItems, one(&shape{members: []member{
				must("block", typed(children...)),
				may("width", oneOf("narrow", "standard", "wide")),
				may("horizontal_alignment", oneOf("start", "center", "end")),
			}, also: func(c *checker, _ object) { c.sum.items++ }}))),
		}}))),
		may("is_label_visible", boolean), may("grid_lines", oneOf("none", "rows", "outer")),
		may("fallback", fallback))
}

// messageBlocks are the blocks of a message or an attachment.
var messageBlocks = rule{kind: aList, max: maxBlocks, blocks: true, item: &rule{kind: anObject, types: []*shape{
	actionsBlock, cardBlock, carouselBlock, containerBlock, contextBlock, contextActionsBlock, dataTableBlock, chartBlock,
	dividerBlock, headerBlock, imageBlock, inputBlock, layoutBlock, markdownBlock, planBlock, richText, sectionBlock,
	tableBlock, taskCardBlock, videoBlock,
}}}

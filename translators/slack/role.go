package slack

import (
	"strconv"
	"strings"
)

// A role is the part that a block has in something Block Kit has no word for. The
// writer puts it into the block_id, followed by a number that makes the id
// unique, and the reader takes it from there. The words stand in the block in any
// case: a foreign block_id of this form does no harm.
const (
	roleSender = "sender"
	roleAuthor = "card-author"
	roleTitle  = "card-title"
	roleThumb  = "card-thumb"
	roleFooter = "card-footer"
	roleField  = "field"      // a Fields block begins
	roleMore   = "field-more" // the Fields block goes on
)

// roleOf is the role in a block_id, empty if there is none.
func roleOf(id string) string {
	i := strings.LastIndexByte(id, '-')
	if i < 0 {
		return ""
	}
	if _, err := strconv.ParseUint(id[i+1:], 10, 16); err != nil {
		return ""
	}
	switch id[:i] {
	case roleSender, roleAuthor, roleTitle, roleThumb, roleFooter, roleField, roleMore:
		return id[:i]
	default:
		return ""
	}
}

package chat_test

import (
	"testing"

	"dragoman/translators/chat"
)

func TestAppendGrid(t *testing.T) {
	cell := func(s string) chat.Text { return chat.Text{{Text: s}} }
	table := &chat.Table{
		Head:  true,
		Align: []chat.Align{chat.AlignNone, chat.AlignCentre, chat.AlignRight},
		Rows:  [][]chat.Text{{cell("name"), cell("state"), cell("n")}, {cell("文件"), cell("ok"), cell("12")}, {cell("two\nlines")}},
	}
	aligned := "name       state   n\n---------  -----  --\n文件        ok    12\ntwo lines"
	if got := string(chat.AppendGrid(nil, table, 0)); got != aligned {
		t.Errorf("got\n%s\nwant\n%s", got, aligned)
	}
	narrow := "name | state | n\n文件 | ok | 12\ntwo lines"
	if got := string(chat.AppendGrid(nil, table, 10)); got != narrow {
		t.Errorf("got\n%s\nwant\n%s", got, narrow)
	}
}

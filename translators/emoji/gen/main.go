// Gen writes table.go of package emoji from emoji.json of iamcal's emoji-data
// (npm package emoji-datasource, version 16.0.0), whose path is its argument.
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"go/format"
	"log"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
)

type picture struct {
	Unified    string             `json:"unified"`
	ShortName  string             `json:"short_name"`
	ShortNames []string           `json:"short_names"`
	Order      int                `json:"sort_order"`
	Skins      map[string]picture `json:"skin_variations"`
}

// aliases are names that Slack knows and the data does not.
var aliases = map[string]string{"simple_smile": "slightly_smiling_face"}

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: gen path/to/emoji.json")
	}
	src, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var list []picture
	if err := json.Unmarshal(src, &list); err != nil {
		log.Fatal(err)
	}
	code, err := format.Source(table(list))
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("table.go", code, 0o644); err != nil {
		log.Fatal(err)
	}
}

// A char is one sequence of characters; its variants follow their base.
type char struct {
	text string
	name string // canonical name of the base
	tone string // "", "2" … "6", or two of them as in "2-3"
}

func table(list []picture) []byte {
	slices.SortStableFunc(list, func(a, b picture) int { return cmp.Compare(a.ShortName, b.ShortName) })
	var chars []char
	at := map[string]int{} // any name → index in chars
	for _, p := range list {
		for _, name := range p.ShortNames {
			at[name] = len(chars)
		}
		chars = append(chars, char{text: decode(p.Unified), name: p.ShortName})
		keys := slices.SortedFunc(maps.Keys(p.Skins), func(a, b string) int {
			return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
		})
		for _, key := range keys {
			chars = append(chars, char{decode(p.Skins[key].Unified), p.ShortName, tones(key)})
		}
	}
	for alias, name := range aliases {
		at[alias] = at[name]
	}
	names := slices.Sorted(maps.Keys(at))
	place := map[string]int{}
	nameText, charText, toneText := "", "", ""
	var nameAt, nameChar, charAt, charName, charTone, byChar []int
	for i, name := range names {
		place[name] = i
		nameAt = append(nameAt, len(nameText))
		nameChar = append(nameChar, at[name])
		nameText += name
	}
	nameAt = append(nameAt, len(nameText))
	var kinds []string
	for i, c := range chars {
		charAt = append(charAt, len(charText))
		charText += c.text
		charName = append(charName, place[c.name])
		k := slices.Index(kinds, c.tone)
		if k < 0 {
			k = len(kinds)
			kinds = append(kinds, c.tone)
		}
		charTone = append(charTone, k)
		byChar = append(byChar, i)
	}
	charAt = append(charAt, len(charText))
	slices.SortStableFunc(byChar, func(a, b int) int { return cmp.Compare(bare(chars[a].text), bare(chars[b].text)) })
	for _, k := range charTone {
		toneText += string(rune('a' + k))
	}

	var b bytes.Buffer
	b.WriteString(header)
	fmt.Fprintf(&b, "const maxName = %d // bytes\n", len(slices.MaxFunc(names, func(a, b string) int { return len(a) - len(b) })))
	text(&b, "nameText holds every name, sorted.", "nameText", nameText)
	numbers(&b, "nameAt is where each name begins.", "nameAt", nameAt)
	numbers(&b, "nameChar is the character of each name.", "nameChar", nameChar)
	text(&b, "charText holds every character; its variants, by tone, follow each.", "charText", charText)
	numbers(&b, "charAt is where each character begins.", "charAt", charAt)
	numbers(&b, "charName is the canonical name of each character.", "charName", charName)
	text(&b, "charTone is the tone of each character, an index of tones from 'a'.", "charTone", toneText)
	fmt.Fprintf(&b, "\nvar tones = [...]string{%s}\n", quoted(kinds))
	numbers(&b, "byChar sorts the characters, U+FE0F aside.", "byChar", byChar)
	return b.Bytes()
}

// decode turns "26A0-FE0F" into its characters.
func decode(hex string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(hex, "-") {
		r, err := strconv.ParseUint(part, 16, 32)
		if err != nil {
			log.Fatal(err)
		}
		b.WriteRune(rune(r))
	}
	return b.String()
}

// tones turns "1F3FB" into "2", and "1F3FB-1F3FC" into "2-3".
func tones(key string) string {
	var list []string
	for _, r := range decode(key) {
		list = append(list, strconv.Itoa(int(r)-0x1F3FB+2))
	}
	return strings.Join(list, "-")
}

func bare(s string) string { return strings.ReplaceAll(s, "\uFE0F", "") }

func quoted(list []string) string {
	var b strings.Builder
	for _, s := range list {
		fmt.Fprintf(&b, "%q, ", s)
	}
	return b.String()
}

func text(b *bytes.Buffer, doc, name, s string) {
	fmt.Fprintf(b, "\n// %s\nconst %s = \"\"", doc, name)
	for rest := []rune(s); len(rest) > 0; {
		n := min(len(rest), 100)
		fmt.Fprintf(b, " +\n%+q", string(rest[:n]))
		rest = rest[n:]
	}
	b.WriteByte('\n')
}

func numbers(b *bytes.Buffer, doc, name string, list []int) {
	fmt.Fprintf(b, "\n// %s\nvar %s = [...]uint16{", doc, name)
	for i, v := range list {
		if v > 0xffff {
			log.Fatalf("%s: %d does not fit", name, v)
		}
		if i%20 == 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(b, "%d, ", v)
	}
	b.WriteString("\n}\n")
}

const header = `// Code generated by gen from emoji-datasource 16.0.0; DO NOT EDIT.
//
// The data is:
//
// The MIT License (MIT)
//
// Copyright (c) 2013 Cal Henderson
//
// Permission is hereby granted, free of charge, to any person obtaining a copy
// of this software and associated documentation files (the "Software"), to deal
// in the Software without restriction, including without limitation the rights
// to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
// copies of the Software, and to permit persons to whom the Software is
// furnished to do so, subject to the following conditions:
//
// The above copyright notice and this permission notice shall be included in all
// copies or substantial portions of the Software.
//
// THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
// IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
// FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
// AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
// LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
// OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
// SOFTWARE.

package emoji

`

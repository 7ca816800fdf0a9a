package markdown

import (
	"strings"

	"dragoman/translators/chat"
)

// masked reads `[label](address "title")` at i. What it looks at in vain is taken
// from a budget, which only hostile text ever spends.
func (p *parser) masked(hi, i, at int, style chat.Style, depth int) int {
	if p.budget <= 0 {
		return i
	}
	src := p.src
	end, ok := labelEnd(src, i, hi)
	if !ok || end == i+1 || end+1 >= hi || src[end+1] != '(' {
		p.looked += end - i
		p.budget -= end - i
		return i
	}
	url, titled, hushed, close, ok := address(src, end+2, hi)
	p.looked += close - i
	label := src[i+1 : end]
	if !ok || !linkable(url) || !labels(label, url) {
		p.budget -= close - i
		return i
	}
	p.words(at, i, style)
	if titled {
		p.notes.Add(chat.Dropped, "title", 1)
	}
	p.count(hushed)
	p.inLink, p.ref = true, unescape(url)
	if unseen(label) {
		p.lit(p.ref, style) // else nobody would see it
	} else {
		p.run(i+1, end, style, depth+1)
	}
	p.inLink, p.ref = false, ""
	return close + 1
}

// unseen reports whether s shows nothing.
func unseen(s string) bool { return strings.Trim(s, " \t\n"+zwsp) == "" }

func (p *parser) count(hushed bool) {
	if hushed {
		p.hushed++
	} else {
		p.loud++
	}
}

// labelEnd finds the bracket which closes the one at i; brackets may stand in
// brackets once. When there is none, end is where the search ended.
func labelEnd(src string, i, hi int) (end int, ok bool) {
	inner := false
	k := i + 1
	for ; k < hi; k++ {
		switch src[k] {
		case '\\':
			k++
		case '[':
			if inner {
				return k, false
			}
			inner = true
		case ']':
			if !inner {
				return k, true
			}
			inner = false
		case '\n':
			if k+1 < hi && src[k+1] == '\n' {
				return k, false
			}
		}
	}
	return hi, false
}

// address reads `address "title")` or `<address> "title")` from i on, and says
// where the closing parenthesis is; without one, how far it looked.
func address(src string, i, hi int) (url string, titled, hushed bool, close int, ok bool) {
	for i < hi && src[i] == ' ' {
		i++
	}
	k := i
	if k < hi && src[k] == '<' {
		hushed = true
		i++
		for k = i; k < hi && src[k] != '>' && src[k] > ' '; k++ {
		}
		if k == hi || src[k] != '>' {
			return "", false, false, k, false
		}
		url = src[i:k]
		k++
	} else {
		open := 0
	scan:
		for ; k < hi && src[k] > ' '; k++ {
			switch src[k] {
			case '\\':
				if k+1 < hi && escapable(src[k+1]) {
					k++
				}
			case '(':
				open++
			case ')':
				if open == 0 {
					break scan
				}
				open--
			}
		}
		k = min(k, hi)
		url = src[i:k]
	}
	for k < hi && isSpace(src[k]) {
		k++
	}
	if k < hi && (src[k] == '"' || src[k] == '\'') && isSpace(src[k-1]) {
		quote := src[k]
		titled = true
		for k++; k < hi; k++ {
			if src[k] == quote && k+1 < hi && src[k+1] == ')' {
				k++
				break
			}
			if src[k] == '\n' {
				return "", false, false, k, false
			}
		}
	}
	if k >= hi || src[k] != ')' {
		return "", false, false, min(k, hi), false
	}
	return url, titled, hushed, k, true
}

// unescape takes the backslashes from an address.
func unescape(url string) string {
	if strings.IndexByte(url, '\\') < 0 {
		return url
	}
	b := make([]byte, 0, len(url))
	for i := 0; i < len(url); i++ {
		if url[i] == '\\' && i+1 < len(url) && escapable(url[i+1]) {
			i++
		}
		b = append(b, url[i])
	}
	return string(b)
}

// linkable reports whether Discord makes a masked link of an address.
func linkable(url string) bool {
	for _, scheme := range [...]string{"https://", "http://", "discord://"} {
		if len(url) > len(scheme) && strings.EqualFold(url[:len(scheme)], scheme) {
			return true
		}
	}
	return false
}

// labels reports whether Discord takes label for a link's: it must not look like
// another address.
func labels(label, url string) bool {
	return !strings.Contains(label, "://") || label == url || !strings.Contains(label, "http")
}

// bare finds the address around the ":" at i, whose words may begin no earlier
// than at. end is −1 when there is none.
func (p *parser) bare(i, at, hi int) (from, end int) {
	src := p.src
	if !strings.HasPrefix(src[i:hi], "://") {
		return 0, -1
	}
	switch {
	case strings.HasSuffix(src[at:i], "https"):
		from = i - 5
	case strings.HasSuffix(src[at:i], "http"):
		from = i - 4
	default:
		return 0, -1
	}
	end = i + 3
	for end < hi && src[end] > ' ' && src[end] != '<' && src[end] != 0x7f {
		if src[end] == ']' && end+1 < hi && src[end+1] == '(' {
			break
		}
		end++
	}
	p.looked += end - i
	end = trimAddress(src, i+3, end)
	if end-(i+3) < 2 {
		return 0, -1
	}
	return from, end
}

// trimAddress takes the marks of a sentence from the end of an address, and
// parentheses that were opened before it.
func trimAddress(src string, lo, end int) int {
	open := strings.Count(src[lo:end], "(") - strings.Count(src[lo:end], ")")
	for end > lo {
		switch src[end-1] {
		case ')':
			if open >= 0 {
				return end
			}
			open++
		case '.', ',', ':', ';', '"', '\'', ']':
		default:
			return end
		}
		end--
	}
	return end
}

package markdown

import (
	"strings"

	"dragoman/translators/chat"
	emojis "dragoman/translators/emoji"
)

// reading gathers src[lo:hi] with its escapes and entities decoded, its emoji
// named, and what it refers to linked.
func (g *gfmReader) reading(lo, hi int, style chat.Style) {
	src := g.src
	at := lo
	for i := lo; i < hi; {
		c := src[i]
		end, label, ref := i, "", ""
		switch {
		case c == '\\':
			if i+1 < hi && punct(src[i+1]) {
				g.words(at, i, style)
				at = i + 1
				i += 2
				continue
			}
		case c == '&':
			if text, n := entity(src[i:hi]); n > 1 {
				g.words(at, i, style)
				g.lit(text, style)
				i += n
				at = i
				continue
			}
		case c == ':':
			if text, n := shortName(src[i:hi]); n > 0 {
				g.words(at, i, style)
				g.lit(text, style)
				i += n
				at = i
				continue
			}
		case g.inLink:
		case c == '@' && g.opt.Host != "" && (i == lo || !joins(src[i-1])):
			if end = login(src, i+1, hi); end > i {
				label, ref = src[i:end], g.profile(src[i+1:end])
			}
		case c == '@' && g.opt.Host != "" && g.opt.Repo != "":
			if from := g.repoFrom(at, i); from >= 0 {
				if end = commit(src, i+1, hi); end > i {
					label, ref = src[from:i+1]+short(src[i+1:end]), g.opt.Host+"/"+src[from:i]+"/commit/"+src[i+1:end]
					g.words(at, from, style)
					at = i
				}
			}
		case c == '#' && g.opt.Repo != "":
			if from := g.issueFrom(at, i); from >= 0 {
				if end = digits(src, i+1, hi); end > i {
					label, ref = src[from:end], g.issue(src[from:i], src[i+1:end])
					g.words(at, from, style)
					at = from
				}
			}
		case isWord(c) && g.opt.Repo != "":
			if i > lo && (isWord(src[i-1]) || src[i-1] == '/' || src[i-1] == '-') {
				break
			}
			if strings.HasPrefix(src[i:hi], "GH-") {
				if end = digits(src, i+3, hi); end > i {
					label, ref = src[i:end], g.issue("", src[i+3:end])
				}
			} else if end = commit(src, i, hi); end > i {
				label, ref = short(src[i:end]), g.opt.Repo+"/commit/"+src[i:end]
				if strings.HasPrefix(src[end:hi], "...") {
					if other := commit(src, end+3, hi); other > 0 {
						label += "..." + short(src[end+3:other])
						ref, end = g.opt.Repo+"/compare/"+src[i:other], other
					}
				}
			}
		}
		if ref == "" {
			i++
			continue
		}
		if at < i && label[0] == src[i] {
			g.words(at, i, style)
		}
		g.gather(label, ref, style)
		i, at = end, end
	}
	g.words(at, hi, style)
}

// joins reports whether c before an "@" or "#" makes it a part of a word, or of
// what would be a mention elsewhere.
func joins(c byte) bool { return isWord(c) || c == '`' || c == '/' || c == '@' || c == '<' }

// shortName reads ":name:" of an emoji that is Unicode.
func shortName(s string) (text string, n int) {
	end := strings.IndexByte(s[1:min(len(s), 64)], ':')
	if end < 1 {
		return "", 0
	}
	if text, ok := emojis.Unicode(s[1 : end+1]); ok {
		return text, end + 2
	}
	return "", 0
}

// login gives the end of a login or of org/team from i on, −1 when it is none. What
// means everyone elsewhere is nobody.
func login(src string, i, hi int) int {
	name := func(k int) int {
		from := k
		for k < hi && k-from < 39 && (isWord(src[k]) || src[k] == '-' && k > from && k+1 < hi && isWord(src[k+1])) {
			k++
		}
		if k == from || src[from] == '_' {
			return -1
		}
		return k
	}
	end := name(i)
	if end < 0 {
		return -1
	}
	if end < hi && src[end] == '/' {
		if team := name(end + 1); team > 0 {
			end = team
		}
	}
	if strings.HasPrefix(src[end:hi], "[bot]") {
		end += len("[bot]")
	}
	if end < hi && (isWord(src[end]) || src[end] == '@') {
		return -1
	}
	switch src[i:end] {
	case "everyone", "here", "channel":
		return -1
	}
	return end
}

func (g *gfmReader) profile(name string) string {
	if org, team, ok := strings.Cut(name, "/"); ok {
		return g.opt.Host + "/orgs/" + org + "/teams/" + team
	}
	if bot, ok := strings.CutSuffix(name, "[bot]"); ok {
		return g.opt.Host + "/apps/" + bot
	}
	return g.opt.Host + "/" + name
}

// issueFrom gives where a reference begins whose "#" is at i: there, or at
// "owner/repo" before it, not before lo. It is −1 inside of a word.
func (g *gfmReader) issueFrom(lo, i int) int {
	if i == lo || !isWord(g.src[i-1]) && g.src[i-1] != '-' && g.src[i-1] != '.' && g.src[i-1] != '/' {
		return i
	}
	return g.repoFrom(lo, i)
}

// repoFrom gives where "owner/repo" begins that ends before i, not before lo; −1
// when there is none.
func (g *gfmReader) repoFrom(lo, i int) int {
	k, slashes := i, 0
	for k > lo && i-k < 140 {
		c := g.src[k-1]
		if c == '/' {
			slashes++
		} else if !isWord(c) && c != '-' && c != '.' {
			break
		}
		k--
	}
	if slashes != 1 || g.opt.Host == "" || g.src[k] == '/' || g.src[i-1] == '/' || k > lo && joins(g.src[k-1]) {
		return -1
	}
	return k
}

func (g *gfmReader) issue(repo, number string) string {
	if repo != "" {
		return g.opt.Host + "/" + repo + "/issues/" + number
	}
	return g.opt.Repo + "/issues/" + number
}

// short is a commit's hash as GitHub shows it: a whole one by its beginning.
func short(hash string) string {
	if len(hash) == 40 {
		return hash[:7]
	}
	return hash
}

// digits gives the end of a number from i on, −1 when there is none.
func digits(src string, i, hi int) int {
	k := i
	for k < hi && src[k] >= '0' && src[k] <= '9' {
		k++
	}
	if k == i || k-i > 9 || k < hi && isWord(src[k]) {
		return -1
	}
	return k
}

// commit gives the end of a commit's hash from i on, −1 when it is none. One that
// is all digits, or all letters, is more likely a number or a word.
func commit(src string, i, hi int) int {
	k := i
	number, letter := false, false
	for ; k < hi && k-i <= 40; k++ {
		switch c := src[k]; {
		case c >= '0' && c <= '9':
			number = true
		case c >= 'a' && c <= 'f':
			letter = true
		default:
			if isWord(c) || c == '-' {
				return -1
			}
			if k-i >= 7 && number && letter {
				return k
			}
			return -1
		}
	}
	if k-i >= 7 && k-i <= 40 && number && letter {
		return k
	}
	return -1
}

package rules

// matchPath tells whether path is like glob. `?` is one character and `*` any
// number of them, both within a folder; `**` is any number of characters; `**/` at
// the beginning of a folder's name is any number of folders, also none. The cost
// is the product of the two lengths.
func matchPath(glob, path string) bool {
	g, p := []rune(glob), []rune(path)
	// reach[j] tells whether the part of glob read so far can end before p[j].
	reach := make([]bool, len(p)+1)
	reach[0] = true
	for i := 0; i < len(g); i++ {
		switch {
		case g[i] == '*' && i+1 < len(g) && g[i+1] == '*':
			folders := i+2 < len(g) && g[i+2] == '/' && (i == 0 || g[i-1] == '/')
			i++
			if folders {
				i++
			}
			seen := false
			for j := range p {
				seen = seen || reach[j]
				reach[j+1] = reach[j+1] || seen && (!folders || p[j] == '/')
			}
		case g[i] == '*':
			for j := range p {
				reach[j+1] = reach[j+1] || reach[j] && p[j] != '/'
			}
		default:
			for j := len(p) - 1; j >= 0; j-- {
				reach[j+1] = reach[j] && (g[i] == p[j] || g[i] == '?' && p[j] != '/')
			}
			reach[0] = false
		}
	}
	return reach[len(p)]
}

package config

func (p pair) source() Source {
	s := Source{Name: p.name(), Accept: dialects(), Labels: map[string]string{}}
	for _, p := range p.val.pairs() {
		switch p.key {
		case "secret":
			s.Secrets = p.val.secretList()
		case "github_secret":
			s.GitHubSecret = p.val.secretList()
		case "labels":
			for _, l := range p.val.pairs() {
				s.Labels[l.key] = l.val.str()
			}
		case "accept":
			s.Accept = nil
			for _, v := range p.val.list() {
				s.Accept = append(s.Accept, v.oneOf("slack discord github", ""))
			}
		case "validate":
			s.Strict = p.val.oneOf("lenient platform", "") == "platform"
		case "rate":
			s.Rate = p.val.pace()
		case "paths":
			for _, v := range p.val.list() {
				s.Paths = append(s.Paths, v.hookPath())
			}
		case "github":
			s.GitHub = p.val.github()
		default:
			p.unknown("expect_every", "secret github_secret labels accept validate rate paths github")
		}
	}
	if len(s.Secrets) == 0 {
		p.at.fail("has no secret: its addresses are derived from one")
	}
	return s
}

package config

import "slices"

func (x node) directory(d *Directory) {
	for _, p := range x.pairs() {
		for _, e := range p.val.pairs() {
			entry := Entry{Name: e.key}
			switch p.key {
			case "users":
				e.val.ids(&entry, "slack discord github")
				d.Users = append(d.Users, entry)
			case "channels":
				e.val.ids(&entry, "slack discord")
				d.Channels = append(d.Channels, entry)
			case "emoji":
				if len(e.val.scalar()) > 0 {
					entry.Unicode = e.val.str()
				} else {
					e.val.ids(&entry, "slack discord")
				}
				d.Emoji = append(d.Emoji, entry)
			}
		}
		if !slices.Contains([]string{"users", "channels", "emoji"}, p.key) {
			p.unknown("", "users channels emoji")
		}
	}
}

func (x node) ids(e *Entry, known string) {
	for _, p := range x.pairs() {
		switch {
		case p.key == "slack":
			e.Slack = p.val.str()
		case p.key == "discord":
			e.Discord = p.val.str()
		case p.key == "github" && known == "slack discord github":
			e.GitHub = p.val.str()
		default:
			p.unknown("", known)
		}
	}
}

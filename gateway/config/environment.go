package config

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// envKeys are the keys that a variable may override: scalars outside of lists.
// server.listen is DRAGOMAN_SERVER_LISTEN.
var envKeys = []string{
	"server.listen", "server.public_url", "server.max_body", "server.shutdown_grace", "server.timezone",
	"admin.listen", "admin.token",
	"relay.discord.api_url", "relay.slack.api_url", "relay.govslack.api_url",
	"store.path", "store.retention.bodies", "store.retention.history",
	"defaults.timeout", "defaults.retry.first", "defaults.retry.most", "defaults.retry.give_up_after",
	"defaults.pace", "defaults.overflow", "defaults.max_parts", "defaults.mentions", "defaults.github",
}

func envName(key string) string {
	return "DRAGOMAN_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// environment applies the DRAGOMAN_… variables, which go before the file. Each is
// read as the value of its key would be, by the same code. A variable of one of
// our sections which is no key's is refused; others may be another program's.
func (d *decoder) environment(c *Config) {
	known := map[string]bool{}
	for _, key := range envKeys {
		name := envName(key)
		known[name] = true
		value, ok := os.LookupEnv(name)
		if !ok {
			continue
		}
		if key == "admin.token" {
			c.Admin.Token = NewSecret(value)
			continue
		}
		d.override(c, name, key, value)
	}
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		for _, section := range []string{"SERVER_", "ADMIN_", "STORE_", "DEFAULTS_", "EGRESS_", "RELAY_", "UNROUTED"} {
			if strings.HasPrefix(name, "DRAGOMAN_"+section) && !known[name] {
				d.errs = append(d.errs, fmt.Errorf("config: the variable %s is no key's, or not supported yet", name))
			}
		}
	}
}

func (d *decoder) override(c *Config, name, key, value string) {
	steps := strings.Split(key, ".")
	src := strconv.Quote(value)
	for i := len(steps) - 1; i > 0; i-- {
		src = "{" + steps[i] + ": " + src + "}"
	}
	env := &decoder{}
	x, ok := parse("$"+name, []byte(src), env)
	if ok {
		switch steps[0] {
		case "server":
			x.server(&c.Server)
		case "admin":
			x.admin(&c.Admin)
		case "relay":
			x.relay(&c.Relay)
		case "store":
			x.store(&c.Store)
		case "defaults":
			x.defaults(&c.Defaults)
		}
	}
	d.errs = append(d.errs, env.errs...)
}

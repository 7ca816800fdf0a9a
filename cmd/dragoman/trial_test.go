package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"dragoman/gateway"
	"dragoman/gateway/config"
	"dragoman/gateway/ingest"
)

const underLoad = `version: 1
server: {listen: "127.0.0.1:%d", shutdown_grace: 20s}
admin: {listen: "127.0.0.1:%d"}
egress: {allow: [127.0.0.0/8]}
defaults: {pace: none, retry: {first: 1ms, most: 20ms, give_up_after: 1h}}
sources:
  ci: {secret: {env: LOAD_SECRET}}
destinations:
  slack: {slack: {url: {env: LOAD_SLACK}}}
  discord: {discord: {url: {env: LOAD_DISCORD}}}
  other: {discord: {url: {env: LOAD_OTHER}}}
routes:
  - {name: all, when: "true", to: [slack, discord, other]}
`

// trial is gateways in processes of their own, senders that post to them, and the
// hooks that they deliver to.
type trial struct {
	t      *testing.T
	hooks  *hooks
	env    []string
	client *http.Client
	*member
	members []*member // the first is member

	mu    sync.Mutex
	next  [senders]int // the number of each sender's next message
	acked map[string]bool
}

const senders = 8

// member is one gateway.
type member struct {
	file    string
	admin   string
	to      ingest.Addresses
	gateway *process
	frozen  bool
}

// newTrial prepares one gateway over SQLite, or several over a database.
func newTrial(t *testing.T, random *rand.Rand, database string, gateways int) *trial {
	ports := freePorts(t, random, 2*gateways+1)
	h := newHooks(t, random, ports[2*gateways])
	l := &trial{t: t, hooks: h, acked: map[string]bool{}}
	l.env = []string{"LOAD_SECRET=correct horse battery staple", "LOAD_SLACK=" + h.server.URL + "/services/T000/B000/slack",
		"LOAD_DISCORD=" + h.server.URL + "/api/webhooks/123456789012345678/discord", "LOAD_OTHER=" + h.server.URL + "/api/webhooks/123456789012345679/other"}
	for _, v := range l.env {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
	for i := range gateways {
		l.members = append(l.members, newMember(t, database, ports[2*i], ports[2*i+1]))
	}
	l.member = l.members[0]
	l.client = &http.Client{Timeout: soon, Transport: &http.Transport{MaxIdleConnsPerHost: senders}}
	t.Cleanup(l.client.CloseIdleConnections)
	return l
}

func newMember(t *testing.T, database string, public, admin int) *member {
	m := &member{file: filepath.Join(t.TempDir(), "dragoman.yaml"), admin: fmt.Sprintf("http://127.0.0.1:%d", admin)}
	text := fmt.Appendf(nil, underLoad, public, admin)
	if database != "" {
		t.Setenv("LOAD_STORE", database)
		text = append(text, "store: {url: {env: LOAD_STORE}}\n"...)
	}
	if err := os.WriteFile(m.file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(m.file, true)
	if err != nil {
		t.Fatal(err)
	}
	src := gateway.IngestSource(c.Source("ci"))
	m.to = ingest.AddressesOf(&src, fmt.Sprintf("http://127.0.0.1:%d", public))
	return m
}

// freePorts finds ports below those that the system gives to connections: who
// starts again wants the one that it had.
func freePorts(t *testing.T, random *rand.Rand, n int) (ports []int) {
	for range 1000 {
		port := 20000 + random.IntN(10000)
		c, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			continue
		}
		defer c.Close()
		if ports = append(ports, port); len(ports) == n {
			return ports
		}
	}
	t.Fatal("no free ports")
	return nil
}

// up starts the gateway, where it was, and waits until it listens.
func (l *trial) up() {
	l.t.Helper()
	l.raise(l.member)
}

func (l *trial) raise(m *member) {
	l.t.Helper()
	m.gateway = start(l.t, filepath.Dir(m.file), l.env, "serve", "--config", m.file, "--data", filepath.Join(filepath.Dir(m.file), "data"))
	m.gateway.line("webhooks")
}

// kill ends the gateway as a crash does.
func (l *trial) kill() {
	l.t.Helper()
	if status := l.gateway.signal(syscall.SIGKILL); status != -1 {
		l.t.Fatalf("the program ended by itself, with status %d:\n%s", status, l.gateway.said())
	}
	l.client.CloseIdleConnections()
}

// send has every sender post its next messages, one after the other, until its
// gateway fails or enough have been acknowledged together. Each number is sent
// once. The channel is closed when all have stopped.
func (l *trial) send(enough int, acks chan<- struct{}) <-chan struct{} {
	var wg sync.WaitGroup
	left := make(chan struct{}, enough)
	for range enough {
		left <- struct{}{}
	}
	close(left)
	for s := range senders {
		wg.Go(func() {
			for range left {
				if !l.post(s, l.to) {
					return
				}
				select {
				case acks <- struct{}{}:
				default:
				}
			}
		})
	}
	stopped := make(chan struct{})
	go func() { wg.Wait(); close(stopped) }()
	return stopped
}

// stream has every sender post its next messages, each a while after the one
// before, until stop is closed; one whose gateway fails goes on with the next
// gateway. It returns what waits for their end.
func (l *trial) stream(every time.Duration, stop <-chan struct{}, acks chan<- struct{}) (wait func()) {
	var wg sync.WaitGroup
	for s := range senders {
		wg.Go(func() {
			tick := time.NewTicker(every)
			defer tick.Stop()
			for at := s; ; {
				select {
				case <-stop:
					return
				case <-tick.C:
				}
				if !l.post(s, l.members[at%len(l.members)].to) {
					at++
					continue
				}
				select {
				case acks <- struct{}{}:
				default:
				}
			}
		})
	}
	return wg.Wait
}

// post sends a sender's next message and reports whether it was acknowledged.
func (l *trial) post(sender int, to ingest.Addresses) bool {
	l.mu.Lock()
	name := fmt.Sprintf("message-%d-%d-", sender, l.next[sender])
	l.next[sender]++
	l.mu.Unlock()
	address, body := to.Slack, fmt.Sprintf(`{"text":"%s *done*"}`, name)
	if sender%2 == 1 {
		address, body = to.Discord, fmt.Sprintf(`{"content":"%s **done**"}`, name)
	}
	res, err := l.client.Post(address, "application/json", strings.NewReader(body))
	if err != nil {
		return false
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	if res.StatusCode/100 != 2 {
		return false
	}
	l.mu.Lock()
	l.acked[name] = true
	l.mu.Unlock()
	return true
}

// settle waits until no delivery is left to be made.
func (l *trial) settle() {
	l.t.Helper()
	until(l.t, func() string {
		if n := l.backlog(); n > 0 {
			return fmt.Sprintf("%d deliveries are still to be made\n%s", n, l.gateway.said())
		}
		return ""
	})
}

// missing are the acknowledged messages that have not arrived at a hook.
func (l *trial) missing(hook string) (out []string) {
	arrived := map[string]bool{}
	for _, name := range l.hooks.arrived(hook) {
		arrived[name] = true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for name := range l.acked {
		if !arrived[name] {
			out = append(out, name)
		}
	}
	return out
}

// judge compares what arrived with what was acknowledged and with what the store
// accepted, in order. It gives the number of repeats at each hook.
func (l *trial) judge() (repeats map[string]int) {
	stored := l.history()
	repeats = map[string]int{}
	for _, hook := range hookNames {
		if lost := l.missing(hook); len(lost) > 0 {
			l.t.Errorf("%s: %d of %d acknowledged messages are lost: %v", hook, len(lost), len(l.acked), lost)
		}
		var first []string
		seen := map[string]bool{}
		for _, name := range l.hooks.arrived(hook) {
			if seen[name] {
				repeats[hook]++
				continue
			}
			seen[name] = true
			first = append(first, name)
		}
		// Of several gateways one may commit first what another began first.
		if len(l.members) > 1 {
			if !slices.Equal(slices.Sorted(slices.Values(first)), slices.Sorted(slices.Values(stored))) {
				l.t.Errorf("%s: %d arrivals are not the %d events stored", hook, len(first), len(stored))
			}
		} else if !slices.Equal(first, stored) {
			l.t.Errorf("%s: the order of %d arrivals is not that of the %d events stored", hook, len(first), len(stored))
		}
		l.ascending(hook, first)
	}
	return repeats
}

// backlog is how many deliveries are still to be made.
func (l *trial) backlog() (n int) {
	l.t.Helper()
	var rows struct{ Lanes []struct{ Backlog int } }
	get(l.t, l.admin+"/api/v1/lanes", &rows)
	for _, r := range rows.Lanes {
		n += r.Backlog
	}
	return n
}

// history are the names of the messages that the store has accepted, oldest
// first.
func (l *trial) history() (names []string) {
	l.t.Helper()
	for cursor := ""; ; {
		var page struct {
			Events []struct{ Summary string }
			Next   *string
		}
		get(l.t, fmt.Sprintf("%s/api/v1/events?limit=500&cursor=%s", l.admin, url.QueryEscape(cursor)), &page)
		for _, e := range page.Events {
			names = append(names, messageName.FindString(e.Summary))
		}
		if page.Next == nil {
			slices.Reverse(names)
			return names
		}
		cursor = *page.Next
	}
}

// ascending checks that the messages of each sender came in the order in which it
// sent them.
func (l *trial) ascending(hook string, names []string) {
	last := map[string]int{}
	for _, name := range names {
		part := strings.Split(name, "-") // message, sender, number
		n, err := strconv.Atoi(part[2])
		if err != nil {
			l.t.Fatal(err)
		}
		if before, ok := last[part[1]]; ok && n <= before {
			l.t.Errorf("%s: of sender %s, message %d came after %d", hook, part[1], n, before)
		}
		last[part[1]] = n
	}
}

// await takes n values from a channel.
func (l *trial) await(from <-chan struct{}, n int) {
	l.t.Helper()
	deadline := time.NewTimer(soon)
	defer deadline.Stop()
	for i := range n {
		select {
		case <-from:
		case <-l.gateway.ended:
			l.t.Fatalf("the program ended by itself:\n%s", l.gateway.said())
		case <-deadline.C:
			l.t.Fatalf("only %d of %d:\n%s", i, n, l.gateway.said())
		}
	}
}

func (l *trial) awaitEnd(of <-chan struct{}) {
	l.t.Helper()
	select {
	case <-of:
	case <-time.After(soon):
		l.t.Fatal("the senders do not stop")
	}
}

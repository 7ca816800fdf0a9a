package gateway

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tidwall/gjson"

	"dragoman/gateway/config"
	"dragoman/gateway/ingest"
	"dragoman/gateway/store"
	"dragoman/gateway/store/memory"
)

// The simulation runs whole gateways, from the request to the destination, in a
// bubble where time costs nothing: the store is in memory and so is the network.
// Everything that happens is drawn from a seed: traffic, edits and deletes, slow
// and failing destinations, storms of 429, crashes at any commit, processes that
// stand still until their leases are gone, and reloads. In the end it is asked
// what the gateway promises.
//
// DRAGOMAN_SEED=N runs one seed; DRAGOMAN_LONG=1 runs 10,000.
func TestSimulation(t *testing.T) {
	from, seeds := 1, 1000
	if testing.Short() {
		seeds = 50
	}
	if os.Getenv("DRAGOMAN_LONG") != "" {
		seeds = 10_000
	}
	if s := os.Getenv("DRAGOMAN_SEED"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		from, seeds = n, 1
	}
	for name := range simHooks {
		t.Setenv("SIM_"+strings.ToUpper(name), simHooks[name])
	}
	t.Setenv("SIM_SECRET", secret)
	for seed := from; seed < from+seeds; seed++ {
		var told []string
		synctest.Test(t, func(t *testing.T) {
			s := newSim(t, uint64(seed))
			s.run()
			told = s.told
		})
		if len(told) > 0 {
			t.Fatalf("seed %d (DRAGOMAN_SEED=%d runs it alone):\n%s", seed, seed, strings.Join(told, "\n"))
		}
	}
}

var simHooks = map[string]string{
	"d1":   "https://discord.com/api/webhooks/100000000000000001/one",
	"d2":   "https://discord.com/api/webhooks/100000000000000002/two",
	"hook": "https://hooks.slack.com/services/T0/B0/hook",
	"bot":  "xoxb-1-2-three",
}

const simConfig = `version: 1
defaults: {retry: {first: 1s, most: 1m, give_up_after: 30d}}
sources: {ci: {secret: {env: SIM_SECRET}}}
destinations:
  d1: {discord: {url: {env: SIM_D1}}}
  d2: {discord: {url: {env: SIM_D2}}, ordered: true}
  hook: {slack: {url: {env: SIM_HOOK}}}
  bot: {slack_bot: {token: {env: SIM_BOT}, channel: C024BE91L}}
routes: [{name: all, when: "true", to: [d1, d2, hook, bot]}]
`

type sim struct {
	t      *testing.T
	rand   *rand.Rand
	log    *slog.Logger
	store  *memory.Store
	net    *simNet
	procs  []*simProc
	src    ingest.Source
	told   []string // broken promises
	breaks int      // crashes and standstills

	accepted map[string]bool // names of what was answered with 2xx
	messages []*simMessage
}

// simMessage is a message that a sender knows by its ts.
type simMessage struct {
	name    string
	ts      string
	version int
	deleted bool
}

func newSim(t *testing.T, seed uint64) *sim {
	s := &sim{t: t, rand: rand.New(rand.NewPCG(seed, 1)), log: slog.New(slog.DiscardHandler), store: memory.New(), accepted: map[string]bool{}}
	if os.Getenv("DRAGOMAN_SEED") != "" {
		s.log = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	s.net = &simNet{rand: rand.New(rand.NewPCG(seed, 2)), hooks: map[string]*simHook{}}
	for range 1 + s.rand.IntN(2) {
		s.procs = append(s.procs, s.start())
	}
	return s
}

func (s *sim) tell(format string, args ...any) { s.told = append(s.told, fmt.Sprintf(format, args...)) }

// simProc is one process: a gateway, and its ways to the store and the network,
// which end when it crashes.
type simProc struct {
	*memory.Store
	net  *simNet
	g    *Gateway
	stop func()

	mu      sync.Mutex
	rand    *rand.Rand
	dead    bool
	crash   int           // commits until it crashes; 0: it does not
	stalled chan struct{} // closed when the process goes on; nil: it runs
}

func (s *sim) start() *simProc {
	p := &simProc{Store: s.store, net: s.net, rand: rand.New(rand.NewPCG(s.rand.Uint64(), 3))}
	read := func() (*config.Config, error) { return config.Parse("sim.yaml", []byte(simConfig), true) }
	c, err := read()
	if err != nil {
		s.t.Fatal(err)
	}
	if p.g, err = build(c, p, s.log, func([]netip.Prefix) *http.Client { return &http.Client{Transport: p} }); err != nil {
		s.t.Fatal(err)
	}
	p.g.Source = read
	s.src = IngestSource(c.Source("ci"))
	if err := p.g.open(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(s.t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { p.g.runner.Run(ctx) })
	wg.Go(func() { p.g.learn(ctx) })
	p.stop = func() { cancel(); wg.Wait() }
	return p
}

// Call is what a process says to the others, if it can.
func (p *simProc) Call(ctx context.Context, owner string, c store.Call) error {
	if err := p.alive(); err != nil {
		return err
	}
	return p.Store.Call(ctx, owner, c)
}

var errCrashed = errors.New("sim: the process has crashed")

// alive waits while the process stands still; it errs when it is no more.
func (p *simProc) alive() error {
	p.mu.Lock()
	stalled := p.stalled
	p.mu.Unlock()
	if stalled != nil {
		<-stalled
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dead {
		return errCrashed
	}
	return nil
}

// commit runs a call that writes; a crash comes before it or after it.
func (p *simProc) commit(f func() error) error {
	if err := p.alive(); err != nil {
		return err
	}
	p.mu.Lock()
	now := false
	if p.crash > 0 {
		p.crash--
		now = p.crash == 0
	}
	before := now && p.rand.IntN(2) == 0
	if now {
		p.dead = true
	}
	p.mu.Unlock()
	if before {
		return errCrashed
	}
	err := f()
	if now {
		return errCrashed
	}
	return err
}

func (p *simProc) Ingest(ctx context.Context, in []store.Incoming) (out []store.Accepted, err error) {
	err = p.commit(func() error { out, err = p.Store.Ingest(ctx, in); return err })
	return out, err
}

func (p *simProc) Finish(ctx context.Context, out []store.Outcome) error {
	return p.commit(func() error { return p.Store.Finish(ctx, out) })
}

func (p *simProc) Lease(ctx context.Context, owner string, want int, term time.Duration) (out []store.Lane, err error) {
	err = p.commit(func() error { out, err = p.Store.Lease(ctx, owner, want, term); return err })
	return out, err
}

func (p *simProc) Renew(ctx context.Context, owner string, term time.Duration) (out []store.Lane, err error) {
	err = p.commit(func() error { out, err = p.Store.Renew(ctx, owner, term); return err })
	return out, err
}

func (p *simProc) Alive(ctx context.Context, owner string, term time.Duration) (n store.Peers, err error) {
	err = p.commit(func() error { n, err = p.Store.Alive(ctx, owner, term); return err })
	return n, err
}

func (p *simProc) Release(ctx context.Context, lanes []store.Lane) error {
	return p.commit(func() error { return p.Store.Release(ctx, lanes) })
}

func (p *simProc) Heads(ctx context.Context, lane string, most int) ([]store.Delivery, error) {
	if err := p.alive(); err != nil {
		return nil, err
	}
	return p.Store.Heads(ctx, lane, most)
}

// RoundTrip is the way to the network. Of a process that crashes meanwhile nobody
// hears the answer.
func (p *simProc) RoundTrip(r *http.Request) (*http.Response, error) {
	began := time.Now()
	if err := p.alive(); err != nil {
		return nil, err
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	// What a process that stood still sends late is not a matter of its pace.
	res, err := p.net.serve(r, p, time.Now().Equal(began))
	if gone := p.alive(); gone != nil {
		return nil, gone
	}
	return res, err
}

// simNet is the network, with both platforms at its end.
type simNet struct {
	mu    sync.Mutex
	rand  *rand.Rand
	calm  bool      // no more faults
	storm time.Time // 429 for everybody until then
	ids   int
	hooks map[string]*simHook
}

// simTime is when a process made a request.
type simTime struct {
	time.Time
	by *simProc
}

type simHook struct {
	arrivals []string        // names, in order, of all that changed something
	unheard  int             // arrivals whose answer was lost
	posts    map[string]bool // payloads
	twice    []string        // names of what was posted again
	shown    []shown
	times    []simTime // of requests
}

var simName = regexp.MustCompile(`m\d+v\d+`)

func (n *simNet) serve(r *http.Request, by *simProc, onTime bool) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	slack := r.URL.Host != "discord.com"
	name, id, method := "hook", "", r.Method
	switch parts := strings.Split(r.URL.Path, "/"); {
	case !slack:
		name = "d" + parts[4][len(parts[4])-1:]
		if len(parts) == 8 {
			id = parts[7]
		}
	case r.URL.Host == "slack.com":
		name, id, method = "bot", gjson.GetBytes(body, "ts").Str, map[string]string{"chat.postMessage": "POST", "chat.update": "PATCH", "chat.delete": "DELETE"}[parts[2]]
	}
	if method == http.MethodGet {
		return answer(200, fmt.Sprintf(`{"channel_id":"70000000000000000%s","guild_id":"800000000000000001"}`, name[1:])), nil
	}
	n.mu.Lock()
	h := n.hooks[name]
	if h == nil {
		h = &simHook{posts: map[string]bool{}}
		n.hooks[name] = h
	}
	if onTime {
		h.times = append(h.times, simTime{time.Now(), by})
	}
	slow := time.Duration(0)
	if !n.calm && n.rand.IntN(12) == 0 {
		slow = time.Duration(n.rand.IntN(15_000)) * time.Millisecond
	}
	n.mu.Unlock()
	select {
	case <-time.After(slow + time.Millisecond):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	heard := true
	if !n.calm {
		switch k := n.rand.IntN(30); {
		case time.Now().Before(n.storm):
			res := answer(429, `{"ok":false,"error":"rate_limited","message":"You are being rate limited.","retry_after":2,"global":false}`)
			res.Header.Set("Retry-After", "2")
			res.Header.Set("X-RateLimit-Bucket", "b")
			return res, nil
		case k == 0:
			return answer(500, "oops"), nil
		case k == 1:
			return nil, errors.New("connection refused")
		case k == 2:
			heard = false // taken, and the answer lost
		}
	}
	res := h.take(n, method, id, body, slack)
	if !heard {
		h.unheard++
		return nil, errors.New("connection reset")
	}
	return res, nil
}

// take does what a platform does.
func (h *simHook) take(n *simNet, method, id string, body []byte, slack bool) *http.Response {
	name := string(simName.Find(body))
	at := slices.IndexFunc(h.shown, func(m shown) bool { return m.id == id })
	if id != "" && at < 0 {
		if slack {
			return answer(200, `{"ok":false,"error":"message_not_found"}`)
		}
		return answer(404, `{"message":"Unknown Message","code":10008}`)
	}
	switch method {
	case http.MethodDelete:
		h.arrivals = append(h.arrivals, simBase(h.shown[at].payload)+"gone")
		h.shown = slices.Delete(h.shown, at, at+1)
	case http.MethodPatch:
		h.arrivals = append(h.arrivals, name)
		h.shown[at].payload = name
	default:
		n.ids++
		if id = fmt.Sprintf("12900000000000%05d", n.ids); slack {
			id = fmt.Sprintf("1767323045.%06d", n.ids)
		}
		if h.posts[string(body)] {
			h.twice = append(h.twice, name)
		}
		h.posts[string(body)] = true
		h.arrivals = append(h.arrivals, name)
		h.shown = append(h.shown, shown{id: id, payload: name})
	}
	return answer(200, fmt.Sprintf(`{"ok":true,"id":%q,"channel":"C024BE91L","ts":%q,"channel_id":"1"}`, id, id))
}

// simBase is a message's name without its version.
func simBase(name string) string { base, _, _ := strings.Cut(name, "v"); return base }

func answer(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

// run is the whole simulation of a seed.
func (s *sim) run() {
	for range 30 + s.rand.IntN(30) {
		s.act()
		time.Sleep(time.Duration(s.rand.IntN(2000)) * time.Millisecond)
	}
	// All faults end, and whoever is down comes back.
	s.net.mu.Lock()
	s.net.calm, s.net.storm = true, time.Time{}
	s.net.mu.Unlock()
	for _, p := range s.procs {
		p.goOn()
		p.mu.Lock()
		p.crash = 0
		p.mu.Unlock()
	}
	s.revive()
	for range 200 {
		time.Sleep(time.Minute)
		if rows, err := s.store.Deliveries(s.t.Context(), store.DeliveryQuery{State: store.Pending, Limit: 1}); err == nil && len(rows) == 0 {
			break
		}
	}
	for _, p := range s.procs {
		p.stop()
	}
	s.judge()
}

// act lets one thing happen.
func (s *sim) act() {
	s.revive()
	p := s.procs[s.rand.IntN(len(s.procs))]
	switch k := s.rand.IntN(40); {
	case k == 0:
		s.breaks++
		p.mu.Lock()
		p.crash = 1 + s.rand.IntN(6)
		p.mu.Unlock()
	case k == 1 && p.stalled == nil:
		s.breaks++
		p.mu.Lock()
		p.stalled = make(chan struct{})
		p.mu.Unlock()
	case k == 2:
		p.goOn()
	case k == 3:
		s.net.mu.Lock()
		s.net.storm = time.Now().Add(time.Duration(s.rand.IntN(20)) * time.Second)
		s.net.mu.Unlock()
	case k == 4:
		if p.alive0() {
			if err := p.g.Reload(s.t.Context()); err != nil && !errors.Is(err, errCrashed) {
				s.tell("reload: %v", err)
			}
		}
	case k == 5: // a moderator removes something
		s.net.mu.Lock()
		if h := s.net.hooks["d1"]; h != nil && len(h.shown) > 0 {
			i := s.rand.IntN(len(h.shown))
			h.shown = slices.Delete(h.shown, i, i+1)
		}
		s.net.mu.Unlock()
	case k < 16 && len(s.messages) > 0:
		s.change(p, s.messages[s.rand.IntN(len(s.messages))])
	default:
		s.post(p)
	}
}

// alive0 reports whether the process runs, without waiting.
func (p *simProc) alive0() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.dead && p.stalled == nil
}

func (p *simProc) goOn() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stalled != nil {
		close(p.stalled)
		p.stalled = nil
	}
}

// revive starts a new process for each that has crashed.
func (s *sim) revive() {
	for i, p := range s.procs {
		p.mu.Lock()
		dead := p.dead
		p.mu.Unlock()
		if dead {
			p.goOn()
			p.stop()
			s.procs[i] = s.start()
		}
	}
}

// ask does a call of Slack's Web API, and gives its answer where it is ok.
func (s *sim) ask(p *simProc, method, body string) (gjson.Result, bool) {
	if !p.alive0() {
		return gjson.Result{}, false // nobody listens
	}
	a := ingest.AddressesOf(&s.src, "http://gateway")
	r := httptest.NewRequest("POST", "http://gateway/api/"+method, bytes.NewReader([]byte(body)))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+a.SlackToken)
	w := httptest.NewRecorder()
	p.g.latest.Load().front.ServeHTTP(w, r)
	v := gjson.ParseBytes(w.Body.Bytes())
	return v, w.Code == 200 && v.Get("ok").Bool()
}

func (s *sim) post(p *simProc) {
	m := &simMessage{name: fmt.Sprintf("m%d", len(s.accepted)*100+s.rand.IntN(100)), version: 1}
	text := m.name + "v1"
	if s.rand.IntN(6) == 0 { // several parts, each with the name
		for i := range 700 {
			text += fmt.Sprintf(" %sv1.%d", m.name, i)
		}
	}
	if v, ok := s.ask(p, "chat.postMessage", fmt.Sprintf(`{"channel":"C024BE91L","text":%q}`, text)); ok {
		s.accepted[m.name+"v1"] = true
		m.ts = v.Get("ts").Str
		s.messages = append(s.messages, m)
	}
}

func (s *sim) change(p *simProc, m *simMessage) {
	if m.deleted {
		return
	}
	if s.rand.IntN(4) == 0 {
		if _, ok := s.ask(p, "chat.delete", fmt.Sprintf(`{"channel":"C024BE91L","ts":%q}`, m.ts)); ok {
			m.deleted = true
			s.accepted[m.name+"gone"] = true
		}
		return
	}
	name := fmt.Sprintf("%sv%d", m.name, m.version+1)
	if _, ok := s.ask(p, "chat.update", fmt.Sprintf(`{"channel":"C024BE91L","ts":%q,"text":%q}`, m.ts, name)); ok {
		s.accepted[name] = true
	}
	m.version++ // one that was not answered may have been stored
}

// judge holds what has happened against the promises.
func (s *sim) judge() {
	ctx := context.Background()
	names, stored := s.stored(ctx)
	for name := range s.accepted {
		if !stored[name] {
			s.tell("%s was accepted and is not stored", name)
		}
	}
	rows, err := s.store.Deliveries(ctx, store.DeliveryQuery{Limit: 1000})
	if err != nil || len(rows) == 1000 {
		s.t.Fatal(err, len(rows))
	}
	slices.Reverse(rows)
	order := map[string]map[string]int{} // lane → name → place
	for _, d := range rows {
		name := names[d.Event]
		if order[d.Lane] == nil {
			order[d.Lane] = map[string]int{}
		}
		order[d.Lane][name] = len(order[d.Lane])
		h := s.net.hooks[d.Lane]
		switch {
		case d.State != store.Done:
			s.tell("%s at %s is %s %s", name, d.To, d.State, d.Reason)
		case d.Reason == "" && !strings.HasSuffix(name, "gone") && !slices.Contains(h.arrivals, name):
			s.tell("%s is done and never came to %s", name, d.To)
		}
	}
	for lane, h := range s.net.hooks {
		last := -1
		for _, name := range h.arrivals {
			place, known := order[lane][name]
			if strings.HasSuffix(name, "gone") {
				continue // parts that an edit no longer has go like deletes
			}
			if !known || place < last {
				s.tell("at %s %s came out of order: %q", lane, name, h.arrivals)
				break
			}
			last = place
		}
		if len(h.twice) > h.unheard+s.breaks {
			s.tell("%s got %q twice, with %d answers lost and %d crashes", lane, h.twice, h.unheard, s.breaks)
		}
		s.pace(lane, h)
	}
	for _, lane := range []string{"d2", "bot"} {
		if h := s.net.hooks[lane]; h != nil {
			s.final(lane, h, names)
		}
	}
}

// final holds what stands in a channel against the latest versions. A message
// that went out twice stands there twice, and only one of them is edited.
func (s *sim) final(lane string, h *simHook, names map[int64]string) {
	latest := map[string]string{}
	for _, id := range slices.Sorted(maps.Keys(names)) {
		base := strings.TrimSuffix(simBase(names[id]), "gone")
		if latest[base] != base+"gone" {
			latest[base] = names[id]
		}
	}
	twice := map[string]bool{}
	for _, name := range h.twice {
		twice[simBase(name)] = true
	}
	there := map[string]bool{}
	for _, m := range h.shown {
		base := simBase(m.payload)
		if there[base] = true; !twice[base] && m.payload != latest[base] {
			s.tell("%s shows %s, and the latest is %s", lane, m.payload, latest[base])
		}
	}
	for base, name := range latest {
		if !there[base] && name != base+"gone" {
			s.tell("%s does not show %s", lane, name)
		}
	}
}

// stored gives the names of events, and the set of them.
func (s *sim) stored(ctx context.Context) (map[int64]string, map[string]bool) {
	names, set := map[int64]string{}, map[string]bool{}
	rows, err := s.store.Events(ctx, store.EventQuery{Limit: 1000})
	if err != nil || len(rows) == 1000 {
		s.t.Fatal(err, len(rows))
	}
	for i := len(rows) - 1; i >= 0; i-- {
		e, err := s.store.Event(ctx, rows[i].ID)
		if err != nil {
			s.t.Fatal(err)
		}
		name := string(simName.Find(e.Body))
		if e.Op == store.Delete {
			name = simBase(names[e.Message]) + "gone"
		}
		names[e.ID], set[name] = name, true
	}
	return names, set
}

// pace holds the requests to a hook against the platform's limits.
func (s *sim) pace(lane string, h *simHook) {
	limits := []struct {
		n   int
		per time.Duration
	}{{4, 4 * time.Second}}
	if lane[0] == 'd' {
		limits[0].n, limits[0].per = 5, 2*time.Second
		limits = append(limits, limits[0])
		limits[1].n, limits[1].per = 30, time.Minute
	}
	for _, l := range limits {
		for i := l.n; i < len(h.times); i++ {
			window := h.times[i-l.n : i+1]
			if slices.ContainsFunc(window, func(t simTime) bool { return t.by != window[0].by }) {
				continue // what another process has sent is not known to this one
			}
			if d := window[l.n].Sub(window[0].Time); d < l.per {
				var at []string
				for _, t := range h.times {
					at = append(at, t.Format("04:05.000"))
				}
				s.tell("%s got %d requests in %v, at %v", lane, l.n+1, d, at)
				return
			}
		}
	}
}

package lane

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/gateway/client"
	"dragoman/gateway/store"
	"dragoman/gateway/store/memory"
	"dragoman/translators/chat"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a runner over the store in memory, with a destination that a test
// scripts. It lives in a synctest bubble: time is exact and costs nothing.
type world struct {
	t     *testing.T
	store store.Store
	run   *Runner
	start time.Time
	stop  func()

	mu      sync.Mutex
	sent    []string // "seconds payload", in the order of sending
	ops     []client.Op
	remotes []string
	answer  func(n int, payload string) (client.Receipt, error)
	dest    Destination
	parts   int
	part    *store.Part // what each part is like; nil: a post
	err     error       // of rendering
}

func (w *world) Send(ctx context.Context, r client.Request) (client.Receipt, error) {
	w.mu.Lock()
	n := len(w.sent)
	w.sent = append(w.sent, fmt.Sprintf("%.1f %s", time.Since(w.start).Seconds(), r.Payload))
	w.ops, w.remotes = append(w.ops, r.Op), append(w.remotes, r.Remote)
	f := w.answer
	w.mu.Unlock()
	if f == nil {
		return client.Receipt{Status: 200}, nil
	}
	return f(n, string(r.Payload))
}

func (w *world) render(_ context.Context, d *store.Delivery) (Rendered, error) {
	if w.err != nil {
		return Rendered{}, w.err
	}
	var out Rendered
	for i := range w.parts {
		p := string(d.Event.Body)
		if w.parts > 1 {
			p = fmt.Sprintf("%s/%d", p, i)
		}
		if d.Rung > 0 {
			p += fmt.Sprintf(" rung %d", d.Rung)
			out.Notes = []chat.Note{{Loss: chat.Flattened, Where: "", What: "message"}}
		}
		part := store.Part{}
		if w.part != nil {
			part = *w.part
		}
		part.N, part.Format, part.Payload = i, "slack", []byte(p)
		out.Parts = append(out.Parts, part)
	}
	return out, nil
}

// bubble runs f in a world of its own.
func bubble(t *testing.T, f func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		st := memory.New()
		w := &world{t: t, store: st, start: time.Now(), parts: 1}
		w.dest = Destination{Client: w, Host: "h", Timeout: 10 * time.Second, Policy: Policy{First: 2 * time.Second, Most: 30 * time.Minute, Age: 24 * time.Hour}}
		w.run = New(Options{
			Store: st, Caller: st, Owner: "test", Render: w.render,
			Destination: func(name string) (Destination, bool) { return w.dest, name != "gone" },
			Log:         slog.New(slog.NewTextHandler(io.Discard, nil)),
		})
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() { w.run.Run(ctx) })
		w.stop = func() { cancel(); wg.Wait() }
		defer w.stop()
		f(w)
	})
}

// post stores events for a lane, one for each body.
func (w *world) post(lane string, bodies ...string) {
	w.t.Helper()
	for _, b := range bodies {
		_, err := w.store.Ingest(w.t.Context(), []store.Incoming{{
			Source: "s", Dialect: "slack", Body: []byte(b), At: time.Now(), Verdict: "routed",
			Deliveries: []store.NewDelivery{{Route: "r", To: lane, Lane: lane, Plan: []byte("{}")}},
		}})
		if err != nil {
			w.t.Fatal(err)
		}
	}
	w.run.Wake(lane)
}

func (w *world) wantSent(want ...string) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if !slices.Equal(w.sent, want) {
		w.t.Errorf("sent %q\nwant %q", w.sent, want)
	}
}

// states are the states of all deliveries, oldest first.
func (w *world) states() (out []string) {
	w.t.Helper()
	rows, err := w.store.Deliveries(w.t.Context(), store.DeliveryQuery{Limit: 100})
	if err != nil {
		w.t.Fatal(err)
	}
	slices.Reverse(rows)
	for _, r := range rows {
		s := string(r.State)
		if r.Reason != "" {
			s += " " + r.Reason
		}
		out = append(out, s)
	}
	return out
}

func (w *world) wantStates(want ...string) {
	w.t.Helper()
	if got := w.states(); !slices.Equal(got, want) {
		w.t.Errorf("states %q\nwant   %q", got, want)
	}
}

func pass(d time.Duration) {
	time.Sleep(d) // a bubble's clock: it jumps as soon as nothing is left to do
	synctest.Wait()
}

func TestALaneKeepsOrderAndPace(t *testing.T) {
	bubble(t, func(w *world) {
		w.dest.Pace = Pace{N: 1, Per: time.Second}
		w.post("a", "1", "2", "3")
		pass(10 * time.Second)
		w.wantSent("0.0 1", "1.0 2", "2.0 3")
		w.wantStates("done", "done", "done")
	})
}

func TestLanesDoNotWaitForEachOther(t *testing.T) {
	bubble(t, func(w *world) {
		w.answer = func(_ int, p string) (client.Receipt, error) {
			if p == "slow" {
				time.Sleep(9 * time.Second)
			}
			return client.Receipt{Status: 200}, nil
		}
		w.post("a", "slow", "behind")
		w.post("b", "quick")
		pass(20 * time.Second)
		slices.Sort(w.sent) // the two lanes begin in any order
		w.wantSent("0.0 quick", "0.0 slow", "9.0 behind")
	})
}

func TestAFaultOfTheDestinationHoldsBackWhatStandsBehind(t *testing.T) {
	bubble(t, func(w *world) {
		w.answer = func(n int, _ string) (client.Receipt, error) {
			if n < 3 {
				return client.Receipt{}, &client.Fault{Verdict: client.Again, Status: 503, Reason: "server_error"}
			}
			return client.Receipt{Status: 200}, nil
		}
		w.post("a", "1", "2")
		pass(time.Minute)
		var order []string
		for _, s := range w.sent {
			order = append(order, s[len(s)-1:])
		}
		if !slices.Equal(order, []string{"1", "1", "1", "1", "2"}) {
			t.Errorf("sent %q", w.sent)
		}
		w.wantStates("done", "done")
	})
}

func TestWaitIsObeyedAndIsNoAttempt(t *testing.T) {
	bubble(t, func(w *world) {
		w.answer = func(n int, _ string) (client.Receipt, error) {
			if n == 0 {
				return client.Receipt{}, &client.Fault{Verdict: client.Wait, Status: 429, After: 7 * time.Second, Reason: "rate_limited"}
			}
			return client.Receipt{Status: 200}, nil
		}
		w.post("a", "1", "2")
		pass(time.Minute)
		w.wantSent("0.0 1", "7.0 1", "7.0 2")
		rows, _ := w.store.Deliveries(t.Context(), store.DeliveryQuery{})
		if rows[1].Tries != 0 {
			t.Errorf("%d tries were counted", rows[1].Tries)
		}
	})
}

func TestWaitForAllPausesTheHost(t *testing.T) {
	bubble(t, func(w *world) {
		w.answer = func(n int, _ string) (client.Receipt, error) {
			if n == 0 {
				return client.Receipt{}, &client.Fault{Verdict: client.Wait, Status: 429, After: 30 * time.Second, All: true, Reason: "rate_limited"}
			}
			return client.Receipt{Status: 200}, nil
		}
		w.post("a", "1")
		pass(time.Second)
		w.post("b", "2")
		pass(time.Minute)
		slices.Sort(w.sent)
		w.wantSent("0.0 1", "30.0 1", "30.0 2")
	})
}

func TestPaceHeadersSlowALaneDown(t *testing.T) {
	bubble(t, func(w *world) {
		w.answer = func(int, string) (client.Receipt, error) {
			return client.Receipt{Status: 200, Pace: client.Pace{Known: true, Left: 0, Reset: 3 * time.Second}}, nil
		}
		w.post("a", "1", "2", "3")
		pass(time.Minute)
		w.wantSent("0.0 1", "3.0 2", "6.0 3")
	})
}

func TestAStoppedLaneWaitsForAPerson(t *testing.T) {
	bubble(t, func(w *world) {
		w.answer = func(n int, _ string) (client.Receipt, error) {
			if n == 0 {
				return client.Receipt{}, &client.Fault{Verdict: client.Stopped, Status: 404, Code: "10015", Reason: "gone"}
			}
			return client.Receipt{Status: 200}, nil
		}
		w.post("a", "1", "2")
		pass(100 * time.Hour)
		w.wantSent("0.0 1")
		w.wantStates("pending", "pending")
		lanes, _ := w.store.Lanes(t.Context())
		if g := lanes[0].Gate; !g.Stopped || g.Reason != "gone" {
			t.Errorf("gate %+v", g)
		}
		if err := w.run.Open(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		w.wantStates("done", "done")
	})
}

func TestALaneThatIsPausedWhileItIsHeldStopsWithItsNextRenewal(t *testing.T) {
	bubble(t, func(w *world) {
		w.post("a", "1")
		pass(time.Second)
		if err := w.store.SetGate(t.Context(), "a", store.Gate{Stopped: true, Reason: "paused"}); err != nil {
			t.Fatal(err)
		}
		for range 30 { // so that the lane stays held
			w.post("a", "x")
			pass(time.Second)
		}
		sent := len(w.sent)
		if sent < 2 || sent > 12 {
			t.Errorf("%d were sent; leases are renewed every ten seconds", sent)
		}
		w.post("a", "y")
		pass(time.Hour)
		if len(w.sent) != sent {
			t.Error("a paused lane sends")
		}
		if err := w.run.Open(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		if len(w.sent) != 32 {
			t.Errorf("%d of 32 were sent after all", len(w.sent))
		}
	})
}

func TestAMalformedPayloadStepsDownTheLadder(t *testing.T) {
	bubble(t, func(w *world) {
		w.answer = func(_ int, p string) (client.Receipt, error) {
			if p[0] == '2' {
				return client.Receipt{Status: 200}, nil
			}
			return client.Receipt{}, &client.Fault{Verdict: client.Malformed, Status: 400, Code: "50035", Reason: "malformed"}
		}
		w.post("a", "1", "2")
		pass(time.Second)
		w.wantSent("0.0 1", "0.0 1 rung 1", "0.0 1 rung 2", "0.0 2")
		w.wantStates("dead malformed", "done")
	})
}

func TestARefusedMessageIsDeadAndTheLaneGoesOn(t *testing.T) {
	bubble(t, func(w *world) {
		w.answer = func(_ int, p string) (client.Receipt, error) {
			if p == "2" {
				return client.Receipt{Status: 200}, nil
			}
			return client.Receipt{}, &client.Fault{Verdict: client.Refused, Status: 400, Code: "200000", Reason: "refused"}
		}
		w.post("a", "1", "2")
		pass(time.Second)
		w.wantStates("dead refused", "done")
	})
}

func TestSeveralPartsGoOnWhereTheyWereCutOff(t *testing.T) {
	bubble(t, func(w *world) {
		w.parts = 3
		w.answer = func(n int, _ string) (client.Receipt, error) {
			if n == 1 {
				return client.Receipt{}, &client.Fault{Verdict: client.Wait, Status: 429, After: time.Second, Reason: "rate_limited"}
			}
			return client.Receipt{Status: 200, Remote: fmt.Sprint(100 + n)}, nil
		}
		w.post("a", "m")
		pass(time.Minute)
		w.wantSent("0.0 m/0", "0.0 m/1", "1.0 m/1", "1.0 m/2")
		w.wantStates("done")
		e, err := w.store.Event(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, p := range e.Work[0].Parts {
			ids = append(ids, p.Remote)
		}
		if !slices.Equal(ids, []string{"100", "102", "103"}) {
			t.Errorf("remote ids %q", ids)
		}
	})
}

func TestAMessageOfWhichAPartIsRefusedIsPartial(t *testing.T) {
	bubble(t, func(w *world) {
		w.parts = 2
		w.answer = func(n int, _ string) (client.Receipt, error) {
			if n == 1 {
				return client.Receipt{}, &client.Fault{Verdict: client.Malformed, Status: 400, Reason: "malformed"}
			}
			return client.Receipt{Status: 200}, nil
		}
		w.post("a", "m")
		pass(time.Second)
		w.wantStates("partial malformed")
	})
}

func TestOutcomesAreHeardOf(t *testing.T) {
	bubble(t, func(w *world) {
		var heard []string
		w.run.o.Recorded = func(d *store.Delivery, out *store.Outcome) {
			s := fmt.Sprintf("%s %s", d.Event.Body, out.State)
			for _, a := range out.Attempts {
				s += " " + a.Verdict
			}
			if g := out.Lane.Gate; g.Reason != "" {
				s += " gate " + g.Reason
			}
			if out.Delivery == 0 {
				s += " of the lane"
			}
			heard = append(heard, s)
		}
		w.dest.Policy.Age = time.Millisecond
		w.answer = func(n int, _ string) (client.Receipt, error) {
			if n == 0 {
				return client.Receipt{}, &client.Fault{Verdict: client.Wait, After: time.Second, Reason: "rate_limited"}
			}
			if n == 1 {
				return client.Receipt{}, &client.Fault{Verdict: client.Again, Reason: "network"}
			}
			return client.Receipt{Status: 200}, nil
		}
		w.post("a", "1", "2")
		pass(time.Minute)
		want := []string{"1 pending wait gate rate_limited", "1 dead again", "1  gate network of the lane", "2 done ok"}
		if !slices.Equal(heard, want) {
			t.Errorf("heard %q\nwant  %q", heard, want)
		}
	})
}

func TestADayOfFailureEndsInTheDeadLetters(t *testing.T) {
	bubble(t, func(w *world) {
		down := true
		w.answer = func(int, string) (client.Receipt, error) {
			if down {
				return client.Receipt{}, &client.Fault{Verdict: client.Again, Reason: "network"}
			}
			return client.Receipt{Status: 200}, nil
		}
		w.post("a", "1")
		pass(23 * time.Hour)
		w.post("a", "2")
		w.wantStates("pending", "pending")
		pass(2 * time.Hour)
		w.wantStates("dead gave_up", "pending")
		if n := len(w.sent); n < 40 || n > 400 {
			t.Errorf("%d requests in a day of failure", n)
		}
		w.mu.Lock()
		down = false
		w.mu.Unlock()
		pass(time.Hour)
		w.wantStates("dead gave_up", "done")
	})
}

func TestAPoisonousMessageDoesNotHoldAChannelForADay(t *testing.T) {
	bubble(t, func(w *world) {
		w.answer = func(_ int, p string) (client.Receipt, error) {
			if p == "poison" {
				return client.Receipt{}, &client.Fault{Verdict: client.Again, Status: 500, Reason: "server_error"}
			}
			return client.Receipt{Status: 200}, nil
		}
		w.post("a", "poison", "behind")
		for i := range 90 { // an hour and some minutes
			w.post("b", "well")
			pass(time.Duration(i+1) * time.Second)
		}
		if got := w.states(); got[0] != "dead server_error" || got[1] != "done" {
			t.Errorf("states %q", got)
		}
	})
}

// What failed while its host was down is not to blame, also when the host is not at
// once quite well again.
func TestAnOutageIsNotTheMessagesFault(t *testing.T) {
	bubble(t, func(w *world) {
		down, again := true, 3
		w.answer = func(_ int, p string) (client.Receipt, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			if !down && p == "waits" {
				again--
			}
			if down || p == "waits" && again >= 0 {
				return client.Receipt{}, &client.Fault{Verdict: client.Again, Status: 500, Reason: "server_error"}
			}
			return client.Receipt{Status: 200}, nil
		}
		w.post("a", "waits")
		pass(2 * time.Hour)
		if n := len(w.sent); n < poisonTries {
			t.Fatalf("only %d requests in the outage", n)
		}
		w.mu.Lock()
		down = false
		w.mu.Unlock()
		w.post("b", "comes through")
		pass(4 * time.Hour)
		w.wantStates("done", "done")
		if again >= 0 {
			t.Errorf("%d failures were not tried", again+1)
		}
	})
}

func TestNothingToSayAndNothingToSendTo(t *testing.T) {
	bubble(t, func(w *world) {
		w.parts = 0
		w.post("a", "silent")
		w.post("gone", "x")
		pass(time.Second)
		w.err = errors.New("unreadable")
		w.post("a", "y")
		pass(time.Second)
		w.wantSent()
		w.wantStates("done nothing_to_say", "dead no_destination", "dead cannot_render")
	})
}

func TestALostLeaseStopsTheWorkerAndStoresNothing(t *testing.T) {
	bubble(t, func(w *world) {
		w.answer = func(n int, _ string) (client.Receipt, error) {
			if n == 0 {
				// While the request is under way another process takes the lane.
				time.Sleep(5 * time.Second)
				if err := w.steal("a"); err != nil {
					t.Error(err)
				}
			}
			return client.Receipt{Status: 200}, nil
		}
		w.post("a", "1", "2")
		pass(8 * time.Second)
		w.wantSent("0.0 1")
		w.wantStates("pending", "pending")
	})
}

// steal gives the lane to another owner, as the end of a lease would.
func (w *world) steal(lane string) error {
	lanes, err := w.store.Renew(context.Background(), "test", 0)
	if err != nil {
		return err
	}
	if err := w.store.Release(context.Background(), lanes); err != nil {
		return err
	}
	got, err := w.store.Lease(context.Background(), "other", 10, time.Hour)
	if err == nil && len(got) == 0 {
		err = errors.New("nothing to steal")
	}
	return err
}

func TestAnIdleLaneIsGivenBackAndFoundAgain(t *testing.T) {
	bubble(t, func(w *world) {
		w.post("a", "1")
		pass(time.Minute)
		lanes, _ := w.store.Lanes(t.Context())
		if lanes[0].Owner != "" {
			t.Errorf("an idle lane is held by %q", lanes[0].Owner)
		}
		w.post("a", "2")
		pass(time.Second)
		w.wantSent("0.0 1", "60.0 2")
	})
}

func TestAStopFinishesWhatIsUnderWay(t *testing.T) {
	bubble(t, func(w *world) {
		w.answer = func(int, string) (client.Receipt, error) {
			time.Sleep(8 * time.Second)
			return client.Receipt{Status: 200}, nil
		}
		w.post("a", "1", "2")
		pass(time.Second)
		w.stop()
		if d := time.Since(w.start); d != 8*time.Second {
			t.Errorf("the stop took until %s", d)
		}
		w.wantSent("0.0 1")
		w.wantStates("done", "pending")
		lanes, _ := w.store.Lanes(t.Context())
		if lanes[0].Owner != "" {
			t.Errorf("the lane is still held by %q", lanes[0].Owner)
		}
	})
}

func TestPolicy(t *testing.T) {
	p := Policy{First: time.Second, Most: time.Minute, Age: time.Hour, Attempts: 5}
	fault := &client.Fault{Verdict: client.Again}
	for attempt := 1; attempt < 5; attempt++ {
		ceiling := time.Second << (attempt - 1)
		var longest time.Duration
		for range 500 {
			wait, again := p.Next(attempt, time.Minute, fault)
			if !again || wait < 0 || wait > ceiling {
				t.Fatalf("attempt %d: %s %v", attempt, wait, again)
			}
			longest = max(longest, wait)
		}
		if longest < ceiling/2 {
			t.Errorf("attempt %d: of 500 waits none is longer than %s", attempt, longest)
		}
	}
	p.Attempts = 0
	for range 500 { // of a failure that began lately, however often lanes have failed before
		if wait, _ := p.Next(30, 10*time.Second, fault); wait > 5*time.Second {
			t.Fatalf("%s after ten seconds", wait)
		}
	}
	for _, attempt := range []int{20, 31, 32, 33, 64, 1000} {
		if wait, again := p.Next(attempt, 0, fault); !again || wait > time.Minute {
			t.Errorf("attempt %d: %s %v", attempt, wait, again)
		}
	}
	if _, again := p.Next(1, time.Hour, fault); again {
		t.Error("goes on past its age")
	}
	if _, again := (Policy{First: 1, Most: 1, Attempts: 5}).Next(5, 0, fault); again {
		t.Error("goes on past its attempts")
	}
	told := &client.Fault{Verdict: client.Wait, After: 5 * time.Hour}
	if wait, again := p.Next(1, 48*time.Hour, told); !again || wait != time.Hour {
		t.Errorf("told to wait five hours: %s %v", wait, again)
	}
	for _, v := range []client.Verdict{client.Reform, client.Malformed, client.Refused, client.MessageGone, client.Stopped} {
		if _, again := p.Next(1, 0, &client.Fault{Verdict: v}); again {
			t.Errorf("%s is tried again", v)
		}
	}
}

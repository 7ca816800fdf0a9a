package lane

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dragoman/gateway/client"
	"dragoman/gateway/store"
)

// join starts another gateway over the world's store. What it sends is marked with
// its name.
func (w *world) join(name string) (r *Runner, stop func()) {
	o := w.run.o
	o.Owner = name
	o.Destination = func(string) (Destination, bool) {
		d := w.dest
		d.Client = marked{w, name}
		return d, true
	}
	r = New(o)
	ctx, cancel := context.WithCancel(w.t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { r.Run(ctx) })
	return r, sync.OnceFunc(func() { cancel(); wg.Wait() })
}

type marked struct {
	w    *world
	name string
}

func (m marked) Send(ctx context.Context, r client.Request) (client.Receipt, error) {
	r.Payload = fmt.Append(nil, m.name, " ", string(r.Payload))
	return m.w.Send(ctx, r)
}

// queues posts n deliveries to each lane, numbered within it.
func (w *world) queues(n int, lanes ...string) {
	for i := range n {
		for _, l := range lanes {
			w.post(l, fmt.Sprintf("%s%03d", l, i))
		}
	}
}

// wantOrder checks that each lane's n deliveries went out once, in order and at
// least apart from each other.
func (w *world) wantOrder(n int, apart float64, lanes ...string) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, l := range lanes {
		next, last := 0, -1e9
		for _, s := range w.sent {
			words := strings.Fields(s)
			name, found := strings.CutPrefix(words[len(words)-1], l)
			if !found {
				continue
			}
			var at float64
			fmt.Sscan(words[0], &at)
			if name != fmt.Sprintf("%03d", next) || at-last < apart-0.01 {
				w.t.Fatalf("%s: %q as number %d, %.1f s after the one before", l, s, next, at-last)
			}
			next, last = next+1, at
		}
		if next != n {
			w.t.Errorf("%s: %d of %d were sent", l, next, n)
		}
	}
}

// gap is the longest time, in seconds, in which nothing of a lane was sent.
func (w *world) gap(lane string) (most float64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	last := -1.0
	for _, s := range w.sent {
		words := strings.Fields(s)
		if !strings.HasPrefix(words[len(words)-1], lane) {
			continue
		}
		var at float64
		fmt.Sscan(words[0], &at)
		if last >= 0 {
			most = max(most, at-last)
		}
		last = at
	}
	return most
}

// by are the times, in seconds, at which a gateway sent.
func (w *world) by(name string) (at []float64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, s := range w.sent {
		if words := strings.Fields(s); slices.Contains(words, name) {
			var t float64
			fmt.Sscan(words[0], &t)
			at = append(at, t)
		}
	}
	return at
}

func TestAGatewayThatJoinsGetsItsShareOfTheWork(t *testing.T) {
	bubble(t, func(w *world) {
		w.dest.Pace = Pace{N: 1, Per: time.Second}
		lanes := []string{"a", "b", "c", "d"}
		w.queues(60, lanes...)
		pass(5 * time.Second)
		_, stop := w.join("second")
		defer stop()
		pass(2 * time.Minute)
		at := w.by("second")
		if len(at) == 0 || at[0] > 5+10+1.1 {
			t.Errorf("the second sends at %v; leases are renewed every ten seconds", at)
		}
		if len(at) < 80 || len(at) > 120 {
			t.Errorf("the second sent %d of 240", len(at))
		}
		w.wantOrder(60, 1, lanes...)
	})
}

func TestALaneIsHandedOverAtOnceWhenItsGatewayStops(t *testing.T) {
	bubble(t, func(w *world) {
		w.answer = func(int, string) (client.Receipt, error) {
			time.Sleep(50 * time.Millisecond)
			return client.Receipt{Status: 200}, nil
		}
		w.queues(100, "a")
		pass(time.Second / 100)
		_, stop := w.join("second")
		defer stop()
		pass(time.Second)
		w.stop()
		pass(100 * time.Millisecond)
		at := w.by("second")
		if len(at) == 0 || at[0] > 1.1 {
			t.Errorf("the second sends at %v", at)
		}
		pass(time.Minute)
		w.wantOrder(100, 0, "a")
	})
}

// A gateway that stops has no share any more: the others, who have theirs, take its
// lanes at once.
func TestThoseWhoHaveTheirShareTakeTheLanesOfOneWhoStops(t *testing.T) {
	bubble(t, func(w *world) {
		w.dest.Pace = Pace{N: 1, Per: time.Second / 10}
		_, stop := w.join("second")
		defer stop()
		_, stopThird := w.join("third")
		defer stopThird()
		pass(11 * time.Second) // they know of each other
		lanes := []string{"a", "b", "c"}
		w.queues(300, lanes...)
		pass(5 * time.Second)
		w.stop()
		pass(time.Minute)
		w.wantOrder(300, 0, lanes...)
		for _, l := range lanes {
			if gap := w.gap(l); gap > 0.3 {
				t.Errorf("%s stood still for %.1f s", l, gap)
			}
		}
	})
}

func TestALanesHolderIsCalledWhenAnotherGatewayAccepts(t *testing.T) {
	bubble(t, func(w *world) {
		second, stop := w.join("second")
		defer stop()
		pass(11 * time.Second) // they know of each other
		w.post("a", "a000")
		pass(time.Second / 10)
		w.wantSent("11.0 a000")
		w.run, second = second, w.run // the first still holds the lane, and has nothing to do
		w.post("a", "a001")
		pass(time.Second / 10)
		w.wantSent("11.0 a000", "11.1 a001")
		w.run = second
	})
}

// A lane is paused and resumed at once, also by way of a gateway that does not work
// it.
func TestALaneIsPausedByWayOfAnotherGateway(t *testing.T) {
	bubble(t, func(w *world) {
		w.dest.Pace = Pace{N: 1, Per: time.Second}
		w.queues(20, "a")
		pass(time.Second / 2)
		second, stop := w.join("second")
		defer stop()
		pass(2 * time.Second)
		if err := second.Pause(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		pass(3 * time.Second)
		w.wantSent("0.0 a000", "1.0 a001", "2.0 a002")
		if err := second.Open(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		pass(time.Second / 10)
		w.wantSent("0.0 a000", "1.0 a001", "2.0 a002", "5.5 a003")
		pass(time.Minute)
		w.wantOrder(20, 1, "a")
	})
}

func TestTheLanesOfAGatewayThatCrashedAreTakenWhenTheirLeaseEnds(t *testing.T) {
	bubble(t, func(w *world) {
		ctx := t.Context()
		pass(time.Second / 2)
		if _, err := w.store.Alive(ctx, "crashed", 30*time.Second); err != nil {
			t.Fatal(err)
		}
		_, err := w.store.Ingest(ctx, []store.Incoming{{
			Source: "s", Dialect: "slack", Body: []byte("a000"), At: time.Now(), Verdict: "routed",
			Deliveries: []store.NewDelivery{{Route: "r", To: "a", Lane: "a", Plan: []byte("{}")}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		if held, err := w.store.Lease(ctx, "crashed", 1, 30*time.Second); err != nil || len(held) != 1 {
			t.Fatal(held, err)
		}
		pass(29 * time.Second)
		w.wantSent()
		pass(5 * time.Second)
		if at := w.sent; len(at) != 1 || !strings.HasPrefix(at[0], "31.") && !strings.HasPrefix(at[0], "30.") {
			t.Errorf("sent %q", at)
		}
	})
}

// Lanes to one channel that different gateways work keep to its ceiling together.
func TestGatewaysShareTheCeilingOfAChannel(t *testing.T) {
	bubble(t, func(w *world) {
		w.dest.Channel, w.dest.Sharing, w.dest.ChannelPace = "c", 2, Pace{N: 4, Per: time.Minute}
		_, stop := w.join("second")
		defer stop()
		pass(11 * time.Second) // they know of each other
		w.queues(10, "a", "b")
		pass(time.Second)
		if n := len(w.by("second")); n == 0 || n == 4 {
			t.Fatalf("the second sent %d of 4", n)
		}
		pass(20 * time.Minute)
		var at []float64
		w.mu.Lock()
		for _, s := range w.sent {
			var x float64
			fmt.Sscan(s, &x)
			at = append(at, x)
		}
		w.mu.Unlock()
		if len(at) != 20 {
			t.Errorf("%d of 20 were sent", len(at))
		}
		for i := range at {
			if i >= 4 && at[i]-at[i-4] < 60 {
				t.Fatalf("five at %v", at[i-4:i+1])
			}
		}
	})
}

// Who takes a lane over keeps to what has been sent before.
func TestAPaceOutlivesItsHolder(t *testing.T) {
	bubble(t, func(w *world) {
		w.dest.Pace = Pace{N: 1, Per: time.Minute}
		w.queues(3, "a")
		pass(20 * time.Second)
		w.stop()
		_, stop := w.join("second")
		defer stop()
		pass(5 * time.Minute)
		w.wantOrder(3, 60, "a")
	})
}

package gateway

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"dragoman/gateway/admin"
	"dragoman/gateway/store"
)

var sentEvent = admin.Event{Body: []byte("**text-by-hand**")}

// kill puts n messages for both destinations into the dead letters.
func (d *depot) kill(n int) {
	d.t.Helper()
	d.refuse["a"], d.refuse["b"] = true, true
	for i := range n {
		d.post(fmt.Sprintf("text-%04d", i))
	}
	time.Sleep(time.Duration(n) * 2 * time.Second)
	synctest.Wait()
	if rows, err := d.g.store.Deliveries(d.t.Context(), store.DeliveryQuery{State: store.Dead, Limit: 1000}); err != nil || len(rows) != 2*n {
		d.t.Fatalf("%d are dead: %v", len(rows), err)
	}
	d.allow("a", "b")
}

// of are the texts that a destination took, in order.
func (d *depot) of(to string) (out []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, g := range d.got {
		if name, text, _ := strings.Cut(g, " "); name == to {
			out = append(out, text)
		}
	}
	return out
}

func (d *depot) progress(id string) admin.Progress {
	d.t.Helper()
	for _, p := range d.g.replays.Progress() {
		if p.ID == id {
			return p
		}
	}
	d.t.Fatalf("no replay %q", id)
	return admin.Progress{}
}

// A replay of many keeps the order of each lane, and lets nothing that comes in
// meanwhile wait for more than a few of it.
func TestAReplayOfManyDoesNotStarveWhatComesIn(t *testing.T) {
	const many = 200
	inDepot(t, toBoth, func(d *depot) {
		d.kill(many)
		p, err := d.g.replays.Start(store.DeliveryQuery{State: store.Dead}, true)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if n := len(d.of("b")); n != many {
			t.Errorf("%d of %d are at the fast destination", n, many)
		}
		if mid := d.progress(p.ID); mid.State != "running" || mid.Total != 2*many || !mid.Listed || mid.Replayed < many || mid.Replayed >= 2*many {
			t.Errorf("%+v", mid)
		}
		d.post("text-live")
		time.Sleep((laneRoom + 8) * time.Second) // the slow one takes one a second, in bursts
		synctest.Wait()
		if !slices.Contains(d.of("a"), "text-live") {
			t.Error("what came in is behind the replay")
		}
		time.Sleep(2 * many * time.Second)
		synctest.Wait()
		end := d.progress(p.ID)
		if end.State != "done" || end.Replayed != 2*many || len(end.Refused) != 0 || end.Ended.IsZero() {
			t.Errorf("%+v", end)
		}
		for _, to := range []string{"a", "b"} {
			texts := slices.DeleteFunc(d.of(to), func(s string) bool { return s == "text-live" })
			if len(texts) != many || !slices.IsSorted(texts) {
				t.Errorf("%s: %d in the order %v", to, len(texts), texts)
			}
		}
	})
}

func TestAReplayCanBeStoppedAndGoesOnWhereItWas(t *testing.T) {
	const many = 100
	inDepot(t, toBoth, func(d *depot) {
		d.kill(many)
		q := store.DeliveryQuery{State: store.Dead, To: "a"}
		p, err := d.g.replays.Start(q, true)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		if !d.g.replays.Stop(p.ID) || d.g.replays.Stop("nothing") {
			t.Error("what was stopped")
		}
		synctest.Wait()
		if s := d.progress(p.ID); s.State != "stopped" || s.Ended.IsZero() || s.Replayed == 0 || s.Replayed == many {
			t.Errorf("%+v", s)
		}
		if p, err = d.g.replays.Start(q, false); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * many * time.Second)
		synctest.Wait()
		if s := d.progress(p.ID); s.State != "done" || s.Rules != "now" {
			t.Errorf("%+v", s)
		}
		if texts := d.of("a"); len(texts) != many || !slices.IsSorted(texts) {
			t.Errorf("%d in the order %v", len(texts), texts)
		}
		if texts := d.of("b"); len(texts) != 0 {
			t.Errorf("the other destination took %v", texts)
		}
	})
}

func TestReplaysAreNotTooMany(t *testing.T) {
	inDepot(t, toA, func(d *depot) {
		d.refuse["a"] = true
		d.post("text-1")
		if err := d.g.runner.Pause(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		for range laneRoom { // so that replays wait
			d.post("text-2")
		}
		for i := range mostReplaying + 1 {
			_, err := d.g.replays.Start(store.DeliveryQuery{State: store.Dead}, true)
			if (err != nil) != (i == mostReplaying) {
				t.Fatalf("replay %d: %v", i, err)
			}
		}
		for _, p := range d.g.replays.Progress() {
			d.g.replays.Stop(p.ID)
		}
		for range 2 * keptReplays {
			p, err := d.g.replays.Start(store.DeliveryQuery{State: store.Partial}, true)
			if err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if s := d.progress(p.ID); s.State != "done" || s.Total != 1 && s.Total != 0 {
				t.Fatalf("%+v", s)
			}
		}
		if n := len(d.g.replays.Progress()); n != keptReplays {
			t.Errorf("%d are kept", n)
		}
	})
}

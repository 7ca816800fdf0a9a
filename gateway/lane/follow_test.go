package lane

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"dragoman/gateway/client"
	"dragoman/gateway/store"
)

// A message whose edit is accepted before it is delivered is posted first.
func TestAnEditWaitsBehindItsMessage(t *testing.T) {
	bubble(t, func(w *world) {
		w.answer = func(n int, _ string) (client.Receipt, error) {
			if n == 0 {
				return client.Receipt{}, &client.Fault{Verdict: client.Wait, After: time.Minute, Reason: "rate_limited"}
			}
			return client.Receipt{Status: 200}, nil
		}
		w.post("a", "message")
		pass(time.Second)
		w.post("a", "edit")
		pass(2 * time.Minute)
		w.wantSent("0.0 message", "60.0 message", "60.0 edit")
	})
}

// An unordered lane goes on beside what is slow, and keeps what is about one
// message in order.
func TestAnUnorderedLaneOvertakes(t *testing.T) {
	bubble(t, func(w *world) {
		w.dest.Unordered = true
		w.answer = func(_ int, p string) (client.Receipt, error) {
			if p == "slow" {
				time.Sleep(5 * time.Second)
			}
			return client.Receipt{Status: 200}, nil
		}
		w.post("a", "slow", "2")
		w.follow("a", slices.Min(w.events()), "slow's edit")
		pass(time.Second)
		w.wantSentAny("0.0 slow", "0.0 2")
		pass(10 * time.Second)
		w.wantSentAny("0.0 slow", "0.0 2", "5.0 slow's edit")
		w.wantStates("done", "done", "done")
	})
}

func (w *world) events() (ids []int64) {
	w.t.Helper()
	rows, err := w.store.Events(w.t.Context(), store.EventQuery{})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	return ids
}

// follow stores an edit of a message.
func (w *world) follow(lane string, message int64, body string) {
	w.t.Helper()
	_, err := w.store.Ingest(w.t.Context(), []store.Incoming{{
		Op: store.Edit, Message: message, Source: "s", Dialect: "slack", Body: []byte(body), At: time.Now(), Verdict: "routed",
		Deliveries: []store.NewDelivery{{Route: "r", To: lane, Lane: lane, Plan: []byte("{}")}},
	}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.run.Wake(lane)
}

// wantSentAny is wantSent for requests that may overtake each other.
func (w *world) wantSentAny(want ...string) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	got := slices.Sorted(slices.Values(w.sent))
	slices.Sort(want)
	if !slices.Equal(got, want) {
		w.t.Errorf("sent %q\nwant %q", got, want)
	}
}

// Never more than the pace in any stretch of time, whatever the destination's
// lanes: the host's budget and the channel's pace are shared.
func TestPacesAreNeverPassed(t *testing.T) {
	bubble(t, func(w *world) {
		w.dest.Pace = Pace{N: 2, Per: time.Second}
		w.dest.Channel, w.dest.ChannelPace = "c", Pace{N: 5, Per: time.Minute}
		w.dest.Budget.Requests = Pace{N: 3, Per: time.Second}
		for _, lane := range []string{"a", "b"} {
			w.post(lane, "1", "2", "3", "4")
		}
		pass(10 * time.Minute)
		w.mu.Lock()
		at := make([]float64, len(w.sent))
		for i, s := range w.sent {
			if _, err := fmt.Sscanf(s, "%f", &at[i]); err != nil {
				t.Fatal(err)
			}
		}
		w.mu.Unlock()
		if len(at) != 8 {
			t.Fatalf("sent at %v", at)
		}
		slices.Sort(at)
		for i := range at {
			if i >= 3 && at[i]-at[i-3] < 1 || i >= 5 && at[i]-at[i-5] < 60 {
				t.Errorf("too many at once: %v", at)
			}
		}
	})
}

// A host that refuses too often is left alone until the count has run out.
func TestTooManyRefusalsCloseAHost(t *testing.T) {
	bubble(t, func(w *world) {
		w.dest.Budget.Invalid = Pace{N: 3, Per: 10 * time.Minute}
		w.answer = func(int, string) (client.Receipt, error) {
			return client.Receipt{}, &client.Fault{Verdict: client.Wait, Status: 429, After: time.Second, Reason: "rate_limited"}
		}
		w.post("a", "1")
		pass(9 * time.Minute)
		w.wantSent("0.0 1", "1.0 1", "2.0 1")
		pass(61*time.Second + 500*time.Millisecond)
		w.wantSent("0.0 1", "1.0 1", "2.0 1", "600.0 1", "601.0 1")
	})
}

// What an edit changes may have been removed, and so may a thread: the root says
// what is done in its place, and the lane goes on.
func TestWhatIsGoneDoesNotStopALane(t *testing.T) {
	gone := &client.Fault{Verdict: client.MessageGone, Status: 404, Code: "10008", Reason: "message_gone"}
	for name, c := range map[string]struct {
		part  store.Part
		again bool
		want  []client.Op
		state string
	}{
		"a delete is done":          {store.Part{Op: store.Delete, Ref: "x"}, false, []client.Op{client.Delete}, "done"},
		"an edit is skipped":        {store.Part{Op: store.Edit, Ref: "x"}, false, []client.Op{client.Edit}, "done"},
		"an edit is posted":         {store.Part{Op: store.Edit, Ref: "x"}, true, []client.Op{client.Edit, client.Post}, "done"},
		"a post without its thread": {store.Part{Thread: "t"}, true, []client.Op{client.Post, client.Post}, "done"},
		"a post to nothing":         {store.Part{}, true, []client.Op{client.Post}, "dead message_gone"},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(w *world) {
				w.part = &c.part
				w.run.o.Gone = func(_ *store.Delivery, p store.Part) (store.Part, bool) {
					return store.Part{N: p.N, Format: p.Format, Payload: p.Payload}, c.again
				}
				w.answer = func(n int, _ string) (client.Receipt, error) {
					if n == 0 {
						return client.Receipt{}, gone
					}
					return client.Receipt{Status: 200, Remote: "y"}, nil
				}
				w.post("a", "1")
				pass(time.Minute)
				if !slices.Equal(w.ops, c.want) {
					t.Errorf("did %v, want %v", w.ops, c.want)
				}
				w.wantStates(c.state)
			})
		})
	}
}

// A destination that wants another form is told so once, and what it has said is
// stored.
func TestAFormIsLearntOnce(t *testing.T) {
	bubble(t, func(w *world) {
		known := false
		w.run.o.Reform = func(_ context.Context, _ *store.Delivery, code string) []store.Entry {
			if known || code != "220001" {
				return nil
			}
			known = true
			return []store.Entry{{Space: "s", Key: "forum", Value: []byte("yes")}}
		}
		w.answer = func(n int, _ string) (client.Receipt, error) {
			if n == 0 || n == 2 {
				return client.Receipt{}, &client.Fault{Verdict: client.Reform, Status: 400, Code: "220001", Reason: "reform"}
			}
			return client.Receipt{Status: 200}, nil
		}
		w.post("a", "1", "2")
		pass(time.Minute)
		w.wantStates("done", "dead reform")
		if got, err := w.store.Entries(t.Context(), "s"); err != nil || len(got) != 1 {
			t.Errorf("stored %v %v", got, err)
		}
	})
}

// A post that was taken without its files is not posted again.
func TestWhatIsThereIsNotPostedAgain(t *testing.T) {
	bubble(t, func(w *world) {
		w.answer = func(n int, _ string) (client.Receipt, error) {
			if n == 0 {
				return client.Receipt{}, &client.Fault{Verdict: client.Again, Reason: "upload", Remote: "there"}
			}
			return client.Receipt{Status: 200, Remote: "there"}, nil
		}
		w.post("a", "1")
		pass(time.Hour)
		if !slices.Equal(w.remotes, []string{"", "there"}) {
			t.Errorf("asked with %q", w.remotes)
		}
		w.wantStates("done")
	})
}

// A lane that a person has closed stays closed, also when a request that was
// under way succeeds meanwhile.
func TestAPausedLaneStaysPaused(t *testing.T) {
	bubble(t, func(w *world) {
		w.answer = func(int, string) (client.Receipt, error) {
			time.Sleep(5 * time.Second)
			return client.Receipt{Status: 200}, nil
		}
		w.post("a", "1", "2")
		pass(time.Second)
		if err := w.run.Pause(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		pass(time.Hour)
		w.wantSent("0.0 1")
		w.wantStates("done", "pending")
		if err := w.run.Open(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		pass(time.Minute)
		w.wantStates("done", "done")
	})
}

package lane

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"dragoman/gateway/client"
	"dragoman/gateway/store"
	"dragoman/translators/chat"
)

// leaseMargin is how long before the end of a lease a request must have ended.
const leaseMargin = 2 * time.Second

// poisonTries is how often a message may get a 500 while others get through to
// the same host before it is called poisonous.
const poisonTries = 8

// blame says whether what fails is the message or the host. A restart forgets it.
type blame struct {
	since time.Time // of the first failure
	times int       // 500s when others had got through since then
}

// deliver works on one delivery until it has ended. The error is errEnd.
func (w *worker) deliver(ctx context.Context, d *store.Delivery) error {
	var b blame
	for d.State == store.Pending {
		if err := w.open(ctx); err != nil {
			return err
		}
		dest, ok := w.r.o.Destination(d.To)
		if !ok {
			if err := w.end(ctx, d, store.Dead, "no_destination"); err != nil {
				return err
			}
			continue
		}
		if len(d.Parts) == 0 {
			if err := w.render(ctx, d); err != nil {
				return err
			}
			continue
		}
		if err := w.sendNext(ctx, d, &dest, &b); err != nil {
			return err
		}
	}
	return nil
}

// render makes the parts of a delivery. One alone is stored when it has been sent.
func (w *worker) render(ctx context.Context, d *store.Delivery) error {
	out, err := w.r.o.Render(ctx, d)
	if errors.Is(err, ErrNotNow) {
		if ctx.Err() == nil {
			w.r.o.Log.Error("a delivery cannot be prepared", "lane", w.name, "delivery", d.ID, "error", err)
		}
		return w.pause(ctx, time.Second)
	}
	if err != nil {
		w.r.o.Log.Warn("a message cannot be rendered", "lane", w.name, "delivery", d.ID, "error", err)
		return w.end(ctx, d, store.Dead, "cannot_render")
	}
	if len(out.Parts) == 0 {
		d.State = store.Done
		return w.record(ctx, d, store.Outcome{Delivery: d.ID, State: store.Done, Reason: "nothing_to_say", Tries: d.Tries, Rung: d.Rung, Notes: out.Notes})
	}
	d.Parts, d.Notes = out.Parts, out.Notes
	if len(d.Parts) == 1 {
		return nil
	}
	// Several parts are frozen before the first goes out: what was sent before a
	// crash and what is sent after it must be of one piece.
	return w.record(ctx, d, store.Outcome{Delivery: d.ID, State: store.Pending, Tries: d.Tries, Rung: d.Rung, Freeze: d.Parts})
}

// sendNext sends the first part that has not been sent, and records what came of
// it.
func (w *worker) sendNext(ctx context.Context, d *store.Delivery, dest *Destination, b *blame) error {
	i := 0
	for i < len(d.Parts) && !d.Parts[i].Sent.IsZero() {
		// What follows the beginning of a thread goes into it.
		if t := d.Parts[i].Thread; t != "" && i+1 < len(d.Parts) && d.Parts[i+1].Thread == "" {
			d.Parts[i+1].Thread = t
		}
		i++
	}
	if i == len(d.Parts) {
		return w.end(ctx, d, store.Done, "")
	}
	if err := w.turn(ctx, dest); err != nil {
		return err
	}
	if w.held().Gate.Stopped { // meanwhile, by a person
		return nil
	}
	at := time.Now()
	receipt, fault := w.send(ctx, d, i, dest)
	attempt := store.Attempt{At: at, Part: i, Status: receipt.Status, Verdict: "ok", Took: time.Since(at)}
	if fault != nil {
		attempt.Status, attempt.Verdict, attempt.Code = fault.Status, fault.Verdict.String(), fault.Code
		w.slow(fault.Pace)
		w.r.hostRefused(dest, fault.Status)
		return w.failed(ctx, d, dest, b, attempt, fault)
	}
	w.slow(receipt.Pace)
	w.r.hostWell(dest.Host, w.name)
	return w.sent(ctx, d, i, attempt, receipt)
}

// sent records that part i has been sent, or need not be.
func (w *worker) sent(ctx context.Context, d *store.Delivery, i int, a store.Attempt, r client.Receipt) error {
	p := &d.Parts[i]
	p.Sent, p.Remote = time.Now(), r.Remote
	if r.Thread != "" {
		p.Thread = r.Thread
	}
	out := store.Outcome{Delivery: d.ID, State: store.Pending, Tries: d.Tries, Rung: d.Rung, Attempts: []store.Attempt{a}}
	if w.r.o.Sent != nil {
		out.Entries = w.r.o.Sent(d)
	}
	if len(d.Parts) == 1 {
		out.Freeze = d.Parts
	} else {
		out.Sent = d.Parts[i : i+1]
	}
	if i == len(d.Parts)-1 {
		out.State, d.State = store.Done, store.Done
	}
	w.openGate()
	return w.record(ctx, d, out)
}

// slow obeys the pace that an answer told: the lane slows down before it is told
// off.
func (w *worker) slow(p client.Pace) {
	if p.Known && p.Left == 0 {
		w.mu.Lock()
		w.next = time.Now().Add(min(p.Reset, longestTold))
		w.mu.Unlock()
	}
}

var ops = map[store.Op]client.Op{store.Post: client.Post, store.Edit: client.Edit, store.Delete: client.Delete}

// turn waits until a request may go out: by the destination's paces, and with a
// lease that will outlast it. Its time counts from the end of the last wait, which
// is that for the paces.
func (w *worker) turn(ctx context.Context, dest *Destination) error {
	short := func() bool { return time.Until(w.held().Until) < dest.Timeout+leaseMargin }
	for {
		for short() {
			if err := w.pause(ctx, w.r.o.Term/10); err != nil { // it is about to be renewed
				return err
			}
		}
		if err := w.paceOut(ctx, dest); err != nil || !short() {
			return err
		}
	}
}

// send sends part i once. The request ends before the lease does, also when the
// process is stopping.
func (w *worker) send(ctx context.Context, d *store.Delivery, i int, dest *Destination) (client.Receipt, *client.Fault) {
	rc, cancel := context.WithTimeout(context.WithoutCancel(ctx), dest.Timeout)
	defer cancel()
	p := &d.Parts[i]
	files, err := w.files(rc, p)
	if err != nil {
		return client.Receipt{}, &client.Fault{Verdict: client.Again, Reason: "store", Err: err}
	}
	remote := p.Ref
	if p.Op == store.Post {
		remote = p.Remote // of a message that went out without its files
	}
	receipt, err := dest.Client.Send(rc, client.Request{
		ID: fmt.Sprintf("%d.%d", d.ID, i), Op: ops[p.Op], Remote: remote, Thread: p.Thread,
		Format: p.Format, Payload: p.Payload, Files: files, Header: d.Event.Header,
	})
	if err == nil {
		return receipt, nil
	}
	var f *client.Fault
	if !errors.As(err, &f) {
		f = &client.Fault{Verdict: client.Again, Reason: "unknown", Err: err}
	}
	return client.Receipt{}, f
}

// files reads the uploads of a part: those which were made for it, which its
// payload names first, then those which came with the event.
func (w *worker) files(ctx context.Context, p *store.Part) (out []client.File, err error) {
	for _, f := range p.Made {
		out = append(out, client.File{Name: f.Name, Type: f.Type, Data: f.Data})
	}
	list := slices.Clone(p.Files)
	slices.SortStableFunc(list, func(a, b chat.File) int { return madeFirst(b) - madeFirst(a) })
	for _, f := range list {
		data, err := w.r.o.Store.File(ctx, f.Ref)
		if errors.Is(err, store.ErrNotFound) {
			continue // purged: the message goes without
		}
		if err != nil {
			return nil, err
		}
		out = append(out, client.File{Name: f.Name, Type: f.Type, Data: data})
	}
	return out, nil
}

func madeFirst(f chat.File) int {
	if r, err := store.ParseRef(f.Ref); err == nil && r.Part {
		return 1
	}
	return 0
}

// failed records a fault and what follows from it.
func (w *worker) failed(ctx context.Context, d *store.Delivery, dest *Destination, b *blame, a store.Attempt, f *client.Fault) error {
	out := store.Outcome{Delivery: d.ID, State: store.Pending, Tries: d.Tries, Rung: d.Rung, Attempts: []store.Attempt{a}}
	now := time.Now()
	if f.Remote != "" { // it is there, though not all of it: it is not posted again
		d.Parts[a.Part].Remote = f.Remote
		out.Freeze = d.Parts
	}
	switch f.Verdict {
	case client.Stopped:
		w.r.o.Log.Warn("a lane has stopped and waits for a person", "lane", w.name, "reason", f.Reason, "status", f.Status, "code", f.Code)
		w.gate(func(g *store.Gate) { g.Stopped, g.Reason = true, f.Reason })
		return w.record(ctx, d, out)
	case client.Malformed:
		if d.Rung++; d.Rung < rungs && !started(d) {
			return w.afresh(ctx, d, out)
		}
		return w.giveUp(ctx, d, out, f.Reason)
	case client.Reform:
		if w.r.o.Reform != nil && !started(d) {
			if out.Entries = w.r.o.Reform(ctx, d, f.Code); out.Entries != nil {
				return w.afresh(ctx, d, out)
			}
		}
		return w.giveUp(ctx, d, out, f.Reason)
	case client.MessageGone:
		return w.missing(ctx, d, out, f)
	case client.Again:
		d.Tries++
		out.Tries = d.Tries
		if b.since.IsZero() {
			b.since = a.At
		}
		if f.Status >= 500 && w.r.othersWell(dest.Host, w.name, b.since) {
			b.times++
		}
		if b.times == poisonTries {
			return w.giveUp(ctx, d, out, "server_error")
		}
	case client.Wait:
		if f.All {
			w.r.pauseHost(dest.Host, now.Add(min(f.After, longestTold)))
		}
	case client.Refused:
		return w.giveUp(ctx, d, out, f.Reason)
	}
	faults := w.held().Gate.Faults + 1
	wait, again := dest.Policy.Next(faults, now.Sub(d.Born), f)
	if !again {
		// The gate stays as it is: what stands behind is not to find out at once that
		// the destination is still down.
		wait = dest.Policy.First
		if err := w.giveUp(ctx, d, out, "gave_up"); err != nil {
			return err
		}
		out = store.Outcome{}
	}
	w.gate(func(g *store.Gate) {
		g.Until, g.Reason = now.Add(wait), f.Reason
		if f.Verdict == client.Again {
			g.Faults = faults
		}
	})
	return w.record(ctx, d, out)
}

// afresh has a delivery rendered again.
func (w *worker) afresh(ctx context.Context, d *store.Delivery, out store.Outcome) error {
	d.Parts, d.Notes = nil, nil
	out.Rung, out.Freeze = d.Rung, []store.Part{}
	return w.record(ctx, d, out)
}

// missing goes on when the message that a part changes, or the thread that it
// goes into, is no longer there.
func (w *worker) missing(ctx context.Context, d *store.Delivery, out store.Outcome, f *client.Fault) error {
	i := out.Attempts[0].Part
	p := d.Parts[i]
	if p.Op == store.Post && p.Thread == "" || w.r.o.Gone == nil {
		return w.giveUp(ctx, d, out, f.Reason)
	}
	other, ok := w.r.o.Gone(d, p)
	if p.Op == store.Delete || !ok {
		return w.sent(ctx, d, i, out.Attempts[0], client.Receipt{})
	}
	d.Parts[i] = other
	out.Freeze = d.Parts
	return w.record(ctx, d, out)
}

// started reports whether a part of d has been sent, be it without its files.
func started(d *store.Delivery) bool {
	return len(d.Parts) > 0 && (!d.Parts[0].Sent.IsZero() || d.Parts[0].Remote != "")
}

// giveUp ends a delivery that cannot go on.
func (w *worker) giveUp(ctx context.Context, d *store.Delivery, out store.Outcome, reason string) error {
	d.State = store.Dead
	if started(d) {
		d.State = store.Partial
	} else if len(d.Parts) == 1 {
		out.Freeze = d.Parts // so that a person can see what was refused
	}
	out.State, out.Reason = d.State, reason
	w.openGate()
	return w.record(ctx, d, out)
}

func (w *worker) end(ctx context.Context, d *store.Delivery, s store.State, reason string) error {
	d.State = s
	return w.record(ctx, d, store.Outcome{Delivery: d.ID, State: s, Reason: reason, Tries: d.Tries, Rung: d.Rung})
}

// record makes an outcome durable. What was sent has been sent: it goes on trying
// until the store takes it, or the lease is lost.
func (w *worker) record(ctx context.Context, d *store.Delivery, out store.Outcome) error {
	if out.Freeze != nil {
		out.Notes = d.Notes
	}
	for {
		out.Lane = w.held()
		c, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		err := w.r.o.Store.Finish(c, []store.Outcome{out})
		cancel()
		switch {
		case err == nil:
			if w.r.o.Recorded != nil {
				w.r.o.Recorded(d, &out)
			}
			return nil
		case errors.Is(err, store.ErrLost):
			w.lost()
			return errEnd
		}
		w.r.o.Log.Error("an outcome cannot be stored", "lane", w.name, "delivery", out.Delivery, "error", err)
		if err := w.pause(ctx, time.Second); err != nil {
			return err
		}
	}
}

package live_test

import (
	"slices"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/wire"
)

func TestShutdown(t *testing.T) {
	h := open(t)
	customer, _ := h.live()
	h.book.mu.Lock()
	h.book.broken = 1
	h.book.mu.Unlock()
	<-h.closed()
	if got := customer.await("ended"); got.Reason != "shutdown" {
		t.Errorf("%+v", got)
	}
	customer.awaitClose(wire.CloseOver)
	if r := <-h.book.result; r.Summary.EndReason != "shutdown" || h.book.attempts != 2 {
		t.Errorf("after %d attempts: %+v", h.book.attempts, r.Summary)
	}
	if h.sessions.Count() != 0 {
		t.Error("sessions are left")
	}
	late := h.connect()
	late.hello("tok-customer")
	if got := late.await("error"); got.Reason != "shutting_down" {
		t.Errorf("%+v", got)
	}
	late.awaitClose(wire.CloseTooMuch)
}

// TestEndWithoutTheDatabase: people hear of the end all the same, and it is stored later.
func TestEndWithoutTheDatabase(t *testing.T) {
	h := open(t)
	customer, agent := h.live()
	h.book.goAway(true)
	agent.say(`{"type":"end","outcome":"solved"}`)
	for _, p := range []*page{customer, agent} {
		if got := p.await("ended"); got.Outcome != "solved" {
			t.Errorf("ended: %+v", got)
		}
	}
	h.book.goAway(false)
	if r := <-h.book.result; r.Summary.Outcome != "solved" {
		t.Errorf("stored: %+v", r)
	}
	<-h.closed()
	if h.sessions.Redactor(h.spec.ID) == nil || h.sessions.Redactor("other") != nil {
		t.Error("a late note of the agent could not be redacted")
	}
	if e := h.book.ending; len(e) != 1 {
		t.Errorf("stored at first: %+v", e)
	}
}

// TestWhatIsRefusedIsNotTriedForEver: else no service with such a session could stop in good order.
func TestWhatIsRefusedIsNotTriedForEver(t *testing.T) {
	h := open(t)
	customer, _ := h.live()
	h.book.mu.Lock()
	h.book.refuses = true
	h.book.mu.Unlock()
	customer.say(`{"type":"end"}`)
	customer.await("ended")
	<-h.closed()
	if h.book.attempts != 1 {
		t.Errorf("%d attempts", h.book.attempts)
	}
}

// TestGivenUp: another node has finished the sessions of this one.
func TestGivenUp(t *testing.T) {
	h := open(t)
	customer, _ := h.live()
	h.sessions.GiveUp()
	if got := customer.await("ended"); got.Reason != "failed" {
		t.Errorf("%+v", got)
	}
}

// TestLiveWithoutTheDatabase: that a session became live is stored when the database is back, before it ends.
func TestLiveWithoutTheDatabase(t *testing.T) {
	h := open(t)
	h.book.goAway(true)
	h.live()
	h.book.goAway(false)
	for late := time.Now().Add(patience); ; {
		h.book.mu.Lock()
		moved := slices.Clone(h.book.moved)
		h.book.mu.Unlock()
		if slices.Contains(moved, cobrowse.StateLive) {
			return
		}
		if time.Now().After(late) {
			t.Fatalf("stored: %v", moved)
		}
		<-time.After(10 * time.Millisecond)
	}
}

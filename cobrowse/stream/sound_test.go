package stream

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// packet is number n, captured n seconds after the start.
func packet(n int) Sound { return Sound{Seq: uint64(n), Captured: time.Duration(n) * time.Second} }

// heard writes down the numbers of all packets that wait for l.
func heard(l *Listener) string {
	var out []string
	for p := l.TryNext(); p != nil; p = l.TryNext() {
		out = append(out, fmt.Sprint(p.Seq))
	}
	return strings.Join(out, " ")
}

func TestSoundPassesTheGateAsPicturesDo(t *testing.T) {
	h, _ := newHub()
	customer, agent := h.Listen(false), h.Listen(true)
	step := func(what, forCustomer, forAgent string) {
		t.Helper()
		if c, a := heard(customer), heard(agent); c != forCustomer || a != forAgent {
			t.Errorf("%s: the customer hears %q, the agent %q", what, c, a)
		}
	}
	h.PublishSound(packet(1))
	step("open", "1", "1")
	h.PublishSound(packet(2))
	h.Hold("browser", "masks")
	h.PublishSound(packet(3))
	step("closed", "2 3", "")
	h.Release("browser", 5*time.Second)
	h.PublishSound(packet(4))
	h.PublishSound(packet(5))
	step("open again", "4 5", "5")
	agent.Close()
	h.PublishSound(packet(6))
	step("left", "6", "")
	h.Close()
	if h.Listen(true).TryNext() != nil || h.Listening() {
		t.Error("a closed hub is listened to")
	}
}

func TestSlowListenersHearTheNewest(t *testing.T) {
	h, _ := newHub()
	l := h.Listen(true)
	for n := range soundLimit + 3 {
		h.PublishSound(packet(n))
	}
	if got := heard(l); !strings.HasPrefix(got, "3 4 5") || !strings.HasSuffix(got, fmt.Sprint(soundLimit+2)) {
		t.Errorf("heard %s", got)
	}
}

func TestFirstAndLastListenerAreTold(t *testing.T) {
	h, _ := newHub()
	told := 0
	h.OnListening(func() { told++ })
	one, two := h.Listen(false), h.Listen(true)
	if told != 1 || !h.Listening() {
		t.Errorf("told %d times after two came", told)
	}
	one.Close()
	one.Close()
	if told != 1 || !h.Listening() {
		t.Errorf("told %d times after one left", told)
	}
	two.Close()
	if told != 2 || h.Listening() {
		t.Errorf("told %d times after both left", told)
	}
}

package trials

import (
	"syscall"
	"testing"
	"time"
)

// suspended is how long the service stands still: longer than pings, heartbeats, calls and the beginning of a page may take.
const suspended = 32 * time.Second

// busy is a page that has much to say all the time: pictures, and hidden things that move.
const busy = `<!doctype html><title>Busy</title><style>p{position:absolute;margin:0}</style><canvas width="600" height="300"></canvas>
	<script>
	for (let i = 0; i < 40; i++) document.body.append(Object.assign(document.createElement('p'), {textContent: 'ana' + i + '@mail.example'}));
	const pen = document.querySelector('canvas').getContext('2d');
	let n = 0;
	const turn = () => {
		n++;
		pen.fillStyle = 'hsl(' + n + ' 80% 50%)';
		pen.fillRect(n % 600, 0, 40, 300);
		document.querySelectorAll('p').forEach((p, i) => { p.style.left = (n * 3 + i * 20) % 900 + 'px'; p.style.top = 320 + i * 9 + 'px'; });
		requestAnimationFrame(turn);
	};
	turn();
	</script>`

// TestSuspended: a service that stood still for a while, as on a laptop that was closed or a machine that was moved, goes on where it was:
// nobody is sent away, the browser is the same one, and agents see again.
func TestSuspended(t *testing.T) {
	p := newPlace(t)
	p.start()
	s := p.meet()
	s.customer.say(object{"type": "navigate", "tab": s.tab, "url": p.site.URL + "/busy"})
	s.awaitTab(s.customer, func(tab object) bool { return tab["url"] == p.site.URL+"/busy" && tab["loading"] == false })
	s.agent.await(picture, object{"key": true})
	chromium := p.chromium()

	// In the middle of things that have time limits.
	s.customer.say(object{"type": "navigate", "tab": s.tab, "url": p.site.URL + "/busy?again"})
	s.customer.say(object{"type": "history", "tab": s.tab, "delta": -1})
	if err := p.service.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	time.Sleep(suspended)
	if err := p.service.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}

	s.customer.say(object{"type": "navigate", "tab": s.tab, "url": p.site.URL + "/after"})
	for _, x := range []*person{s.customer, s.agent} {
		s.awaitTab(x, func(tab object) bool { return tab["url"] == p.site.URL+"/after" && tab["loading"] == false })
		x.await(picture, nil)
	}
	if now := p.chromium(); now != chromium {
		t.Errorf("another browser took the place of the one before (%d, now %d)", chromium, now)
	}
	for _, x := range []*person{s.customer, s.agent} {
		if lost := s.last(x, "notice"); lost != nil {
			t.Errorf("the %s was told %v", x.role, lost)
		}
	}
	s.agent.say(object{"type": "end", "outcome": "solved"})
	s.customer.await("ended", object{"reason": "ended"})
}

package bench

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"cobrowse-connector/e2e/people"
)

// viewer is somebody who looks at a work page through a canvas, ours or the baseline's.
type viewer struct {
	*people.Person
	name    string
	profile string            // of the streamed Chromium
	show    func(work string) // opens /<work> in the streamed tab
	open    func(work string) // opens it in another one; ours only
	// recorded is how many bytes have been kept so far.
	recorded func(testing.TB) float64
}

// probe is put into the viewer's page before its own scripts. It counts the bytes that arrive over WebSockets, and times how
// long it takes from a press of the mouse to a changed pixel on the canvas.
const probe = `(() => {
  window.__bytes = 0;
  window.__frames = 0;
  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(...args) {
      super(...args);
      this.addEventListener('message', ({ data }) => {
        if (typeof data === 'string') window.__bytes += data.length;
        else { window.__bytes += data.byteLength ?? data.size; window.__frames++ }
      });
    }
  };
  const canvas = () => [...document.querySelectorAll('canvas')].sort((a, b) => b.width * b.height - a.width * a.height)[0];
  window.__canvas = () => { const c = canvas(); return c ? { w: c.width, h: c.height } : null };
  const scratch = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const pixel = (x, y) => { scratch.drawImage(canvas(), x, y, 1, 1, 0, 0, 1, 1); return scratch.getImageData(0, 0, 1, 1).data.slice(0, 3) };
  const differs = (a, b) => Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]) + Math.abs(a[2] - b[2]) > 120;
  window.__pixel = (x, y) => [...pixel(x, y)];
  window.__arm = (x, y) => {
    window.__took = null;
    const before = pixel(x, y);
    let pressed = 0;
    addEventListener('pointerdown', (e) => { pressed = e.timeStamp }, { capture: true, once: true });
    const look = () => {
      if (pressed && differs(before, pixel(x, y))) window.__took = performance.now() - pressed;
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  };
})()`

type size struct{ W, H float64 }

// at maps a place of the work page to a place in the viewer's window.
func (v *viewer) at(x, y float64) (float64, float64) {
	c := people.Eval[size](v.Person, "__canvas()")
	r := v.Rect("canvas")
	return r.X + x/c.W*r.W, r.Y + y/c.H*r.H
}

// patchX and patchY are the middle of the patch in the works "patch" and "whole".
const patchX, patchY = 140, 110

// click presses the patch once and returns the time to the changed pixel.
func (v *viewer) click() time.Duration {
	x, y := v.at(patchX, patchY)
	people.Eval[bool](v.Person, fmt.Sprintf("__arm(%d, %d), true", patchX, patchY))
	v.ClickAt(x, y)
	v.Until("the patch changes", "window.__took")
	return time.Duration(people.Eval[float64](v.Person, "__took") * float64(time.Millisecond))
}

// load is what a stretch of time cost.
type load struct {
	pictures float64 // per second, received by the viewer
	kbits    float64 // per second, received by the viewer
	cores    float64 // used by the streamed Chromium
	service  float64 // cores used by this process, which serves product and baseline
	kept     float64 // bytes per minute that a recording of it takes
	other    float64 // cores that everybody else on this machine used meanwhile
}

// watch looks on for a while; nothing is clicked.
func (v *viewer) watch(t testing.TB, d time.Duration) load {
	t.Helper()
	type counted struct{ Bytes, Frames float64 }
	const counters = "({ Bytes: __bytes, Frames: __frames })"
	seen, used, kept, machine, begin := people.Eval[counted](v.Person, counters), cpu(t, v.profile), v.recorded(t), lookAround(t), time.Now()
	<-time.After(d) // the measurement is the passing of time itself
	took := time.Since(begin).Seconds()
	after, now := people.Eval[counted](v.Person, counters), lookAround(t)
	return load{
		pictures: (after.Frames - seen.Frames) / took,
		kbits:    (after.Bytes - seen.Bytes) * 8 / 1000 / took,
		cores:    (cpu(t, v.profile) - used).Seconds() / took,
		service:  (now.self - machine.self).Seconds() / took,
		kept:     (v.recorded(t) - kept) / took * 60,
		other:    now.othersSince(machine),
	}
}

// percentile returns the p-th percentile (0..100) of d in milliseconds.
func percentile(d []time.Duration, p int) float64 {
	s := slices.Sorted(slices.Values(d))
	return float64(s[min(len(s)-1, len(s)*p/100)]) / float64(time.Millisecond)
}

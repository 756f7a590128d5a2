package browser

import (
	"fmt"
	"testing"
)

// TestTheLastChangeIsFilmed: a page paints twice in a row and rests. What it then looks like is filmed, however soon it came.
func TestTheLastChangeIsFilmed(t *testing.T) {
	s := site(t, map[string]string{"/": red})
	r := launch(t, Spec{Session: "last"})
	tab := r.openPage(s.URL)
	p, err := r.pageOf(tab)
	if err != nil {
		t.Fatal(err)
	}
	watched, err := evaluate[bool](t.Context(), r.running().capture, "", `(() => {
		const frames = new MediaStreamTrackProcessor({track: track.clone()}).readable.getReader();
		const pen = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
		let seen = 0, look = () => {};
		(async () => {
			for (;;) {
				const {value: frame, done} = await frames.read();
				if (done) return;
				pen.drawImage(frame, 0, 0, 1, 1);
				frame.close();
				seen = pen.getImageData(0, 0, 1, 1).data[1];
				look();
			}
		})();
		globalThis.sees = (level) => new Promise((done) => {
			look = () => { if (Math.abs(seen - level) < 40) done(true) };
			look();
			setTimeout(done, 45000, false);
		});
		return true;
	})()`)
	if err != nil || !watched {
		t.Fatal(err)
	}
	for i := range 30 {
		level := 100 + i%2*100
		_, err := evaluate[any](t.Context(), p.session, "", fmt.Sprintf(`new Promise((painted) => {
			document.body.style.background = 'rgb(0, 0, 0)';
			requestAnimationFrame(() => requestAnimationFrame(() => { document.body.style.background = 'rgb(0, %d, 0)'; painted() }));
		})`, level))
		if err != nil {
			t.Fatal(err)
		}
		if seen, err := evaluate[bool](t.Context(), r.running().capture, "", fmt.Sprintf("sees(%d)", level)); err != nil || !seen {
			t.Fatalf("round %d: the last change is not filmed: %v", i, err)
		}
	}
}

// TestACaptureWithoutAFirstFrameIsNudged: a page at rest may yield none when its capture begins. It is made to paint.
func TestACaptureWithoutAFirstFrameIsNudged(t *testing.T) {
	s := site(t, map[string]string{"/": red})
	r := launch(t, Spec{Session: "first"})
	r.openPage(s.URL)
	painted, err := evaluate[bool](t.Context(), r.running().capture, "", `(async () => {
		const frames = new MediaStreamTrackProcessor({track: track.clone()}).readable.getReader();
		let still;
		const rest = () => new Promise((done) => { still = setTimeout(done, 1500) });
		const frame = async () => { (await frames.read()).value.close(); return true };
		while (await Promise.race([frame(), rest()])) clearTimeout(still);
		stopTrack = () => clearInterval(watchdog);
		film = async () => {};
		const next = frame();
		await capture.start({target: '', codec: 'av1', fps: 30});
		return Promise.race([next, new Promise((done) => { setTimeout(done, 45000, false) })]);
	})()`)
	if err != nil || !painted {
		t.Errorf("the page paints: %v, %v", painted, err)
	}
}

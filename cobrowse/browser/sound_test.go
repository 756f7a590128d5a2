package browser

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/stream"
)

// piano plays 440 Hz for as long as it is pressed.
const piano = `<body style="margin:0;background:#c00000"><script>
	const audio = new AudioContext(), gain = audio.createGain(), tone = audio.createOscillator();
	tone.frequency.value = 440;
	gain.gain.value = 0;
	tone.connect(gain).connect(audio.destination);
	tone.start();
	onmousedown = () => { audio.resume(); gain.gain.value = .5; document.body.style.background = '#00c000' };
	onmouseup = () => { gain.gain.value = 0; document.body.style.background = '#c00000' };
</script>`

// key440 presses or lets go of the shown page's middle for the customer.
func (r *rig) key440(kind cobrowse.InputKind) {
	r.t.Helper()
	if _, err := r.Input(r.t.Context(), r.shownTab(), cobrowse.RoleCustomer, cobrowse.InputEvent{Kind: kind, X: 400, Y: 300, Clicks: 1}); err != nil {
		r.t.Fatal(err)
	}
}

// hear waits for n packets.
func hear(t *testing.T, l *stream.Listener, n int) []*stream.Sound {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), testTime)
	defer cancel()
	var heard []*stream.Sound
	for len(heard) < n {
		if p := l.TryNext(); p != nil {
			heard = append(heard, p)
			continue
		}
		select {
		case <-l.Ready():
		case <-ctx.Done():
			t.Fatalf("heard %d packets of %d", len(heard), n)
		}
	}
	return heard
}

// purity decodes packets with the browser's own decoder. It returns how much of the usual 20 ms is 440 Hz, and how loud the loudest is:
// a machine that is busy leaves gaps.
func purity(t *testing.T, r *rig, packets []*stream.Sound) (share, peak float64) {
	t.Helper()
	data := make([]string, 0, len(packets))
	for _, p := range packets {
		data = append(data, base64.StdEncoding.EncodeToString(p.Data))
	}
	list, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	got, err := evaluate[[]float64](t.Context(), r.running().capture, "", fmt.Sprintf(`(async () => {
		const shares = [];
		let peak = 0;
		const d = new AudioDecoder({error() {}, output: (a) => {
			const part = new Float32Array(a.numberOfFrames);
			a.copyTo(part, {planeIndex: 0, format: 'f32-planar'});
			let re = 0, im = 0, all = 0;
			part.forEach((x, i) => {
				const turn = 2 * Math.PI * 440 * i / a.sampleRate;
				re += x * Math.cos(turn), im += x * Math.sin(turn), all += x * x;
				peak = Math.max(peak, x);
			});
			shares.push(2 * (re * re + im * im) / (part.length * all));
			a.close();
		}});
		d.configure({codec: 'opus', sampleRate: 48000, numberOfChannels: 2});
		%s.forEach((data, i) => d.decode(new EncodedAudioChunk({type: 'key', timestamp: i * 20000, data: Uint8Array.fromBase64(data)})));
		await d.flush();
		return [shares.sort()[shares.length >> 1], peak];
	})()`, list))
	if err != nil {
		t.Fatal(err)
	}
	return got[0], got[1]
}

// audible fits the list of one tab that is to be heard, or is not.
func audible(on bool) func(cobrowse.TabsEvent) bool {
	return func(e cobrowse.TabsEvent) bool { return len(e.Tabs) == 1 && e.Tabs[0].Audible == on }
}

// TestSoundOfThePage: it comes while somebody listens and there is any, in step with the picture.
func TestSoundOfThePage(t *testing.T) {
	s := site(t, map[string]string{"/": piano})
	r := launch(t, Spec{Session: "sound"})
	pictures := r.Hub().Subscribe(false)
	defer pictures.Close()
	if _, err := r.Open(t.Context(), s.URL); err != nil {
		t.Fatal(err)
	}
	awaitColour(t, r, pictures, redPixel)
	l := r.Hub().Listen(false)
	awaitColour(t, r, pictures, redPixel) // captured anew

	r.key440(cobrowse.InputDown)
	tone := hear(t, l, 50)
	if share, peak := purity(t, r, tone); share < .9 || peak < .3 {
		t.Errorf("heard 440 Hz for %.2f of it, at %.2f", share, peak)
	}
	await(r, "is to be heard", audible(true))
	r.forget()
	r.key440(cobrowse.InputUp)
	released := tone[len(tone)-1].Seq
	await(r, "is silent", audible(false)) // Chromium takes two seconds to say so
	for p := l.TryNext(); p != nil; p = l.TryNext() {
		released = max(released, p.Seq)
	}

	pressed := captureNow()
	r.key440(cobrowse.InputDown)
	first := hear(t, l, 1)[0]
	if first.Captured < pressed-captureAhead {
		t.Errorf("a packet came %v before the tone", pressed-first.Captured)
	}
	if silent := first.Seq - released - 1; silent > 0 {
		t.Errorf("%d packets of silence", silent)
	}
	green := firstPicture(t, pictures, pressed)
	// The page may begin to paint and to sound apart; what was captured at one moment has one place.
	apart := (first.Timestamp - first.Captured) - (green.Timestamp - green.Captured)
	t.Logf("the tone is %v behind the picture", apart)
	if apart.Abs() > time.Second {
		t.Errorf("sound and picture are %v apart: they are not on one time line", apart)
	}
}

// firstPicture is the first picture that was captured after a time.
func firstPicture(t *testing.T, sub *stream.Subscription, after time.Duration) *stream.Chunk {
	t.Helper()
	for {
		_, chunk, err := next(t, sub, testTime)
		if err != nil {
			t.Fatal(err)
		}
		if chunk.Captured >= after {
			return chunk
		}
	}
}

// TestSoundWhileTheGateIsClosed: agents hear nothing then, nor afterwards what was to be heard then. The picture goes on as it is when
// the last one stops listening.
func TestSoundWhileTheGateIsClosed(t *testing.T) {
	s := site(t, map[string]string{"/": piano})
	r := launch(t, Spec{Session: "sound-gate"})
	pictures := r.Hub().Subscribe(false)
	defer pictures.Close()
	if _, err := r.Open(t.Context(), s.URL); err != nil {
		t.Fatal(err)
	}
	await(r, "open gate", func(e cobrowse.GateEvent) bool { return e.Open })
	customer, agent := r.Hub().Listen(false), r.Hub().Listen(true)
	awaitColour(t, r, pictures, redPixel)
	r.key440(cobrowse.InputDown)
	hear(t, agent, 10)
	r.Pause(true)
	for customer.TryNext() != nil { // what was on its way
	}
	hear(t, customer, 50)
	if p := agent.TryNext(); p != nil {
		t.Errorf("the agent hears packet %d in a pause", p.Seq)
	}
	r.forget()
	r.Pause(false)
	await(r, "open gate", func(e cobrowse.GateEvent) bool { return e.Open })
	if p := hear(t, agent, 1)[0]; p.Captured < r.opened() {
		t.Errorf("heard after the pause: %v of it", r.opened()-p.Captured)
	}
	r.key440(cobrowse.InputUp)
	customer.Close()
	agent.Close()
	r.key440(cobrowse.InputDown)
	awaitColour(t, r, pictures, greenPixel)
}

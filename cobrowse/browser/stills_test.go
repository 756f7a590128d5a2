package browser

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"syscall"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/stream"
)

// awaitStill reads stills until one shows the colour in its middle.
func awaitStill(t *testing.T, sub *stream.Subscription, want [3]int) (*stream.Config, image.Image) {
	t.Helper()
	var config *stream.Config
	seen := ""
	for deadline := time.Now().Add(testTime); time.Now().Before(deadline); {
		c, chunk, err := next(t, sub, testTime)
		if err != nil {
			t.Fatalf("no still is %v, the last was %s: %v", want, seen, err)
		}
		if c != nil {
			config = c
		}
		still, err := jpeg.Decode(bytes.NewReader(chunk.Data))
		if err != nil {
			t.Fatal(err)
		}
		if seen = middle(still); near(seen, want) {
			return config, still
		}
	}
	t.Fatalf("no still is %v, the last was %s", want, seen)
	return nil, nil
}

func middle(still image.Image) string {
	r, g, b, _ := still.At(still.Bounds().Dx()/2, still.Bounds().Dy()/2).RGBA()
	return fmt.Sprintf("%d,%d,%d", r>>8, g>>8, b>>8)
}

// TestStillsOfThePage: they follow the page as video does, and behind the same gate.
func TestStillsOfThePage(t *testing.T) {
	s := site(t, map[string]string{"/red": red, "/blue": blue})
	r := launch(t, Spec{Session: "stills"})
	video, sub := r.Hub().Subscribe(true), r.Hub().SubscribeStills(true)
	defer video.Close()
	defer sub.Close()
	tab, err := r.Open(t.Context(), s.URL+"/red")
	if err != nil {
		t.Fatal(err)
	}
	config, still := awaitStill(t, sub, redPixel)
	if config.Codec != stream.Stills || config.Tab != string(tab) || still.Bounds() != image.Rect(0, 0, 800, 600) {
		t.Errorf("config %+v, still %v", config, still.Bounds())
	}
	late := r.Hub().SubscribeStills(true)
	awaitStill(t, late, redPixel) // at rest there is no other picture
	late.Close()
	if err := r.Navigate(t.Context(), tab, s.URL+"/blue"); err != nil {
		t.Fatal(err)
	}
	awaitStill(t, sub, bluePixel)
	if err := r.SetPicture(t.Context(), "vp9"); err != nil {
		t.Fatal(err)
	}
	if err := r.SetViewport(t.Context(), cobrowse.Viewport{Width: 640, Height: 480, Scale: 1}); err != nil {
		t.Fatal(err)
	}
	for still.Bounds() != image.Rect(0, 0, 640, 480) {
		_, still = awaitStill(t, sub, bluePixel)
	}
	awaitColourAs(t, r, video, bluePixel, func(c *stream.Config) bool { return c.Codec == "vp09.00.40.08" }) // the others
	if err := syscall.Kill(r.running().process.cmd.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	await(r, "restored", func(e cobrowse.LostEvent) bool { return e.Restored })
	awaitStill(t, sub, bluePixel)
}

// TestStillsHideWhatIsHidden: whoever came, and whenever.
func TestStillsHideWhatIsHidden(t *testing.T) {
	s := site(t, map[string]string{"/": red + `<div class=secret style="position:absolute;inset:0;background:#0000c0">secret</div>`})
	r := launch(t, Spec{Session: "stills-private", Policy: cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "s", Selector: ".secret"}}}})
	before := r.Hub().SubscribeStills(true)
	defer before.Close()
	tab, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		await(r, "open gate", func(e cobrowse.GateEvent) bool { return e.Open })
		_, chunk, err := next(t, before, testTime)
		if err != nil {
			t.Fatal(err)
		}
		still, err := jpeg.Decode(bytes.NewReader(chunk.Data))
		if err != nil || !near(middle(still), redPixel) {
			t.Errorf("round %d: %v, %v", i, middle(still), err)
		}
		r.Pause(true)
		r.forget()
		r.Pause(false)
		await(r, "open gate", func(e cobrowse.GateEvent) bool { return e.Open })
		if _, chunk, err = next(t, before, testTime); err != nil || chunk.Captured < r.opened() {
			t.Errorf("round %d after a pause: %+v, %v", i, chunk, err)
		}
		r.forget()
		address := s.URL
		if i%2 == 0 {
			address = otherHost(s.URL)
		}
		if err := r.Navigate(t.Context(), tab, address); err != nil {
			t.Fatal(err)
		}
		await(r, "closed gate", func(e cobrowse.GateEvent) bool { return !e.Open })
	}
}

// opened is the time on the capture clock from which on pictures pass.
func (r *rig) opened() time.Duration {
	r.Browser.mu.Lock()
	defer r.Browser.mu.Unlock()
	return r.gate.after
}

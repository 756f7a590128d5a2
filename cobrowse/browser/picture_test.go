package browser

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/stream"
)

// decodeColour decodes a key frame with the browser's own decoder and returns the pixel in its middle as "r,g,b".
func decodeColour(t *testing.T, r *rig, c *stream.Config, chunk *stream.Chunk) string {
	t.Helper()
	script := fmt.Sprintf(`(async () => {
		let frame;
		const d = new VideoDecoder({output: f => { frame = f }, error: () => {}});
		d.configure({codec: %q, codedWidth: %d, codedHeight: %d});
		d.decode(new EncodedVideoChunk({type: 'key', timestamp: 0, data: Uint8Array.fromBase64(%q)}));
		await d.flush();
		const canvas = new OffscreenCanvas(frame.displayWidth, frame.displayHeight);
		canvas.getContext('2d').drawImage(frame, 0, 0);
		frame.close();
		return [...canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data].slice(0, 3).join();
	})()`, c.Codec, c.Width, c.Height, base64.StdEncoding.EncodeToString(chunk.Data))
	colour, err := evaluate[string](t.Context(), r.running().capture, "", script)
	if err != nil {
		t.Fatalf("decode: %v", err)
	}
	return colour
}

// near tells whether a colour is about the one wanted: video is not exact.
func near(colour string, want [3]int) bool {
	parts := strings.Split(colour, ",")
	if len(parts) != 3 {
		return false
	}
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n < want[i]-40 || n > want[i]+40 {
			return false
		}
	}
	return true
}

// awaitColour reads pictures until a key frame shows the colour.
func awaitColour(t *testing.T, r *rig, sub *stream.Subscription, want [3]int) *stream.Config {
	t.Helper()
	return awaitColourAs(t, r, sub, want, func(*stream.Config) bool { return true })
}

// awaitColourAs waits until a key frame whose config fits shows the colour: pictures from before a change may still be on their way.
func awaitColourAs(t *testing.T, r *rig, sub *stream.Subscription, want [3]int, fits func(*stream.Config) bool) *stream.Config {
	t.Helper()
	seen := ""
	for deadline := time.Now().Add(testTime); time.Now().Before(deadline); {
		c, chunk, err := next(t, sub, 300*time.Millisecond)
		if c != nil {
			r.configs[sub] = c
		}
		if errors.Is(err, context.DeadlineExceeded) { // it rests: what it shows by now only a key frame tells
			wake(r.wakeKey)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if chunk.Key {
			if seen = decodeColour(t, r, r.configs[sub], chunk); near(seen, want) && fits(r.configs[sub]) {
				return r.configs[sub]
			}
		}
	}
	t.Fatalf("the picture never became %v, last %s in %+v", want, seen, r.configs[sub])
	return nil
}

const red, green, blue = `<body style="margin:0;background:#c00000">`, `<body style="margin:0;background:#00c000">`, `<body style="margin:0;background:#0000c0">`

var redPixel, greenPixel, bluePixel = [3]int{192, 0, 0}, [3]int{0, 192, 0}, [3]int{0, 0, 192}

func TestPictureOfThePage(t *testing.T) {
	s := site(t, map[string]string{"/": "<title>Shop</title>" + red})
	r := launch(t, Spec{Session: "picture"})
	all, gated := r.Hub().Subscribe(false), r.Hub().Subscribe(true)
	defer all.Close()
	defer gated.Close()
	tab, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	await(r, "title", func(e cobrowse.TabsEvent) bool {
		return e.Shown == tab && len(e.Tabs) == 1 && e.Tabs[0].Title == "Shop" && e.Tabs[0].URL == s.URL+"/" && !e.Tabs[0].Loading && !e.Tabs[0].CanBack
	})
	await(r, "navigation", func(e cobrowse.NavigatedEvent) bool { return e.Tab == tab && e.URL == s.URL+"/" })
	config := awaitColour(t, r, gated, redPixel)
	if config.Tab != string(tab) || config.Width != 800 || config.Height != 600 || config.Codec != "av01.0.08M.08" {
		t.Errorf("config %+v", config)
	}
	awaitColour(t, r, all, redPixel)
}

func TestUnprivilegedAndSandboxed(t *testing.T) {
	r := launch(t, Spec{Session: "user"})
	pids := processesMentioning(r.running().process.folder.path)
	if len(pids) < 2 {
		t.Fatalf("processes: %v", pids)
	}
	for _, pid := range pids {
		line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if err != nil {
			continue // a helper that ended meanwhile
		}
		if strings.Contains(string(line), "--no-sandbox") {
			t.Errorf("process %d runs without sandbox: %q", pid, line)
		}
		if strings.Contains(string(line), "crashpad_handler") {
			t.Errorf("process %d would write dumps of pages: %q", pid, line)
		}
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if err == nil && strings.Contains(string(status), "\nUid:\t0\t") {
			t.Errorf("process %d runs as root: %q", pid, line)
		}
	}
	info, err := os.Stat(r.running().process.folder.path + "/home")
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("home folder: %v %v", info.Mode(), err)
	}
}

// TestRestIsFree: a page at rest costs not one chunk once it is sharp.
func TestRestIsFree(t *testing.T) {
	s := site(t, map[string]string{"/": "<title>Rest</title>" + red + "text"})
	r := launch(t, Spec{Session: "rest"})
	sub := r.Hub().Subscribe(false)
	defer sub.Close()
	if _, err := r.Open(t.Context(), s.URL); err != nil {
		t.Fatal(err)
	}
	await(r, "open gate", func(e cobrowse.GateEvent) bool { return e.Open })
	var captured time.Duration
	sharp := false // a page that is made to paint is not at rest yet
	for deadline := time.Now().Add(testTime); time.Now().Before(deadline); {
		_, chunk, err := next(t, sub, 3500*time.Millisecond)
		if err != nil && sharp {
			return
		}
		if err == nil {
			sharp, captured = chunk.Captured == captured, chunk.Captured
		}
	}
	t.Error("the picture never comes to rest")
}

func TestCodecsAndSizes(t *testing.T) {
	s := site(t, map[string]string{"/": green})
	r := launch(t, Spec{Session: "codecs"})
	sub := r.Hub().Subscribe(true)
	defer sub.Close()
	if _, err := r.Open(t.Context(), s.URL); err != nil {
		t.Fatal(err)
	}
	awaitColour(t, r, sub, greenPixel)
	for codec, name := range map[string]string{"vp9": "vp09.00.40.08", "h264": "avc1.42E028"} {
		if err := r.SetPicture(t.Context(), codec); err != nil {
			t.Fatal(err)
		}
		awaitColourAs(t, r, sub, greenPixel, func(c *stream.Config) bool { return c.Codec == name })
	}
	if err := r.SetPicture(t.Context(), "gif"); cobrowse.CodeOf(err) != cobrowse.CodeInvalid {
		t.Errorf("gif: %v", err)
	}
	if err := r.SetViewport(t.Context(), cobrowse.Viewport{Width: 391, Height: 845, Scale: 2, Mobile: true}); err != nil {
		t.Fatal(err)
	}
	awaitColourAs(t, r, sub, greenPixel, func(c *stream.Config) bool { return c.Width == 780 && c.Height == 1688 })
}

func TestGateClosesForEveryDocument(t *testing.T) {
	s := site(t, map[string]string{"/red": red, "/blue": blue})
	r := launch(t, Spec{Session: "gate"})
	sub := r.Hub().Subscribe(true)
	defer sub.Close()
	tab, err := r.Open(t.Context(), s.URL+"/red")
	if err != nil {
		t.Fatal(err)
	}
	awaitColour(t, r, sub, redPixel)
	r.forget()
	if err := r.Navigate(t.Context(), tab, s.URL+"/blue"); err != nil {
		t.Fatal(err)
	}
	await(r, "closed gate", func(e cobrowse.GateEvent) bool { return !e.Open && e.Reason == "navigating" })
	await(r, "open gate", func(e cobrowse.GateEvent) bool { return e.Open })
	awaitColour(t, r, sub, bluePixel)
}

// TestListOfOptionsIsInThePicture: a native one would be a window that no capture shows.
func TestListOfOptionsIsInThePicture(t *testing.T) {
	s := site(t, map[string]string{"/": red + `<style>select{width:600px;height:40px;position:absolute;left:0;top:0} option{height:250px;width:600px;background:#0000c0}</style>
		<select onchange="document.title=this.value"><option>one<option>two</select>`})
	r := launch(t, Spec{Session: "select"})
	sub := r.Hub().Subscribe(true)
	defer sub.Close()
	tab, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	awaitColour(t, r, sub, redPixel)
	r.click(tab, 100, 20)
	awaitColour(t, r, sub, bluePixel)
	r.click(tab, 300, 450)
	await(r, "the choice", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "two" })
	awaitColour(t, r, sub, redPixel)
}

// TestPrivateThingsAreInNoPicture: what a rule masks is not painted, for whom and when ever, while pages come and go.
func TestPrivateThingsAreInNoPicture(t *testing.T) {
	s := site(t, map[string]string{"/": red + `<div class=secret style="position:absolute;inset:0;background:#0000c0">secret</div>`})
	r := launch(t, Spec{Session: "private", Policy: cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "s", Selector: ".secret"}}}})
	tab, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	await(r, "layer", func(e cobrowse.LayerEvent) bool { return len(e.Layer.Items) == 1 && e.Layer.Items[0].Text == "secret" })
	for i := range 6 {
		await(r, "open gate", func(e cobrowse.GateEvent) bool { return e.Open })
		sub := r.Hub().Subscribe(i%2 == 0)
		config, chunk, err := next(t, sub, testTime)
		if err != nil || !chunk.Key {
			t.Fatalf("no key frame: %v", err)
		}
		// The customer's picture may still be the blank one between two pages; it is never the secret.
		if colour := decodeColour(t, r, config, chunk); near(colour, bluePixel) || (i%2 == 0 && !near(colour, redPixel)) {
			t.Errorf("round %d: the middle of the picture is %s", i, colour)
		}
		sub.Close()
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

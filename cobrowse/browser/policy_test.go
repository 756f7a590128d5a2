package browser

import (
	"syscall"
	"testing"

	"cobrowse-connector/cobrowse"
)

const bareSecret = red + `<div class=secret style="position:absolute;inset:0;background:#0000c0">secret</div>`

var hideSecrets = cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "s", Selector: ".secret"}}}

func hides(n int) func(cobrowse.LayerEvent) bool {
	return func(e cobrowse.LayerEvent) bool {
		found := 0
		for _, item := range e.Layer.Items {
			if item.Text == "secret" {
				found++
			}
		}
		return found == n
	}
}

// TestPolicyChanges: a rule that comes while people are on the page holds in it, in its frames and in whatever comes after, also after
// a crash.
func TestPolicyChanges(t *testing.T) {
	inner := site(t, map[string]string{"/": bareSecret})
	s := site(t, map[string]string{"/": bareSecret, "/framed": bareSecret + `<iframe src="` + otherHost(inner.URL) + `" style="position:absolute;left:0;top:0;width:90px;height:90px;border:0"></iframe>`})
	r := launch(t, Spec{Session: "policy"})
	sub := r.Hub().Subscribe(true)
	defer sub.Close()
	tab, err := r.Open(t.Context(), s.URL+"/framed")
	if err != nil {
		t.Fatal(err)
	}
	awaitColour(t, r, sub, bluePixel)
	if err := r.SetPolicy(t.Context(), cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "x", Selector: "{"}}}); cobrowse.CodeOf(err) != cobrowse.CodeInvalid {
		t.Errorf("a rule that is none: %v", err)
	}
	r.forget()
	if err := r.SetPolicy(t.Context(), hideSecrets); err != nil {
		t.Fatal(err)
	}
	await(r, "closed gate", func(e cobrowse.GateEvent) bool { return !e.Open && e.Reason == "masks" })
	await(r, "open gate", func(e cobrowse.GateEvent) bool { return e.Open })
	await(r, "both secrets", hides(2))
	awaitColour(t, r, sub, redPixel)
	for _, address := range []string{s.URL, otherHost(s.URL)} {
		r.forget()
		if err := r.Navigate(t.Context(), tab, address); err != nil {
			t.Fatal(err)
		}
		await(r, "closed gate", func(e cobrowse.GateEvent) bool { return !e.Open })
		await(r, "open gate", func(e cobrowse.GateEvent) bool { return e.Open })
		await(r, "the secret of "+address, hides(1))
		gated := r.Hub().Subscribe(true)
		config, chunk, err := next(t, gated, testTime)
		if err != nil {
			t.Fatal(err)
		}
		if colour := decodeColour(t, r, config, chunk); !near(colour, redPixel) {
			t.Errorf("%s: the first picture is %s", address, colour)
		}
		gated.Close()
	}
	r.forget()
	_ = syscall.Kill(r.running().process.cmd.Process.Pid, syscall.SIGKILL)
	await(r, "the restored browser", func(e cobrowse.LostEvent) bool { return e.Restored })
	await(r, "the secret", hides(1))
	awaitColour(t, r, sub, redPixel)
}

// TestPolicyWaitsForAPageThatHangs: the change stands, and nobody sees the page before it holds there.
func TestPolicyWaitsForAPageThatHangs(t *testing.T) {
	s, stands, goOn := stillSite(t, map[string]string{"/": bareSecret + `<button onclick="` + standStill + `" style="position:absolute;left:0;top:0;width:99px;height:99px">`})
	r := launch(t, Spec{Session: "hang"})
	sub := r.Hub().Subscribe(true)
	defer sub.Close()
	tab, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	awaitColour(t, r, sub, bluePixel)
	r.forget()
	r.click(tab, 50, 50)
	<-stands
	if err := r.SetPolicy(t.Context(), hideSecrets); cobrowse.CodeOf(err) != cobrowse.CodeUnavailable {
		t.Errorf("a page that hangs: %v", err)
	}
	await(r, "closed gate", func(e cobrowse.GateEvent) bool { return !e.Open })
	gated := r.Hub().Subscribe(true)
	defer gated.Close()
	goOn <- struct{}{}
	await(r, "open gate", func(e cobrowse.GateEvent) bool { return e.Open })
	config, chunk, err := next(t, gated, testTime)
	if err != nil {
		t.Fatal(err)
	}
	if colour := decodeColour(t, r, config, chunk); !near(colour, redPixel) {
		t.Errorf("the first picture is %s", colour)
	}
}

// TestRevealInAFrame: the customer shows a canvas of a foreign frame to both, and hides it again.
func TestRevealInAFrame(t *testing.T) {
	inner := site(t, map[string]string{"/": red + `<canvas width=800 height=600 style="position:absolute;left:0;top:0"></canvas><script>
		const c = document.querySelector('canvas').getContext('2d'); c.fillStyle = '#0000c0'; c.fillRect(0, 0, 800, 600)</script>`})
	outer := site(t, map[string]string{"/": green + `<iframe src="` + otherHost(inner.URL) + `" style="position:absolute;inset:0;width:100%;height:100%;border:0"></iframe>`})
	r := launch(t, Spec{Session: "reveal", Policy: cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "canvas", Selector: "canvas"}}}})
	sub := r.Hub().Subscribe(true)
	defer sub.Close()
	tab, err := r.Open(t.Context(), outer.URL)
	if err != nil {
		t.Fatal(err)
	}
	canvas := func(shown bool) string {
		e := await(r, "the canvas", func(e cobrowse.LayerEvent) bool {
			return len(e.Layer.Items) == 1 && e.Layer.Items[0].Kind == "canvas" && e.Layer.Items[0].Shown == shown
		})
		return e.Layer.Items[0].ID
	}
	awaitColour(t, r, sub, redPixel)
	id := canvas(false)
	for _, broken := range []string{"", ".", "nobody.1", id + "9", id + "'"} {
		if err := r.Reveal(t.Context(), tab, broken, true); err == nil {
			t.Errorf("%q was revealed", broken)
		}
	}
	if err := r.Reveal(t.Context(), tab, id, true); err != nil {
		t.Fatal(err)
	}
	awaitColour(t, r, sub, bluePixel)
	canvas(true)
	r.forget()
	if err := r.Reveal(t.Context(), tab, id, false); err != nil {
		t.Fatal(err)
	}
	awaitColour(t, r, sub, redPixel)
	canvas(false)
}

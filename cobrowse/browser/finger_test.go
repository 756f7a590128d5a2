package browser

import (
	"testing"

	"cobrowse-connector/cobrowse"
)

// TestPagesGoOnAfterAFastFinger: as on a phone, and not after one that rested by its person's clock before it left.
func TestPagesGoOnAfterAFastFinger(t *testing.T) {
	s := site(t, map[string]string{"/": `<!doctype html><meta name=viewport content="width=device-width"><title>long</title><body style="height:9000px;margin:0">`})
	r := launch(t, Spec{Session: "fast"})
	if err := r.SetViewport(t.Context(), aPhone); err != nil {
		t.Fatal(err)
	}
	tab := r.openPage(s.URL)
	p, err := r.pageOf(tab)
	if err != nil {
		t.Fatal(err)
	}
	const way, beyond = 200, 250
	for rested, want := range map[float64]bool{0: true, 600: false} {
		finger := func(kind cobrowse.InputKind, y, at float64) {
			if _, err := r.Input(t.Context(), tab, cobrowse.RoleCustomer, cobrowse.InputEvent{Kind: kind, X: 100, Y: 600 - y, Buttons: 1, Time: 5000 + at}); err != nil {
				t.Fatal(err)
			}
		}
		// It rests where the finger, and what it set off, has ended; not where it is put below.
		if _, err := evaluate[any](t.Context(), p.session, "", `void (ended = new Promise(done => onscrollend = () => scrollY && done(scrollY)))`); err != nil {
			t.Fatal(err)
		}
		finger(cobrowse.InputDown, 0, 0)
		for step := 1.0; step <= 10; step++ {
			finger(cobrowse.InputMove, step*way/10, step*16)
			r.frame(p)
		}
		finger(cobrowse.InputUp, way, 176+rested)
		scrolled, err := evaluate[float64](t.Context(), p.session, "", "ended")
		if err != nil || scrolled < way/2 || scrolled > beyond != want {
			t.Errorf("after a rest of %v ms the page is at %v (%v)", rested, scrolled, err)
		}
		if _, err := evaluate[string](t.Context(), p.session, "", "scrollTo(0, 0), ''"); err != nil {
			t.Fatal(err)
		}
	}
}

// TestATabletsPage: it is as for desktops and has a touch screen; a mouse is a mouse there all the same.
func TestATabletsPage(t *testing.T) {
	s := site(t, map[string]string{"/": `<title>start</title><body style="height:100vh" ontouchstart="came = 'finger'" onmousedown="came += 'mouse '"
		onclick="document.title = came + [matchMedia('(pointer: coarse)').matches, navigator.maxTouchPoints, / Mobile /.test(navigator.userAgent)]; came = ''">
		<script>let came = ''</script>`})
	r := launch(t, Spec{Session: "tablet"})
	if err := r.SetViewport(t.Context(), cobrowse.Viewport{Width: 820, Height: 1180, Touch: true}); err != nil {
		t.Fatal(err)
	}
	tab := r.openPage(s.URL)
	for _, kind := range []cobrowse.InputKind{cobrowse.InputDown, cobrowse.InputUp} {
		ev := cobrowse.InputEvent{Kind: kind, X: 100, Y: 100, Clicks: 1, Time: 5000}
		if _, err := r.Input(t.Context(), tab, cobrowse.RoleCustomer, ev); err != nil {
			t.Fatal(err)
		}
	}
	r.see(tab, "fingermouse true,1,false")
	r.click(tab, 100, 100)
	r.see(tab, "mouse true,1,false")
	for _, ev := range []cobrowse.InputEvent{{Kind: cobrowse.InputDown, X: 100, Y: 100, Time: 6000}, {Kind: cobrowse.InputUp, X: -1, Y: -1}} { // as for somebody who is gone
		if _, err := r.Input(t.Context(), tab, cobrowse.RoleCustomer, ev); err != nil {
			t.Fatal(err)
		}
	}
	r.see(tab, "fingermouse true,1,false")
}

// TestSwipesGoNowhere: a finger that goes to the side is the page's, and no way through its history.
func TestSwipesGoNowhere(t *testing.T) {
	page := func(title string) string {
		return `<!doctype html><meta name=viewport content="width=device-width"><title>` + title + `</title><body style="height:100vh" onclick="document.title += ' still'">`
	}
	s := site(t, map[string]string{"/": page("one"), "/2": page("two")})
	r := launch(t, Spec{Session: "swipes"})
	if err := r.SetViewport(t.Context(), aPhone); err != nil {
		t.Fatal(err)
	}
	tab := r.openPage(s.URL)
	if err := r.Navigate(t.Context(), tab, s.URL+"/2"); err != nil {
		t.Fatal(err)
	}
	r.see(tab, "two")
	p, err := r.pageOf(tab)
	if err != nil {
		t.Fatal(err)
	}
	finger := func(kind cobrowse.InputKind, part float64) {
		if _, err := r.Input(t.Context(), tab, cobrowse.RoleCustomer, cobrowse.InputEvent{Kind: kind, X: 20 + 330*part, Y: 300, Buttons: 1, Time: 5000 + part*200}); err != nil {
			t.Fatal(err)
		}
	}
	finger(cobrowse.InputDown, 0)
	for step := 1.0; step <= 10; step++ {
		finger(cobrowse.InputMove, step/10)
		r.frame(p)
	}
	finger(cobrowse.InputUp, 1)
	for range 60 { // a tap that comes at once stops what the swipe began, and is no click
		r.frame(p)
	}
	r.click(tab, 50, 50)
	r.see(tab, "two still")
}

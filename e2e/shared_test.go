package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode"

	"cobrowse-connector/e2e/people"
)

// eyes is put before every page that shows the shared browser: it compares a part of the picture with how it was, in every
// frame that is drawn, so that a test can say "not one pixel, not in one frame".
const eyes = `(() => {
  const canvas = () => [...document.querySelectorAll('canvas')].sort((a, b) => b.width * b.height - a.width * a.height)[0];
  const scratch = new OffscreenCanvas(1, 1);
  const pen = scratch.getContext('2d', { willReadFrequently: true });
  const read = (r, width) => {
    const c = canvas(), k = c.width / width;
    scratch.width = Math.ceil(r.W * k); scratch.height = Math.ceil(r.H * k);
    pen.drawImage(c, r.X * k, r.Y * k, r.W * k, r.H * k, 0, 0, scratch.width, scratch.height);
    return pen.getImageData(0, 0, scratch.width, scratch.height).data;
  };
  const changed = (a, b) => {
    let n = 0;
    for (let i = 0; i < a.length; i += 4) if (Math.abs(a[i] - b[i]) + Math.abs(a[i + 1] - b[i + 1]) + Math.abs(a[i + 2] - b[i + 2]) > 90) n++;
    return n;
  };
  const watched = new Map();
  window.__watch = (name, rect, width) => {
    const before = read(rect, width), w = { most: 0, now: 0, frames: 0 };
    watched.set(name, w);
    const look = () => {
      if (watched.get(name) !== w) return;
      w.now = changed(before, read(rect, width));
      w.most = Math.max(w.most, w.now);
      w.frames++;
      requestAnimationFrame(look);
    };
    look();
    return true;
  };
  window.__blank = () => { // one colour, or nothing, all over
    const c = canvas(), d = read({ X: 0, Y: 0, W: c.width, H: c.height }, c.width);
    return d.every((v, i) => v === d[i % 4]);
  };
  window.__colour = (hex) => { // how many pixels are like it
    const c = canvas(), d = read({ X: 0, Y: 0, W: c.width, H: c.height }, c.width);
    const want = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
    let n = 0;
    for (let i = 0; i < d.length; i += 4) if (want.every((v, k) => Math.abs(d[i + k] - v) < 12)) n++;
    return n;
  };
  window.__is = (x, y, width, colour) => { // as CSS says it
    const d = read({ X: x, Y: y, W: 1, H: 1 }, width);
    return colour.match(/\d+/g).slice(0, 3).every((v, k) => Math.abs(d[k] - v) < 24);
  };
  window.__seen = (name) => watched.get(name);
  window.__unwatch = (name) => watched.delete(name);
})()`

type seen struct{ Most, Now, Frames int }

// viewport is the customer's window in these tests: the shared page is tall enough that the checkout needs no scrolling, and
// not larger than what a customer's page asks for.
var viewport = people.Screen{Width: 1152, Height: 1248}

const sharedHeight = 1200 // of the page, below the customer's bar

// hands use the shared page through the canvas that somebody looks at.
type hands struct {
	*people.Person
	oracle *people.Person // the same page in a browser of its own: tells where things are
}

// spot is where the selector's match stands in the picture, when the oracle has scrolled as the shared page has.
func (h hands) spot(selector string) people.Rect {
	r := h.oracle.Place(selector)
	r.Y -= people.Eval[float64](h.oracle, "scrollY")
	return r
}

func (h hands) place(selector string) (x, y float64) {
	h.Until("nothing covers the page", `!document.querySelector('main.live[data-veil]:not([data-veil=""])')`)
	r := h.spot(selector)
	c := h.Rect("canvas")
	cx, cy := r.Center()
	return c.X + cx/float64(viewport.Width)*c.W, c.Y + cy/sharedHeight*c.H
}

// click presses what the selector names in the shared page.
func (h hands) click(selector string) {
	x, y := h.place(selector)
	h.ClickAt(x, y)
}

// inPlace waits until the picture shows a button where the oracle has it: the shared page has come to rest there.
func (h hands) inPlace(button string) {
	r := h.spot(button)
	colour := people.Eval[string](h.oracle, fmt.Sprintf(`getComputedStyle(document.querySelector(%q)).backgroundColor`, button))
	h.Until(button+" is in its place", fmt.Sprintf("__is(%f, %f, %d, %q)", r.X+r.W/10, r.Y+r.H/2, viewport.Width, colour)) // beside its text
}

// point moves the mouse there.
func (h hands) point(selector string) {
	x, y := h.place(selector)
	h.MoveTo(x, y)
}

// watch begins to compare what the selector names.
func (h hands) watch(name, selector string) {
	people.Eval[bool](h.Person, fmt.Sprintf("__watch(%q, %s, %d)", name, rectJSON(h.spot(selector)), viewport.Width))
}

// inside is a place without its border.
func inside(r people.Rect) people.Rect {
	const border = 6
	return people.Rect{X: r.X + border, Y: r.Y + border, W: r.W - 2*border, H: r.H - 2*border}
}

func rectJSON(r people.Rect) string {
	return fmt.Sprintf("{X: %f, Y: %f, W: %f, H: %f}", r.X, r.Y, r.W, r.H)
}

func (h hands) saw(name string) seen {
	return people.Eval[seen](h.Person, fmt.Sprintf("__seen(%q)", name))
}

// waitChange waits until the watched part shows something else than at first.
func (h hands) waitChange(name string) {
	h.Until("the picture of "+name+" changes", fmt.Sprintf("__seen(%q).now > 25", name))
}

// kept is what of s is so.
func kept(s string, is func(rune) bool) string {
	return strings.Map(func(r rune) rune {
		if is(r) {
			return r
		}
		return -1
	}, s)
}

func digits(s string) string {
	return kept(s, unicode.IsDigit)
}

// made is how many orders, or agreements, the shop lists at an address.
func made(t *testing.T, address string) int {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var all []json.RawMessage
	if err := json.NewDecoder(res.Body).Decode(&all); err != nil {
		t.Fatal(err)
	}
	return len(all)
}

// oneMade waits until the one thing that the customer has made stands.
func oneMade(t *testing.T, address string) {
	t.Helper()
	people.Eventually(t, address, func() error {
		if n := made(t, address); n != 1 {
			return fmt.Errorf("there are %d", n)
		}
		return nil
	})
}

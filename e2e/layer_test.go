package e2e

import (
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/demo"
	"cobrowse-connector/e2e/people"
)

// contract is a page with something of everything that is hidden: texts, fields, a map, a place to sign, frames of two more origins.
var contract = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Contract</title>
<style>body{font:16px/24px sans-serif;margin:20px;height:2400px}input{font:16px sans-serif;padding:8px;width:260px;display:block;margin:8px 0}
canvas{border:1px solid #888;display:block;margin:8px 0}#ruler{position:absolute;right:0;top:0;width:30px;height:2400px;background:linear-gradient(#000,#fff)}body{position:relative;margin:0;padding:20px;box-sizing:border-box}iframe{border:2px solid #aaa;width:500px;height:150px;display:block}</style>
<i id="ruler"></i><h1>Contract</h1><p id="account">Account <b id="iban">DE89 3704 0044 0532 0130 00</b>, to be debited.</p>
<p id="balance">Balance 12,345.67</p>
<label>Card number <input id="card" autocomplete="cc-number"></label>
<canvas id="map" width="300" height="150"></canvas><canvas id="sign" width="300" height="120"></canvas>
<div id="where"></div>
<iframe src="{{.}}/outer"></iframe>
<script>
const map = document.getElementById('map').getContext('2d');
map.fillStyle = '#3a7'; map.fillRect(0, 0, 300, 150); map.fillStyle = '#c00'; map.fillRect(100, 50, 40, 40);
const sign = document.getElementById('sign'), pen = sign.getContext('2d');
pen.lineWidth = 6;
sign.onpointerdown = (e) => { pen.beginPath(); pen.moveTo(e.offsetX, e.offsetY); };
sign.onpointermove = (e) => { if (e.buttons) { pen.lineTo(e.offsetX, e.offsetY); pen.stroke(); } };
sign.onpointerup = () => { document.getElementById('where').textContent = 'Signed'; };
const input = document.getElementById('card');
input.oninput = () => { input.value = input.value.replace(/\D/g, '').replace(/(.{4})(?=.)/g, '$1 '); };
</script>`))

var outer = template.Must(template.New("").Parse(`<!doctype html><body style="margin:8px"><iframe src="{{.}}/inner" style="border:3px solid #ccc;width:400px;height:100px"></iframe>`))

const inner = `<!doctype html><body style="margin:10px;font:16px sans-serif"><input id="pin" type="password" value="1234" style="width:200px;padding:6px">`

// contractSite serves it on two host names of one server: a frame of another site in a frame of another site.
func contractSite(t *testing.T) (address string, hosts []string) {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	other := strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
	page := func(tmpl *template.Template, frame string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { tmpl.Execute(w, frame) } //nolint:errcheck // the reader may be gone
	}
	mux.HandleFunc("/", page(contract, other))
	mux.HandleFunc("/outer", page(outer, server.URL))
	mux.HandleFunc("/inner", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, inner) })
	return server.URL, []string{strings.TrimPrefix(server.URL, "http://"), strings.TrimPrefix(other, "http://")}
}

// TestTheCustomerMissesNothing: what is hidden from the agent is there for the customer, in its place, and they finish what they came for.
func TestTheCustomerMissesNothing(t *testing.T) {
	site, hosts := contractSite(t)
	c := newCallWith(t, demo.Options{Settle: func(s *company.Settings) {
		s.Policy.MayReveal = true
		s.Policy.Private = append(s.Policy.Private, hosts...)
	}})
	c.customer.Open(c.demo.Join)
	c.customer.Press("Get my PIN")
	c.share()
	c.expand()
	c.customer.Fill("input[aria-label=Address]", site+"/\r")
	c.agent.oracle.Open(site + "/")
	c.agent.Until("the picture of the contract", "document.querySelector('main.live').dataset.veil === '' && document.querySelector('#address').value === '"+site+"/'")

	c.customer.Reads(".private-text", "DE89 3704 0044 0532 0130 00")
	c.stands(t, "[data-private=iban]", "#iban", 3)
	c.typesACard(t)
	c.readsTheInnerFrame(t)
	c.signs(t)
	c.scrolls(t)
	c.reveals(t)
	c.customer.Shot("contract")
	c.desk.Shot("contract")
}

// readsTheInnerFrame: a frame of another site in a frame of another site has its place.
func (c *call) readsTheInnerFrame(t *testing.T) {
	t.Helper()
	c.customer.Until("the password in the frame in the frame", `[...document.querySelectorAll('[data-private=password]')].some((e) => e.textContent === '••••')`)
	inset := 2.0 + 8 + 3 + 10
	frame := c.customer.spot("iframe")
	c.near(t, "[data-private=password]", people.Rect{X: frame.X + inset, Y: frame.Y + inset}, 3)
}

// stands compares where the customer sees something with where it is in the page.
func (c *call) stands(t *testing.T, private, selector string, most float64) {
	t.Helper()
	c.near(t, private, c.customer.spot(selector), most)
}

func (c *call) near(t *testing.T, private string, want people.Rect, most float64) {
	t.Helper()
	canvas := c.customer.Rect("canvas.live-canvas")
	k := canvas.W / float64(viewport.Width)
	c.customer.Until(fmt.Sprintf("%s stands at %.0f, %.0f", private, want.X, want.Y), fmt.Sprintf(`(() => {
		const r = document.querySelector(%q).getBoundingClientRect();
		return Math.hypot(r.x - %f, r.y - %f) <= %f;
	})()`, private, canvas.X+want.X*k, canvas.Y+want.Y*k, most))
}

// typesACard: what is typed is there before the page can have taken it in, and in the end as the page sets it.
func (c *call) typesACard(t *testing.T) {
	c.agent.watch("card", "#card")
	c.customer.click("#card")
	c.customer.Until("the field has the caret", `document.querySelector('.private-field .caret')`)
	people.Eval[bool](c.customer.Person, `(() => {
		window.came = '';
		const look = () => { for (const e of document.querySelectorAll('[data-private] .private-field')) if (e.querySelector('.caret')) came ||= e.textContent.replace(/\D/g, ''); };
		new MutationObserver(look).observe(document.querySelector('.live-overlay'), {subtree: true, childList: true, characterData: true});
		return true;
	})()`)
	goOn := stopCloud(t)
	c.customer.Type(card[:1])
	c.customer.Until("the first digit although the shared browser stands still", fmt.Sprintf("came === %q", card[:1]))
	goOn()
	for _, digit := range card[1:] {
		c.customer.Type(string(digit))
	}
	c.customer.Until("the card number as the page sets it", `[...document.querySelectorAll('.private-field')].some((e) => e.textContent === '4111 1111 1111 1111')`)
	if s := c.agent.saw("card"); s.Most > 0 {
		t.Errorf("the agent's picture of the card number changed by %d pixels", s.Most)
	}
	c.agent.See(".hidden-area")
}

// stopCloud lets the shared browser stand still until goOn. It is the only Chromium here that is spoken to over a pipe.
func stopCloud(t *testing.T) (goOn func()) {
	t.Helper()
	children, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range children {
		pids, err := os.ReadFile(file)
		if err != nil {
			continue // a thread that ended
		}
		for _, pid := range strings.Fields(string(pids)) {
			flags, _ := os.ReadFile("/proc/" + pid + "/cmdline")
			if !strings.Contains(string(flags), "--allowlisted-extension-id=") { // it captures the picture; people have none
				continue
			}
			n, err := strconv.Atoi(pid)
			if err = errors.Join(err, syscall.Kill(n, syscall.SIGSTOP)); err != nil {
				t.Fatal(err)
			}
			return func() { _ = syscall.Kill(n, syscall.SIGCONT) }
		}
	}
	t.Fatal("there is no shared browser")
	return nil
}

// signs draws on the canvas that nobody else sees, and sees the stroke.
func (c *call) signs(t *testing.T) {
	c.agent.watch("sign", "#sign")
	before := c.snapshots(t)
	x, y := c.customer.place("#sign")
	c.customer.Drag(x-80, y-20, x+80, y+20)
	c.customer.Until("the stroke is in the customer's own copy", fmt.Sprintf(`JSON.stringify([...document.querySelectorAll('[data-private=picture] img')].map((i) => i.src.length)) !== %q`, before))
	if s := c.agent.saw("sign"); s.Most > 0 {
		t.Errorf("the agent's picture of the signature changed by %d pixels", s.Most)
	}
}

func (c *call) snapshots(t *testing.T) string {
	t.Helper()
	c.customer.Until("both canvases", `document.querySelectorAll('[data-private=picture] img').length === 2`)
	return people.Eval[string](c.customer.Person, `JSON.stringify([...document.querySelectorAll('[data-private=picture] img')].map((i) => i.src.length))`)
}

// ruler reads from the page's edge, which goes from black to white, how far the picture that is drawn now has scrolled, and compares where
// the private text stands with where it would have to. It looks once per frame.
const ruler = `(() => {
	const w = window.__places = {frames: 0, shown: 0, wrong: [], worst: 0, home: 0};
	const canvas = document.querySelector('.live-canvas'), pen = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
	const scrolled = () => {
		const k = canvas.width / 1152;
		pen.drawImage(canvas, canvas.width - 15 * k, 600 * k, 1, 1, 0, 0, 1, 1);
		return pen.getImageData(0, 0, 1, 1).data[1] / 255 * 2400 - 600;
	};
	const at = () => {
		const e = document.querySelector('[data-private=iban]');
		if (!e || getComputedStyle(e).visibility !== 'visible') return undefined;
		const c = canvas.getBoundingClientRect();
		return (e.getBoundingClientRect().y - c.y) / c.width * 1152 + scrolled();
	};
	w.home = at();
	const look = () => {
		const y = at();
		w.frames++;
		if (y !== undefined) {
			w.shown++;
			const off = Math.abs(y - w.home);
			w.worst = Math.max(w.worst, off);
			if (off > 30) w.wrong.push(Math.round(off));
		}
		requestAnimationFrame(look);
	};
	look();
	return true;
})()`

type places struct {
	Frames, Shown int
	Wrong         []float64
	Worst         float64
}

// scrolls turns the wheel, first the customer and then the agent, and looks at every frame: the value is in its place or not there.
func (c *call) scrolls(t *testing.T) {
	people.Eval[bool](c.customer.Person, ruler)
	still := func() { c.customer.Until("it is still", `!document.querySelector('.private-moving')`) }
	to := func(y int) {
		people.Eval[bool](c.agent.oracle, fmt.Sprintf("(scrollTo(0, %d), true)", y))
		c.stands(t, "[data-private=iban]", "#iban", 3)
		still()
	}
	for _, h := range []hands{c.customer, c.agent} {
		x, y := h.place("h1")
		for range 12 {
			h.Wheel(x, y, 5)
		}
		to(60)
		h.Wheel(x, y, -60)
		to(0)
	}
	began := time.Now()
	x, y := c.customer.place("h1")
	c.customer.Wheel(x, y, 60)
	to(60)
	took := time.Since(began)
	c.customer.Wheel(x, y, -60)
	to(0)
	p := people.Eval[places](c.customer.Person, "__places")
	t.Logf("scrolling: in %d of %d frames the value was shown, in %d of them at a wrong place, at most %.0f pixels; back %v after one turn of the wheel",
		p.Shown, p.Frames, len(p.Wrong), p.Worst, took.Round(time.Millisecond))
	if len(p.Wrong) > 0 {
		t.Errorf("the value stood %v pixels from its place", p.Wrong)
	}
}

// reveals shows the map to both and hides it again.
func (c *call) reveals(t *testing.T) {
	c.agent.watch("map", "#map")
	lock := func() string {
		return people.Eval[string](c.customer.Person, `(() => {
			const map = document.querySelector('[data-private=picture]').getBoundingClientRect();
			const all = [...document.querySelectorAll('.lock')];
			const near = all.map((b, i) => [Math.hypot(b.getBoundingClientRect().x - map.right, b.getBoundingClientRect().y - map.top), i]).sort((a, b) => a[0] - b[0]);
			return '.lock:nth-child(' + (near[0][1] + 1) + ')';
		})()`)
	}
	c.customer.Click(lock())
	c.customer.Click(".lock-reveal:not([aria-disabled])")
	c.agent.waitChange("map")
	c.customer.See(".lock-both")
	c.customer.Shot("contract-revealed")
	c.desk.Shot("contract-revealed")
	c.customer.Reads(".lock-card", "both see this")
	c.customer.Click(".lock-reveal:not([aria-disabled])")
	c.agent.Until("the map is gone again", `__seen('map').now < 25`)
}

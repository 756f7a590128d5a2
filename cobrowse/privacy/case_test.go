package privacy

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// caseSite serves the pages of the cases on every *.test host and counts what fired.
type caseSite struct {
	*httptest.Server
	mu    sync.Mutex
	pages map[string]string // by path
	fired map[string]int    // by case
	news  chan struct{}
}

func newCaseSite(t testing.TB) *caseSite {
	s := &caseSite{pages: map[string]string{}, fired: map[string]int{}, news: make(chan struct{})}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *caseSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.URL.Path == "/fired" {
		s.fired[r.URL.Query().Get("c")]++
		close(s.news)
		s.news = make(chan struct{})
		_, _ = fmt.Fprint(w, "ok")
		return
	}
	body, ok := s.pages[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	switch {
	case strings.HasSuffix(r.URL.Path, ".css"):
		w.Header().Set("Content-Type", "text/css")
	case strings.HasSuffix(r.URL.Path, ".svg"):
		w.Header().Set("Content-Type", "image/svg+xml")
	default:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
	}
	first, rest, streamed := strings.Cut(body, "<!--pause-->")
	_, _ = fmt.Fprint(w, first)
	if streamed {
		w.(http.Flusher).Flush()
		select { // a slow server: the case is about what the parser shows meanwhile
		case <-time.After(150 * time.Millisecond):
			_, _ = fmt.Fprint(w, rest)
		case <-r.Context().Done():
		}
	}
}

func (s *caseSite) count(name string) (int, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fired[name], s.news
}

// host returns the site's address under a name, such as a.test.
func (s *caseSite) host(name string) string {
	return strings.Replace(s.URL, "127.0.0.1", name, 1)
}

// markerGreen is the green of the box that every case page paints; its blue part tells the cases apart.
const markerGreen = 160

// serve puts a case's page on the site. In its text HERE is the case's folder on a.test, OTHER on b.test, FIRE the address that
// counts, SRC(…) what stands in an attribute.
func (s *caseSite) serve(n int, name, body string, files map[string]string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	dir := "/" + name + "/"
	fill := strings.NewReplacer("HERE", s.host("a.test")+dir, "OTHER", s.host("b.test")+dir, "FIRE", "/fired?c="+name, "CASE", strconv.Itoa(n))
	full := fmt.Sprintf(`<!doctype html><meta charset=utf-8><title>case</title><style>
body{font:bold 20px sans-serif;color:#222;margin:30px 8px}.s,.s *{color:#f0f}.k{color:#0bb}
input.s,textarea.s,select.s,button.s{font:inherit;width:300px}.box{display:inline-block;width:60px;height:60px}</style>
<script>function fire(){const x=new XMLHttpRequest();x.open('POST','FIRE',false);x.send()}</script>
<div style="position:fixed;left:0;top:0;width:20px;height:20px;background:rgb(0,%d,%d)"></div>`, markerGreen, n) + body
	if strings.HasPrefix(body, "<!doctype") {
		full = body
	}
	s.pages[dir] = fill.Replace(full)
	for file, text := range files {
		s.pages[dir+file] = fill.Replace(text)
	}
	return s.host("a.test") + dir
}

// pixels counts a picture's pixels of the secret's hue and of the hue that must stay, and says whose marker it shows.
func pixels(t *testing.T, data []byte) (secret, keep, marker int) {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	marker = -1
	b := img.Bounds()
	at := func(x, y int) (r, g, b uint32) {
		r, g, b, _ = img.At(x, y).RGBA()
		return r >> 8, g >> 8, b >> 8
	}
	if r, g, blue := at(b.Min.X+10, b.Min.Y+10); r == 0 && g == markerGreen {
		marker = int(blue)
	}
	if rgba, ok := img.(*image.RGBA); ok {
		for i := 0; i+3 < len(rgba.Pix); i += 4 {
			s, k := hue(uint32(rgba.Pix[i]), uint32(rgba.Pix[i+1]), uint32(rgba.Pix[i+2]))
			secret, keep = secret+s, keep+k
		}
		return secret, keep, marker
	}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			s, k := hue(at(x, y))
			secret, keep = secret+s, keep+k
		}
	}
	return secret, keep, marker
}

// hue classifies a pixel: magenta, also paled by smoothing, is secret; cyan must stay.
func hue(r, g, b uint32) (secret, keep int) {
	switch {
	case r > g+60 && b > g+60:
		return 1, 0
	case g > r+60 && b > r+60:
		return 0, 1
	}
	return 0, 0
}

// enough pixels of a hue to speak of something painted.
const enough = 30

func (p *page) eval(js string, result any) error { return p.evalIn(0, js, result) }

// evalIn evaluates in one of the session's worlds, 0 for the page's own. A promise is awaited.
func (p *page) evalIn(world int, js string, result any) error {
	params := map[string]any{"expression": js, "awaitPromise": true, "returnByValue": true}
	if world != 0 {
		params["contextId"] = world
	}
	var r struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	if err := p.try(p.ctx, p.session, "Runtime.evaluate", params, &r); err != nil {
		return err
	}
	if e := r.ExceptionDetails; e != nil {
		return fmt.Errorf("%s: %s %s", js, e.Text, e.Exception.Description)
	}
	if result == nil || r.Result.Value == nil {
		return nil
	}
	return json.Unmarshal(r.Result.Value, result)
}

// inEngines evaluates in every engine world of the tab, those of its frames in other processes too.
func (p *page) inEngines(js string, each func(frame string, value json.RawMessage)) error {
	p.state.Lock()
	worlds := make(map[int]string, len(p.worlds))
	for id, frame := range p.worlds {
		worlds[id] = frame
	}
	children := append([]*page{}, p.children...)
	p.state.Unlock()
	for id, frame := range worlds {
		var v json.RawMessage
		if err := p.evalIn(id, js, &v); err != nil {
			if p.left(id) || contextLost(err) {
				continue
			}
			return err
		}
		if each != nil {
			each(frame, v)
		}
	}
	for _, c := range children {
		if err := c.inEngines(js, each); err != nil && p.has(c) {
			return err
		}
	}
	return nil
}

func (p *page) has(child *page) bool {
	p.state.Lock()
	defer p.state.Unlock()
	return slices.Contains(p.children, child)
}

// contextLost tells that a document left before it answered. Its event may be read only after the answer.
func contextLost(err error) bool {
	return strings.Contains(err.Error(), "context was destroyed") || strings.Contains(err.Error(), "Cannot find context")
}

func (p *page) left(world int) bool {
	p.state.Lock()
	defer p.state.Unlock()
	_, there := p.worlds[world]
	return !there
}

// visit opens a case's page and waits until it is loaded and, with an engine, ready in every frame.
func (p *page) visit(url string) error {
	p.state.Lock()
	p.frames, p.told = nil, nil
	p.state.Unlock()
	var to struct{ LoaderID string }
	if err := p.try(p.ctx, p.session, "Page.navigate", map[string]any{"url": url}, &to); err != nil {
		return err
	}
	// By its id: the page before, where something was just submitted, may load another one at this moment.
	if err := p.until("load", func() bool { return p.hasLoaded(to.LoaderID) }); err != nil {
		return err
	}
	if err := p.settle(); err != nil {
		return err
	}
	return p.pause(0) // Chromium lets no press through to a page that has not painted
}

func (p *page) hasLoaded(loader string) bool {
	p.state.Lock()
	defer p.state.Unlock()
	return p.loaded[loader]
}

// settle waits until every engine is ready.
func (p *page) settle() error {
	if p.binding == "" {
		return nil
	}
	return p.inEngines(`new Promise(r=>(function f(){__cobrowse.state().readyAt?r(1):setTimeout(f,10)})())`, nil)
}

// pause lets the page run for some milliseconds and two frames.
func (p *page) pause(ms int) error {
	return p.eval(fmt.Sprintf(`new Promise(r=>setTimeout(()=>requestAnimationFrame(()=>requestAnimationFrame(()=>r(1))),%d))`, ms), nil)
}

func (p *page) screenshot() ([]byte, error) {
	var shot struct{ Data []byte }
	err := p.try(p.ctx, p.session, "Page.captureScreenshot", map[string]any{"format": "png"}, &shot)
	return shot.Data, err
}

// casesTake is how long one test's cases may take together, on a machine that is busy with other tests.
const casesTake = 5 * time.Minute

// caseTab opens a small tab that lives as long as the test.
func caseTab(t testing.TB, c *chromium, bundle *Bundle) *page {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), casesTake)
	t.Cleanup(cancel)
	p := c.open(ctx, t, bundle)
	size := map[string]any{"width": 480, "height": 320, "deviceScaleFactor": 1, "mobile": false}
	if err := p.try(ctx, p.session, "Emulation.setDeviceMetricsOverride", size, nil); err != nil {
		t.Fatal(err)
	}
	return p
}

type point struct{ X, Y float64 }

// where is the middle of the first element that selector matches in the page, inside same-origin frames' own coordinates.
func (p *page) where(selector string) (point, error) {
	var at point
	js := fmt.Sprintf(`(()=>{const r=document.querySelector(%q).getBoundingClientRect();return {X:r.x+r.width/2,Y:r.y+r.height/2}})()`, selector)
	return at, p.eval(js, &at)
}

func (p *page) mouse(kind string, at point, button string, clicks int) error {
	return p.try(p.ctx, p.session, "Input.dispatchMouseEvent", map[string]any{
		"type": kind, "x": at.X, "y": at.Y, "button": button, "clickCount": clicks,
	}, nil)
}

func (p *page) click(selector string) error { return p.press(selector, "left", 1) }

func (p *page) press(selector, button string, clicks int) error {
	at, err := p.where(selector)
	if err != nil {
		return err
	}
	return p.pressAt(at, button, clicks)
}

func (p *page) pressAt(at point, button string, clicks int) error {
	if err := p.mouse("mouseMoved", at, "none", 0); err != nil {
		return err
	}
	for n := 1; n <= clicks; n++ {
		if err := p.mouse("mousePressed", at, button, n); err != nil {
			return err
		}
		if err := p.mouse("mouseReleased", at, button, n); err != nil {
			return err
		}
	}
	return nil
}

// keys types named keys or single characters, one after the other.
func (p *page) keys(keys ...string) error {
	codes := map[string]int{"Enter": 13, "Tab": 9, "ArrowDown": 40, "ArrowRight": 39, " ": 32, "Backspace": 8}
	texts := map[string]string{"Enter": "\r", " ": " "}
	for _, k := range keys {
		text, code := texts[k], k
		if len(k) == 1 {
			text = k
		}
		if k == " " {
			code = "Space"
		}
		down := map[string]any{"type": "keyDown", "key": k, "code": code, "windowsVirtualKeyCode": codes[k]}
		if text != "" {
			down["text"] = text
		} else {
			down["type"] = "rawKeyDown"
		}
		if err := p.try(p.ctx, p.session, "Input.dispatchKeyEvent", down, nil); err != nil {
			return err
		}
		up := map[string]any{"type": "keyUp", "key": k, "code": code, "windowsVirtualKeyCode": codes[k]}
		if err := p.try(p.ctx, p.session, "Input.dispatchKeyEvent", up, nil); err != nil {
			return err
		}
	}
	return nil
}

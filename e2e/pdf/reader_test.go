package pdf

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/browser"
	"cobrowse-connector/cobrowse/privacy"
	"cobrowse-connector/connector/web"
)

// patience bounds every wait for something that must come.
const patience = 45 * time.Second

// frame shows a file in a frame that its own page drives: it does what it is told by the site and says what came of it.
const frame = `<!doctype html><title>reader</title><style>html,body,iframe{margin:0;border:0;width:100%;height:100%;display:block}</style><iframe id=f></iframe>
<script>
const doc = () => f.contentDocument, one = (s) => doc().querySelector(s), all = (s) => [...doc().querySelectorAll(s)]
const until = (what) => new Promise((done) => { const look = async () => { try { const v = await what(); if (v) return done(v) } catch {} setTimeout(look, 20) }; look() })
const show = (name) => new Promise((done) => { f.onload = done; f.src = name })
const picture = async (i = 0) => { const p = new Image(); p.src = (await until(() => all('main .page')[i].style.backgroundImage)).slice(5, -2); await p.decode(); return p }
const pixel = async (x, y, i = 0) => {
	const p = await picture(i), c = new OffscreenCanvas(p.naturalWidth, p.naturalHeight).getContext('2d'), k = p.naturalWidth / 595
	c.drawImage(p, 0, 0)
	return [...c.getImageData(x * k, y * k, 1, 1).data].slice(0, 3).join()
}
const find = (words) => { if (one('#find').hidden) one('#search').click(); one('#query').value = words; one('#query').oninput(); return until(() => /^(\d|N)/.test(one('#found').textContent) && settled()) }
let last = ''
const settled = () => { const now = one('#found').textContent, same = now === last; last = now; return same && now }
;(async () => {
	for (;;) {
		const order = await (await fetch('/next')).text()
		let said
		try { said = { value: await (0, eval)(order) } } catch (e) { said = { error: String(e) } }
		await fetch('/said', { method: 'POST', body: JSON.stringify(said) })
	}
})()
</script>`

// reader is a shared browser that shows files of a site.
type reader struct {
	*browser.Browser
	t       *testing.T
	tab     cobrowse.TabID
	refused chan cobrowse.Refusal
	orders  chan string
	answers chan []byte
}

func read(t *testing.T, policy cobrowse.Policy, files map[string][]byte) *reader {
	t.Helper()
	r := &reader{t: t, orders: make(chan string), answers: make(chan []byte), refused: make(chan cobrowse.Refusal, 8)}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { r.serve(w, req, files) }))
	t.Cleanup(site.Close)
	viewer, err := fs.ReadFile(web.FS, web.PDFViewer)
	if err != nil {
		t.Fatalf("%v: %v", err, web.ErrNotBuilt)
	}
	launcher := browser.New(browser.Config{WorkDir: workDir(t), PDFViewer: viewer, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	if r.Browser, err = launcher.Launch(t.Context(), browser.Spec{Session: "pdf", Policy: policy}); err != nil {
		t.Fatal(err)
	}
	open := make(chan struct{}, 1)
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		r.hear(open)
	}()
	t.Cleanup(func() {
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
		<-heard
	})
	if err := r.SetViewport(t.Context(), cobrowse.Viewport{Width: 900, Height: 700, Scale: 1}); err != nil {
		t.Fatal(err)
	}
	if r.tab, err = r.Open(t.Context(), cobrowse.RoleCustomer, site.URL); err != nil {
		t.Fatal(err)
	}
	select {
	case <-open:
	case <-time.After(patience):
		t.Fatal("the gate stays closed")
	}
	return r
}

func (r *reader) hear(open chan<- struct{}) {
	for e := range r.Events() {
		switch e := e.(type) {
		case cobrowse.RefusedEvent:
			r.refused <- e.Refusal
		case cobrowse.GateEvent:
			if e.Open {
				select {
				case open <- struct{}{}:
				default:
				}
			}
		}
	}
}

func (r *reader) serve(w http.ResponseWriter, req *http.Request, files map[string][]byte) {
	switch file, known := files[strings.TrimPrefix(req.URL.Path, "/")]; {
	case known:
		w.Header().Set("Content-Type", "application/pdf")
		_, _ = w.Write(file)
	case req.URL.Path == "/next":
		select {
		case order := <-r.orders:
			_, _ = io.WriteString(w, order)
		case <-req.Context().Done():
		}
	case req.URL.Path == "/said":
		said, _ := io.ReadAll(req.Body)
		r.answers <- said
	default:
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, frame)
	}
}

// ask runs an expression in the page that holds the frame.
func ask[T any](r *reader, format string, args ...any) T {
	r.t.Helper()
	order := fmt.Sprintf(format, args...)
	var said struct {
		Value T
		Error string
	}
	late := time.After(patience)
	select {
	case r.orders <- order:
	case <-late:
		r.t.Fatalf("nobody takes the order %s", order)
	}
	select {
	case answer := <-r.answers:
		if err := json.Unmarshal(answer, &said); err != nil || said.Error != "" {
			r.t.Fatalf("%s: %s %v", order, answer, err)
		}
	case <-late:
		r.t.Fatalf("no answer to %s", order)
	}
	return said.Value
}

func (r *reader) do(format string, args ...any) {
	r.t.Helper()
	ask[int](r, "Promise.resolve(%s).then(() => 1)", fmt.Sprintf(format, args...))
}

// show opens a file and waits for the picture of its first page.
func (r *reader) show(name string) {
	r.t.Helper()
	r.do("show(%q).then(() => picture())", name)
}

func want[T comparable](r *reader, what string, is T, format string, args ...any) {
	r.t.Helper()
	if got := ask[T](r, format, args...); got != is {
		r.t.Errorf("%s: %v, not %v", what, got, is)
	}
}

// workDir is one that Chromium's user may enter; that of t.TempDir is not.
func workDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pdftest-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // Chromium's user passes through
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func defaults() cobrowse.Policy {
	p := privacy.Defaults()
	p.Private = []string{"127.0.0.1"}
	return p
}

package browser

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"

	"cobrowse-connector/cobrowse"
)

// plainViewer says in its title what it was given, if its script may run.
const plainViewer = `<!doctype html><title>{{TITLE}}</title><body data-problem="{{PROBLEM}}"><p id=file>{{DOCUMENT}}</p>
<script>document.title = 'never'</script>
<script nonce="{{NONCE}}">document.title += ' ' + atob(file.textContent).length + document.body.dataset.problem</script>`

func newPDFSite(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/a.pdf":
			w.Header().Set("Content-Type", "application/pdf; charset=binary")
			fmt.Fprint(w, "%PDF-1.4 ten")
		case "/form":
			w.Header().Set("Content-Type", "application/pdf")
			w.Header().Set("Content-Disposition", `inline; filename="<b>bill.pdf"`)
			fmt.Fprint(w, r.Method)
		case "/large.pdf":
			w.Header().Set("Content-Type", "application/pdf")
			for range largestPDF>>20 + 1 {
				_, _ = w.Write(make([]byte, 1<<20))
			}
		case "/saved.pdf":
			w.Header().Set("Content-Type", "application/pdf")
			w.Header().Set("Content-Disposition", `attachment; filename=saved.pdf`)
			fmt.Fprint(w, "saved")
		case "/many":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, `<title>waits</title><body><script>
				let shown = 0
				for (let i = 0; i < 30; i++) {
					const f = document.body.appendChild(document.createElement('iframe'))
					f.onload = () => { if (f.contentDocument.title === 'a.pdf 12') document.title = 'frames: ' + ++shown }
					f.src = '/a.pdf'
				}
			</script>`)
		case "/framed":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, `<title>waits</title><iframe src=/a.pdf onload="document.title = 'frame: ' + frames[0].document.title"></iframe>`)
		default:
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, `<title>page</title><form method=post action=/form></form><script>if (location.search) document.forms[0].submit()</script>`)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// TestPDF: a page of ours takes the place of each PDF that is to be shown, wherever and however it is asked for.
func TestPDF(t *testing.T) {
	site := newPDFSite(t)
	l := testLauncher(t)
	l.config.PDFViewer = []byte(plainViewer)
	r := launchBy(t, l, Spec{Session: "pdf"})
	tab, err := r.Open(t.Context(), site.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, title string }{
		{"/a.pdf", "a.pdf 12"}, {"/?post", "<b>bill.pdf 4"}, {"/large.pdf", "large.pdf 0large"}, {"/framed", "frame: a.pdf 12"}, {"/many", "frames: 30"},
	} {
		if err := r.Navigate(t.Context(), tab, site.URL+c.path); err != nil {
			t.Fatal(err)
		}
		await(r, c.path+" as "+c.title, func(e cobrowse.TabsEvent) bool {
			return strings.HasPrefix(e.Tabs[0].URL, site.URL) && e.Tabs[0].Title == c.title
		})
	}
	if err := r.Navigate(t.Context(), tab, site.URL+"/a.pdf"); err != nil {
		t.Fatal(err)
	}
	r.see(tab, "a.pdf 12") // the gate is open over a PDF
}

// TestPDFsWaitForTheirTurn: a session reads one at a time, and few are given to browsers at a time, so that many do not fill the memory.
func TestPDFsWaitForTheirTurn(t *testing.T) {
	l := New(Config{})
	b := &Browser{launcher: l, reading: make(chan struct{}, 1)}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, places := range []chan struct{}{b.reading, l.handing} {
		for range cap(places) {
			if _, err := turn(t.Context(), places); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := turn(ended, places); !errors.Is(err, context.Canceled) {
			t.Errorf("one more: %v", err)
		}
	}
	if err := b.showPDF(ended, session{}, &fetch.EventRequestPaused{}); !errors.Is(err, context.Canceled) { // it has asked for nothing yet
		t.Errorf("another file of the session: %v", err)
	}
}

func TestWhatIsAPDF(t *testing.T) {
	paused := func(headers ...string) *fetch.EventRequestPaused {
		e := &fetch.EventRequestPaused{ResponseStatusCode: 200, Request: &network.Request{Headers: network.Headers{"Accept": "text/html,*/*;q=0.8"}}}
		for i := 0; i < len(headers); i += 2 {
			e.ResponseHeaders = append(e.ResponseHeaders, &fetch.HeaderEntry{Name: headers[i], Value: headers[i+1]})
		}
		return e
	}
	link := paused("Content-Type", "application/pdf")
	link.Request.Headers["Accept"] = "*/*"
	for name, c := range map[string]struct {
		e    *fetch.EventRequestPaused
		want bool
	}{
		"pdf":        {paused("content-type", "application/pdf"), true},
		"inline":     {paused("Content-Type", "Application/PDF", "Content-Disposition", "inline"), true},
		"attachment": {paused("Content-Type", "application/pdf", "Content-Disposition", "attachment; filename=a.pdf"), false},
		"page":       {paused("Content-Type", "text/html"), false},
		"download":   {link, false},
		"no type":    {paused(), false},
		"redirect":   {&fetch.EventRequestPaused{ResponseStatusCode: 302, ResponseHeaders: paused("Content-Type", "application/pdf").ResponseHeaders}, false},
	} {
		if got := isPDF(c.e); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestViewerIsFramedLikeItsFile: a PDF that only its own site may frame stays so.
func TestViewerIsFramedLikeItsFile(t *testing.T) {
	e := &fetch.EventRequestPaused{ResponseHeaders: []*fetch.HeaderEntry{
		{Name: "x-frame-options", Value: "DENY"}, {Name: "content-security-policy", Value: "script-src *; frame-ancestors 'self'"},
	}}
	var said []string
	for _, h := range viewerHeaders(e, "n") {
		said = append(said, h.Name+": "+h.Value)
	}
	all := strings.Join(said, "\n")
	for _, want := range []string{"X-Frame-Options: DENY", "; frame-ancestors 'self'", "script-src 'nonce-n'", "default-src 'none'"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in\n%s", want, all)
		}
	}
	if strings.Contains(all, "script-src *") {
		t.Error("the file's own policy counts")
	}
}

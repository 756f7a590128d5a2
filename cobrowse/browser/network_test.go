package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
)

// sendingPage sends in every way that a page has, when it is clicked. It says when all are through, or have failed.
const sendingPage = `<title>loading</title><body style="height:500px">
<form id=form method=post action="/api/form" target=in><input name=a value=1></form><iframe name=in id=in></iframe><iframe src="FRAME"></iframe>
<script type=module>
const worker = new Worker('/worker.js'), shared = new SharedWorker('/shared.js');
await navigator.serviceWorker.register('/sw.js');
const sw = (await navigator.serviceWorker.ready).active;
const reply = (port, send) => new Promise(done => { port.onmessage = done; send(); });
shared.port.start();
onclick = async () => {
	const post = (path, more) => fetch(path, {method: 'POST', body: 'x', ...more}).catch(() => {});
	const through = new Promise(done => new PerformanceObserver((all, o) => { if (all.getEntries().some(e => e.name.endsWith('/api/beacon'))) { o.disconnect(); done(); } }).observe({type: 'resource'}));
	const xhr = new Promise(done => { const x = new XMLHttpRequest(); x.open('PUT', '/api/xhr'); x.onloadend = done; x.send('x'); });
	navigator.sendBeacon('/api/beacon', 'x');
	const answered = new Promise(done => { document.getElementById('in').onload = done; form.submit(); });
	await Promise.all([xhr, through, answered, reply(window, () => frames[1].postMessage('go', '*')), reply(worker, () => worker.postMessage(0)), post('/api/fetch'), post('/api/keepalive', {keepalive: true}), post('/other/fetch'), fetch('/api/get').catch(() => {}),
		reply(shared.port, () => shared.port.postMessage(0)),
		reply(navigator.serviceWorker, () => sw.postMessage(0))]);
	fetch('/done');
};
document.title = 'ready';
</script>`

const sentBy = `const send = path => fetch(path, {method: 'POST', body: 'x'}).catch(() => {});`

// sink answers and remembers what it was sent.
type sink struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
	done  chan struct{}
}

func newSink(t *testing.T) *sink {
	s := &sink{done: make(chan struct{}, 8)}
	frame := newFrameOf(t, s)
	pages := map[string]string{
		"/":          strings.Replace(sendingPage, "FRAME", otherHost(frame.URL)+"/frame", 1),
		"/worker.js": sentBy + `onmessage = async () => { await send('/api/worker'); postMessage(0); }`,
		"/shared.js": sentBy + `onconnect = e => { const p = e.ports[0]; p.onmessage = async () => { await send('/api/shared'); p.postMessage(0); } }`,
		"/sw.js":     sentBy + `onmessage = async e => { await send('/api/service'); e.source.postMessage(0); }; onactivate = e => e.waitUntil(clients.claim())`,
	}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.answer(w, r, pages) }))
	t.Cleanup(s.Close)
	return s
}

// newFrameOf serves a frame of another site that sends when it is told to.
func newFrameOf(t *testing.T, s *sink) *httptest.Server {
	frame := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.answer(w, r, map[string]string{"/frame": `<script>` + sentBy + `onmessage = async e => { await send('/api/frame'); e.source.postMessage(0, '*'); }</script>`})
	}))
	t.Cleanup(frame.Close)
	return frame
}

func (s *sink) answer(w http.ResponseWriter, r *http.Request, pages map[string]string) {
	s.mu.Lock()
	if strings.HasPrefix(r.URL.Path, "/api/") || strings.HasPrefix(r.URL.Path, "/other/") {
		s.asked = append(s.asked, r.URL.Path)
	}
	s.mu.Unlock()
	if r.URL.Path == "/done" {
		s.done <- struct{}{}
	}
	kind := "text/html; charset=utf-8"
	if strings.HasSuffix(r.URL.Path, ".js") {
		kind = "text/javascript"
	}
	w.Header().Set("Content-Type", kind)
	fmt.Fprint(w, pages[r.URL.Path])
}

// sent returns what came since the last time, sorted, when the page has said that it is done.
func (s *sink) sent(t *testing.T) []string {
	t.Helper()
	select {
	case <-s.done:
	case <-time.After(testTime):
		s.mu.Lock()
		defer s.mu.Unlock()
		t.Fatalf("the page is not done; it has sent %v", s.asked)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := s.asked
	s.asked = nil
	slices.Sort(asked)
	return asked
}

// TestRequestsFailWhileTheAgentActs: by whatever way a page sends them.
func TestRequestsFailWhileTheAgentActs(t *testing.T) {
	s := newSink(t)
	r := launch(t, Spec{Session: "network", Policy: cobrowse.Policy{Requests: []cobrowse.RequestRule{{ID: "api", URL: "*/api/*"}}}})
	tab, err := r.Open(t.Context(), s.URL)
	if err != nil {
		t.Fatal(err)
	}
	await(r, "the page", func(e cobrowse.TabsEvent) bool { return e.Tabs[0].Title == "ready" && !e.Tabs[0].Loading })
	all := []string{
		"/api/beacon", "/api/fetch", "/api/form", "/api/frame", "/api/get", "/api/keepalive", "/api/service", "/api/shared", "/api/worker", "/api/xhr", "/other/fetch",
	}
	for range 2 {
		r.see(tab, "ready")
		r.forget()
		if refusal := r.press(tab, cobrowse.RoleAgent, 700, 500); refusal != nil {
			t.Fatalf("refused: %+v", refusal)
		}
		if got := s.sent(t); !slices.Equal(got, []string{"/api/get", "/other/fetch"}) {
			t.Errorf("while the agent acts: %v", got)
		}
		refused := await(r, "the refusal", func(e cobrowse.RefusedEvent) bool { return e.Refusal.How == "network" }).Refusal
		if refused.Rule != "api" || refused.Tab != tab || refused.By != cobrowse.RoleAgent || !strings.HasSuffix(refused.Name, " 127.0.0.1") {
			t.Errorf("refused: %+v", refused)
		}
		r.click(tab, 700, 500)
		if got := s.sent(t); !slices.Equal(got, all) {
			t.Errorf("while the customer acts: %v", got)
		}
	}
}

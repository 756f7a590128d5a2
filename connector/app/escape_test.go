package app

import (
	"context"
	"fmt"
	"html/template"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/browser"
	"cobrowse-connector/connector/live"
	"cobrowse-connector/connector/telemetry"
)

// inside is what no page may reach: it listens on this machine, by TCP and UDP, and notes what comes.
type inside struct {
	port    string
	reached chan string
}

func listenInside(t *testing.T) *inside {
	t.Helper()
	in := &inside{reached: make(chan string, 100)}
	tcp, err := new(net.ListenConfig).Listen(t.Context(), "tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	udp, err := new(net.ListenConfig).ListenPacket(t.Context(), "udp", tcp.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_, in.port, _ = net.SplitHostPort(tcp.Addr().String())
	go func() {
		for {
			conn, err := tcp.Accept()
			if err != nil {
				return
			}
			in.reached <- "TCP"
			_ = conn.Close()
		}
	}()
	go func() {
		packet := make([]byte, 2000)
		for {
			n, _, err := udp.ReadFrom(packet)
			if err != nil {
				return
			}
			in.reached <- fmt.Sprintf("UDP %x", packet[:min(n, 20)])
		}
	}()
	t.Cleanup(func() { _ = tcp.Close(); _ = udp.Close() })
	return in
}

// runaway tries every way out that a page has and then tells its own site what became of it.
var runaway = template.Must(template.New("").Parse(`<!doctype html><title>runaway</title>
<link rel="dns-prefetch" href="//localhost:{{.}}"><link rel="preconnect" href="http://127.0.0.1:{{.}}"><link rel="prefetch" href="http://127.0.0.1:{{.}}/p">
<link rel="stylesheet" href="http://127.0.0.1:{{.}}/s.css"><link rel="modulepreload" href="http://127.0.0.1:{{.}}/m.js">
<script type="speculationrules">{"prefetch":[{"urls":["http://127.0.0.1:{{.}}/spec"]}],"prerender":[{"urls":["http://127.0.0.1:{{.}}/pre"]}]}</script>
<img src="http://127.0.0.1:{{.}}/i.png"><img src="http://[::1]:{{.}}/i.png"><video src="http://127.0.0.1:{{.}}/v.mp4"></video>
<iframe src="http://127.0.0.1:{{.}}/f"></iframe><iframe src="file:///etc/passwd"></iframe><iframe src="/redirect"></iframe><iframe src="view-source:http://localhost/"></iframe>
<object data="http://127.0.0.1:{{.}}/o"></object><embed src="http://127.0.0.1:{{.}}/e">
<script>
  const at = ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '0.0.0.0', 'x.localhost', '127.1', '2130706433'].map((h) => h + ':{{.}}');
  const got = [];
  const tried = (what, promise) => Promise.race([promise, new Promise((_, no) => setTimeout(no, 4000, 'late'))])
    .then((v) => { if (v !== undefined) got.push(what + ' ' + v) }, () => {});
  const opened = (thing, event = 'open') => new Promise((yes, no) => { thing.addEventListener(event, () => yes('opened')); thing.addEventListener('error', no) });
  const work = (code) => new Worker(URL.createObjectURL(new Blob([code])));
  const all = [];
  for (const host of at) {
    all.push(tried('fetch ' + host, fetch('http://' + host + '/', { mode: 'no-cors' }).then((r) => r.type === 'opaque' ? undefined : r.status)));
    all.push(tried('socket ' + host, new Promise((yes, no) => { const s = new WebSocket('ws://' + host + '/'); s.onopen = () => yes('opened'); s.onerror = no })));
    all.push(tried('events ' + host, new Promise((yes, no) => { const s = new EventSource('http://' + host + '/'); s.onopen = () => yes('opened'); s.onerror = no })));
    try { navigator.sendBeacon('http://' + host + '/b', 'x') } catch {}
  }
  all.push(tried('redirect', fetch('/redirect', { mode: 'no-cors' }).then(() => undefined)));
  for (const address of ['file:///etc/passwd', 'chrome://version/', 'chrome-extension://x/', 'devtools://devtools/bundled/inspector.html', 'ftp://127.0.0.1:{{.}}/'])
    all.push(tried(address, fetch(address).then((r) => r.status)));
  work('fetch("http://127.0.0.1:{{.}}/w").catch(() => 0); try { new WebSocket("ws://127.0.0.1:{{.}}/w") } catch {}');
  try { all.push(tried('transport', new WebTransport('https://127.0.0.1:{{.}}/').ready.then(() => 'ready'))) } catch {}
  for (const iceServers of [[{ urls: 'stun:127.0.0.1:{{.}}' }], [{ urls: 'turn:127.0.0.1:{{.}}?transport=udp', username: 'u', credential: 'c' }],
    [{ urls: 'turn:127.0.0.1:{{.}}?transport=tcp', username: 'u', credential: 'c' }], [{ urls: 'turns:localhost:{{.}}?transport=tcp', username: 'u', credential: 'c' }]]) {
    const peer = new RTCPeerConnection({ iceServers });
    peer.createDataChannel('x');
    peer.onicecandidate = (e) => { if (e.candidate?.candidate) got.push('candidate ' + e.candidate.candidate) };
    // A peer that claims to be there: where connections go without a server in between.
    const far = ['udp', 'tcp'].map((p, i) => 'a=candidate:' + i + ' 1 ' + p + ' 2122260223 127.0.0.1 {{.}} typ host' + (p === 'tcp' ? ' tcptype passive' : '')).join('\r\n');
    all.push(tried('peer', peer.createOffer().then((o) => peer.setLocalDescription(o).then(() => peer.setRemoteDescription({ type: 'answer',
      sdp: o.sdp.replace('a=setup:actpass', 'a=setup:active').replace(/a=ice-options.*\r\n/, '') + far + '\r\n' }))).then(() => opened(peer, 'never'))));
  }
  for (const address of ['file:///etc/passwd', 'chrome://version/', 'chrome://settings/', 'view-source:' + location.href, 'devtools://devtools/bundled/inspector.html',
    'data:text/html,<title>data</title>', 'http://127.0.0.1:{{.}}/window', 'ftp://127.0.0.1:{{.}}/']) {
    try { window.open(address) } catch {}
    try { const a = document.createElement('a'); a.href = address; a.target = '_blank'; document.body.append(a); a.click() } catch {}
    try { const f = document.createElement('form'); f.action = address; f.target = '_blank'; document.body.append(f); f.submit() } catch {}
  }
  Promise.all(all).then(() => fetch('/told', { method: 'POST', body: got.join('\n') }));
</script>`))

// TestPageDoesNotGetOut: nothing that a page does in a real Chromium reaches this machine or its network, and no window of its shows a
// page that is not the web's.
func TestPageDoesNotGetOut(t *testing.T) {
	in := listenInside(t)
	told := make(chan string, 1)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/redirect":
			http.Redirect(w, r, "http://127.0.0.1:"+in.port+"/redirected", http.StatusFound)
		case "/told":
			body, _ := io.ReadAll(r.Body)
			select {
			case told <- string(body):
			default:
			}
		default:
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_ = runaway.Execute(w, in.port)
		}
	}))
	defer site.Close()
	b := newBrowsers(browser.Config{WorkDir: openFolder(t)}, "", 1, 0, telemetry.NewMetrics(), slog.New(slog.DiscardHandler))
	opened, err := b.open(t.Context(), live.SessionSpec{ID: "runaway", Policy: cobrowse.Policy{Private: []string{strings.TrimPrefix(site.URL, "http://")}}})
	if err != nil {
		t.Fatal(err)
	}
	windows := make(chan []string, 1)
	go func() { windows <- addressesIn(opened.Events()) }()
	tab, err := opened.Open(t.Context(), cobrowse.RoleCustomer, site.URL+"/")
	if err != nil {
		t.Fatal(err)
	}
	select {
	case got := <-told:
		if got != "" {
			t.Errorf("the page got out, or learnt where it is:\n%s", got)
		}
	case <-time.After(time.Minute):
		t.Error("the page did not come to its end")
	}
	for _, address := range []string{
		"file:///etc/passwd", "chrome://version", "view-source:" + site.URL, "devtools://devtools/bundled/inspector.html", "data:text/html,x",
		"ftp://127.0.0.1/", "blob:" + site.URL + "/1", "javascript:1", "about:srcdoc", "chrome-extension://x/y", "http://127.0.0.1:" + in.port, "http://localhost:" + in.port,
		"http://169.254.169.254/", "http://[fd00:ec2::254]/", "http://10.0.0.1/", "http://metadata.google.internal/",
	} {
		if err := opened.Navigate(t.Context(), tab, cobrowse.RoleCustomer, address); err == nil {
			t.Errorf("%s is gone to", address)
		}
	}
	if err := opened.Close(context.Background()); err != nil {
		t.Error(err)
	}
	for _, address := range <-windows {
		if !strings.HasPrefix(address, "http://") && address != "about:blank" && address != "" && !strings.HasPrefix(address, "chrome-error:") {
			t.Errorf("a window shows %s", address)
		}
	}
	if err := b.close(); err != nil {
		t.Error(err)
	}
	for len(in.reached) > 0 {
		t.Errorf("somebody came by %s", <-in.reached)
	}
}

// addressesIn are those that tabs had, until the browser ends.
func addressesIn(events <-chan cobrowse.BrowserEvent) []string {
	var all []string
	for ev := range events {
		if tabs, ok := ev.(cobrowse.TabsEvent); ok {
			for _, tab := range tabs.Tabs {
				if !slices.Contains(all, tab.URL) {
					all = append(all, tab.URL)
				}
			}
		}
	}
	return all
}

// openFolder is one that Chromium's user may enter; t.TempDir's parent is closed to it.
func openFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "apptest-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // the browser's user passes through
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

package browser

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/stream"
)

// The tests of this file break what hides private things, in sessions with real people's attachments. Each must end closed (the agent
// gets no picture of it), explained (both are told) and alive (people go on, and the session ends in good order).

// together is a live session around a real browser.
type together struct {
	t               *testing.T
	s               *cobrowse.Session
	browser         *Browser // nil when it did not start
	customer, agent *ear
	result          chan cobrowse.Result
}

// ear is a person's page that remembers everything.
type ear struct {
	who  cobrowse.Participant
	mu   sync.Mutex
	said []cobrowse.Message
	more chan struct{}
}

func (e *ear) listen(a *cobrowse.Attachment) {
	for {
		m, err := a.Next(context.Background())
		if err != nil {
			return
		}
		e.mu.Lock()
		e.said = append(e.said, m)
		e.mu.Unlock()
		wake(e.more)
	}
}

func (e *ear) forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.said = nil
}

func (e *ear) heard() []cobrowse.Message {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.said)
}

// hears waits for a message that fits.
func hears[M cobrowse.Message](t *testing.T, e *ear, what string, fits func(M) bool) {
	t.Helper()
	deadline := time.After(testTime)
	for {
		for _, m := range e.heard() {
			if one, ok := m.(M); ok && fits(one) {
				return
			}
		}
		select {
		case <-e.more:
		case <-deadline:
			t.Fatalf("%s never hears %s", e.who.Name, what)
		}
	}
}

// share starts a session with both people in it.
func share(t *testing.T, l *Launcher, policy cobrowse.Policy, address string) *together {
	t.Helper()
	t.Parallel()
	tg := &together{t: t, result: make(chan cobrowse.Result, 1)}
	launched := make(chan struct{})
	tg.s = cobrowse.Start(t.Context(), cobrowse.Config{
		ID: "fail", Policy: policy, StartURL: address, Log: l.config.Log,
		Launch: func(ctx context.Context) (cobrowse.Browser, error) {
			defer close(launched)
			b, err := l.Launch(ctx, Spec{Session: "fail", Policy: policy})
			if err != nil {
				return nil, err
			}
			tg.browser = b
			return b, nil
		},
		OnEnd: func(r cobrowse.Result) { tg.result <- r },
	})
	t.Cleanup(func() {
		tg.s.End("test")
		<-tg.s.Done()
	})
	tg.customer = tg.join(cobrowse.Participant{ID: "c", Role: cobrowse.RoleCustomer, Name: "customer"})
	if err := tg.s.Claim(t.Context(), cobrowse.Participant{ID: "a", Role: cobrowse.RoleAgent, Name: "agent"}, ""); err != nil {
		t.Fatal(err)
	}
	tg.agent = tg.join(cobrowse.Participant{ID: "a", Role: cobrowse.RoleAgent, Name: "agent"})
	<-launched
	if err := tg.s.Do(t.Context(), "c", cobrowse.Consent{Granted: true}); err != nil && tg.browser != nil {
		t.Fatal(err)
	}
	return tg
}

func (tg *together) join(p cobrowse.Participant) *ear {
	tg.t.Helper()
	a, err := tg.s.Attach(tg.t.Context(), p, cobrowse.Viewer{
		Codecs: []string{"av01.0.08M.08", "vp09.00.40.08"}, Viewport: cobrowse.Viewport{Width: 640, Height: 480, Scale: 1},
	})
	if err != nil {
		tg.t.Fatal(err)
	}
	e := &ear{who: p, more: make(chan struct{}, 1)}
	go e.listen(a)
	return e
}

// isClosed waits until both are told that the agent sees nothing, and why.
func (tg *together) isClosed(reasons ...string) {
	tg.t.Helper()
	hears(tg.t, tg.agent, "why the gate is closed", func(m cobrowse.GateChanged) bool { return !m.Open && slices.Contains(reasons, m.Reason) })
	hears(tg.t, tg.customer, "that the agent sees nothing", func(m cobrowse.Stuck) bool { return slices.Contains(reasons, m.Reason) })
}

// pictures decodes the key frames that a person got.
func (tg *together) pictures(e *ear) []string {
	tg.t.Helper()
	r := &rig{Browser: tg.browser, t: tg.t}
	var colours []string
	var config stream.Config
	for _, m := range e.heard() {
		switch m := m.(type) {
		case cobrowse.PictureConfig:
			config = m.Config
		case cobrowse.Picture:
			if m.Chunk.Key {
				colours = append(colours, decodeColour(tg.t, r, &config, m.Chunk))
			}
		}
	}
	return colours
}

// never fails when the agent got a picture of that colour.
func (tg *together) never(colour [3]int) {
	tg.t.Helper()
	for _, c := range tg.pictures(tg.agent) {
		if near(c, colour) {
			tg.t.Errorf("the agent got a picture of %s", c)
		}
	}
}

// endsWell ends the session as the customer.
func (tg *together) endsWell() {
	tg.t.Helper()
	if err := tg.s.Do(tg.t.Context(), "c", cobrowse.End{}); err != nil {
		tg.t.Fatal(err)
	}
	for _, e := range []*ear{tg.customer, tg.agent} {
		hears(tg.t, e, "the end", func(m cobrowse.Ended) bool { return m.Reason == "ended" })
	}
	select {
	case r := <-tg.result:
		if r.State != cobrowse.StateEnded {
			tg.t.Errorf("it ended as %s", r.State)
		}
	case <-time.After(testTime):
		tg.t.Error("it does not end")
	}
}

// wrapped is a launcher whose Chromium starts by way of a script; in it, $ext is the extension's folder, which it may copy to $own, and
// $chromium starts Chromium.
func wrapped(t *testing.T, script string) *Launcher {
	t.Helper()
	l := testLauncher(t)
	path := filepath.Join(t.TempDir(), "chromium")
	for dir := filepath.Dir(path); dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // Chromium's user passes through
			t.Fatal(err)
		}
	}
	head := "#!/bin/sh\nown=$HOME/extension\nfor a in \"$@\"; do case $a in --load-extension=*) ext=${a#*=};; esac; done\n"
	//nolint:gosec // it is run by Chromium's user
	if err := os.WriteFile(path, []byte(head+script), 0o755); err != nil {
		t.Fatal(err)
	}
	l.config.ChromiumPath = path
	return l
}

const secretPage = blue + `secret`

func TestAnEngineThatFailsIsClosed(t *testing.T) {
	s := site(t, map[string]string{"/": secretPage})
	tg := share(t, testLauncher(t), cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "m", Selector: "div:of-tomorrow"}}}, s.URL)
	tg.isClosed("masks")
	if err := tg.s.Do(t.Context(), "a", cobrowse.Input{Tab: "t1", Ev: cobrowse.InputEvent{Kind: cobrowse.InputDown}}); err != cobrowse.ErrUnseen {
		t.Errorf("the agent presses: %v", err)
	}
	if got := tg.pictures(tg.agent); len(got) != 0 {
		t.Errorf("the agent got %v", got)
	}
	tg.endsWell()
}

func TestAnEngineThatIsAbsentIsClosed(t *testing.T) {
	s := site(t, map[string]string{"/": secretPage})
	l := wrapped(t, `cp -r "$ext" "$own"; echo > "$own/engine.js"
for a in "$@"; do shift; case $a in --load-extension=*) a=--load-extension=$own;; esac; set -- "$@" "$a"; done
exec chromium "$@"`)
	tg := share(t, l, cobrowse.Policy{}, s.URL)
	tg.isClosed("loading", "navigating")
	if got := tg.pictures(tg.agent); len(got) != 0 {
		t.Errorf("the agent got %v", got)
	}
	tg.endsWell()
}

func TestChromiumWithoutTheExtensionDoesNotStart(t *testing.T) {
	l := wrapped(t, `for a in "$@"; do shift; case $a in --load-extension=*) continue;; esac; set -- "$@" "$a"; done
exec chromium "$@"`)
	if _, err := l.Launch(t.Context(), Spec{}); cobrowse.CodeOf(err) != cobrowse.CodeUnavailable || !strings.Contains(err.Error(), "extension") {
		t.Errorf("the error is %v", err)
	}
	tg := share(t, l, cobrowse.Policy{}, "https://shop.example/")
	for _, e := range []*ear{tg.customer, tg.agent} {
		hears(t, e, "the end", func(m cobrowse.Ended) bool { return m.Reason == "failed" })
	}
}

func TestARendererThatKeepsDyingIsClosed(t *testing.T) {
	s := site(t, map[string]string{"/": red})
	tg := share(t, testLauncher(t), cobrowse.Policy{}, s.URL)
	for range maxRestarts + 1 {
		hears(t, tg.agent, "the page", func(m cobrowse.GateChanged) bool { return m.Open })
		tg.agent.forget()
		p, err := tg.browser.pageOf("t1")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.session.begin("Page.crash", nil); err != nil {
			t.Fatal(err)
		}
		hears(t, tg.agent, "of the crash", func(m cobrowse.GateChanged) bool { return m.Reason == cobrowse.GateCrashed })
	}
	tg.isClosed("crashed")
	hears(t, tg.customer, "of the loss", func(m cobrowse.Notice) bool { return m.Code == "browser_lost" })
	hears(t, tg.customer, "that it is no use", func(m cobrowse.Notice) bool { return m.Code == "page_failed" })
	tg.endsWell()
}

// TestAPageThatNeverRestsIsLeft: a script without end takes the process of all pages of its site. People who go elsewhere in the site get there.
func TestAPageThatNeverRestsIsLeft(t *testing.T) {
	hang := make(chan struct{}, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch w.Header().Set("Content-Type", "text/html"); r.URL.Path {
		case "/":
			fmt.Fprint(w, bareSecret+`<script>fetch('/hang').then(() => { for (;;); })</script>`)
		case "/next":
			fmt.Fprint(w, green)
		case "/hang":
			select {
			case <-hang:
			case <-r.Context().Done():
			}
		}
	}))
	t.Cleanup(s.Close)
	tg := share(t, testLauncher(t), hideSecrets, s.URL)
	hears(t, tg.agent, "the page", func(m cobrowse.GateChanged) bool { return m.Open })
	hang <- struct{}{}
	tg.isClosed("masks")
	tg.agent.forget()
	if err := tg.s.Do(t.Context(), "c", cobrowse.History{Tab: "t1"}); err != nil {
		t.Fatal(err)
	}
	hears(t, tg.agent, "the page again", func(m cobrowse.GateChanged) bool { return m.Open })
	hang <- struct{}{}
	hears(t, tg.agent, "that it hangs again", func(m cobrowse.GateChanged) bool { return !m.Open && m.Reason == "masks" })
	awaitPicture(tg, s.URL+"/next", greenPixel)
	tg.never(bluePixel)
	tg.endsWell()
}

// TestTheExtensionsWorkerIsKilled: again and again while pages come and go. What the rules hide is in no picture, and afterwards people
// go on.
func TestTheExtensionsWorkerIsKilled(t *testing.T) {
	s := site(t, map[string]string{"/1": bareSecret, "/2": bareSecret, "/last": green})
	tg := share(t, testLauncher(t), hideSecrets, s.URL+"/1")
	hears(t, tg.agent, "the page", func(m cobrowse.GateChanged) bool { return m.Open })
	killed := 0
	for i := range 12 {
		killed += killWorkers(t, tg.browser)
		tg.agent.forget()
		if err := tg.browser.Navigate(t.Context(), "t1", cobrowse.RoleCustomer, fmt.Sprintf("%s/%d", s.URL, i%2+1)); err != nil {
			t.Fatal(err)
		}
		killed += killWorkers(t, tg.browser)
		hears(t, tg.agent, "the next page", func(m cobrowse.GateChanged) bool { return m.Open })
	}
	if killed < 6 {
		t.Errorf("the worker was killed %d times only", killed)
	}
	awaitPicture(tg, s.URL+"/last", greenPixel)
	tg.never(bluePixel)
	tg.endsWell()
}

// killWorkers ends the service workers of the extension that run.
func killWorkers(t *testing.T, b *Browser) int {
	t.Helper()
	b.mu.Lock()
	root := b.chrome.root
	b.mu.Unlock()
	all, err := cdp.Call(t.Context(), root, target.GetTargets, target.GetTargetsParams{Filter: target.Filter{{Type: "service_worker"}}})
	if err != nil {
		t.Fatal(err)
	}
	killed := 0
	for _, info := range all.TargetInfos {
		if strings.HasPrefix(info.URL, extensionOrigin) {
			if _, err := cdp.Call(t.Context(), root, target.CloseTarget, target.CloseTargetParams{TargetID: info.TargetID}); err == nil {
				killed++
			}
		}
	}
	return killed
}

// awaitPicture goes to an address until the agent got a key frame of its colour: a page that rushes on may get in the way of the first
// try.
func awaitPicture(tg *together, address string, want [3]int) {
	tg.t.Helper()
	for i := range 150 {
		if i%20 == 0 {
			if err := tg.s.Do(tg.t.Context(), "c", cobrowse.Navigate{Tab: "t1", URL: address}); err != nil {
				tg.t.Fatal(err)
			}
		}
		if slices.ContainsFunc(tg.pictures(tg.agent), func(c string) bool { return near(c, want) }) {
			return
		}
		_ = tg.s.Do(tg.t.Context(), "a", cobrowse.Keyframe{})
		time.Sleep(200 * time.Millisecond)
	}
	tg.t.Fatalf("the agent never gets a picture of %v", want)
}

// rounds is how often a page that rushes does it while agents are looked after.
const rounds = 150

// TestPagesThatRush: pages that go on to the next one, or change their address, as fast as they can. No rate of it shows what is hidden,
// or ends the session.
func TestPagesThatRush(t *testing.T) {
	for name, script := range map[string]string{
		"navigations": `location.replace('/rush?' + Math.random())`,
		"reloads":     `location.reload()`,
		"addresses":   `let n = 0; setInterval(() => { for (let i = 0; i < 20; i++) history.pushState(0, '', '/rush?' + n++); document.title = n; fetch('/round') }, 10)`,
		"frames":      `setInterval(() => { const f = document.createElement('iframe'); f.srcdoc = '<p class=secret style="position:fixed;inset:0;background:#0000c0">secret'; document.querySelector('iframe')?.remove(); document.body.append(f); fetch('/round') }, 20)`,
	} {
		t.Run(name, func(t *testing.T) {
			var done atomic.Int64
			rushed := make(chan struct{})
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				if r.URL.Path == "/rest" {
					fmt.Fprint(w, green)
					return
				}
				if done.Add(1) == rounds {
					close(rushed)
				}
				fmt.Fprint(w, bareSecret+`<style>iframe{position:fixed;inset:0;width:100%;height:100%;border:0}</style><script>`+script+`</script>`)
			}))
			t.Cleanup(s.Close)
			tg := share(t, testLauncher(t), hideSecrets, s.URL+"/rush")
			select {
			case <-rushed:
			case <-time.After(5 * time.Minute):
				t.Fatalf("only %d rounds", done.Load())
			}
			awaitPicture(tg, otherHost(s.URL)+"/rest", greenPixel)
			tg.never(bluePixel)
			tg.endsWell()
		})
	}
}

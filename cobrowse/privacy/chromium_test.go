package privacy

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"
)

// chromium is a real browser for these tests, spoken to over its pipe. Package browser has the product's; this one has no more
// than the cases need, so that a fault there cannot hide one here.
type chromium struct {
	t         testing.TB
	extension string // its folder
	out       io.Writer
	mu        sync.Mutex
	id        int
	wait      map[int]chan reply
	subs      map[string]func(event) // by session
	gone      chan struct{}          // closed when the browser has ended
}

var errGone = errors.New("chromium has ended")

type reply struct {
	Result json.RawMessage
	Error  *struct{ Message string }
}

type event struct {
	Method  string
	Session string `json:"sessionId"`
	Params  json.RawMessage
}

// nobody is who Chromium runs as when the tests run as root: its sandbox wants no root.
const nobody = 65534

// startChromium starts a browser, with the bundle's extension when there is one.
func startChromium(t testing.TB, bundle *Bundle) *chromium {
	t.Helper()
	bin, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("chromium is not installed: these tests look at real pages (apt-get install chromium)")
	}
	dir, err := os.MkdirTemp("", "privacy-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { removeAll(t, dir) })
	// No processes of their own for parts of Chromium's window that nobody sees.
	disabled := "--disable-features=InitialWebUI,PreloadTopChromeWebUI,WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIToolbarProcessOverheadExperiment"
	args := []string{
		"--headless=new", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--disable-default-apps", "--mute-audio", "--hide-scrollbars", "--disable-background-timer-throttling",
		"--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows", "--window-size=800,600",
		"--host-resolver-rules=MAP *.test 127.0.0.1,MAP *.test. 127.0.0.1", "--remote-debugging-pipe", "--user-data-dir=" + filepath.Join(dir, "profile"),
	}
	if bundle != nil {
		ext := filepath.Join(dir, "extension")
		writeExtension(t, ext, bundle)
		args = append(args, "--load-extension="+ext)
		disabled += ",DisableLoadExtensionCommandLineSwitch"
	}
	cmd := exec.Command(bin, append(args, disabled, "about:blank")...)
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir, "XDG_CACHE_HOME="+dir, "TMPDIR="+dir)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // one group, so that all of it ends with the test
	if os.Geteuid() == 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody, NoSetGroups: false}
		chownAll(t, dir)
	}
	c := pipeTo(t, cmd)
	c.extension = filepath.Join(dir, "extension")
	return c
}

// removeAll tries again for a moment: Chromium's other processes outlive the killed one by a little and may still write.
func removeAll(t testing.TB, dir string) {
	t.Helper()
	gone := time.Now().Add(time.Minute)
	for err := os.RemoveAll(dir); err != nil; err = os.RemoveAll(dir) {
		if time.Now().After(gone) {
			t.Errorf("Chromium's folder stays behind: %v", err)
			return
		}
	}
}

func chownAll(t testing.TB, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, nobody, nobody)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func writeExtension(t testing.TB, dir string, b *Bundle) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	manifest, err := json.Marshal(map[string]any{
		"manifest_version": 3, "name": b.WorldName, "version": "1", "permissions": b.Permissions, "host_permissions": []string{"<all_urls>"},
		"background": map[string]any{"service_worker": "sw.js"}, "content_scripts": b.ContentScripts,
	})
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"manifest.json": manifest}
	for name, data := range b.Files {
		files[name] = data
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func pipeTo(t testing.TB, cmd *exec.Cmd) *chromium {
	t.Helper()
	toR, toW, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	fromR, fromW, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.ExtraFiles = []*os.File{toR, fromW}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	_ = toR.Close()
	_ = fromW.Close()
	c := &chromium{t: t, out: toW, wait: map[int]chan reply{}, subs: map[string]func(event){}, gone: make(chan struct{})}
	go func() {
		defer close(c.gone)
		c.read(fromR)
	}()
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
		<-c.gone
		_ = toW.Close()
		_ = fromR.Close()
	})
	return c
}

func (c *chromium) read(r io.Reader) {
	in := bufio.NewReader(r)
	for {
		data, err := in.ReadBytes(0)
		if err != nil {
			return
		}
		var m struct {
			ID int
			reply
			event
		}
		if json.Unmarshal(data[:len(data)-1], &m) != nil {
			continue
		}
		c.mu.Lock()
		if ch := c.wait[m.ID]; ch != nil {
			ch <- m.reply
			delete(c.wait, m.ID)
		}
		hear := c.subs[m.Session]
		c.mu.Unlock()
		if m.ID == 0 && hear != nil {
			hear(m.event) // here, so that all sessions' events are taken in in their order, and before a later answer
		}
	}
}

// try sends a command and waits for its answer.
func (c *chromium) try(ctx context.Context, session, method string, params, result any) error {
	c.mu.Lock()
	c.id++
	id, ch := c.id, make(chan reply, 1)
	c.wait[id] = ch
	m := map[string]any{"id": id, "method": method}
	if params != nil {
		m["params"] = params
	}
	if session != "" {
		m["sessionId"] = session
	}
	data, err := json.Marshal(m)
	if err == nil {
		_, err = c.out.Write(append(data, 0))
	}
	c.mu.Unlock()
	if err != nil {
		return err
	}
	select {
	case r := <-ch:
		if r.Error != nil {
			return fmt.Errorf("%s: %s", method, r.Error.Message)
		}
		if result == nil {
			return nil
		}
		return json.Unmarshal(r.Result, result)
	case <-c.gone:
		return fmt.Errorf("%s: %w", method, errGone)
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", method, context.Cause(ctx))
	}
}

// page is one tab with its engine's worlds and every painted frame.
type page struct {
	*chromium
	ctx     context.Context
	session string
	target  string
	root    *page // the tab of a frame in another process; itself for a tab
	binding string

	state    sync.Mutex
	worlds   map[int]string // engine worlds of this session, by context id: frame id
	told     []Message
	frames   [][]byte        // PNG
	loaded   map[string]bool // documents that have loaded, by loader id
	children []*page
	changed  chan struct{} // closed and replaced when any of the above changed
}

// open opens a tab that is watched from its first document on. bundle is nil for a control run.
func (c *chromium) open(ctx context.Context, t testing.TB, bundle *Bundle) *page {
	t.Helper()
	var made struct{ TargetID string }
	if err := c.try(ctx, "", "Target.createTarget", map[string]any{"url": "about:blank"}, &made); err != nil {
		t.Fatal(err)
	}
	p := &page{chromium: c, ctx: ctx}
	if bundle != nil {
		p.binding = bundle.Binding
	}
	return p.attach(t, made.TargetID)
}

// attach returns a watched tab of the same browser, which it closes at the end of the test.
func (p *page) attach(t testing.TB, target string) *page {
	t.Helper()
	var attached struct{ SessionID string }
	if err := p.try(p.ctx, "", "Target.attachToTarget", map[string]any{"targetId": target, "flatten": true}, &attached); err != nil {
		t.Fatal(err)
	}
	tab := &page{chromium: p.chromium, ctx: p.ctx, target: target, binding: p.binding}
	tab.root = tab
	if err := tab.begin(attached.SessionID); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = tab.try(ctx, "", "Target.closeTarget", map[string]any{"targetId": target}, nil)
		tab.end()
	})
	return tab
}

func (p *page) begin(session string) error {
	p.session = session
	p.state.Lock()
	p.worlds, p.loaded, p.changed = map[int]string{}, map[string]bool{}, make(chan struct{})
	p.state.Unlock()
	p.mu.Lock()
	p.subs[session] = p.hear
	p.mu.Unlock()
	calls := []struct {
		method string
		params any
	}{
		{"Page.enable", nil},
		{"Page.setLifecycleEventsEnabled", map[string]any{"enabled": true}},
		{"Runtime.enable", nil},
		{"Target.setAutoAttach", map[string]any{"autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true}},
	}
	if p.binding != "" {
		calls = append(calls, struct {
			method string
			params any
		}{"Runtime.addBinding", map[string]any{"name": p.binding, "executionContextName": worldName}})
	}
	for _, call := range calls {
		if err := p.try(p.ctx, session, call.method, call.params, nil); err != nil {
			return err
		}
	}
	if p.root == p {
		return p.try(p.ctx, session, "Page.startScreencast", map[string]any{"format": "png"}, nil)
	}
	return nil
}

func (p *page) end() {
	p.mu.Lock()
	delete(p.subs, p.session)
	p.mu.Unlock()
	p.state.Lock()
	children := p.children
	p.state.Unlock()
	for _, child := range children {
		child.end()
	}
}

// hear takes in an event, and must not wait.
func (p *page) hear(e event) {
	p.on(e)
	p.state.Lock()
	close(p.changed)
	p.changed = make(chan struct{})
	p.state.Unlock()
	if p.root != p {
		p.root.state.Lock()
		close(p.root.changed)
		p.root.changed = make(chan struct{})
		p.root.state.Unlock()
	}
}

func (p *page) on(e event) {
	var v struct {
		Context struct {
			ID      int
			Name    string
			AuxData struct{ FrameID string }
		}
		ExecutionContextID int
		Name, Payload      string
		LoaderID           string
		Data               string
		SessionID          json.RawMessage
		TargetInfo         struct{ Type string }
	}
	if json.Unmarshal(e.Params, &v) != nil {
		return
	}
	p.state.Lock()
	defer p.state.Unlock()
	switch e.Method {
	case "Runtime.executionContextCreated":
		if v.Context.Name == worldName {
			p.worlds[v.Context.ID] = v.Context.AuxData.FrameID
		}
	case "Page.lifecycleEvent":
		if v.Name == "load" {
			p.loaded[v.LoaderID] = true
		}
	case "Runtime.executionContextDestroyed":
		delete(p.worlds, v.ExecutionContextID)
	case "Runtime.executionContextsCleared":
		clear(p.worlds)
	case "Runtime.bindingCalled":
		var m Message
		if v.Name == p.binding && json.Unmarshal([]byte(v.Payload), &m) == nil {
			p.told = append(p.told, m)
		}
	case "Page.screencastFrame":
		if png, err := base64.StdEncoding.DecodeString(v.Data); err == nil {
			p.frames = append(p.frames, png)
		}
		go func() {
			_ = p.try(p.ctx, p.session, "Page.screencastFrameAck", map[string]any{"sessionId": v.SessionID}, nil)
		}()
	case "Target.detachedFromTarget":
		var id string
		if json.Unmarshal(v.SessionID, &id) == nil {
			p.children = slices.DeleteFunc(p.children, func(c *page) bool { return c.session == id })
		}
	case "Target.attachedToTarget":
		var id string
		if json.Unmarshal(v.SessionID, &id) != nil {
			return
		}
		child := &page{chromium: p.chromium, ctx: p.ctx, root: p.root, binding: p.binding, session: id}
		p.children = append(p.children, child)
		go func() {
			if v.TargetInfo.Type == "iframe" {
				_ = child.begin(id)
			}
			_ = p.try(p.ctx, id, "Runtime.runIfWaitingForDebugger", nil, nil)
		}()
	}
}

// until waits for a condition on the tab's state, which is looked at after every event.
func (p *page) until(what string, cond func() bool) error {
	for {
		p.state.Lock()
		changed := p.changed
		p.state.Unlock()
		if cond() {
			return nil
		}
		select {
		case <-changed:
		case <-p.gone:
			return fmt.Errorf("waiting for %s: %w", what, errGone)
		case <-p.ctx.Done():
			return fmt.Errorf("waiting for %s: %w", what, context.Cause(p.ctx))
		}
	}
}

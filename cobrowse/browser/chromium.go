package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	protocol "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	jsonv2 "github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/privacy"
)

// startTimeout bounds a start on a busy machine.
const startTimeout = 30 * time.Second

// captureBinding is the function by which the capture page speaks to us.
const captureBinding = "__capture"

// chromium is one running Chromium with its extension and its capture page, not yet or no longer part of a Browser. Its events
// are kept until it is adopted.
type chromium struct {
	process *process
	conn    *conn
	root    session // the browser itself
	capture session // the capture page
	version string  // of Chromium
	bundle  *privacy.Bundle
	vault   *vault
	// The policy that was applied last and what was made of it; with Browser.ruling held.
	policy  cobrowse.Policy
	latest  *privacy.Bundle
	rules   rules // guarded by Browser.mu
	reading sync.WaitGroup

	mu     sync.Mutex
	queued []event
	sink   func(event) // set by adopt
}

// event is one DevTools event.
type event struct {
	session target.SessionID
	method  string
	params  jsonv2.Value
}

// attached is what the browser attaches to by itself: pages, before their first script runs, and shared workers where their requests
// count. Never the extension's service worker: while it is paused nothing would be masked.
func (c *chromium) attached() target.Filter {
	if len(c.policy.Requests) == 0 {
		return target.Filter{{Type: "page"}, {Exclude: true}}
	}
	return target.Filter{{Type: "page"}, {Type: "shared_worker"}, {Exclude: true}}
}

// start starts a Chromium for the spec up to the point where the encoder has been used once.
func (l *Launcher) start(ctx context.Context, spec Spec) (*chromium, error) {
	ctx, cancel := cobrowse.Patience(ctx, startTimeout)
	defer cancel()
	if err := l.Check(ctx); err != nil {
		return nil, err
	}
	bundle, err := privacy.Compile(spec.Policy)
	if err != nil {
		return nil, err
	}
	files, err := newVault(ctx)
	if err != nil {
		return nil, err
	}
	p, err := l.startProcess(spec, bundle)
	if err != nil {
		return nil, err
	}
	c := &chromium{process: p, bundle: bundle, latest: bundle, policy: spec.Policy, vault: files}
	c.conn = newConn(p.pipe, c.receive)
	c.root = session{conn: c.conn}
	c.reading.Go(func() { c.conn.read(context.WithoutCancel(ctx)) })
	if err := c.prepare(ctx); err != nil {
		return nil, errors.Join(startError(p, err), c.stop())
	}
	p.endCrashHandlers()
	return c, nil
}

// startProcess starts Chromium in a folder and as a user of its own.
func (l *Launcher) startProcess(spec Spec, bundle *privacy.Bundle) (*process, error) {
	uid, err := l.users.take(l.config.UID)
	if err != nil {
		return nil, err
	}
	dir, err := makeFolder(l.config.WorkDir, uid)
	if err != nil {
		l.users.giveBack(uid)
		return nil, err
	}
	if spec.RunsAs != nil {
		spec.RunsAs(uid)
	}
	err = writeExtension(filepath.Join(dir.path, "extension"), bundle)
	path, pathErr := exec.LookPath(l.config.ChromiumPath)
	var p *process
	if err = errors.Join(err, pathErr); err == nil {
		path, args := limited(l.config.SessionMemory, path, flags(dir.path, spec.ProxyAddr))
		p, err = startProcess(path, dir, args, uid)
	}
	if err != nil {
		l.users.giveBack(uid)
		return nil, errors.Join(err, dir.remove())
	}
	p.over = func() { l.users.giveBack(uid) }
	return p, nil
}

// prepare attaches to all pages that are and will be, and opens the capture page.
func (c *chromium) prepare(ctx context.Context) error {
	yes := true
	if _, err := cdp.Call(ctx, c.root, target.SetAutoAttach, target.SetAutoAttachParams{
		AutoAttach: true, WaitForDebuggerOnStart: true, Flatten: &yes, Filter: c.attached(),
	}); err != nil {
		return fmt.Errorf("auto attach: %w", err)
	}
	if err := c.allowDownloads(ctx); err != nil {
		return err
	}
	version, err := cdp.Call(ctx, c.root, protocol.GetVersion, cdp.Empty{})
	if err != nil {
		return fmt.Errorf("version: %w", err)
	}
	_, c.version, _ = strings.Cut(version.Product, "/")
	return c.openCapture(ctx)
}

// openCapture opens the hidden capture page and waits until it can be used.
func (c *chromium) openCapture(ctx context.Context) error {
	yes := true
	created, err := cdp.Call(ctx, c.root, target.CreateTarget, target.CreateTargetParams{URL: capturePage, Background: &yes, Hidden: &yes})
	if err != nil {
		return fmt.Errorf("capture page: %w", err)
	}
	attached, err := cdp.Call(ctx, c.root, target.AttachToTarget, target.AttachToTargetParams{TargetID: created.TargetID, Flatten: &yes})
	if err != nil {
		return fmt.Errorf("attach to the capture page: %w", err)
	}
	c.capture = session{conn: c.conn, id: attached.SessionID}
	if _, err := cdp.Call(ctx, c.capture, runtime.Enable, cdp.Empty{}); err != nil {
		return fmt.Errorf("capture page: %w", err)
	}
	if _, err := cdp.Call(ctx, c.capture, runtime.AddBinding, runtime.AddBindingParams{Name: captureBinding}); err != nil {
		return fmt.Errorf("capture binding: %w", err)
	}
	for {
		state, err := evaluate[string](ctx, c.capture, "", "location.protocol + typeof globalThis.capture")
		switch {
		case err == nil && strings.HasSuffix(state, "object"):
			return nil
		case err == nil && strings.HasPrefix(state, "chrome-error:"):
			return errors.New("this Chromium does not load the session's extension, without which nothing private could be hidden")
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-c.conn.lost:
			return errLost
		case <-time.After(10 * time.Millisecond): // the page is still loading
		}
	}
}

// receive is the conn's onEvent: it keeps events until somebody adopts this Chromium.
func (c *chromium) receive(id target.SessionID, method string, params jsonv2.Value) {
	ev := event{session: id, method: method, params: params}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sink != nil {
		c.sink(ev)
		return
	}
	c.queued = append(c.queued, ev)
}

// deliverTo hands all events so far and from now on to sink, in order.
func (c *chromium) deliverTo(sink func(event)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, ev := range c.queued {
		sink(ev)
	}
	c.queued = nil
	c.sink = sink
}

// alive tells whether the connection still stands.
func (c *chromium) alive() bool {
	select {
	case <-c.conn.lost:
		return false
	default:
		return true
	}
}

func (c *chromium) stop() error {
	err := c.process.stop()
	c.reading.Wait()
	return err
}

// evaluate runs an expression, in the world with that unique id or else in the page's own, and decodes its value. It awaits a promise.
func evaluate[T any](ctx context.Context, s session, world, expression string) (T, error) {
	var value T
	yes := true
	answer, err := cdp.Call(ctx, s, runtime.Evaluate, runtime.EvaluateParams{
		Expression: expression, UniqueContextID: world, ReturnByValue: &yes, AwaitPromise: &yes, Silent: &yes,
	})
	if err != nil {
		return value, err
	}
	if err := thrown(answer.ExceptionDetails); err != nil {
		return value, err
	}
	if answer.Result == nil || len(answer.Result.Value) == 0 {
		return value, nil
	}
	return value, json.Unmarshal(answer.Result.Value, &value)
}

// thrown is what an expression threw, nil for nothing.
func thrown(e *runtime.ExceptionDetails) error {
	switch {
	case e == nil:
		return nil
	case e.Exception != nil:
		return fmt.Errorf("%s: %s", e.Text, e.Exception.Description)
	}
	return errors.New(e.Text)
}

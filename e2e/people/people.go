// Package people gives tests the people who use the product: each one is a real Chromium of their own, with its own
// profile and its sandbox on, driven the way a person would (mouse, keyboard, screen).
package people

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// patience bounds every wait for something to appear. It is long because two cores carry five Chromiums in these tests.
const patience = 45 * time.Second

// Screen is the size of a person's window.
type Screen struct {
	Width, Height int64
	Phone         bool
}

var (
	Desktop = Screen{Width: 1280, Height: 800}
	Phone   = Screen{Width: 390, Height: 844, Phone: true}
)

// Person is somebody in front of a browser, or one frame of theirs (see Frame). Every failure ends the test.
type Person struct {
	Name string
	t    testing.TB
	ctx  context.Context
	// profile is the person's own one in a shared Chromium.
	profile cdp.BrowserContextID
	// top is the page that holds this frame; input and screenshots go there. It is the person themself when not a frame.
	top *Person
	// element is the CSS selector of the frame's iframe in top.
	element string
}

// New gives somebody a Chromium until the test ends: one that is shared (see Main), or with more options one of their own.
func New(t testing.TB, name string, screen Screen, more ...chromedp.ExecAllocatorOption) *Person {
	t.Helper()
	p := &Person{Name: name, t: t}
	p.top = p
	if shared.on && len(more) == 0 {
		p.moveIn()
	} else {
		more = append(append(more, personFlags...), chromedp.WindowSize(int(screen.Width), int(screen.Height)))
		p.ctx = Start(t, "person-"+strings.ReplaceAll(name, " ", "-"), more...).Context
	}
	p.Fit(screen)
	p.profile = chromedp.FromContext(p.ctx).BrowserContextID
	return p
}

// Fit gives the page the size of a screen, as that of a new tab is smaller by the browser's own bars. A person's first one starts
// their browser.
func (p *Person) Fit(screen Screen) {
	p.t.Helper()
	emulate := []chromedp.EmulateViewportOption{}
	if screen.Phone {
		emulate = append(emulate, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	p.must("give the page its size", begin(p.ctx, patience, chromedp.EmulateViewport(screen.Width, screen.Height, emulate...)))
}

func (p *Person) must(what string, err error) {
	p.t.Helper()
	if err != nil {
		p.Shot("failed")
		p.t.Fatalf("%s: %s: %v", p.Name, what, err)
	}
}

func (p *Person) patient() (context.Context, context.CancelFunc) {
	return context.WithTimeout(p.ctx, patience)
}

// Open goes to an address and waits until it has loaded.
func (p *Person) Open(url string) {
	p.t.Helper()
	ctx, cancel := p.patient()
	defer cancel()
	p.must("open the page", chromedp.Do(ctx, chromedp.Navigate(url)))
}

// Reload loads the page anew, as F5 does.
func (p *Person) Reload() {
	p.t.Helper()
	ctx, cancel := p.patient()
	defer cancel()
	p.must("reload", chromedp.Do(ctx, chromedp.Reload()))
}

// Frame waits for the cross-site frame in the iframe that matches element, once its address starts with prefix.
func (p *Person) Frame(prefix, element string) *Person {
	p.t.Helper()
	ctx, cancel := p.patient()
	defer cancel()
	p.See(element)
	for {
		// An iframe that is being replaced still has a target: only the frame of the element that is shown now counts.
		id, err := p.frameID(ctx, element)
		if err != nil && (ctx.Err() != nil || !documentGone(err)) {
			p.must("find the frame "+prefix, err)
		}
		infos, err := chromedp.Targets(ctx)
		p.must("find the frame "+prefix, err)
		for _, info := range infos {
			if string(info.TargetID) != string(id) || !strings.HasPrefix(info.URL, prefix) {
				continue
			}
			// A frame that goes while we join it may leave us without an answer: then the next one is looked for.
			if joined, err := p.join(info.TargetID, patience/3); err == nil {
				return &Person{Name: p.Name + "'s frame", t: p.t, top: p, element: element, ctx: joined}
			}
		}
		select {
		case <-time.After(30 * time.Millisecond):
		case <-ctx.Done():
			p.must("find the frame "+prefix, ctx.Err())
		}
	}
}

func (p *Person) frameID(ctx context.Context, element string) (cdp.FrameID, error) {
	return chromedp.Run(ctx, func(ctx context.Context, t *chromedp.Target) (cdp.FrameID, error) {
		found, err := cdp.Call(ctx, t, runtime.Evaluate, runtime.EvaluateParams{Expression: fmt.Sprintf("%s(%q)", visible, element)})
		if err != nil || found.Result.ObjectID == "" {
			return "", err
		}
		described, err := cdp.Call(ctx, t, dom.DescribeNode, dom.DescribeNodeParams{ObjectID: found.Result.ObjectID})
		if err != nil {
			return "", err
		}
		return described.Node.FrameID, nil
	})
}

// join attaches to a target until the test ends.
func (p *Person) join(id target.ID, within time.Duration) (context.Context, error) {
	ctx, leave := chromedp.NewContext(p.ctx, chromedp.WithTargetID(id), chromedp.WithDetachOnCancel())
	if err := begin(ctx, within); err != nil {
		leave()
		return nil, err
	}
	p.t.Cleanup(leave)
	return ctx, nil
}

// begin is a context's first run. That cannot have a deadline of its own, with which the target's session would end; and a target
// that goes meanwhile never answers.
func begin(ctx context.Context, within time.Duration, steps ...chromedp.Action[chromedp.Void]) error {
	done := make(chan error, 1)
	go func() { done <- chromedp.Do(ctx, steps...) }()
	select {
	case err := <-done:
		return err
	case <-time.After(within):
		return context.DeadlineExceeded
	}
}

// Eval runs an expression (promises are awaited) and returns its JSON value.
func Eval[T any](p *Person, expression string) T {
	p.t.Helper()
	ctx, cancel := p.patient()
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	p.must("evaluate "+short(expression), err)
	return v
}

// Until waits for an expression to be truthy, looking every 30 milliseconds.
func (p *Person) Until(what, expression string) {
	p.t.Helper()
	patiently[bool](p, what, "("+expression+") && true")
}

// patiently waits for an expression to be truthy (promises are awaited), also over documents that come and go, and returns what it then is:
// who looks first and asks then may ask about something that has been replaced meanwhile.
func patiently[T any](p *Person, what, expression string) T {
	p.t.Helper()
	ctx, cancel := p.patient()
	defer cancel()
	wait := fmt.Sprintf(`new Promise((done) => { const look = async () => { try { const is = await (%s); if (is) return done(is) } catch {} setTimeout(look, 30) }; look() })`, expression)
	for {
		v, err := chromedp.Run(ctx, chromedp.Evaluate[T](wait, chromedp.EvalAwaitPromise))
		if err != nil && ctx.Err() == nil && documentGone(err) {
			continue // the page went on to its next document while we looked
		}
		if err != nil {
			p.Shot("waited in vain")
		}
		p.must("wait until "+what, err)
		return v
	}
}

func documentGone(err error) bool {
	text := err.Error()
	return strings.Contains(text, "navigated or closed") || strings.Contains(text, "context was destroyed") || strings.Contains(text, "Cannot find context")
}

// visible finds the first shown element that matches, through open shadow roots and frames of the page's own origin.
const visible = `((sel) => {
  const shown = (e) => { const r = e.getBoundingClientRect(); return r.width > 0 && r.height > 0 && getComputedStyle(e).visibility !== 'hidden' };
  const find = (root) => {
    for (const e of root.querySelectorAll(sel)) if (shown(e)) return e;
    for (const e of root.querySelectorAll('*')) {
      const within = e.shadowRoot ?? (e.tagName === 'IFRAME' && shown(e) ? e.contentDocument : null);
      const f = within && find(within);
      if (f) return f;
    }
    return null;
  };
  return find(document);
})`

// See waits until something that matches the selector is shown.
func (p *Person) See(selector string) {
	p.t.Helper()
	p.Until(selector+" is shown", fmt.Sprintf("%s(%q)", visible, selector))
}

// Gone waits until nothing that matches the selector is shown.
func (p *Person) Gone(selector string) {
	p.t.Helper()
	p.Until(selector+" is gone", fmt.Sprintf("!%s(%q)", visible, selector))
}

// Reads waits until the first shown match contains text.
func (p *Person) Reads(selector, text string) {
	p.t.Helper()
	p.Until(fmt.Sprintf("%s reads %q", selector, text), fmt.Sprintf("(%s(%q)?.innerText ?? '').includes(%q)", visible, selector, text))
}

// Text returns what the first shown match says.
func (p *Person) Text(selector string) string {
	p.t.Helper()
	return patiently[struct{ Text string }](p, selector+" is shown", fmt.Sprintf("{Text: %s(%q).innerText}", visible, selector)).Text
}

// labelled finds the first shown control whose accessible name or text is, or begins with, the label.
const labelled = `((label) => {
  const shown = (e) => { const r = e.getBoundingClientRect(); return r.width > 0 && r.height > 0 && getComputedStyle(e).visibility !== 'hidden' };
  const controls = 'button, a[href], [role=button], [role=tab], [role=option], [role=radio], [role=menuitem], input[type=submit], label, summary, fluent-button, fluent-tab, fluent-radio, fluent-field';
  const names = (e) => [e.getAttribute('aria-label'), e.innerText, e.value, e.title].filter((n) => typeof n === 'string').map((n) => n.trim());
  const find = (root, fits) => {
    for (const e of root.querySelectorAll(controls)) if (shown(e) && !e.disabled && names(e).some(fits)) return e;
    for (const e of root.querySelectorAll('*')) {
      const within = e.shadowRoot ?? (e.tagName === 'IFRAME' && shown(e) ? e.contentDocument : null);
      const f = within && find(within, fits);
      if (f) return f;
    }
    return null;
  };
  return find(document, (n) => n === label) ?? find(document, (n) => n.startsWith(label)) ?? find(document, (n) => n.includes(label));
})`

// Press clicks the control that is labelled so.
func (p *Person) Press(label string) {
	p.t.Helper()
	x, y := p.rect(fmt.Sprintf("there is %q to press", label), fmt.Sprintf("%s(%q)", labelled, label)).Center()
	p.ClickAt(x, y)
}

// Hears waits until the page says text anywhere, also inside open shadow roots.
func (p *Person) Hears(text string) {
	p.t.Helper()
	p.Until(fmt.Sprintf("the page says %q", text), fmt.Sprintf(`((text) => {
  const says = (root) => (root.body ?? root).innerText?.includes(text) || [...root.querySelectorAll('*')].some((e) => e.shadowRoot && ([...e.shadowRoot.children].some((c) => c.innerText?.includes(text)) || says(e.shadowRoot)));
  return says(document);
})(%q)`, text))
}

// Rect is a rectangle in CSS pixels of the person's window.
type Rect struct{ X, Y, W, H float64 }

// Center returns its middle.
func (r Rect) Center() (x, y float64) { return r.X + r.W/2, r.Y + r.H/2 }

// Rect returns where the first shown match is, in the coordinates of the person's window.
func (p *Person) Rect(selector string) Rect {
	p.t.Helper()
	return p.rect(selector+" is shown", fmt.Sprintf("%s(%q)", visible, selector))
}

// rect is where an element comes to rest: who presses what still moves, such as a dialog on its way in, presses beside it. What is replaced
// on the way is looked for anew, and what has no animation moves too, as when a picture above it gets its size: it rests where it is found twice.
func (p *Person) rect(what, element string) Rect {
	p.t.Helper()
	r := patiently[Rect](p, what, fmt.Sprintf(`(async () => {
  const e = %s, pause = () => new Promise((go) => setTimeout(go, 30));
  for (let n = e; n; n = n.assignedSlot ?? n.parentElement ?? n.getRootNode().host)
    for (const a of n.getAnimations()) if (a.playState === 'running' && a.effect.getComputedTiming().endTime !== Infinity) await a.finished.catch(() => null);
  e.scrollIntoView({block: 'nearest'});
  const place = () => { const r = e.getBoundingClientRect(), at = {X: r.x, Y: r.y, W: r.width, H: r.height};
    for (let w = e.ownerDocument.defaultView; w !== window; w = w.parent) { const f = w.frameElement.getBoundingClientRect(); at.X += f.x; at.Y += f.y }
    return at };
  const before = JSON.stringify(place());
  await pause();
  const at = place();
  return e.isConnected && at.W > 0 && JSON.stringify(at) === before && at })()`, element))
	if p.top != p {
		frame := p.top.Rect(p.element)
		r.X += frame.X
		r.Y += frame.Y
	}
	return r
}

// Place returns where the first match stands in its document, and scrolls nothing.
func (p *Person) Place(selector string) Rect {
	p.t.Helper()
	return patiently[Rect](p, selector+" is shown", fmt.Sprintf(`(() => { const r = %s(%q).getBoundingClientRect(); return {X: r.x + scrollX, Y: r.y + scrollY, W: r.width, H: r.height} })()`, visible, selector))
}

// Click presses the first shown match with the mouse.
func (p *Person) Click(selector string) {
	p.t.Helper()
	x, y := p.Rect(selector).Center()
	p.ClickAt(x, y)
}

// ClickAt presses the mouse at a place of the window.
func (p *Person) ClickAt(x, y float64) {
	p.t.Helper()
	p.MoveTo(x, y)
	p.mouse(input.DispatchMouseEventTypeMousePressed, x, y, 1)
	p.mouse(input.DispatchMouseEventTypeMouseReleased, x, y, 0)
}

// Type types text into whatever has the focus, key by key; \r is Enter, \t is Tab, \x1b is Escape. One event per press carries key and character,
// as from a keyboard: a page that keeps the key to itself also keeps the character.
func (p *Person) Type(text string) {
	p.t.Helper()
	for _, r := range text {
		key := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: string(r), Text: string(r), WindowsVirtualKeyCode: int64(unicode.ToUpper(r))}
		switch r {
		case '\r':
			key.Key, key.Code = "Enter", "Enter"
		case '\t':
			key.Key, key.Code, key.Text = "Tab", "Tab", ""
		case '\x1b':
			key.Key, key.Code, key.Text = "Escape", "Escape", ""
		case ' ':
			key.Code = "Space"
		default:
			switch {
			case r >= '0' && r <= '9':
				key.Code = "Digit" + string(r)
			case unicode.IsLetter(r) && r < unicode.MaxASCII:
				key.Code = "Key" + string(unicode.ToUpper(r))
			default:
				key.WindowsVirtualKeyCode = 0
			}
		}
		up := key
		up.Type, up.Text = input.DispatchKeyEventTypeKeyUp, ""
		p.top.call(func(ctx context.Context, s cdp.Session) error {
			if _, err := cdp.Call(ctx, s, input.DispatchKeyEvent, key); err != nil {
				return err
			}
			_, err := cdp.Call(ctx, s, input.DispatchKeyEvent, up)
			return err
		}, "type")
	}
}

// Compose lets an input method show what it makes, one after the other, and then type the last.
func (p *Person) Compose(steps ...string) {
	p.t.Helper()
	last := len(steps) - 1
	for _, text := range steps[:last] {
		end := int64(len([]rune(text)))
		p.top.call(func(ctx context.Context, s cdp.Session) error {
			_, err := cdp.Call(ctx, s, input.ImeSetComposition, input.ImeSetCompositionParams{Text: text, SelectionStart: end, SelectionEnd: end})
			return err
		}, "compose")
	}
	p.top.call(func(ctx context.Context, s cdp.Session) error {
		_, err := cdp.Call(ctx, s, input.InsertText, input.InsertTextParams{Text: steps[last]})
		return err
	}, "type what was composed")
}

// Fill clicks a field and types into it. One that moved at that moment, as when something above it grew, is clicked again: its owner sees
// that it has no focus.
func (p *Person) Fill(selector, text string) {
	p.t.Helper()
	for range 3 {
		p.Click(selector)
		if Eval[bool](p, fmt.Sprintf(`%s(%q)?.matches(':focus, :focus-within') === true`, visible, selector)) {
			break
		}
	}
	p.Type(text)
}

func (p *Person) call(f func(context.Context, cdp.Session) error, what string) {
	p.t.Helper()
	ctx, cancel := p.patient()
	defer cancel()
	_, err := chromedp.Run(ctx, func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		return chromedp.Void{}, f(ctx, t)
	})
	p.must(what, err)
}

// Shot saves what the person sees, when COBROWSE_SHOTS names a folder.
func (p *Person) Shot(name string) {
	dir := os.Getenv("COBROWSE_SHOTS")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(p.top.ctx, 10*time.Second)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Logf("%s: screenshot %s: %v", p.Name, name, err)
		return
	}
	file := filepath.Join(dir, fmt.Sprintf("%s-%s.png", strings.ReplaceAll(p.top.Name, " ", "-"), name))
	if err := os.WriteFile(file, png, 0o600); err != nil {
		p.t.Logf("screenshot: %v", err)
	}
}

// JPEG is what the person sees, as a file.
func (p *Person) JPEG() []byte {
	p.t.Helper()
	var jpeg []byte
	p.top.call(func(ctx context.Context, s cdp.Session) error {
		res, err := cdp.Call(ctx, s, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatJpeg})
		jpeg = res.Data
		return err
	}, "take a picture")
	return jpeg
}

// BeforeEveryPage runs script in each document of this person before the page's own.
func (p *Person) BeforeEveryPage(script string) {
	p.t.Helper()
	p.call(func(ctx context.Context, s cdp.Session) error {
		_, err := cdp.Call(ctx, s, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script})
		return err
	}, "prepare the page")
}

func short(s string) string {
	if len(s) > 80 {
		return s[:80] + "…"
	}
	return s
}

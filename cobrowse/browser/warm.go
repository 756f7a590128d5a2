package browser

import (
	"context"
	"errors"
	"time"
)

// readyTime is how long a warm browser may take to answer before another one is taken in its place.
const readyTime = time.Second

// Warm is a started browser that waits for its session, with an encoder that has been used once. The privacy scripts are part of its
// extension, so it fits sessions with the policy and the proxy that it was started with. Whoever has it launches one with it or closes it.
type Warm struct {
	Since    time.Time // when it was ready
	launcher *Launcher
	spec     Spec
	chrome   *chromium
}

// Warm starts a browser for a later session; spec.Session may be empty.
func (l *Launcher) Warm(ctx context.Context, spec Spec) (*Warm, error) {
	chrome, err := l.start(ctx, spec)
	if err != nil {
		return nil, err
	}
	return &Warm{time.Now(), l, spec, chrome}, nil
}

// Launch gives it to a session, which must Close it. ctx limits the start only.
func (w *Warm) Launch(ctx context.Context, session string) (*Browser, error) {
	w.spec.Session = session
	b := newBrowser(w.launcher, w.spec)
	if err := b.adopt(ctx, w.chrome); err != nil {
		return nil, errors.Join(err, b.Close(context.WithoutCancel(ctx)))
	}
	return b, nil
}

// Answers tells whether the browser is there and answers at once.
func (w *Warm) Answers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, readyTime)
	defer cancel()
	ready, err := evaluate[bool](ctx, w.chrome.capture, "", "typeof globalThis.capture === 'object'")
	return err == nil && ready && w.chrome.alive()
}

// Close ends it and removes its profile.
func (w *Warm) Close() error { return w.chrome.stop() }

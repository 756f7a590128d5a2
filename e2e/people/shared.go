package people

import (
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// A start of Chromium costs a second of a processor. So who leaves leaves theirs to the next person, who has a profile of their own in it
// (a browser context): cookies, storage, caches and windows of before are gone.
var shared struct {
	sync.Mutex
	on        bool
	all, free []Browser
}

// Main runs a package's tests, in which people take Chromiums over from each other, and ends those. Without it each has one of their own.
func Main(m *testing.M) int {
	shared.on = true
	code := m.Run()
	for _, b := range shared.all {
		b.Stop()
	}
	return code
}

// takeOver returns a Chromium that nobody uses, or starts one.
func takeOver(t testing.TB) Browser {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if last := len(shared.free) - 1; last >= 0 {
		b := shared.free[last]
		shared.free = shared.free[:last]
		return b
	}
	b, err := start("people", personFlags...)
	if err != nil {
		t.Fatal(err)
	}
	shared.all = append(shared.all, b)
	return b
}

// moveIn opens a window with a profile of its own in a shared Chromium, until the test ends.
func (p *Person) moveIn() {
	p.t.Helper()
	b := takeOver(p.t)
	if err := begin(b.Context, patience); err != nil {
		p.t.Fatalf("%s: start a browser: %v", p.Name, err)
	}
	ctx, _ := chromedp.NewContext(b.Context, chromedp.WithNewBrowserContext())
	p.ctx = ctx
	p.t.Cleanup(func() {
		left := make(chan error, 1)
		go func() { left <- chromedp.Cancel(ctx) }()
		var err error
		select {
		case err = <-left:
		case <-time.After(patience):
			err = os.ErrDeadlineExceeded
		}
		shared.Lock()
		defer shared.Unlock()
		if err == nil && !p.t.Failed() {
			shared.free = append(shared.free, b)
			return
		}
		shared.all = slices.DeleteFunc(shared.all, func(o Browser) bool { return o.Profile == b.Profile })
		b.Stop()
	})
}

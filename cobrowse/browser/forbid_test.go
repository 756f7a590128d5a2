package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/privacy"
)

// TestForbiddenElsewhere: what a hidden field holds is hidden in a frame of another origin, too.
func TestForbiddenElsewhere(t *testing.T) {
	other := site(t, map[string]string{"/shows": `<p id=y></p><script>onmessage = e => y.textContent = e.data</script>`})
	s := site(t, map[string]string{"/": red + `<input id=x type=password value=hunter22><iframe id=g src="` + otherHost(other.URL) + `/shows"></iframe>` +
		`<script>setInterval(() => g.contentWindow.postMessage(x.value, '*'), 100)</script>`})
	r := launch(t, Spec{Session: "forbidden", Policy: privacy.Defaults()})
	sub := r.Hub().Subscribe(true)
	defer sub.Close()
	if _, err := r.Open(t.Context(), s.URL); err != nil {
		t.Fatal(err)
	}
	awaitColour(t, r, sub, redPixel)
	await(r, "a marked echo", func(e cobrowse.LayerEvent) bool {
		for _, item := range e.Layer.Items {
			if item.Reason == "echo" {
				return true
			}
		}
		return false
	})
}

// TestManyFramesAreToldOnce: what many documents say at once goes out to each of them in one word.
func TestManyFramesAreToldOnce(t *testing.T) {
	const many = 200
	pipe := &answering{told: make(chan string, many*many), answers: make(chan *cdproto.Message, many*many), closed: make(chan struct{})}
	chrome := &chromium{conn: newConn(pipe, nil)}
	chrome.reading.Go(func() { chrome.conn.read(context.WithoutCancel(t.Context())) })
	defer chrome.reading.Wait()
	defer close(pipe.closed)
	b := newBrowser(New(Config{}), Spec{})
	p := newPage(chrome, "main", session{conn: chrome.conn, id: "s"})
	b.mu.Lock()
	b.chrome, b.sessions["s"] = chrome, p
	for i := range many {
		id := cdp.FrameID(fmt.Sprint(i))
		p.frames[id] = &frame{id: id, session: p.session, world: fmt.Sprint("w", i)}
	}
	for i := range many {
		b.forbids(p.frames[cdp.FrameID(fmt.Sprint(i))], []string{fmt.Sprintf("value%04d", i), "shared"})
	}
	b.mu.Unlock()
	worlds := map[string]bool{}
	for range many {
		var told struct{ Expression, UniqueContextID string }
		if err := json.Unmarshal([]byte(<-pipe.told), &told); err != nil {
			t.Fatal(err)
		}
		worlds[told.UniqueContextID] = true
		if got := strings.Count(told.Expression, "value"); got != many-1 || !strings.Contains(told.Expression, "shared") {
			t.Errorf("%s was told %d values", told.UniqueContextID, got)
		}
	}
	if len(worlds) != many {
		t.Errorf("%d of %d were told", len(worlds), many)
	}
	b.mu.Lock()
	b.chrome = nil // there is nothing to stop
	b.mu.Unlock()
	if err := b.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if more := len(pipe.told); more > 0 {
		t.Errorf("%d more words", more)
	}
}

package browser

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/chromedp/cdproto/runtime"
)

// What a hidden field of one document holds must not show in another one either. Documents of one origin tell each other; the functions
// of this file tell all the others of the session.

const (
	// mostForbidden bounds what one document is told, and what is taken from it.
	mostForbidden = 300
	// forbidRest is the least time between two rounds in which documents are told. Where a page has very many documents, or changes its
	// fields all the time, the rounds take a fifth of the time at most.
	forbidRest = 20 * time.Millisecond
)

// forbids takes in what f's fields hold, to be passed on. Caller holds mu.
func (b *Browser) forbids(f *frame, values []string) {
	f.forbids = values[:min(len(values), mostForbidden)]
	slices.Sort(f.forbids)
	wake(b.wakeForbid)
}

// forbidLoop passes on what fields hold.
func (b *Browser) forbidLoop() {
	for {
		select {
		case <-b.ctx.Done():
			return
		case <-b.wakeForbid:
		}
		began := time.Now()
		b.mu.Lock()
		news := b.forbiddenNews()
		b.mu.Unlock()
		for _, n := range news {
			b.logError("forbid", n.say())
		}
		select {
		case <-b.ctx.Done():
			return
		case <-time.After(max(forbidRest, 4*time.Since(began))):
		}
	}
}

// forbiddenNews is what documents do not know yet of what all others hold. Caller holds mu.
func (b *Browser) forbiddenNews() []forbiddenNote {
	var news []forbiddenNote
	var frames []*frame
	holders := map[string]int{} // by value
	if b.chrome == nil {
		return nil
	}
	for _, p := range b.pagesOf(b.chrome) {
		for _, f := range p.frames {
			frames = append(frames, f)
			for _, v := range f.forbids {
				holders[v]++
			}
		}
	}
	all := make([]string, 0, len(holders))
	for v := range holders {
		all = append(all, v)
	}
	slices.Sort(all)
	for _, f := range frames {
		theirs := othersOf(f, all, holders)
		if f.world != "" && !slices.Equal(theirs, f.forbidden) {
			f.forbidden = theirs
			news = append(news, forbiddenNote{f.session, f.world, theirs})
		}
	}
	return news
}

// othersOf are the first of all values, but for those that f alone holds.
func othersOf(f *frame, all []string, holders map[string]int) []string {
	if len(f.forbids) == 0 {
		return all[:min(len(all), mostForbidden)]
	}
	theirs := make([]string, 0, min(len(all), mostForbidden))
	for _, v := range all {
		if len(theirs) == mostForbidden {
			break
		}
		if _, own := slices.BinarySearch(f.forbids, v); !own || holders[v] > 1 {
			theirs = append(theirs, v)
		}
	}
	return theirs
}

// forbiddenNote is what the world of one document must hear.
type forbiddenNote struct {
	session session
	world   string
	values  []string
}

// say sends it without waiting: one goroutine sends them all, so what a world hears last is what is true.
func (n forbiddenNote) say() error {
	list, err := json.Marshal(n.values)
	if err != nil {
		return err
	}
	yes := true
	_, err = n.session.begin(runtime.CommandEvaluate, runtime.EvaluateParams{
		Expression: fmt.Sprintf(`void globalThis.__cobrowse?.alsoHide("session",%s)`, list), UniqueContextID: n.world, Silent: &yes,
	})
	return err
}

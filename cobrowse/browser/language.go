package browser

import (
	"context"
	"errors"
	"strings"

	"github.com/chromedp/cdproto/emulation"
)

// SetLanguage implements cobrowse.Browser. It is no flag of Chromium's: that one was started before anybody knew for whom.
func (b *Browser) SetLanguage(ctx context.Context, tag string) error {
	b.mu.Lock()
	b.language = tag // pages to come have it from their beginning, also in a Chromium that is being started
	var told []session
	for id, p := range b.sessions {
		if !p.worker {
			told = append(told, session{conn: p.chrome.conn, id: id})
		}
	}
	b.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	var failed error
	for _, s := range told {
		var sent batch
		err := sent.send(s, speak(tag))
		if err == nil {
			err = sent.wait(ctx)
		}
		if !isTimeout(err) { // as with the size: what a page on its way was told, it does
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// speak tells a page or a frame which language to ask for, and what its scripts take for the person's. The name of the browser stays.
func speak(tag string) []command {
	if tag == "" {
		return nil
	}
	accept := tag
	if base, _, narrower := strings.Cut(tag, "-"); narrower {
		accept += "," + base
	}
	return []command{{emulation.CommandSetUserAgentOverride, emulation.SetUserAgentOverrideParams{AcceptLanguage: accept}}}
}

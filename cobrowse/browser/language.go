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
	b.mu.Unlock()
	return b.tellAll(ctx)
}

// tellAll tells all pages and frames what to say of the person.
func (b *Browser) tellAll(ctx context.Context) error {
	b.mu.Lock()
	say := b.aboutPerson()
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
		err := sent.send(s, []command{{emulation.CommandSetUserAgentOverride, say}})
		if err == nil {
			err = sent.wait(ctx)
		}
		if !isTimeout(err) { // as with the size: what a page on its way was told, it does
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// introduced are the commands for a new page or frame; none where there is nothing to say. Caller holds mu.
func (b *Browser) introduced() []command {
	if b.language == "" && !b.saysPhone() {
		return nil
	}
	return []command{{emulation.CommandSetUserAgentOverride, b.aboutPerson()}}
}

// aboutPerson is what sites hear of the person's language and device, and what their scripts take for it. An empty name of the browser
// leaves Chromium's own. Caller holds mu.
func (b *Browser) aboutPerson() emulation.SetUserAgentOverrideParams {
	var say emulation.SetUserAgentOverrideParams
	if b.saysPhone() {
		say = phoneAgent(b.chrome.version)
	}
	say.AcceptLanguage = b.language
	if base, _, narrower := strings.Cut(b.language, "-"); narrower {
		say.AcceptLanguage += "," + base
	}
	return say
}

package browser

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"cobrowse-connector/cobrowse"
)

// plainPage empties the page in which Chromium would explain an error in its own words; people read the notice beside the picture. It
// looks where it is: the page that people want may have come meanwhile.
const plainPage = `if (location.protocol === 'chrome-error:') {
	document.documentElement.replaceChildren();
	document.documentElement.style.background = '#f4f5f7';
}`

// pageFailed tells why a page could not be shown.
func (b *Browser) pageFailed(p *page, id cobrowse.TabID, address string) {
	code := b.failureCode(b.errorName(p), address)
	ctx, cancel := context.WithTimeout(b.ctx, callTimeout)
	defer cancel()
	_, err := evaluate[any](ctx, p.session, "", plainPage)
	b.logError("plain page", err)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.emit(cobrowse.PageFailedEvent{Tab: id, URL: address, Code: code})
}

// nameOfError is what the error page says, "none" when it is there and does not say, and "" while it may still say it.
const nameOfError = `globalThis.loadTimeDataRaw?.errorCode ?? (location.protocol !== 'chrome-error:' || document.readyState === 'complete' ? 'none' : '')`

// errorName reads the name of the failure from Chromium's error page, "none" when it does not say, as where a password is asked for.
func (b *Browser) errorName(p *page) string {
	ctx, cancel := context.WithTimeout(b.ctx, errorPageTime)
	defer cancel()
	for {
		name, err := evaluate[string](ctx, p.session, "", nameOfError)
		if err == nil && name != "" {
			return name
		}
		select {
		case <-ctx.Done():
			return ""
		case <-time.After(20 * time.Millisecond): // its script has not run yet
		}
	}
}

// errorPageTime is how long Chromium's error page may take to say what happened, on a machine that is busy, too.
const errorPageTime = 10 * time.Second

// failureCode sorts Chromium's error names into the few that people can do something about.
func (b *Browser) failureCode(name, address string) string {
	for _, known := range []struct{ part, code string }{
		{"NAME_NOT_RESOLVED", "dns"}, {"NAME_RESOLUTION", "dns"}, {"TIMED_OUT", "timeout"}, {"CERT", "tls"}, {"SSL", "tls"},
		{"TOO_MANY_REDIRECTS", "redirects"}, {"BLOCKED", "refused"}, {"UNSAFE_PORT", "refused"}, {"DISALLOWED", "refused"},
	} {
		if strings.Contains(name, known.part) {
			return known.code
		}
	}
	if strings.Contains(name, "TUNNEL_CONNECTION_FAILED") {
		return b.tunnelFailure(address)
	}
	return "failed"
}

// tunnelTime is how long the proxy may take to say once more why there is no tunnel.
const tunnelTime = 2 * time.Second

// tunnelFailure asks the proxy why it opens no tunnel to an address: Chromium keeps that from everybody.
func (b *Browser) tunnelFailure(address string) string {
	ctx, cancel := context.WithTimeout(b.ctx, tunnelTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodHead, address, nil)
	if err != nil {
		return "failed"
	}
	transport := &http.Transport{
		Proxy:                  http.ProxyURL(&url.URL{Scheme: "http", Host: b.spec.ProxyAddr}),
		OnProxyConnectResponse: func(_ context.Context, _ *url.URL, _ *http.Request, answer *http.Response) error { return why(answer) },
	}
	answer, err := transport.RoundTrip(request)
	if err == nil {
		_ = answer.Body.Close()
	}
	var said tunnelError
	switch {
	case errors.As(err, &said):
		return string(said)
	case ctx.Err() != nil:
		return "timeout"
	}
	return "failed"
}

// tunnelError is the code of what a proxy said about a tunnel.
type tunnelError string

func (e tunnelError) Error() string { return "no tunnel: " + string(e) }

// why is an error also where the tunnel opens by now: the site itself is asked for nothing.
func why(answer *http.Response) error {
	if answer.Header.Get("X-Cobrowse-Refused") != "" {
		return tunnelError("refused")
	}
	return tunnelError(cmp.Or(answer.Header.Get("X-Cobrowse-Failed"), "failed"))
}

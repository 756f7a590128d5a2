package browser

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/target"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/privacy"
)

// Policy.Requests: a request that a rule names fails while the agent acts, whatever in the page sends it. Where there is such a rule,
// every request of pages, frames and workers waits for a word from here; where there is none, documents do. A rule for links counts here for
// documents: the guard in a page does not see where a redirect goes, and knows of an agent's hand only a moment after the page begins.

// requestRule is a RequestRule that has been read.
type requestRule struct {
	id, method string
	address    cobrowse.Address
}

// requestRules are in the order of the policy. A pattern that cannot be read is like every address.
func requestRules(rules []cobrowse.RequestRule) []requestRule {
	var all []requestRule
	for _, r := range rules {
		all = append(all, requestRule{r.ID, strings.ToUpper(r.Method), cobrowse.AddressOrAll(r.URL)})
	}
	return all
}

// harmless are the methods by which nothing is done.
var harmless = []string{http.MethodGet, http.MethodHead, http.MethodOptions}

func (r requestRule) names(method, address string) bool {
	method = strings.ToUpper(method)
	if r.method == "" && slices.Contains(harmless, method) || r.method != "" && r.method != method {
		return false
	}
	return r.address.Matches(address)
}

// intercepted makes a target ask for every request that one of the rules could name, and for its documents, coming and going: they may
// come of a form, lead where a rule keeps agents from, be a PDF, or want a password.
func (p *page) intercepted() []command {
	var patterns []*fetch.RequestPattern
	switch {
	case len(p.requests) > 0:
		patterns = patternsFor(p.requests)
	case !p.worker:
		patterns = []*fetch.RequestPattern{{ResourceType: network.ResourceTypeDocument}}
	}
	if patterns == nil {
		return []command{{fetch.CommandDisable, nil}}
	}
	if !p.worker {
		patterns = append(patterns, responses)
	}
	passwords := !p.worker
	return []command{{fetch.CommandEnable, fetch.EnableParams{Patterns: patterns, HandleAuthRequests: &passwords}}}
}

// patternsFor leaves out what only ever gets something, such as pictures, where no rule is about that.
func patternsFor(rules []requestRule) []*fetch.RequestPattern {
	if slices.ContainsFunc(rules, func(r requestRule) bool { return slices.Contains(harmless, r.method) }) {
		return []*fetch.RequestPattern{{URLPattern: "*"}}
	}
	var patterns []*fetch.RequestPattern
	for _, kind := range []network.ResourceType{
		network.ResourceTypeDocument, network.ResourceTypeXHR, network.ResourceTypeFetch, network.ResourceTypePing, network.ResourceTypeOther,
		network.ResourceTypeEventSource, network.ResourceTypeCSPViolationReport,
	} {
		patterns = append(patterns, &fetch.RequestPattern{URLPattern: "*", ResourceType: kind})
	}
	return patterns
}

// below are the targets that a page brings along: frames in processes of their own, workers of its own, which Chromium pauses for us
// whether we want them or not, and, where requests count, its site's service workers. The extension's is none of them.
func (p *page) below() target.Filter {
	if len(p.requests) == 0 {
		return target.Filter{{Type: "iframe"}, {Type: "worker"}, {Exclude: true}}
	}
	return target.Filter{{Type: "iframe"}, {Type: "worker"}, {Type: "service_worker"}, {Exclude: true}}
}

// attachedWorker takes in a worker, which is paused until its requests are watched. Caller holds mu.
func (b *Browser) attachedWorker(chrome *chromium, s session, kind string) {
	p := &page{chrome: chrome, session: s, worker: true, requests: b.requests, gate: privacy.NewGate("")}
	b.sessions[s.id] = p
	b.spawn(func() {
		var err error
		if kind != "worker" { // one that is a single page's: its requests are seen at the page
			err = setUp(b.ctx, s, p.intercepted())
		}
		b.logError("worker", errors.Join(err, resume(b.ctx, s)))
	})
}

// refusedRequest tells whether a request fails, and tells people then. Caller holds mu.
func (b *Browser) refusedRequest(p *page, e *fetch.EventRequestPaused) bool {
	t := b.agentsTab(p)
	if e.Request == nil || t == nil {
		return false
	}
	rule := ""
	if i := slices.IndexFunc(p.requests, func(r requestRule) bool { return r.names(e.Request.Method, e.Request.URL) }); i >= 0 {
		rule = p.requests[i].id
	} else if e.ResourceType == network.ResourceTypeDocument && string(e.FrameID) == string(p.target) {
		rule = b.linkAgainst(e.Request.URL) // whatever took the page there: its own script, or one that an agent opened
	}
	if rule == "" {
		return false
	}
	b.emit(cobrowse.RefusedEvent{Refusal: cobrowse.Refusal{
		Tab: t.id, By: cobrowse.RoleAgent, How: "network", Name: e.Request.Method + " " + cobrowse.HostOf(e.Request.URL), Rule: rule,
	}})
	return true
}

// agentsTab is the tab that is in an agent's hands, as its guard sees it, nil when it is not. What a worker that may be several pages'
// does counts as the agent's when any of them is. Caller holds mu.
func (b *Browser) agentsTab(p *page) *tab {
	for _, t := range b.tabs {
		if (t == p.tab || p.worker) && t.by != "" && t.by != cobrowse.RoleCustomer {
			return t
		}
	}
	return nil
}

package app

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"net/url"
	"slices"
	"sync"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/browser"
	"cobrowse-connector/cobrowse/egress"
	"cobrowse-connector/cobrowse/privacy"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/live"
	"cobrowse-connector/connector/telemetry"
)

// browsers makes a shared browser together with its way out, and keeps warm ones: a warm browser already has its company's
// policy in its extension and its own egress proxy, so it fits any session of that company.
type browsers struct {
	launcher *browser.Launcher
	own      []string      // hosts of this service, which no shared page reaches
	slots    chan struct{} // one per shared browser that may exist
	warm     int
	metrics  *telemetry.Metrics
	log      *slog.Logger
	refill   chan struct{}

	mu     sync.Mutex
	ready  map[string][]prepared // by policy
	recent []string              // policies of sessions, the latest first
	begun  []time.Time           // when sessions of the last minute began
}

// prepared is a warm browser and its way out.
type prepared struct {
	policy cobrowse.Policy
	proxy  *egress.Proxy
	warm   *browser.Warm
}

func (p prepared) close() error { return errors.Join(p.warm.Close(), p.proxy.Close()) }

func newBrowsers(c browser.Config, publicURL string, most, warm int, m *telemetry.Metrics, log *slog.Logger) *browsers {
	return &browsers{launcher: browser.New(c), own: ownHosts(publicURL), slots: make(chan struct{}, most), warm: warm, metrics: m, log: log,
		refill: make(chan struct{}, 1), ready: map[string][]prepared{}}
}

// ownHosts returns the service's host, so that a company's page, when it is shared, shows no button to share it. Rules are for
// whole hosts: one that the service has only a port of may be the company's own site and is not blocked.
func ownHosts(publicURL string) []string {
	u, err := url.Parse(publicURL)
	if err != nil || u.Hostname() == "" || u.Port() != "" {
		return nil
	}
	return []string{u.Hostname()}
}

// open implements live.Maker's Browser.
func (b *browsers) open(ctx context.Context, s live.SessionSpec) (cobrowse.Browser, error) {
	select {
	case b.slots <- struct{}{}:
	default:
		return nil, cobrowse.Errorf(cobrowse.CodeUnavailable, "no_capacity", "all shared browsers of this service are in use; try again in some minutes")
	}
	begin := time.Now()
	opened, err := b.launch(ctx, s)
	if err != nil {
		<-b.slots
		return nil, err
	}
	b.metrics.BrowserReady.Observe(time.Since(begin).Seconds())
	b.metrics.SessionsLive.Inc()
	return opened, nil
}

func (b *browsers) launch(ctx context.Context, s live.SessionSpec) (cobrowse.Browser, error) {
	p, err := b.take(ctx, s.Policy)
	if err != nil {
		return nil, err
	}
	made, err := p.warm.Launch(ctx, s.ID)
	if err != nil {
		return nil, errors.Join(err, p.proxy.Close())
	}
	return &shared{Browser: made, proxy: p.proxy, release: sync.OnceFunc(func() {
		if err := p.proxy.Close(); err != nil {
			b.log.Warn("egress did not close", "session", s.ID, "error", err)
		}
		<-b.slots
		b.metrics.SessionsLive.Dec()
	})}, nil
}

// shared gives the way out and the slot back with the browser. What the way out refuses it refuses before Chromium tries, so that
// people hear of it in the service's words.
type shared struct {
	*browser.Browser
	proxy   *egress.Proxy
	release func()
}

// Open implements cobrowse.Browser.
func (s *shared) Open(ctx context.Context, by cobrowse.Role, address string) (cobrowse.TabID, error) {
	if err := s.allowed(address); err != nil {
		return "", err
	}
	return s.Browser.Open(ctx, by, address)
}

// Navigate implements cobrowse.Browser.
func (s *shared) Navigate(ctx context.Context, tab cobrowse.TabID, by cobrowse.Role, address string) error {
	if err := s.allowed(address); err != nil {
		return err
	}
	return s.Browser.Navigate(ctx, tab, by, address)
}

func (s *shared) allowed(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil // the browser says what is wrong with it
	}
	if reason := s.proxy.Check(u); reason != "" {
		return cobrowse.Errorf(cobrowse.CodeRefused, "url_refused", "this address may not be opened here (%s)", reason)
	}
	return nil
}

func (s *shared) Close(ctx context.Context) error {
	defer s.release()
	return s.Browser.Close(ctx)
}

// policyKey is equal for equal policies.
func policyKey(p cobrowse.Policy) string {
	b, _ := json.Marshal(p) // strings and flags always marshal
	return string(b)
}

// take returns a warm browser with this policy that answers, or starts one.
func (b *browsers) take(ctx context.Context, policy cobrowse.Policy) (prepared, error) {
	key := policyKey(policy)
	b.mu.Lock()
	b.recent = append([]string{key}, slices.DeleteFunc(b.recent, func(k string) bool { return k == key })...)
	b.begun = append(b.begun, time.Now())
	b.mu.Unlock()
	defer b.wake()
	for p, ok := b.next(key); ok; p, ok = b.next(key) {
		if p.warm.Answers(ctx) {
			return p, nil
		}
		b.log.Warn("a warm browser did not answer", "error", p.close())
	}
	return b.prepare(ctx, policy)
}

// next takes a warm browser out of those that wait.
func (b *browsers) next(key string) (p prepared, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	waiting := b.ready[key]
	if len(waiting) == 0 {
		return p, false
	}
	b.ready[key] = slices.Clone(waiting[1:])
	return waiting[0], true
}

// wayOut opens a way out that lives until it is closed, longer than whoever asks for it.
func (b *browsers) wayOut(ctx context.Context, policy cobrowse.Policy) (*egress.Proxy, error) {
	return egress.Listen(context.WithoutCancel(ctx), egress.Config{
		Allow: policy.Allow, Block: slices.Concat(policy.Block, b.own), Ports: policy.Ports, Private: policy.Private, Log: b.log,
	})
}

// prepare starts a browser behind a way out of its own.
func (b *browsers) prepare(ctx context.Context, policy cobrowse.Policy) (prepared, error) {
	proxy, err := b.wayOut(ctx, policy)
	if err != nil {
		return prepared{}, err
	}
	warm, err := b.launcher.Warm(ctx, browser.Spec{Policy: policy, ProxyAddr: proxy.Addr(), RunsAs: proxy.LetIn})
	if err != nil {
		return prepared{}, errors.Join(err, proxy.Close())
	}
	return prepared{policy, proxy, warm}, nil
}

func (b *browsers) wake() {
	select {
	case b.refill <- struct{}{}:
	default:
	}
}

// lookEvery is how often companies are looked at again: a changed policy needs another warm browser.
const lookEvery = 30 * time.Second

// refillAfter lets the session that took the warm browser show its first page before the next start takes the processors.
const refillAfter = 3 * time.Second

// longestWait is how old a warm browser gets: what a process gathers while it waits, a session need not have.
const longestWait = time.Hour

// keepWarm holds warm browsers for the companies that had a session last, in all as many as are wanted and never more than
// sessions leave room for.
func (b *browsers) keepWarm(companies *company.Companies) func(context.Context) error {
	return func(ctx context.Context) error {
		if b.warm == 0 {
			return nil
		}
		tick := time.NewTicker(lookEvery)
		defer tick.Stop()
		for {
			if err := b.fill(ctx, companies); err != nil && ctx.Err() == nil {
				b.log.Warn("no warm browser", "error", err)
			}
			select {
			case <-b.refill:
				select {
				case <-time.After(refillAfter):
				case <-ctx.Done():
					return nil
				}
			case <-tick.C:
			case <-ctx.Done():
				return nil
			}
		}
	}
}

func (b *browsers) fill(ctx context.Context, companies *company.Companies) error {
	policies, order, err := effectivePolicies(ctx, companies)
	if err != nil {
		return err
	}
	share := b.share(order)
	err = b.evict(ctx, share)
	for _, key := range order {
		err = errors.Join(err, b.warmUp(ctx, key, policies[key], share[key]))
	}
	return err
}

// effectivePolicies are those of all companies by their keys, and the keys in the order of the companies.
func effectivePolicies(ctx context.Context, companies *company.Companies) (policies map[string]cobrowse.Policy, order []string, err error) {
	slugs, err := companies.Slugs(ctx)
	if err != nil {
		return nil, nil, err
	}
	policies = map[string]cobrowse.Policy{}
	for _, slug := range slugs {
		co, err := companies.Get(ctx, slug)
		if err != nil {
			return nil, nil, err
		}
		policy := company.Effective(privacy.Defaults(), co.Policy)
		key := policyKey(policy)
		if _, known := policies[key]; !known {
			order = append(order, key)
		}
		policies[key] = policy
	}
	return policies, order, nil
}

// wanted is how many browsers are to wait: one, and one more for each session that began in the last minute, as far as the
// configuration goes. Caller holds mu.
func (b *browsers) wanted(now time.Time) int {
	b.begun = slices.DeleteFunc(b.begun, func(at time.Time) bool { return now.Sub(at) > time.Minute })
	return min(b.warm, 1+len(b.begun))
}

// share says how many warm browsers each policy gets: one after the other, those of the latest sessions first.
func (b *browsers) share(order []string) map[string]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.recent = slices.DeleteFunc(b.recent, func(k string) bool { return !slices.Contains(order, k) })
	turns := slices.Concat(b.recent, slices.DeleteFunc(slices.Clone(order), func(k string) bool { return slices.Contains(b.recent, k) }))
	share := map[string]int{}
	for i := range min(b.wanted(time.Now()), cap(b.slots)-len(b.slots)) {
		if len(turns) > 0 {
			share[turns[i%len(turns)]]++
		}
	}
	return share
}

// evict ends the warm browsers that do not answer, are old, or that no policy wants any more, e.g. after a company's policy changed.
// While they are asked they may be taken.
func (b *browsers) evict(ctx context.Context, share map[string]int) error {
	b.mu.Lock()
	ready := maps.Clone(b.ready)
	b.mu.Unlock()
	var err error
	for key, waiting := range ready {
		kept := 0
		for _, p := range waiting {
			if kept < share[key] && time.Since(p.warm.Since) < longestWait && p.warm.Answers(ctx) {
				kept++
			} else if b.remove(key, p) {
				err = errors.Join(err, p.close())
			}
		}
	}
	return err
}

// remove takes one out of those that wait, unless a session has it by now.
func (b *browsers) remove(key string, p prepared) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	left := slices.DeleteFunc(slices.Clone(b.ready[key]), func(other prepared) bool { return other.warm == p.warm })
	removed := len(left) < len(b.ready[key])
	if b.ready[key] = left; len(left) == 0 {
		delete(b.ready, key)
	}
	return removed
}

func (b *browsers) warmUp(ctx context.Context, key string, policy cobrowse.Policy, n int) error {
	for b.count(key) < n {
		p, err := b.prepare(ctx, policy)
		if err != nil {
			return err
		}
		b.mu.Lock()
		b.ready[key] = append(b.ready[key], p)
		b.mu.Unlock()
	}
	return nil
}

func (b *browsers) count(key string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.ready[key])
}

// check tells operators what keeps a browser from starting.
func (b *browsers) check(ctx context.Context) error { return b.launcher.Check(ctx) }

func (b *browsers) close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var err error
	for _, waiting := range b.ready {
		for _, p := range waiting {
			err = errors.Join(err, p.close())
		}
	}
	clear(b.ready)
	return err
}

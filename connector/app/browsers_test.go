package app

import (
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/browser"
	"cobrowse-connector/connector/telemetry"
)

// TestSharedPagesDoNotReachTheService: the company's page brings the service's script, which would offer to share it.
func TestSharedPagesDoNotReachTheService(t *testing.T) {
	b := newBrowsers(browser.Config{}, "https://cobrowse.example", 1, 0, telemetry.NewMetrics(), slog.New(slog.DiscardHandler))
	proxy, err := b.wayOut(t.Context(), cobrowse.Policy{Block: []string{"bad.example"}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := proxy.Close(); err != nil {
			t.Error(err)
		}
	}()
	client := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: proxy.Addr()}), DisableKeepAlives: true}}
	for _, host := range []string{"cobrowse.example", "bad.example"} {
		answer, err := client.Get("http://" + host + "/cobrowse.js")
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusForbidden || answer.Header.Get("X-Cobrowse-Refused") == "" {
			t.Errorf("%s: %s, %v", host, answer.Status, answer.Header)
		}
	}
}

func TestOwnHosts(t *testing.T) {
	for address, want := range map[string][]string{
		"https://cobrowse.example": {"cobrowse.example"}, "https://shop.example:8443": nil, "http://127.0.0.1:8080": nil, "": nil,
	} {
		if got := ownHosts(address); !slices.Equal(got, want) {
			t.Errorf("%q: %v", address, got)
		}
	}
}

// TestWarmBrowsersAreShared: however many companies there are, the configured number waits, for those that had a session last;
// running sessions come first.
func TestWarmBrowsersAreShared(t *testing.T) {
	b := newBrowsers(browser.Config{}, "", 4, 3, telemetry.NewMetrics(), slog.New(slog.DiscardHandler))
	companies := []string{"a", "b", "c", "d"}
	for _, c := range []struct {
		order, recent []string
		running       int
		want          map[string]int
	}{
		{nil, nil, 0, map[string]int{}},
		{companies[:1], nil, 0, map[string]int{"a": 3}},
		{companies[:2], nil, 0, map[string]int{"a": 2, "b": 1}},
		{companies, nil, 0, map[string]int{"a": 1, "b": 1, "c": 1}},
		{companies, []string{"d", "gone", "b"}, 0, map[string]int{"d": 1, "b": 1, "a": 1}},
		{companies, nil, 3, map[string]int{"a": 1}},
		{companies, nil, 4, map[string]int{}},
	} {
		b.recent = c.recent
		b.begun = slices.Repeat([]time.Time{time.Now()}, 2)
		for range c.running {
			b.slots <- struct{}{}
		}
		if got := b.share(c.order); !maps.Equal(got, c.want) {
			t.Errorf("%v with %d sessions: %v, want %v", c.order, c.running, got, c.want)
		}
		for range c.running {
			<-b.slots
		}
	}
}

// TestChangedPolicyLeavesNoBrowser: the warm browser of the former policy and its way out are gone, the new policy has its own.
func TestChangedPolicyLeavesNoBrowser(t *testing.T) {
	a := start(t, t.TempDir(), "https://desk.example/hook")
	defer func() {
		if err := a.close(); err != nil {
			t.Error(err)
		}
	}()
	b := a.browsers
	b.warm = 1
	waiting := func() (all []prepared) {
		for _, w := range b.ready {
			all = append(all, w...)
		}
		return all
	}
	if err := b.fill(t.Context(), a.companies); err != nil {
		t.Fatal(err)
	}
	former := waiting()
	if len(former) != 1 || !former[0].warm.Answers(t.Context()) {
		t.Fatalf("%d browsers wait", len(former))
	}
	co, err := a.companies.Get(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	co.Policy.Block = []string{"bad.example"}
	if _, err := a.companies.Put(t.Context(), co.Settings, "test"); err != nil {
		t.Fatal(err)
	}
	if err := b.fill(t.Context(), a.companies); err != nil {
		t.Fatal(err)
	}
	now := waiting()
	if len(now) != 1 || !now[0].warm.Answers(t.Context()) || !slices.Equal(now[0].policy.Block, co.Policy.Block) {
		t.Errorf("%d browsers wait for the new policy", len(now))
	}
	if former[0].warm.Answers(t.Context()) {
		t.Error("the former policy's browser still runs")
	}
	if conn, err := net.Dial("tcp", former[0].proxy.Addr()); err == nil {
		_ = conn.Close()
		t.Error("the former policy's way out is still open")
	}
	for name, ail := range map[string]func(prepared) error{
		"dead": func(p prepared) error { return p.warm.Close() },
		"old":  func(p prepared) error { p.warm.Since = time.Now().Add(-2 * longestWait); return nil },
	} {
		before := waiting()[0]
		if err := ail(before); err != nil {
			t.Fatal(err)
		}
		if err := b.fill(t.Context(), a.companies); err != nil {
			t.Fatal(err)
		}
		if again := waiting(); len(again) != 1 || again[0].proxy == before.proxy || !again[0].warm.Answers(t.Context()) || before.warm.Answers(t.Context()) {
			t.Errorf("a browser that is %s was not replaced", name)
		}
	}
}

// TestSickBrowserIsNotTaken: a session that finds a warm browser that does not answer gets another one.
func TestSickBrowserIsNotTaken(t *testing.T) {
	a := start(t, t.TempDir(), "https://desk.example/hook")
	defer func() {
		if err := a.close(); err != nil {
			t.Error(err)
		}
	}()
	b := a.browsers
	b.warm = 1
	if err := b.fill(t.Context(), a.companies); err != nil {
		t.Fatal(err)
	}
	for _, waiting := range b.ready {
		sick := waiting[0]
		if err := sick.warm.Close(); err != nil {
			t.Fatal(err)
		}
		p, err := b.take(t.Context(), sick.policy)
		if err != nil {
			t.Fatal(err)
		}
		if !p.warm.Answers(t.Context()) || p.proxy == sick.proxy {
			t.Error("the session got the one that does not answer")
		}
		if err := p.close(); err != nil {
			t.Error(err)
		}
	}
}

// TestBusyMinutesKeepMoreWarm: one browser waits, more where sessions begin one after the other, never more than configured.
func TestBusyMinutesKeepMoreWarm(t *testing.T) {
	b := newBrowsers(browser.Config{}, "", 8, 3, telemetry.NewMetrics(), slog.New(slog.DiscardHandler))
	now := time.Now()
	for _, c := range []struct {
		ago  []time.Duration
		want int
	}{{nil, 1}, {[]time.Duration{2 * time.Minute}, 1}, {[]time.Duration{time.Second}, 2}, {[]time.Duration{0, 0, 0, 0}, 3}} {
		b.begun = nil
		for _, ago := range c.ago {
			b.begun = append(b.begun, now.Add(-ago))
		}
		if got := b.wanted(now); got != c.want {
			t.Errorf("%v: %d, want %d", c.ago, got, c.want)
		}
	}
}

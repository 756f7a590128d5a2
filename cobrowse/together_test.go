package cobrowse_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"cobrowse-connector/cobrowse"
)

// TestLayerComesBehindItsTab: also to a slow connection, where newer messages take the place of older ones.
func TestLayerComesBehindItsTab(t *testing.T) {
	play(t, nil, func(sc *scene) {
		_, agent := sc.live()
		agent.must(cobrowse.TabCommand{Op: "open", URL: "https://two.example/"})
		agent.must(cobrowse.TabCommand{Op: "show", Tab: "t1"})
		a, err := sc.s.Attach(sc.t.Context(), ana, cobrowse.Viewer{Codecs: allCodecs})
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		agent.must(cobrowse.TabCommand{Op: "show", Tab: "t2"})
		sc.b.Emit(cobrowse.LayerEvent{Layer: cobrowse.Layer{Tab: "t2"}})
		sc.b.Visit("t2", "https://two.example/", "A title of its own")
		synctest.Wait()
		customer := &viewer{sc: sc, Participant: ana, a: a}
		go customer.read()
		got := customer.heard()
		tabs := slices.IndexFunc(got, func(m cobrowse.Message) bool { _, ok := m.(cobrowse.TabsChanged); return ok })
		layer := slices.IndexFunc(got, func(m cobrowse.Message) bool { _, ok := m.(cobrowse.LayerChanged); return ok })
		if last := only[cobrowse.TabsChanged](got); len(last) != 1 || last[0].Tabs[1].Title != "A title of its own" || tabs > layer {
			t.Errorf("tabs at %d, layer at %d of %+v", tabs, layer, got)
		}
	})
}

func TestStuck(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		stuck := func() []cobrowse.Stuck { return only[cobrowse.Stuck](customer.heard()) }
		sc.b.Gate(false, "navigating")
		time.Sleep(2 * time.Second)
		sc.b.Gate(true, "")
		time.Sleep(5 * time.Second)
		if got := stuck(); len(got) != 0 {
			t.Errorf("told of a short while: %+v", got)
		}
		sc.b.Gate(false, "masks")
		time.Sleep(4 * time.Second)
		sc.b.Gate(true, "")
		if got := stuck(); len(got) != 2 || got[0].Reason != "masks" || got[1].Reason != "" {
			t.Errorf("told %+v", got)
		}
		sc.b.Gate(false, "masks")
		customer.must(cobrowse.Pause{})
		time.Sleep(10 * time.Second)
		if got := stuck(); len(got) != 0 {
			t.Errorf("told while paused: %+v", got)
		}
		if got := only[cobrowse.Stuck](agent.heard()); len(got) != 0 {
			t.Errorf("the agent is told: %+v", got)
		}
	})
}

func TestViewportIsTheCustomers(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		phone := cobrowse.Viewport{Width: 391, Height: 845, Scale: 9, Mobile: true}
		customer.must(cobrowse.SetViewport{Viewport: phone})
		want := cobrowse.Viewport{Width: 390, Height: 844, Scale: 2, Mobile: true}
		for _, v := range []*viewer{customer, agent} {
			if got := only[cobrowse.ViewportChanged](v.heard()); len(got) != 1 || got[0].Viewport != want {
				t.Errorf("%s: %+v", v.Name, got)
			}
		}
		if got := sc.tracked("viewport"); len(got) != 2 || got[1].Width != 390 || got[1].Height != 844 {
			t.Errorf("track: %+v", got)
		}
		// What is outside is pulled in.
		agent.must(cobrowse.Input{Tab: "t1", Ev: cobrowse.InputEvent{Kind: cobrowse.InputMove, X: 5000, Y: -3}})
		if got := sc.b.Inputs(cobrowse.RoleAgent); got[0].X != 390 || got[0].Y != 0 {
			t.Errorf("carried out at %v, %v", got[0].X, got[0].Y)
		}
	})
}

// TestLanguageIsTheCustomers: until it is known the one that the session was started with. What is none never gets to the browser.
func TestLanguageIsTheCustomers(t *testing.T) {
	start := func(c *cobrowse.Config, _ *scene) { c.Language = "en" }
	play(t, start, func(sc *scene) {
		sc.live()
		for _, came := range []struct {
			who      cobrowse.Participant
			language string
		}{{bo, "fr"}, {ana, "pt-BR\r\nCookie: x"}, {ana, "pt-BR"}} {
			if _, err := sc.s.Attach(sc.t.Context(), came.who, cobrowse.Viewer{Codecs: allCodecs, Viewport: desktop, Language: came.language}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		var told []string
		for _, d := range sc.b.Calls() {
			if d.What == "language" || d.What == "open" {
				told = append(told, d.Arg)
			}
		}
		if want := []string{"en", "https://shop.example/", "pt-BR"}; !slices.Equal(told, want) {
			t.Errorf("told %q, want %q", told, want)
		}
	})
}

func TestAddresses(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		agent.must(cobrowse.Navigate{Tab: "t1", URL: "https://slow.example/"})
		agent.must(cobrowse.Navigate{Tab: "t1", URL: "https://fast.example/"})
		tabs := only[cobrowse.TabsChanged](agent.heard())
		if n := len(tabs); n == 0 || tabs[n-1].Tabs[0].URL != "https://fast.example/" {
			t.Errorf("a page that never loads is not overtaken: %+v", tabs)
		}
		for _, c := range []struct {
			by   *viewer
			want string
		}{{agent, "https://two.example/a:~:b#c"}, {customer, "https://two.example/a:~:b#c:~:text=x"}} {
			c.by.must(cobrowse.Navigate{Tab: "t1", URL: "https://two.example/a:~:b#c:~:text=x"})
			if tabs := only[cobrowse.TabsChanged](customer.heard()); tabs[len(tabs)-1].Tabs[0].URL != c.want {
				t.Errorf("%s comes to %s", c.by.Name, tabs[len(tabs)-1].Tabs[0].URL)
			}
		}
		agent.heard()
		agent.must(cobrowse.Navigate{Tab: "t1", URL: "https://forbidden.example/secret"})
		for _, v := range []*viewer{customer, agent} {
			if got := only[cobrowse.Notice](v.heard()); len(got) != 1 || got[0].Code != "url_refused" || got[0].Params["host"] != "forbidden.example" {
				t.Errorf("%s: %+v", v.Name, got)
			}
		}
		customer.must(cobrowse.TabCommand{Op: "open", URL: "https://two.example/"})
		customer.must(cobrowse.TabCommand{Op: "move", Tab: "t2", To: 0})
		tabs = only[cobrowse.TabsChanged](agent.heard())
		if last := tabs[len(tabs)-1]; last.Tabs[0].ID != "t2" || last.Shown != "t2" {
			t.Errorf("moved tabs: %+v", last)
		}
		sc.b.Emit(cobrowse.TabsFullEvent{Most: 2})
		for _, v := range []*viewer{customer, agent} {
			if got := only[cobrowse.Notice](v.heard()); len(got) != 1 || got[0].Code != "tabs_full" || got[0].Params["most"] != 2 {
				t.Errorf("%s hears of a window that did not open: %+v", v.Name, got)
			}
		}
		customer.must(cobrowse.TabCommand{Op: "close", Tab: "t1"})
		tabs = only[cobrowse.TabsChanged](agent.heard())
		if last := tabs[len(tabs)-1]; len(last.Tabs) != 1 || last.Shown != "t2" {
			t.Errorf("tabs: %+v", last)
		}
		if got := reasonOf(agent.do(click("t1"))); got != "tab_gone" {
			t.Errorf("a click on a closed tab: %q", got)
		}
	})
}

func TestFirstPageIsRefused(t *testing.T) {
	play(t, func(c *cobrowse.Config, _ *scene) { c.StartURL = "ftp://shop.example/" }, func(sc *scene) {
		customer, agent := sc.join(ana), (*viewer)(nil)
		sc.claim()
		agent = sc.join(bo)
		customer.must(cobrowse.Consent{Granted: true})
		for _, v := range []*viewer{customer, agent} {
			if got := only[cobrowse.Notice](v.heard()); len(got) != 1 || got[0].Code != "url_refused" {
				t.Errorf("%s: %+v", v.Name, got)
			}
		}
	})
}

func TestBrowserComesBack(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		sc.b.Emit(cobrowse.LostEvent{Restored: true, Lost: []string{"forms"}})
		for _, v := range []*viewer{customer, agent} {
			if got := only[cobrowse.Notice](v.heard()); len(got) != 1 || got[0].Code != "browser_lost" || got[0].Params["restored"] != true {
				t.Errorf("%s: %+v", v.Name, got)
			}
		}
		sc.is(cobrowse.StateLive)
	})
}

func TestRecordingStops(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		sc.rec.Fill()
		for _, v := range []*viewer{customer, agent} {
			got := v.heard()
			if n := only[cobrowse.Notice](got); len(n) != 1 || n[0].Code != "recording_stopped" || n[0].Params["reason"] != "storage" {
				t.Errorf("%s: %+v", v.Name, n)
			}
			if s := only[cobrowse.StateChanged](got); len(s) != 1 || s[0].Recording.On {
				t.Errorf("%s: %+v", v.Name, s)
			}
		}
		customer.must(cobrowse.End{})
		if r := sc.over(); r.Recording == nil {
			t.Error("what was recorded is lost")
		}
	})
}

func TestRecordingDoesNotStart(t *testing.T) {
	play(t, func(c *cobrowse.Config, _ *scene) {
		c.NewRecorder = func(context.Context) (cobrowse.Recorder, error) { return nil, errors.New("disk full") }
	}, func(sc *scene) {
		customer := sc.join(ana)
		sc.claim()
		customer.must(cobrowse.Consent{Granted: true, Recording: true})
		if got := only[cobrowse.Notice](customer.heard()); len(got) != 1 || got[0].Code != "recording_stopped" {
			t.Errorf("%+v", got)
		}
		customer.must(cobrowse.End{})
		if r := sc.over(); r.Recording != nil || r.State != cobrowse.StateEnded {
			t.Errorf("%+v", r)
		}
	})
}

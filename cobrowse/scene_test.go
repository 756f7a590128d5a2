package cobrowse_test

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/cobrowsetest"
)

var (
	ana = cobrowse.Participant{ID: "c1", Role: cobrowse.RoleCustomer, Name: "Ana"}
	bo  = cobrowse.Participant{ID: "a1", Role: cobrowse.RoleAgent, Name: "Bo"}
	sue = cobrowse.Participant{ID: "s1", Role: cobrowse.RoleSupervisor, Name: "Sue"}

	allCodecs = []string{"av01.0.08M.08", "vp09.00.40.08", "avc1.42E028"}
	desktop   = cobrowse.Viewport{Width: 1280, Height: 800, Scale: 1}
)

// stars takes out what the tests call secret.
type stars struct{}

func (stars) Text(s string) string { return strings.ReplaceAll(s, "secret", "•••") }
func (stars) URL(s string) string  { return strings.ReplaceAll(s, "secret", "x") }

// scene is a session with a scripted browser, inside a synctest bubble.
type scene struct {
	t   *testing.T
	s   *cobrowse.Session
	b   *cobrowsetest.Browser
	rec *cobrowsetest.Recorder

	stop   context.CancelFunc
	launch chan error // what Launch waits for, when made

	viewers []*viewer // everybody who has joined

	mu     sync.Mutex
	states []cobrowse.State
	ending *cobrowse.Result // what OnEnding was told
	result *cobrowse.Result
}

func play(t *testing.T, change func(*cobrowse.Config, *scene), act func(*scene)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		sc := &scene{t: t, b: cobrowsetest.NewBrowser(), rec: cobrowsetest.NewRecorder()}
		cfg := cobrowse.Config{
			ID: "s-1", Company: "Acme", Channel: "voice", StartURL: "https://shop.example/", Redact: stars{},
			ExpiresAt: time.Now().Add(15 * time.Minute),
			Launch: func(ctx context.Context) (cobrowse.Browser, error) {
				if sc.launch == nil {
					return sc.b, nil
				}
				select {
				case err := <-sc.launch:
					return sc.b, err
				case <-ctx.Done():
					return nil, ctx.Err()
				}
			},
			NewRecorder: func(context.Context) (cobrowse.Recorder, error) { return sc.rec, nil },
			OnState: func(s cobrowse.State, _ time.Time) {
				sc.mu.Lock()
				defer sc.mu.Unlock()
				sc.states = append(sc.states, s)
			},
			OnEnding: func(r cobrowse.Result) {
				sc.mu.Lock()
				defer sc.mu.Unlock()
				sc.states, sc.ending = append(sc.states, cobrowse.StateEnding), &r
			},
			OnEnd: func(r cobrowse.Result) {
				sc.mu.Lock()
				defer sc.mu.Unlock()
				sc.result = &r
			},
		}
		if change != nil {
			change(&cfg, sc)
		}
		ctx, stop := context.WithCancel(t.Context())
		sc.stop = stop
		sc.s = cobrowse.Start(ctx, cfg)
		act(sc)
		sc.s.End("test")
		<-sc.s.Done()
		stop()
	})
}

// viewer is a person whose page reads everything at once.
type viewer struct {
	sc *scene
	cobrowse.Participant
	a *cobrowse.Attachment

	mu  sync.Mutex
	got []cobrowse.Message
}

func (sc *scene) join(p cobrowse.Participant, codecs ...string) *viewer {
	sc.t.Helper()
	if codecs == nil {
		codecs = allCodecs
	}
	a, err := sc.s.Attach(sc.t.Context(), p, cobrowse.Viewer{Codecs: codecs, Viewport: desktop})
	if err != nil {
		sc.t.Fatalf("%s does not get in: %v", p.Name, err)
	}
	v := &viewer{sc: sc, Participant: p, a: a}
	sc.viewers = append(sc.viewers, v)
	go v.read()
	synctest.Wait()
	return v
}

func (v *viewer) read() {
	for {
		m, err := v.a.Next(context.Background())
		if err != nil {
			return
		}
		v.mu.Lock()
		v.got = append(v.got, m)
		v.mu.Unlock()
	}
}

// leave is a lost network.
func (v *viewer) leave() {
	v.a.Close()
	synctest.Wait()
}

// heard returns what came since the last time.
func (v *viewer) heard() []cobrowse.Message {
	synctest.Wait()
	v.mu.Lock()
	defer v.mu.Unlock()
	got := v.got
	v.got = nil
	return got
}

func (v *viewer) do(c cobrowse.Command) error {
	err := v.sc.s.Do(v.sc.t.Context(), v.ID, c)
	synctest.Wait()
	return err
}

func (v *viewer) must(c cobrowse.Command) {
	v.sc.t.Helper()
	if err := v.do(c); err != nil {
		v.sc.t.Fatalf("%s: %T: %v", v.Name, c, err)
	}
}

func only[M cobrowse.Message](all []cobrowse.Message) []M {
	var some []M
	for _, m := range all {
		if one, ok := m.(M); ok {
			some = append(some, one)
		}
	}
	return some
}

func pictures(all []cobrowse.Message) []string {
	var shown []string
	for _, p := range only[cobrowse.Picture](all) {
		shown = append(shown, string(p.Chunk.Data))
	}
	return shown
}

func (sc *scene) claim() {
	sc.t.Helper()
	if err := sc.s.Claim(sc.t.Context(), bo, ""); err != nil {
		sc.t.Fatal(err)
	}
	synctest.Wait()
}

// live brings both into a live session with an open gate.
func (sc *scene) live() (customer, agent *viewer) {
	sc.t.Helper()
	customer = sc.join(ana)
	sc.claim()
	agent = sc.join(bo)
	customer.must(cobrowse.Consent{Granted: true, Recording: true})
	sc.is(cobrowse.StateLive)
	sc.b.Gate(true, "")
	customer.heard()
	agent.heard()
	return customer, agent
}

func (sc *scene) is(want cobrowse.State) {
	sc.t.Helper()
	synctest.Wait()
	if got := sc.s.State(); got != want {
		sc.t.Fatalf("the session is %s, not %s", got, want)
	}
}

func (sc *scene) over() cobrowse.Result {
	sc.t.Helper()
	<-sc.s.Done()
	sc.mu.Lock()
	defer sc.mu.Unlock()
	if sc.result == nil {
		sc.t.Fatal("OnEnd was not called")
	}
	if first := *sc.ending; first.State != sc.result.State || !reflect.DeepEqual(first.Summary, sc.result.Summary) {
		sc.t.Errorf("at first the end was %+v, then %+v", first, *sc.result)
	}
	return *sc.result
}

func (sc *scene) tracked(kind string) []cobrowse.TrackEvent {
	synctest.Wait()
	return slices.DeleteFunc(sc.rec.Events(), func(e cobrowse.TrackEvent) bool { return e.Kind != kind })
}

func reasonOf(err error) string {
	if err == nil {
		return ""
	}
	return cobrowse.FailureOf(err).Reason
}

func click(tab cobrowse.TabID) cobrowse.Input {
	in := input(tab, cobrowse.InputDown)
	in.Ev.Clicks = 1
	return in
}

func input(tab cobrowse.TabID, kind cobrowse.InputKind) cobrowse.Input {
	return cobrowse.Input{Tab: tab, Ev: cobrowse.InputEvent{Kind: kind, X: 50, Y: 60}}
}

package leaktest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/browser"
	"cobrowse-connector/cobrowse/egress"
	"cobrowse-connector/cobrowse/privacy"
	"cobrowse-connector/cobrowse/record"
	"cobrowse-connector/cobrowse/record/seal"
	"cobrowse-connector/connector/live"
	"cobrowse-connector/connector/web"
)

// stage is one live session: the service's sessions and sockets, a browser behind its way out, a recorder, and the two people.
type stage struct {
	t        testing.TB
	site     *site
	agent    *person
	customer *person
	sessions *live.Sessions
	result   chan cobrowse.Result
	bucket   *blob.Bucket
	keys     *seal.LocalKeys
	meta     record.Meta
	log      *lockedBuffer
	browser  *browser.Browser

	isControl bool
	tab       string    // the first one, in which cases begin
	tried     time.Time // when the agent was refused last
}

// lockedBuffer keeps what is logged.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) Bytes() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Clone(l.b.Bytes())
}

// book is a Directory in memory, of one session.
type book struct {
	people map[string]live.Admission // by token
	result chan cobrowse.Result
}

func (b *book) Admit(_ context.Context, token string) (live.Admission, error) {
	a, ok := b.people[token]
	if !ok {
		return a, cobrowse.Errorf(cobrowse.CodeDenied, "token_unknown", "unknown")
	}
	return a, nil
}

func (b *book) Moved(context.Context, string, cobrowse.State, time.Time) error { return nil }
func (b *book) Ending(context.Context, string, cobrowse.Result) error          { return nil }
func (b *book) Ended(_ context.Context, _ string, r cobrowse.Result) (err error) {
	b.result <- r
	return nil
}

var desktop = cobrowse.Viewport{Width: pageWidth, Height: pageHeight, Scale: 1}

// open begins a live session with a policy; it is ended by end, or with the test.
func open(t testing.TB, s *site, name string, policy cobrowse.Policy, viewport cobrowse.Viewport) *stage {
	t.Helper()
	policy.Private = s.addresses()
	agent := cobrowse.Participant{ID: "a1", Role: cobrowse.RoleAgent, Name: "Bo"}
	spec := live.SessionSpec{
		ID: name, Company: live.CompanyView{Slug: "proof", Name: "Proof"}, Policy: policy, Channel: "chat", RecordingMode: live.RecordingAsk,
		StartURL: "http://" + s.addresses()[0] + "/nothing", State: cobrowse.StateRequested, Agent: &agent,
		CreatedAt: time.Now(), ExpiresAt: time.Now().Add(time.Hour),
	}
	st := &stage{t: t, site: s, result: make(chan cobrowse.Result, 1), bucket: memblob.OpenBucket(nil), meta: record.Meta{Company: "proof", Session: name}, log: &lockedBuffer{}}
	master := make([]byte, seal.KeySize)
	_, _ = rand.Read(master)
	var err error
	if st.keys, err = seal.NewLocalKeys(master); err != nil {
		t.Fatal(err)
	}
	address := st.serve(spec, agent)
	st.customer = join(t, address, "customer", cobrowse.RoleCustomer, viewport)
	st.agent = join(t, address, "agent", cobrowse.RoleAgent, viewport)
	st.customer.send("consent", map[string]any{"granted": true, "recording": true})
	err = st.customer.until(time.Minute, "the first page", func() bool {
		c := st.customer
		return c.state == "live" && len(c.tabs) == 1 && c.tabs[0].URL == spec.StartURL && !c.tabs[0].Loading
	})
	if err == nil {
		err = st.agent.until(time.Minute, "the first picture", func() bool { return st.agent.gate.open && st.agent.pics > 0 })
	}
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, st.log.Bytes())
	}
	st.tab = get(st.customer, func() string { return st.customer.shown })
	return st
}

// serve puts the service's sessions behind its socket.
func (st *stage) serve(spec live.SessionSpec, agent cobrowse.Participant) (address string) {
	log := slog.New(slog.NewTextHandler(st.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	viewer, err := fs.ReadFile(web.FS, web.PDFViewer)
	if err != nil {
		st.t.Fatalf("%v: %v", err, web.ErrNotBuilt)
	}
	launcher := browser.New(browser.Config{WorkDir: workDir(st.t), PDFViewer: viewer, Log: log})
	directory := &book{result: st.result, people: map[string]live.Admission{
		"customer": {Session: spec, Participant: cobrowse.Participant{ID: "c1", Role: cobrowse.RoleCustomer, Name: "Ana"}},
		"agent":    {Session: spec, Participant: agent},
	}}
	var way *egress.Proxy
	st.sessions = live.NewSessions(directory, live.Maker{
		Browser: func(ctx context.Context, s live.SessionSpec) (b cobrowse.Browser, err error) {
			if way, err = egress.Listen(context.WithoutCancel(ctx), egress.Config{Private: s.Policy.Private, Log: log}); err != nil {
				return nil, err
			}
			st.browser, err = launcher.Launch(ctx, browser.Spec{Session: s.ID, Policy: s.Policy, ProxyAddr: way.Addr(), RunsAs: way.LetIn})
			return st.browser, err
		},
		Recorder: func(ctx context.Context, s live.SessionSpec) (cobrowse.Recorder, error) {
			return record.Start(ctx, st.bucket, st.keys, st.meta, log)
		},
		Redact: func(s live.SessionSpec) cobrowse.Redactor {
			return privacy.NewRedactor(s.Policy.PII, s.Policy.Patterns...)
		},
	}, cobrowse.Limits{}, log)
	server := httptest.NewUnstartedServer(nil)
	address = "http://" + server.Listener.Addr().String()
	sockets := live.NewHandler(directory, st.sessions, []string{address}, log)
	server.Config.Handler = http.HandlerFunc(sockets.ServeHTTP)
	server.Start()
	st.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := errors.Join(st.sessions.Shutdown(ctx), sockets.Shutdown(ctx)); err != nil {
			st.t.Errorf("the service did not end in good order: %v", err)
		}
		if way != nil {
			_ = way.Close()
		}
		server.Close()
	})
	return address
}

// workDir is one that Chromium's user may enter; that of t.TempDir is not.
func workDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "leaktest-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o711); err != nil { //nolint:gosec // Chromium's user passes through
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// begin names the case that is played from now on.
func (st *stage) begin(name string) {
	st.agent.begin(name)
	st.customer.begin(name)
}

// end ends the session in good order and returns what remains of it.
func (st *stage) end() (*remains, error) {
	st.customer.send("end", map[string]any{})
	var r cobrowse.Result
	select {
	case r = <-st.result:
	case <-time.After(time.Minute):
		return nil, errors.New("the session does not end")
	}
	left := &remains{result: r, log: st.log.Bytes()}
	if r.Recording == nil {
		return nil, errors.New("nothing was recorded")
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var err error
	if left.track, err = record.ReadTrack(ctx, st.bucket, st.keys, st.meta); err != nil {
		return nil, err
	}
	for _, v := range r.Recording.Videos {
		f, _, err := record.OpenVideo(ctx, st.bucket, st.keys, st.meta, v.Key)
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(f)
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, err
		}
		left.videos = append(left.videos, video{data, v.Width, v.Height})
	}
	return left, nil
}

// remains are what a session leaves behind.
type remains struct {
	result cobrowse.Result
	track  record.Track
	videos []video
	log    []byte
}

type video struct {
	data          []byte
	width, height int
}

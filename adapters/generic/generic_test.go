package generic

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/adapters/desk/desktest"
)

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// referenceFile names a file of the reference data beside the repository. Without it the comparison is left out, except on CI.
func referenceFile(t *testing.T, name string) (path string, there bool) {
	t.Helper()
	path = filepath.Join("..", "..", "..", "shared", "data", name)
	_, err := os.Stat(path)
	if os.IsNotExist(err) && os.Getenv("CI") != "true" {
		t.Logf("left out: the reference data is not beside the repository (%s)", path)
		return path, false
	}
	if err != nil {
		t.Fatal(err)
	}
	return path, true
}

// receiver is a desk's server that takes our webhooks as Standard Webhooks tells it to.
type receiver struct {
	t      *testing.T
	wh     *webhooks.Webhook
	schema *jsonschema.Schema

	mu      sync.Mutex
	seen    map[string]bool
	entries map[string]desk.Entry // by session
	next    func(w http.ResponseWriter) bool
	pass    int // requests before lose
	lose    func(w http.ResponseWriter, take func())
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	wh, err := webhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	r := &receiver{t: t, wh: wh, seen: map[string]bool{}, entries: map[string]desk.Entry{}}
	if path, there := referenceFile(t, "cloudevents/cloudevents.json"); there {
		c := jsonschema.NewCompiler()
		c.AssertFormat()
		if r.schema, err = c.Compile(path); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if next := r.next; next != nil {
		r.next = nil
		if next(w) {
			return
		}
	}
	body, err := io.ReadAll(q.Body)
	if err != nil {
		r.t.Error(err)
	}
	if err := r.wh.Verify(body, q.Header); err != nil {
		r.t.Errorf("the signature: %v", err)
	}
	take := func() { r.take(q, body) }
	if r.lose != nil {
		if r.pass--; r.pass < 0 {
			lose := r.lose
			r.lose = nil
			lose(w, take)
			return
		}
	}
	take()
	w.WriteHeader(http.StatusNoContent)
}

func (r *receiver) take(q *http.Request, body []byte) {
	if got := q.Header.Get("Content-Type"); got != "application/cloudevents+json" {
		r.t.Errorf("the content type is %s", got)
	}
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		r.t.Error(err)
	}
	if r.schema != nil {
		if err := r.schema.Validate(v); err != nil {
			r.t.Errorf("the body is no CloudEvent: %v", err)
		}
	}
	var ev struct {
		ID, Type, Subject string
		Data              desk.Entry
	}
	if err := json.Unmarshal(body, &ev); err != nil {
		r.t.Error(err)
	}
	if ev.ID != q.Header.Get(webhooks.HeaderWebhookID) {
		r.t.Error("webhook-id and the event's id differ")
	}
	if r.seen[ev.ID] || ev.Type == TypeCheck {
		return
	}
	r.seen[ev.ID] = true
	r.entries[ev.Subject] = ev.Data
}

func (r *receiver) texts() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var texts []string
	for _, e := range r.entries {
		if e.Key != "" {
			texts = append(texts, "entry: "+e.PlayerURL+" "+string(must(json.Marshal(e.Text))))
		}
	}
	return texts
}

func (r *receiver) transcripts() (files []desktest.StoredFile) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.entries {
		if e.Transcript == nil {
			continue
		}
		if e.Transcript.Refused != (desk.Line{}) {
			r.t.Errorf("the event speaks of a refusal: %+v", e.Transcript)
		}
		files = append(files, desktest.StoredFile{Name: e.Transcript.Name, Content: []byte(e.Transcript.Text)})
	}
	return files
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

func newDesk(t *testing.T, url string) *Desk {
	t.Helper()
	d, err := New(Config{URL: url, Secret: secret, Source: "https://service.example", Private: loopback})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestConformance(t *testing.T) {
	desktest.Run(t, func(t *testing.T) desktest.Harness {
		r := newReceiver(t)
		s := httptest.NewServer(r)
		t.Cleanup(s.Close)
		return desktest.Harness{
			Desk: newDesk(t, s.URL), Record: desk.Record{Conversation: "c-1"}, Agent: desk.Agent{ID: "a1", Name: "Ana"}, Texts: r.texts,
			Files: r.transcripts,
			Throttle: func(after time.Duration) {
				r.next = func(w http.ResponseWriter) bool {
					w.Header().Set("Retry-After", strconv.Itoa(int(after.Seconds())))
					w.WriteHeader(http.StatusTooManyRequests)
					return true
				}
			},
			Lose: r.loseAfter,
		}
	})
}

func (r *receiver) loseAfter(n int, answer bool) func() bool {
	reached := false
	r.pass, r.lose = n, func(w http.ResponseWriter, take func()) {
		reached = true
		if answer {
			take()
		}
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			r.t.Error(err)
			return
		}
		conn.Close()
	}
	return func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.lose = nil
		return reached
	}
}

func TestSignaturesOfStandardWebhooks(t *testing.T) {
	path, there := referenceFile(t, "standard-webhooks/vectors.json")
	if !there {
		return
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct{ Secret, ID, Timestamp, Payload, Signature string }
	}
	if err := json.Unmarshal(text, &file); err != nil || len(file.Vectors) == 0 {
		t.Fatalf("%d vectors, %v", len(file.Vectors), err)
	}
	for _, v := range file.Vectors {
		d, err := New(Config{URL: "https://desk.example", Secret: v.Secret, Source: "https://service.example"})
		if err != nil {
			t.Fatal(err)
		}
		at, err := strconv.ParseInt(v.Timestamp, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := d.signer.Sign(v.ID, time.Unix(at, 0), []byte(v.Payload)); err != nil || got != v.Signature {
			t.Errorf("%s is signed %s (%v), want %s", v.ID, got, err, v.Signature)
		}
	}
}

func TestAnswers(t *testing.T) {
	var transient *desk.Transient
	var permanent *desk.Permanent
	for status, ok := range map[int]func(error) bool{
		200: func(err error) bool { return err == nil },
		202: func(err error) bool { return err == nil },
		302: func(err error) bool { return errors.As(err, &transient) },
		401: func(err error) bool { return errors.Is(err, desk.ErrDenied) },
		404: func(err error) bool { return errors.As(err, &transient) },
		410: func(err error) bool { return errors.As(err, &permanent) },
		500: func(err error) bool { return errors.As(err, &transient) },
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
		}))
		if err := newDesk(t, s.URL).Check(t.Context()); !ok(err) {
			t.Errorf("%d: %v", status, err)
		}
		s.Close()
	}
}

// TestPrivateNetworks: a webhook must not reach what is behind the service's own walls.
func TestPrivateNetworks(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a private network was reached") }))
	defer s.Close()
	d, err := New(Config{URL: s.URL, Secret: secret, Source: "https://service.example"})
	if err != nil {
		t.Fatal(err)
	}
	var transient *desk.Transient
	if err := d.Check(t.Context()); !errors.As(err, &transient) {
		t.Fatalf("got %v", err)
	}
}

func TestConfig(t *testing.T) {
	sound := Config{URL: "https://desk.example/hook", Secret: secret, Source: "https://service.example"}
	if _, err := New(sound); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Config){
		"plain http":      func(c *Config) { c.URL = "http://desk.example" },
		"no host":         func(c *Config) { c.URL = "https://" },
		"user in address": func(c *Config) { c.URL = "https://u:p@desk.example" },
		"empty secret":    func(c *Config) { c.Secret = "" },
		"prefix alone":    func(c *Config) { c.Secret = "whsec_" },
		"short secret":    func(c *Config) { c.Secret = "whsec_YWJj" },
		"no Base64":       func(c *Config) { c.Secret = "whsec_???" },
		"no source":       func(c *Config) { c.Source = "" },
	} {
		c := sound
		change(&c)
		if _, err := New(c); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

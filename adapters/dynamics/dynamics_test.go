package dynamics

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/adapters/desk/desktest"
	"cobrowse-connector/adapters/dynamics/dataversefake"
)

// world is an organisation with a case, a customer, a conversation and its agent.
type world struct {
	fake            *dataversefake.Server
	server          *httptest.Server
	desk            *Desk
	agent, foreign  desk.Agent
	contact, caseID string
	chat, call      string
}

func newWorld(t *testing.T, custom bool) *world {
	t.Helper()
	w := newOrganisation(custom)
	w.server = httptest.NewServer(w.fake)
	t.Cleanup(w.server.Close)
	w.desk = w.connect(t, w.fake.Token())
	return w
}

// newOrganisation is a world without a server and a desk.
func newOrganisation(custom bool) *world {
	w := &world{fake: dataversefake.New()}
	if custom {
		w.fake.AddTable(DefaultTable, dataversefake.CobrowseColumns(DefaultTable, Columns))
	}
	w.agent, w.foreign = desk.Agent{ID: uuid.NewString(), Name: "Ana Agent"}, desk.Agent{ID: uuid.NewString(), Name: "Otto Other"}
	ana := w.fake.AddUser(dataversefake.User{ObjectID: w.agent.ID, Name: w.agent.Name})
	w.fake.AddUser(dataversefake.User{ObjectID: w.foreign.ID, Name: w.foreign.Name})
	w.contact = w.fake.AddContact("", "Rita", "Moreno")
	w.caseID = w.fake.AddCase(dataversefake.Case{Title: "Cannot pay", Number: "CAS-1", Contact: w.contact})
	w.chat = w.fake.AddConversation(dataversefake.Conversation{Subject: "Chat", Agent: ana, Case: w.caseID, Contact: w.contact})
	w.call = w.fake.AddConversation(dataversefake.Conversation{Subject: "Call", Voice: true, Agent: ana, Contact: w.contact})
	return w
}

func (w *world) connect(t testing.TB, token string) *Desk {
	t.Helper()
	d, err := New(Config{URL: w.server.URL, Credential: StaticToken(token)})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (w *world) record() desk.Record {
	return desk.Record{
		Conversation: w.chat, Channel: desk.Chat, Case: desk.Ref{Type: "incident", ID: w.caseID}, CaseTitle: "Cannot pay",
		Customer: desk.Ref{Type: "contact", ID: w.contact}, CustomerName: "Rita Moreno",
	}
}

func (w *world) entry() desk.Entry {
	start := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	return desk.Entry{
		Key: uuid.NewString(), Agent: w.agent, Record: w.record(), Subject: "Co-browse session", Text: "Pages: Checkout",
		Lines: []desk.Line{{Label: "Pages", Value: "Checkout"}}, PlayerURL: "https://service.example/watch/1?a=1&b=2",
		Started: start, Ended: start.Add(6*time.Minute + time.Second), Status: desk.Completed, Outcome: "solved", RecordingSHA: "ab12",
		Transcript: &desk.Transcript{
			Name: "session-transcript.txt", Text: "09:00:00 joined\n", Refused: desk.Line{Label: "Transcript", Value: "refused here"},
		},
	}
}

func (w *world) notes() (notes []dataversefake.Item) {
	for _, it := range w.fake.Timeline(w.caseID) {
		if it.Kind == "annotation" {
			notes = append(notes, it)
		}
	}
	return notes
}

func (w *world) harness(kind string) desktest.Harness {
	return desktest.Harness{
		Desk: w.desk, Record: w.record(), Agent: w.agent, Foreign: w.foreign,
		Texts: func() []string {
			var texts []string
			for _, n := range w.notes() {
				if n.Subject == "Co-browse session" {
					texts = append(texts, n.HTML)
				}
			}
			if n := w.fake.Count(kind); n != len(texts) {
				texts = append(texts, strings.Repeat("activities and notes differ ", n))
			}
			return texts
		},
		Files: func() []desktest.StoredFile {
			var files []desktest.StoredFile
			for _, n := range w.notes() {
				if f, content, ok := w.fake.Attachment(n.ID); ok {
					files = append(files, desktest.StoredFile{Name: f.Name, Content: content})
				}
			}
			return files
		},
		Throttle: func(after time.Duration) { w.fake.Throttle(1, after) },
		Lose: func(n int, answer bool) func() bool {
			kind := dataversefake.LostRequest
			if answer {
				kind = dataversefake.LostAnswer
			}
			return w.fake.FailAfter(n, kind)
		},
		MaxFile: 9 << 20, RefusedName: "page.hta",
	}
}

func TestConformance(t *testing.T) {
	desktest.Run(t, func(t *testing.T) desktest.Harness {
		w := newWorld(t, true)
		w.fake.SetMaxUpload(12 << 20) // Base64 of 9 MB
		return w.harness(DefaultTable)
	})
}

func TestEntryOnTheCase(t *testing.T) {
	w := newWorld(t, true)
	if err := w.desk.PutEntry(t.Context(), w.entry()); err != nil {
		t.Fatal(err)
	}
	items := w.fake.Timeline(w.caseID)
	if len(items) != 2 {
		t.Fatalf("the timeline holds %d items: %+v", len(items), items)
	}
	for _, it := range items {
		if it.By != "Ana Agent" || it.Via == "" {
			t.Errorf("%s is by %q via %q, want the agent via the application", it.Kind, it.By, it.Via)
		}
		if it.Kind == "annotation" {
			const link = `<a href="https://service.example/watch/1?a=1&amp;b=2"`
			if !strings.Contains(it.HTML, link) || !strings.Contains(it.HTML, "<strong>Pages:</strong> Checkout") {
				t.Errorf("the note reads %s", it.HTML)
			}
			continue
		}
		if it.Kind != DefaultTable || it.State != "Completed" || it.Columns["cob_outcome"] != "solved" || it.Columns["cob_recordingsha256"] != "ab12" {
			t.Errorf("the activity is %+v", it)
		}
		if n := it.Columns["actualdurationminutes"]; n == nil || n.(interface{ String() string }).String() != "7" {
			t.Errorf("it took %v minutes, want 7", n)
		}
	}
}

func TestFallbacks(t *testing.T) {
	for _, c := range []struct {
		name, kind, channel string
		status              desk.Status
		state               string
	}{
		{"a chat becomes a task", "task", desk.Chat, desk.Completed, "Completed"},
		{"a call becomes a phone call", "phonecall", desk.Voice, desk.Completed, "Completed"},
		{"a failed call is cancelled", "phonecall", desk.Voice, desk.Cancelled, "Canceled"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, false)
			e := w.entry()
			e.Record.Channel, e.Status = c.channel, c.status
			for range 2 {
				if err := w.desk.PutEntry(t.Context(), e); err != nil {
					t.Fatal(err)
				}
			}
			items := w.fake.Timeline(w.caseID)
			i := slices.IndexFunc(items, func(it dataversefake.Item) bool { return it.Kind == c.kind })
			if len(items) != 2 || i < 0 || items[i].State != c.state {
				t.Fatalf("the timeline is %+v", items)
			}
			var permanent *desk.Permanent
			if err := w.desk.Check(t.Context()); !errors.As(err, &permanent) || !strings.Contains(err.Error(), DefaultTable) {
				t.Errorf("the check says %v", err)
			}
		})
	}
}

// TestSolutionInstalledBetweenAttempts: the activity of the first attempt counts, whatever its kind.
func TestSolutionInstalledBetweenAttempts(t *testing.T) {
	w := newWorld(t, false)
	e := w.entry()
	if err := w.desk.PutEntry(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	w.fake.AddTable(DefaultTable, dataversefake.CobrowseColumns(DefaultTable, Columns))
	if err := w.connect(t, w.fake.Token()).PutEntry(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if n := w.fake.Count("task") + w.fake.Count(DefaultTable); n != 1 {
		t.Fatalf("%d activities", n)
	}
}

func TestWhereAnEntryGoes(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*world, *desk.Record)
		target func(*world) string
	}{
		{"no case: the customer", func(w *world, r *desk.Record) { r.Case = desk.Ref{} }, func(w *world) string { return w.contact }},
		{"no customer either: the conversation", func(w *world, r *desk.Record) { r.Case, r.Customer = desk.Ref{}, desk.Ref{} }, func(w *world) string { return w.chat }},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, true)
			e := w.entry()
			c.change(w, &e.Record)
			if err := w.desk.PutEntry(t.Context(), e); err != nil {
				t.Fatal(err)
			}
			if len(w.fake.Timeline(c.target(w))) == 0 || w.fake.Count(DefaultTable) != 1 {
				t.Fatal("the entry is not there")
			}
		})
	}
	w := newWorld(t, true)
	e := w.entry()
	e.Record = desk.Record{}
	var permanent *desk.Permanent
	if err := w.desk.PutEntry(t.Context(), e); !errors.As(err, &permanent) {
		t.Fatalf("an entry about nothing: %v", err)
	}
}

func TestLookupOfACall(t *testing.T) {
	w := newWorld(t, true)
	r, err := w.desk.Lookup(t.Context(), w.agent, strings.ToUpper(w.call))
	if err != nil {
		t.Fatal(err)
	}
	if r.Channel != desk.Voice || !r.Case.IsZero() || r.Customer.ID != w.contact || r.Conversation != w.call {
		t.Fatalf("got %+v", r)
	}
}

func TestDeletedNoteComesBack(t *testing.T) {
	w := newWorld(t, true)
	e := w.entry()
	if err := w.desk.PutEntry(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	w.fake.Delete("annotation", desk.ID(e.Key, kindNote))
	if err := w.desk.PutEntry(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if len(w.notes()) != 1 || w.fake.Count(DefaultTable) != 1 {
		t.Fatal("the note is not back alone")
	}
}

func TestRights(t *testing.T) {
	w := newWorld(t, true)
	plain := w.fake.AddUser(dataversefake.User{Name: "app without Delegate", Application: true, Reads: dataversefake.Organization})
	w.fake.AddToken("plain", plain)
	weak := w.fake.AddUser(dataversefake.User{Name: "app without rights", Application: true, Delegate: true, Reads: dataversefake.Own})
	w.fake.AddToken("weak", weak)
	for token, want := range map[string]error{"plain": desk.ErrDenied, "weak": desk.ErrDenied, "unknown": desk.ErrSignIn} {
		if _, err := w.connect(t, token).Lookup(t.Context(), w.agent, w.chat); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", token, err, want)
		}
	}
	gone := desk.Agent{ID: uuid.NewString()}
	w.fake.AddUser(dataversefake.User{ObjectID: gone.ID, Name: "Gone", Disabled: true})
	e := w.entry()
	e.Agent = gone
	if err := w.desk.PutEntry(t.Context(), e); !errors.Is(err, desk.ErrDenied) {
		t.Errorf("a disabled agent: got %v", err)
	}
}

// TestAnswersThatAreNoSuccess holds what kiota would take for success or lose the body of, and what is not Dataverse's word.
func TestAnswersThatAreNoSuccess(t *testing.T) {
	var permanent *desk.Permanent
	var transient *desk.Transient
	const odata = `{"error":{"code":"","message":"no"}}`
	for _, c := range []struct {
		name   string
		status int
		header [2]string
		body   string
		target any
	}{
		{"a redirect to a maintenance page", http.StatusFound, [2]string{"Location", "/login"}, "", &transient},
		{"a gateway's 404", http.StatusNotFound, [2]string{"Content-Type", "text/html"}, "<h1>404</h1>", &transient},
		{"a gateway's 400", http.StatusBadRequest, [2]string{"Content-Type", "text/html"}, "<h1>400</h1>", &transient},
		{"a page with the wrong success", http.StatusAccepted, [2]string{}, "<h1>Back soon</h1>", &transient},
		{"an outage with a page of HTML", http.StatusServiceUnavailable, [2]string{"Content-Type", "text/html"}, "", &transient},
		{"an outage with a date", http.StatusServiceUnavailable, [2]string{"Retry-After", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)}, "", &transient},
		{"a bad gateway", http.StatusBadGateway, [2]string{}, "", &transient},
		{"a body that is too long", http.StatusRequestEntityTooLarge, [2]string{}, "", &permanent},
		{"a refusal", http.StatusBadRequest, [2]string{}, odata, &permanent},
		{"a refusal in the older shape", http.StatusBadRequest, [2]string{}, `{"Message":"no","ErrorCode":1}`, &permanent},
	} {
		t.Run(c.name, func(t *testing.T) {
			asked := 0
			d := answering(t, func(w http.ResponseWriter, _ *http.Request) {
				asked++
				if c.header[0] != "" {
					w.Header().Set(c.header[0], c.header[1])
				}
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.body))
			})
			if err := d.Check(t.Context()); !errors.As(err, c.target) {
				t.Errorf("got %v", err)
			}
			if asked != 1 {
				t.Errorf("asked %d times: retries belong to the outbox", asked)
			}
		})
	}
	missing := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(odata))
	})
	if err := missing.Check(t.Context()); !errors.Is(err, desk.ErrNotFound) {
		t.Errorf("Dataverse's own 404: %v", err)
	}
}

// answering is a desk whose organisation answers as the test says.
func answering(t *testing.T, h http.HandlerFunc) *Desk {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	d, err := New(Config{URL: s.URL, Credential: StaticToken("t")})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestChangeSetNeedsABatchsAnswer: a page of a gateway with status 200 stored nothing.
func TestChangeSetNeedsABatchsAnswer(t *testing.T) {
	w := newWorld(t, true)
	front := answering(t, func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/$batch") {
			_, _ = rw.Write([]byte("<h1>Back soon</h1>"))
			return
		}
		r.Header.Set("Authorization", "Bearer "+w.fake.Token())
		w.fake.ServeHTTP(rw, r)
	})
	var transient *desk.Transient
	if err := front.PutEntry(t.Context(), w.entry()); !errors.As(err, &transient) {
		t.Errorf("got %v", err)
	}
}

// TestRequestTooLargeForAFile: a limit before the organisation leaves the file at its link; an entry of that size is a mistake.
func TestRequestTooLargeForAFile(t *testing.T) {
	err := (&answer{status: http.StatusRequestEntityTooLarge}).failure()
	var permanent *desk.Permanent
	if !errors.Is(err, desk.ErrTooLarge) || !errors.As(err, &permanent) {
		t.Errorf("got %v", err)
	}
}

func TestNothingLeavesWithoutToken(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a request without a token left") }))
	defer s.Close()
	d, err := New(Config{URL: s.URL, Credential: StaticToken("")})
	if err != nil {
		t.Fatal(err)
	}
	var permanent *desk.Permanent
	if err := d.Check(t.Context()); !errors.As(err, &permanent) {
		t.Fatalf("got %v", err)
	}
}

func TestConfig(t *testing.T) {
	for _, u := range []string{"", "contoso.crm.dynamics.com", "http://contoso.crm.dynamics.com", "https://u:p@contoso.crm.dynamics.com", "https://contoso.crm.dynamics.com/path", "ftp://localhost"} {
		if _, err := New(Config{URL: u, Credential: StaticToken("t")}); err == nil {
			t.Errorf("%q was taken", u)
		}
	}
	if _, err := New(Config{URL: "https://contoso.crm.dynamics.com", Credential: StaticToken("t"), Table: "x'); drop"}); err == nil {
		t.Error("a table name with a quote was taken")
	}
	credentials := NewCredentials("https://login.microsoftonline.com", func(string) string { return "" }, nil)
	for _, a := range []Application{{}, {Tenant: "t"}, {Client: "c"}, {Tenant: "t", Client: "c", Secret: "s", Workload: true}, {Tenant: "t", Secret: "s", Managed: true}} {
		if _, err := credentials.Get(a); err == nil {
			t.Errorf("%+v was taken", a)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		in   string
		max  int
		want string
	}{{"abc", 3, "abc"}, {"abcd", 3, "ab…"}, {"😀😀", 3, "😀…"}, {"", 3, ""}} {
		if got := cut(c.in, c.max); got != c.want {
			t.Errorf("cut(%q, %d) = %q, want %q", c.in, c.max, got, c.want)
		}
	}
	long := desk.Entry{Lines: slices.Repeat([]desk.Line{{Label: "Page", Value: strings.Repeat("<", 90)}}, 2000), PlayerURL: "https://p"}
	if n := noteHTML(long); len(n) > maxNote || !strings.Contains(n, `href="https://p"`) {
		t.Errorf("a long note has %d bytes", len(n))
	}
}

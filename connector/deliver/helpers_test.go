package deliver

import (
	"bytes"
	"context"
	"database/sql"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/adapters/dynamics"
	"cobrowse-connector/adapters/dynamics/dataversefake"
	"cobrowse-connector/adapters/dynamics/dataversefake/inprocess"
	"cobrowse-connector/connector/keyring"
	"cobrowse-connector/connector/store"
	"cobrowse-connector/connector/store/storetest"
)

var recording = bytes.Repeat([]byte("picture "), 2000)

// filesOf gives the recording of any session.
var filesOf = fileOf(recording)

func fileOf(content []byte) Files {
	return func(context.Context, string, string) (Content, error) {
		return Content{Size: int64(len(content)), Open: func(context.Context) (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(content)), nil
		}}, nil
	}
}

// ring seals what is kept of files under way; all nodes have the same.
var ring = func() *keyring.Ring {
	r, err := keyring.New(bytes.Repeat([]byte{1}, keyring.Size))
	if err != nil {
		panic(err)
	}
	return r
}()

// org is a stand-in organisation with one case and one conversation.
type org struct {
	fake   *dataversefake.Server
	record desk.Record
	agent  desk.Agent
	user   string // the agent's systemuser
}

func newOrg() *org {
	o := &org{fake: dataversefake.New(), agent: desk.Agent{ID: uuid.NewString(), Name: "Ana"}}
	o.fake.AddTable(dynamics.DefaultTable, dataversefake.CobrowseColumns(dynamics.DefaultTable, dynamics.Columns))
	o.user = o.fake.AddUser(dataversefake.User{ObjectID: o.agent.ID, Name: "Ana"})
	return o.anotherCase()
}

// anotherCase is the same organisation with a case and a conversation that nobody has seen yet.
func (o *org) anotherCase() *org {
	other := *o
	contact := o.fake.AddContact("", "Rita", "Moreno")
	id := o.fake.AddCase(dataversefake.Case{Title: "Cannot pay", Contact: contact})
	other.record = desk.Record{
		Conversation: o.fake.AddConversation(dataversefake.Conversation{Subject: "Chat", Agent: o.user, Case: id, Contact: contact}),
		Channel:      desk.Chat, Case: desk.Ref{Type: "incident", ID: id},
	}
	return &other
}

func (o *org) desk(t testing.TB) desk.Desk {
	t.Helper()
	d, err := dynamics.New(dynamics.Config{URL: "http://localhost", Credential: dynamics.StaticToken(o.fake.Token()), Transport: inprocess.To(o.fake)})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (o *org) job(company string) Job {
	return Job{
		Company: company,
		Entry: desk.Entry{
			Key: uuid.NewString(), Agent: o.agent, Record: o.record, Subject: "Co-browse session", Text: "Pages: Checkout",
			PlayerURL: "https://service.example/watch", Started: time.Now().Add(-time.Minute), Ended: time.Now(), Status: desk.Completed,
			Transcript: &desk.Transcript{Name: "transcript.txt", Text: "Outcome: not picked"},
		},
		Files: []Attachment{{Name: "recording.webm", Type: "video/webm"}},
	}
}

// sessions checks that the case holds exactly one activity, one note with its transcript and one note with its recording for each of n
// sessions.
func (o *org) sessions(t testing.TB, n int) {
	t.Helper()
	o.sessionsOf(t, n, recording)
}

func (o *org) sessionsOf(t testing.TB, n int, recording []byte) {
	t.Helper()
	activities, notes, files, transcripts := 0, 0, 0, 0
	for _, it := range o.fake.Timeline(o.record.Case.ID) {
		if it.Kind != "annotation" {
			activities++
			if it.State != "Completed" {
				t.Errorf("an activity is %s", it.State)
			}
			continue
		}
		notes++
		f, content, ok := o.fake.Attachment(it.ID)
		switch {
		case ok && f.Name == "transcript.txt":
			transcripts++
		case ok:
			files++
			if !bytes.Equal(content, recording) {
				t.Errorf("the recording is not what was recorded")
			}
		}
	}
	if activities != n || notes != 2*n || files != n || transcripts != n {
		t.Errorf("the case holds %d activities, %d recordings and %d transcripts in %d notes; want those of %d sessions", activities, files, transcripts, notes, n)
	}
}

// transcribed checks what all transcripts on the case say.
func (o *org) transcribed(t testing.TB, text string) {
	t.Helper()
	for _, it := range o.fake.Timeline(o.record.Case.ID) {
		if it.File == nil || it.File.Name != "transcript.txt" {
			continue
		}
		if _, content, _ := o.fake.Attachment(it.ID); string(content) != text {
			t.Errorf("a transcript says %q, not %q", content, text)
		}
	}
}

func enqueue(t testing.TB, db *store.DB, jobs ...Job) {
	t.Helper()
	err := db.Tx(context.Background(), func(tx *sql.Tx) error {
		for _, j := range jobs {
			if err := Enqueue(context.Background(), tx, j); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// started runs a worker until the test ends; stop ends it earlier.
func started(t testing.TB, w *Worker) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := w.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	stop = sync.OnceFunc(func() { cancel(); running.Wait() })
	t.Cleanup(stop)
	return stop
}

// idle waits in a test's bubble until nothing is pending, for at most limit of its time.
func idle(t testing.TB, w *Worker, limit time.Duration) time.Duration {
	t.Helper()
	began := time.Now()
	for {
		b, err := w.Pending(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if b.Pending == 0 {
			return time.Since(began)
		}
		if time.Since(began) > limit {
			letters, _ := List(context.Background(), w.db, "acme", 10)
			t.Fatalf("still %d pending after %v: %+v", b.Pending, limit, letters)
		}
		time.Sleep(max(time.Second, time.Since(began)/100)) // the bubble's time
	}
}

func result(t testing.TB, db *store.DB, id string) (state, result, lastError string) {
	t.Helper()
	row := db.QueryRowContext(context.Background(), `SELECT state, result, last_error FROM outbox WHERE id = $1`, id)
	if err := row.Scan(&state, &result, &lastError); err != nil {
		t.Fatal(err)
	}
	return state, result, lastError
}

// bubble runs a test on both databases with time of its own.
//
// The schema is made outside the bubble, and the test's own connections inside, as their timers must not cross its wall.
func bubble(t *testing.T, test func(t *testing.T, db *store.DB)) {
	for name, dsn := range databases {
		t.Run(name, func(t *testing.T) {
			address := dsn(t)
			migrated(t, address)
			synctest.Test(t, func(t *testing.T) {
				db := opened(t, address)
				defer db.Close()
				test(t, db)
			})
		})
	}
}

var databases = map[string]func(testing.TB) string{
	"SQLite":     func(t testing.TB) string { return filepath.Join(t.TempDir(), "outbox.db") },
	"PostgreSQL": storetest.PostgresDSN,
}

func opened(t testing.TB, address string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func migrated(t testing.TB, address string) {
	t.Helper()
	db := opened(t, address)
	defer db.Close()
	if err := db.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func one(o *org, t testing.TB) Desks {
	d := o.desk(t)
	return func(context.Context, string) (desk.Desk, error) { return d, nil }
}

func replayed(db *store.DB, company, id string) (n int64, err error) {
	err = db.Tx(context.Background(), func(tx *sql.Tx) error {
		n, err = Replay(context.Background(), tx, company, id)
		return err
	})
	return n, err
}

// ofOrganisation is a desk of another organisation than its address says: the stand-ins share one.
type ofOrganisation struct {
	desk.Desk
	name string
}

func (o ofOrganisation) Organisation() string { return o.name }

package demo

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"
	"time"

	crm "cobrowse-connector/adapters/desk"
	"cobrowse-connector/adapters/dynamics"
	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/config"
)

// running is a demo that runs until stop. ready is closed when it says that it is, ended gives Run's answer.
func running(t *testing.T, o Options) (d *Demo, ready chan struct{}, ended chan error, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	d, err := New(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	ready, ended = make(chan struct{}), make(chan error, 1)
	go func() { ended <- d.Run(ctx, func() { close(ready) }) }()
	return d, ready, ended, cancel
}

// TestTimelinesSurviveARestart: what stands on a case stands there after a restart, and once.
func TestTimelinesSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	start := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	e := crm.Entry{
		Key: "0b9c4f0e-6c9f-4a52-9a0e-2f6d3c1b0001", Agent: crm.Agent{ID: agentOID}, Subject: "Co-browse session", Text: "Outcome: solved",
		Record: crm.Record{Conversation: callID, Channel: crm.Voice, Case: crm.Ref{Type: "incident", ID: callCase}}, Started: start,
		Ended: start.Add(time.Minute), Status: crm.Completed, Outcome: "Solved", PlayerURL: "https://connect.example/watch/1",
	}
	for run, before := range []int{0, 2, 2} { // an activity and a note
		d, ready, ended, stop := running(t, Options{DataDir: dir})
		select {
		case <-ready:
		case err := <-ended:
			t.Fatal(err)
		}
		entries, err := d.CRM.Entries(t.Context(), callCase)
		if err != nil || len(entries) != before || (before > 0 && entries[0].Author != "Ana Ribeiro") {
			t.Errorf("run %d: the timeline holds %+v, %v", run, entries, err)
		}
		if before > 0 {
			checkCards(t, entries)
		}
		desk, err := dynamics.New(dynamics.Config{URL: d.Dataverse, Credential: dynamics.StaticToken(d.CRM.server.Token())})
		if err != nil {
			t.Fatal(err)
		}
		if err := desk.PutEntry(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		stop()
		if err := <-ended; err != nil {
			t.Errorf("not in good order: %v", err)
		}
	}
}

// checkCards: the session's card tells its length and outcome and leads to the player; the note has neither.
func checkCards(t *testing.T, entries []TimelineEntry) {
	t.Helper()
	for _, e := range entries {
		if e.Kind == KindNote {
			if len(e.Fields) != 0 {
				t.Errorf("the note has %+v", e.Fields)
			}
			continue
		}
		if want := []Field{{"duration", "1 min"}, {"outcome", "Solved"}}; !slices.Equal(e.Fields, want) || e.Link != "https://connect.example/watch/1" || e.Status != "Completed" {
			t.Errorf("the card is %+v", e)
		}
	}
}

// TestRulesSurviveARestart: what was made in the console is there after a restart; only the stand-ins' ports are new.
func TestRulesSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	var former string
	for run := range 2 {
		d, err := New(t.Context(), Options{DataDir: dir})
		if err != nil {
			t.Fatal(err)
		}
		companies := d.app.Companies()
		co, err := companies.Get(t.Context(), Slug)
		if err != nil || len(co.Policy.Masks) != run || len(co.Policy.Private) != 2 || co.Policy.Private[0] == former || !strings.HasSuffix(d.Shop, co.Policy.Private[0]) {
			t.Errorf("run %d: %+v, %v", run, co.Policy, err)
		}
		former = co.Policy.Private[0]
		_, err = companies.ChangePolicy(t.Context(), Slug, "administrator:marta", func(_ *sql.Tx, co company.Company) (cobrowse.Policy, error) {
			co.Policy.Masks = []cobrowse.MaskRule{{ID: "console", Selector: "#console"}}
			return co.Policy, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if err := d.Run(ctx, func() {}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestNotReadyWithoutChromium: scripts wait for the word that everything answers; without a browser it must not come.
func TestNotReadyWithoutChromium(t *testing.T) {
	o := Options{DataDir: t.TempDir(), Configure: func(c *config.Config) { c.Chromium = "/nowhere/chromium" }}
	_, ready, ended, stop := running(t, o)
	defer stop()
	if err := <-ended; err == nil || !strings.Contains(err.Error(), `"browser":"failed"`) {
		t.Errorf("got %v", err)
	}
	select {
	case <-ready:
		t.Error("the demo said that it is ready")
	default:
	}
}

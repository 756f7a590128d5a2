package sessions_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/sessions/sessionstest"
)

// moments are one of each kind, from a quarter of a minute before the session got live.
func moments(live time.Time) []cobrowse.Moment {
	all := []cobrowse.Moment{
		{Kind: "joined", By: cobrowse.RoleCustomer}, {Kind: "joined", By: cobrowse.RoleAgent, Name: "Agent ada"},
		{Kind: "consent", By: cobrowse.RoleCustomer, What: "recording"}, {Kind: "live"}, {Kind: "recording"},
		{Kind: "page", What: "Checkout", URL: "https://shop.acme.example/checkout"}, {Kind: "page", URL: "https://slow.example/"}, {Kind: "private"},
		{Kind: "joined", By: cobrowse.RoleSupervisor, Name: "Sue"}, {Kind: "left", By: cobrowse.RoleSupervisor, Name: "Sue"},
		{Kind: "input", By: cobrowse.RoleAgent, Name: "Agent ada", What: "click", Count: 2},
		{Kind: "input", By: cobrowse.RoleCustomer, Name: "Rita", What: "key", Count: 1},
		{Kind: "input", By: cobrowse.RoleCustomer, Name: "Rita", What: "scroll", Count: 1},
		{Kind: "refusal", By: cobrowse.RoleAgent, What: "Buy now"}, {Kind: "refusal", By: cobrowse.RoleAgent},
		{Kind: "pause", By: cobrowse.RoleCustomer}, {Kind: "resume", By: cobrowse.RoleCustomer},
		{Kind: "notice", What: "page_failed.dns"}, {Kind: "notice", What: "of_tomorrow"},
		{Kind: "end", By: cobrowse.RoleAgent, What: "ended"},
	}
	for i := range all {
		all[i].At = live.Add(time.Duration(i-3) * 5 * time.Second)
	}
	return all
}

// TestTranscript shows the whole file, in each language: testdata holds what is expected, with placeholders for the session's id and day.
func TestTranscript(t *testing.T) {
	for language, c := range map[string]struct{ file, zone, hour string }{
		"en": {"transcript.en.txt", "", "1403"}, "pt-BR": {"transcript.pt-BR.txt", "America/Sao_Paulo", "1103"},
	} {
		each(t, func(t *testing.T, w *sessionstest.World) {
			co := must(w.Companies.Get(ctx, sessionstest.Company))(t)
			co.Languages, co.TimeZone = []string{language}, c.zone
			if _, err := w.Companies.Put(ctx, co.Settings, "test"); err != nil {
				t.Fatal(err)
			}
			const afternoon = 14*time.Hour + 3*time.Minute + 12*time.Second
			w.Turn(w.Now().Truncate(24 * time.Hour).Add(24*time.Hour + afternoon).Sub(w.Now()))
			session, _ := liveSession(t, w)
			day := w.Now().Format(time.DateOnly)
			if err := w.Sessions.Ended(ctx, session, result(w, session)); err != nil {
				t.Fatal(err)
			}
			got := entryOf(t, w, session).Transcript
			if want := "cobrowse-" + day + "-" + c.hour + "-transcript.txt"; got == nil || got.Name != want {
				t.Fatalf("%+v, not %s", got, want)
			}
			want := must(os.ReadFile(filepath.Join("testdata", c.file)))(t)
			if text := strings.NewReplacer(session, "SESSION", day, "DAY").Replace(got.Text); text != string(want) {
				t.Errorf("%s:\n%s", language, text)
			}
		})
	}
}

// TestTranscriptWithoutARecording: it does not hang on one, and knows the outcome that is picked later.
func TestTranscriptWithoutARecording(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		session, agent := liveSession(t, w)
		res := result(w, session)
		res.Recording, res.Summary.Outcome, res.Summary.Untold = nil, "", 3
		if err := w.Sessions.Ended(ctx, session, res); err != nil {
			t.Fatal(err)
		}
		before := entryOf(t, w, session).Transcript.Text
		if err := w.Sessions.PickOutcome(ctx, agent, session, "followup", ""); err != nil {
			t.Fatal(err)
		}
		after := amendOf(t, w, session).Transcript.Text
		for text, lines := range map[string][]string{
			before: {"Outcome: not picked\n", "Recording: none\n"}, after: {"Outcome: needs follow-up\n", "Recording: none\n"},
		} {
			for _, line := range append(lines, "Agent Agent ada clicked, 2 times\n") {
				if !strings.Contains(text, line) {
					t.Errorf("%q is not in:\n%s", line, text)
				}
			}
			if !strings.HasSuffix(text, "\n\n3 more lines did not fit into this transcript.\n") {
				t.Errorf("it does not say that it is not whole:\n%s", text)
			}
		}
		if got := must(w.Sessions.Transcript(ctx, agent, session))(t); got.Text != after {
			t.Errorf("the player gives %s", got.Text)
		}
	})
}

// TestTranscriptIsForThoseWhoMayWatch.
func TestTranscriptIsForThoseWhoMayWatch(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		session, agent := liveSession(t, w)
		if _, err := w.Sessions.Transcript(ctx, agent, session); reason(err) != "transcript_unknown" {
			t.Errorf("while it runs: %v", err)
		}
		if err := w.Sessions.Ended(ctx, session, result(w, session)); err != nil {
			t.Fatal(err)
		}
		for _, company := range []string{"acme", "other"} {
			if _, err := w.Sessions.Transcript(ctx, w.Agent(company, "bob", "c-voice"), session); reason(err) != "session_unknown" {
				t.Errorf("a stranger of %s: %v", company, err)
			}
		}
	})
}

// TestNoTranscript of what nobody saw, nor of what was stored when there were none.
func TestNoTranscript(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		old, agent := liveSession(t, w)
		res := result(w, old)
		res.Summary.Moments = nil
		if err := w.Sessions.Ended(ctx, old, res); err != nil {
			t.Fatal(err)
		}
		if got := entryOf(t, w, old).Transcript; got != nil {
			t.Errorf("of an old session: %+v", got)
		}
		if _, err := w.Sessions.Transcript(ctx, agent, old); reason(err) != "transcript_unknown" {
			t.Errorf("the player: %v", err)
		}
		inv := must(w.Sessions.Invite(ctx, "acme", "", "a"))(t)
		must(w.Sessions.Claim(ctx, w.Agent("acme", "ada", "c-voice"), inv.PIN, "a"))(t)
		res = result(w, inv.Session)
		res.Recording, res.Summary.EndReason, res.Summary.Started = nil, "declined", time.Time{}
		if err := w.Sessions.Ended(ctx, inv.Session, res); err != nil {
			t.Fatal(err)
		}
		if got := entryOf(t, w, inv.Session).Transcript; got != nil {
			t.Errorf("of a session that was declined: %+v", got)
		}
	})
}

// TestTranscriptOfAKilledService says that it does not know.
func TestTranscriptOfAKilledService(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		session, _ := liveSession(t, w)
		if err := w.Sessions.Recover(ctx, nothingRecorded); err != nil {
			t.Fatal(err)
		}
		if got := entryOf(t, w, session).Transcript; got == nil || !strings.Contains(got.Text, "The service was interrupted.") {
			t.Errorf("%+v", got)
		}
	})
}

// TestTranscriptHoldsItsLines: a title must not look like a line of ours.
func TestTranscriptHoldsItsLines(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		session, _ := liveSession(t, w)
		res := result(w, session)
		const forged = "10:00:00    0:01  The recording began"
		plain := len(strings.Split(mustTranscript(t, w, session, res), "\n"))
		for _, end := range []string{"\n", "\r", "\u2028", "\u2029", "\u0085", "\v", "\f", "\u202e"} {
			session, _ := liveSession(t, w)
			res := result(w, session)
			for i := range res.Summary.Moments {
				res.Summary.Moments[i].What += "x" + end + forged
			}
			text := mustTranscript(t, w, session, res)
			if lines := strings.Split(text, "\n"); len(lines) != plain || slices.Contains(lines, forged) || strings.ContainsAny(text, "\r\v\f\u2028\u2029\u0085\u202e") {
				t.Errorf("%q:\n%s", end, text)
			}
		}
	})
}

func mustTranscript(t *testing.T, w *sessionstest.World, session string, res cobrowse.Result) string {
	t.Helper()
	if err := w.Sessions.Ended(ctx, session, res); err != nil {
		t.Fatal(err)
	}
	return entryOf(t, w, session).Transcript.Text
}

// TestTranscriptOfALongSession: the clock goes on after an hour.
func TestTranscriptOfALongSession(t *testing.T) {
	each(t, func(t *testing.T, w *sessionstest.World) {
		session, _ := liveSession(t, w)
		res := result(w, session)
		at := w.Now().Add(time.Hour + 2*time.Minute + 3*time.Second)
		res.Summary.Moments = []cobrowse.Moment{{At: at, Kind: "pause", By: cobrowse.RoleCustomer}}
		if want := fmt.Sprintf("%s 1:02:03  ", at.UTC().Format(time.TimeOnly)); !strings.Contains(mustTranscript(t, w, session, res), want) {
			t.Errorf("%q is not in it", want)
		}
	})
}

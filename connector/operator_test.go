package main

import (
	"bytes"
	"context"
	"database/sql"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cobrowse-connector/connector/store"
)

// shell runs connector's commands on one data folder, as an operator does.
type shell struct {
	t   *testing.T
	dir string
}

func (s shell) run(args ...string) (string, error) {
	s.t.Helper()
	var out bytes.Buffer
	err := run(context.Background(), append(args, "--data-dir="+s.dir), &out)
	return out.String(), err
}

func (s shell) must(args ...string) string {
	s.t.Helper()
	out, err := s.run(args...)
	if err != nil {
		s.t.Fatalf("connector %s: %v", strings.Join(args, " "), err)
	}
	return out
}

func (s shell) exec(statement string) {
	s.t.Helper()
	db, err := store.Open(context.Background(), filepath.Join(s.dir, "cobrowse.db"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	err = db.Tx(context.Background(), func(tx *sql.Tx) error {
		_, err := tx.Exec(statement)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

const document = `{"companies":[{"slug":"acme","name":"Acme","languages":["en"],"recording":"on","startUrl":"https://shop.example/",
	"origins":[],"policy":{},"deskKind":"generic","deskUrl":"DESK","desk":{"keyId":"k1","secretEnv":"ACME_SECRET",
	"credentials":{"webhookSecretEnv":"ACME_HOOK","private":["127.0.0.0/8"]}}}]}`

func withCompany(t *testing.T, desk string) shell {
	t.Helper()
	s := shell{t, t.TempDir()}
	t.Setenv("ACME_SECRET", strings.Repeat("s", 32))
	t.Setenv("ACME_HOOK", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz")
	file := filepath.Join(s.dir, "companies.json")
	if err := os.WriteFile(file, []byte(strings.Replace(document, "DESK", desk, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	s.must("company", "import", file)
	return s
}

func TestDeadLettersByCommand(t *testing.T) {
	s := withCompany(t, "https://desk.example/hook")
	s.exec(`INSERT INTO outbox (id, company, lane, position, session, step, body, state, last_error, created_at, due_at)
		VALUES ('s1/entry', 'acme', 'l', 1, 's1', 'entry', '{}', 'dead', 'no such table (install it, then replay)', 1, 1)`)
	for _, args := range [][]string{{"outbox", "list"}, {"outbox", "list", "--company=acme"}} {
		if out := s.must(args...); !strings.Contains(out, "s1/entry") || !strings.Contains(out, "install it") {
			t.Errorf("%v says %s", args, out)
		}
	}
	if out := s.must("outbox", "list", "--company=other"); strings.Contains(out, "s1/entry") {
		t.Errorf("another company's list says %s", out)
	}
	if _, err := s.run("outbox", "replay", "acme", "s2/entry"); err == nil || !strings.Contains(explain(err), "outbox list") {
		t.Errorf("an unknown letter: %v", err)
	}
	if out := s.must("outbox", "replay", "acme"); !strings.HasPrefix(out, "1 ") {
		t.Errorf("replay says %s", out)
	}
	if out := s.must("outbox", "list"); !strings.Contains(out, "pending") || strings.Contains(out, "dead") {
		t.Errorf("after the replay the list says %s", out)
	}
}

func TestCompanyByCommand(t *testing.T) {
	answer := http.StatusNoContent
	desk := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(answer) }))
	defer desk.Close()
	s := withCompany(t, desk.URL)
	if out := s.must("company", "check"); !strings.Contains(out, "acme: the desk is ready") {
		t.Errorf("a desk that answers: %s", out)
	}
	answer = http.StatusForbidden
	if out, err := s.run("company", "check", "acme"); err == nil || !strings.Contains(out, "403") {
		t.Errorf("a desk that refuses: %s, %v", out, err)
	}
	if out := s.must("company", "export"); !strings.Contains(out, `"slug": "acme"`) || strings.Contains(out, "whsec_") {
		t.Errorf("the export is %s", out)
	}
	s.must("company", "revoke-key", "acme", "k1")
	if _, err := s.run("company", "revoke-key", "acme", "k1"); err == nil {
		t.Error("a key was revoked twice")
	}
}

func TestSignOutByCommand(t *testing.T) {
	s := withCompany(t, "https://desk.example/hook")
	s.exec(`INSERT INTO agent_tokens (hash, company, role, agent_id, agent_name, conversation, channel, session, origin, record, key_id, expires_at)
		VALUES ('h', 'acme', 'administrator', 'm', 'Marta', '', '', '', '', '{}', 'k1', 1)`)
	if out := s.must("company", "sign-out", "acme"); !strings.HasPrefix(out, "1 ") {
		t.Errorf("it says %s", out)
	}
	if _, err := s.run("company", "sign-out", "nobody"); err == nil {
		t.Error("an unknown company was signed out")
	}
}

// TestImportByCommand: rules made in the console are replaced only when it is said so.
func TestImportByCommand(t *testing.T) {
	s := withCompany(t, "https://desk.example/hook")
	s.exec(`UPDATE company_versions SET changed_by = 'administrator:marta'`)
	file := filepath.Join(s.dir, "companies.json")
	other := strings.Replace(document, `"policy":{}`, `"policy":{"hideLinks":true}`, 1)
	if err := os.WriteFile(file, []byte(strings.Replace(other, "DESK", "https://desk.example/hook", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.run("company", "import", file); err == nil || !strings.Contains(explain(err), "--replace-policy") {
		t.Errorf("said: %v", err)
	}
	s.must("company", "import", file, "--replace-policy")
	if out := s.must("company", "export"); !strings.Contains(out, `"hideLinks": true`) {
		t.Errorf("the export is %s", out)
	}
}

func TestAuditByCommand(t *testing.T) {
	s := withCompany(t, "https://desk.example/hook")
	if out := s.must("audit", "verify"); !strings.Contains(out, "2 lines") {
		t.Errorf("a whole log: %s", out)
	}
	s.exec(`UPDATE audit SET actor = 'nobody' WHERE seq = 1`)
	if _, err := s.run("audit", "verify"); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("a changed log: %v", err)
	}
}

package api_test

import (
	"database/sql"
	"testing"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/connector/audit"
)

// dead makes everything that waits a dead letter.
func (s *service) dead() {
	s.t.Helper()
	err := s.DB.Tx(s.t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(s.t.Context(), `UPDATE outbox SET state = 'dead', cause = 'denied', attempts = 3, last_error = 'Rita may not' WHERE state = 'pending'`)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func TestDeliveriesOfOnesOwnCompany(t *testing.T) {
	each(t, func(t *testing.T, s *service) {
		session := s.ended(s.agent("acme", "ada", "c-voice"))
		s.dead()
		marta, stranger := s.administrator("acme"), s.administrator("other")
		var list struct{ Deliveries []map[string]any }
		s.ok(get("/v1/console/deliveries", stranger), &list)
		if len(list.Deliveries) != 0 {
			t.Errorf("another company sees %v", list)
		}
		reason := object{"session": session, "reason": "by_hand"}
		s.refused(post("/v1/console/deliveries/replay", stranger, object{"session": session}), 404, "letter_unknown")
		s.refused(post("/v1/console/deliveries/dismiss", stranger, reason), 404, "letter_unknown")
		s.ok(get("/v1/console/deliveries", marta), &list)
		if len(list.Deliveries) == 0 {
			t.Fatal("nothing is shown")
		}
		if l := list.Deliveries[0]; l["session"] != session || l["cause"] != "denied" || l["agent"] != "Agent ada" || l["state"] != "dead" || l["lastError"] != nil {
			t.Errorf("shown: %v", l)
		}
		var done struct{ Letters int }
		s.ok(post("/v1/console/deliveries/replay", marta, object{"session": ""}), &done)
		if done.Letters != len(list.Deliveries) {
			t.Errorf("%d of %d are delivered again", done.Letters, len(list.Deliveries))
		}
		s.refused(post("/v1/console/deliveries/dismiss", marta, reason), 404, "letter_unknown") // it waits
		s.dead()
		s.refused(post("/v1/console/deliveries/dismiss", marta, object{"session": session, "reason": "Rita said so"}), 400, "reason")
		s.ok(post("/v1/console/deliveries/dismiss", marta, reason), &done)
		s.ok(get("/v1/console/deliveries", marta), &list)
		if len(list.Deliveries) != 0 {
			t.Errorf("left: %v", list.Deliveries)
		}
		for _, action := range []string{audit.DeliveryReplayed, audit.DeliveryDismissed} {
			var n int
			const find = `SELECT COUNT(*) FROM audit WHERE company = 'acme' AND action = $1 AND actor LIKE 'administrator:%'`
			if err := s.DB.QueryRowContext(t.Context(), find, action).Scan(&n); err != nil || n != 1 {
				t.Errorf("%s stands %d times in the audit log (%v)", action, n, err)
			}
		}
	})
}

func TestRefreshedContext(t *testing.T) {
	each(t, func(t *testing.T, s *service) {
		agent := s.agent("acme", "ada", "c-chat")
		s.refused(post("/v1/agent/context/refresh", "", object{}), 401, "token_missing")
		record := s.Desk.Records["c-chat"]
		record.Case, record.CaseTitle = desk.Ref{Type: "incident", ID: "7"}, "Parcel"
		s.Desk.Records["c-chat"] = record
		for _, r := range []request{post("/v1/agent/context/refresh", agent, object{}), get("/v1/agent/context", agent)} {
			var where struct{ Case struct{ ID, Title string } }
			s.ok(r, &where)
			if where.Case.ID != "7" || where.Case.Title != "Parcel" {
				t.Errorf("%s: %+v", r.path, where)
			}
		}
	})
}

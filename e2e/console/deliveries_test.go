package console

import (
	"context"
	"database/sql"
	"testing"

	"cobrowse-connector/connector/audit"
	"cobrowse-connector/connector/demo"
	"cobrowse-connector/e2e/people"
)

// undelivered leaves two sessions given up and one waiting, as after a week with a wrong security role.
func (w world) undelivered() {
	w.t.Helper()
	err := w.db.Tx(context.Background(), func(tx *sql.Tx) error {
		const session = `INSERT INTO sessions (id, company, company_version, node, state, channel, conversation, agent_id, agent_name, customer_name, record,
			start_url, created_at, expires_at, claimed_at, live_at, ended_at, outcome, note, summary, recording)
			VALUES ($1, $2, 1, '', 'ended', 'chat', $1, 'ana', 'Ana Lima', '', '{}', '', 1, 1, 1, 1, 1, '', '', '', '')`
		for _, id := range []string{"s1", "s2", "s3"} {
			if _, err := tx.ExecContext(context.Background(), session, id, demo.Slug); err != nil {
				return err
			}
		}
		for _, row := range [][]any{
			{"s1/entry", "s1", "entry", "dead", "denied", 2016}, {"s1/file/co-browse.webm", "s1", "file", "dead", "entry_missed", 0},
			{"s2/amend/1", "s2", "amend", "dead", "gone", 1}, {"s3/entry", "s3", "entry", "pending", "unreachable", 4},
		} {
			const insert = `INSERT INTO outbox (id, company, lane, position, session, step, state, cause, attempts, body, created_at, due_at)
				VALUES ($1, $2, $1, 1, $3, $4, $5, $6, $7, '{}', 1764000000000, 4102444800000)`
			if _, err := tx.ExecContext(context.Background(), insert, append([]any{row[0], demo.Slug}, row[1:]...)...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func TestDeliveries(t *testing.T) {
	w := start(t)
	w.undelivered()
	for name, screen := range map[string]people.Screen{"deliveries": desk, "deliveries-phone": phone} {
		p := people.New(t, name, screen)
		p.Open(w.link())
		p.See(`nav a[href="#deliveries"] .count`)
		people.Eval[bool](p, `location.hash = 'deliveries', true`)
		p.Hears("Session with Ana Lima")
		p.Hears("Check the security roles")
		p.Hears("tries: 4")
		p.Shot("list")
		p.Accessible()
	}
	marta := people.New(t, "marta", desk)
	marta.Open(w.link())
	people.Eval[bool](marta, `location.hash = 'deliveries', true`)
	marta.Click(`[data-session="s2"] .dismiss`)
	marta.Hears("Why it need not be delivered")
	marta.Shot("dismiss")
	marta.Accessible()
	marta.Click(`[data-session="s2"] .dismiss-now`)
	marta.Hears("Dismissed.")
	marta.Gone(`[data-session="s2"]`)
	marta.Click(`[data-session="s1"] .replay`)
	marta.Hears("On its way again")
	for _, action := range []string{audit.DeliveryDismissed, audit.DeliveryReplayed} {
		var n int
		if err := w.db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM audit WHERE action = $1`, action).Scan(&n); err != nil || n != 1 {
			t.Errorf("%s stands %d times in the audit log (%v)", action, n, err)
		}
	}
}

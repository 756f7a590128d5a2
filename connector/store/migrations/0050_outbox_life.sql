-- +goose Up
-- Steps besides entry, file and amend: status (an entry on its way), rehome (a case was linked later), look (is one linked by now?).
-- Results besides delivered, linked and nothing: superseded (a newer row says more), dismissed (by an administrator).
ALTER TABLE outbox ADD COLUMN cause TEXT NOT NULL DEFAULT ''; -- of last_error, a machine word
CREATE INDEX outbox_waiting ON outbox (company, due_at, id) WHERE state = 'pending';

-- +goose Down
DROP INDEX outbox_waiting;
ALTER TABLE outbox DROP COLUMN cause;

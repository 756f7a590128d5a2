-- +goose Up
-- Indexes of what is not done only. One that begins with the state was taken by SQLite for what is asked per company, and read a
-- company's whole backlog each time.
DROP INDEX outbox_due;
CREATE INDEX outbox_next ON outbox (due_at) WHERE state = 'pending';
CREATE INDEX outbox_left ON outbox (state, due_at, id) WHERE state <> 'done';

-- +goose Down
DROP INDEX outbox_next;
DROP INDEX outbox_left;
CREATE INDEX outbox_due ON outbox (state, due_at);

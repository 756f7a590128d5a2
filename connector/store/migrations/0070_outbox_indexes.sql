-- +goose Up
-- Both databases took the index that began with the state where another one was meant, and read the whole backlog: SQLite for what
-- waits per company, PostgreSQL for each row's lane.
DROP INDEX outbox_due;
DROP INDEX outbox_lane;
CREATE INDEX outbox_next ON outbox (due_at) WHERE state = 'pending';
CREATE INDEX outbox_left ON outbox (state, due_at, id) WHERE state <> 'done';
CREATE INDEX outbox_lane ON outbox (lane, state, position);

-- +goose Down
DROP INDEX outbox_lane;
DROP INDEX outbox_left;
DROP INDEX outbox_next;
CREATE INDEX outbox_lane ON outbox (lane, position);
CREATE INDEX outbox_due ON outbox (state, due_at);

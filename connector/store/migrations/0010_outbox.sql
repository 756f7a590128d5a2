-- +goose Up
-- What is to be written to the desks. Rows are made in the transaction that ends a session, so that nothing is forgotten,
-- and carry ids derived from the session, so that nothing is written twice. Times are Unix milliseconds.
CREATE TABLE outbox (
    id          TEXT   NOT NULL PRIMARY KEY, -- session/step[/…]: enqueueing again changes nothing
    company     TEXT   NOT NULL,             -- whose desk it goes to
    lane        TEXT   NOT NULL,             -- company/conversation: rows of a lane go out one after the other
    position    BIGINT NOT NULL,             -- order within the lane
    session     TEXT   NOT NULL,
    step        TEXT   NOT NULL,             -- entry, file, amend
    body        TEXT   NOT NULL,             -- JSON of the step; emptied when it is done
    state       TEXT   NOT NULL,             -- pending, done, dead
    result      TEXT   NOT NULL DEFAULT '',  -- of a done row: delivered, linked, nothing
    attempts    BIGINT NOT NULL DEFAULT 0,
    created_at  BIGINT NOT NULL,
    due_at      BIGINT NOT NULL,             -- not before
    lease_owner TEXT   NOT NULL DEFAULT '',  -- one claim, not one node
    lease_until BIGINT NOT NULL DEFAULT 0,
    last_error  TEXT   NOT NULL DEFAULT '',  -- for administrators; holds no content of the session
    finished_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX outbox_due ON outbox (state, due_at);
CREATE INDEX outbox_lane ON outbox (lane, position);
CREATE INDEX outbox_session ON outbox (session);

-- +goose Down
DROP TABLE outbox;

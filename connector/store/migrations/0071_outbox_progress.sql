-- +goose Up
-- How far a file has come that goes to the desk in parts, sealed: its continuation token is a secret. Emptied when the row is done.
ALTER TABLE outbox ADD COLUMN progress TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE outbox DROP COLUMN progress;

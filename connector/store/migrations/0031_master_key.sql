-- +goose Up
-- Tells the one master key that this database's secrets and the recordings were sealed with; it does not help to find the key.
CREATE TABLE master_key (
    id          SMALLINT PRIMARY KEY,
    fingerprint TEXT     NOT NULL
);

-- +goose Down
DROP TABLE master_key;

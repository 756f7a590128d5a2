-- +goose Up
-- The services that share this database. Each counts on while it lives; one whose count stands still is dead, and another finishes
-- its sessions. No clocks are compared.
CREATE TABLE nodes (
    id    TEXT   NOT NULL PRIMARY KEY, -- as in sessions.node
    beats BIGINT NOT NULL
);

-- +goose Down
DROP TABLE nodes;

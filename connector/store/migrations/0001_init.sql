-- One text for SQLite and PostgreSQL: times are Unix milliseconds, JSON is TEXT, secrets are sealed or hashed
-- before they come here.

-- +goose Up
CREATE TABLE companies (
    slug       TEXT   PRIMARY KEY,
    version    BIGINT NOT NULL,
    settings   TEXT   NOT NULL,
    updated_at BIGINT NOT NULL
);

-- Every version a company ever had: a session names the one it ran under.
CREATE TABLE company_versions (
    slug       TEXT   NOT NULL REFERENCES companies (slug),
    version    BIGINT NOT NULL,
    settings   TEXT   NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT   NOT NULL,
    PRIMARY KEY (slug, version)
);

-- The keys that desks sign launches with, and what the adapters need to reach the desk; both sealed with the server's key.
CREATE TABLE desks (
    key_id      TEXT   PRIMARY KEY,
    company     TEXT   NOT NULL REFERENCES companies (slug),
    secret      TEXT   NOT NULL,
    credentials TEXT   NOT NULL,
    created_at  BIGINT NOT NULL
);
CREATE INDEX desks_company ON desks (company);

CREATE TABLE sessions (
    id              TEXT     PRIMARY KEY,
    company         TEXT     NOT NULL REFERENCES companies (slug),
    company_version BIGINT   NOT NULL,
    node            TEXT     NOT NULL, -- the service that carries it; '' until somebody joins
    state           TEXT     NOT NULL,
    channel         TEXT     NOT NULL, -- chat, voice, '' until an agent claims it
    conversation    TEXT     NOT NULL, -- '' until an agent claims it
    agent_id        TEXT     NOT NULL,
    agent_name      TEXT     NOT NULL,
    customer_name   TEXT     NOT NULL,
    record          TEXT     NOT NULL, -- desk.Record as the desk gave it
    start_url       TEXT     NOT NULL,
    created_at      BIGINT   NOT NULL,
    expires_at      BIGINT   NOT NULL, -- of the invitation, not of a live session
    claimed_at      BIGINT   NOT NULL, -- 0 until an agent takes it
    live_at         BIGINT   NOT NULL, -- 0 until then
    ended_at        BIGINT   NOT NULL, -- 0 until then
    outcome         TEXT     NOT NULL,
    note            TEXT     NOT NULL,
    summary         TEXT     NOT NULL, -- '' until it ended
    recording       TEXT     NOT NULL  -- '' until it ended
);
CREATE INDEX sessions_conversation ON sessions (company, conversation, created_at);
CREATE INDEX sessions_state ON sessions (state, node);

-- A conversation's row is the lock that lets one transaction after the other look for its sessions and make one.
CREATE TABLE conversations (
    company      TEXT   NOT NULL,
    conversation TEXT   NOT NULL,
    locked_at    BIGINT NOT NULL,
    PRIMARY KEY (company, conversation)
);

CREATE TABLE participants (
    id         TEXT   PRIMARY KEY,
    session    TEXT   NOT NULL REFERENCES sessions (id),
    role       TEXT   NOT NULL,
    subject    TEXT   NOT NULL, -- the desk's id of an agent; '' for the customer
    name       TEXT   NOT NULL,
    token_hash TEXT   NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    UNIQUE (session, role, subject)
);

-- The hash is keyed and holds the company, so a PIN of another company is simply another PIN.
CREATE TABLE pins (
    hash       TEXT   PRIMARY KEY,
    company    TEXT   NOT NULL,
    session    TEXT   NOT NULL REFERENCES sessions (id),
    network    TEXT   NOT NULL, -- the customer's, hashed
    expires_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL -- 0 = not yet
);
CREATE INDEX pins_company ON pins (company, expires_at);
CREATE INDEX pins_session ON pins (session);

-- A ticket is the secret in a chat link.
CREATE TABLE tickets (
    hash       TEXT   PRIMARY KEY,
    session    TEXT   NOT NULL REFERENCES sessions (id),
    expires_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL -- 0 = not yet
);
CREATE INDEX tickets_session ON tickets (session);

-- Launches that were used; kept until they could not be used any more anyway.
CREATE TABLE launches (
    company    TEXT   NOT NULL,
    jti        TEXT   NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (company, jti)
);

-- Bearer tokens of agents (for a conversation) and supervisors (for a session's recording).
CREATE TABLE agent_tokens (
    hash         TEXT   PRIMARY KEY,
    company      TEXT   NOT NULL,
    role         TEXT   NOT NULL,
    agent_id     TEXT   NOT NULL,
    agent_name   TEXT   NOT NULL,
    conversation TEXT   NOT NULL,
    channel      TEXT   NOT NULL,
    session      TEXT   NOT NULL, -- '' unless role is supervisor
    origin       TEXT   NOT NULL,
    record       TEXT   NOT NULL, -- desk.Record as the desk gave it
    expires_at   BIGINT NOT NULL
);

-- Failures within a window that begins with the first of them.
CREATE TABLE attempts (
    scope        TEXT   NOT NULL, -- agent, company, address
    subject      TEXT   NOT NULL, -- hashed for addresses
    window_start BIGINT NOT NULL,
    failures     BIGINT NOT NULL,
    PRIMARY KEY (scope, subject)
);

-- Each line holds the keyed hash of the one before: a changed or removed line breaks the chain.
CREATE TABLE audit (
    seq       BIGINT PRIMARY KEY,
    at        BIGINT NOT NULL,
    company   TEXT   NOT NULL,
    session   TEXT   NOT NULL,
    actor     TEXT   NOT NULL, -- role or role:id, never a name
    action    TEXT   NOT NULL,
    detail    TEXT   NOT NULL,
    prev_hash TEXT   NOT NULL,
    hash      TEXT   NOT NULL
);

-- The chain's end; its row is the lock that puts appends in order. The seal is a keyed hash over all hashes so far and stands
-- nowhere else: whoever cuts lines off does not know what it was before them.
CREATE TABLE audit_head (
    id   SMALLINT PRIMARY KEY,
    seq  BIGINT   NOT NULL,
    hash TEXT     NOT NULL,
    seal TEXT     NOT NULL
);
INSERT INTO audit_head (id, seq, hash, seal) VALUES (1, 0, '', '');

-- +goose Down
DROP TABLE audit_head;
DROP TABLE audit;
DROP TABLE attempts;
DROP TABLE agent_tokens;
DROP TABLE launches;
DROP TABLE tickets;
DROP TABLE pins;
DROP TABLE participants;
DROP TABLE conversations;
DROP TABLE sessions;
DROP TABLE desks;
DROP TABLE company_versions;
DROP TABLE companies;

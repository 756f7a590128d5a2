-- +goose Up
-- One-time addresses by which an operator lets somebody into a company's console.
CREATE TABLE console_links (
    hash       TEXT   PRIMARY KEY,
    company    TEXT   NOT NULL REFERENCES companies (slug),
    expires_at BIGINT NOT NULL
);

-- Masks that agents asked for in running sessions, for the company's administrators to decide.
CREATE TABLE suggestions (
    id         TEXT   PRIMARY KEY,
    company    TEXT   NOT NULL REFERENCES companies (slug),
    session    TEXT   NOT NULL,
    agent      TEXT   NOT NULL, -- as people in the session saw them
    page       TEXT   NOT NULL, -- redacted
    rule       TEXT   NOT NULL, -- a mask rule's JSON
    tag        TEXT   NOT NULL,
    name       TEXT   NOT NULL, -- redacted
    created_at BIGINT NOT NULL,
    state      TEXT   NOT NULL, -- pending, approved, rejected
    decided_at BIGINT NOT NULL, -- 0 until then
    decided_by TEXT   NOT NULL
);
CREATE INDEX suggestions_company ON suggestions (company, state, created_at);

-- How rules did in real sessions, without content.
CREATE TABLE rule_health (
    company    TEXT   NOT NULL REFERENCES companies (slug),
    rule       TEXT   NOT NULL,
    host       TEXT   NOT NULL,
    sessions   BIGINT NOT NULL, -- that saw a page of host
    pages      BIGINT NOT NULL,
    matched    BIGINT NOT NULL, -- pages with a match
    missed     BIGINT NOT NULL, -- sessions since the last one with a match
    matched_at BIGINT NOT NULL, -- 0 = never
    seen_at    BIGINT NOT NULL,
    PRIMARY KEY (company, rule, host)
);

-- Shapes of pages, without content, that rules are tested against.
CREATE TABLE page_shapes (
    id       TEXT   PRIMARY KEY,
    company  TEXT   NOT NULL REFERENCES companies (slug),
    name     TEXT   NOT NULL, -- the administrator's
    shape    TEXT   NOT NULL, -- JSON: documents with host and HTML
    saved_at BIGINT NOT NULL,
    saved_by TEXT   NOT NULL
);
CREATE INDEX page_shapes_company ON page_shapes (company, saved_at);

-- +goose Down
DROP TABLE page_shapes;
DROP TABLE rule_health;
DROP TABLE suggestions;
DROP TABLE console_links;

-- +goose Up
-- The desk's key that signed the launch behind a token: revoking the key ends its tokens. '' for tokens from before.
ALTER TABLE agent_tokens ADD COLUMN key_id TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE agent_tokens DROP COLUMN key_id;

-- Answers given to requests with an Idempotency-Key, kept for a day. Run in the schema of each service.
CREATE TABLE idempotency_keys (
    -- The nil UUID for requests of nobody in particular.
    user_id uuid NOT NULL,
    -- Method and path.
    route text NOT NULL,
    key text NOT NULL,
    body_hash bytea NOT NULL,
    status smallint NOT NULL,
    answer text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, route, key)
);
CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);

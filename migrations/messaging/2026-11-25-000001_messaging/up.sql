-- Run once in the schema of each service (search_path names it): every service owns its own set.

-- Facts that are true and not yet on the broker.
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id uuid NOT NULL UNIQUE,
    context text NOT NULL,
    key text NOT NULL,
    routing_key text NOT NULL,
    -- NULL: to everybody who is bound. Otherwise to this queue alone, again.
    target_queue text,
    is_mandatory boolean NOT NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- The last number given to the facts of a context and key. Its row lock puts writers of one key in order.
CREATE TABLE sequences (
    context text NOT NULL,
    key text NOT NULL,
    last bigint NOT NULL,
    PRIMARY KEY (context, key)
);

-- Facts whose effect is committed.
CREATE TABLE inbox (
    event_id uuid PRIMARY KEY,
    received_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX inbox_received_at ON inbox (received_at);

-- The last number applied of each context and key.
CREATE TABLE inbox_positions (
    context text NOT NULL,
    key text NOT NULL,
    seq bigint NOT NULL,
    PRIMARY KEY (context, key)
);

-- Tries at facts that have failed so far.
CREATE TABLE attempts (
    event_id uuid PRIMARY KEY,
    tries integer NOT NULL,
    last_error text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- Facts that were given up, kept for a person.
CREATE TABLE dead_letters (
    event_id uuid PRIMARY KEY,
    queue text NOT NULL,
    routing_key text NOT NULL,
    key text NOT NULL,
    body text NOT NULL,
    cause text NOT NULL,
    attempts integer NOT NULL,
    dead_at timestamptz NOT NULL DEFAULT now(),
    replayed_at timestamptz
);
CREATE INDEX dead_letters_dead_at ON dead_letters (dead_at, event_id);

-- Who may act on what is indivisible, and in which term.
CREATE TABLE leases (
    name text PRIMARY KEY,
    holder uuid NOT NULL,
    epoch bigint NOT NULL,
    expires_at timestamptz NOT NULL
);

-- The next offset of the tick log that a deciding reader has not yet decided on.
CREATE TABLE log_positions (
    reader text NOT NULL,
    partition_id integer NOT NULL,
    next_offset bigint NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (reader, partition_id)
);

CREATE TABLE auth.users (
    id uuid PRIMARY KEY,
    email text NOT NULL CONSTRAINT users_email_key UNIQUE CHECK (email = lower(email)),
    email_verified_at timestamptz,
    -- Asked for, not yet proved.
    pending_email text,
    name text NOT NULL,
    phone text,
    country text,
    locale text NOT NULL DEFAULT 'en',
    role text NOT NULL DEFAULT 'user' CHECK (role IN ('user', 'admin')),
    is_active boolean NOT NULL DEFAULT true,
    disabled_reason text,
    password_hash text NOT NULL,
    -- Counts changes of password, address and second factor: mails asked for before one are void.
    credential_epoch bigint NOT NULL DEFAULT 0,
    -- Counts all changes.
    version bigint NOT NULL DEFAULT 1,
    last_seen_at timestamptz,
    created_at timestamptz NOT NULL
);
CREATE INDEX users_admins ON auth.users (id) WHERE role = 'admin' AND is_active;

-- A sign-in: a chain of refresh tokens. An ended session is deleted.
CREATE TABLE auth.sessions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES auth.users ON DELETE CASCADE,
    -- The newest token of the chain is computed from these two and the data secret; no token is stored.
    generation integer NOT NULL DEFAULT 0,
    salt bytea NOT NULL,
    rotated_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    address text NOT NULL,
    user_agent text NOT NULL
);
CREATE INDEX sessions_user_id ON auth.sessions (user_id);
CREATE INDEX sessions_expires_at ON auth.sessions (expires_at);

-- The second factor; not confirmed: enrolment is under way.
CREATE TABLE auth.authenticators (
    user_id uuid PRIMARY KEY REFERENCES auth.users ON DELETE CASCADE,
    secret bytea NOT NULL,
    created_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    -- The newest step whose code was used.
    last_step bigint,
    -- Wrong codes during enrolment.
    tries integer NOT NULL DEFAULT 0
);

CREATE TABLE auth.recovery_codes (
    user_id uuid NOT NULL REFERENCES auth.users ON DELETE CASCADE,
    code_hash bytea NOT NULL,
    PRIMARY KEY (user_id, code_hash)
);

CREATE TABLE auth.api_tokens (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES auth.users ON DELETE CASCADE,
    name text NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    hint text NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    last_used_at timestamptz
);
CREATE INDEX api_tokens_user_id ON auth.api_tokens (user_id);

-- Mails with one-time tokens. The token is computed from the id and the data secret when the mail is written.
CREATE TABLE auth.mails (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES auth.users ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('verify', 'already_registered', 'reset', 'verify_new_email')),
    address text NOT NULL,
    token_hash bytea,
    credential_epoch bigint NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX mails_user_id ON auth.mails (user_id, kind, created_at);
CREATE INDEX mails_expires_at ON auth.mails (expires_at);

-- Tries at the password doors, by a keyed hash of the address, whether or not it has an account.
CREATE TABLE auth.lockouts (
    subject bytea PRIMARY KEY,
    tries timestamptz[] NOT NULL,
    locked_until timestamptz,
    updated_at timestamptz NOT NULL
);
CREATE INDEX lockouts_updated_at ON auth.lockouts (updated_at);

-- What ended before its time, numbered in the order of commits: whoever takes a number holds the head's row until then.
CREATE TABLE auth.revocations (
    seq bigint PRIMARY KEY,
    session_id uuid,
    user_id uuid NOT NULL,
    until timestamptz NOT NULL
);
CREATE INDEX revocations_until ON auth.revocations (until);
CREATE TABLE auth.revocation_head (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    seq bigint NOT NULL
);
INSERT INTO auth.revocation_head (seq) VALUES (0);

CREATE TABLE auth.signing_keys (
    id text PRIMARY KEY,
    public_key bytea NOT NULL,
    private_key bytea NOT NULL,
    created_at timestamptz NOT NULL,
    -- From then on it signs; it is published before, so that everybody knows it by then.
    signs_from timestamptz NOT NULL,
    -- Until then its tokens count; NULL while no younger key takes over.
    trusted_until timestamptz
);

-- Who did what to whom. Append-only; each line is chained to the one before.
CREATE TABLE auth.audit_entries (
    seq bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    actor_id uuid,
    action text NOT NULL,
    target_id uuid,
    request_id uuid,
    detail text NOT NULL,
    origin_hash bytea NOT NULL,
    hash bytea NOT NULL
);
CREATE INDEX audit_entries_actor ON auth.audit_entries (actor_id, seq);
CREATE INDEX audit_entries_target ON auth.audit_entries (target_id, seq);
CREATE TABLE auth.audit_head (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    seq bigint NOT NULL,
    hash bytea NOT NULL
);
INSERT INTO auth.audit_head (seq, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

-- From where: personal data, which goes when the person goes. The log's line keeps a salted hash.
CREATE TABLE auth.audit_origins (
    seq bigint PRIMARY KEY REFERENCES auth.audit_entries,
    user_id uuid,
    address text NOT NULL,
    user_agent text NOT NULL,
    salt bytea NOT NULL
);
CREATE INDEX audit_origins_user_id ON auth.audit_origins (user_id);

CREATE FUNCTION auth.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE ON auth.audit_entries
    FOR EACH ROW EXECUTE FUNCTION auth.refuse_change();
CREATE TRIGGER audit_entries_no_truncate BEFORE TRUNCATE ON auth.audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION auth.refuse_change();

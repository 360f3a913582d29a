-- Whom to reach: a copy of what auth says of its users. A deleted user leaves the bare id, so that a late fact
-- brings nobody back.
CREATE TABLE notifier.contacts (
    user_id uuid PRIMARY KEY,
    email text NOT NULL,
    email_verified boolean NOT NULL,
    name text NOT NULL,
    locale text NOT NULL,
    role text NOT NULL,
    is_active boolean NOT NULL,
    version bigint NOT NULL,
    deleted_at timestamptz
);
CREATE INDEX contacts_admins ON notifier.contacts (user_id) WHERE role = 'admin' AND is_active;

-- What each user wants; secrets are sealed under DATA_SECRET.
CREATE TABLE notifier.preferences (
    user_id uuid PRIMARY KEY,
    settings jsonb NOT NULL,
    secrets bytea,
    version bigint NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE notifier.notifications (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    message text NOT NULL,
    data jsonb NOT NULL,
    in_app boolean NOT NULL,
    -- The fact that it tells; a fact told twice makes one notification.
    event_id uuid,
    correlation_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    read_at timestamptz,
    UNIQUE (event_id, user_id)
);
CREATE INDEX notifications_of_user ON notifier.notifications (user_id, created_at DESC, id DESC);
CREATE INDEX notifications_unread ON notifier.notifications (user_id) WHERE in_app AND read_at IS NULL;
CREATE INDEX notifications_age ON notifier.notifications (created_at);

-- Each way by which a notification, or a mail that auth asked for, leaves the platform.
CREATE TABLE notifier.deliveries (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    notification_id uuid REFERENCES notifier.notifications (id) ON DELETE CASCADE,
    channel text NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'sent', 'failed', 'suppressed')),
    -- Lower goes first.
    priority smallint NOT NULL,
    -- Counts towards the flood guard.
    is_guarded boolean NOT NULL,
    -- Waits to be gathered into a digest at next_attempt_at.
    is_held boolean NOT NULL DEFAULT false,
    -- The digest that carries it.
    digest_id uuid REFERENCES notifier.deliveries (id) ON DELETE SET NULL,
    -- A mail of the account: auth knows its content.
    mail_id uuid UNIQUE,
    -- Another address than the user's present one.
    recipient text,
    alert_id uuid,
    correlation_id uuid NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    last_error text,
    next_attempt_at timestamptz,
    attempted_at timestamptz,
    sent_at timestamptz,
    -- Rises with each claim; whoever holds an older one has lost the delivery.
    epoch bigint NOT NULL DEFAULT 0,
    lease_until timestamptz,
    created_at timestamptz NOT NULL
);
CREATE INDEX deliveries_due ON notifier.deliveries (priority, next_attempt_at)
    WHERE state = 'pending' AND NOT is_held AND digest_id IS NULL;
CREATE INDEX deliveries_held ON notifier.deliveries (next_attempt_at) WHERE state = 'pending' AND is_held;
CREATE INDEX deliveries_of_user ON notifier.deliveries (user_id, channel, attempted_at);
CREATE INDEX deliveries_of_notification ON notifier.deliveries (notification_id);
CREATE INDEX deliveries_of_digest ON notifier.deliveries (digest_id) WHERE digest_id IS NOT NULL;
CREATE INDEX deliveries_age ON notifier.deliveries (created_at);

-- Every single try.
CREATE TABLE notifier.delivery_attempts (
    delivery_id uuid NOT NULL REFERENCES notifier.deliveries (id) ON DELETE CASCADE,
    attempt integer NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    outcome text NOT NULL,
    error text,
    PRIMARY KEY (delivery_id, attempt)
);

//! The tables, as diesel sees them.

diesel::table! {
    notifier.contacts (user_id) {
        user_id -> Uuid,
        email -> Text,
        email_verified -> Bool,
        name -> Text,
        locale -> Text,
        role -> Text,
        is_active -> Bool,
        version -> BigInt,
        deleted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    notifier.preferences (user_id) {
        user_id -> Uuid,
        settings -> Jsonb,
        secrets -> Nullable<Bytea>,
        version -> BigInt,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    notifier.notifications (id) {
        id -> Uuid,
        user_id -> Uuid,
        kind -> Text,
        title -> Text,
        message -> Text,
        data -> Jsonb,
        in_app -> Bool,
        event_id -> Nullable<Uuid>,
        correlation_id -> Uuid,
        created_at -> Timestamptz,
        read_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    notifier.deliveries (id) {
        id -> Uuid,
        user_id -> Uuid,
        notification_id -> Nullable<Uuid>,
        channel -> Text,
        state -> Text,
        priority -> SmallInt,
        is_guarded -> Bool,
        is_held -> Bool,
        digest_id -> Nullable<Uuid>,
        mail_id -> Nullable<Uuid>,
        recipient -> Nullable<Text>,
        alert_id -> Nullable<Uuid>,
        correlation_id -> Uuid,
        attempts -> Integer,
        last_error -> Nullable<Text>,
        next_attempt_at -> Nullable<Timestamptz>,
        attempted_at -> Nullable<Timestamptz>,
        sent_at -> Nullable<Timestamptz>,
        epoch -> BigInt,
        lease_until -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    notifier.delivery_attempts (delivery_id, attempt) {
        delivery_id -> Uuid,
        attempt -> Integer,
        started_at -> Timestamptz,
        ended_at -> Timestamptz,
        outcome -> Text,
        error -> Nullable<Text>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(contacts, preferences, notifications, deliveries, delivery_attempts);

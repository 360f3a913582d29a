//! The tables that every service keeps for its messages. Names are bare: a connection's `search_path` says whose.

mod prepared;

pub use prepared::Prepared;

diesel::table! {
    outbox (id) {
        id -> BigInt,
        event_id -> Uuid,
        context -> Text,
        key -> Text,
        routing_key -> Text,
        target_queue -> Nullable<Text>,
        is_mandatory -> Bool,
        body -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    sequences (context, key) {
        context -> Text,
        key -> Text,
        last -> BigInt,
    }
}

diesel::table! {
    inbox (event_id) {
        event_id -> Uuid,
        received_at -> Timestamptz,
    }
}

diesel::table! {
    inbox_positions (context, key) {
        context -> Text,
        key -> Text,
        seq -> BigInt,
    }
}

diesel::table! {
    attempts (event_id) {
        event_id -> Uuid,
        tries -> Integer,
        last_error -> Text,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    dead_letters (event_id) {
        event_id -> Uuid,
        queue -> Text,
        routing_key -> Text,
        key -> Text,
        body -> Text,
        cause -> Text,
        attempts -> Integer,
        dead_at -> Timestamptz,
        replayed_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    leases (name) {
        name -> Text,
        holder -> Uuid,
        epoch -> BigInt,
        expires_at -> Timestamptz,
    }
}

diesel::table! {
    log_positions (reader, partition_id) {
        reader -> Text,
        partition_id -> Integer,
        next_offset -> BigInt,
        updated_at -> Timestamptz,
    }
}

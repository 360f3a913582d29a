diesel::table! {
    alerts.assets (asset_id) {
        asset_id -> Text,
        symbol -> Text,
        name -> Text,
        rank -> Nullable<Integer>,
        enabled -> Bool,
        version -> BigInt,
    }
}

diesel::table! {
    alerts.alerts (id) {
        id -> Uuid,
        user_id -> Uuid,
        asset_id -> Text,
        partition_id -> Integer,
        version -> Integer,
        condition -> Jsonb,
        trigger -> Jsonb,
        cooldown_seconds -> Integer,
        expires_at -> Nullable<Timestamptz>,
        channels -> Jsonb,
        note -> Nullable<Text>,
        status -> Text,
        memory -> Jsonb,
        base_seq -> Nullable<BigInt>,
        base_price -> Nullable<Numeric>,
        base_event_at -> Nullable<Timestamptz>,
        already_true -> Bool,
        armed_no -> BigInt,
        fired_count -> BigInt,
        triggered_at -> Nullable<Timestamptz>,
        silent_since -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    alerts.firings (id) {
        id -> Uuid,
        alert_id -> Uuid,
        alert_version -> Integer,
        trigger_key -> Text,
        user_id -> Uuid,
        asset_id -> Text,
        asset_symbol -> Text,
        condition -> Jsonb,
        previous_price -> Nullable<Numeric>,
        price -> Numeric,
        previous_value -> Nullable<Double>,
        value -> Nullable<Double>,
        source -> Text,
        event_at -> Timestamptz,
        received_at -> Timestamptz,
        evaluated_at -> Timestamptz,
        notified_at -> Nullable<Timestamptz>,
        late -> Bool,
        from_candle_range -> Bool,
        suppressed -> Bool,
    }
}

diesel::table! {
    alerts.partitions (partition_id) {
        partition_id -> Integer,
        changes -> BigInt,
        seen_changes -> BigInt,
        writer_epoch -> BigInt,
        snapshot_offset -> Nullable<BigInt>,
        snapshot -> Nullable<Bytea>,
    }
}

diesel::table! {
    alerts.changes (partition_id, change_no, alert_id) {
        partition_id -> Integer,
        change_no -> BigInt,
        alert_id -> Uuid,
    }
}

diesel::table! {
    alerts.forgotten_users (user_hash) {
        user_hash -> Bytea,
        forgotten_at -> Timestamptz,
    }
}

diesel::allow_tables_to_appear_in_same_query!(alerts, assets, firings, changes, partitions);

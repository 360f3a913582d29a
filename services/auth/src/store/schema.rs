#![allow(missing_docs, reason = "column names say what they are; the migrations say the rest")]

diesel::table! {
    auth.users (id) {
        id -> Uuid,
        email -> Text,
        email_verified_at -> Nullable<Timestamptz>,
        pending_email -> Nullable<Text>,
        name -> Text,
        phone -> Nullable<Text>,
        country -> Nullable<Text>,
        locale -> Text,
        role -> Text,
        is_active -> Bool,
        disabled_reason -> Nullable<Text>,
        password_hash -> Text,
        credential_epoch -> BigInt,
        version -> BigInt,
        last_seen_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    auth.sessions (id) {
        id -> Uuid,
        user_id -> Uuid,
        generation -> Integer,
        salt -> Bytea,
        rotated_at -> Timestamptz,
        created_at -> Timestamptz,
        last_used_at -> Timestamptz,
        expires_at -> Timestamptz,
        address -> Text,
        user_agent -> Text,
    }
}

diesel::table! {
    auth.authenticators (user_id) {
        user_id -> Uuid,
        secret -> Bytea,
        created_at -> Timestamptz,
        confirmed_at -> Nullable<Timestamptz>,
        last_step -> Nullable<BigInt>,
        tries -> Integer,
    }
}

diesel::table! {
    auth.recovery_codes (user_id, code_hash) {
        user_id -> Uuid,
        code_hash -> Bytea,
    }
}

diesel::table! {
    auth.api_tokens (id) {
        id -> Uuid,
        user_id -> Uuid,
        name -> Text,
        token_hash -> Bytea,
        hint -> Text,
        scopes -> Array<Text>,
        created_at -> Timestamptz,
        expires_at -> Nullable<Timestamptz>,
        last_used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    auth.mails (id) {
        id -> Uuid,
        user_id -> Uuid,
        kind -> Text,
        address -> Text,
        token_hash -> Nullable<Bytea>,
        credential_epoch -> BigInt,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    auth.lockouts (subject) {
        subject -> Bytea,
        tries -> Array<Timestamptz>,
        locked_until -> Nullable<Timestamptz>,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    auth.revocations (seq) {
        seq -> BigInt,
        session_id -> Nullable<Uuid>,
        user_id -> Uuid,
        until -> Timestamptz,
    }
}

diesel::table! {
    auth.revocation_head (is_only) {
        is_only -> Bool,
        seq -> BigInt,
    }
}

diesel::table! {
    auth.signing_keys (id) {
        id -> Text,
        public_key -> Bytea,
        private_key -> Bytea,
        created_at -> Timestamptz,
        signs_from -> Timestamptz,
        trusted_until -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    auth.audit_entries (seq) {
        seq -> BigInt,
        at -> Timestamptz,
        actor_id -> Nullable<Uuid>,
        action -> Text,
        target_id -> Nullable<Uuid>,
        request_id -> Nullable<Uuid>,
        detail -> Text,
        origin_hash -> Bytea,
        hash -> Bytea,
    }
}

diesel::table! {
    auth.audit_head (is_only) {
        is_only -> Bool,
        seq -> BigInt,
        hash -> Bytea,
    }
}

diesel::table! {
    auth.audit_origins (seq) {
        seq -> BigInt,
        user_id -> Nullable<Uuid>,
        address -> Text,
        user_agent -> Text,
        salt -> Bytea,
    }
}

diesel::allow_tables_to_appear_in_same_query!(users, sessions, authenticators, api_tokens);
diesel::allow_tables_to_appear_in_same_query!(audit_entries, audit_origins);

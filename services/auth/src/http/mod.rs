//! The routes. Public ones lie below `/api`, as outside; the gateway forwards them with an internal token.

mod account;
mod admin;
mod admin_audit;
mod admin_users;
mod client;
mod cookie;
mod door;
mod internal;
mod keys;
mod login;
mod mfa;
mod password;
mod profile;
mod refresh;
mod register;
mod sessions;
mod tokens;
mod views;

use utoipa_actix_web::service_config::ServiceConfig;

pub use client::CLIENT_ADDRESS;
pub use cookie::REFRESH_COOKIE;

/// Everything that the service answers.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(register::register)
        .service(register::verify_email)
        .service(login::login)
        .service(login::admin_login)
        .service(refresh::refresh)
        .service(refresh::logout)
        .service(profile::me)
        .service(account::delete_me)
        .service(account::export)
        .service(profile::update_profile)
        .service(password::change_password)
        .service(password::request_reset)
        .service(password::confirm_reset)
        .service(sessions::list_sessions)
        .service(sessions::delete_session)
        .service(mfa::begin_totp)
        .service(mfa::confirm_totp)
        .service(mfa::remove_totp)
        .service(tokens::list_tokens)
        .service(tokens::create_token)
        .service(tokens::delete_token)
        .service(keys::public_keys)
        .service(admin_users::list_users)
        .service(admin_users::get_user)
        .service(admin::change_status)
        .service(admin::change_role)
        .service(admin::delete_user)
        .service(admin_audit::list_audit)
        .service(internal::list_users)
        .service(internal::get_user)
        .service(admin_users::list_ids)
        .service(admin_users::show_users)
        .service(internal::get_mail)
        .service(internal::list_revocations)
        .service(internal::introspect)
        .service(internal::get_stats)
        .service(internal::note_act)
        .service(internal::export_user)
        .service(keys::internal_keys);
}

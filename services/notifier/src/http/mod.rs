//! What this service answers.

mod deliveries;
mod internal;
mod notifications;
mod preferences;
mod preferences_body;
mod test;
mod unsubscribe;
pub mod views;

use utoipa_actix_web::service_config::ServiceConfig;

/// All routes. Those below `/internal` are not part of the public document.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(preferences::read_preferences)
        .service(preferences::replace_preferences)
        .service(preferences::change_preferences)
        .service(test::send_test)
        .service(unsubscribe::show_unsubscribe)
        .service(unsubscribe::unsubscribe)
        .service(notifications::list_notifications)
        .service(notifications::read_all_notifications)
        .service(notifications::read_notification)
        .service(notifications::delete_notification)
        .service(deliveries::list_delivery_log)
        .service(deliveries::list_deliveries);
    config.map(|config| config.service(internal::read_stats).service(internal::export_user));
}

//! What this service answers.

mod alerts;
mod asset;
mod body;
mod edit;
mod forms;
mod history;
mod internal;
mod newest;
mod preview;
mod views;

use utoipa_actix_web::service_config::ServiceConfig;

/// All routes. Those below `/internal` are not part of the public document.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(alerts::list_alerts)
        .service(alerts::create_alert)
        .service(history::list_firings)
        .service(preview::preview_alert)
        .service(alerts::read_alert)
        .service(alerts::change_alert)
        .service(alerts::delete_alert);
    config.map(|config| {
        config
            .service(internal::read_stats)
            .service(internal::find_existing)
            .service(internal::export_user)
    });
}

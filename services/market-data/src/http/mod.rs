//! What market-data answers.

pub mod admin;
pub mod answers;
pub mod assets;
pub mod candles;
pub mod csv;
pub mod history;
pub mod indicators;
pub mod internal;
pub mod ohlc;
pub mod overview;
pub mod params;
pub mod views;

use utoipa_actix_web::service_config::ServiceConfig;

/// All routes.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(assets::list_assets)
        .service(assets::read_asset)
        .service(assets::read_price)
        .service(history::read_price_history)
        .service(ohlc::read_ohlc)
        .service(indicators::read_indicators)
        .service(overview::read_heatmap)
        .service(overview::read_movers)
        .service(overview::read_summary)
        .service(overview::read_status)
        .service(admin::list_sources)
        .service(admin::change_source)
        .service(admin::list_all_assets)
        .service(admin::change_asset);
    // Not part of the public document.
    config.map(|config| {
        config
            .service(internal::read_assets)
            .service(internal::read_prices)
            .service(internal::read_candles)
            .service(internal::read_ticks)
    });
}

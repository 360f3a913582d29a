//! What this service answers.

mod admin;
mod exports;
mod fields;
mod imports;
mod internal;
mod internal_export;
mod order_body;
mod orders;
mod performance;
mod portfolio;
mod trades;
pub mod views;
mod watchlists;

use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) use portfolio::close as close_book;

/// All routes.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(portfolio::read_portfolio)
        .service(portfolio::fund_portfolio)
        .service(portfolio::list_fundings)
        .service(portfolio::list_ledger)
        .service(portfolio::reset_portfolio)
        .service(trades::list_trades)
        .service(trades::create_trade)
        .service(imports::import_trades)
        .service(orders::list_orders)
        .service(orders::create_order)
        .service(orders::read_order)
        .service(orders::cancel_order)
        .service(performance::read_performance)
        .service(watchlists::list_watchlists)
        .service(watchlists::create_watchlist)
        .service(watchlists::read_watchlist)
        .service(watchlists::replace_watchlist)
        .service(watchlists::delete_watchlist)
        .service(admin::admin_transactions);
    // Not part of the public document.
    config.map(|config| {
        config
            .service(internal::read_values)
            .service(internal::list_transactions)
            .service(internal::read_stats)
            .service(internal_export::export_user)
    });
}

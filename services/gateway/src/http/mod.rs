//! Routes: what the gateway puts together itself, and everything else under `/api`, handed to the service that owns it.

mod admin;
mod admission;
mod answer;
mod audit;
pub(crate) mod caller;
mod client_address;
mod cors;
mod document;
mod export;
mod front;
mod proxy;
pub(crate) mod reads;
mod stream;
mod stream_requests;
mod stream_socket;

use actix_web::{
    middleware::{Compress, from_fn},
    web,
};
use utoipa_actix_web::service_config::ServiceConfig;

/// Adds the routes.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(
        utoipa_actix_web::scope("")
            .wrap(Compress::default())
            // The last one is the first to see a request: what it answers by itself needs no compression.
            .wrap(from_fn(front::receive))
            .service(stream::open_stream)
            .service(document::read_document)
            .service(document::show_docs)
            .service(export::export)
            .service(admin::list_users)
            .service(admin::get_user)
            .service(admin::read_stats)
            .service(admin::read_system)
            .service(admin::list_dead_letters)
            .service(admin::replay_dead_letter)
            .map(|scope| {
                scope
                    .service(document::read_docs_file)
                    .default_service(web::to(proxy::forward))
            }),
    );
}

/// All that the public port answers by itself: the routes, and health, which every server adds to its own.
pub(crate) fn described_routes(config: &mut ServiceConfig<'_>) {
    service_kit::http::public_routes(config);
    routes(config);
}

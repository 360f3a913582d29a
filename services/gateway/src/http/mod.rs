//! Routes: everything under `/api` and the public keys, each handed to the service that owns it.

mod admission;
mod caller;
mod client_address;
mod cors;
mod proxy;

use actix_web::{middleware::Compress, web};
use utoipa_actix_web::service_config::ServiceConfig;

/// Adds the routes.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.map(|config| {
        config
            .service(
                web::scope("/api")
                    .wrap(Compress::default())
                    .default_service(web::to(proxy::forward)),
            )
            .service(web::resource("/.well-known/jwks.json").to(proxy::forward))
    });
}

//! The OpenAPI document of a service.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Content, ContentBuilder, InfoBuilder, OpenApi, Ref, RefOr, ResponseBuilder,
        path::{Operation, ParameterIn},
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_actix_web::{AppExt, service_config::ServiceConfig};

use crate::http::{Failure, FailureInfo, PageInfo};

/// The name of the security scheme: `security(("bearer" = []))` in a route that needs a token.
pub const BEARER: &str = "bearer";

/// The document of what `routes` answers.
///
/// Adds the failure body to each operation, so that a route only states its successes and what is special about it.
pub fn of(service: &str, routes: fn(&mut ServiceConfig<'_>)) -> OpenApi {
    let (_, mut api) = actix_web::App::new()
        .into_utoipa_app()
        .configure(routes)
        .split_for_parts();
    api.info = InfoBuilder::new()
        .title(format!("candlewick {service}"))
        .version(env!("CARGO_PKG_VERSION"))
        .build();
    let components = api.components.get_or_insert_default();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .build();
    components.add_security_scheme(BEARER, SecurityScheme::Http(bearer));
    let mut shared = vec![
        (Failure::name().into_owned(), Failure::schema()),
        (FailureInfo::name().into_owned(), FailureInfo::schema()),
        (PageInfo::name().into_owned(), PageInfo::schema()),
    ];
    Failure::schemas(&mut shared);
    components.schemas.extend(shared);
    for item in api.paths.paths.values_mut() {
        let operations = [
            &mut item.get,
            &mut item.put,
            &mut item.post,
            &mut item.delete,
            &mut item.patch,
        ]
        .into_iter()
        .filter_map(Option::as_mut);
        operations.for_each(complete);
    }
    api
}

/// The failures that any operation may end in.
const COMMON: &[(&str, &str)] = &[
    ("400", "The request can't be read"),
    ("422", "A field is wrong"),
    ("429", "Too many requests"),
    ("500", "A fault of ours"),
    ("503", "Not available right now"),
];

fn complete(operation: &mut Operation) {
    let mut add = |status: &str, description: &str| {
        operation
            .responses
            .responses
            .entry(status.to_owned())
            .or_insert_with(|| {
                RefOr::T(
                    ResponseBuilder::new()
                        .description(description)
                        .content("application/json", failure_content())
                        .build(),
                )
            });
    };
    for (status, description) in COMMON {
        add(status, description);
    }
    let is_private = operation.security.as_ref().is_some_and(|needs| !needs.is_empty());
    let has_path = operation.parameters.as_ref().is_some_and(|parameters| {
        parameters
            .iter()
            .any(|parameter| matches!(parameter, RefOr::T(known) if known.parameter_in == ParameterIn::Path))
    });
    let has_body = operation.request_body.is_some();
    let mut add = |is_wanted: bool, status: &str, description: &str| {
        if is_wanted {
            operation
                .responses
                .responses
                .entry(status.to_owned())
                .or_insert_with(|| {
                    RefOr::T(
                        ResponseBuilder::new()
                            .description(description)
                            .content("application/json", failure_content())
                            .build(),
                    )
                });
        }
    };
    add(is_private, "401", "No token, or one that is expired or revoked");
    add(is_private, "403", "Not allowed");
    add(has_path, "404", "No such thing for this user");
    add(has_body, "413", "The body is too long");
    add(has_body, "415", "The body is not application/json");
    // Failures that a route names without a body get the common one; a success that it does not describe, a plain word.
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            response.description = success(status).to_owned();
        }
        if let RefOr::T(response) = response
            && matches!(status.as_bytes().first(), Some(b'4' | b'5'))
            && response.content.is_empty()
        {
            response
                .content
                .insert("application/json".to_owned(), RefOr::T(failure_content()));
        }
    }
}

fn success(status: &str) -> &'static str {
    match status {
        "201" => "It was made",
        "202" => "It was taken on; the work comes later",
        _ => "It worked",
    }
}

fn failure_content() -> Content {
    ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(Failure::name().as_ref())))
        .build()
}

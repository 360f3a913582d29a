//! The OpenAPI document of a service.

use std::collections::BTreeSet;

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Content, ContentBuilder, InfoBuilder, ObjectBuilder, OpenApi, Ref, RefOr, Required, ResponseBuilder, Schema,
        Type,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn},
        schema::{AdditionalProperties, SchemaFormat, SchemaType},
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
    close_bodies(&mut api);
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
        item.post.iter_mut().for_each(refuse_bodies);
    }
    api
}

/// Says of every schema that a body needs that it knows no other members: the server refuses those.
fn close_bodies(api: &mut OpenApi) {
    let Some(components) = &mut api.components else { return };
    let mut wanted: Vec<String> = Vec::new();
    for item in api.paths.paths.values() {
        let operations = [&item.get, &item.put, &item.post, &item.delete, &item.patch];
        for body in operations
            .into_iter()
            .flatten()
            .filter_map(|operation| operation.request_body.as_ref())
        {
            add_references(body, &mut wanted);
        }
    }
    let mut closed = BTreeSet::new();
    while let Some(name) = wanted.pop() {
        let Some(schema) = components.schemas.get_mut(&name).filter(|_| closed.insert(name)) else {
            continue;
        };
        add_references(&*schema, &mut wanted);
        if let RefOr::T(Schema::Object(object)) = schema
            && !object.properties.is_empty()
        {
            object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
            object.properties.values_mut().for_each(let_numbers_be_decimals);
        }
    }
}

/// A decimal comes as a text or as a number.
fn let_numbers_be_decimals(property: &mut RefOr<Schema>) {
    let RefOr::T(Schema::Object(object)) = property else {
        return;
    };
    let is_decimal = matches!(&object.format, Some(SchemaFormat::Custom(format)) if format == "decimal");
    if is_decimal {
        object.schema_type = match std::mem::take(&mut object.schema_type) {
            SchemaType::Type(known) => SchemaType::Array(vec![known, Type::Number]),
            SchemaType::Array(mut known) => {
                known.insert(1.min(known.len()), Type::Number);
                SchemaType::Array(known)
            }
            SchemaType::AnyValue => SchemaType::AnyValue,
        };
    }
}

/// The names of the schemas that a part of the document refers to.
fn add_references(part: &impl serde::Serialize, found: &mut Vec<String>) {
    fn walk(value: &serde_json::Value, found: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(members) => {
                for (key, member) in members {
                    match (key.as_str(), member.as_str()) {
                        ("$ref", Some(target)) => found.extend(target.rsplit('/').next().map(str::to_owned)),
                        _ => walk(member, found),
                    }
                }
            }
            serde_json::Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
            _ => {}
        }
    }
    if let Ok(value) = serde_json::to_value(part) {
        walk(&value, found);
    }
}

/// The failures that any operation may end in.
const COMMON: &[(&str, &str)] = &[
    ("400", "The request can't be read"),
    ("422", "A field is wrong"),
    ("429", "Too many requests"),
    ("500", "A fault of ours"),
    ("503", "Not available right now"),
];

fn add_failure(operation: &mut Operation, status: &str, description: &str) {
    let responses = &mut operation.responses.responses;
    responses.entry(status.to_owned()).or_insert_with(|| {
        let response = ResponseBuilder::new().description(description);
        RefOr::T(response.content("application/json", failure_content()).build())
    });
}

/// What becomes of a body that is too long or of another kind; a POST that needs none refuses them as well.
fn refuse_bodies(operation: &mut Operation) {
    add_failure(operation, "413", "The body is too long");
    add_failure(operation, "415", "The body is not application/json");
}

fn complete(operation: &mut Operation) {
    let responses = &operation.responses.responses;
    let creates = responses.contains_key("201");
    let is_private = operation.security.as_ref().is_some_and(|needs| !needs.is_empty());
    let has_path = operation.parameters.as_ref().is_some_and(|parameters| {
        parameters
            .iter()
            .any(|parameter| matches!(parameter, RefOr::T(known) if known.parameter_in == ParameterIn::Path))
    });
    let has_body = operation.request_body.is_some();
    if creates {
        let parameters = operation.parameters.get_or_insert_default();
        parameters.push(RefOr::T(idempotency_key()));
    }
    let mut add = |is_wanted: bool, status: &str, description: &str| {
        if is_wanted {
            add_failure(operation, status, description);
        }
    };
    for (status, description) in COMMON {
        add(true, status, description);
    }
    add(is_private, "401", "No token, or one that is expired or revoked");
    add(is_private, "403", "Not allowed");
    add(has_path, "404", "No such thing for this user");
    add(
        creates,
        "409",
        "The present state forbids it, or the key belongs to another request: `idempotency_key_reused`, `idempotency_in_progress`",
    );
    if has_body {
        refuse_bodies(operation);
    }
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

/// What every request that makes something may bring.
fn idempotency_key() -> Parameter {
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(255));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "The same key with the same body within 24 hours gives the first answer again and makes nothing twice",
        ))
        .schema(Some(text))
        .build()
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

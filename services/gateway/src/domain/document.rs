//! One OpenAPI document out of those of the services.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

const SCHEMAS: &str = "#/components/schemas/";
/// Where what the world can call lies.
const PUBLIC: &[&str] = &["/api/", "/.well-known/", "/health/"];
const METHODS: &[&str] = &["get", "put", "post", "delete", "patch"];

/// A service's document.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Whose.
    pub service: String,
    /// What it says.
    pub document: Value,
}

/// Puts the documents together; what a later one says about a path replaces what an earlier one said.
///
/// Only what the world can call is taken over. Schemas that have one name and differ get their service's name in front.
/// An operation that names no parameters of its own keeps those of the operation that it replaces, out of which it
/// is made.
pub fn merge(version: &str, parts: impl IntoIterator<Item = Part>) -> Value {
    let mut paths = Map::new();
    let mut schemas = Map::new();
    let mut security = Map::new();
    for part in parts {
        let mut document = part.renamed(&schemas);
        add_paths(&mut paths, members(&mut document, "/paths"));
        schemas.extend(members(&mut document, "/components/schemas"));
        security.extend(members(&mut document, "/components/securitySchemes"));
    }
    declare_refused_tokens(&mut paths);
    let used = reachable(&paths, &schemas);
    schemas.retain(|name, _| used.contains(name));
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Candlewick",
            "version": version,
            "description": "Crypto markets live, alerts, paper trading and technical analysis. Money, prices and quantities are \
                strings in plain decimal notation; times are RFC 3339 in UTC; every answer but health, keys and this \
                document comes in an envelope.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": tags(&paths),
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": security},
    })
}

impl Part {
    /// The document, with names of its own for schemas that others call the same and mean otherwise.
    fn renamed(self, taken: &Map<String, Value>) -> Value {
        let Self { service, mut document } = self;
        let own = document.pointer("/components/schemas").and_then(Value::as_object);
        let names: BTreeMap<String, String> = own
            .into_iter()
            .flatten()
            .filter(|(name, schema)| taken.get(*name).is_some_and(|other| other != *schema))
            .map(|(name, _)| (name.clone(), format!("{}{name}", pascal(&service))))
            .collect();
        rename(&mut document, &names);
        if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
            for (old, new) in names {
                if let Some(schema) = schemas.remove(&old) {
                    schemas.insert(new, schema);
                }
            }
        }
        document
    }
}

/// Takes an object's members out of a document.
fn members(document: &mut Value, pointer: &str) -> Map<String, Value> {
    match document.pointer_mut(pointer).map(Value::take) {
        Some(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

fn pascal(service: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect::<String>())
    };
    service.split('-').filter_map(capital).collect()
}

fn rename(value: &mut Value, names: &BTreeMap<String, String>) {
    match value {
        Value::Object(object) => {
            for (key, member) in object {
                let new = match (key.as_str(), member.as_str()) {
                    ("$ref", Some(target)) => target.strip_prefix(SCHEMAS).and_then(|name| names.get(name)),
                    _ => None,
                };
                match new {
                    Some(new) => *member = Value::String(format!("{SCHEMAS}{new}")),
                    None => rename(member, names),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, names)),
        _ => {}
    }
}

fn add_paths(paths: &mut Map<String, Value>, added: Map<String, Value>) {
    for (path, mut item) in added {
        if !PUBLIC.iter().any(|prefix| path.starts_with(prefix)) {
            continue;
        }
        let Some(known) = paths.get_mut(&path).and_then(Value::as_object_mut) else {
            paths.insert(path, item);
            continue;
        };
        for method in METHODS {
            let Some(mut operation) = item.get_mut(*method).map(Value::take) else {
                continue;
            };
            let inherited = known.get(*method).and_then(|before| before.get("parameters")).cloned();
            if let (Some(parameters), Some(object)) = (inherited, operation.as_object_mut()) {
                object.entry("parameters").or_insert(parameters);
            }
            known.insert((*method).to_owned(), operation);
        }
    }
}

/// Says of every operation that a token that counts for nothing is refused, also where none is needed: the gateway reads
/// it before it asks anybody. Health is told before that.
fn declare_refused_tokens(paths: &mut Map<String, Value>) {
    for (path, item) in paths {
        if path.starts_with("/health/") {
            continue;
        }
        for method in METHODS {
            let responses = item
                .get_mut(*method)
                .and_then(|operation| operation.get_mut("responses"));
            if let Some(responses) = responses.and_then(Value::as_object_mut) {
                responses.entry("401").or_insert_with(|| {
                    let failure = json!({"schema": {"$ref": format!("{SCHEMAS}Failure")}});
                    json!({
                        "description": "The token that came along is expired or revoked",
                        "content": {"application/json": failure},
                    })
                });
            }
        }
    }
}

/// The schemas that paths need, directly or through others.
fn reachable(paths: &Map<String, Value>, schemas: &Map<String, Value>) -> BTreeSet<String> {
    let mut wanted = Vec::new();
    paths.values().for_each(|item| references(item, &mut wanted));
    let mut used = BTreeSet::new();
    while let Some(name) = wanted.pop() {
        if let Some(schema) = schemas.get(&name)
            && used.insert(name)
        {
            references(schema, &mut wanted);
        }
    }
    used
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (key, member) in object {
                match (key.as_str(), member.as_str()) {
                    ("$ref", Some(target)) => found.extend(target.strip_prefix(SCHEMAS).map(str::to_owned)),
                    _ => references(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

fn tags(paths: &Map<String, Value>) -> Vec<Value> {
    let operations = paths
        .values()
        .flat_map(|item| METHODS.iter().filter_map(move |method| item.get(*method)));
    let names: BTreeSet<&str> = operations
        .filter_map(|operation| operation.get("tags")?.as_array())
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    names.into_iter().map(|name| json!({"name": name})).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(service: &str, paths: Value, schemas: Value) -> Part {
        Part {
            service: service.to_owned(),
            document: json!({"paths": paths, "components": {"schemas": schemas, "securitySchemes": {"bearer": {}}}}),
        }
    }

    fn reading(schema: &str) -> Value {
        json!({"get": {"tags": ["t"], "responses": {"200": {"$ref": format!("#/components/schemas/{schema}")}}}})
    }

    #[test]
    fn what_the_world_cannot_call_is_left_out_with_what_only_it_needs() {
        let mut merged = merge(
            "1",
            [part(
                "auth",
                json!({"/api/a/": reading("A"), "/internal/b": reading("B")}),
                json!({"A": {"$ref": "#/components/schemas/Deep"}, "B": {}, "Deep": {}}),
            )],
        );
        assert!(merged["paths"]["/internal/b"].is_null());
        let names: Vec<_> = members(&mut merged, "/components/schemas")
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["A", "Deep"]);
    }

    #[test]
    fn a_token_that_counts_for_nothing_is_refused_wherever_the_gateway_reads_it() {
        let paths = json!({"/api/a/": reading("A"), "/health/live": reading("A")});
        let merged = merge("1", [part("auth", paths, json!({"A": {}, "Failure": {}}))]);
        let refusal = |path: &str| merged["paths"][path]["get"]["responses"]["401"].clone();
        let failure = &refusal("/api/a/")["content"]["application/json"]["schema"]["$ref"];
        assert_eq!(failure, "#/components/schemas/Failure");
        assert!(refusal("/health/live").is_null());
        assert!(merged["components"]["schemas"]["Failure"].is_object());
    }

    #[test]
    fn schemas_of_one_name_that_differ_are_told_apart_and_equal_ones_are_one() {
        let merged = merge(
            "1",
            [
                part(
                    "auth",
                    json!({"/api/a/": reading("View")}),
                    json!({"View": {"type": "string"}}),
                ),
                part(
                    "market-data",
                    json!({"/api/m/": reading("View")}),
                    json!({"View": {"type": "number"}}),
                ),
                part(
                    "alerts",
                    json!({"/api/l/": reading("View")}),
                    json!({"View": {"type": "string"}}),
                ),
            ],
        );
        let target = |path: &str| merged["paths"][path]["get"]["responses"]["200"]["$ref"].clone();
        assert_eq!(target("/api/m/"), "#/components/schemas/MarketDataView");
        assert_eq!(target("/api/a/"), target("/api/l/"));
        assert_eq!(merged["components"]["schemas"]["MarketDataView"]["type"], "number");
    }

    #[test]
    fn a_composed_operation_replaces_the_one_it_is_made_of_and_keeps_its_parameters() {
        let mut own = reading("A");
        own["get"]["parameters"] = json!([{"name": "limit"}]);
        own["delete"] = json!({"responses": {}});
        let merged = merge(
            "1",
            [
                part("auth", json!({"/api/a/": own}), json!({"A": {}})),
                part("gateway", json!({"/api/a/": reading("C")}), json!({"C": {}})),
            ],
        );
        let item = &merged["paths"]["/api/a/"];
        assert_eq!(item["get"]["responses"]["200"]["$ref"], "#/components/schemas/C");
        assert_eq!(item["get"]["parameters"][0]["name"], "limit");
        assert!(item["delete"].is_object());
    }
}

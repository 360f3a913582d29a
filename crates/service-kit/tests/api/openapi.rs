//! The document of a service.

use serde_json::Value;

use crate::tiny_service;

fn document() -> Value {
    serde_json::to_value(service_kit::openapi::of("tiny", tiny_service::routes)).expect("document")
}

#[test]
fn the_document_names_every_route_its_envelope_and_its_failures() {
    let document = document();
    let list = &document["paths"]["/api/notes/"]["get"];
    assert_eq!(
        list["responses"]["200"]["content"]["application/json"]["schema"]["$ref"],
        "#/components/schemas/PageEnvelope_NoteView"
    );
    for status in ["400", "401", "403", "422", "429", "500", "503"] {
        assert_eq!(
            list["responses"][status]["content"]["application/json"]["schema"]["$ref"], "#/components/schemas/Failure",
            "{status}"
        );
    }
    let one = &document["paths"]["/api/notes/{id}/"]["patch"];
    for status in ["404", "413", "415"] {
        assert!(one["responses"][status].is_object(), "{status}");
    }
    assert!(document["paths"]["/api/greeting/"]["get"]["responses"]["401"].is_null());
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    fn walk(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    match (name.as_str(), value) {
                        ("$ref", Value::String(target)) => found.push(target.clone()),
                        _ => walk(value, found),
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| walk(item, found)),
            _ => {}
        }
    }
    let document = document();
    let mut references = Vec::new();
    walk(&document, &mut references);
    assert!(references.len() > 10);
    for reference in references {
        let pointer = reference.trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn limits_and_cursors_are_plain_parameters() {
    let document = document();
    let parameters = document["paths"]["/api/notes/"]["get"]["parameters"]
        .as_array()
        .cloned()
        .expect("parameters");
    let limit = parameters
        .iter()
        .find(|parameter| parameter["name"] == "limit")
        .expect("limit");
    assert_eq!(
        (&limit["in"], &limit["required"]),
        (&Value::from("query"), &Value::from(false))
    );
    assert_eq!(limit["schema"]["maximum"], 200);
}

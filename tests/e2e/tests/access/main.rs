//! Who may do what, tried on every operation that the API's own document names.

mod matrix;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use e2e::{Answer, Installation, Mode};
use reqwest::Method;
use serde_json::Value;

use matrix::{ROWS, Row, Who};
use world::{ACTORS, Actor, Market, World};

const METHODS: &[&str] = &["get", "put", "post", "delete", "patch"];

#[tokio::test(flavor = "multi_thread")]
async fn reliability_48_every_operation_answers_everybody_as_the_matrix_says() {
    let mut platform = Installation::new(Mode::Standalone).await;
    let market = Market::of(&platform);
    market.tick();
    platform.start(&market.feed()).await;
    let mut world = World::of(&platform, &market).await;
    let declared = declared(&world.client(Actor::Anonymous).get("/api/openapi.json").await.body);
    let rows: BTreeSet<&str> = ROWS.iter().map(|row| row.operation).collect();
    let operations: BTreeSet<&str> = declared.keys().map(String::as_str).collect();
    assert_eq!(rows, operations, "the matrix and the document name the same operations");

    let mut surprises = Vec::new();
    for row in ROWS {
        // Prices stay fresh enough to trade at.
        market.tick();
        for actor in ACTORS {
            let answer = ask(&mut world, row, *actor).await;
            let status = answer.status.as_u16();
            let said = format!("{} by {actor:?}: {status} {}", row.operation, answer.body);
            if let Err(expected) = judge(row, *actor, &answer) {
                surprises.push(format!("{said}, expected {expected}"));
            }
            if !declared[row.operation].contains(&status) {
                surprises.push(format!("{said}, which the document does not declare"));
            }
            if tells_of_the_owner(&world, row, *actor, &answer.body) {
                surprises.push(format!("{said}, which tells of the owner"));
            }
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
    platform.stop();
}

/// The statuses that the document declares for each operation.
fn declared(document: &Value) -> BTreeMap<String, BTreeSet<u16>> {
    let mut operations = BTreeMap::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for method in METHODS {
            if let Some(responses) = item[*method]["responses"].as_object() {
                let statuses = responses.keys().filter_map(|status| status.parse().ok());
                operations.insert(format!("{} {path}", method.to_uppercase()), statuses.collect());
            }
        }
    }
    operations
}

async fn ask(world: &mut World, row: &Row, actor: Actor) -> Answer {
    let (method, _) = row.operation.split_once(' ').expect("a method and a path");
    let method: Method = method.parse().expect("a method");
    let path = world.path(row).await;
    let body = world.body(row).await;
    let answer = world.client(actor).send(method.clone(), &path, body).await;
    if let Some(object) = row
        .object
        .filter(|_| method == Method::DELETE && answer.status.is_success())
    {
        world.forget(object);
    }
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_make_a_request_is_not_told_what_is_wrong_with_it() {
    let mut platform = Installation::new(Mode::Standalone).await;
    let market = Market::of(&platform);
    market.tick();
    platform.start(&market.feed()).await;
    let world = World::of(&platform, &market).await;
    let key = "k".repeat(300);
    let mut surprises = Vec::new();
    let mut refused = 0;
    for row in ROWS {
        let (method, path) = row.operation.split_once(' ').expect("a method and a path");
        let method: Method = method.parse().expect("a method");
        let path = path.replace(['{', '}'], "") + "?limit=x&days=x&cursor=x&preview=x&from=x&user_id=x";
        for actor in ACTORS {
            let (status, _) = expected(row, *actor);
            if !matches!(status, 401 | 403) {
                continue;
            }
            let headers = [("idempotency-key", key.as_str())];
            let client = world.client(*actor);
            let answer = match method {
                Method::GET => client
                    .attempt(Method::GET, &path, None, &headers)
                    .await
                    .expect("an answer"),
                _ => client.send_text(method.clone(), &path, "{", &headers).await,
            };
            refused += 1;
            if let Err(expected) = judge(row, *actor, &answer) {
                let said = format!("{} by {actor:?}: {} {}", row.operation, answer.status, answer.body);
                surprises.push(format!("{said}, expected {expected}"));
            }
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
    assert!(refused > 200, "{refused}");
    platform.stop();
}

/// Whether the answer is the one that the matrix says; else what it says.
fn judge(row: &Row, actor: Actor, answer: &Answer) -> Result<(), String> {
    let (status, code) = expected(row, actor);
    let is_code = code.is_none_or(|code| answer.body["error"]["code"] == code);
    if answer.status.as_u16() == status && is_code {
        return Ok(());
    }
    Err(format!("{status} {}", code.unwrap_or_default()))
}

/// The status, and the code of a refusal.
fn expected(row: &Row, actor: Actor) -> (u16, Option<&'static str>) {
    let granted = (row.granted, None);
    let is_anothers = row.object.is_some() && matches!(actor, Actor::Stranger | Actor::Admin);
    match (row.who, actor) {
        (Who::Door, _) => granted,
        (_, Actor::Disabled) => (401, Some("unauthorized")),
        (Who::Anybody, _) => granted,
        (_, Actor::Anonymous) => (401, Some("unauthorized")),
        (Who::Admin, Actor::Admin) => granted,
        (Who::Admin, _) => (403, Some("forbidden")),
        (Who::Session, Actor::Token(_) | Actor::AdminToken) => (403, Some("session_required")),
        (Who::Signed(needed), Actor::Token(scope)) if needed != scope => (403, Some("missing_scope")),
        (Who::Signed(_), Actor::AdminToken) if row.object.is_some() => (404, Some("not_found")),
        (Who::Session | Who::Signed(_), _) if is_anothers => (404, Some("not_found")),
        (Who::Session | Who::Signed(_), _) => granted,
    }
}

/// Whether somebody else is told what only the owner and administrators may know.
fn tells_of_the_owner(world: &World, row: &Row, actor: Actor, body: &Value) -> bool {
    let is_theirs = matches!(actor, Actor::Owner | Actor::Token(_));
    let body = body.to_string();
    !is_theirs && row.who != Who::Admin && world.traces.iter().any(|trace| body.contains(trace.as_str()))
}

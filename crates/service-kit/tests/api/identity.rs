//! Who may call, and who is refused.

use std::{collections::BTreeSet, sync::Arc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use contracts::Scope;
use domain::{Clock, ManualClock};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::json;
use std::time::Duration;

use crate::helpers::{App, SERVICE, at, identity, send, tokens_of};

const SECRET: &str = "4f1f9b6f0ad3c5e2977d10c1b2a4e8d6";

async fn status(app: &App, token: &str, path: &str) -> u16 {
    send(app.get(path).header("authorization", format!("Bearer {token}")))
        .await
        .failure_or_success()
}

impl crate::helpers::Got {
    fn failure_or_success(&self) -> u16 {
        if self.status >= 400 {
            self.failure().0
        } else {
            self.status
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_47_each_route_answers_only_those_it_is_for() {
    let app = App::start().await;
    let gateway = tokens_of("gateway", SECRET, app.clock.clone());
    let user = gateway.mint_user(SERVICE, &identity());
    let mut boss = identity();
    boss.role = contracts::Role::Admin;
    let admin = gateway.mint_user(SERVICE, &boss);
    boss.scopes = Some(BTreeSet::from([Scope::Read]));
    boss.session = None;
    let admin_by_token = gateway.mint_user(SERVICE, &boss);
    let anonymous = gateway.mint_anonymous(SERVICE);
    let service = gateway.mint_service(SERVICE);
    // Route, then: user, admin, admin's API token, anonymous, service.
    let expected = [
        ("/api/notes/", [200, 200, 200, 401, 403]),
        ("/api/admin/notes/", [403, 200, 403, 401, 403]),
        ("/internal/notes", [403, 403, 403, 403, 200]),
        ("/internal/openapi.json", [403, 403, 403, 403, 200]),
        ("/api/greeting/", [200, 200, 200, 200, 200]),
    ];
    for (path, statuses) in expected {
        for (token, expected) in [&user, &admin, &admin_by_token, &anonymous, &service]
            .into_iter()
            .zip(statuses)
        {
            assert_eq!(status(&app, token, path).await, expected, "{path} {token}");
        }
        assert_eq!(send(app.get(path)).await.failure().0, 401, "{path} without a token");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_49_bad_tokens_are_401_in_one_shape() {
    let app = App::start().await;
    let gateway = tokens_of("gateway", SECRET, app.clock.clone());
    let good = gateway.mint_user(SERVICE, &identity());
    assert_eq!(status(&app, &good, "/api/notes/").await, 200);
    for (what, token) in bad_tokens(&app, &good) {
        let got = send(
            app.get("/api/notes/")
                .header("authorization", format!("Bearer {token}")),
        )
        .await;
        assert_eq!(got.failure(), (401, "unauthorized".to_owned()), "{what}");
        assert_eq!(got.json()["message"], "a valid token is needed", "{what}");
    }
    for value in [
        good.to_string(),
        format!("bearer {good}"),
        format!("Basic {good}"),
        format!("Bearer  {good}"),
        "Bearer".to_owned(),
    ] {
        assert_eq!(
            send(app.get("/api/notes/").header("authorization", value))
                .await
                .failure()
                .0,
            401
        );
    }
    let twice = app
        .get("/api/notes/")
        .header("authorization", format!("Bearer {good}"))
        .header("authorization", "Bearer x");
    assert_eq!(send(twice).await.failure().0, 401);
}

fn bad_tokens(app: &App, good: &str) -> Vec<(&'static str, String)> {
    let other_secret = tokens_of("gateway", "11111111222222223333333344444444", app.clock.clone());
    let late = tokens_of(
        "gateway",
        SECRET,
        Arc::new(ManualClock::new(app.clock.now().minus(Duration::from_secs(91)))),
    );
    let early = tokens_of(
        "gateway",
        SECRET,
        Arc::new(ManualClock::new(app.clock.now().plus(Duration::from_secs(62)))),
    );
    let parts: Vec<&str> = good.split('.').collect();
    let with_header =
        |header: serde_json::Value| format!("{}.{}.{}", BASE64.encode(header.to_string()), parts[1], parts[2]);
    let claims: serde_json::Value = serde_json::from_slice(&BASE64.decode(parts[1]).expect("base64")).expect("claims");
    let mut promoted = claims.clone();
    promoted["role"] = json!("admin");
    let mut typed = Header::new(Algorithm::HS256);
    typed.typ = Some("int+jwt".to_owned());
    let hmac = |key: &[u8]| jsonwebtoken::encode(&typed, &claims, &EncodingKey::from_secret(key)).expect("token");
    vec![
        ("empty", String::new()),
        ("no token at all", "nonsense".to_owned()),
        ("other audience", other_audience(app)),
        ("other secret", other_secret.mint_user(SERVICE, &identity()).to_string()),
        ("expired", late.mint_user(SERVICE, &identity()).to_string()),
        ("from the future", early.mint_user(SERVICE, &identity()).to_string()),
        ("alg none", with_header(json!({"typ": "int+jwt", "alg": "none"}))),
        (
            "alg NoNe without signature",
            format!("{}.{}.", BASE64.encode(r#"{"typ":"int+jwt","alg":"NoNe"}"#), parts[1]),
        ),
        ("another type", with_header(json!({"typ": "at+jwt", "alg": "EdDSA"}))),
        (
            "changed claims",
            format!("{}.{}.{}", parts[0], BASE64.encode(promoted.to_string()), parts[2]),
        ),
        ("cut signature", good[..good.len() - 4].to_owned()),
        ("no signature", format!("{}.{}", parts[0], parts[1])),
        ("padding", format!("{good}==")),
        ("HS256 keyed with the secret", hmac(SECRET.as_bytes())),
        ("HS256 keyed with an empty key", hmac(b"")),
        ("HS256 keyed with the public key", hmac(&public_key())),
        ("very long", format!("{good}{}", "A".repeat(10_000))),
    ]
}

fn other_audience(app: &App) -> String {
    tokens_of("gateway", SECRET, app.clock.clone())
        .mint_user("alerts", &identity())
        .to_string()
}

/// The public key, derived as the kit derives it.
fn public_key() -> Vec<u8> {
    use aws_lc_rs::{
        hkdf,
        signature::{Ed25519KeyPair, KeyPair},
    };
    struct Length;
    impl hkdf::KeyType for Length {
        fn len(&self) -> usize {
            32
        }
    }
    let key = hkdf::Salt::new(hkdf::HKDF_SHA256, b"candlewick internal tokens").extract(SECRET.as_bytes());
    let mut seed = [0; 32];
    key.expand(&[b"ed25519 seed v1"], Length)
        .and_then(|material| material.fill(&mut seed))
        .expect("seed");
    Ed25519KeyPair::from_seed_unchecked(&seed)
        .expect("pair")
        .public_key()
        .as_ref()
        .to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_lives_thirty_seconds_and_a_minute_of_leeway_also_when_it_was_seen_before() {
    let app = App::start().await;
    let token = app.user().token;
    assert_eq!(status(&app, &token, "/api/notes/").await, 200);
    app.clock.advance(Duration::from_secs(85));
    assert_eq!(status(&app, &token, "/api/notes/").await, 200);
    app.clock.advance(Duration::from_secs(7));
    assert_eq!(status(&app, &token, "/api/notes/").await, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_token_does_only_what_its_scopes_name() {
    let app = App::start().await;
    let reader = app.user_with(|identity| {
        identity.session = None;
        identity.scopes = Some(BTreeSet::from([Scope::Read]));
    });
    assert_eq!(
        send(reader.create("x")).await.failure(),
        (403, "missing_scope".to_owned())
    );
    let writer = app.user_with(|identity| identity.scopes = Some(BTreeSet::from([Scope::Alerts])));
    assert_eq!(send(writer.create("x")).await.status, 201);
}

#[test]
fn minted_tokens_are_handed_out_again_for_some_seconds() {
    let clock = Arc::new(ManualClock::new(at("2026-11-22T07:10:00Z")));
    let tokens = tokens_of("gateway", SECRET, clock.clone());
    let user = identity();
    let first = tokens.mint_user(SERVICE, &user);
    assert_eq!(tokens.mint_user(SERVICE, &user), first);
    assert_ne!(tokens.mint_user("alerts", &user), first);
    assert_ne!(tokens.mint_user(SERVICE, &identity()), first);
    clock.advance(Duration::from_secs(11));
    assert_ne!(tokens.mint_user(SERVICE, &user), first);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_users_things_do_not_exist() {
    let app = App::start().await;
    let made = send(app.user().create("secret")).await.json();
    let path = format!("/api/notes/{}/", made["data"]["id"].as_str().expect("id"));
    assert_eq!(send(app.user().get(&path)).await.failure().0, 404);
    assert_eq!(send(app.admin().get(&path)).await.failure().0, 404);
}

//! Access tokens that count for nothing.

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use domain::{Clock, SystemClock};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::helpers::{App, Keys, PUBLIC_URL};

const PATH: &str = "/api/alerts/";

fn now() -> i64 {
    SystemClock.now().millis() / 1_000
}

fn header() -> Value {
    json!({"typ": "at+jwt", "alg": "EdDSA", "kid": "test"})
}

fn claims() -> Value {
    json!({
        "iss": PUBLIC_URL, "aud": "candlewick", "sub": Uuid::now_v7(), "sid": Uuid::now_v7(),
        "role": "user", "iat": now(), "exp": now() + 900,
    })
}

/// `value` with some members replaced; null removes one.
fn with(mut value: Value, changes: Value) -> Value {
    let members = value.as_object_mut().expect("an object");
    for (name, change) in changes.as_object().expect("an object") {
        match change {
            Value::Null => members.remove(name),
            other => members.insert(name.clone(), other.clone()),
        };
    }
    value
}

/// Signed as it should be, with a header that no token of ours has.
fn bad_headers() -> Vec<Value> {
    let changes = [
        json!({"alg": "none"}),
        json!({"alg": "NoNe"}),
        json!({"alg": "HS256"}),
        json!({"alg": null}),
        json!({"typ": null}),
        json!({"typ": "JWT"}),
        json!({"typ": "int+jwt"}),
        json!({"kid": null}),
        json!({"kid": "other"}),
        json!({"kid": ""}),
        json!({"kid": 1}),
        json!({"kid": "../../../etc/passwd"}),
        json!({"kid": "test' OR '1'='1"}),
        json!({"jku": "https://evil.example/keys"}),
        json!({"x5u": "https://evil.example/cert"}),
        json!({"x5c": ["MIIB"]}),
        json!({"crit": ["exp"]}),
        json!({"jwk": {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}}),
    ];
    changes.into_iter().map(|change| with(header(), change)).collect()
}

/// Signed as they should be, with claims that do not count.
fn bad_claims() -> Vec<Value> {
    let changes = [
        json!({"iss": "https://evil.example"}),
        json!({"iss": null}),
        json!({"aud": "other"}),
        json!({"aud": null}),
        json!({"sub": "ana"}),
        json!({"sub": null}),
        json!({"sid": null}),
        json!({"role": "owner"}),
        json!({"exp": null}),
        json!({"exp": now()}),
        json!({"exp": now() - 30}),
        json!({"exp": "tomorrow"}),
        json!({"exp": now() - 10, "iat": now() + 10}),
        json!({"iat": now() + 120}),
        json!({"iat": null}),
        json!({"nbf": now() + 300}),
    ];
    changes.into_iter().map(|change| with(claims(), change)).collect()
}

fn bad_tokens(app: &App) -> Vec<String> {
    let world = app.world.lock().expect("world");
    let (keys, good_header, good_claims) = (&world.keys, header().to_string(), claims().to_string());
    let good = keys.sign(&good_header, &good_claims);
    let parts: Vec<&str> = good.split('.').collect();
    let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    let promoted = with(claims(), json!({"role": "admin"})).to_string();
    let doubled = good_claims.replacen('{', r#"{"role": "admin", "#, 1);
    let mut symmetric = Header::new(Algorithm::HS256);
    (symmetric.typ, symmetric.kid) = (Some("at+jwt".to_owned()), Some("test".to_owned()));
    let hmac = |key: &[u8]| {
        let key = EncodingKey::from_secret(key);
        jsonwebtoken::encode(&symmetric, &claims(), &key).expect("a token")
    };
    let mut tokens = vec![
        "x".to_owned(),
        "..".to_owned(),
        "cwr_AAAA".to_owned(),
        "cwk_nobody-has-this-one".to_owned(),
        parts[..2].join("."),
        format!("{}.{}.", parts[0], parts[1]),
        good[..good.len() - 3].to_owned(),
        format!("{good}.{}", parts[2]),
        format!("{good}=="),
        format!("{}.{}.{}", parts[0], encode(&promoted), parts[2]),
        format!("{}.{}.{}", parts[0], parts[1], BASE64_URL_SAFE_NO_PAD.encode([0; 64])),
        format!("{}.{}.{}", parts[0], parts[1], BASE64_STANDARD.encode([0xff; 64])),
        keys.sign(&good_header, &doubled),
        keys.sign(&good_header, "[]"),
        keys.sign("{}", &good_claims),
        hmac(&keys.public_bytes()),
        hmac(b""),
        keys.sign(
            &good_header,
            &with(claims(), json!({"pad": "A".repeat(20_000)})).to_string(),
        ),
    ];
    tokens.extend(
        bad_headers()
            .iter()
            .map(|header| keys.sign(&header.to_string(), &good_claims)),
    );
    tokens.extend(
        bad_claims()
            .iter()
            .map(|claims| keys.sign(&good_header, &claims.to_string())),
    );
    tokens
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_49_bad_access_tokens_are_401_in_one_shape() {
    let app = App::start().await;
    app.answer(PATH, json!([]));
    let good = app.person(900);
    assert_eq!(app.get_as(&good.token, PATH).await.status(), 200);
    let tokens = bad_tokens(&app);
    assert!(tokens.len() >= 50, "{}", tokens.len());
    for token in &tokens {
        let answer = app.get_as(token, PATH).await;
        assert_eq!(answer.status(), 401, "{token}");
        let body: Value = answer.json().await.expect("JSON");
        assert_eq!(
            (&body["error"]["code"], &body["message"]),
            (
                &json!("unauthorized"),
                &json!("the access token is missing, expired or revoked")
            ),
            "{token}"
        );
    }
    assert_eq!(app.received(PATH).await.len(), 1, "no service saw any of them");
    for value in ["Bearer", "Bearer ", "Basic YTpi", good.token.as_str()] {
        let asked = app.ask(Method::GET, PATH).header("authorization", value);
        assert_eq!(asked.send().await.expect("an answer").status(), 401, "{value}");
    }
    let twice = app.ask(Method::GET, PATH).bearer_auth(&good.token).bearer_auth("x");
    assert_eq!(twice.send().await.expect("an answer").status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_counts_no_longer_than_it_says() {
    let app = App::start().await;
    app.answer(PATH, json!([]));
    let person = app.person(8);
    assert_eq!(app.get_as(&person.token, PATH).await.status(), 200);
    test_kit::eventually("the token has run out", async || {
        (now() >= exp_of(&person.token)).then_some(())
    })
    .await;
    assert_eq!(app.get_as(&person.token, PATH).await.status(), 401);
}

fn exp_of(token: &str) -> i64 {
    let payload = token.split('.').nth(1).expect("claims");
    let claims: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).expect("base64")).expect("JSON");
    claims["exp"].as_i64().expect("a time")
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_50_a_key_that_nobody_knows_is_no_reason_to_ask_auth_for_its_keys() {
    let app = App::start().await;
    app.answer(PATH, json!([]));
    let good = app.person(900);
    let asked = async || app.received("/internal/jwks").await.len();
    let before = asked().await;
    for number in 0..200 {
        let token = {
            let header = with(header(), json!({"kid": format!("unknown-{number}")}));
            let world = app.world.lock().expect("world");
            world.keys.sign(&header.to_string(), &claims().to_string())
        };
        assert_eq!(app.get_as(&token, PATH).await.status(), 401);
    }
    assert_eq!(asked().await, before, "tokens make nobody ask");
    // What is new is asked for at once all the same.
    let token = {
        let mut world = app.world.lock().expect("world");
        let keys = Keys::generate();
        let token = keys.sign(
            &with(header(), json!({"kid": "second"})).to_string(),
            &claims().to_string(),
        );
        world.second_key = Some(("second", keys));
        world.key_ids.push("second".to_owned());
        token
    };
    test_kit::eventually("the new key counts", async || {
        (app.get_as(&token, PATH).await.status() == 200).then_some(())
    })
    .await;
    // A key that leaked counts no more as soon as auth says so.
    app.world.lock().expect("world").key_ids = vec!["second".to_owned()];
    test_kit::eventually_within(std::time::Duration::from_secs(10), "the old key is out", async || {
        (app.get_as(&good.token, PATH).await.status() == 401).then_some(())
    })
    .await;
    assert_eq!(app.get_as(&token, PATH).await.status(), 200);
}

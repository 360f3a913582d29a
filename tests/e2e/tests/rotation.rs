//! Signing keys are replaced while people use the platform.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use e2e::{Client, Installation, Mode, text};
use serde_json::json;
use test_kit::{eventually_within, sized};
use tokio::{task::JoinHandle, time::interval};

const READERS: u32 = 4;
const PATHS: [&str; 4] = [
    "/api/auth/me/",
    "/api/virtual-portfolio/",
    "/api/alerts/",
    "/api/notifications/",
];
/// A new key is published for a minute before it signs.
const SIGNS_WITHIN: Duration = Duration::from_secs(90);
/// Between two sign-ins, each of which costs what a password costs.
const SIGN_IN: Duration = Duration::from_secs(2);
const REVOKED_WITHIN: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn reliability_50_a_new_key_signs_nobody_out_and_an_emergency_ends_all_tokens() {
    let mut platform = Installation::new(Mode::Distributed).await;
    platform.start("simulator:1").await;
    let (mut ana, _) = Client::registered(&platform.url(), &platform.mails(), "Ana").await;
    let old = ana.clone();
    let is_over = Arc::new(AtomicBool::new(false));
    let answered = Arc::new(AtomicU64::new(0));
    let readers: Vec<JoinHandle<Vec<String>>> = (0..READERS)
        .map(|_| tokio::spawn(read(old.clone(), Arc::clone(&is_over), Arc::clone(&answered))))
        .collect();

    platform.command(&["keys", "rotate"]);
    eventually_within(SIGNS_WITHIN, "the new key signs", async || {
        tokio::time::sleep(SIGN_IN).await;
        ana.login_again().await;
        assert!(
            ana.get("/api/auth/me/").await.status.is_success(),
            "with a token of now"
        );
        (header_of(&ana) != header_of(&old)).then_some(())
    })
    .await;
    is_over.store(true, Ordering::Relaxed);
    for reader in readers {
        assert_eq!(reader.await.expect("a reader"), Vec::<String>::new());
    }
    let answered = answered.load(Ordering::Relaxed);
    assert!(answered > 500, "only {answered} answers");

    platform.command(&["keys", "rotate", "--emergency"]);
    for client in [&old, &ana] {
        eventually_within(REVOKED_WITHIN, "tokens of the old keys count no more", async || {
            (client.get("/api/auth/me/").await.status == 401).then_some(())
        })
        .await;
    }
    ana.access = None;
    let fresh = ana
        .post("/api/auth/refresh/", json!({"refresh": ana.refresh}))
        .await
        .data();
    ana.access = Some(text(&fresh["access"]));
    ana.data("/api/auth/me/").await;
    platform.stop();
}

/// The head of an access token: it names the key that has signed it.
fn header_of(client: &Client) -> String {
    let access = client.access.as_deref().expect("signed in");
    access.split('.').next().unwrap_or_default().to_owned()
}

/// Asks with the token of the beginning, again and again; what was not answered with 200.
async fn read(client: Client, is_over: Arc<AtomicBool>, answered: Arc<AtomicU64>) -> Vec<String> {
    let mut failures = Vec::new();
    // Two hundred requests a second of all readers, where the test has its full size.
    let mut beat = interval(Duration::from_secs(1) * READERS / sized(50, 200));
    for path in PATHS.iter().cycle() {
        if is_over.load(Ordering::Relaxed) {
            break;
        }
        beat.tick().await;
        let answer = client.get(path).await;
        if answer.status.is_success() {
            answered.fetch_add(1, Ordering::Relaxed);
        } else {
            failures.push(format!("{path}: {} {}", answer.status, answer.body));
        }
    }
    failures
}

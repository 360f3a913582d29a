//! The keys of access tokens are exchanged while people work.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use e2e::{Client, Installation, Mode, PASSWORD};
use test_kit::eventually_within;

/// Each of these asks so often; together 200 times a second where the machine can do that.
const ASKERS: usize = 8;
const PAUSE: Duration = Duration::from_millis(40);
/// A new key signs a minute after it was published.
const UNTIL_IT_SIGNS: Duration = Duration::from_secs(100);

/// Asks until it is over, with a new token now and then; what was refused.
async fn work(mut ana: Client, number: usize, is_over: Arc<AtomicBool>, answered: Arc<AtomicU64>) -> Vec<String> {
    let mut refused = Vec::new();
    for turn in number.. {
        if is_over.load(Relaxed) {
            break;
        }
        if turn % 20 == 0 {
            ana.renew().await;
        }
        match ana.get("/api/market/status/").await {
            answer if answer.status == 200 => drop(answered.fetch_add(1, Relaxed)),
            answer => refused.push(format!("{} {}", answer.status, answer.body)),
        }
        tokio::time::sleep(PAUSE).await;
    }
    refused
}

/// The name of the key that signed a token.
fn key_of(client: &Client) -> String {
    let token = client.access.as_deref().expect("a sign-in");
    token.split('.').next().expect("a header").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_50_keys_are_exchanged_under_load_and_nobody_is_refused_for_it() {
    let mut platform = Installation::new(Mode::Distributed).await;
    platform.start("simulator:7").await;
    let (mut ana, email) = Client::registered(&platform.url(), &platform.mails(), "Ana").await;
    let (old, first) = (ana.clone(), key_of(&ana));
    let is_over = Arc::new(AtomicBool::new(false));
    let answered = Arc::new(AtomicU64::new(0));
    let mut workers = Vec::new();
    for number in 0..ASKERS {
        let mut worker = Client::new(&platform.url());
        worker.login(&email, PASSWORD).await;
        workers.push(tokio::spawn(work(
            worker,
            number,
            Arc::clone(&is_over),
            Arc::clone(&answered),
        )));
    }

    platform.command(&["keys", "rotate"]);
    eventually_within(UNTIL_IT_SIGNS, "the new key signs", async || {
        tokio::time::sleep(Duration::from_millis(500)).await;
        ana.renew().await;
        // The first request with a token of a new key comes right behind.
        let is_known = ana.get("/api/market/status/").await.status;
        assert_eq!(is_known, 200, "a token that was issued a moment ago");
        (key_of(&ana) != first).then_some(())
    })
    .await;
    assert_eq!(old.get("/api/auth/me/").await.status, 200, "the old key counts on");
    is_over.store(true, Relaxed);
    for worker in workers {
        assert_eq!(worker.await.expect("a worker"), Vec::<String>::new());
    }
    let answered = answered.load(Relaxed);
    assert!(answered > 1_000, "{answered} answers");

    // A key that leaked: its tokens are out within ten seconds, and whoever was signed in gets new ones.
    platform.command(&["keys", "rotate", "--emergency"]);
    eventually_within(Duration::from_secs(10), "tokens of old keys are refused", async || {
        let is_out = old.get("/api/market/status/").await.status == 401;
        (is_out && ana.get("/api/market/status/").await.status == 401).then_some(())
    })
    .await;
    ana.renew().await;
    eventually_within(Duration::from_secs(10), "the newest key counts", async || {
        (ana.get("/api/auth/me/").await.status == 200).then_some(())
    })
    .await;
    platform.stop();
}

use std::time::Duration;

use test_kit::eventually_within;
use tokio::task::JoinSet;

use crate::helpers::App;

/// A part of the full storm (5,000 alerts of one user, 20,000 other users), so that it fits an ordinary test run.
const OF_ONE: usize = 300;
const OTHERS: usize = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn reliability_32_a_storm_sends_15_mails_then_one_digest_and_nobody_else_waits() {
    let app = App::start().await;
    let ana = app.user().await;
    let mut others = Vec::new();
    for _ in 0..OTHERS {
        others.push(app.user().await);
    }
    let mut facts: Vec<_> = (0..OF_ONE)
        .map(|index| {
            let mut fact = app.fired(ana.id);
            fact.note = Some(format!("note-{index:04}"));
            app.fact(&fact)
        })
        .collect();
    facts.extend(others.iter().map(|user| app.fact(&app.fired(user.id))));
    let mut publishing = JoinSet::new();
    for chunk in facts.chunks(20) {
        let (chunk, broker) = (chunk.to_vec(), app.broker.clone());
        publishing.spawn(async move {
            for fact in chunk {
                broker.publish(fact).await.expect("published");
            }
        });
    }
    while let Some(done) = publishing.join_next().await {
        done.expect("published");
    }
    for user in &others {
        eventually_within(Duration::from_secs(60), "a bystander's mail", async || {
            app.mails_to(&user.email).first().map(drop)
        })
        .await;
    }
    app.quiet().await;
    assert_eq!(app.mails_to(&ana.email).len(), 15);

    app.advance(181);
    eventually_within(Duration::from_secs(30), "the digest", async || {
        (app.mails_to(&ana.email).len() == 16).then_some(())
    })
    .await;
    app.quiet().await;
    let mails = app.mails_to(&ana.email);
    assert_eq!(mails.len(), 16);
    let all: String = mails.iter().filter_map(|mail| mail.text()).collect();
    for index in 0..OF_ONE {
        assert!(
            all.contains(&format!("note-{index:04}")),
            "alert {index} was never named"
        );
    }
    let unsent = "SELECT count(*) FROM notifier.deliveries WHERE state <> 'sent'";
    assert_eq!(app.database.number(unsent).await, 0);
    assert_eq!(ana.get("/api/notifications/?limit=1").await.1["page"]["unread"], OF_ONE);
}

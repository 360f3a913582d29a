use std::collections::BTreeSet;

use serde_json::Value;
use test_kit::eventually;

use crate::{
    helpers::{App, User},
    smtp_stub::{At, Fault, SmtpStub},
};

async fn app_on(stub: &SmtpStub) -> App {
    App::start_with(&[
        ("MAIL_URL", &stub.url()),
        ("NOTIFIER__MAIL__TIMEOUT_SECONDS", "1"),
        ("NOTIFIER__MAIL__RETRY_SECONDS", "10,20"),
    ])
    .await
}

/// The newest notification's mail after so many tries.
async fn after_tries(user: &User<'_>, tries: usize) -> Value {
    eventually(&format!("{tries} tries are listed"), async || {
        let newest = user.list().await.first().cloned()?;
        user.delivery(&newest, "email")
            .await
            .filter(|row| row["history"].as_array().map(Vec::len) == Some(tries))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_33_temporary_faults_at_every_verb_are_retried_and_listed() {
    let stub = SmtpStub::start().await;
    let app = app_on(&stub).await;
    for fault in [Fault::Code(451), Fault::Cut, Fault::Hang] {
        for at in At::ALL {
            let ana = app.user().await;
            let before = stub.message_ids().len();
            stub.set(Some((at, fault)));
            app.say(&app.fired(ana.id)).await;
            let failed = after_tries(&ana, 1).await;
            assert_eq!(failed["state"], "pending", "{at:?} {fault:?}");
            assert!(
                failed["last_error"].is_string() && failed["next_attempt_at"].is_string(),
                "{failed}"
            );
            stub.set(None);
            app.advance(13);
            let sent = after_tries(&ana, 2).await;
            assert_eq!(
                (&sent["state"], &sent["attempts"]),
                (&"sent".into(), &2.into()),
                "{at:?} {fault:?}: {sent}"
            );
            let ids = &stub.message_ids()[before..];
            // Whoever heard the dot and not the answer gets it once more, under the same name.
            assert!(
                ids.len() <= if at == At::Dot { 2 } else { 1 },
                "{at:?} {fault:?}: {ids:?}"
            );
            assert_eq!(
                ids.iter().collect::<BTreeSet<_>>().len(),
                1,
                "{at:?} {fault:?}: {ids:?}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_33_permanent_refusals_are_not_retried_and_shown() {
    let stub = SmtpStub::start().await;
    let app = app_on(&stub).await;
    for at in At::ALL {
        let ana = app.user().await;
        stub.set(Some((at, Fault::Code(550))));
        app.say(&app.fired(ana.id)).await;
        let row = ana.delivery_in("email", "failed").await;
        assert_eq!(row["last_error"], "the mail server answered 550", "{at:?}");
        assert_eq!(row["attempts"], 1, "{at:?}");
        assert!(row["next_attempt_at"].is_null());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_33_a_server_that_drips_is_given_up_on_and_tries_end() {
    let stub = SmtpStub::start().await;
    let app = app_on(&stub).await;
    let ana = app.user().await;
    stub.set(Some((At::Ehlo, Fault::Drip)));
    app.say(&app.fired(ana.id)).await;
    for tries in 1..=2 {
        assert_eq!(after_tries(&ana, tries).await["state"], "pending");
        app.advance(25);
    }
    let row = after_tries(&ana, 3).await;
    assert_eq!(row["state"], "failed");
    assert_eq!(
        row["last_error"],
        "given up after 3 tries: the mail server took too long"
    );
}

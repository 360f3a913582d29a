use contracts::{
    events::{MailKind, UserMailRequested, UserWarned, Warning},
    internal::MailContent,
};
use uuid::Uuid;

use crate::helpers::App;

fn content(to: &str, kind: MailKind) -> MailContent {
    MailContent {
        kind,
        to: to.to_owned(),
        name: "Ana".to_owned(),
        locale: "en".to_owned(),
        token: Some("tok-en_123".to_owned()),
        expires_at: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_auth_asks_for_carries_the_token_that_auth_gives() {
    let app = App::start().await;
    let mut facts = app.facts();
    facts.email_verified = false;
    let ana = app.register(facts).await;
    let mail_id = Uuid::now_v7();
    app.mails
        .lock()
        .expect("lock")
        .insert(mail_id, content(&ana.email, MailKind::Verify));
    app.say(&UserMailRequested {
        user_id: ana.id,
        mail_id,
        kind: MailKind::Verify,
    })
    .await;
    let mail = app.mail_to(&ana.email).await;
    let text = mail.text().expect("text");
    assert!(
        text.contains("https://candlewick.example/verify?token=tok-en_123"),
        "{text}"
    );
    assert!(text.lines().any(|line| line.trim() == "tok-en_123"), "{text}");
    assert!(
        mail.html()
            .expect("html")
            .contains("https://candlewick.example/verify?token=tok-en_123")
    );
    assert!(ana.list().await.is_empty(), "a mail of the account is no notification");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_auth_has_cancelled_is_not_sent() {
    let app = App::start().await;
    let ana = app.user().await;
    app.say(&UserMailRequested {
        user_id: ana.id,
        mail_id: Uuid::now_v7(),
        kind: MailKind::Reset,
    })
    .await;
    test_kit::eventually("it is suppressed", async || {
        let query = "SELECT count(*) FROM notifier.deliveries WHERE state = 'suppressed' AND last_error = 'the mail was cancelled'";
        (app.database.number(query).await == 1).then_some(())
    })
    .await;
    assert!(app.mails_to(&ana.email).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn alert_mails_go_to_verified_addresses_only() {
    let app = App::start().await;
    let mut facts = app.facts();
    facts.email_verified = false;
    let ana = app.register(facts).await;
    app.say(&app.fired(ana.id)).await;
    let email = ana.delivery_in("email", "suppressed").await;
    assert_eq!(email["last_error"], "the e-mail address is not verified");
    assert_eq!(email["attempts"], 0);
    assert!(app.mails_to(&ana.email).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_goes_to_the_address_that_it_names() {
    let app = App::start().await;
    let ana = app.user().await;
    app.say(&UserWarned {
        user_id: ana.id,
        warning: Warning::EmailChanged,
        to: Some("old@example.com".to_owned()),
    })
    .await;
    let mail = app.mail_to("old@example.com").await;
    assert!(mail.text().expect("text").contains("Your e-mail address was changed"));
    assert!(app.mails_to(&ana.email).is_empty());
    assert_eq!(ana.list().await[0]["kind"], "security");
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_34_hostile_names_and_notes_reach_one_recipient() {
    let app = App::start().await;
    let mut facts = app.facts();
    facts.name = format!("Ana\r\nBcc: evil@example.com\u{202e}{}", "x".repeat(10_240));
    let ana = app.register(facts).await;
    let mut fact = app.fired(ana.id);
    fact.note = Some(format!(
        "\r\n.\r\nRCPT TO:<evil@example.com>\r\n<script>{}",
        "y".repeat(10_240)
    ));
    fact.asset_name = "Bit\r\nBcc: evil@example.com\r\n\r\ncoin".to_owned();
    app.say(&fact).await;
    let mail = app.mail_to(&ana.email).await;
    assert_eq!(mail.recipients, std::slice::from_ref(&ana.email));
    assert!(app.mails_to("evil@example.com").is_empty());
    assert!(!mail.html().expect("html").contains("<script>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_french_user_is_told_in_french_and_files_hold_whole_mails() {
    let folder = tempfile::tempdir().expect("folder");
    let app = App::start_with(&[("MAIL_URL", &format!("file://{}", folder.path().display()))]).await;
    let mut facts = app.facts();
    facts.locale = "fr".to_owned();
    let ana = app.register(facts).await;
    app.say(&app.fired(ana.id)).await;
    ana.delivery_in("email", "sent").await;
    assert!(
        ana.list().await[0]["message"]
            .as_str()
            .expect("text")
            .contains("Votre règle")
    );
    let files: Vec<_> = std::fs::read_dir(folder.path())
        .expect("folder")
        .map(|entry| entry.expect("file").path())
        .collect();
    assert_eq!(files.len(), 1);
    assert_eq!(files[0].extension().and_then(|ending| ending.to_str()), Some("eml"));
    assert!(
        std::fs::read_to_string(&files[0])
            .expect("mail")
            .contains("Message-ID: <")
    );
}

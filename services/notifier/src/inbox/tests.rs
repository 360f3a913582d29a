use lettre::{AsyncTransport, Message, message::MultiPart};

use super::*;

async fn send(inbox: &Inbox, to: &str, subject: &str) {
    let url = inbox.smtp_url();
    let transport = lettre::AsyncSmtpTransport::<lettre::Tokio1Executor>::from_url(&url)
        .expect("url")
        .build();
    let mail = Message::builder()
        .from("Candlewick <noreply@localhost>".parse().expect("address"))
        .to(to.parse().expect("address"))
        .subject(subject)
        .multipart(MultiPart::alternative_plain_html(
            ".dots\n. and lines".to_owned(),
            "<p>hé</p><script>x</script>".to_owned(),
        ))
        .expect("mail");
    transport.send(mail).await.expect("accepted");
}

async fn get(url: String) -> reqwest::Response {
    reqwest::get(url).await.expect("answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_are_listed_newest_first_found_by_recipient_read_and_deleted() {
    let inbox = start(InboxConfig::on_free_ports()).await.expect("inbox");
    send(&inbox, "ana@example.com", "first").await;
    send(&inbox, "Bob <bob@example.com>", "second").await;
    let list: serde_json::Value = get(format!("{}/api/mails", inbox.url()))
        .await
        .json()
        .await
        .expect("json");
    assert_eq!(list["mails"][0]["subject"], "second");
    assert_eq!(list["mails"][1]["to"][0], "ana@example.com");
    let found: serde_json::Value = get(format!("{}/api/mails?to=ANA", inbox.url()))
        .await
        .json()
        .await
        .expect("json");
    assert_eq!(found["mails"].as_array().map(Vec::len), Some(1));
    let id = found["mails"][0]["id"].as_str().expect("id").to_owned();
    let opened: serde_json::Value = get(format!("{}/api/mails/{id}", inbox.url()))
        .await
        .json()
        .await
        .expect("json");
    let text = opened["text"].as_str().expect("text").replace("\r\n", "\n");
    assert_eq!(text.trim_end(), ".dots\n. and lines");
    let html = get(format!("{}/api/mails/{id}/html", inbox.url())).await;
    assert!(
        html.headers()["content-security-policy"]
            .to_str()
            .expect("text")
            .starts_with("sandbox")
    );
    assert!(html.text().await.expect("body").contains("hé"));
    let gone = reqwest::Client::new()
        .delete(format!("{}/api/mails/{id}", inbox.url()))
        .send()
        .await
        .expect("answer");
    assert_eq!(gone.status(), 200);
    assert_eq!(get(format!("{}/api/mails/{id}", inbox.url())).await.status(), 404);
    let page = get(inbox.url()).await.text().await.expect("page");
    assert!(page.contains("Inbox"));
    inbox.stop().await.expect("stopped");
}

#[test]
fn only_the_newest_500_are_kept() {
    let mailbox = Mailbox::default();
    for index in 0..600 {
        let mail = Mail {
            id: uuid::Uuid::now_v7(),
            received_at: chrono::Utc::now(),
            sender: String::new(),
            recipients: vec![format!("{index}@example.com")],
            source: b"Subject: x\r\n\r\n".to_vec(),
        };
        mailbox.add(mail);
    }
    let mails = mailbox.list(None, 1_000);
    assert_eq!(mails.len(), 500);
    assert_eq!(mails[0].recipients, ["599@example.com"]);
}

use contracts::{events::MailKind, internal::MailContent};
use mail_parser::{MessageParser, MimeHeaders};
use secrecy::SecretString;
use serde_json::json;

use super::*;

fn composer() -> Composer {
    let tokens = UnsubscribeTokens::new(&SecretString::from("4f1f9b6f0ad3c5e2977d10c1b2a4e8d6".to_owned()));
    let url = Url::parse("https://candlewick.example/").expect("url");
    Composer::new("Candlewick <noreply@candlewick.example>", &url, tokens).expect("composer")
}

fn envelope(name: &str, to: &str, locale: Locale) -> Envelope {
    Envelope {
        delivery_id: Uuid::now_v7(),
        user_id: UserId::new(),
        to: to.to_owned(),
        name: name.to_owned(),
        locale,
        correlation_id: Uuid::now_v7(),
        now: Timestamp::from_millis(1_700_000_000_000).expect("time"),
    }
}

fn item(title: &str, message: &str) -> Item {
    Item {
        kind: Kind::AlertFired,
        title: title.to_owned(),
        message: message.to_owned(),
        data: json!({"price": "70001.5", "previous_price": "69999", "value": 71.25, "previous_value": 69.5, "source": "coinbase",
            "event_at": "2026-11-22T07:10:00.000Z", "received_at": "2026-11-22T07:10:00.100Z", "evaluated_at": "2026-11-22T07:10:00.101Z"}),
        created_at: Timestamp::from_millis(1_700_000_000_000).expect("time"),
    }
}

#[test]
fn an_alert_mail_shows_price_rule_evidence_link_and_a_way_out() {
    let envelope = envelope("Ana", "ana@example.com", Locale::English);
    let mail = composer()
        .notification(
            &envelope,
            &item("BTC: price at or above 70000 USD", "Bitcoin is at 70001.5 USD."),
        )
        .expect("mail");
    let raw = mail.formatted();
    let parsed = MessageParser::new().parse(&raw).expect("mail");
    assert_eq!(parsed.subject(), Some("BTC: price at or above 70000 USD"));
    assert_eq!(
        parsed.message_id(),
        Some(format!("{}@candlewick.example", envelope.delivery_id).as_str())
    );
    assert_eq!(
        parsed.header_raw("List-Unsubscribe-Post").map(str::trim),
        Some("List-Unsubscribe=One-Click")
    );
    assert!(
        parsed
            .header_raw("List-Unsubscribe")
            .expect("link")
            .contains("<https://candlewick.example/api/notifications/unsubscribe/?token=")
    );
    assert_eq!(
        parsed.header_raw("X-Correlation-Id").map(str::trim),
        Some(envelope.correlation_id.to_string().as_str())
    );
    for body in [parsed.body_text(0).expect("text"), parsed.body_html(0).expect("html")] {
        for expected in [
            "70001.5",
            "69999",
            "71.25",
            "69.5",
            "coinbase",
            "2026-11-22T07:10:00.100Z",
            "2026-11-22T07:10:00.101Z",
            "https://candlewick.example/alerts",
        ] {
            assert!(body.contains(expected), "{expected} is missing in {body}");
        }
    }
}

#[test]
fn reliability_34_hostile_names_and_texts_reach_one_recipient_escaped() {
    let name = format!("Ana\r\nBcc: evil@example.com\u{202e}{}", "x".repeat(10_240));
    let title = format!(
        "BTC\r\nBcc: evil@example.com\r\n\r\n<script>alert(1)</script>{}",
        "y".repeat(10_240)
    );
    let envelope = envelope(&name, "ana@example.com", Locale::English);
    let mail = composer()
        .notification(&envelope, &item(&title, "<img src=x onerror=alert(1)>"))
        .expect("mail");
    let recipients: Vec<String> = mail.envelope().to().iter().map(ToString::to_string).collect();
    assert_eq!(recipients, ["ana@example.com"]);
    let raw = mail.formatted();
    let parsed = MessageParser::new().parse(&raw).expect("mail");
    assert!(parsed.bcc().is_none() && parsed.cc().is_none());
    assert_eq!(parsed.all_to().count(), 1);
    let html = parsed.body_html(0).expect("html");
    assert!(!html.contains("<script>") && !html.contains("<img"));
    assert!(html.contains("&lt;img"));
}

#[test]
fn reliability_34_an_address_with_a_line_break_is_refused() {
    for to in [
        "ana@example.com\r\nBcc: evil@example.com",
        "ana@example.com, evil@example.com",
        "<ana@example.com>",
        "",
    ] {
        let envelope = envelope("Ana", to, Locale::English);
        assert!(
            matches!(
                composer().notification(&envelope, &item("t", "m")),
                Err(ComposeError::Recipient(_))
            ),
            "{to:?}"
        );
    }
}

#[test]
fn a_digest_names_every_notification() {
    let items: Vec<Item> = (0..500)
        .map(|index| item(&format!("alert number {index}"), "it fired"))
        .collect();
    let mail = composer()
        .digest(
            &envelope("Ana", "ana@example.com", Locale::French),
            "500 notifications regroupées",
            &items,
        )
        .expect("mail");
    let raw = mail.formatted();
    let parsed = MessageParser::new().parse(&raw).expect("mail");
    let (text, html) = (parsed.body_text(0).expect("text"), parsed.body_html(0).expect("html"));
    for index in [0, 1, 250, 499] {
        assert!(
            text.contains(&format!("alert number {index}")) && html.contains(&format!("alert number {index}")),
            "{index}"
        );
    }
}

#[test]
fn account_mails_hold_a_link_and_the_token_on_a_line_of_its_own() {
    let cases = [
        (MailKind::Verify, "https://candlewick.example/verify?token=tok-en_123"),
        (
            MailKind::VerifyNewEmail,
            "https://candlewick.example/verify?token=tok-en_123",
        ),
        (MailKind::Reset, "https://candlewick.example/reset?token=tok-en_123"),
    ];
    for (kind, link) in cases {
        for locale in [Locale::English, Locale::French] {
            let content = MailContent {
                kind,
                to: "ana@example.com".to_owned(),
                name: "Ana".to_owned(),
                locale: locale.tag().to_owned(),
                token: Some("tok-en_123".to_owned()),
                expires_at: None,
            };
            let mail = composer()
                .account(&envelope("Ana", "ana@example.com", locale), &content)
                .expect("mail");
            let raw = mail.formatted();
            let parsed = MessageParser::new().parse(&raw).expect("mail");
            let text = parsed.body_text(0).expect("text");
            assert!(text.contains(link), "{text}");
            assert!(text.lines().any(|line| line.trim() == "tok-en_123"), "{text}");
            assert!(parsed.body_html(0).expect("html").contains(link));
            assert!(parsed.header_raw("List-Unsubscribe").is_none());
            assert!(parsed.root_part().content_type().is_some());
        }
    }
}

#[test]
fn an_account_mail_without_its_token_is_not_written() {
    let content = MailContent {
        kind: MailKind::Reset,
        to: "ana@example.com".to_owned(),
        name: String::new(),
        locale: "en".to_owned(),
        token: None,
        expires_at: None,
    };
    let outcome = composer().account(&envelope("", "ana@example.com", Locale::English), &content);
    assert!(matches!(outcome, Err(ComposeError::Token)));
    let known = MailContent {
        kind: MailKind::AlreadyRegistered,
        ..content
    };
    assert!(
        composer()
            .account(&envelope("", "ana@example.com", Locale::English), &known)
            .is_ok()
    );
}

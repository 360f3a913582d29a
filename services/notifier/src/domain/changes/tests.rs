use secrecy::ExposeSecret;

use super::*;

fn rules() -> ChannelRules {
    ChannelRules {
        targets: TargetPolicy::default(),
        discord_hosts: vec!["discord.com".to_owned()],
        has_telegram_bot: false,
    }
}

fn with_webhook(url: &str) -> Changes {
    Changes {
        webhook: WebhookChange {
            enabled: Some(true),
            url: Some(Some(url.to_owned())),
            ..WebhookChange::default()
        },
        ..Changes::default()
    }
}

#[test]
fn a_webhooks_secret_is_made_once_and_shown_once() {
    let first = merge(
        &Preferences::default(),
        with_webhook("https://example.com/hook"),
        &rules(),
    )
    .expect("fine");
    let secret = first.fresh_secret.expect("shown");
    let again = merge(&first.preferences, with_webhook("https://example.com/other"), &rules()).expect("fine");
    assert!(again.fresh_secret.is_none());
    assert_eq!(
        again.preferences.webhook.secret.expect("kept").expose_secret(),
        secret.expose_secret()
    );
}

#[test]
fn put_replaces_and_patch_merges() {
    let current = merge(
        &Preferences::default(),
        with_webhook("https://example.com/hook"),
        &rules(),
    )
    .expect("fine")
    .preferences;
    let patch = Changes {
        email: Some(false),
        ..Changes::default()
    };
    let merged = merge(&current, patch, &rules()).expect("fine").preferences;
    assert!(!merged.email && merged.webhook.enabled);
    let put = Changes {
        digest: Some(DigestMode::Daily),
        ..Changes::default()
    };
    let replaced = replace(&merged, put, &rules()).expect("fine").preferences;
    assert!(
        replaced.email
            && !replaced.webhook.enabled
            && replaced.webhook.url.is_none()
            && replaced.webhook.secret.is_none()
    );
}

fn with_ntfy(server: &str, token: Option<&str>) -> Changes {
    Changes {
        ntfy: NtfyChange {
            enabled: Some(true),
            server: Some(Some(server.to_owned())),
            topic: Some(Some("prices".to_owned())),
            token: token.map(SecretString::from),
        },
        ..Changes::default()
    }
}

fn ntfy_token(changed: &Changed) -> Option<&str> {
    changed
        .preferences
        .ntfy
        .token
        .as_ref()
        .map(|token| token.expose_secret())
}

#[test]
fn the_token_of_one_server_is_never_sent_to_another() {
    let first = merge(
        &Preferences::default(),
        with_ntfy("https://ntfy.example.com", Some("tk_mine")),
        &rules(),
    )
    .expect("fine");
    for change in [merge, replace] {
        let apply = |changes| change(&first.preferences, changes, &rules()).expect("fine");
        // Another spelling is the same server.
        assert_eq!(
            ntfy_token(&apply(with_ntfy("https://NTFY.example.com/", None))),
            Some("tk_mine")
        );
        assert_eq!(ntfy_token(&apply(with_ntfy("https://evil.example.org", None))), None);
        assert_eq!(
            ntfy_token(&apply(with_ntfy("https://evil.example.org", Some("tk_other")))),
            Some("tk_other")
        );
        let mut usual = with_ntfy("", None);
        usual.ntfy.server = Some(None);
        assert_eq!(ntfy_token(&apply(usual)), None);
    }
}

#[test]
fn put_keeps_a_secret_only_with_its_target() {
    let mut current = merge(
        &Preferences::default(),
        with_webhook("https://example.com/hook"),
        &rules(),
    )
    .expect("fine")
    .preferences;
    current.telegram.bot_token = Some(SecretString::from("123456:ABCDEFGHIJKLMNOPQRSTUVWX"));
    current.telegram.chat_id = Some("@mine".to_owned());
    let same = replace(&current, with_webhook("https://example.com/hook"), &rules()).expect("fine");
    assert!(same.fresh_secret.is_none() && same.preferences.webhook.secret.is_some());
    let other = replace(&current, with_webhook("https://example.com/other"), &rules()).expect("fine");
    assert!(other.fresh_secret.is_some(), "a new target has a new secret");
    let chat = |name: &str| Changes {
        telegram: TelegramChange {
            chat_id: Some(Some(name.to_owned())),
            ..TelegramChange::default()
        },
        ..Changes::default()
    };
    let kept = replace(&current, chat("@mine"), &rules()).expect("fine").preferences;
    let moved = replace(&current, chat("@other"), &rules()).expect("fine").preferences;
    assert!(kept.telegram.bot_token.is_some() && moved.telegram.bot_token.is_none());
}

#[test]
fn a_channel_without_a_target_cannot_be_switched_on() {
    let on = Changes {
        webhook: WebhookChange {
            enabled: Some(true),
            ..WebhookChange::default()
        },
        telegram: TelegramChange {
            enabled: Some(true),
            ..TelegramChange::default()
        },
        discord: DiscordChange {
            enabled: Some(true),
            ..DiscordChange::default()
        },
        ntfy: NtfyChange {
            enabled: Some(true),
            ..NtfyChange::default()
        },
        ..Changes::default()
    };
    let problems = merge(&Preferences::default(), on, &rules()).expect_err("problems");
    let fields: Vec<&str> = problems.iter().map(|(field, _)| *field).collect();
    assert_eq!(
        fields,
        [
            "webhook.url",
            "telegram.chat_id",
            "telegram.bot_token",
            "discord.url",
            "ntfy.topic"
        ]
    );
}

#[test]
fn reliability_60_private_targets_are_refused_in_every_channel() {
    assert!(merge(&Preferences::default(), with_webhook("https://127.1/hook"), &rules()).is_err());
    let discord = DiscordChange {
        enabled: None,
        url: Some(Some(SecretString::from(
            "https://evil.example/api/webhooks/1/x".to_owned(),
        ))),
    };
    assert!(
        merge(
            &Preferences::default(),
            Changes {
                discord,
                ..Changes::default()
            },
            &rules()
        )
        .is_err()
    );
    let ntfy = NtfyChange {
        server: Some(Some("http://169.254.169.254/".to_owned())),
        ..NtfyChange::default()
    };
    assert!(
        merge(
            &Preferences::default(),
            Changes {
                ntfy,
                ..Changes::default()
            },
            &rules()
        )
        .is_err()
    );
}

#[test]
fn stored_settings_come_back_as_they_were() {
    let mut preferences = merge(
        &Preferences::default(),
        with_webhook("https://example.com/hook"),
        &rules(),
    )
    .expect("fine")
    .preferences;
    preferences.quiet_hours = QuietHours::parse("22:00", "07:00", "Europe/Paris").ok();
    let (settings, secrets) = preferences.to_stored();
    let again = Preferences::from_stored(settings.clone(), secrets.clone(), 3);
    assert_eq!(again.version, 3);
    assert_eq!(again.quiet_hours, preferences.quiet_hours);
    assert!(again.to_stored().0 == settings && again.to_stored().1 == secrets);
    assert!(!serde_json::to_string(&settings).expect("json").contains("whsec_"));
}

//! What must never stand in a log, looked for in the fullest logs that can be had, of every process.

use std::time::Duration;

use domain::{Clock, SystemClock};
use e2e::{Client, Installation, Leaks, Mode, PASSWORD, SECRETS, Stream, text};
use reqwest::Method;
use serde_json::{Value, json};
use test_kit::{eventually, totp};

const WRONG: &str = "not this one, by any chance";
const SECOND: &str = "a second phrase of her own";
const THIRD: &str = "and a third one after that";
/// What she tells the notifier; where it leads nobody listens, so that every try fails and is logged.
const NOWHERE: &str = "http://127.0.0.1:1";
const WEBHOOK_KEY: &str = "query-key-of-the-webhook";
const BOT_TOKEN: &str = "123456789:AAbot_token_that_is_hers_alone0123";
const NTFY_TOKEN: &str = "tk_ntfytokenthatishersalone01";

/// Somebody who goes through every door, and what was shown or given there.
struct Life<'a> {
    platform: &'a Installation,
    ana: Client,
    email: String,
    leaks: Leaks,
}

impl Life<'_> {
    /// Keeps the tokens that she holds now.
    fn keep_tokens(&mut self) {
        self.leaks
            .watch("an access token", self.ana.access.clone().expect("a sign-in"));
        self.leaks
            .watch("a refresh token", self.ana.refresh.clone().expect("a sign-in"));
    }

    async fn sign_in(&mut self, body: Value) {
        let data = self.ana.post("/api/auth/login/", body).await.data();
        self.ana.access = Some(text(&data["access"]));
        self.ana.refresh = Some(text(&data["refresh"]));
        self.keep_tokens();
    }

    async fn passwords_and_sessions(&mut self) {
        let mails = self.platform.mails().to(&self.email);
        let token = mails.iter().find_map(|mail| e2e::token_of(mail));
        self.leaks.watch("the token of the first mail", token.expect("a token"));
        self.keep_tokens();
        let wrong = json!({"email": self.email, "password": WRONG});
        self.ana.post("/api/auth/login/", wrong).await.refused(401);
        let shown = json!({"refresh": self.ana.refresh});
        let fresh = self.ana.post("/api/auth/refresh/", shown).await.data();
        self.ana.access = Some(text(&fresh["access"]));
        self.ana.refresh = Some(text(&fresh["refresh"]));
        self.keep_tokens();
        let change = json!({"current_password": PASSWORD, "new_password": SECOND});
        self.ana.post("/api/auth/change-password/", change).await.data();
        let mut stream = Stream::open(&self.platform.url()).await;
        stream.send(json!({"op": "auth", "token": self.ana.access})).await;
        stream
            .until("who is heard", |message| message["type"] == "authenticated")
            .await;
    }

    async fn second_factor(&mut self) {
        let begun = self.ana.post("/api/auth/mfa/totp/", json!({})).await.data();
        let secret = text(&begun["secret"]);
        self.leaks.watch("the secret of the authenticator", &secret);
        let now = SystemClock.now();
        let confirmation = json!({"otp": totp(&secret, now)});
        let confirmed = self.ana.post("/api/auth/mfa/totp/confirm/", confirmation).await.data();
        let codes: Vec<String> = confirmed["recovery_codes"]
            .as_array()
            .expect("codes")
            .iter()
            .map(text)
            .collect();
        for code in &codes {
            self.leaks.watch("a recovery code", code);
        }
        // The code of the step that comes counts too; the one of this step is spent.
        let next = totp(&secret, now.plus(Duration::from_secs(30)));
        for otp in [next, codes[0].clone()] {
            let body = json!({"email": self.email, "password": SECOND, "otp": otp, "token_delivery": "body"});
            self.sign_in(body).await;
        }
        let removal = Some(json!({"password": SECOND}));
        self.ana
            .send(Method::DELETE, "/api/auth/mfa/totp/", removal)
            .await
            .data();
    }

    async fn programs_and_targets(&mut self) {
        let token = json!({"name": "program", "scopes": ["read"]});
        let token = text(&self.ana.post("/api/auth/tokens/", token).await.data()["token"]);
        let mut program = Client::new(&self.platform.url());
        program.access = Some(token.clone());
        program.data("/api/auth/me/").await;
        self.leaks.watch("an API token", token);
        let targets = json!({
            "webhook": {"enabled": true, "url": format!("{NOWHERE}/hook?key={WEBHOOK_KEY}")},
            "telegram": {"enabled": true, "bot_token": BOT_TOKEN, "chat_id": "1"},
            "ntfy": {"enabled": true, "server": NOWHERE, "topic": "hers", "token": NTFY_TOKEN},
        });
        let path = "/api/notifications/preferences/";
        let set = self.ana.send(Method::PATCH, path, Some(targets)).await.data();
        self.leaks
            .watch("the secret of the webhook", text(&set["webhook"]["secret"]));
        for (what, secret) in [
            ("the key of the webhook", WEBHOOK_KEY),
            ("the token of the bot", BOT_TOKEN),
            ("the token of ntfy", NTFY_TOKEN),
        ] {
            self.leaks.watch(what, secret);
        }
        let tried = self.ana.post("/api/notifications/test/", json!({})).await;
        assert_eq!(tried.status, 200, "{}", tried.body);
    }

    async fn mails(&mut self) {
        let address = format!("another-{}", self.email);
        let change = json!({"email": address, "current_password": SECOND});
        self.ana.post("/api/auth/update-profile/", change).await.data();
        let token = self.platform.mails().token_to(&address).await;
        self.ana
            .post("/api/auth/verify-email/", json!({"token": token}))
            .await
            .data();
        self.leaks.watch("the token of a new address", token);
        self.email = address;

        let asked = json!({"email": self.email});
        assert_eq!(self.ana.post("/api/auth/password-reset/", asked).await.status, 202);
        let mails = self.platform.mails();
        let token = eventually("the mail with the token", async || {
            let mails = mails.to(&self.email);
            mails
                .iter()
                .filter(|mail| mail.contains("/reset?token"))
                .find_map(|mail| e2e::token_of(mail))
        })
        .await;
        let body = json!({"token": token, "new_password": THIRD});
        self.ana.post("/api/auth/password-reset/confirm/", body).await.data();
        self.leaks.watch("the token of a reset", token);
        self.sign_in(json!({"email": self.email, "password": THIRD, "token_delivery": "body"}))
            .await;
        let shown = json!({"refresh": self.ana.refresh});
        self.ana.post("/api/auth/logout/", shown).await.data();
        self.sign_in(json!({"email": self.email, "password": THIRD, "token_delivery": "body"}))
            .await;
        let last = self
            .ana
            .send(Method::DELETE, "/api/auth/me/", Some(json!({"password": THIRD})))
            .await;
        assert_eq!(last.status, 202);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_63_the_fullest_logs_of_every_process_hold_no_password_no_token_and_no_code() {
    let mut platform = Installation::new(Mode::Distributed).await;
    platform.set("RUST_LOG", "debug");
    platform.set("NOTIFIER__WEB__ALLOW_PRIVATE_TARGETS", "true");
    platform.set("NOTIFIER__WEB__TELEGRAM_URL", NOWHERE);
    platform.start("simulator:7").await;
    let (ana, email) = Client::registered(&platform.url(), &platform.mails(), "Ana").await;
    let mut life = Life {
        platform: &platform,
        ana,
        email,
        leaks: Leaks::default(),
    };
    for (what, password) in [
        ("her first password", PASSWORD),
        ("a wrong password", WRONG),
        ("her second password", SECOND),
        ("her third password", THIRD),
    ] {
        life.leaks.watch(what, password);
    }
    for (name, secret) in SECRETS {
        life.leaks.watch(name, secret);
    }
    life.passwords_and_sessions().await;
    life.second_factor().await;
    life.programs_and_targets().await;
    // What each service writes of a request that is told by its name, so that none of them is silent here.
    let mut names = Vec::new();
    for path in [
        "/api/auth/me/",
        "/api/assets/?limit=7",
        "/api/alerts/",
        "/api/virtual-portfolio/",
        "/api/notifications/",
        "/api/nothing/",
    ] {
        let answer = life.ana.get(path).await;
        names.push(answer.headers["x-request-id"].to_str().expect("text").to_owned());
    }
    life.mails().await;
    let leaks = life.leaks;
    let said = platform.stop();
    assert_eq!(said.len(), 6, "six processes");
    for process in &said {
        let is_heard = names.iter().any(|name| process.contains(name.as_str()));
        assert!(
            is_heard,
            "a process logged no request: {}",
            &process[..process.len().min(2_000)]
        );
    }
    assert!(leaks.len() >= 30, "{}", leaks.len());
    let found = leaks.found_in(&said.join("\n"));
    assert!(
        found.is_empty(),
        "{} lines:\n{}",
        found.len(),
        found[..found.len().min(20)].join("\n")
    );
}

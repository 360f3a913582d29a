//! The people of the matrix, and what the owner among them owns.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    time::{SystemTime, UNIX_EPOCH},
};

use e2e::{Client, Installation, Mails, PASSWORD, append, text};
use reqwest::Method;
use serde_json::{Value, json};
use test_kit::eventually;

use crate::matrix::{Row, Scope};

/// Something that belongs to one user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Object {
    Alert,
    Order,
    Notification,
    Watchlist,
    Session,
    Token,
    /// An account, as administrators see it.
    User,
    /// A message that was set aside; there is none.
    Letter,
}

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    Anonymous,
    /// Signed in before the account was shut.
    Disabled,
    /// Signed in, and owns nothing of what is asked for.
    Stranger,
    Admin,
    /// An API token of the administrator, with all scopes.
    AdminToken,
    /// An API token of the owner, with one scope.
    Token(Scope),
    Owner,
}

/// Whoever only may be refused comes first, so that the owner finds everything as it was.
pub const ACTORS: &[Actor] = &[
    Actor::Anonymous,
    Actor::Disabled,
    Actor::Stranger,
    Actor::Admin,
    Actor::AdminToken,
    Actor::Token(Scope::Read),
    Actor::Token(Scope::Alerts),
    Actor::Token(Scope::Trade),
    Actor::Owner,
];

/// A market of one asset, in a file that the platform follows.
pub struct Market(PathBuf);

impl Market {
    /// The market of a platform.
    pub fn of(platform: &Installation) -> Self {
        Self(platform.file("ticks.csv"))
    }

    /// What the platform is started on.
    pub fn feed(&self) -> String {
        format!("tail:{}", self.0.display())
    }

    /// A price of now.
    pub fn tick(&self) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970");
        append(&self.0, &format!("{},BTC,60000,0.5\n", now.as_millis()));
    }
}

/// The people, and the objects that are there now.
pub struct World {
    url: String,
    mails: Mails,
    clients: Vec<(Actor, Client)>,
    emails: BTreeMap<&'static str, String>,
    objects: BTreeMap<Object, String>,
    /// Whatever names the owner or was the owner's.
    pub traces: Vec<String>,
}

impl World {
    /// Everybody registered, signed in, and the owner with something of each kind.
    pub async fn of(platform: &Installation, market: &Market) -> Self {
        let (url, mails) = (platform.url(), platform.mails());
        let admin = platform.administrator("Ada").await;
        let (owner, owners_email) = Client::registered(&url, &mails, "Olga").await;
        let (stranger, _) = Client::registered(&url, &mails, "Stan").await;
        let (disabled, _) = Client::registered(&url, &mails, "Dora").await;
        let (_, spare) = Client::registered(&url, &mails, "Sam").await;
        shut(&admin, &disabled).await;
        let all = ["read", "alerts", "trade"];
        let mut clients = vec![(Actor::AdminToken, with_token(&admin, &all).await)];
        for (scope, name) in [
            (Scope::Read, "read"),
            (Scope::Alerts, "alerts"),
            (Scope::Trade, "trade"),
        ] {
            clients.push((Actor::Token(scope), with_token(&owner, &[name]).await));
        }
        let admins_email = text(&admin.data("/api/auth/me/").await["email"]);
        let owners_id = text(&owner.data("/api/auth/me/").await["id"]);
        clients.extend([
            (Actor::Anonymous, Client::new(&url)),
            (Actor::Disabled, disabled),
            (Actor::Stranger, stranger),
            (Actor::Admin, admin),
            (Actor::Owner, owner),
        ]);
        let world = Self {
            url,
            mails,
            clients,
            emails: BTreeMap::from([("$spare", spare), ("$admin", admins_email)]),
            objects: BTreeMap::new(),
            traces: vec![owners_id, owners_email],
        };
        world.prepare(market).await;
        world
    }

    /// Gives the owner notifications, which nobody can make at will, and everybody a portfolio.
    async fn prepare(&self, market: &Market) {
        let owner = self.client(Actor::Owner);
        for _ in 0..NOTIFICATIONS {
            let alert = json!({"symbol": "BTC", "condition": {"type": "above", "price": "0.01"}});
            owner.post("/api/alerts/", alert).await.data();
        }
        eventually("the alerts have fired", async || {
            market.tick();
            let told = owner.data("/api/notifications/").await;
            (told.as_array().map(Vec::len) >= Some(NOTIFICATIONS)).then_some(())
        })
        .await;
        for actor in [Actor::Owner, Actor::Stranger, Actor::Admin] {
            eventually("the portfolio is opened", async || {
                let answer = self.client(actor).get("/api/virtual-portfolio/").await;
                (answer.status == 200).then_some(())
            })
            .await;
        }
    }

    /// The client of somebody.
    pub fn client(&self, actor: Actor) -> &Client {
        let found = self.clients.iter().find(|(known, _)| *known == actor);
        &found.expect("one of the actors").1
    }

    /// The path that is sent for a row.
    pub async fn path(&mut self, row: &Row) -> String {
        let (_, path) = row.operation.split_once(' ').expect("a method and a path");
        let mut path = path
            .replace("{symbol}", "BTC")
            .replace("{asset_id}", "btc")
            .replace("{name}", "tail");
        if let Some(object) = row.object {
            path = path.replace("{id}", &self.object(object).await);
        }
        path + row.query
    }

    /// The body that is sent for a row.
    pub async fn body(&self, row: &Row) -> Option<Value> {
        if row.body.is_empty() {
            return None;
        }
        let mut body = row.body.replace("$password", PASSWORD);
        for (name, email) in &self.emails {
            body = body.replace(name, email);
        }
        let fresh = uuid::Uuid::new_v4().simple().to_string();
        body = body
            .replace("$fresh", &format!("{fresh}@example.com"))
            .replace("$name", &fresh);
        if body.contains("$refresh") {
            let mut spare = Client::new(&self.url);
            spare.login(&self.emails["$spare"], PASSWORD).await;
            body = body.replace("$refresh", &spare.refresh.expect("a refresh token"));
        }
        Some(serde_json::from_str(&body).expect("JSON"))
    }

    /// What was there is gone now.
    pub fn forget(&mut self, object: Object) {
        self.objects.remove(&object);
    }

    /// The owner's object of a kind.
    async fn object(&mut self, object: Object) -> String {
        if let Some(known) = self.objects.get(&object) {
            return known.clone();
        }
        let made = self.make(object).await;
        if object != Object::User {
            self.traces.push(made.clone());
        }
        self.objects.insert(object, made.clone());
        made
    }

    async fn make(&self, object: Object) -> String {
        let owner = self.client(Actor::Owner);
        let made = async |path: &str, body: Value| text(&owner.post(path, body).await.data()["id"]);
        match object {
            Object::Alert => {
                let alert = json!({"symbol": "BTC", "condition": "above", "target_price": "99000000"});
                made("/api/alerts/", alert).await
            }
            Object::Order => {
                let order =
                    json!({"symbol": "BTC", "side": "buy", "type": "limit", "quantity": "2", "limit_price": "1"});
                made("/api/virtual-portfolio/orders/", order).await
            }
            Object::Watchlist => {
                let name = uuid::Uuid::new_v4().simple().to_string();
                made("/api/watchlists/", json!({"name": name, "assets": ["BTC"]})).await
            }
            Object::Token => made("/api/auth/tokens/", json!({"name": "t", "scopes": ["read"]})).await,
            Object::Notification => {
                let list = owner.list_of("/api/notifications/", 1).await;
                text(&list[0]["id"])
            }
            Object::Session => {
                owner.clone().login_again().await;
                let sessions = owner.list_of("/api/auth/sessions/", 2).await;
                let other = sessions.iter().find(|session| session["current"] == false);
                text(&other.expect("another session")["id"])
            }
            Object::User => {
                let (user, _) = Client::registered(&self.url, &self.mails, "Una").await;
                text(&user.data("/api/auth/me/").await["id"])
            }
            Object::Letter => uuid::Uuid::now_v7().to_string(),
        }
    }
}

/// Enough for each request that takes one away.
const NOTIFICATIONS: usize = 4;

async fn shut(admin: &Client, user: &Client) {
    let id = text(&user.data("/api/auth/me/").await["id"]);
    let path = format!("/api/admin/users/{id}/status/");
    admin
        .send(Method::PATCH, &path, Some(json!({"is_active": false})))
        .await
        .data();
    // Auth itself knows at once; the gateway hears of it within seconds, and then refuses before anybody else is asked.
    eventually("the gateway knows that the account is shut", async || {
        let answer = user.get("/api/auth/me/").await;
        (answer.body["error"]["code"] == "unauthorized").then_some(())
    })
    .await;
}

async fn with_token(user: &Client, scopes: &[&str]) -> Client {
    let body = json!({"name": scopes.join(" "), "scopes": scopes});
    let made = user.post("/api/auth/tokens/", body).await.data();
    let mut client = user.clone();
    client.access = Some(text(&made["token"]));
    client
}

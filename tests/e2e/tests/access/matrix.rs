//! Who may call what: one row for each operation of the API.

use crate::world::Object;

/// A scope of personal API tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    Read,
    Alerts,
    Trade,
}

/// Whom an operation is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Everybody, whatever token comes along: a token that counts for nothing is no hindrance.
    Door,
    /// Everybody, but a token that counts for nothing is refused.
    Anybody,
    /// Whoever is signed in, on what is theirs; API tokens need the scope.
    Signed(Scope),
    /// Whoever is signed in, on what is theirs; no API token.
    Session,
    /// Administrators who are signed in; no API token.
    Admin,
}

/// One operation.
pub struct Row {
    /// Method and path, as the document writes them.
    pub operation: &'static str,
    /// For whom.
    pub who: Who,
    /// What `{id}` names: something that is the owner's. Others are told that there is no such thing.
    pub object: Option<Object>,
    /// The query that is sent.
    pub query: &'static str,
    /// The body that is sent; empty for none. `$…` are filled in, see [`crate::world::World::body`].
    pub body: &'static str,
    /// How it answers those who may. Where the act itself would end the test (an account deleted, a password changed),
    /// the body is one that is refused after it was settled who asks.
    pub granted: u16,
}

const fn row(operation: &'static str, who: Who, granted: u16) -> Row {
    Row {
        operation,
        who,
        object: None,
        query: "",
        body: "",
        granted,
    }
}

impl Row {
    const fn of(mut self, object: Object) -> Self {
        self.object = Some(object);
        self
    }

    const fn ask(mut self, query: &'static str) -> Self {
        self.query = query;
        self
    }

    const fn send(mut self, body: &'static str) -> Self {
        self.body = body;
        self
    }
}

use Object::{Alert, Letter, Notification, Order, Session as SignIn, Token, User, Watchlist};
use Scope::{Alerts, Read, Trade};
use Who::{Admin, Anybody, Door, Session, Signed};

const ALERT: &str = r#"{"symbol": "BTC", "condition": "above", "target_price": "99000000"}"#;
const ORDER: &str = r#"{"symbol": "BTC", "side": "buy", "type": "limit", "quantity": "2", "limit_price": "1"}"#;
const IMPORT: &str = r#"{"csv": "txid,ordertxid,pair,time,type,ordertype,price,cost,fee,vol\nT,O,XXBTZUSD,2026-01-05 10:00:00.1,buy,limit,60000,600,0.96,0.01"}"#;

/// Every operation, in the order in which they are tried.
pub const ROWS: &[Row] = &[
    // The account
    row("POST /api/auth/register/", Door, 202).send(r#"{"name": "Eve", "email": "$fresh", "password": "$password"}"#),
    row("POST /api/auth/verify-email/", Door, 422).send(r#"{"token": "unknown"}"#),
    row("POST /api/auth/login/", Door, 200).send(r#"{"email": "$spare", "password": "$password"}"#),
    row("POST /api/auth/admin-login/", Door, 200).send(r#"{"email": "$admin", "password": "$password"}"#),
    row("POST /api/auth/refresh/", Door, 200).send(r#"{"refresh": "$refresh"}"#),
    row("POST /api/auth/password-reset/", Door, 202).send(r#"{"email": "$spare"}"#),
    row("POST /api/auth/password-reset/confirm/", Door, 422)
        .send(r#"{"token": "unknown", "new_password": "$password"}"#),
    row("GET /.well-known/jwks.json", Anybody, 200),
    row("GET /api/auth/me/", Signed(Read), 200),
    row("POST /api/auth/update-profile/", Session, 200).send(r#"{"country": "FR"}"#),
    row("POST /api/auth/change-password/", Session, 422)
        .send(r#"{"current_password": "not the one", "new_password": "a new one, long enough 9"}"#),
    row("GET /api/auth/sessions/", Session, 200),
    row("DELETE /api/auth/sessions/{id}/", Session, 200).of(SignIn),
    row("POST /api/auth/mfa/totp/", Session, 200),
    row("POST /api/auth/mfa/totp/confirm/", Session, 422).send(r#"{"otp": "12"}"#),
    row("DELETE /api/auth/mfa/totp/", Session, 422).send(r#"{"password": "not the one"}"#),
    row("GET /api/auth/tokens/", Session, 200),
    row("POST /api/auth/tokens/", Session, 201).send(r#"{"name": "one more", "scopes": ["read"]}"#),
    row("DELETE /api/auth/tokens/{id}/", Session, 200).of(Token),
    row("GET /api/auth/export/", Session, 200),
    row("DELETE /api/auth/me/", Session, 422).send(r#"{"password": "not the one"}"#),
    // The market
    row("GET /api/assets/", Anybody, 200),
    row("GET /api/assets/{symbol}/", Anybody, 200),
    row("GET /api/assets/{symbol}/price/", Anybody, 200),
    row("GET /api/price-history/{symbol}/", Anybody, 200),
    row("GET /api/ohlc/{symbol}/", Anybody, 200),
    row("GET /api/indicators/{symbol}/", Anybody, 200),
    row("GET /api/heatmap/", Anybody, 200),
    row("GET /api/movers/", Anybody, 200),
    row("GET /api/market/summary/", Anybody, 200),
    row("GET /api/market/status/", Anybody, 200),
    // Alerts and notifications
    row("GET /api/alerts/", Signed(Read), 200),
    row("POST /api/alerts/", Signed(Alerts), 201).send(ALERT),
    row("GET /api/alerts/history/", Signed(Read), 200),
    row("POST /api/alerts/preview/", Signed(Read), 200)
        .ask("?days=1")
        .send(ALERT),
    row("GET /api/alerts/{id}/", Signed(Read), 200).of(Alert),
    row("PATCH /api/alerts/{id}/", Signed(Alerts), 200)
        .of(Alert)
        .send(r#"{"note": "seen"}"#),
    row("DELETE /api/alerts/{id}/", Signed(Alerts), 200).of(Alert),
    row("GET /api/notifications/", Signed(Read), 200),
    row("GET /api/notifications/deliveries/", Signed(Read), 200),
    row("GET /api/notifications/{id}/deliveries/", Signed(Read), 200).of(Notification),
    row("POST /api/notifications/{id}/read/", Signed(Alerts), 200).of(Notification),
    row("DELETE /api/notifications/{id}/", Signed(Alerts), 200).of(Notification),
    row("POST /api/notifications/read-all/", Signed(Alerts), 200),
    row("GET /api/notifications/preferences/", Signed(Read), 200),
    row("PUT /api/notifications/preferences/", Signed(Alerts), 200).send("{}"),
    row("PATCH /api/notifications/preferences/", Signed(Alerts), 200).send(r#"{"email": {"enabled": true}}"#),
    row("POST /api/notifications/test/", Signed(Alerts), 200),
    row("GET /api/notifications/unsubscribe/", Anybody, 404).ask("?token=unknown"),
    row("POST /api/notifications/unsubscribe/", Anybody, 404).ask("?token=unknown"),
    // Paper trading
    row("GET /api/virtual-portfolio/", Signed(Read), 200),
    row("POST /api/virtual-portfolio/fund/", Signed(Trade), 201).send(r#"{"amount": "10", "direction": "deposit"}"#),
    row("GET /api/virtual-portfolio/funding-history/", Signed(Read), 200),
    row("GET /api/virtual-portfolio/ledger/", Signed(Read), 200),
    row("GET /api/virtual-portfolio/performance/", Signed(Read), 200),
    row("GET /api/virtual-portfolio/trades/", Signed(Read), 200),
    row("POST /api/virtual-portfolio/trades/", Signed(Trade), 201)
        .send(r#"{"symbol": "BTC", "side": "buy", "quote_amount": "10"}"#),
    row("POST /api/virtual-portfolio/import/", Signed(Trade), 200)
        .ask("?preview=true")
        .send(IMPORT),
    row("GET /api/virtual-portfolio/orders/", Signed(Read), 200),
    row("POST /api/virtual-portfolio/orders/", Signed(Trade), 201).send(ORDER),
    row("GET /api/virtual-portfolio/orders/{id}/", Signed(Read), 200).of(Order),
    row("DELETE /api/virtual-portfolio/orders/{id}/", Signed(Trade), 200).of(Order),
    row("POST /api/virtual-portfolio/reset/", Signed(Trade), 201).send(r#"{"confirm": true}"#),
    row("GET /api/watchlists/", Signed(Read), 200),
    row("POST /api/watchlists/", Signed(Trade), 201).send(r#"{"name": "$name", "assets": ["BTC"]}"#),
    row("GET /api/watchlists/{id}/", Signed(Read), 200).of(Watchlist),
    row("PUT /api/watchlists/{id}/", Signed(Trade), 409)
        .of(Watchlist)
        .send(r#"{"name": "$name", "assets": [], "version": 99}"#),
    row("DELETE /api/watchlists/{id}/", Signed(Trade), 200).of(Watchlist),
    // Administration
    row("GET /api/admin/users/", Admin, 200),
    row("GET /api/admin/users/{id}/", Admin, 200).of(User),
    row("PATCH /api/admin/users/{id}/status/", Admin, 200)
        .of(User)
        .send(r#"{"is_active": true}"#),
    row("PATCH /api/admin/users/{id}/role/", Admin, 200)
        .of(User)
        .send(r#"{"role": "user"}"#),
    row("DELETE /api/admin/users/{id}/", Admin, 200).of(User),
    row("GET /api/admin/dashboard/stats/", Admin, 200),
    row("GET /api/admin/system/", Admin, 200),
    row("GET /api/admin/sources/", Admin, 200),
    row("PATCH /api/admin/sources/{name}/", Admin, 200).send(r#"{"enabled": true}"#),
    row("GET /api/admin/assets/", Admin, 200),
    row("PATCH /api/admin/assets/{asset_id}/", Admin, 200).send(r#"{"name": "Bitcoin"}"#),
    row("GET /api/admin/transactions/", Admin, 200),
    row("GET /api/admin/dead-letters/", Admin, 200),
    row("POST /api/admin/dead-letters/{id}/replay/", Admin, 404).of(Letter),
    row("GET /api/admin/audit/", Admin, 200),
    // The rest; the last one ends the session that it is called with.
    row("GET /api/stream", Anybody, 400),
    row("GET /health/live", Door, 200),
    row("GET /health/ready", Door, 200),
    row("GET /api/openapi.json", Anybody, 200),
    row("GET /api/docs/", Anybody, 200),
    row("POST /api/auth/logout/", Door, 200),
];

//! The administrators' list of users, in the order of what other services know of them.

use contracts::Role;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::helpers::App;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn list(ids: &[Uuid]) -> String {
    ids.iter().map(Uuid::to_string).collect::<Vec<_>>().join(",")
}

/// Four users: 3 has no portfolio, and 1 no alert.
fn stand_in(app: &App) {
    let all = [id(1), id(2), id(3), id(4)];
    for query in ["limit=50001", "limit=50001&search=a%26b&role=user&status=active"] {
        app.answer(&format!("/internal/accounts?{query}"), json!(all));
    }
    let value = |user: Uuid, equity: &str| json!({"user_id": user, "portfolio_id": id(9), "equity": equity, "cash": "0", "partial": false});
    let values = json!([value(id(1), "5.00"), value(id(2), "700.00"), value(id(4), "70.00")]);
    let counts = json!({
        "alerts": 5, "active_alerts": 5, "fired_24h": 0, "fired_7d": 0, "fired_30d": 0,
        "by_user": [{"user_id": id(2), "count": 1}, {"user_id": id(3), "count": 4}, {"user_id": id(4), "count": 1}],
    });
    for asked in lists_of(&all) {
        app.answer(&format!("/internal/values?user_ids={}", list(&asked)), values.clone());
        app.answer(&format!("/internal/stats?user_ids={}", list(&asked)), counts.clone());
        // Auth tells them in an order of its own.
        let mut shown = asked.clone();
        shown.sort_unstable();
        let shown: Vec<Value> = shown.iter().map(|id| json!({"id": id, "name": "N"})).collect();
        app.answer(&format!("/internal/accounts/shown?ids={}", list(&asked)), json!(shown));
    }
}

/// Every list of some of these, in every order.
fn lists_of(all: &[Uuid]) -> Vec<Vec<Uuid>> {
    let mut lists = vec![Vec::new()];
    for first in all {
        let others: Vec<Uuid> = all.iter().copied().filter(|id| id != first).collect();
        let behind = lists_of(&others).into_iter();
        lists.extend(behind.map(|list| [vec![*first], list].concat()));
    }
    lists
}

async fn page(app: &App, token: &str, query: &str) -> (u16, Value) {
    let path = format!("/api/admin/users/?{query}");
    let asked = app.ask(Method::GET, &path).bearer_auth(token);
    let answer = asked.send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

async fn in_order(app: &App, token: &str, query: &str) -> Vec<u128> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let (status, body) = page(app, token, &format!("{query}{cursor}")).await;
        assert_eq!(status, 200, "{body}");
        let users = body["data"].as_array().expect("a list");
        let ids = users
            .iter()
            .map(|user| user["id"].as_str().expect("an id").parse::<Uuid>().expect("an id"));
        found.extend(ids.map(|id| id.as_u128()));
        match body["page"]["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_put_in_the_order_of_their_portfolios_and_alerts() {
    let app = App::start().await;
    stand_in(&app);
    let admin = app.person_with(Role::Admin, 900).token;
    for limit in [1, 2, 3, 50] {
        let order = async |query: &str| in_order(&app, &admin, &format!("{query}&limit={limit}")).await;
        assert_eq!(
            order("sort=portfolio_value").await,
            [2, 4, 1, 3],
            "who has none comes last"
        );
        assert_eq!(order("sort=portfolio_value&order=asc").await, [1, 4, 2, 3]);
        assert_eq!(order("sort=alerts").await, [3, 4, 2, 1]);
        assert_eq!(order("sort=alerts&order=asc").await, [1, 2, 4, 3]);
    }
    let (_, body) = page(&app, &admin, "sort=alerts&limit=2&search=a%26b&role=user&status=active").await;
    let first = &body["data"][0];
    assert_eq!(
        (&first["alerts"], &first["portfolio_value"], &first["name"]),
        (&json!(4), &Value::Null, &json!("N"))
    );
    assert_eq!(body["page"]["limit"], 2);
    let next = body["page"]["next"].as_str().expect("a second page");
    for other in ["sort=portfolio_value", "sort=alerts&order=asc"] {
        let (status, body) = page(&app, &admin, &format!("{other}&cursor={next}")).await;
        assert_eq!(status, 422, "{other}: {body}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_not_known_or_can_not_be_had_is_refused() {
    let app = App::start().await;
    let admin = app.person_with(Role::Admin, 900).token;
    let fields = |body: &Value| {
        body["error"]["fields"]
            .as_object()
            .map(|fields| fields.keys().cloned().collect::<Vec<_>>())
    };
    for (query, field) in [
        ("sort=luck", "sort"),
        ("sort=alerts&order=up", "order"),
        ("sort=alerts&limit=201", "limit"),
        ("sort=alerts&cursor=x", "cursor"),
        ("status=gone", "status"),
        ("role=owner", "role"),
    ] {
        let (status, body) = page(&app, &admin, query).await;
        assert_eq!((status, fields(&body)), (422, Some(vec![field.to_owned()])), "{query}");
    }
    app.answer("/internal/accounts?limit=50001", json!(vec![id(1); 50_001]));
    assert_eq!(
        page(&app, &admin, "sort=alerts").await.0,
        422,
        "too many to be put in order"
    );
    let user = app.person(900).token;
    assert_eq!(page(&app, &user, "sort=alerts").await.0, 403);
}

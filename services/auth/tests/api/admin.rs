//! What administrators do.

use contracts::events::{SessionRevoked, UserDeleted, UserDisabled, UserEnabled};
use reqwest::Method;
use serde_json::{Value, json};

use super::helpers::{Answer, App, As, DATA_SECRET, PASSWORD, Session};

pub async fn patch(app: &App, admin: &Session, user: &str, what: &str, body: Value) -> Answer {
    app.call(
        As::User(admin),
        Method::PATCH,
        &format!("/api/admin/users/{user}/{what}/"),
        Some(body),
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_62_there_is_no_default_account_and_the_first_admin_comes_from_the_command_line() {
    let app = App::start().await;
    assert_eq!(app.database.number("SELECT count(*) FROM auth.users").await, 0);
    let new = || auth::NewAdmin {
        email: "root@example.org".to_owned(),
        name: "Root".to_owned(),
        password: None,
    };
    let made = auth::create_admin(&app.database.url(), &DATA_SECRET.into(), new())
        .await
        .expect("admin");
    let password = made.password.expect("a password that was made up");
    let login = app
        .login("root@example.org", secrecy::ExposeSecret::expose_secret(&password))
        .await;
    assert_eq!(
        (
            login.data(200)["user"]["role"].as_str(),
            login.data(200)["user"]["email_verified"].as_bool()
        ),
        (Some("admin"), Some(true))
    );
    assert!(
        auth::create_admin(&app.database.url(), &DATA_SECRET.into(), new())
            .await
            .is_err(),
        "the address is taken"
    );
    let weak = auth::NewAdmin {
        password: Some("password1234".into()),
        email: "b@example.org".to_owned(),
        ..new()
    };
    assert!(
        auth::create_admin(&app.database.url(), &DATA_SECRET.into(), weak)
            .await
            .is_err()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_administrators_get_in() {
    let app = App::start().await;
    let ana = app.user("ana@example.org").await;
    for who in [As::User(&ana), As::Nobody, As::Service] {
        for path in ["/api/admin/users/", "/api/admin/audit/"] {
            assert!([401, 403].contains(&app.get(who, path).await.status));
        }
        let answer = app
            .call(
                who,
                Method::PATCH,
                &format!("/api/admin/users/{}/role/", ana.user_id()),
                Some(json!({"role": "admin"})),
            )
            .await;
        assert!([401, 403].contains(&answer.status));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_searched_sorted_and_paged() {
    let app = App::start().await;
    let admin = app.admin("root@example.org").await;
    // Administrators are made by the real clock, which went on meanwhile.
    app.advance(60).await;
    for name in ["carol", "alice", "bob", "under_score", "underXscore"] {
        app.advance(1).await;
        let body = json!({"name": name, "email": format!("{name}@example.org"), "password": PASSWORD});
        app.post(As::Nobody, "/api/auth/register/", body).await.data(202);
    }
    let names = async |query: &str| {
        let mut names = Vec::new();
        let mut path = format!("/api/admin/users/?{query}");
        loop {
            let page = app.get(As::User(&admin), &path).await;
            names.extend(
                page.data(200)
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|row| row["name"].as_str().unwrap().to_owned()),
            );
            match page.body["page"]["next"].as_str() {
                Some(next) => path = format!("/api/admin/users/?{query}&cursor={next}"),
                None => return names,
            }
        }
    };
    for limit in [1, 2, 50] {
        assert_eq!(
            names(&format!("limit={limit}")).await,
            ["underXscore", "under_score", "bob", "alice", "carol", "Root"]
        );
        assert_eq!(
            names(&format!("sort=name&limit={limit}")).await,
            ["alice", "bob", "carol", "Root", "under_score", "underXscore"]
        );
        assert_eq!(
            names(&format!("sort=email&order=desc&limit={limit}")).await,
            ["underXscore", "under_score", "Root", "carol", "bob", "alice"]
        );
        assert_eq!(
            names(&format!("sort=last_seen_at&limit={limit}")).await[0],
            "Root",
            "who was never there comes last"
        );
        assert_eq!(
            names(&format!("sort=last_seen_at&order=asc&limit={limit}")).await[0],
            "Root"
        );
    }
    for (query, other) in [
        ("sort=name", "sort=email"),
        ("sort=name", "sort=name&order=desc"),
        ("sort=created_at", "sort=last_seen_at"),
    ] {
        let path = format!("/api/admin/users/?{query}&limit=1");
        let first = app.get(As::User(&admin), &path).await;
        let next = first.body["page"]["next"].as_str().expect("a second page");
        let path = format!("/api/admin/users/?{other}&cursor={next}");
        let refused = app.get(As::User(&admin), &path).await;
        assert!(refused.field("cursor").contains("order"), "{query}, then {other}");
    }
    assert_eq!(names("search=ALICE").await, ["alice"]);
    assert_eq!(names("search=r_s").await, ["under_score"], "wildcards are letters");
    assert_eq!(names("role=admin").await, ["Root"]);
    assert_eq!(names("status=disabled").await, Vec::<String>::new());
    for query in [
        "limit=0",
        "limit=201",
        "sort=password_hash",
        "status=x",
        "role=x",
        "cursor=x",
    ] {
        assert_eq!(
            app.get(As::User(&admin), &format!("/api/admin/users/?{query}"))
                .await
                .status,
            422,
            "{query}"
        );
    }
    assert_eq!(
        app.get(
            As::User(&admin),
            "/api/admin/users/00000000-0000-0000-0000-000000000000/"
        )
        .await
        .status,
        404
    );
    assert_eq!(app.get(As::User(&admin), "/api/admin/users/x/").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_56_a_disabled_user_is_out_and_may_come_back() {
    let app = App::start().await;
    let admin = app.admin("root@example.org").await;
    let ana = app.user("ana@example.org").await;
    let answer = patch(
        &app,
        &admin,
        &ana.user_id(),
        "status",
        json!({"is_active": false, "reason": "spam"}),
    )
    .await;
    assert_eq!(
        (
            answer.data(200)["status"].as_str(),
            answer.data(200)["disabled_reason"].as_str()
        ),
        (Some("disabled"), Some("spam"))
    );
    assert_eq!(app.refresh(&ana.refresh).await.code(), (401, "session_ended"));
    assert_eq!(app.get(As::User(&ana), "/api/auth/me/").await.status, 401);
    app.wait_for::<UserDisabled>(1).await;
    app.wait_for::<SessionRevoked>(1).await;
    let revoked = app.get(As::Service, "/internal/revocations?since=0").await;
    let rows = revoked.data(200)["revocations"].as_array().unwrap();
    assert!(
        rows.iter()
            .any(|row| row["session_id"].is_null() && row["user_id"] == ana.user_id().as_str()),
        "the account itself is listed"
    );

    let version = answer.data(200)["version"].as_i64().unwrap();
    let old = patch(
        &app,
        &admin,
        &ana.user_id(),
        "status",
        json!({"is_active": true, "version": version - 1}),
    )
    .await;
    assert_eq!(old.code(), (409, "version_conflict"));
    patch(
        &app,
        &admin,
        &ana.user_id(),
        "status",
        json!({"is_active": true, "version": version}),
    )
    .await
    .data(200);
    app.wait_for::<UserEnabled>(1).await;
    app.sign_in("ana@example.org", PASSWORD).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_56_a_change_of_role_ends_sessions_and_counts_at_once() {
    let app = App::start().await;
    let root = app.admin("root@example.org").await;
    let ana = app.user("ana@example.org").await;
    patch(&app, &root, &ana.user_id(), "role", json!({"role": "admin"}))
        .await
        .data(200);
    assert_eq!(app.refresh(&ana.refresh).await.code(), (401, "session_ended"));
    let ana = app.sign_in("ana@example.org", PASSWORD).await;
    app.get(As::User(&ana), "/api/admin/users/").await.data(200);
    patch(&app, &root, &ana.user_id(), "role", json!({"role": "user"}))
        .await
        .data(200);
    // Her token still says admin; what counts is the account.
    let answer = patch(&app, &ana, &root.user_id(), "status", json!({"is_active": false})).await;
    assert_eq!(answer.status, 403, "{}", answer.body);
    assert_eq!(
        patch(&app, &root, &ana.user_id(), "role", json!({"role": "owner"}))
            .await
            .status,
        422
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_cannot_disable_demote_or_delete_themself() {
    let app = App::start().await;
    let root = app.admin("root@example.org").await;
    app.admin("second@example.org").await;
    let id = root.user_id();
    assert_eq!(
        patch(&app, &root, &id, "status", json!({"is_active": false}))
            .await
            .code(),
        (409, "cannot_change_yourself")
    );
    assert_eq!(
        patch(&app, &root, &id, "role", json!({"role": "user"})).await.code(),
        (409, "cannot_change_yourself")
    );
    assert_eq!(
        app.delete(As::User(&root), &format!("/api/admin/users/{id}/"), None)
            .await
            .code(),
        (409, "cannot_change_yourself")
    );
    let me = app
        .delete(As::User(&root), "/api/auth/me/", Some(json!({"password": PASSWORD})))
        .await;
    assert_eq!(me.code(), (409, "cannot_change_yourself"));
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_62_of_the_last_two_admins_one_remains() {
    for what in ["role", "status", "delete"] {
        let app = App::start().await;
        let (ana, eve) = (app.admin("ana@example.org").await, app.admin("eve@example.org").await);
        let act = async |actor: &Session, target: &Session| match what {
            "role" => {
                patch(&app, actor, &target.user_id(), "role", json!({"role": "user"}))
                    .await
                    .status
            }
            "status" => {
                patch(&app, actor, &target.user_id(), "status", json!({"is_active": false}))
                    .await
                    .status
            }
            _ => {
                app.delete(
                    As::User(actor),
                    &format!("/api/admin/users/{}/", target.user_id()),
                    None,
                )
                .await
                .status
            }
        };
        let (first, second) = futures_util::future::join(act(&ana, &eve), act(&eve, &ana)).await;
        let mut statuses = [first, second];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 403], "{what}");
        assert_eq!(
            app.database
                .number("SELECT count(*) FROM auth.users WHERE role = 'admin' AND is_active")
                .await,
            1,
            "{what}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_removes_a_user() {
    let app = App::start().await;
    let root = app.admin("root@example.org").await;
    let ana = app.user("ana@example.org").await;
    let path = format!("/api/admin/users/{}/", ana.user_id());
    assert_eq!(app.delete(As::User(&root), &path, None).await.status, 200);
    assert_eq!(app.delete(As::User(&root), &path, None).await.status, 404);
    assert_eq!(app.wait_for::<UserDeleted>(1).await[0].user_id, ana.identity.id);
    assert_eq!(app.login("ana@example.org", PASSWORD).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_ranks_users_by_other_figures_hears_which_ones_are_wanted() {
    let app = App::start().await;
    let admin = app.admin("root@example.org").await;
    let (ana, bob) = (app.user("ana@example.org").await, app.user("bob@example.org").await);
    patch(&app, &admin, &bob.user_id(), "status", json!({"is_active": false}))
        .await
        .data(200);
    let ids = async |query: &str| {
        let answer = app.get(As::Service, &format!("/internal/accounts?{query}")).await;
        answer.data(200).clone()
    };
    assert_eq!(ids("limit=10").await.as_array().map(Vec::len), Some(3));
    assert_eq!(ids("limit=2").await.as_array().map(Vec::len), Some(2));
    assert_eq!(ids("limit=10&search=ana%40").await, json!([ana.user_id()]));
    assert_eq!(ids("limit=10&status=disabled").await, json!([bob.user_id()]));
    assert_eq!(ids("limit=10&role=admin&status=active").await, json!([admin.user_id()]));

    let gone = uuid::Uuid::now_v7();
    let path = format!("/internal/accounts/shown?ids={},{gone}", bob.user_id());
    let shown = app.get(As::Service, &path).await.data(200).clone();
    let listed = app.get(As::User(&admin), "/api/admin/users/?status=disabled").await;
    assert_eq!(&shown, listed.data(200), "as in the list");
    let many = vec![gone.to_string(); 201].join(",");
    let path = format!("/internal/accounts/shown?ids={many}");
    assert_eq!(app.get(As::Service, &path).await.status, 422);
    for path in ["/internal/accounts?limit=1", "/internal/accounts/shown?ids="] {
        assert_eq!(app.get(As::User(&admin), path).await.status, 403, "{path}");
    }
}

//! Users with what other services know of them.

use std::collections::HashMap;

use actix_web::{
    HttpRequest, HttpResponse, Responder, get,
    web::{Data, ReqData},
};
use bytes::Bytes;
use contracts::{
    Role,
    internal::{AlertStats, PortfolioValue},
};
use domain::UserId;
use futures_util::{StreamExt, TryStreamExt, stream};
use reqwest::Url;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use service_kit::{
    ApiError, ApiResult,
    client::CallError,
    http::{Envelope, Page, PageEnvelope, Query},
    identity::AdminCaller,
    paging::{Cursor, Limit, of_another_order},
};
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{AllOfBuilder, ObjectBuilder, Ref, RefOr, Schema, SchemaFormat, Type, schema::SchemaType},
};

use super::{
    super::{front::Visitor, proxy},
    stats::known,
};
use crate::{
    domain::ranking::{self, Ranked, Wanted},
    error::Error,
    state::State,
};

/// A user as auth tells it, with what the user's portfolio is worth and how many alerts there are.
#[derive(Debug, Serialize)]
pub struct ComposedUserView {
    #[serde(skip)]
    id: UserId,
    #[serde(flatten)]
    account: Map<String, Value>,
    portfolio_value: Option<String>,
    alerts: Option<i64>,
}

/// Auth's own description, and the two members that are added to it.
impl PartialSchema for ComposedUserView {
    fn schema() -> RefOr<Schema> {
        let text = SchemaType::from_iter([Type::String, Type::Null]);
        let count = SchemaType::from_iter([Type::Integer, Type::Null]);
        let value = ObjectBuilder::new()
            .schema_type(text)
            .description(Some("Cash and holdings in USD; null where that is not known"));
        let alerts = ObjectBuilder::new()
            .schema_type(count)
            .format(Some(SchemaFormat::Custom("int64".to_owned())))
            .description(Some("Alerts that are kept; null where that is not known"));
        let added = ObjectBuilder::new()
            .property("portfolio_value", value)
            .property("alerts", alerts)
            .required("portfolio_value")
            .required("alerts");
        AllOfBuilder::new()
            .item(Ref::from_schema_name("AdminUserView"))
            .item(added)
            .into()
    }
}

impl ToSchema for ComposedUserView {}

/// Which users are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UsersQuery {
    /// Part of a name or address.
    search: Option<String>,
    /// `active` or `disabled`.
    #[param(inline)]
    status: Option<Status>,
    /// `user` or `admin`.
    #[param(value_type = Option<String>, pattern = "^(user|admin)$")]
    role: Option<Role>,
    /// `created_at` (the default), `name`, `email`, `last_seen_at`, `portfolio_value` or `alerts`.
    #[serde(default)]
    #[param(inline, required = false)]
    sort: Sort,
    /// `asc` or `desc`; texts are ascending and all else is descending where nothing is said.
    #[param(inline)]
    order: Option<Order>,
    /// Rows of a page.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200)]
    limit: Limit,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// Whether an account may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It may.
    Active,
    /// It may not.
    Disabled,
}

/// What a list of users is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// When the account was made.
    #[default]
    CreatedAt,
    /// The name.
    Name,
    /// The address.
    Email,
    /// When the user was last there.
    LastSeenAt,
    /// What the portfolio is worth.
    PortfolioValue,
    /// How many alerts there are.
    Alerts,
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// The smallest first.
    Asc,
    /// The largest first.
    Desc,
}

/// The users, with the value of each one's portfolio and the number of alerts; both null while their service is away.
#[utoipa::path(tag = "admin", security(("bearer" = [])), params(UsersQuery), responses(
    (status = 200, description = "One page", body = PageEnvelope<ComposedUserView>),
))]
#[get("/api/admin/users/")]
pub async fn list_users(
    state: Data<State>,
    _: AdminCaller,
    query: Query<UsersQuery>,
    visitor: ReqData<Visitor>,
    request: HttpRequest,
) -> ApiResult<HttpResponse> {
    let query = query.into_inner();
    match query.sort {
        Sort::PortfolioValue => by_figure(&state, query, Figure::PortfolioValue, &request).await,
        Sort::Alerts => by_figure(&state, query, Figure::Alerts, &request).await,
        Sort::CreatedAt | Sort::Name | Sort::Email | Sort::LastSeenAt => compose(&state, &visitor, &request).await,
    }
}

/// Where a page in the order of a figure ends: the order, whether it is descending, and its last user.
type End = (Sort, bool, Ranked);

/// What another service counts of each user.
#[derive(Debug, Clone, Copy)]
enum Figure {
    PortfolioValue,
    Alerts,
}

/// A page in the order of a figure: all who are wanted, as auth says, are put in order here.
async fn by_figure(state: &State, query: UsersQuery, figure: Figure, request: &HttpRequest) -> ApiResult<HttpResponse> {
    let is_descending = query.order != Some(Order::Asc);
    let after = match query.cursor.as_deref().map(Cursor::<End>::decode) {
        None => None,
        Some(Some(Cursor((sort, way, place)))) if (sort, way) == (query.sort, is_descending) => Some(place),
        Some(_) => return Err(of_another_order()),
    };
    let ids = wanted_ids(state, &query).await?;
    if ids.len() > MOST_RANKED {
        let why = format!("can't rank more than {MOST_RANKED} users; name a search, a status or a role");
        return Err(ApiError::invalid("sort", why));
    }
    let wanted = Wanted {
        is_descending,
        after,
        limit: query.limit.rows(),
    };
    let (ids, next) = ranking::page(ranked(state, ids, figure).await?, wanted);
    let path = format!("/internal/accounts/shown?ids={}", joined(&ids));
    let accounts: Vec<Value> = state.context.client.get("auth", &path).send().await?;
    let mut users = with_figures(state, accounts).await?;
    users.sort_by_key(|user| ids.iter().position(|id| *id == user.id));
    let next = next.map(|place| Cursor((query.sort, is_descending, place)).encode());
    Ok(Page::new(users, query.limit, next).respond_to(request))
}

/// How many users can be put in the order of a figure.
const MOST_RANKED: usize = 50_000;
/// Of how many users a figure is asked for at once, and in how many calls at once.
const ASKED: usize = 500;
const CALLS: usize = 4;

/// The ids of all who are wanted; one more than can be put in order tells that there are too many.
async fn wanted_ids(state: &State, query: &UsersQuery) -> Result<Vec<UserId>, Error> {
    let mut parameters = vec![("limit", (MOST_RANKED + 1).to_string())];
    parameters.extend(query.search.clone().map(|search| ("search", search)));
    parameters.extend(query.role.map(|role| ("role", role.as_str().to_owned())));
    let status = query.status.map(|status| match status {
        Status::Active => "active",
        Status::Disabled => "disabled",
    });
    parameters.extend(status.map(|status| ("status", status.to_owned())));
    let base = state.context.services.get("auth").ok_or(Error::NoAddress("auth"))?;
    let url = Url::parse_with_params(base.as_str(), parameters).map_err(|_| Error::Address("auth"))?;
    let path = format!("/internal/accounts?{}", url.query().unwrap_or_default());
    Ok(state.context.client.get("auth", &path).send().await?)
}

/// Users with their figures. A service that is away leaves no order to show.
async fn ranked(state: &State, ids: Vec<UserId>, figure: Figure) -> Result<Vec<Ranked>, Error> {
    let asked = stream::iter(ids.chunks(ASKED).map(<[UserId]>::to_vec)).map(async |ids| {
        let list = joined(&ids);
        let rank = |figures: HashMap<UserId, Decimal>, absent: Option<Decimal>| {
            let figure = |id: UserId| figures.get(&id).copied().or(absent);
            ids.iter().map(|id| (figure(*id), *id)).collect::<Vec<Ranked>>()
        };
        Ok::<_, Error>(match figure {
            Figure::PortfolioValue => rank(values(state, &list).await?, None),
            Figure::Alerts => {
                let counts = alerts(state, &list).await?;
                let counts = counts.into_iter().map(|(id, count)| (id, Decimal::from(count)));
                rank(counts.collect(), Some(Decimal::ZERO))
            }
        })
    });
    let chunks: Vec<Vec<Ranked>> = asked.buffer_unordered(CALLS).try_collect().await?;
    Ok(chunks.into_iter().flatten().collect())
}

fn joined(ids: &[UserId]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| id.uuid().to_string()).collect();
    ids.join(",")
}

/// One user, with the value of the portfolio and the number of alerts.
#[utoipa::path(tag = "admin", security(("bearer" = [])), responses(
    (status = 200, description = "The user", body = Envelope<ComposedUserView>),
    (status = 404, description = "No such user"),
))]
#[get("/api/admin/users/{id}/")]
pub async fn get_user(
    state: Data<State>,
    _: AdminCaller,
    visitor: ReqData<Visitor>,
    request: HttpRequest,
) -> ApiResult<HttpResponse> {
    compose(&state, &visitor, &request).await
}

/// Auth's answer to the same request; its refusals are handed on as they are.
async fn compose(state: &State, visitor: &Visitor, request: &HttpRequest) -> ApiResult<HttpResponse> {
    let mut answer = proxy::ask(state, "auth", request, visitor, Bytes::new()).await?;
    if !answer.status.is_success() {
        return Ok(answer.into_answer());
    }
    let mut body: Value = serde_json::from_slice(&answer.body).map_err(Error::from)?;
    let accounts = match body.get_mut("data").map(Value::take) {
        Some(Value::Array(accounts)) => accounts,
        Some(account) => vec![account],
        None => Vec::new(),
    };
    let is_page = body.get("page").is_some();
    let users = with_figures(state, accounts).await?;
    let data = if is_page {
        serde_json::to_value(users)
    } else {
        serde_json::to_value(users.into_iter().next())
    };
    if let Some(object) = body.as_object_mut() {
        object.insert("data".to_owned(), data.map_err(Error::from)?);
    }
    answer.body = Bytes::from(body.to_string());
    Ok(answer.into_answer())
}

#[derive(Deserialize)]
struct Identified {
    id: UserId,
}

async fn with_figures(state: &State, accounts: Vec<Value>) -> Result<Vec<ComposedUserView>, Error> {
    let ids: Result<Vec<UserId>, _> = accounts
        .iter()
        .map(|account| Identified::deserialize(account).map(|known| known.id))
        .collect();
    let ids = ids?;
    let list = joined(&ids);
    let (values, alerts) = tokio::join!(values(state, &list), alerts(state, &list));
    let (values, alerts) = (known(values), known(alerts));
    let users = ids.into_iter().zip(accounts).filter_map(|(id, account)| match account {
        Value::Object(account) => Some(ComposedUserView {
            id,
            account,
            portfolio_value: values
                .as_ref()
                .and_then(|values| values.get(&id))
                .map(ToString::to_string),
            // Whom alerts does not name has none.
            alerts: alerts.as_ref().map(|alerts| alerts.get(&id).copied().unwrap_or(0)),
        }),
        _ => None,
    });
    Ok(users.collect())
}

async fn values(state: &State, ids: &str) -> Result<HashMap<UserId, Decimal>, CallError> {
    let path = format!("/internal/values?user_ids={ids}");
    let values: Vec<PortfolioValue> = state.context.client.get("portfolio", &path).send().await?;
    Ok(values.into_iter().map(|value| (value.user_id, value.equity)).collect())
}

async fn alerts(state: &State, ids: &str) -> Result<HashMap<UserId, i64>, CallError> {
    let path = format!("/internal/stats?user_ids={ids}");
    let stats: AlertStats = state.context.client.get("alerts", &path).send().await?;
    let counts = stats.by_user.into_iter();
    Ok(counts.map(|count| (count.user_id, count.count)).collect())
}

//! Users with what other services know of them.

use std::collections::HashMap;

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, ReqData},
};
use bytes::Bytes;
use contracts::internal::{AlertStats, PortfolioValue};
use domain::UserId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use service_kit::{
    ApiError, ApiResult,
    http::{Envelope, PageEnvelope},
    identity::AdminCaller,
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{AllOfBuilder, ObjectBuilder, Ref, RefOr, Schema, SchemaFormat, Type, schema::SchemaType},
};

use super::super::{front::Visitor, proxy};
use crate::state::State;

/// A user as auth tells it, with what the user's portfolio is worth and how many alerts there are.
#[derive(Debug, Serialize)]
pub struct ComposedUserView {
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

/// The users, with the value of each one's portfolio and the number of alerts; both null while their service is away.
#[utoipa::path(tag = "admin", security(("bearer" = [])), responses(
    (status = 200, description = "One page", body = PageEnvelope<ComposedUserView>),
))]
#[get("/api/admin/users/")]
pub async fn list_users(
    state: Data<State>,
    _: AdminCaller,
    visitor: ReqData<Visitor>,
    request: HttpRequest,
) -> ApiResult<HttpResponse> {
    compose(&state, &visitor, &request).await
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
    let mut body: Value = serde_json::from_slice(&answer.body).map_err(ApiError::internal)?;
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
        object.insert("data".to_owned(), data.map_err(ApiError::internal)?);
    }
    answer.body = Bytes::from(body.to_string());
    Ok(answer.into_answer())
}

#[derive(Deserialize)]
struct Identified {
    id: UserId,
}

async fn with_figures(state: &State, accounts: Vec<Value>) -> ApiResult<Vec<ComposedUserView>> {
    let ids: Result<Vec<UserId>, _> = accounts
        .iter()
        .map(|account| Identified::deserialize(account).map(|known| known.id))
        .collect();
    let ids = ids.map_err(ApiError::internal)?;
    let list: Vec<String> = ids.iter().map(|id| id.uuid().to_string()).collect();
    let list = list.join(",");
    let (values, alerts) = tokio::join!(values(state, &list), alerts(state, &list));
    let users = ids.into_iter().zip(accounts).filter_map(|(id, account)| match account {
        Value::Object(account) => Some(ComposedUserView {
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

async fn values(state: &State, ids: &str) -> Option<HashMap<UserId, rust_decimal::Decimal>> {
    let path = format!("/internal/values?user_ids={ids}");
    let values: Vec<PortfolioValue> = super::stats::known(state.context.client.get("portfolio", &path).send().await)?;
    Some(values.into_iter().map(|value| (value.user_id, value.equity)).collect())
}

async fn alerts(state: &State, ids: &str) -> Option<HashMap<UserId, i64>> {
    let path = format!("/internal/stats?user_ids={ids}");
    let stats: AlertStats = super::stats::known(state.context.client.get("alerts", &path).send().await)?;
    Some(
        stats
            .by_user
            .into_iter()
            .map(|count| (count.user_id, count.count))
            .collect(),
    )
}

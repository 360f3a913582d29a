//! What an order's body means.

use contracts::events::Side;
use domain::{Price, Timestamp, decimal::WireDecimal};
use rust_decimal::{Decimal, dec};
use serde::Deserialize;
use service_kit::{ApiResult, FieldErrors, http::optional_object};
use utoipa::ToSchema;

use super::fields::{self, WireSide};
use crate::domain::{
    catalogue::Catalogue,
    order::{NewOrder, OrderRequest, Pair, Shape, Terms, TimeInForce},
};

const MAX_CLIENT_ID: usize = 48;

/// An order. Which prices it needs depends on its type.
#[derive(Debug, Deserialize, ToSchema)]
pub struct OrderBody {
    /// A ticker or an asset id.
    #[schema(example = "BTC", min_length = 1, max_length = 100)]
    symbol: String,
    /// Which way.
    side: WireSide,
    /// Its type.
    #[serde(rename = "type")]
    order_type: WireType,
    /// So much of the asset, in steps of 0.00000001.
    #[schema(value_type = String, format = "decimal", example = "0.25", pattern = r"^(?=.*[1-9])[0-9]{1,19}(\.[0-9]{1,8})?$")]
    quantity: WireDecimal,
    /// The limit of `limit` and `stop_limit`.
    #[schema(value_type = Option<String>, format = "decimal", pattern = r"^(?=.*[1-9])[0-9]{1,28}(\.[0-9]{1,18})?$")]
    limit_price: Option<WireDecimal>,
    /// The trigger of `stop`, `stop_limit` and `take_profit`.
    #[schema(value_type = Option<String>, format = "decimal", pattern = r"^(?=.*[1-9])[0-9]{1,28}(\.[0-9]{1,18})?$")]
    stop_price: Option<WireDecimal>,
    /// How far a `trailing_stop` follows, in percent: above 0, at most 50.
    #[schema(value_type = Option<String>, format = "decimal", pattern = r"^(?=.*[1-9])[0-9]{1,3}(\.[0-9]{1,4})?$")]
    trail_pct: Option<WireDecimal>,
    /// How long it lives; `gtc` where nothing is said.
    time_in_force: Option<WireTimeInForce>,
    /// When it ends, in the future; for `gtd` alone.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// Your own name for it, at most 48 characters, unique in the portfolio.
    #[schema(min_length = 1, max_length = 48)]
    client_order_id: Option<String>,
    /// The profitable half of an `oco`.
    #[serde(default, deserialize_with = "optional_object")]
    take_profit: Option<TakeProfitBody>,
    /// The protecting half of an `oco`.
    #[serde(default, deserialize_with = "optional_object")]
    stop_loss: Option<StopLossBody>,
}

/// The profitable half of a pair.
#[derive(Debug, Deserialize, ToSchema)]
pub struct TakeProfitBody {
    /// Its limit: above the last price for a sale, below it for a buy. What can be had at once needs no pair.
    #[schema(value_type = String, format = "decimal", pattern = r"^(?=.*[1-9])[0-9]{1,28}(\.[0-9]{1,18})?$")]
    limit_price: WireDecimal,
}

/// The protecting half of a pair.
#[derive(Debug, Deserialize, ToSchema)]
pub struct StopLossBody {
    /// Its trigger.
    #[schema(value_type = String, format = "decimal", pattern = r"^(?=.*[1-9])[0-9]{1,28}(\.[0-9]{1,18})?$")]
    stop_price: WireDecimal,
    /// Its limit after the trigger; at market without.
    #[schema(value_type = Option<String>, format = "decimal", pattern = r"^(?=.*[1-9])[0-9]{1,28}(\.[0-9]{1,18})?$")]
    limit_price: Option<WireDecimal>,
}

/// The types of orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WireType {
    /// At once.
    Market,
    /// At its limit or better.
    Limit,
    /// At market once the price moved against its owner.
    Stop,
    /// As a limit once the price moved against its owner.
    StopLimit,
    /// At market once the price moved for its owner.
    TakeProfit,
    /// A stop that follows the price.
    TrailingStop,
    /// A limit and a stop of which one cancels the other.
    Oco,
}

/// How long an order lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WireTimeInForce {
    /// Until it is cancelled.
    Gtc,
    /// Now, what can be filled.
    Ioc,
    /// Now, all or nothing.
    Fok,
    /// Until `expires_at`.
    Gtd,
}

impl From<WireTimeInForce> for TimeInForce {
    fn from(time: WireTimeInForce) -> Self {
        match time {
            WireTimeInForce::Gtc => Self::Gtc,
            WireTimeInForce::Ioc => Self::Ioc,
            WireTimeInForce::Fok => Self::Fok,
            WireTimeInForce::Gtd => Self::Gtd,
        }
    }
}

/// Refuses what could be placed once and cannot any more. A repetition of what was placed then is not asked this.
pub fn check_timely(order: &NewOrder, now: Timestamp) -> ApiResult<()> {
    let mut errors = FieldErrors::new();
    if !order.asset.enabled && order.side() == Side::Buy {
        errors.add("symbol", "is no longer offered; it can only be sold");
    }
    if order.expires_at().is_some_and(|end| end <= now) {
        errors.add("expires_at", "must be in the future");
    }
    errors.check()
}

/// Reads a body.
pub fn parse(catalogue: &Catalogue, body: OrderBody) -> ApiResult<NewOrder> {
    let mut errors = FieldErrors::new();
    let side = Side::from(body.side);
    let asset = errors.take("symbol", fields::asset(catalogue, &body.symbol));
    let quantity = errors.take("quantity", fields::quantity(&body.quantity));
    let life = life(&mut errors, &body);
    let client_order_id = errors.take_optional("client_order_id", body.client_order_id.clone(), client_id);
    let request = |terms, quantity, (time_in_force, expires_at)| OrderRequest {
        side,
        quantity,
        terms,
        time_in_force,
        expires_at,
    };
    let shape = if body.order_type == WireType::Oco {
        let halves = pair(&mut errors, &body);
        halves.zip(quantity).zip(life).map(|(((limit, stop), quantity), life)| {
            Shape::Pair(Pair {
                limit: request(limit, quantity, life),
                stop: request(stop, quantity, life),
            })
        })
    } else {
        let terms = terms(&mut errors, &body);
        terms
            .zip(quantity)
            .zip(life)
            .map(|((terms, quantity), life)| Shape::Single(request(terms, quantity, life)))
    };
    let parsed = asset.zip(client_order_id).zip(shape);
    let ((asset, client_order_id), shape) = errors.finish(parsed)?;
    Ok(NewOrder {
        asset,
        client_order_id,
        shape,
    })
}

fn client_id(raw: String) -> Result<String, &'static str> {
    let is_fine = (1..=MAX_CLIENT_ID).contains(&raw.chars().count()) && !raw.chars().any(char::is_control);
    if is_fine {
        Ok(raw)
    } else {
        Err("must be 1 to 48 characters")
    }
}

fn life(errors: &mut FieldErrors, body: &OrderBody) -> Option<(TimeInForce, Option<Timestamp>)> {
    let time_in_force = body.time_in_force.map_or(TimeInForce::Gtc, Into::into);
    let is_at_once = matches!(time_in_force, TimeInForce::Ioc | TimeInForce::Fok);
    if is_at_once && !matches!(body.order_type, WireType::Market | WireType::Limit) {
        errors.add(
            "time_in_force",
            "must be gtc or gtd for an order that waits for a trigger",
        );
        return None;
    }
    match (time_in_force, body.expires_at) {
        (TimeInForce::Gtd, None) => errors.add("expires_at", "is required with gtd"),
        (TimeInForce::Gtd, Some(end)) => return Some((time_in_force, Some(end))),
        (_, Some(_)) => errors.add("expires_at", "belongs to gtd only"),
        (_, None) => return Some((time_in_force, None)),
    }
    None
}

fn terms(errors: &mut FieldErrors, body: &OrderBody) -> Option<Terms> {
    let (mut limit, mut stop, mut trail) = (None, None, None);
    let wants_limit = matches!(body.order_type, WireType::Limit | WireType::StopLimit);
    let wants_stop = matches!(
        body.order_type,
        WireType::Stop | WireType::StopLimit | WireType::TakeProfit
    );
    let wants_trail = body.order_type == WireType::TrailingStop;
    if let Some(raw) = wanted(errors, "limit_price", wants_limit, body.limit_price.as_ref()) {
        limit = errors.take("limit_price", fields::price(raw));
    }
    if let Some(raw) = wanted(errors, "stop_price", wants_stop, body.stop_price.as_ref()) {
        stop = errors.take("stop_price", fields::price(raw));
    }
    if let Some(raw) = wanted(errors, "trail_pct", wants_trail, body.trail_pct.as_ref()) {
        trail = errors.take("trail_pct", fields::percent(raw, dec!(50)));
    }
    wanted(errors, "take_profit", false, body.take_profit.as_ref());
    wanted(errors, "stop_loss", false, body.stop_loss.as_ref());
    assemble(body.order_type, limit, stop, trail)
}

fn assemble(order_type: WireType, limit: Option<Price>, stop: Option<Price>, trail: Option<Decimal>) -> Option<Terms> {
    Some(match order_type {
        WireType::Market => Terms::Market,
        WireType::Limit => Terms::Limit(limit?),
        WireType::Stop => Terms::Stop(stop?),
        WireType::StopLimit => Terms::StopLimit {
            stop: stop?,
            limit: limit?,
        },
        WireType::TakeProfit => Terms::TakeProfit(stop?),
        WireType::TrailingStop => Terms::TrailingStop(trail?),
        WireType::Oco => return None,
    })
}

fn pair(errors: &mut FieldErrors, body: &OrderBody) -> Option<(Terms, Terms)> {
    wanted(errors, "limit_price", false, body.limit_price.as_ref());
    wanted(errors, "stop_price", false, body.stop_price.as_ref());
    wanted(errors, "trail_pct", false, body.trail_pct.as_ref());
    let profit = wanted(errors, "take_profit", true, body.take_profit.as_ref());
    let loss = wanted(errors, "stop_loss", true, body.stop_loss.as_ref());
    let limit = profit.and_then(|profit| errors.take("take_profit.limit_price", fields::price(&profit.limit_price)));
    let stop = loss.and_then(|loss| errors.take("stop_loss.stop_price", fields::price(&loss.stop_price)));
    let stop_limit =
        loss.and_then(|loss| errors.take_optional("stop_loss.limit_price", loss.limit_price.as_ref(), fields::price));
    let protecting = match (stop?, stop_limit?) {
        (stop, Some(limit)) => Terms::StopLimit { stop, limit },
        (stop, None) => Terms::Stop(stop),
    };
    Some((Terms::Limit(limit?), protecting))
}

// A member that a type needs must be there, one that it does not know must not.
fn wanted<'a, T>(errors: &mut FieldErrors, field: &str, is_wanted: bool, value: Option<&'a T>) -> Option<&'a T> {
    match (is_wanted, value) {
        (true, None) => errors.add(field, "is required for this type of order"),
        (false, Some(_)) => errors.add(field, "does not belong to this type of order"),
        _ => return value,
    }
    None
}

//! Reading the fields that several routes have.

use std::sync::Arc;

use contracts::events::Side;
use diesel_async::AsyncPgConnection;
use domain::{Price, UserId, decimal::WireDecimal};
use rust_decimal::{Decimal, dec};
use serde::Deserialize;
use service_kit::FieldErrors;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    domain::{
        amount::{CASH_SCALE, QUANTITY_SCALE, fits},
        catalogue::{Asset, Catalogue},
    },
    error::Error,
    store::portfolios::{self, PortfolioRow},
};

/// More of an asset than this does not fit beside its decimals.
const MAX_QUANTITY: Decimal = dec!(1000000000000000000);
const MAX_CASH: Decimal = dec!(1000000000);
const MAX_FEE_BPS: Decimal = dec!(1000);

/// Which way an order goes.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum WireSide {
    /// Cash becomes an asset.
    Buy,
    /// An asset becomes cash.
    Sell,
}

impl From<WireSide> for Side {
    fn from(side: WireSide) -> Self {
        match side {
            WireSide::Buy => Self::Buy,
            WireSide::Sell => Self::Sell,
        }
    }
}

/// An asset by ticker or id, or why there is none.
pub fn asset(catalogue: &Catalogue, raw: &str) -> Result<Arc<Asset>, &'static str> {
    catalogue
        .resolve(raw)
        .ok_or("must be the ticker or the id of a known asset")
}

/// An amount of an asset.
pub fn quantity(raw: &WireDecimal) -> Result<Decimal, String> {
    let value = raw.parse().map_err(|error| error.to_string())?;
    if value <= Decimal::ZERO {
        return Err("must be greater than 0".to_owned());
    }
    if !fits(value, QUANTITY_SCALE) {
        return Err("must have at most 8 decimals".to_owned());
    }
    if value > MAX_QUANTITY {
        return Err(format!("must be at most {MAX_QUANTITY}"));
    }
    Ok(value.normalize())
}

/// An amount of cash.
pub fn cash(raw: &WireDecimal) -> Result<Decimal, String> {
    let value = raw.parse().map_err(|error| error.to_string())?;
    if value <= Decimal::ZERO {
        return Err("must be greater than 0".to_owned());
    }
    if !fits(value, CASH_SCALE) {
        return Err("must have at most 2 decimals".to_owned());
    }
    if value > MAX_CASH {
        return Err(format!("must be at most {MAX_CASH}"));
    }
    let mut value = value.normalize();
    value.rescale(CASH_SCALE);
    Ok(value)
}

/// A price.
pub fn price(raw: &WireDecimal) -> Result<Price, String> {
    let value = raw.parse().map_err(|error| error.to_string())?;
    Price::new(value.normalize()).map_err(|error| error.to_string())
}

/// A share in percent, above 0 and at most `most`, with at most four decimals.
pub fn percent(raw: &WireDecimal, most: Decimal) -> Result<Decimal, String> {
    let value = raw.parse().map_err(|error| error.to_string())?;
    if value <= Decimal::ZERO || value > most {
        return Err(format!("must be greater than 0 and at most {most}"));
    }
    if !fits(value, 4) {
        return Err("must have at most 4 decimals".to_owned());
    }
    Ok(value.normalize())
}

/// A fee in basis points, at most 1,000, with at most four decimals.
pub fn fee_bps(raw: &WireDecimal) -> Result<Decimal, String> {
    let value = raw.parse().map_err(|error| error.to_string())?;
    if value < Decimal::ZERO || value > MAX_FEE_BPS {
        return Err(format!("must be at least 0 and at most {MAX_FEE_BPS}"));
    }
    if !fits(value, 4) {
        return Err("must have at most 4 decimals".to_owned());
    }
    Ok(value.normalize())
}

/// The book that `?book=` names, by its number or its id; the open one, if any, where it is absent.
pub async fn book(
    conn: &mut AsyncPgConnection,
    user: UserId,
    raw: Option<&str>,
) -> Result<Option<PortfolioRow>, Error> {
    let Some(raw) = raw else {
        return Ok(portfolios::open_of(conn, user).await?);
    };
    let found = match (raw.parse::<i32>(), raw.parse::<Uuid>()) {
        (Ok(number), _) => portfolios::numbered(conn, user, number).await?,
        (_, Ok(id)) => portfolios::of_user(conn, user, id).await?,
        _ => None,
    };
    found.map(Some).ok_or_else(|| Error::Invalid {
        field: "book",
        why: "must be the number or the id of one of your books".to_owned(),
    })
}

/// The id of the asset that a filter names.
pub fn asset_filter(catalogue: &Catalogue, errors: &mut FieldErrors, raw: Option<&str>) -> Option<String> {
    let raw = raw?;
    errors
        .take("symbol", asset(catalogue, raw))
        .map(|asset| asset.id.as_str().to_owned())
}

//! What the rows of each export say.

use contracts::events::Side;
use domain::AssetId;
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

use super::{
    Fault, FaultKind, ForeignFill,
    cells::{Cells, decimal, dollar_note, grouped, split_pair},
};

pub(super) fn candlewick(cells: &Cells<'_>) -> Result<ForeignFill, Fault> {
    let id: Uuid = cells
        .required("id")?
        .parse()
        .map_err(|_| FaultKind::WrongCell.because("id must be a UUID"))?;
    // The export keeps spreadsheets from taking a text for a formula.
    let asset = cells.required("asset_id")?.trim_start_matches('\'').to_owned();
    AssetId::parse(&asset).map_err(|_| FaultKind::WrongCell.because("asset_id is no id of an asset"))?;
    let executed_at = match cells.text("executed_at") {
        "" => cells.moment("created_at")?,
        _ => cells.moment("executed_at")?,
    };
    let fill = ForeignFill {
        key: id.to_string(),
        executed_at,
        asset,
        side: cells.side("side")?,
        quantity: cells.decimal("quantity")?,
        price: cells.decimal("price")?,
        fee: cells.decimal("fee")?,
        note: None,
    };
    let stated = cells.decimal("total")?;
    check_sum("total", stated, fill.booked()?.total)?;
    Ok(fill)
}

pub(super) fn binance(cells: &Cells<'_>) -> Result<ForeignFill, Fault> {
    let (pair, amount) = (cells.required("pair")?, cells.required("amount")?);
    let quote = amount.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ',');
    let base = pair
        .strip_suffix(quote)
        .filter(|base| !base.is_empty() && !quote.is_empty());
    let base = base
        .ok_or_else(|| FaultKind::UnknownPair.because(format!("pair must end with the currency of amount {amount}")))?;
    let executed = cells.required("executed")?;
    let quantity = executed.strip_suffix(base);
    let quantity = grouped(
        "executed",
        quantity.ok_or_else(|| FaultKind::WrongCell.because(format!("executed must be an amount of {base}")))?,
    )?;
    let cost = grouped("amount", amount.strip_suffix(quote).unwrap_or(amount))?;
    let fee = match cells.text("fee") {
        "" => Fee::Quote(Decimal::ZERO),
        text => match (text.strip_suffix(base), text.strip_suffix(quote)) {
            (Some(number), _) => Fee::Base(grouped("fee", number)?),
            (_, Some(number)) => Fee::Quote(grouped("fee", number)?),
            _ => Fee::Other(text.to_owned()),
        },
    };
    let fill = ForeignFill {
        key: String::new(),
        executed_at: cells.moment("date(utc)")?,
        asset: base.to_owned(),
        side: cells.side("side")?,
        quantity,
        price: grouped("price", cells.required("price")?)?,
        fee: Decimal::ZERO,
        note: dollar_note(quote)?,
    };
    with_fee(checked(fill, "amount", cost)?, fee)
}

pub(super) fn binance_earlier(cells: &Cells<'_>) -> Result<ForeignFill, Fault> {
    let market = cells.required("market")?;
    let (base, quote) = split_pair(market)
        .ok_or_else(|| FaultKind::UnknownPair.because(format!("{market} is no pair against US dollars")))?;
    let (amount, coin) = (cells.optional("fee")?.unwrap_or_default(), cells.text("fee coin"));
    let fee = match coin {
        coin if coin == base => Fee::Base(amount),
        coin if coin == quote || amount.is_zero() => Fee::Quote(amount),
        coin => Fee::Other(format!("{amount} {coin}")),
    };
    let fill = ForeignFill {
        key: String::new(),
        executed_at: cells.moment("date(utc)")?,
        asset: base.to_owned(),
        side: cells.side("type")?,
        quantity: cells.decimal("amount")?,
        price: cells.decimal("price")?,
        fee: Decimal::ZERO,
        note: dollar_note(quote)?,
    };
    with_fee(checked(fill, "total", cells.decimal("total")?)?, fee)
}

pub(super) fn coinbase(cells: &Cells<'_>) -> Result<ForeignFill, Fault> {
    let product = cells.required("product")?;
    let (base, quote) = product.split_once('-').ok_or_else(|| {
        FaultKind::UnknownPair.because(format!("product must be a pair such as BTC-USD, not {product}"))
    })?;
    let unit = cells.required("price/fee/total unit")?;
    if unit != quote {
        return Err(FaultKind::WrongCell.because(format!("price/fee/total unit must be {quote}")));
    }
    let fill = ForeignFill {
        key: format!("{product}:{}", cells.required("trade id")?),
        executed_at: cells.moment("created at")?,
        asset: base.to_owned(),
        side: cells.side("side")?,
        quantity: cells.decimal("size")?,
        price: cells.decimal("price")?,
        fee: cells.optional("fee")?.unwrap_or_default(),
        note: dollar_note(quote)?,
    };
    // Buys are written with a minus: cash went out.
    let stated = cells.decimal("total")?.abs();
    check_sum("total", stated, fill.booked()?.total)?;
    Ok(fill)
}

pub(super) fn kraken(cells: &Cells<'_>) -> Result<ForeignFill, Fault> {
    let pair = cells.required("pair")?;
    let (base, quote) = kraken_pair(pair)
        .ok_or_else(|| FaultKind::UnknownPair.because(format!("{pair} is no pair against US dollars")))?;
    let fill = ForeignFill {
        key: cells.required("txid")?.to_owned(),
        executed_at: cells.moment("time")?,
        asset: base,
        side: cells.side("type")?,
        quantity: cells.decimal("vol")?,
        price: cells.decimal("price")?,
        fee: cells.optional("fee")?.unwrap_or_default(),
        note: dollar_note(quote)?,
    };
    checked(fill, "cost", decimal("cost", cells.required("cost")?)?)
}

/// Kraken's own names: an X before old coins and a Z before old currencies, XBT for bitcoin and XDG for dogecoin.
fn kraken_pair(pair: &str) -> Option<(String, &str)> {
    let (base, quote) = match (pair.split_once('/'), pair.strip_suffix("ZUSD")) {
        (Some(named), _) => named,
        (None, Some(base)) if base.len() == 4 && base.starts_with('X') => (&base[1..], "USD"),
        // Dollars of others are not traded there: what ends with BUSD or TUSD is a coin's last letter and USD.
        _ => ["USDT", "USDC", "USD"]
            .iter()
            .find_map(|quote| Some((pair.strip_suffix(quote).filter(|base| !base.is_empty())?, *quote)))?,
    };
    let name = match base {
        "XBT" => "BTC",
        "XDG" => "DOGE",
        other => other,
    };
    Some((name.to_owned(), quote))
}

enum Fee {
    /// Of the currency that was paid or got.
    Quote(Decimal),
    /// Of the asset itself.
    Base(Decimal),
    /// Of something else, as it is written.
    Other(String),
}

/// Counts a fee. One that was taken in the asset changes how much of that came in or went out.
fn with_fee(mut fill: ForeignFill, fee: Fee) -> Result<ForeignFill, Fault> {
    match fee {
        Fee::Quote(fee) => fill.fee = fee,
        Fee::Base(fee) => {
            fill.quantity = match fill.side {
                Side::Buy => fill.quantity.checked_sub(fee),
                Side::Sell => fill.quantity.checked_add(fee),
            }
            .ok_or_else(|| FaultKind::TooLarge.because("its fee is too large"))?;
            fill.fee = fee
                .checked_mul(fill.price)
                .ok_or_else(|| FaultKind::TooLarge.because("its fee is too large"))?;
        }
        Fee::Other(text) => {
            let note = format!("its fee of {text} is not counted: what that was worth is not known");
            fill.note = Some(match fill.note {
                Some(known) => format!("{known}; {note}"),
                None => note,
            });
        }
    }
    Ok(fill)
}

/// The fill, if what it is said to be worth is its quantity times its price.
fn checked(fill: ForeignFill, column: &str, stated: Decimal) -> Result<ForeignFill, Fault> {
    let worth = fill
        .quantity
        .checked_mul(fill.price)
        .ok_or_else(|| FaultKind::TooLarge.because("is worth too much to be counted"))?;
    check_sum(column, stated.abs(), worth)?;
    Ok(fill)
}

/// Files round; a sum that is off by more than a cent and a thousandth is another number.
fn check_sum(column: &str, stated: Decimal, computed: Decimal) -> Result<(), Fault> {
    let allowed = computed
        .abs()
        .checked_mul(dec!(0.001))
        .and_then(|share| share.checked_add(dec!(0.01)));
    let apart = stated.checked_sub(computed).map(|apart| apart.abs());
    match (apart, allowed) {
        (Some(apart), Some(allowed)) if apart <= allowed => Ok(()),
        _ => Err(FaultKind::WrongSum.because(format!("its {column} of {stated} does not fit its quantity and price"))),
    }
}

#[cfg(test)]
mod tests {
    use super::kraken_pair;

    #[test]
    fn pairs_of_kraken_are_told_apart_with_and_without_a_slash() {
        for (pair, base, quote) in [
            ("XXBTZUSD", "BTC", "USD"),
            ("XBT/USD", "BTC", "USD"),
            ("XBTUSD", "BTC", "USD"),
            ("DOT/USD", "DOT", "USD"),
            ("DOTUSD", "DOT", "USD"),
            ("SHIBUSD", "SHIB", "USD"),
            ("SOLUSDT", "SOL", "USDT"),
            ("XDG/USDC", "DOGE", "USDC"),
        ] {
            assert_eq!(kraken_pair(pair), Some((base.to_owned(), quote)), "{pair}");
        }
        assert_eq!(kraken_pair("XXBTZEUR"), None);
        assert_eq!(kraken_pair("USD"), None);
    }
}

//! A made-up market: deterministic, so that the same seed makes the same prices at the same times.
//!
//! Each asset follows the market and its own whims. Volatility comes in clusters and has a daily rhythm; now and then
//! there is a jump. Everything random is a hash of the seed, the asset and the moment, so the market can be entered
//! at any moment without having been simulated before; only price levels are carried along.

mod table;

use contracts::events::AssetFacts;
use domain::{AssetId, Decimal, Price, Quantity, Symbol, Timestamp};

use crate::domain::asset::{Asset, Figures};

/// One asset of the made-up market.
#[derive(Debug, Clone)]
pub struct SimulatedAsset {
    /// What is known of it.
    pub asset: Asset,
    /// Where its price begins.
    pub base: f64,
    index: u64,
    /// Standard deviation of a day's return.
    daily: f64,
    /// How much of its movement is the market's.
    market_part: f64,
}

/// All assets, by rank.
pub fn assets() -> Vec<SimulatedAsset> {
    table::ASSETS
        .lines()
        .zip(1..)
        .filter_map(|(line, rank)| read(line, rank))
        .collect()
}

fn read(line: &str, rank: u32) -> Option<SimulatedAsset> {
    let mut columns = line.split('|');
    let asset_id = AssetId::parse(columns.next()?).ok()?;
    let symbol = Symbol::parse(columns.next()?).ok()?;
    let name = columns.next()?.to_owned();
    let base = columns.next()?.parse().ok()?;
    let circulating_supply: Decimal = columns.next()?.parse().ok()?;
    let max_supply: Option<Decimal> = columns.next()?.parse().ok();
    let percent: f64 = columns.next()?.parse().ok()?;
    let figures = Figures {
        circulating_supply: Some(circulating_supply),
        total_supply: Some(max_supply.unwrap_or(circulating_supply).max(circulating_supply)),
        max_supply,
        ..Figures::default()
    };
    let facts = AssetFacts {
        asset_id,
        symbol,
        name,
        image_url: None,
        rank: Some(rank),
        enabled: true,
        version: 1,
    };
    let market_part = if percent < 0.1 { 0.0 } else { 0.75 };
    let asset = Asset {
        facts,
        figures,
        is_renamed: false,
    };
    Some(SimulatedAsset {
        asset,
        base,
        index: u64::from(rank),
        daily: percent / 100.0,
        market_part,
    })
}

/// The market that belongs to a seed.
#[derive(Debug, Clone, Copy)]
pub struct Simulation {
    seed: u64,
}

/// A movement of a price, and what was traded with it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The price after it.
    pub price: f64,
    /// How much was traded, in units.
    pub quantity: f64,
}

const DAY_MS: f64 = 86_400_000.0;

impl Simulation {
    /// The market of a seed.
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// Moves a price on from `from` to `to`, at most a few minutes.
    pub fn step(&self, asset: &SimulatedAsset, price: f64, from: Timestamp, to: Timestamp) -> Step {
        let days = (to.millis() - from.millis()).max(0) as f64 / DAY_MS;
        let at = to.millis().unsigned_abs();
        let mood = self.mood(to);
        let market = self.normal(0, at) * mood;
        let own = self.normal(asset.index, at) * self.noise(asset.index, to, 7_200_000.0).mul_add(0.9, 0.6);
        let part = asset.market_part;
        let scale = asset.daily * days.sqrt();
        let mut moved = scale * (part * market + (1.0 - part * part).sqrt() * own);
        moved += self.jump(asset, at, days);
        // A gentle pull back keeps the market in a plausible place for years.
        moved -= (price / asset.base).ln() * days * 0.04;
        let price = price * moved.clamp(-0.3, 0.3).exp();
        Step {
            price,
            quantity: self.traded(asset, price, at, days, mood * (1.0 + market.abs())),
        }
    }

    /// Whether the asset trades in the slot that ends at `at`: the largest ones about every second, the others every few.
    pub fn trades_at(&self, asset: &SimulatedAsset, at: Timestamp, slot: std::time::Duration) -> bool {
        let pause = (0.8 + asset.index as f64 * 0.04).min(4.0);
        self.uniform(asset.index ^ 0x5452_4144, at.millis().unsigned_abs()) < slot.as_secs_f64() / pause
    }

    /// How nervous the market is: clusters of hours and days, and a daily rhythm with its peak in the afternoon (UTC).
    fn mood(&self, at: Timestamp) -> f64 {
        let hours = at.millis().rem_euclid(86_400_000) as f64 / 3_600_000.0;
        let rhythm = ((hours - 15.0) / 24.0 * std::f64::consts::TAU).cos().mul_add(0.25, 1.0);
        let clusters =
            self.noise(0, at, 3.0 * DAY_MS) + self.noise(0, at, DAY_MS / 5.0) + self.noise(0, at, DAY_MS / 40.0);
        rhythm * (clusters - 1.5).exp()
    }

    /// A jump of the asset alone, on average once in 40 days.
    fn jump(&self, asset: &SimulatedAsset, at: u64, days: f64) -> f64 {
        let is_due = asset.market_part > 0.0 && self.uniform(asset.index ^ 0x4a55_4d50, at) < days / 40.0;
        if is_due {
            self.normal(asset.index ^ 0x5349_5a45, at) * asset.daily * 1.5
        } else {
            0.0
        }
    }

    /// A day turns over some percent of what there is, more of it when prices move.
    fn traded(&self, asset: &SimulatedAsset, price: f64, at: u64, days: f64, excitement: f64) -> f64 {
        let supply: f64 = asset
            .asset
            .figures
            .circulating_supply
            .and_then(|supply| supply.try_into().ok())
            .unwrap_or(1e6);
        let cap = supply * asset.base;
        let share = 0.04 * (1e10 / cap.max(1e7)).powf(0.15);
        let spread = (self.normal(asset.index ^ 0x564f_4c55, at) * 0.6).exp();
        cap * share * days * excitement.clamp(0.2, 8.0) * spread / price
    }

    /// Smooth noise between 0 and 1 that changes over `period_ms`.
    fn noise(&self, stream: u64, at: Timestamp, period_ms: f64) -> f64 {
        let place = at.millis() as f64 / period_ms;
        let (cell, within) = (place.floor(), place - place.floor());
        let value = |cell: f64| {
            self.uniform(
                stream ^ (period_ms as u64).rotate_left(20),
                (cell as i64).cast_unsigned(),
            )
        };
        let smooth = within * within * 2.0_f64.mul_add(-within, 3.0);
        value(cell).mul_add(1.0 - smooth, value(cell + 1.0) * smooth)
    }

    fn normal(&self, stream: u64, at: u64) -> f64 {
        let (first, second) = (
            self.uniform(stream ^ 0xa5a5, at),
            self.uniform(stream ^ 0x5a5a_0000, at),
        );
        (-2.0 * (1.0 - first).max(1e-12).ln()).sqrt() * (second * std::f64::consts::TAU).cos()
    }

    /// A number in [0, 1) that hangs on the seed, the stream and the moment alone.
    fn uniform(&self, stream: u64, at: u64) -> f64 {
        let mixed = mix(mix(mix(self.seed ^ 0x9e37_79b9_7f4a_7c15) ^ stream) ^ at);
        (mixed >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The finaliser of SplitMix64: every bit of the input reaches every bit of the output.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// A price as a venue would quote it: six significant digits.
pub fn quoted(price: f64) -> Option<Price> {
    let digits = significant(price, 6);
    Decimal::try_from(price).ok()?.round_dp(digits).try_into().ok()
}

/// A traded quantity: five significant digits, none of them beyond 1e-8.
pub fn traded(quantity: f64) -> Option<Quantity> {
    let digits = significant(quantity, 5).min(8);
    Decimal::try_from(quantity).ok()?.round_dp(digits).try_into().ok()
}

fn significant(value: f64, digits: i32) -> u32 {
    let magnitude = value.abs().max(1e-15).log10().floor() as i32;
    u32::try_from(digits - 1 - magnitude).unwrap_or(0).min(18)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_millis(1_767_571_200_000 + minutes * 60_000).expect("time")
    }

    fn walk(seed: u64, asset: &SimulatedAsset, minutes: i64) -> Vec<f64> {
        let simulation = Simulation::new(seed);
        let mut price = asset.base;
        let mut walked = Vec::new();
        for minute in 0..minutes {
            price = simulation.step(asset, price, at(minute), at(minute + 1)).price;
            walked.push(price);
        }
        walked
    }

    #[test]
    fn there_are_a_hundred_assets_with_ranks_and_distinct_ids() {
        let all = assets();
        let ids: std::collections::HashSet<_> = all.iter().map(|asset| asset.asset.facts.asset_id.clone()).collect();
        assert_eq!((all.len(), ids.len()), (100, 100));
        assert_eq!(all[99].asset.facts.rank, Some(100));
    }

    #[test]
    fn the_same_seed_makes_the_same_market_and_another_seed_another() {
        let bitcoin = &assets()[0];
        assert_eq!(walk(1, bitcoin, 200), walk(1, bitcoin, 200));
        assert_ne!(walk(1, bitcoin, 200), walk(2, bitcoin, 200));
    }

    #[test]
    fn a_day_moves_as_much_as_the_table_says_and_stable_coins_stay() {
        let all = assets();
        let volatility = |asset: &SimulatedAsset| {
            let walked = walk(3, asset, 20 * 1_440);
            let sum: f64 = walked.windows(2).map(|pair| (pair[1] / pair[0]).ln().powi(2)).sum();
            (sum / 20.0).sqrt()
        };
        let bitcoin = volatility(&all[0]);
        assert!((0.01..0.06).contains(&bitcoin), "{bitcoin}");
        assert!(walk(3, &all[2], 1_440).iter().all(|price| (price - 1.0).abs() < 0.01));
    }

    #[test]
    fn assets_move_together() {
        let all = assets();
        let returns = |asset: &SimulatedAsset| -> Vec<f64> {
            walk(5, asset, 3_000)
                .windows(2)
                .map(|pair| (pair[1] / pair[0]).ln())
                .collect()
        };
        let (left, right) = (returns(&all[0]), returns(&all[1]));
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let correlation = dot(&left, &right) / (dot(&left, &left) * dot(&right, &right)).sqrt();
        assert!(correlation > 0.3, "{correlation}");
    }

    #[test]
    fn prices_are_quoted_with_six_digits() {
        let text = |price| quoted(price).map(|price| price.to_string());
        assert_eq!(text(91_234.567_89).as_deref(), Some("91234.6"));
        assert_eq!(text(0.000_004_412_345_6).as_deref(), Some("0.00000441235"));
        assert_eq!(quoted(0.0), None);
    }
}

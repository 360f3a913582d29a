use crate::{Candle, Interval, Timestamp};

use super::trades::sum;

/// Makes the candles of a longer `interval` from shorter ones of one asset, all of one length (minutes, as a rule), given
/// in order.
///
/// `reached` is how far the feed's own time has come: a bucket that ends after it is still open. Filled minutes do
/// not move prices; a candle is partial unless each of its minutes (so far) is there and not partial.
pub fn roll_up(minutes: &[Candle], interval: Interval, reached: Timestamp) -> Vec<Candle> {
    let buckets =
        minutes.chunk_by(|left, right| interval.bucket_start(left.start) == interval.bucket_start(right.start));
    buckets
        .filter_map(|bucket| candle_of(bucket, interval, reached))
        .collect()
}

fn candle_of(minutes: &[Candle], interval: Interval, reached: Timestamp) -> Option<Candle> {
    let head = minutes.first()?;
    let start = interval.bucket_start(head.start);
    let end = interval.bucket_end(start);
    let is_closed = end <= reached;
    let covered_to = if is_closed { end } else { minutes.last()?.end() };
    let expected = (covered_to.millis() - start.millis()) / head.interval.millis();
    let is_whole = i64::try_from(minutes.len()).is_ok_and(|count| count >= expected);

    let traded = minutes.iter().find(|minute| !minute.filled);
    let mut candle = Candle {
        interval,
        start,
        is_closed,
        ..traded.unwrap_or(head).clone()
    };
    candle.volume = if traded.is_some() { None } else { head.volume };
    candle.samples = 0;
    candle.partial = !is_whole || minutes.iter().any(|minute| minute.partial);
    candle.repaired = minutes.iter().any(|minute| minute.repaired);
    for minute in minutes.iter().filter(|minute| !minute.filled) {
        candle.prices.high = candle.prices.high.max(minute.prices.high);
        candle.prices.low = candle.prices.low.min(minute.prices.low);
        candle.prices.close = minute.prices.close;
        candle.volume = sum(candle.volume, minute.volume);
        candle.samples += minute.samples;
    }
    Some(candle)
}

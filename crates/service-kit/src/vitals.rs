//! How a service is doing, for those who run the platform.

use std::collections::BTreeMap;

use prometheus::proto::{Histogram, LabelPair, Metric, MetricFamily};
use serde::{Deserialize, Serialize};

use crate::{
    context::Context,
    error::ApiResult,
    health::{CheckReport, Status},
    instances::Instance,
};

/// What `/internal/vitals` tells of the instance that answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Vitals {
    /// The service.
    pub service: String,
    /// The instance.
    pub instance: Instance,
    /// Its state as a whole.
    pub status: Status,
    /// Each dependency.
    pub checks: BTreeMap<String, CheckReport>,
    /// Requests answered since it was started, those of operators and probes left out.
    pub requests: u64,
    /// Half of them took no longer, in milliseconds; `None` before the first.
    pub p50_ms: Option<f64>,
    /// 99 of 100 took no longer.
    pub p99_ms: Option<f64>,
    /// Facts that wait in the service's queue; `None` where there is no queue or the broker does not answer.
    pub queue_depth: Option<u64>,
    /// Facts that were given up and wait for a person; `None` without a database.
    pub dead_letters: Option<i64>,
    /// Facts that wait for the broker, and the age of the oldest in seconds.
    pub outbox: OutboxVitals,
    /// How far its readers of the tick log have come: the newest offset that was read, by reader and partition.
    pub log_read: BTreeMap<String, BTreeMap<String, u64>>,
}

/// What waits for the broker.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct OutboxVitals {
    /// How many facts.
    pub rows: u64,
    /// The age of the oldest, in seconds.
    pub age_seconds: f64,
}

/// Takes the vitals of this instance.
pub async fn read(context: &Context) -> ApiResult<Vitals> {
    let report = context.health.report().await;
    let families = context.registry.gather();
    let requests = durations(&families);
    let dead_letters = match &context.db {
        Some(db) => Some(messaging::dead_letters::count_waiting(&mut *db.get().await?).await?),
        None => None,
    };
    Ok(Vitals {
        service: context.service.to_owned(),
        instance: context.instance.clone(),
        status: report.status,
        checks: report
            .checks
            .into_iter()
            .map(|(name, check)| (name.to_owned(), check))
            .collect(),
        requests: requests.count,
        p50_ms: requests.quantile(0.5).map(|seconds| seconds * 1_000.0),
        p99_ms: requests.quantile(0.99).map(|seconds| seconds * 1_000.0),
        queue_depth: context.broker.queue_depth(context.service).await.ok().flatten(),
        dead_letters,
        outbox: OutboxVitals {
            rows: gauge(&families, "messaging_outbox_rows") as u64,
            age_seconds: gauge(&families, "messaging_outbox_age_seconds"),
        },
        log_read: log_read(&families),
    })
}

fn metrics<'a>(families: &'a [MetricFamily], name: &str) -> &'a [Metric] {
    families
        .iter()
        .find(|family| family.name() == name)
        .map_or(&[], MetricFamily::get_metric)
}

fn gauge(families: &[MetricFamily], name: &str) -> f64 {
    let values = metrics(families, name).iter();
    values.map(|metric| metric.get_gauge().get_value()).fold(0.0, f64::max)
}

fn label<'a>(metric: &'a Metric, name: &str) -> &'a str {
    let labels = metric.get_label().iter();
    labels
        .filter(|label| label.name() == name)
        .map(LabelPair::value)
        .next()
        .unwrap_or_default()
}

fn log_read(families: &[MetricFamily]) -> BTreeMap<String, BTreeMap<String, u64>> {
    let mut read = BTreeMap::new();
    for metric in metrics(families, "messaging_log_offset") {
        let of_reader: &mut BTreeMap<_, _> = read.entry(label(metric, "reader").to_owned()).or_default();
        let offset = metric.get_gauge().get_value() as u64;
        of_reader.insert(label(metric, "partition").to_owned(), offset);
    }
    read
}

/// How long requests took, all routes together.
#[derive(Debug, Default, PartialEq)]
struct Durations {
    count: u64,
    /// Upper bounds in seconds, rising, with how many took no longer.
    buckets: Vec<(f64, u64)>,
}

fn durations(families: &[MetricFamily]) -> Durations {
    let mut all = Durations::default();
    for metric in metrics(families, "http_request_duration_seconds") {
        let route = label(metric, "route");
        if !["/health", "/metrics", "/internal"]
            .iter()
            .any(|own| route.starts_with(own))
        {
            all.add(metric.get_histogram());
        }
    }
    all
}

impl Durations {
    fn add(&mut self, histogram: &Histogram) {
        self.count += histogram.get_sample_count();
        for (index, bucket) in histogram.get_bucket().iter().enumerate() {
            match self.buckets.get_mut(index) {
                Some(known) => known.1 += bucket.cumulative_count(),
                None => self.buckets.push((bucket.upper_bound(), bucket.cumulative_count())),
            }
        }
    }

    /// The duration that `share` of the requests did not exceed, in seconds: between the bounds of its bucket in
    /// proportion, as Prometheus's `histogram_quantile` does it. Beyond the last bound, that bound.
    fn quantile(&self, share: f64) -> Option<f64> {
        if self.count == 0 {
            return None;
        }
        let wanted = share * self.count as f64;
        let (mut lower, mut below) = (0.0, 0);
        for (upper, up_to) in self.buckets.iter().filter(|(upper, _)| upper.is_finite()) {
            if *up_to as f64 >= wanted && *up_to > below {
                return Some(lower + (upper - lower) * (wanted - below as f64) / (up_to - below) as f64);
            }
            (lower, below) = (*upper, *up_to);
        }
        Some(lower)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn durations(buckets: &[(f64, u64)], count: u64) -> Durations {
        Durations {
            count,
            buckets: buckets.to_vec(),
        }
    }

    #[test]
    fn a_quantile_lies_in_its_bucket_in_proportion() {
        let all = durations(&[(0.01, 50), (0.1, 90), (1.0, 100)], 100);
        assert_eq!(all.quantile(0.5), Some(0.01));
        assert!((all.quantile(0.7).expect("some") - 0.055).abs() < 1e-9);
        assert!((all.quantile(0.99).expect("some") - 0.91).abs() < 1e-9);
    }

    #[test]
    fn nothing_is_said_of_no_requests_and_no_more_than_the_last_bound_of_slow_ones() {
        assert_eq!(durations(&[], 0).quantile(0.5), None);
        assert_eq!(durations(&[(0.01, 0), (1.0, 1)], 10).quantile(0.99), Some(1.0));
    }
}

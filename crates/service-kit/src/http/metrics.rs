//! Rate, errors and duration of each route.

use std::{cell::RefCell, collections::HashMap, rc::Rc, time::Duration};

use actix_web::http::{Method, StatusCode};
use prometheus::{Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, Opts, Registry};

/// Seconds; from a cached read to the slowest report.
const BUCKETS: &[f64] = &[
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// The figures of a server.
#[derive(Clone)]
pub(crate) struct RequestMetrics {
    requests: IntCounterVec,
    durations: HistogramVec,
}

impl RequestMetrics {
    pub(crate) fn new(registry: &Registry) -> prometheus::Result<Self> {
        let requests = IntCounterVec::new(
            Opts::new("http_requests_total", "Requests answered"),
            &["route", "method", "status"],
        )?;
        let durations = HistogramVec::new(
            HistogramOpts::new(
                "http_request_duration_seconds",
                "Time from a request's head to its answer",
            )
            .buckets(BUCKETS.to_vec()),
            &["route", "method"],
        )?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(durations.clone()))?;
        Ok(Self { requests, durations })
    }

    /// A worker's view, which looks the labels up once.
    pub(crate) fn handle(&self) -> Rc<WorkerFigures> {
        Rc::new(WorkerFigures {
            metrics: self.clone(),
            routes: RefCell::default(),
        })
    }
}

/// A route's figures, by method and status.
type RouteFigures = HashMap<(&'static str, u16), (IntCounter, Histogram)>;

/// One worker's counters, by route; their number is bounded by the number of routes.
pub(crate) struct WorkerFigures {
    metrics: RequestMetrics,
    routes: RefCell<HashMap<String, RouteFigures>>,
}

impl WorkerFigures {
    pub(crate) fn observe(&self, route: &str, method: &Method, status: StatusCode, took: Duration) {
        let key = (method_label(method), status.as_u16());
        let mut routes = self.routes.borrow_mut();
        if !routes.contains_key(route) {
            routes.insert(route.to_owned(), HashMap::new());
        }
        if let Some(figures) = routes.get_mut(route) {
            let (requests, durations) = figures.entry(key).or_insert_with(|| {
                let requests = self
                    .metrics
                    .requests
                    .with_label_values(&[route, key.0, status.as_str()]);
                (requests, self.metrics.durations.with_label_values(&[route, key.0]))
            });
            requests.inc();
            durations.observe(took.as_secs_f64());
        }
    }
}

/// A closed set: anybody can send any word as a method.
pub(super) fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

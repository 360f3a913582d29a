//! How busy the event loop is: the multi-thread runtime that drives connections and tasks.

use prometheus::{Counter, IntGauge, core::Collector, core::Desc, proto::MetricFamily};
use tokio::runtime::Handle;

/// The state of the runtime, read when somebody asks for metrics. Services of one process share it.
pub(crate) struct RuntimeFigures {
    runtime: Handle,
    workers: IntGauge,
    tasks: IntGauge,
    queued: IntGauge,
    busy: Counter,
}

impl RuntimeFigures {
    pub(crate) fn new(runtime: Handle) -> prometheus::Result<Self> {
        Ok(Self {
            runtime,
            workers: IntGauge::new("runtime_workers", "Threads of the event loop")?,
            tasks: IntGauge::new("runtime_tasks", "Tasks that have not ended")?,
            queued: IntGauge::new(
                "runtime_queued_tasks",
                "Tasks that wait for a thread in the shared queue",
            )?,
            busy: Counter::new(
                "runtime_busy_seconds_total",
                "Time that the event loop's threads have worked, all together",
            )?,
        })
    }
}

impl Collector for RuntimeFigures {
    fn desc(&self) -> Vec<&Desc> {
        let gauges = [&self.workers, &self.tasks, &self.queued];
        gauges
            .into_iter()
            .flat_map(Collector::desc)
            .chain(self.busy.desc())
            .collect()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let figures = self.runtime.metrics();
        let gauge = |value: usize| i64::try_from(value).unwrap_or(i64::MAX);
        self.workers.set(gauge(figures.num_workers()));
        self.tasks.set(gauge(figures.num_alive_tasks()));
        self.queued.set(gauge(figures.global_queue_depth()));
        let busy = (0..figures.num_workers()).map(|worker| figures.worker_total_busy_duration(worker));
        let seconds: f64 = busy.map(|worker| worker.as_secs_f64()).sum();
        // The runtime's own counts only rise; two readers at once may meet each other halfway.
        let rise = seconds - self.busy.get();
        if rise > 0.0 {
            self.busy.inc_by(rise);
        }
        let gauges = [&self.workers, &self.tasks, &self.queued];
        gauges
            .into_iter()
            .flat_map(Collector::collect)
            .chain(self.busy.collect())
            .collect()
    }
}

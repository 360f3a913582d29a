//! What the platform takes while nobody asks for anything: resident memory of the standalone and of each service, and the
//! time from the start of the program to its first answer, on a database that is there.
//!
//! `cargo bench -p e2e --bench footprint`; needs PostgreSQL, RabbitMQ and Redis.

use std::time::{Duration, Instant};

use e2e::{Installation, Mode};
use test_kit::Figures;

/// For how long the simulated market runs before memory is read.
/// Twice as long as it takes until free memory is given back.
const SETTLED: Duration = Duration::from_secs(60);

#[tokio::main]
async fn main() {
    let mut figures = Figures::of("footprint, simulated market of 100 assets, nobody asks");
    let mut standalone = Installation::new(Mode::Standalone).await;
    // The first start also makes the tables and the past of the market.
    let began = Instant::now();
    standalone.start("simulator:1").await;
    figures.row("standalone, first start", began.elapsed().as_secs_f64(), "s", "");
    tokio::time::sleep(SETTLED).await;
    standalone.stop();
    let began = Instant::now();
    standalone.start("simulator:1").await;
    figures.row("standalone, start", began.elapsed().as_secs_f64(), "s", "≤ 3");
    tokio::time::sleep(SETTLED).await;
    for (_, usage) in standalone.usage() {
        figures.row("standalone, memory", usage.resident_mib, "MiB", "≤ 150");
    }
    standalone.stop();

    let mut distributed = Installation::new(Mode::Distributed).await;
    distributed.start("simulator:1").await;
    tokio::time::sleep(SETTLED).await;
    for (service, usage) in distributed.usage() {
        figures.row(&format!("{service}, memory"), usage.resident_mib, "MiB", "≤ 50");
    }
    distributed.stop();
    figures.keep("footprint");
}

//! Leases: who decides, and when that changes.

use std::time::Duration;

use diesel_async::SimpleAsyncConnection;
use messaging::leases;
use uuid::Uuid;

use crate::platform::{Kind, Platform};

const LEASE: &str = "scales";
const SHORT: Duration = Duration::from_millis(200);
const LONG: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn a_holder_extends_its_lease_while_it_decides_and_a_rival_waits_for_the_decision() {
    let platform = Platform::start(Kind::Memory).await;
    let connection = async || platform.pool.get().await.expect("connection");
    let (holder, rival) = (Uuid::new_v4(), Uuid::new_v4());
    let (mut deciding, mut extending, mut waiting) = (connection().await, connection().await, connection().await);
    let mut acquire = async |holder, ttl| {
        let acquiring = leases::acquire(&mut extending, LEASE, holder, ttl);
        let within = tokio::time::timeout(Duration::from_secs(10), acquiring).await;
        within.expect("nobody is in the way").expect("a lease")
    };
    let epoch = acquire(holder, LONG).await.expect("free");
    assert_eq!(acquire(rival, LONG).await, None);
    deciding.batch_execute("BEGIN").await.expect("begun");
    assert!(leases::fence(&mut deciding, LEASE, epoch).await.expect("fenced"));
    assert_eq!(acquire(holder, SHORT).await, Some(epoch), "extended meanwhile");
    tokio::time::sleep(SHORT).await;

    let mut taking = Box::pin(leases::acquire(&mut waiting, LEASE, rival, LONG));
    let at_once = tokio::time::timeout(Duration::from_millis(500), &mut taking).await;
    assert!(at_once.is_err(), "{at_once:?}");
    deciding.batch_execute("COMMIT").await.expect("decided");
    assert_eq!(taking.await.expect("a lease"), Some(epoch + 1));
    assert!(!leases::fence(&mut deciding, LEASE, epoch).await.expect("fenced"));
    assert_eq!(acquire(holder, LONG).await, None);
    drop((deciding, waiting, extending));
    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_rivals_for_a_lease_that_is_over_one_has_it() {
    let platform = Platform::start(Kind::Memory).await;
    let pool = &platform.pool;
    let acquire = async |ttl| {
        let mut conn = pool.get().await.expect("connection");
        leases::acquire(&mut conn, LEASE, Uuid::new_v4(), ttl)
            .await
            .expect("a lease")
    };
    for round in 1..=20 {
        let taken = futures_util::future::join_all((0..8).map(|_| acquire(LONG))).await;
        let terms: Vec<i64> = taken.into_iter().flatten().collect();
        assert_eq!(terms, [round]);
        let mut conn = pool.get().await.expect("connection");
        conn.batch_execute("UPDATE leases SET expires_at = now() - interval '1 s'")
            .await
            .expect("over");
    }
    platform.stop().await;
}

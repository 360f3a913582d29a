use std::time::Duration;

use messaging::{LogReader, LogStart};

use crate::platform::{Kind, Platform};

async fn next(reader: &mut dyn LogReader) -> (u64, Vec<u8>) {
    let record = tokio::time::timeout(Duration::from_secs(20), reader.next())
        .await
        .expect("in time")
        .expect("record");
    (record.offset, record.body)
}

async fn a_partition_is_read_in_order_from_anywhere(kind: Kind) {
    let platform = Platform::start(kind).await;
    let mut live = platform.broker.read(1, LogStart::End).await.expect("read");
    for number in 0..500_u32 {
        platform
            .broker
            .append(1, number.to_be_bytes().to_vec())
            .await
            .expect("append");
    }
    let mut all = platform.broker.read(1, LogStart::First).await.expect("read");
    let mut offsets = Vec::new();
    for number in 0..500_u32 {
        let (offset, body) = next(all.as_mut()).await;
        assert_eq!(body, number.to_be_bytes().to_vec());
        offsets.push(offset);
    }
    assert!(offsets.windows(2).all(|pair| pair[0] < pair[1]), "offsets rise");
    let mut later = platform
        .broker
        .read(1, LogStart::Offset(offsets[321]))
        .await
        .expect("read");
    assert_eq!(
        next(later.as_mut()).await,
        (offsets[321], 321_u32.to_be_bytes().to_vec())
    );
    assert_eq!(
        next(live.as_mut()).await.1,
        0_u32.to_be_bytes().to_vec(),
        "the end was before the first"
    );

    let mut other = platform.broker.read(0, LogStart::First).await.expect("read");
    assert!(
        tokio::time::timeout(Duration::from_millis(200), other.next())
            .await
            .is_err(),
        "partitions are apart"
    );
    platform.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partition_in_process_is_read_in_order_from_anywhere() {
    a_partition_is_read_in_order_from_anywhere(Kind::Memory).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partition_on_rabbitmq_is_read_in_order_from_anywhere() {
    a_partition_is_read_in_order_from_anywhere(Kind::Rabbit).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_in_files_outlives_its_process() {
    let dir = tempfile::tempdir().expect("dir");
    let open = || {
        let metrics = messaging::Metrics::new(&prometheus::Registry::new()).expect("metrics");
        let options = messaging::BrokerOptions {
            partitions: 1,
            log_dir: Some(dir.path().to_owned()),
            ..messaging::BrokerOptions::new("memory:")
        };
        messaging::connect(options, metrics).expect("broker")
    };
    let broker = open();
    for number in 0..10_u8 {
        broker.append(0, vec![number]).await.expect("append");
    }
    drop(broker);
    let broker = open();
    broker.append(0, vec![10]).await.expect("append");
    let mut reader = broker.read(0, LogStart::Offset(4)).await.expect("read");
    for number in 4..=10_u8 {
        assert_eq!(next(reader.as_mut()).await, (u64::from(number), vec![number]));
    }
}

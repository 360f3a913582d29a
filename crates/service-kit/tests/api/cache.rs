//! One suite for both caches.

use std::time::Duration;

use service_kit::cache::Cache;
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::helpers::eventually;

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(50);

fn redis() -> Cache {
    let prefix = format!("cw:test:{}:", Uuid::new_v4().simple());
    Cache::connect(&"redis://127.0.0.1:6379".to_owned().into(), &prefix).expect("cache")
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

async fn keeps_its_promises(cache: Cache) {
    cache.ping().await.expect("these tests need Redis on 127.0.0.1:6379");
    assert_eq!(cache.get("a").await.expect("get"), None);
    cache.set("a", "1", LONG).await.expect("set");
    cache.set("b", "2", SHORT).await.expect("set");
    let many = cache.get_many(&names(&["a", "none"])).await.expect("get");
    assert_eq!(many, [Some("1".to_owned()), None]);
    assert_eq!(cache.get_many(&[]).await.expect("get"), Vec::<Option<String>>::new());
    eventually("a short-lived key ends", async || {
        cache.get("b").await.expect("get").is_none()
    })
    .await;

    assert!(cache.set_if_absent("lock", "x", SHORT).await.expect("set"));
    assert!(!cache.set_if_absent("lock", "y", SHORT).await.expect("set"));
    eventually("a lock ends", async || {
        cache.set_if_absent("lock", "z", LONG).await.expect("set")
    })
    .await;

    let window = Duration::from_millis(200);
    let first = cache.increment("count", 1, window).await.expect("count");
    let second = cache.increment("count", 2, window).await.expect("count");
    assert_eq!((first.value, second.value), (1, 3));
    assert!(
        second.resets_in <= first.resets_in && first.resets_in <= window,
        "the window does not slide"
    );
    eventually("a window ends", async || {
        cache.increment("count", 1, window).await.expect("count").value == 1
    })
    .await;

    assert_eq!(cache.members("set").await.expect("members"), Vec::<String>::new());
    cache.add_members("set", &names(&["x", "y"]), LONG).await.expect("add");
    cache.add_members("set", &names(&["y", "z"]), LONG).await.expect("add");
    let mut members = cache.members("set").await.expect("members");
    members.sort();
    assert_eq!(members, ["x", "y", "z"]);

    cache.delete(&names(&["a", "set", "none"])).await.expect("delete");
    assert_eq!(cache.get("a").await.expect("get"), None);
    assert_eq!(cache.members("set").await.expect("members"), Vec::<String>::new());
    cache.delete(&names(&["lock", "count"])).await.expect("delete");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cache_inside_the_process_keeps_its_promises() {
    keeps_its_promises(Cache::in_memory()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_keeps_the_same_promises() {
    keeps_its_promises(redis()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_74_a_silent_redis_is_noticed_in_time_and_then_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("listener");
    let url = format!("redis://{}", listener.local_addr().expect("address"));
    let cache = Cache::connect(&url.into(), "").expect("cache");
    let start = tokio::time::Instant::now();
    assert!(cache.get("a").await.is_err());
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    let start = tokio::time::Instant::now();
    for _ in 0..100 {
        assert!(cache.get("a").await.is_err());
    }
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn reliability_74_a_cache_that_comes_back_is_used_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("listener");
    let address = listener.local_addr().expect("address");
    drop(listener);
    let cache = Cache::connect(&format!("redis://{address}").into(), "").expect("cache");
    assert!(cache.ping().await.is_err(), "nobody listens yet");
    let listener = TcpListener::bind(address).await.expect("listener");
    let proxy = tokio::spawn(async move {
        while let Ok((mut from, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut to = tokio::net::TcpStream::connect("127.0.0.1:6379").await.expect("redis");
                tokio::io::copy_bidirectional(&mut from, &mut to).await.ok();
            });
        }
    });
    eventually("the cache answers again", async || cache.ping().await.is_ok()).await;
    proxy.abort();
}

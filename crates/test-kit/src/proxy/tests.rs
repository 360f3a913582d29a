use super::*;
use crate::eventually;

const PATIENCE: Duration = Duration::from_secs(10);

/// A server that answers each byte with the same one, and keeps count of what it got.
async fn echo() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let heard = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let count = Arc::clone(&count);
            tokio::spawn(async move {
                let mut buffer = [0; 1024];
                while let Ok(read @ 1..) = stream.read(&mut buffer).await {
                    count.fetch_add(read, Ordering::SeqCst);
                    if stream.write_all(&buffer[..read]).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    (port, heard)
}

async fn client(proxy: &Proxy) -> TcpStream {
    TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port()))
        .await
        .expect("the proxy listens")
}

async fn ask(stream: &mut TcpStream, text: &[u8]) -> io::Result<()> {
    stream.write_all(text).await?;
    let mut answer = vec![0; text.len()];
    tokio::time::timeout(PATIENCE, stream.read_exact(&mut answer))
        .await
        .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
    assert_eq!(answer, text);
    Ok(())
}

#[test]
fn addresses_are_found_in_urls() {
    let amqp = "amqp://guest:guest@127.0.0.1:5672/%2f";
    assert_eq!(address_in(amqp), Some(("127.0.0.1", 5672)));
    assert_eq!(address_in("postgres://u@db:5501/name?x=a:1"), Some(("db", 5501)));
    assert_eq!(address_in("redis://localhost"), None);
}

#[tokio::test]
async fn what_is_swallowed_is_gone_and_the_connection_stays() {
    let (port, heard) = echo().await;
    let (proxy, through) = Proxy::before(&format!("tcp://127.0.0.1:{port}/")).await;
    assert_eq!(through, format!("tcp://127.0.0.1:{}/", proxy.port()));
    let mut stream = client(&proxy).await;
    ask(&mut stream, b"one").await.expect("free");
    proxy.set(Direction::ToClient, Flow::Swallowed);
    stream.write_all(b"two").await.expect("taken");
    eventually("the server hears it", async || {
        (heard.load(Ordering::SeqCst) == 6).then_some(())
    })
    .await;
    proxy.swallow();
    stream.write_all(b"three").await.expect("taken");
    let mut byte = [0];
    let answer = tokio::time::timeout(Duration::from_millis(200), stream.read(&mut byte)).await;
    assert!(answer.is_err(), "{answer:?}");
    assert_eq!(heard.load(Ordering::SeqCst), 6, "one direction after the other");
    proxy.heal();
    ask(&mut stream, b"four").await.expect("the same connection");
    assert_eq!((proxy.open(), proxy.accepted()), (1, 1));
}

#[tokio::test]
async fn what_is_held_or_delayed_comes_later() {
    let (port, _) = echo().await;
    let proxy = Proxy::start("127.0.0.1", port).await;
    let mut stream = client(&proxy).await;
    proxy.set(Direction::ToServer, Flow::Held);
    stream.write_all(b"held").await.expect("taken");
    let mut answer = [0; 4];
    let early = tokio::time::timeout(Duration::from_millis(200), stream.read_exact(&mut answer)).await;
    assert!(early.is_err());
    proxy.heal();
    stream.read_exact(&mut answer).await.expect("later");
    assert_eq!(&answer, b"held");

    proxy.set(Direction::ToClient, Flow::Delayed(Duration::from_millis(150)));
    let start = Instant::now();
    ask(&mut stream, b"late").await.expect("late");
    assert!(start.elapsed() >= Duration::from_millis(150));

    proxy.heal();
    proxy.set(Direction::ToServer, Flow::Throttled(1_000));
    let start = Instant::now();
    ask(&mut stream, &[7; 400]).await.expect("slow");
    assert!(start.elapsed() >= Duration::from_millis(390), "{:?}", start.elapsed());
}

#[tokio::test]
async fn connections_are_cut_reset_refused_and_forgotten() {
    let (port, heard) = echo().await;
    let proxy = Proxy::start("127.0.0.1", port).await;
    let mut stream = client(&proxy).await;
    ask(&mut stream, b"one").await.expect("free");
    proxy.cut();
    let end = stream.read(&mut [0]).await.expect_err("reset");
    assert_eq!(end.kind(), io::ErrorKind::ConnectionReset);

    let mut stream = client(&proxy).await;
    ask(&mut stream, b"two").await.expect("a new one");
    let before = heard.load(Ordering::SeqCst);
    proxy.set(Direction::ToServer, Flow::ResetAfter(5));
    ask(&mut stream, b"123").await.expect("three of five");
    // The answer to the last two may be overtaken by the reset.
    drop(stream.write_all(b"456").await);
    eventually("the reset", async || stream.read(&mut [0]).await.is_err().then_some(())).await;
    assert!(heard.load(Ordering::SeqCst) <= before + 5);

    proxy.heal();
    let mut stream = client(&proxy).await;
    ask(&mut stream, b"three").await.expect("free again");
    proxy.forget_clients();
    assert!(
        matches!(stream.read(&mut [0]).await, Ok(0) | Err(_)),
        "the client lost it"
    );
    assert_eq!(proxy.open(), 1, "the server did not");

    proxy.refuse();
    let mut stream = client(&proxy).await;
    assert!(ask(&mut stream, b"x").await.is_err());
}

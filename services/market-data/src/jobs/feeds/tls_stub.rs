//! A provider on TLS whose certificate is valid until a year of the test's choice.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ClientConfig, RootCertStore, ServerConfig,
        crypto::aws_lc_rs,
        pki_types::{CertificateDer, PrivatePkcs8KeyDer},
    },
};

/// The first byte of whoever speaks TLS.
const HANDSHAKE: u8 = 0x16;

#[derive(Default)]
struct Heard {
    requests: Mutex<Vec<String>>,
    connections: AtomicUsize,
    in_plain: AtomicUsize,
}

/// Answers each request with an empty list.
pub struct TlsStub {
    authority: String,
    certificate: CertificateDer<'static>,
    heard: Arc<Heard>,
}

impl TlsStub {
    /// Listens on a free loopback port.
    pub async fn start(expires_in_year: i32) -> Self {
        let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).expect("an address");
        params.not_before = date_time_ymd(2019, 1, 1);
        params.not_after = date_time_ymd(expires_in_year, 1, 1);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate").der().clone();
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.clone()],
                PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
            )
            .expect("a configuration");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let authority = listener.local_addr().expect("an address").to_string();
        let heard = Arc::<Heard>::default();
        let kept = heard.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                kept.connections.fetch_add(1, Ordering::SeqCst);
                let (acceptor, heard) = (acceptor.clone(), kept.clone());
                // The other side hangs up where it does not trust the certificate.
                tokio::spawn(async move { drop(serve(socket, acceptor, &heard).await) });
            }
        });
        Self {
            authority,
            certificate,
            heard,
        }
    }

    /// Where it listens.
    pub fn url(&self, scheme: &str) -> String {
        format!("{scheme}://{}", self.authority)
    }

    /// Its certificate, which is its own root.
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// A client's TLS that trusts nobody else.
    pub fn trusting(&self) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).expect("a root");
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Arc::new(config)
    }

    /// The heads of all requests so far.
    pub fn requests(&self) -> Vec<String> {
        let requests = self.heard.requests.lock();
        requests.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many connections there have been.
    pub fn connections(&self) -> usize {
        self.heard.connections.load(Ordering::SeqCst)
    }

    /// How many of them began with anything but TLS.
    pub fn connections_in_plain(&self) -> usize {
        self.heard.in_plain.load(Ordering::SeqCst)
    }
}

async fn serve(socket: TcpStream, acceptor: TlsAcceptor, heard: &Heard) -> std::io::Result<()> {
    let mut first = [0; 1];
    socket.peek(&mut first).await?;
    if first[0] != HANDSHAKE {
        heard.in_plain.fetch_add(1, Ordering::SeqCst);
    }
    let mut socket = acceptor.accept(socket).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await?);
    }
    let request = String::from_utf8_lossy(&head).into_owned();
    heard
        .requests
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(request);
    socket
        .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n[]")
        .await?;
    socket.shutdown().await
}

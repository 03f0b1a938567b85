//! Programs of others over a pipe: frames of tokio-util, HTTP/1 by hyper, TLS by rustls.
#![cfg(all(not(sakia_loom), feature = "clients"))]

use bytes::Bytes;
use core::time::Duration;
use futures_util::{SinkExt, StreamExt as _};
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, Response, body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use sakia_io::{Config, Duplex, duplex, pipe};
use sakia_tests::with_watchdog;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::{
    TlsAcceptor, TlsConnector,
    rustls::{
        ClientConfig, RootCertStore, ServerConfig,
        crypto::ring,
        pki_types::{PrivateKeyDer, ServerName},
    },
};
use tokio_util::codec::{FramedRead, FramedWrite, LengthDelimitedCodec, LinesCodec};

/// Runs it on two threads, for two minutes at most.
fn run(body: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    with_watchdog(Duration::from_secs(120), || runtime.block_on(body));
}

/// From one small slot to more than is ever under way.
fn sizes() -> [Config; 4] {
    [
        Config::new().slots(1).slot_size(16),
        Config::new().slots(2).slot_size(37),
        Config::new().slots(4).slot_size(1_000),
        Config::new(),
    ]
}

#[test]
fn lines_and_frames_of_tokio_util() {
    for config in sizes() {
        run(async {
            let (writer, reader) = pipe(config);
            let sending = async {
                let mut sink = FramedWrite::new(writer, LinesCodec::new());
                for n in 0..500 {
                    sink.send(format!("line {n}")).await.unwrap();
                }
            };
            let receiving = async {
                let lines: Vec<_> = FramedRead::new(reader, LinesCodec::new()).map(Result::unwrap).collect().await;
                assert_eq!(lines, (0..500).map(|n| format!("line {n}")).collect::<Vec<_>>());
            };
            tokio::join!(sending, receiving);

            let (writer, reader) = pipe(config);
            let sending = async {
                let mut sink = FramedWrite::new(writer, LengthDelimitedCodec::new());
                for len in 0..500 {
                    sink.feed(Bytes::from(vec![len as u8; len])).await.unwrap();
                }
                SinkExt::<Bytes>::close(&mut sink).await.unwrap();
            };
            let receiving = async {
                let mut frames = FramedRead::new(reader, LengthDelimitedCodec::new());
                for len in 0..500 {
                    assert_eq!(frames.next().await.unwrap().unwrap(), vec![len as u8; len]);
                }
                assert!(frames.next().await.is_none());
            };
            tokio::join!(sending, receiving);
        });
    }
}

/// Sends the body back, reversed.
async fn reverse(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let mut body = request.into_body().collect().await?.to_bytes().to_vec();
    body.reverse();
    Ok(Response::new(Full::new(body.into())))
}

async fn exchange_requests(client: Duplex, server: Duplex) {
    let serving = tokio::spawn(async {
        hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(server), service_fn(reverse)).await
    });
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(client)).await.unwrap();
    let connection = tokio::spawn(connection);
    for len in [0, 1, 1_000, 50_000] {
        let body: Vec<u8> = (0..len).map(|n: u32| n as u8).collect();
        let request = Request::post("/").header("host", "pipe").body(Full::new(Bytes::from(body.clone()))).unwrap();
        sender.ready().await.unwrap();
        let response = sender.send_request(request).await.unwrap();
        assert_eq!(response.status(), 200);
        let reversed = response.into_body().collect().await.unwrap().to_bytes();
        assert!(reversed.iter().rev().eq(&body), "{len} bytes came back");
    }
    drop(sender);
    connection.await.unwrap().unwrap();
    serving.await.unwrap().unwrap();
}

#[test]
fn requests_of_hyper() {
    for config in sizes() {
        let (client, server) = duplex(config);
        run(exchange_requests(client, server));
    }
}

fn tls() -> (TlsConnector, TlsAcceptor) {
    let made = rcgen::generate_simple_self_signed(["pipe.test".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    let provider = Arc::new(ring::default_provider());
    let client = ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions().unwrap();
    let client = client.with_root_certificates(roots).with_no_client_auth();
    let server = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let server = server.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    (Arc::new(client).into(), Arc::new(server).into())
}

async fn echo_over_tls(client: Duplex, server: Duplex) {
    let (connector, acceptor) = tls();
    let serving = tokio::spawn(async move {
        let (mut reading, mut writing) = tokio::io::split(acceptor.accept(server).await.unwrap());
        let echoed = tokio::io::copy(&mut reading, &mut writing).await.unwrap();
        writing.shutdown().await.unwrap();
        echoed
    });
    let name = ServerName::try_from("pipe.test").unwrap();
    let (mut reading, mut writing) = tokio::io::split(connector.connect(name, client).await.unwrap());
    let text: Vec<u8> = (0..50_000_u32).map(|n| (n % 251) as u8).collect();
    let expected = text.clone();
    let sending = tokio::spawn(async move {
        writing.write_all(&text).await.unwrap();
        writing.shutdown().await.unwrap();
    });
    let mut back = Vec::new();
    reading.read_to_end(&mut back).await.unwrap();
    assert!(back == expected, "what came back is what was sent");
    sending.await.unwrap();
    assert_eq!(serving.await.unwrap(), expected.len() as u64);
}

#[test]
fn a_tls_session_of_rustls() {
    for config in sizes() {
        let (client, server) = duplex(config);
        run(async { echo_over_tls(client, server).await });
    }
}

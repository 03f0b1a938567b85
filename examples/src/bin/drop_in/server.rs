//! Sums behind a socket: one task has the sums, one task a client, and all that goes between them goes through channels.

use super::mpsc;
use std::{collections::BTreeMap, io};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

type Sums = BTreeMap<String, i64>;

struct Request {
    line: String,
    answers: mpsc::UnboundedSender<String>,
}

/// Serves this many clients, and gives the sums when the last has gone.
pub(crate) async fn serve(listener: TcpListener, clients: usize) -> io::Result<Sums> {
    let (requests, received) = mpsc::channel(32);
    let sums = tokio::spawn(add_up(received));
    for _ in 0..clients {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(attend(stream, requests.clone()));
    }
    drop(requests);
    Ok(sums.await?)
}

async fn add_up(mut requests: mpsc::Receiver<Request>) -> Sums {
    let mut sums = Sums::new();
    while let Some(Request { line, answers }) = requests.recv().await {
        let answer = match line.split_once(' ').map(|(name, n)| (name, n.parse::<i64>())) {
            Some((name, Ok(n))) => {
                let sum = sums.entry(name.to_owned()).or_default();
                *sum += n;
                format!("{name} {sum}\n")
            }
            _ => format!("no name and number: {line}\n"),
        };
        let _ = answers.send(answer); // to nobody, if the client has gone
    }
    sums
}

async fn attend(stream: TcpStream, requests: mpsc::Sender<Request>) -> io::Result<()> {
    let (read, mut write) = stream.into_split();
    let (answers, mut answered) = mpsc::unbounded_channel();
    let asking = async move {
        let mut lines = BufReader::new(read).lines();
        while let Some(line) = lines.next_line().await? {
            let request = Request { line, answers: answers.clone() };
            if requests.send(request).await.is_err() {
                break;
            }
        }
        Ok(())
    };
    let answering = async move {
        while let Some(answer) = answered.recv().await {
            write.write_all(answer.as_bytes()).await?;
        }
        Ok(())
    };
    tokio::try_join!(asking, answering).map(drop)
}

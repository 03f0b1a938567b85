//! The same server over either channel: `drop_in --tokio` and `drop_in --sakia` print the same.
//!
//! A program of your own has one of them, and changes its `use` line.

#![allow(clippy::duplicate_mod, reason = "the one file is built over either channel")]

use std::{env, io, process::exit};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

#[path = "."]
mod over_tokio {
    use tokio::sync::mpsc;

    pub(crate) mod server;
}

#[path = "."]
mod over_sakia {
    use sakia_tokio::mpsc;

    pub(crate) mod server;
}

const CLIENTS: usize = 4;

#[tokio::main]
async fn main() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = match env::args().nth(1).as_deref() {
        Some("--tokio") => tokio::spawn(over_tokio::server::serve(listener, CLIENTS)),
        Some("--sakia") => tokio::spawn(over_sakia::server::serve(listener, CLIENTS)),
        _ => {
            eprintln!("Usage: drop_in --tokio|--sakia");
            exit(2);
        }
    };
    let clients = [0; CLIENTS].map(|_| TcpStream::connect(address));
    for (id, client) in clients.into_iter().enumerate() {
        println!("{}", tokio::spawn(ask(client.await?, id)).await??);
    }
    println!("in the end {:?}", server.await??);
    Ok(())
}

/// Adds the numbers up to 1,000 to this client's sum and to that of all, and gives the last answer.
async fn ask(mut stream: TcpStream, id: usize) -> io::Result<String> {
    let (mut read, mut write) = stream.split();
    let asking = async {
        for n in 1..=1_000 {
            write.write_all(format!("all {n}\nclient-{id} {n}\n").as_bytes()).await?;
        }
        write.shutdown().await
    };
    let mut answers = String::new();
    tokio::try_join!(asking, read.read_to_string(&mut answers))?;
    Ok(answers.lines().last().unwrap_or("no answer").to_owned())
}

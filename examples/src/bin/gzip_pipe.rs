//! Compresses a file between two tasks: one reads it, compresses and writes into a pipe, the other reads the pipe and decompresses, as
//! the far end of a connection would. Checks that what came over the pipe is what the plain library call makes of the file.
//!
//! `gzip_pipe [FILE]`; without one, it takes its own program.

use core::error::Error;
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use sakia_io::{Config, PipeReader, PipeWriter, blocking, pipe};
use std::{
    env,
    fs::{self, File},
    io::{self, BufReader, Write},
    path::{Path, PathBuf},
};
use tokio::io::AsyncReadExt;

fn main() -> Result<(), Box<dyn Error>> {
    let path = env::args_os().nth(1).map_or_else(env::current_exe, |path| Ok(PathBuf::from(path)))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().build()?;
    let (compressed, length) = runtime.block_on(both(&path)).map_err(|error| format!("{}: {error}", path.display()))?;

    let plain = fs::read(&path)?;
    if compressed != compress(&plain)? || length != plain.len() as u64 {
        return Err("what came over the pipe is something else than the library makes of the file".into());
    }
    println!("{} bytes in, {} bytes over the pipe, as from the plain call", plain.len(), compressed.len());
    Ok(())
}

/// Gives what came over the pipe, and the length of what it decompresses to.
async fn both(path: &Path) -> io::Result<(Vec<u8>, u64)> {
    let file = File::open(path)?;
    let (writer, reader) = pipe(Config::new());
    // Compressing keeps a thread busy, so it is given one; that end of the pipe blocks, and the other is async.
    let compressing = tokio::task::spawn_blocking(move || send(file, writer));
    let compressed = tokio::spawn(receive(reader));
    // The first error is the cause: a sender that fails is the end of the file to the receiver.
    compressing.await??;
    let compressed = compressed.await??;
    let length = io::copy(&mut GzDecoder::new(&compressed[..]), &mut io::sink())?;
    Ok((compressed, length))
}

/// Compresses the file into the pipe, straight into its slots. Dropping the writer is the end of the file.
fn send(file: File, writer: PipeWriter) -> io::Result<()> {
    let mut encoder = GzEncoder::new(blocking::PipeWriter::from(writer), Compression::default());
    io::copy(&mut BufReader::new(file), &mut encoder)?;
    encoder.finish()?;
    Ok(())
}

async fn receive(mut reader: PipeReader) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).await?;
    Ok(bytes)
}

/// The plain library call.
fn compress(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

//! Finding files, and the tasks that read them.

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{self, BufRead as _, BufReader},
    path::{Path, PathBuf},
    sync::Arc,
};

use sakia::mpsc::Sender;
use sakia_examples::allocations::count_polls;

use crate::{count::Line, progress::Progress};

/// How many lines are sent at a time.
const BATCH: usize = 64;
/// How much is read from a file at a time.
const BUFFER: usize = 64 * 1024;

/// The files, which the readers share out among themselves.
#[derive(Debug)]
pub(crate) struct Files {
    paths: Vec<PathBuf>,
    next: AtomicUsize,
    read: AtomicUsize,
}

impl Files {
    /// Finds all regular files in `paths`; without any, what is worth reading in the current directory.
    pub(crate) fn find(paths: &[PathBuf], progress: &Progress) -> Self {
        let mut walk = Walk { files: Vec::new(), skips: paths.is_empty(), progress };
        if paths.is_empty() {
            walk.directory(Path::new("."));
        }
        for path in paths {
            if path.is_dir() { walk.directory(path) } else { walk.files.push(path.clone()) }
        }
        Self { paths: walk.files, next: AtomicUsize::new(0), read: AtomicUsize::new(0) }
    }

    /// How many files there are.
    pub(crate) fn len(&self) -> usize {
        self.paths.len()
    }

    /// How many were read to the end.
    pub(crate) fn read(&self) -> usize {
        self.read.load(Relaxed)
    }

    fn take_next(&self) -> Option<&Path> {
        // No reader takes more than one past the end, so this does not overflow.
        self.paths.get(self.next.fetch_add(1, Relaxed)).map(PathBuf::as_path)
    }
}

struct Walk<'a> {
    files: Vec<PathBuf>,
    skips: bool,
    progress: &'a Progress,
}

impl Walk<'_> {
    fn directory(&mut self, path: &Path) {
        let mut entries = match fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
            Ok(entries) => entries,
            Err(error) => return self.progress.cannot_read(path, &error),
        };
        entries.sort_unstable_by_key(fs::DirEntry::file_name);
        for entry in entries {
            match entry.file_type() {
                Ok(kind) if kind.is_file() => self.files.push(entry.path()),
                Ok(kind) if kind.is_dir() && !(self.skips && is_skipped(&entry.file_name())) => {
                    self.directory(&entry.path());
                }
                Ok(_) => {}
                Err(error) => self.progress.cannot_read(&entry.path(), &error),
            }
        }
    }
}

fn is_skipped(name: &OsStr) -> bool {
    name == "target" || name.as_encoded_bytes().starts_with(b".")
}

/// A task that reads files and sends their lines.
#[derive(Debug)]
pub(crate) struct Reader {
    files: Arc<Files>,
    progress: Arc<Progress>,
    sender: Sender<Line>,
    batch: Vec<Line>,
}

/// The consumer is gone.
struct Closed;

impl Reader {
    pub(crate) fn new(files: Arc<Files>, progress: Arc<Progress>, sender: Sender<Line>) -> Self {
        Self { files, progress, sender, batch: Vec::with_capacity(BATCH) }
    }

    /// Reads until there is no file left. Reading blocks the thread for a moment: files have no other way that all
    /// runtimes share.
    pub(crate) async fn run(mut self) {
        let files = self.files.clone();
        while let Some(path) = files.take_next() {
            match self.send_lines(path).await {
                Ok(Ok(())) => _ = files.read.fetch_add(1, Relaxed),
                Ok(Err(error)) => self.progress.cannot_read(path, &error),
                Err(Closed) => return,
            }
        }
        _ = self.send_batch().await;
    }

    async fn send_lines(&mut self, path: &Path) -> Result<io::Result<()>, Closed> {
        let mut file = match File::open(path) {
            Ok(file) => BufReader::with_capacity(BUFFER, file),
            Err(error) => return Ok(Err(error)),
        };
        loop {
            match read_line(&mut file) {
                Ok(None) => return Ok(Ok(())),
                Ok(Some(line)) => self.batch.push(line),
                Err(error) => return Ok(Err(error)),
            }
            if self.batch.len() == BATCH {
                self.send_batch().await?;
            }
        }
    }

    async fn send_batch(&mut self) -> Result<(), Closed> {
        let sent = count_polls(self.sender.send_iter(&mut self.batch.drain(..))).await;
        sent.map(|_| ()).map_err(|_| Closed)
    }
}

/// The next line, with its newline; the last one of a file may have none.
fn read_line(file: &mut BufReader<File>) -> io::Result<Option<Line>> {
    let mut line = Vec::new();
    file.read_until(b'\n', &mut line)?;
    Ok(if line.is_empty() { None } else { Some(line) })
}

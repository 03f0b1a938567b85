//! Finding files, and the tasks that read them.

use core::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{self, BufReader},
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::progress::Progress;

/// How much is read from a file at a time.
const BUFFER: usize = 64 * 1024;

/// The files, which the readers share out among themselves.
#[derive(Debug)]
pub(crate) struct Files {
    paths: Arc<[PathBuf]>,
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
        Self::new(walk.files.into())
    }

    /// The same files, to be read again.
    pub(crate) fn again(&self) -> Self {
        Self::new(self.paths.clone())
    }

    fn new(paths: Arc<[PathBuf]>) -> Self {
        Self { paths, next: AtomicUsize::new(0), read: AtomicUsize::new(0) }
    }

    /// How many files there are.
    fn len(&self) -> usize {
        self.paths.len()
    }

    /// How many were read to the end.
    pub(crate) fn read(&self) -> usize {
        self.read.load(Relaxed)
    }

    /// Shows how far it is.
    pub(crate) fn show(&self, lines: u64, progress: &Progress) {
        progress.show(|| format!("{lines} lines, {} of {} files", self.read(), self.len()));
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

/// Where a reader's lines go.
pub(crate) trait Outlet: Clone + Send + 'static {
    /// Reads a line and sends it, with its newline; the last one of a file may have none. False: there was none left.
    fn send_line(
        &mut self,
        file: &mut BufReader<File>,
    ) -> impl Future<Output = Result<io::Result<bool>, Closed>> + Send;

    /// Sends what was kept back.
    fn flush(&mut self) -> impl Future<Output = Result<(), Closed>> + Send;
}

/// The consumer is gone.
pub(crate) struct Closed;

/// A task that reads files and sends their lines.
#[derive(Debug)]
pub(crate) struct Reader<O> {
    pub(crate) files: Arc<Files>,
    pub(crate) progress: Arc<Progress>,
    pub(crate) outlet: O,
}

impl<O: Outlet> Reader<O> {
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
        _ = self.outlet.flush().await;
    }

    async fn send_lines(&mut self, path: &Path) -> Result<io::Result<()>, Closed> {
        let mut file = match File::open(path) {
            Ok(file) => BufReader::with_capacity(BUFFER, file),
            Err(error) => return Ok(Err(error)),
        };
        loop {
            match self.outlet.send_line(&mut file).await? {
                Ok(true) => {}
                Ok(false) => return Ok(Ok(())),
                Err(error) => return Ok(Err(error)),
            }
        }
    }
}

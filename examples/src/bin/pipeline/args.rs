//! The command line.

use core::fmt;
use std::{ffi::OsString, path::PathBuf};

use crate::runtimes::{MAX_READERS, Runtime};

/// How the program is called.
pub(crate) const USAGE: &str = "\
Usage: pipeline [--runtime tokio|async-std|smol|no-std] [--readers N] [--in-place] [PATH...]
       pipeline --help";

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Counts the lines, words and bytes of files, and the ten most frequent words: N reader
tasks send lines through one sakia channel to one consumer task.

Usage: pipeline [--runtime tokio|async-std|smol|no-std] [--readers N] [--in-place] [PATH...]

  --runtime NAME  what runs the tasks: tokio (the default), async-std, smol, or no-std,
                  which is a minimal executor on one thread and no runtime
  --readers N     how many tasks read, 1 to 64; 4 if not given
  --in-place      does it once more, with a channel whose slots are recycled: readers
                  read each line straight into its slot; tells how both went
  -h, --help      prints this
  PATH            a file, or a directory, of which all regular files are read at any
                  depth (symbolic links in it are not followed); without a PATH, the
                  current directory without hidden directories and those named target

Lines and words are counted as by `wc -l` and, in the C locale, `wc -w`: a line ends with
a newline, and a word is a run of bytes other than white space with a printable ASCII
character in it. Runs without one, such as a dash that is not ASCII, are shown apart,
since there are a wc and locales that count them as words.

What can't be read is told on stderr and left out. The exit status is 0, or 1 if there
was something to read and none of it could be, or if the two runs of --in-place did not
count the same, or 2 if the command line is wrong.
";

/// What was asked for.
#[derive(Debug)]
pub(crate) enum Command {
    Run(Args),
    Help,
}

#[derive(Debug)]
pub(crate) struct Args {
    pub(crate) runtime: Runtime,
    pub(crate) readers: usize,
    pub(crate) in_place: bool,
    /// None given: the current directory.
    pub(crate) paths: Vec<PathBuf>,
}

/// A command line that makes no sense.
#[derive(Debug)]
pub(crate) enum Error {
    UnknownOption(OsString),
    NoValue(&'static str),
    Runtime(OsString),
    Readers(OsString),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownOption(option) => write!(f, "there is no option {}", option.display()),
            Self::NoValue(option) => write!(f, "{option} needs a value"),
            Self::Runtime(name) => write!(f, "there is no runtime '{}'", name.display()),
            Self::Readers(n) => write!(f, "--readers is a number from 1 to {MAX_READERS}, not '{}'", n.display()),
        }
    }
}

/// Reads the arguments that follow the program's name.
pub(crate) fn parse(mut given: impl Iterator<Item = OsString>) -> Result<Command, Error> {
    let mut args = Args { runtime: Runtime::Tokio, readers: 4, in_place: false, paths: Vec::new() };
    while let Some(arg) = given.next() {
        let text = arg.to_str().unwrap_or_default();
        let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value.into())));
        let mut value = |option| value.clone().or_else(|| given.next()).ok_or(Error::NoValue(option));
        match name {
            "--runtime" => args.runtime = runtime(value("--runtime")?)?,
            "--readers" => args.readers = readers(value("--readers")?)?,
            "--in-place" if name == text => args.in_place = true,
            "--" if text == "--" => args.paths.extend(given.by_ref().map(PathBuf::from)),
            "-h" | "--help" if name == text => return Ok(Command::Help),
            _ if arg.as_encoded_bytes().starts_with(b"-") => return Err(Error::UnknownOption(arg)),
            _ => args.paths.push(arg.into()),
        }
    }
    Ok(Command::Run(args))
}

fn runtime(name: OsString) -> Result<Runtime, Error> {
    let found = Runtime::ALL.into_iter().find(|runtime| name == runtime.name());
    found.ok_or(Error::Runtime(name))
}

fn readers(n: OsString) -> Result<usize, Error> {
    let number = n.to_str().and_then(|text| text.parse().ok());
    number.filter(|number| (1..=MAX_READERS).contains(number)).ok_or(Error::Readers(n))
}

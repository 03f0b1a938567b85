//! Running the program, and reading its report.

use std::process::Command;

/// The program, to be given arguments.
pub(crate) fn pipeline() -> Command {
    Command::new(env!("CARGO_BIN_EXE_pipeline"))
}

/// What a program has printed.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

pub(crate) fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    Output {
        status: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A report, taken apart.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) runtime: String,
    pub(crate) files: String,
    pub(crate) lines: u64,
    pub(crate) words: u64,
    /// Runs without a printable ASCII character.
    pub(crate) others: u64,
    pub(crate) bytes: u64,
    pub(crate) messages: u64,
    pub(crate) allocations: String,
    /// How the lines went by value and in place, if both were asked for.
    pub(crate) compared: Option<[String; 2]>,
    /// Words, and how often they are there.
    pub(crate) most_frequent: Vec<(String, u64)>,
}

impl Report {
    pub(crate) fn numbers(&self) -> [u64; 4] {
        [self.lines, self.words, self.others, self.bytes]
    }
}

/// Takes a report apart. There may be nothing else in `text`.
pub(crate) fn report(text: &str) -> Report {
    let mut lines = text.lines().peekable();
    let mut value = |name: &str| {
        let line = lines.next_if(|line| line.starts_with(name))?;
        Some(String::from(line[name.len()..].trim_start()))
    };
    let mut report = Report {
        runtime: value("runtime ").unwrap(),
        files: value("files ").unwrap(),
        lines: number(&value("lines ").unwrap()),
        words: number(&value("words ").unwrap()),
        others: value("             and ").map_or(0, |others| number(&others)),
        bytes: number(&value("bytes ").unwrap()),
        messages: number(&value("messages ").unwrap()),
        allocations: value("allocations ").unwrap(),
        compared: None,
        most_frequent: Vec::new(),
    };
    if lines.clone().nth(1).is_some_and(|line| line.starts_with("by value ")) {
        _ = lines.next();
        let mut run = |name: &str| lines.next().unwrap().strip_prefix(name).unwrap().trim_start().into();
        report.compared = Some([run("by value "), run("in place ")]);
    }
    assert_eq!((lines.next(), lines.next()), (Some(""), Some("most frequent words")), "{text}");
    Report { most_frequent: lines.map(frequency).collect(), ..report }
}

fn number(text: &str) -> u64 {
    text.split(' ').next().unwrap().parse().unwrap()
}

fn frequency(line: &str) -> (String, u64) {
    let (frequency, word) = line.trim_start().split_once("  ").unwrap();
    (word.into(), frequency.parse().unwrap())
}

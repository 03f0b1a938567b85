//! Every async call and every adapter on five executors, on the heap and in a `static`: a table without an empty cell.
//!
//! `cargo test -p sakia-tests --test matrix -- --nocapture` shows it.
#![cfg(not(sakia_loom))]

use sakia_tests::{AsyncStd, Minimal, Runtime, Smol, Task, TokioCurrentThread, TokioMultiThread, check};

#[path = "matrix/by_value.rs"]
mod by_value;
#[path = "matrix/drop_in.rs"]
mod drop_in;
#[path = "matrix/futures.rs"]
mod futures;
#[path = "matrix/in_place.rs"]
mod in_place;
#[path = "matrix/unbounded.rs"]
mod unbounded;

/// Messages of each cell, more than the channel has room for.
const MESSAGES: u64 = 100;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Heap,
    Static,
}

/// Why a cell cannot be.
type Reason = &'static str;

/// The tasks of a cell: they check themselves.
type Tasks = Result<Vec<Task>, Reason>;

/// A call or an adapter.
struct Row {
    of: &'static str,
    call: &'static str,
    tasks: fn(Place) -> Tasks,
    /// Why it is only for tokio, if it is.
    only_tokio: Option<Reason>,
}

impl Row {
    const fn new(of: &'static str, call: &'static str, tasks: fn(Place) -> Tasks) -> Self {
        Self { of, call, tasks, only_tokio: None }
    }
}

/// Runs a cell: None if it is done, else why it cannot be.
fn cell<R: Runtime>(row: &Row, place: Place) -> Option<Reason> {
    let is_tokio = R::NAME.starts_with("tokio");
    if let Some(reason) = row.only_tokio.filter(|_| !is_tokio) {
        return Some(reason);
    }
    match (row.tasks)(place) {
        Ok(tasks) => {
            R::run_all(tasks);
            None
        }
        Err(reason) => Some(reason),
    }
}

type Cell = fn(&Row, Place) -> Option<Reason>;
const RUNTIMES: [(&str, Cell); 5] = [
    ("tokio 1", cell::<TokioCurrentThread>),
    ("tokio n", cell::<TokioMultiThread>),
    ("async-std", cell::<AsyncStd>),
    ("smol", cell::<Smol>),
    ("minimal", cell::<Minimal>),
];

/// Receives all messages with `$recv` and checks that they are 0, 1, ... and no more.
macro_rules! expect_all {
    ($recv:expr) => {{
        for n in 0..crate::MESSAGES {
            assert_eq!($recv, Some(n));
        }
        assert_eq!($recv, None);
    }};
}
pub(crate) use expect_all;

/// A future, boxed to be a task.
macro_rules! tasks {
    ($($task:expr),+) => { Ok(vec![$(sakia_tests::task($task)),+]) };
}
pub(crate) use tasks;

#[test]
fn every_cell_is_green_or_says_why_it_is_not() {
    check("the matrix", || {
        let tables = [by_value::ROWS, in_place::ROWS, unbounded::ROWS, futures::ROWS, drop_in::ROWS];
        let rows: Vec<&Row> = tables.into_iter().flatten().collect();
        let mut notes: Vec<Reason> = vec![];
        let mut table = String::from("| of | call |");
        for (name, _) in RUNTIMES {
            table += &format!(" {name}, heap | {name}, static |");
        }
        let mut done = 0;
        for row in &rows {
            table += &format!("\n| {} | `{}` |", row.of, row.call);
            for (_, cell) in RUNTIMES {
                for place in [Place::Heap, Place::Static] {
                    let text = match cell(row, place) {
                        None => {
                            done += 1;
                            "ok".into()
                        }
                        Some(reason) => {
                            let at = notes.iter().position(|note| *note == reason).unwrap_or_else(|| {
                                notes.push(reason);
                                notes.len() - 1
                            });
                            format!("({})", at + 1)
                        }
                    };
                    table += &format!(" {text} |");
                }
            }
        }
        println!("{table}\n");
        notes.iter().enumerate().for_each(|(at, note)| println!("({}) {note}", at + 1));
        let cells = rows.len() * RUNTIMES.len() * 2;
        println!("{done} of {cells} cells ran, {} cannot", cells - done);
        assert!(done * 10 >= cells * 8, "most cells can be");
    });
}

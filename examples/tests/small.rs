//! Runs the small examples and looks at what they print.

use std::process::{Command, Output};

/// Runs an example that is to succeed, and gives the lines that it prints.
fn lines(program: &str, args: &[&str]) -> Vec<String> {
    let output = run(program, args);
    assert!(output.status.success(), "{program}: {output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{program}");
    String::from_utf8(output.stdout).unwrap().lines().map(String::from).collect()
}

fn run(program: &str, args: &[&str]) -> Output {
    Command::new(program).args(args).output().unwrap()
}

/// Each of ten messages once, in any order, and their sum.
fn check_ten_messages(program: &str) {
    let mut printed = lines(program, &[]);
    assert_eq!(printed.pop().unwrap(), "sum 45");
    printed.sort();
    assert_eq!(printed, (0..10).map(|n| format!("received {n}")).collect::<Vec<_>>());
}

#[test]
fn async_tasks() {
    check_ten_messages(env!("CARGO_BIN_EXE_async_tasks"));
}

#[test]
fn blocking_threads() {
    check_ten_messages(env!("CARGO_BIN_EXE_blocking_threads"));
}

#[test]
fn capacity_from_args() {
    let program = env!("CARGO_BIN_EXE_capacity_from_args");
    for capacity in ["1", "2", "3", "7", "8", "9", "100000"] {
        let expected = [format!("room for {capacity} messages"), format!("received {capacity} messages")];
        assert_eq!(lines(program, &[capacity]), expected);
    }
}

#[test]
fn capacity_from_args_that_make_no_sense() {
    let too_much = (sakia::mpsc::MAX_CAPACITY + 1).to_string();
    for args in [&[][..], &["0"], &["-1"], &["many"], &[&*too_much]] {
        let output = run(env!("CARGO_BIN_EXE_capacity_from_args"), args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {output:?}");
        assert!(output.stderr.starts_with(b"Usage: capacity_from_args CAPACITY\n"), "{args:?}: {output:?}");
        assert!(output.stdout.is_empty(), "{args:?}: {output:?}");
    }
}

#[test]
fn static_driver() {
    // Four of the burst of six find room: 8 and 9 are lost.
    let sum = (1..=13).sum::<u32>() - 8 - 9;
    let expected = format!("sum {sum}, lost 2, allocations 0");
    assert_eq!(lines(env!("CARGO_BIN_EXE_static_driver"), &[]), [expected]);
}

#[test]
fn mixed_ends() {
    assert_eq!(lines(env!("CARGO_BIN_EXE_mixed_ends"), &[]), ["sum of squares 385"]);
}

#[test]
fn deadline() {
    let expected = ["no room in time for \"second\"", "received [Some(\"first\"), Some(\"third\")]"];
    assert_eq!(lines(env!("CARGO_BIN_EXE_deadline"), &[]), expected);
}

#[test]
fn poll_sender() {
    assert_eq!(lines(env!("CARGO_BIN_EXE_poll_sender"), &[]), ["sum 5050"]);
}

#[test]
fn stream_chain() {
    let program = env!("CARGO_BIN_EXE_stream_chain");
    let input = concat!(env!("CARGO_MANIFEST_DIR"), "/../LICENSE-APACHE");
    // What the example says of the licence, found in another way.
    let text = std::fs::read_to_string(input).unwrap();
    let mut expected: Vec<String> = vec![];
    for (line, n) in text.to_lowercase().lines().zip(1..) {
        for word in line.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() >= 12) {
            if !expected.iter().any(|known| known.ends_with(&format!(": {word}"))) {
                expected.push(format!("{n}: {word}"));
            }
        }
    }
    assert!(expected.len() > 5);
    assert_eq!(lines(program, &[input]), expected);
    assert_eq!(run(program, &["no such file"]).status.code(), Some(1));
}

#[test]
fn sink_fanout() {
    let numbers = (1..=1_000).map(|n| n * 7_919 % 1_009);
    let (least, most) = (numbers.clone().min().unwrap(), numbers.clone().max().unwrap());
    let expected = [format!("sum {}", numbers.sum::<i32>()), format!("extremes {:?}", (least, most))];
    assert_eq!(lines(env!("CARGO_BIN_EXE_sink_fanout"), &[]), expected);
}

#[test]
fn in_place() {
    let expected = [r#"first  Some("passes")"#, r#"second Some("hello")"#, "rest   None"];
    assert_eq!(lines(env!("CARGO_BIN_EXE_in_place"), &[]), expected);
}

#[test]
fn encoder_sink() {
    let bytes: usize = (0..1_000_u64).map(|n| format!("worker {} took {} us", n % 4, n * 7).len()).sum();
    assert_eq!(lines(env!("CARGO_BIN_EXE_encoder_sink"), &[]), [format!("lines 1000, bytes {bytes}")]);
}

#[test]
fn static_stream() {
    assert_eq!(lines(env!("CARGO_BIN_EXE_static_stream"), &[]), ["peaks 10, allocations 0"]);
}

#[test]
fn foreign_channel() {
    assert_eq!(lines(env!("CARGO_BIN_EXE_foreign_channel"), &[]), ["sum 5050"]);
}

#[test]
fn drop_in() {
    let program = env!("CARGO_BIN_EXE_drop_in");
    let printed = lines(program, &["--sakia"]);
    assert_eq!(printed, lines(program, &["--tokio"]));
    assert_eq!(printed[0], "client-0 500500");
    let sums =
        "{\"all\": 2002000, \"client-0\": 500500, \"client-1\": 500500, \"client-2\": 500500, \"client-3\": 500500}";
    assert_eq!(*printed.last().unwrap(), format!("in the end {sums}"));
    assert_eq!(run(program, &[]).status.code(), Some(2));
}

#[test]
fn gzip_pipe() {
    let program = env!("CARGO_BIN_EXE_gzip_pipe");
    let size = std::fs::metadata("Cargo.toml").unwrap().len();
    let printed = lines(program, &["Cargo.toml"]);
    assert!(printed[0].starts_with(&format!("{size} bytes in, ")), "{printed:?}");
    assert!(printed[0].ends_with(" bytes over the pipe, as from the plain call"), "{printed:?}");
}

#[test]
fn gzip_pipe_of_a_file_that_is_not_there() {
    let output = run(env!("CARGO_BIN_EXE_gzip_pipe"), &["no such file"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("no such file"), "{output:?}");
}

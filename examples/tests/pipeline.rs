//! Runs `pipeline` as a user does, and compares what it counts with what `wc` counts.

mod pipeline_support;

use std::{fs, path::Path};

use pipeline_support::{
    run::{Report, pipeline, report, run},
    tree::Tree,
    wc,
};

const RUNTIMES: [&str; 4] = ["tokio", "async-std", "smol", "no-std"];

/// The report on all of `path`, which can be read.
fn report_on(path: &Path, runtime: &str, readers: &str) -> Report {
    let output = run(pipeline().args(["--runtime", runtime, "--readers", readers]).arg(path));
    assert_eq!(output.stderr, "", "in a pipe there is no progress");
    assert_eq!(output.status, Some(0));
    report(&output.stdout)
}

#[test]
fn counts_are_those_of_wc_on_every_runtime() {
    let tree = Tree::new("counts");
    let expected = wc::sum(&tree.files);
    let frequencies = tree.most_frequent_words(10);
    for runtime in RUNTIMES {
        for readers in ["1", "4"] {
            let report = report_on(&tree.root, runtime, readers);
            assert_eq!(report.runtime, format!("{runtime}, readers: {readers}"));
            assert_eq!(report.files, format!("{} read, 0 could not be read", tree.files.len()));
            assert_eq!(report.allocations, "by the channel: 1 when made, 0 after", "{runtime}, {readers}");
            assert_eq!(report.most_frequent, frequencies, "{runtime}, {readers}");
            if let Some(expected) = expected {
                assert_eq!(expected.of(&report), expected, "{runtime}, {readers}");
            }
        }
    }
}

/// What a run of a comparison says after its rate.
fn allocations(run: &str) -> &str {
    let (rate, allocations) = run.split_once("; ").unwrap();
    let [rate, "MB", "per", "second", "in", seconds, "s"] = rate.split(' ').collect::<Vec<_>>()[..] else {
        panic!("{run}");
    };
    assert!(rate.parse::<f64>().unwrap() > 0.0 && seconds.parse::<f64>().is_ok(), "{run}");
    allocations
}

#[test]
fn in_place_counts_the_same_on_every_runtime() {
    let tree = Tree::new("in_place");
    for runtime in RUNTIMES {
        for readers in ["1", "4", "64"] {
            let by_value = report_on(&tree.root, runtime, readers);
            assert_eq!(by_value.compared, None);
            let args = ["--in-place", "--runtime", runtime, "--readers", readers];
            let output = run(pipeline().args(args).arg(&tree.root));
            assert_eq!((output.status, &*output.stderr), (Some(0), ""), "{runtime}, {readers}");
            let both = report(&output.stdout);
            assert_eq!(both.numbers(), by_value.numbers(), "{runtime}, {readers}");
            assert_eq!(both.most_frequent, by_value.most_frequent, "{runtime}, {readers}");
            let channels = "allocations by the channel: 1 when made, 0 after; by the messages: ";
            assert!(both.compared.unwrap().iter().all(|run| allocations(run).starts_with(channels)));
        }
    }
}

#[test]
fn in_place_nothing_is_allocated_once_the_slots_are_there() {
    let tree = Tree::new("recycled");
    for runtime in RUNTIMES {
        let output = run(pipeline().args(["--in-place", "--runtime", runtime]).arg(tree.root.join("many lines")));
        let report = report(&output.stdout);
        let [by_value, in_place] = report.compared.unwrap();
        let number = |run: &str, before: &str, after: &str| {
            let number =
                allocations(run).strip_prefix("allocations by the channel: 1 when made, 0 after; by the messages: ");
            number.unwrap().strip_prefix(before).unwrap().strip_suffix(after).unwrap().parse::<u64>().unwrap()
        };
        assert!(number(&by_value, "", " after") >= report.messages, "{runtime}: each line is allocated");
        assert!((1..=256).contains(&number(&in_place, "", " in new slots, 0 after")), "{runtime}: {in_place}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn in_place_what_cannot_be_read_again_is_told() {
    let command = format!("echo one two | {} --in-place /dev/stdin", env!("CARGO_BIN_EXE_pipeline"));
    let output = run(std::process::Command::new("sh").args(["-c", &command]));
    assert_eq!(output.status, Some(1));
    assert_eq!(output.stderr, "pipeline: what was read in place is not what was read by value\n");
    assert_eq!(report(&output.stdout).numbers(), [1, 2, 0, 8]);
}

#[test]
fn in_place_what_cannot_be_read_is_told_once() {
    let tree = Tree::new("in_place_failures");
    let output = run(pipeline().arg("--in-place").arg(tree.root.join("no such file")).arg(tree.root.join("crlf")));
    assert_eq!((output.status, output.stderr.lines().count()), (Some(0), 1), "{}", output.stderr);
    assert_eq!(report(&output.stdout).files, "1 read, 1 could not be read");
}

#[test]
fn counts_of_each_file_are_those_of_wc() {
    let tree = Tree::new("each");
    for file in &tree.files {
        let Some(expected) = wc::sum([file]) else { return };
        assert_eq!(expected.of(&report_on(file, "no-std", "1")), expected, "{}", file.display());
    }
}

#[test]
fn paths_add_up() {
    let tree = Tree::new("add_up");
    let once = report_on(&tree.root, "tokio", "4");
    let twice = report(&run(pipeline().arg(&tree.root).arg("--").arg(&tree.root)).stdout);
    assert_eq!(twice.numbers().map(|n| n / 2), once.numbers());
    assert_eq!(twice.messages, 2 * once.messages);
}

#[test]
fn without_a_path_it_is_the_current_directory_and_not_all_of_it() {
    let tree = Tree::new("default");
    let report = report(&run(pipeline().current_dir(&tree.root)).stdout);
    let found: Vec<_> = tree.files.iter().filter(|file| !tree.is_hidden_or_target(file)).collect();
    assert!(found.len() < tree.files.len());
    assert_eq!(report.files, format!("{} read, 0 could not be read", found.len()));
    if let Some(expected) = wc::sum(found) {
        assert_eq!(expected.of(&report), expected);
    }
}

#[test]
fn nothing_in_it_is_nothing_wrong() {
    let tree = Tree::new("nothing");
    let empty = tree.root.join("empty");
    assert_eq!(report_on(&empty, "tokio", "4").numbers(), [0; 4]);
}

#[test]
fn what_cannot_be_read_is_told_and_left_out() {
    let tree = Tree::new("failures");
    let (missing, file) = (tree.root.join("no such file"), tree.root.join("crlf"));
    for runtime in RUNTIMES {
        let output = run(pipeline().args(["--runtime", runtime]).arg(&missing).arg(&file));
        assert_eq!(output.status, Some(0), "{runtime}");
        let error = fs::File::open(&missing).unwrap_err();
        assert_eq!(output.stderr, format!("pipeline: cannot read {}: {error}\n", missing.display()), "{runtime}");
        let report = report(&output.stdout);
        assert_eq!(report.files, "1 read, 1 could not be read", "{runtime}");
        assert_eq!(report.numbers(), report_on(&file, runtime, "1").numbers());
    }
}

#[test]
fn if_nothing_can_be_read_it_fails() {
    let tree = Tree::new("fails");
    let missing = [tree.root.join("a"), tree.root.join("b")];
    for runtime in RUNTIMES {
        let output = run(pipeline().args(["--runtime", runtime]).args(&missing));
        assert_eq!(output.status, Some(1), "{runtime}");
        assert_eq!(output.stderr.lines().count(), 2, "{runtime}: {}", output.stderr);
        assert_eq!(report(&output.stdout).files, "0 read, 2 could not be read", "{runtime}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_fails_while_it_is_read_is_told() {
    let output = run(pipeline().arg("/proc/self/mem"));
    assert_eq!(output.status, Some(1));
    assert!(output.stderr.starts_with("pipeline: cannot read /proc/self/mem: "), "{}", output.stderr);
}

#[cfg(unix)]
#[test]
fn a_directory_without_permission_is_told() {
    use std::os::unix::fs::PermissionsExt as _;

    let tree = Tree::new("permission");
    let nested = tree.root.join("nested");
    fs::set_permissions(&nested, fs::Permissions::from_mode(0o000)).unwrap();
    let refusal = fs::read_dir(&nested).err();
    let output = run(pipeline().arg(&tree.root));
    fs::set_permissions(&nested, fs::Permissions::from_mode(0o755)).unwrap();

    let Some(refusal) = refusal else {
        return eprintln!("SKIPPED a directory without permission: this user may read everything");
    };
    assert_eq!(output.status, Some(0));
    assert_eq!(output.stderr, format!("pipeline: cannot read {}: {refusal}\n", nested.display()));
    assert!(report(&output.stdout).files.ends_with(" read, 1 could not be read"));
}

#[test]
fn a_command_line_that_makes_no_sense() {
    let cases = [
        (&["--runtime"][..], "--runtime needs a value"),
        (&["--runtime", "rayon"], "there is no runtime 'rayon'"),
        (&["--runtime="], "there is no runtime ''"),
        (&["--readers"], "--readers needs a value"),
        (&["--readers", "0"], "--readers is a number from 1 to 64, not '0'"),
        (&["--readers", "65"], "--readers is a number from 1 to 64, not '65'"),
        (&["--readers=-1"], "--readers is a number from 1 to 64, not '-1'"),
        (&["--readers", "many"], "--readers is a number from 1 to 64, not 'many'"),
        (&[".", "--verbose"], "there is no option --verbose"),
        (&["--in-place=yes"], "there is no option --in-place=yes"),
        (&["--help=yes"], "there is no option --help=yes"),
        (&["-"], "there is no option -"),
    ];
    for (args, message) in cases {
        let output = run(pipeline().args(args));
        assert_eq!(output.status, Some(2), "{args:?}");
        assert!(output.stderr.starts_with(&format!("pipeline: {message}\n\nUsage: pipeline ")), "{}", output.stderr);
        assert_eq!(output.stdout, "", "{args:?}");
    }
}

#[test]
fn help_is_no_error() {
    for option in ["--help", "-h"] {
        let output = run(pipeline().arg(option));
        assert_eq!((output.status, &*output.stderr), (Some(0), ""));
        assert!(
            output
                .stdout
                .contains("\nUsage: pipeline [--runtime tokio|async-std|smol|no-std] [--readers N] [--in-place] [PATH")
        );
    }
}

#[cfg(unix)]
#[test]
fn a_reader_of_the_report_may_have_seen_enough() {
    use std::process::Stdio;

    let tree = Tree::new("enough");
    let mut child = pipeline().arg(&tree.root).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), &*output.stderr), (Some(0), &b""[..]));
}

/// Input that takes long enough for progress to be shown.
#[cfg(target_os = "linux")]
const SLOW: &str = "{ sleep 0.3; printf 'one two\\n'; } |";

#[cfg(target_os = "linux")]
#[test]
fn progress_is_shown_on_a_terminal() {
    let command = format!("{SLOW} {} /dev/stdin /missing > /dev/null", env!("CARGO_BIN_EXE_pipeline"));
    let mut script = std::process::Command::new("script");
    script.args(["--quiet", "--return", "--command", &command, "/dev/null"]);
    if script.output().is_err() {
        return eprintln!("SKIPPED progress on a terminal: there is no `script` on the PATH to make one");
    }
    let output = run(&mut script);
    let shown = output.stdout.replace("\r\n", "\n");
    let shown: Vec<_> = shown.split("\r\x1b[K").collect();
    let error = "pipeline: cannot read /missing: No such file or directory (os error 2)\n";
    assert!(shown.contains(&error), "{shown:?}");
    assert!(shown.iter().any(|line| line.starts_with("1 lines, ") && line.ends_with(" of 2 files")), "{shown:?}");
    assert_eq!(shown.last(), Some(&""), "the line is cleared in the end");
}

#[cfg(target_os = "linux")]
#[test]
fn progress_is_not_shown_in_a_pipe() {
    let command = format!("{SLOW} {} /dev/stdin", env!("CARGO_BIN_EXE_pipeline"));
    let output = run(std::process::Command::new("sh").args(["-c", &command]));
    assert_eq!((output.status, &*output.stderr), (Some(0), ""));
    assert_eq!(report(&output.stdout).numbers(), [1, 2, 0, 8]);
}

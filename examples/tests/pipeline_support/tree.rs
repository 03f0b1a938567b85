//! A directory tree with what can be hard to count.

use core::{cmp::Reverse, iter};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// A tree of files, made anew for each test.
#[derive(Debug)]
pub(crate) struct Tree {
    pub(crate) root: PathBuf,
    /// All regular files in it.
    pub(crate) files: Vec<PathBuf>,
}

impl Tree {
    pub(crate) fn new(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pipeline").join(name);
        if root.exists() {
            fs::remove_dir_all(&root).unwrap();
        }
        fs::create_dir_all(&root).unwrap();
        let mut tree = Self { root, files: Vec::new() };
        tree.text();
        tree.bytes();
        tree.places();
        tree
    }

    fn file(&mut self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) {
        let path = self.root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        self.files.push(path);
    }

    fn text(&mut self) {
        self.file("no lines", "");
        self.file("newlines", "\n\n\n");
        self.file("no newline at the end", "one line\nand the start of one");
        self.file("crlf", "one two\r\n\r\nthree\r\nfour");
        self.file("white space", " \t\n\x0b\x0ca\x0bb\x0cc\rd\te  f \n");
        self.file("long lines", format!("{}\n{}\nthe end\n", "the word ".repeat(40_000), "x".repeat(200_000)));
        let lines: String = (0..20_000).map(|n| format!("line {n} is the {}th of many\n", n % 100)).collect();
        self.file("many lines", lines);
    }

    fn bytes(&mut self) {
        self.file("latin-1", b"caf\xe9 \xe9 na\xefve \xff\xfe\n\xe9");
        self.file("utf-8", "na\u{ef}ve \u{2014} caf\u{e9}\u{a0}ole \u{2003} \u{65e5}\u{672c}\n");
        self.file("control characters", b"a\0b \0 \x01\x02 \x7f \x1b[31m \x85\n");
        self.file("all bytes", (0..=255).collect::<Vec<u8>>());
        // Numbers from a generator, the same ones each time.
        let numbers =
            iter::successors(Some(1_u64), |n| Some(n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1)));
        self.file("binary", numbers.take(200_000).map(|n| (n >> 56) as u8).collect::<Vec<_>>());
    }

    fn places(&mut self) {
        fs::create_dir(self.root.join("empty")).unwrap();
        self.file("nested/a/b/c/d/deep", "deep down\n");
        self.file("nested/a/less deep", "less deep\n");
        self.file(".hidden/file", "in a hidden directory\n");
        self.file("nested/target/file", "what a build has made\n");
        self.file(".file", "hidden itself\n");
        for n in 0..100 {
            self.file(format!("small/{n}"), format!("{n} small files\n"));
        }
        #[cfg(target_os = "linux")]
        {
            use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _};
            self.file(OsStr::from_bytes(b"name \xff"), "not every name is text\n");
        }
        // Neither is followed: one leads nowhere and the other in a circle.
        #[cfg(unix)]
        {
            use std::os::unix::fs::symlink;
            symlink("nowhere", self.root.join("broken link")).unwrap();
            symlink("..", self.root.join("nested/circle")).unwrap();
        }
    }

    /// Whether it is left out where no path is given.
    pub(crate) fn is_hidden_or_target(&self, file: &Path) -> bool {
        let directory = file.strip_prefix(&self.root).unwrap().parent().unwrap();
        directory.iter().any(|name| name == "target" || name == ".hidden")
    }

    /// The most frequent words of all files.
    pub(crate) fn most_frequent_words(&self, n: usize) -> Vec<(String, u64)> {
        let mut frequencies = BTreeMap::<String, u64>::new();
        for file in &self.files {
            // The words that matter are text, whatever is around them.
            for word in String::from_utf8_lossy(&fs::read(file).unwrap()).split_ascii_whitespace() {
                *frequencies.entry(word.into()).or_default() += 1;
            }
        }
        let mut words: Vec<_> = frequencies.into_iter().collect();
        words.sort_by_key(|&(_, frequency)| Reverse(frequency));
        words.truncate(n);
        words
    }
}

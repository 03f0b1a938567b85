//! The command line.

use std::path::PathBuf;

/// What `--help` shows.
pub(crate) const USAGE: &str =
    "usage: versus [--rounds N] [--only CELLS] [--peers NAMES] [--json FILE] [--markdown FILE] [--svg FILE]
  --rounds N       measurements of each cell for each peer (default 5)
  --only CELLS     cells to measure, comma-separated: whole names or their first words
  --peers NAMES    peers to measure, comma-separated
  --json FILE      writes every sample to FILE
  --markdown FILE  writes one table of all cells to FILE
  --svg FILE       draws the ratios to the best peer into FILE";

/// What was asked for.
#[derive(Debug, PartialEq)]
pub(crate) struct Args {
    pub(crate) rounds: usize,
    /// Empty for all.
    pub(crate) only: Vec<String>,
    /// Empty for all.
    pub(crate) peers: Vec<String>,
    pub(crate) json: Option<PathBuf>,
    pub(crate) markdown: Option<PathBuf>,
    pub(crate) svg: Option<PathBuf>,
}

impl Args {
    /// Reads the arguments; None if help is wanted instead.
    ///
    /// # Errors
    ///
    /// What is wrong with them.
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let mut args = Self { rounds: 5, only: Vec::new(), peers: Vec::new(), json: None, markdown: None, svg: None };
        while let Some(option) = words.next() {
            let mut value = || words.next().ok_or(format!("{option} wants a value\n{USAGE}"));
            match option.as_str() {
                "--rounds" => args.rounds = rounds(&value()?)?,
                "--only" => args.only = list(&value()?),
                "--peers" => args.peers = list(&value()?),
                "--json" => args.json = Some(value()?.into()),
                "--markdown" => args.markdown = Some(value()?.into()),
                "--svg" => args.svg = Some(value()?.into()),
                "--help" | "-h" => return Ok(None),
                _ => return Err(format!("no option {option}\n{USAGE}")),
            }
        }
        Ok(Some(args))
    }

    /// Whether `--only` lets this cell through: its words must begin with those given.
    pub(crate) fn wants_cell(&self, name: &str) -> bool {
        let begins = |only: &String| {
            let rest = name.strip_prefix(only.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
        };
        self.only.is_empty() || self.only.iter().any(begins)
    }
}

fn rounds(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(rounds) if rounds > 0 => Ok(rounds),
        _ => Err(format!("--rounds wants a positive number, not {text}")),
    }
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Option<Args>, String> {
        Args::parse(line.split_whitespace().map(str::to_owned))
    }

    fn args(line: &str) -> Args {
        parse(line).unwrap().expect("not asked for help")
    }

    #[test]
    fn options_are_read() {
        let args = args("--rounds 3 --peers sakia,tokio --json out.json");
        assert_eq!(args.rounds, 3);
        assert_eq!(args.peers, ["sakia", "tokio"]);
        assert_eq!(args.json, Some("out.json".into()));
    }

    #[test]
    fn mistakes_are_refused() {
        assert!(parse("--rounds 0").is_err());
        assert!(parse("--rounds").is_err());
        assert!(parse("--round 3").is_err());
    }

    #[test]
    fn help_is_no_mistake() {
        assert_eq!(parse("--help"), Ok(None));
    }

    #[test]
    fn only_compares_whole_words() {
        let some = args("--only mpsc_mt_10x,funnel_cap1");
        assert!(some.wants_cell("mpsc_mt_10x_cap100"));
        assert!(some.wants_cell("funnel_cap1"));
        assert!(!some.wants_cell("funnel_cap10"));
        assert!(!some.wants_cell("mpsc_mt_1x_cap1"));
        assert!(args("").wants_cell("strings"));
    }
}

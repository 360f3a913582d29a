//! Reads along what `cargo test` prints, to say in the end how it went.

/// What was seen so far.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Tally {
    pub passed: usize,
    pub failed: usize,
    pub ignored: usize,
    /// The names of failed tests, as they were printed.
    pub failures: Vec<String>,
}

impl Tally {
    /// Takes one printed line into account.
    pub fn read(&mut self, line: &str) {
        let line = line.trim();
        if let Some(result) = line.strip_prefix("test result: ") {
            for part in result.split([';', '.']) {
                let mut words = part.split_whitespace();
                let count = words.next().and_then(|word| word.parse::<usize>().ok());
                match (count, words.next()) {
                    (Some(count), Some("passed")) => self.passed += count,
                    (Some(count), Some("failed")) => self.failed += count,
                    (Some(count), Some("ignored")) => self.ignored += count,
                    _ => {}
                }
            }
        } else if let Some(name) = line
            .strip_prefix("test ")
            .and_then(|rest| rest.strip_suffix(" ... FAILED"))
        {
            self.failures.push(name.to_owned());
        }
    }

    /// The closing lines.
    pub fn summary(&self) -> String {
        let mut text = String::new();
        for name in &self.failures {
            text.push_str(&format!("failed: {name}\n"));
        }
        text.push_str(&format!("{} passed, {} failed", self.passed, self.failed));
        if self.ignored > 0 {
            text.push_str(&format!(", {} skipped", self.ignored));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_several_programs_add_up_and_failures_are_named() {
        let mut tally = Tally::default();
        for line in [
            "test money::adds_up ... ok",
            "test money::never_negative ... FAILED",
            "test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.05s",
            "test result: ok. 4 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.05s",
        ] {
            tally.read(line);
        }
        assert_eq!(
            tally.summary(),
            "failed: money::never_negative\n5 passed, 1 failed, 2 skipped"
        );
    }
}

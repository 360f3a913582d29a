//! The three servers that tests and the distributed form need.

use std::env;
use std::path::Path;
use std::process::Command;
use std::thread;

use anyhow::{Context, Result, anyhow, bail};
use local_servers::{Found, Kind, Origin, PostgresOptions, Search, find_or_start, install_missing};

/// What to do about servers that are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// For tests: use whatever answers, at the variables' URLs or at the usual local ports.
    WhateverAnswers,
    /// For running: use what a variable names, and nothing else; a name that leads nowhere is an error.
    OnlyWhatIsNamed,
}

/// A PostgreSQL, a RabbitMQ and a Redis that answer. Private ones stop when this is dropped.
pub struct Servers {
    found: Vec<(Kind, Found)>,
}

impl Servers {
    /// Finds or starts all three; private ones live in `dir`.
    pub fn provide(rule: Rule, dir: &Path, postgres: &PostgresOptions) -> Result<Self> {
        let given = |kind: Kind| env::var(kind.variable()).ok().filter(|url| !url.is_empty());
        let mut absent = Vec::new();
        for kind in Kind::ALL {
            let answer = given(kind).map(|url| kind.probe(&url));
            match (rule, answer) {
                (_, Some(Ok(()))) => {}
                (Rule::OnlyWhatIsNamed, Some(Err(reason))) => {
                    bail!("{} is set, but the {} there {reason}", kind.variable(), kind.name())
                }
                (Rule::OnlyWhatIsNamed, None) => absent.push(kind),
                (Rule::WhateverAnswers, _) if kind.probe(kind.usual_url()).is_ok() => {}
                (Rule::WhateverAnswers, _) => absent.push(kind),
            }
        }
        install_missing(&absent)?;
        let search = |kind: Kind| Search {
            given: given(kind),
            usual_port: rule == Rule::WhateverAnswers,
            private_dir: dir.join(kind.name().to_lowercase()),
            postgres: postgres.clone(),
        };
        let found = thread::scope(|scope| {
            let starts = Kind::ALL.map(|kind| (kind, scope.spawn(move || find_or_start(kind, search(kind)))));
            starts.map(|(kind, start)| (kind, start.join()))
        });
        let mut servers = Self { found: Vec::new() };
        for (kind, result) in found {
            let found = result.map_err(|_| anyhow!("starting {} stopped unexpectedly", kind.name()))?;
            let found = found.with_context(|| format!("{} could not be provided", kind.name()))?;
            println!("  {}: {}", kind.name(), describe(kind, &found));
            servers.found.push((kind, found));
        }
        Ok(servers)
    }

    /// Tells a program where the servers are.
    pub fn apply(&self, command: &mut Command) {
        for (kind, found) in &self.found {
            command.env(kind.variable(), found.url());
        }
    }

    /// Where one of them is.
    pub fn url(&self, wanted: Kind) -> &str {
        let found = self.found.iter().find(|(kind, _)| *kind == wanted);
        found.map_or("", |(_, found)| found.url())
    }

    /// Whether one of them was started here.
    pub fn is_private(&self, wanted: Kind) -> bool {
        self.found
            .iter()
            .any(|(kind, found)| *kind == wanted && found.origin() == Origin::Private)
    }

    /// The name of a server of ours that is gone.
    pub fn ended(&self) -> Option<&'static str> {
        self.found
            .iter()
            .find(|(_, found)| !found.is_running())
            .map(|(kind, _)| kind.name())
    }

    /// Stops what was started here.
    pub fn stop(self) -> Result<()> {
        for (kind, found) in self.found {
            found.stop().with_context(|| format!("stopping {}", kind.name()))?;
        }
        Ok(())
    }
}

fn describe(kind: Kind, found: &Found) -> String {
    match found.origin() {
        Origin::Given => format!("using the one of {}", kind.variable()),
        Origin::UsualPort => "using the one at its usual local port".into(),
        Origin::Private => "started a private one for this run".into(),
    }
}

//! Several programs that run, and end, together.

use std::process::{Command, ExitStatus, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use local_servers::process::{Child, Signal};

use crate::lines;

/// Named programs whose output is printed behind their names.
#[derive(Default)]
pub struct Processes {
    running: Vec<Process>,
}

struct Process {
    name: String,
    child: Child,
    output: Vec<JoinHandle<()>>,
}

impl Processes {
    /// Starts one more. It ends when we do, in whatever way.
    pub fn start(&mut self, name: &str, mut command: Command) -> Result<()> {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let program = command.get_program().to_string_lossy().into_owned();
        let child = Child::spawn(command, Signal::Terminate);
        let mut child = child.with_context(|| format!("starting {name} ({program})"))?;
        let mut output = Vec::new();
        output.extend(
            child
                .take_stdout()
                .map(|stdout| lines::print_named(name.to_owned(), stdout)),
        );
        output.extend(
            child
                .take_stderr()
                .map(|stderr| lines::print_named(name.to_owned(), stderr)),
        );
        self.running.push(Process {
            name: name.to_owned(),
            child,
            output,
        });
        Ok(())
    }

    /// One that has ended, and how.
    pub fn ended(&self) -> Option<(&str, ExitStatus)> {
        self.running
            .iter()
            .find_map(|process| Some((process.name.as_str(), process.child.status()?)))
    }

    /// Asks all to end, waits at most `within`, then kills. Names those that had to be killed.
    pub fn stop(&mut self, within: Duration) -> Vec<String> {
        for process in &self.running {
            process.child.signal(Signal::Terminate);
        }
        let deadline = Instant::now() + within;
        let mut killed = Vec::new();
        for process in self.running.drain(..) {
            let left = deadline.saturating_duration_since(Instant::now());
            if process.child.wait(left).is_none() {
                process.child.signal_group(Signal::Kill);
                process.child.wait(Duration::from_secs(5));
                killed.push(process.name);
            }
            for thread in process.output {
                // A thread that only prints has nothing to report.
                let _ = thread.join();
            }
        }
        killed
    }
}

/// How a program ended, in words.
pub fn ending(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(0), _) => "ended although nobody asked it to".into(),
        (Some(code), _) => format!("ended with exit code {code}"),
        (None, Some(signal)) => format!("was ended by signal {signal}"),
        (None, None) => "ended".into(),
    }
}

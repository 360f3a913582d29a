use std::{
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::Confinement;

const START: Duration = Duration::from_secs(60);
const STOP: Duration = Duration::from_secs(10);

/// A running process of the program. Dropping it kills it.
pub struct Program {
    name: String,
    child: Child,
    /// Where `child` only watches over the program: the program.
    confined: Option<u32>,
    readers: Vec<std::thread::JoinHandle<()>>,
    said: Arc<Mutex<Vec<String>>>,
}

/// What a process holds of the machine.
#[derive(Debug, Clone, Copy)]
pub struct Usage {
    /// Resident memory in MiB.
    pub resident_mib: f64,
    /// Open files and sockets.
    pub descriptors: usize,
}

/// The program under test.
pub fn binary() -> PathBuf {
    if let Some(path) = std::env::var_os("CANDLEWICK_BIN") {
        return path.into();
    }
    let test = std::env::current_exe().expect("the test's own path");
    let target = test.parent().and_then(|deps| deps.parent()).expect("a target folder");
    let binary = target.join("candlewick");
    assert!(
        binary.exists(),
        "{} is missing; `cargo xtask test` builds it, as does `cargo build`",
        binary.display()
    );
    binary
}

impl Program {
    /// Starts the program with these arguments and variables; its own environment is that of the test, without ours.
    pub fn start(arguments: &[&str], variables: &[(String, String)]) -> Self {
        Self::start_with_input(arguments, variables, "")
    }

    /// As [`Program::start`]; the program reads `input`.
    pub fn start_with_input(arguments: &[&str], variables: &[(String, String)], input: &str) -> Self {
        Self::launch(Command::new(binary()), arguments, variables, input)
    }

    /// As [`Program::start`], in a confinement.
    pub fn start_confined(confinement: &Confinement, arguments: &[&str], variables: &[(String, String)]) -> Self {
        let mut program = Self::launch(confinement.command(&binary()), arguments, variables, "");
        let line = program.wait_for_line("{ \"child-pid\": ");
        let pid = line.split(|letter: char| !letter.is_ascii_digit()).next();
        program.confined = pid.and_then(|pid| pid.parse().ok());
        assert!(program.confined.is_some(), "{line}");
        program
    }

    fn launch(mut command: Command, arguments: &[&str], variables: &[(String, String)], input: &str) -> Self {
        for name in [
            "DATABASE_URL",
            "AMQP_URL",
            "REDIS_URL",
            "MAIL_URL",
            "FEED",
            "PUBLIC_URL",
        ] {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .envs(variables.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        // Closed behind the input. A program that does not read may be gone already.
        if let Some(mut stdin) = child.stdin.take() {
            drop(stdin.write_all(input.as_bytes()));
        }
        let said = Arc::new(Mutex::new(Vec::new()));
        let outputs: [Option<Box<dyn std::io::Read + Send>>; 2] = [
            child.stdout.take().map(|out| Box::new(out) as _),
            child.stderr.take().map(|out| Box::new(out) as _),
        ];
        let mut readers = Vec::new();
        for output in outputs.into_iter().flatten() {
            let said = Arc::clone(&said);
            readers.push(std::thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    said.lock().unwrap_or_else(PoisonError::into_inner).push(line);
                }
            }));
        }
        let name = arguments.last().copied().unwrap_or_default().to_owned();
        Self {
            name,
            child,
            confined: None,
            readers,
            said,
        }
    }

    /// The last of its arguments: of `serve`, the service.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it has printed so far.
    pub fn said(&self) -> String {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
    }

    /// Waits until it prints a line that begins with `start`, and gives the rest of it.
    ///
    /// # Panics
    /// When it ends before, or takes longer than a minute.
    pub fn wait_for_line(&mut self, start: &str) -> String {
        let deadline = Instant::now() + START;
        loop {
            let found = self
                .said()
                .lines()
                .find_map(|line| line.trim().strip_prefix(start).map(|rest| rest.trim().to_owned()));
            if let Some(rest) = found {
                return rest;
            }
            self.expect_running();
            assert!(
                Instant::now() < deadline,
                "the program never said {start:?}:\n{}",
                self.said()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Whether it runs.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("its state").is_none()
    }

    /// Expects it to run.
    ///
    /// # Panics
    /// When it has ended, with what it said.
    pub fn expect_running(&mut self) {
        let ended = self.child.try_wait().expect("its state");
        assert!(ended.is_none(), "{} has ended ({ended:?}):\n{}", self.name, self.said());
    }

    /// Waits for its end; its exit code.
    pub fn wait(&mut self, within: Duration) -> Option<i32> {
        let deadline = Instant::now() + within;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().expect("its state") {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the program did not end within {within:?}:\n{}", self.said());
    }

    /// Waits for the end of a command that does one thing; its exit code, and all that it said.
    pub fn finish(mut self, within: Duration) -> (Option<i32>, String) {
        let code = self.wait(within);
        // What it said last may still be on its way.
        for reader in self.readers.drain(..) {
            reader.join().expect("its output is read to the end");
        }
        (code, self.said())
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.confined.unwrap_or_else(|| self.child.id())
    }

    /// What it holds of the machine.
    ///
    /// # Panics
    /// Where the system has no `/proc`.
    pub fn usage(&self) -> Usage {
        let descriptors = std::fs::read_dir(format!("/proc/{}/fd", self.pid())).expect("its descriptors");
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).expect("its status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
        Usage {
            resident_mib: kibibytes.expect("its resident memory") / 1_024.0,
            descriptors: descriptors.count(),
        }
    }

    /// Asks it to stop as an operator would, and expects it to do so in time and without complaint; all that it said.
    pub fn stop(self) -> String {
        self.signal(libc::SIGTERM);
        let (code, said) = self.finish(STOP);
        assert_eq!(code, Some(0), "it stops in order:\n{said}");
        said
    }

    /// Asks it to stop as Ctrl-C does.
    pub fn interrupt(&self) {
        self.signal(libc::SIGINT);
    }

    /// Ends it without a word, as `kill -9` does.
    pub fn kill(mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }

    pub(crate) fn signal(&self, signal: libc::c_int) {
        let pid = libc::pid_t::try_from(self.pid()).expect("a process id");
        // SAFETY: kill(2) only sends a signal, to a child that has not been waited for, or to the only child of one.
        unsafe {
            libc::kill(pid, signal);
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Already ended is as good as killed.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

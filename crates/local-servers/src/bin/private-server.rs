//! Runs one private server until its standard input ends: `private-server postgres|rabbitmq|redis FOLDER [PORT]`.

use std::io::{Read, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use local_servers::{Postgres, RabbitMq, Redis};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let [kind, dir, rest @ ..] = arguments else {
        bail!("say which server and where: private-server postgres|rabbitmq|redis FOLDER [PORT]");
    };
    let port = rest
        .first()
        .map(|port| port.parse().context("the port is not a number"))
        .transpose()?;
    let dir = Path::new(dir);
    match kind.as_str() {
        "postgres" => {
            let server = Postgres::start(dir, port)?;
            hold(&server.url("postgres"))
        }
        "rabbitmq" => {
            let server = RabbitMq::start(dir, port)?;
            hold(&server.url())
        }
        "redis" => {
            let server = Redis::start(dir, port)?;
            hold(&server.url())
        }
        other => bail!("{other} is none of postgres, rabbitmq, redis"),
    }
}

fn hold(url: &str) -> Result<()> {
    let mut output = std::io::stdout();
    writeln!(output, "{url}")?;
    output.flush()?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

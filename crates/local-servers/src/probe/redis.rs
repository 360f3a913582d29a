//! Redis's first words.

use std::net::TcpStream;

use super::{Answer, connect, no, parse, read, write};

/// Whether a Redis answers PING at `url`, after its password if it has one. `rediss` is only connected to.
pub fn redis(url: &str) -> Answer {
    let address = parse(url, 6379, &["redis", "rediss"])?;
    let mut stream = connect(&address)?;
    if address.scheme == "rediss" {
        return Ok(());
    }
    if !address.password.is_empty() {
        let user = Some(address.user.as_str()).filter(|user| !user.is_empty());
        let mut words = vec!["AUTH"];
        words.extend(user);
        words.push(&address.password);
        write(&mut stream, &redis_command(&words))?;
        expect_redis(&mut stream, "+OK")?;
    }
    write(&mut stream, &redis_command(&["PING"]))?;
    expect_redis(&mut stream, "+PONG")
}

fn redis_command(words: &[&str]) -> Vec<u8> {
    let mut command = format!("*{}\r\n", words.len());
    for word in words {
        command.push_str(&format!("${}\r\n{word}\r\n", word.len()));
    }
    command.into_bytes()
}

fn expect_redis(stream: &mut TcpStream, wanted: &str) -> Answer {
    let mut line = Vec::new();
    while !line.ends_with(b"\r\n") && line.len() < 1024 {
        line.extend(read::<1>(stream)?);
    }
    let line = String::from_utf8_lossy(&line).trim_end().to_owned();
    match line.as_str() {
        line if line == wanted => Ok(()),
        line if line.starts_with('-') => Err(no(format!("refuses: {}", &line[1..]))),
        _ => Err(no("does not speak the protocol of Redis")),
    }
}

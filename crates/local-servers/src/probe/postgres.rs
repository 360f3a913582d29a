//! PostgreSQL's first words.

use std::net::TcpStream;

use super::{Answer, connect, length, no, parse, read, read_body, write};

/// Whether a PostgreSQL answers at `url`. A wrong password is only noticed where the server asks for none in secret:
/// challenges are taken as an answer.
pub fn postgres(url: &str) -> Answer {
    let address = parse(url, 5432, &["postgres", "postgresql"])?;
    let mut stream = connect(&address)?;
    let user = if address.user.is_empty() {
        "postgres"
    } else {
        &address.user
    };
    let database = if address.path.is_empty() { user } else { &address.path };
    send_postgres_hello(&mut stream, user, database)?;
    read_postgres_hello(&mut stream)
}

/// Makes the database that a PostgreSQL URL names if it is missing, on a server that asks no password.
pub fn create_postgres_database(url: &str, name: &str) -> Answer {
    let address = parse(url, 5432, &["postgres", "postgresql"])?;
    let mut stream = connect(&address)?;
    let user = if address.user.is_empty() {
        "postgres"
    } else {
        &address.user
    };
    send_postgres_hello(&mut stream, user, "postgres")?;
    read_postgres_hello(&mut stream)?;
    let statement = format!("CREATE DATABASE \"{}\"\0", name.replace('"', "\"\""));
    let mut message = vec![b'Q'];
    message.extend(length(statement.len() + 4));
    message.extend(statement.as_bytes());
    write(&mut stream, &message)?;
    loop {
        let (kind, body) = read_postgres_message(&mut stream)?;
        match kind {
            b'C' => return Ok(()),
            b'E' if postgres_error(&body).0 == "42P04" => return Ok(()),
            b'E' => return Err(no(postgres_error(&body).1)),
            b'R' => return Err(no("asks for a password")),
            _ => {}
        }
    }
}

fn send_postgres_hello(stream: &mut TcpStream, user: &str, database: &str) -> Answer {
    let mut body = 196_608_u32.to_be_bytes().to_vec();
    for text in [
        "user",
        user,
        "database",
        database,
        "application_name",
        "candlewick-probe",
    ] {
        body.extend(text.as_bytes());
        body.push(0);
    }
    body.push(0);
    let mut message = length(body.len() + 4).to_vec();
    message.extend(body);
    write(stream, &message)
}

/// Reads until the server is ready, asks for a password, or refuses.
fn read_postgres_hello(stream: &mut TcpStream) -> Answer {
    loop {
        let (kind, body) = read_postgres_message(stream)?;
        match kind {
            b'R' if body.get(..4) == Some(&[0; 4]) => {}
            b'R' | b'Z' => return Ok(()),
            b'E' => {
                let (code, text) = postgres_error(&body);
                // A missing database is no reason against the server.
                return if code == "3D000" {
                    Ok(())
                } else {
                    Err(no(format!("refuses: {text}")))
                };
            }
            b'S' | b'K' | b'N' | b'v' => {}
            _ => return Err(no("does not speak PostgreSQL's protocol")),
        }
    }
}

fn read_postgres_message(stream: &mut TcpStream) -> Answer<(u8, Vec<u8>)> {
    let [kind, size @ ..] = read::<5>(stream)?;
    let size = (u32::from_be_bytes(size) as usize).saturating_sub(4);
    Ok((kind, read_body(stream, size)?))
}

/// The code and the text of an error message.
fn postgres_error(body: &[u8]) -> (String, String) {
    let mut found = (String::new(), String::from("without a reason"));
    for field in body.split(|byte| *byte == 0) {
        let Some((kind, text)) = field.split_first() else {
            continue;
        };
        let text = String::from_utf8_lossy(text).into_owned();
        match kind {
            b'C' => found.0 = text,
            b'M' => found.1 = text,
            _ => {}
        }
    }
    found
}

//! AMQP 0-9-1's first words.

use std::net::TcpStream;

use super::{Answer, connect, length, no, parse, read, read_body, write};

/// Whether an AMQP 0-9-1 broker answers at `url` and accepts its user and password. `amqps` is only connected to.
pub fn amqp(url: &str) -> Answer {
    let address = parse(url, 5672, &["amqp", "amqps"])?;
    let mut stream = connect(&address)?;
    if address.scheme == "amqps" {
        return Ok(());
    }
    write(&mut stream, b"AMQP\x00\x00\x09\x01")?;
    if read_amqp_method(&mut stream)? != (10, 10) {
        return Err(no("speaks another protocol than AMQP 0-9-1"));
    }
    let (user, password) = if address.user.is_empty() {
        ("guest", "guest")
    } else {
        (address.user.as_str(), address.password.as_str())
    };
    write(&mut stream, &amqp_start_ok(user, password))?;
    match read_amqp_method(&mut stream) {
        Ok((10, 30)) => Ok(()),
        _ => Err(no(format!("refuses the user {user}"))),
    }
}

/// The class and method of the next frame.
fn read_amqp_method(stream: &mut TcpStream) -> Answer<(u16, u16)> {
    let header = read::<7>(stream)?;
    if header[0] != 1 {
        return Err(no("speaks another protocol than AMQP 0-9-1"));
    }
    let size = u32::from_be_bytes([header[3], header[4], header[5], header[6]]) as usize;
    let body = read_body(stream, size + 1)?;
    match body.as_slice() {
        [a, b, c, d, ..] => Ok((u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*c, *d]))),
        _ => Err(no("speaks another protocol than AMQP 0-9-1")),
    }
}

/// `connection.start-ok` with no properties and a plain login.
fn amqp_start_ok(user: &str, password: &str) -> Vec<u8> {
    let login = format!("\0{user}\0{password}");
    let mut body = vec![0, 10, 0, 11, 0, 0, 0, 0, 5];
    body.extend(b"PLAIN");
    body.extend(length(login.len()));
    body.extend(login.as_bytes());
    body.push(5);
    body.extend(b"en_US");
    let mut frame = vec![1, 0, 0];
    frame.extend(length(body.len()));
    frame.extend(body);
    frame.push(0xCE);
    frame
}

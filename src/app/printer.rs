//! A receipt printer that takes text: a device or file, or an address in the network of the shop.
//!
//! The bytes are plain text in Windows Latin with the few commands that nearly every receipt printer knows
//! (ESC/POS): begin anew, choose the letters, cut. Whoever calls this waits; it belongs on a thread in the
//! background.

use std::{
    fs::OpenOptions,
    io::Write as _,
    net::{TcpStream, ToSocketAddrs as _},
    time::Duration,
};

use crate::app::pdf::windows_latin;

/// How long a printer in the network may take to answer.
const LIMIT: Duration = Duration::from_secs(4);
/// Begin anew; letters of Windows Latin.
const BEGIN: &[u8] = b"\x1b@\x1bt\x10";
/// Feed three lines and cut.
const END: &[u8] = b"\n\n\n\x1dVB\x00";

/// Sends a text to the printer `target`: a path, or `HOST:PORT`.
///
/// # Errors
/// One sentence saying what to look at.
pub fn send(target: &str, text: &str) -> Result<(), String> {
    let bytes = page(text);
    let sent = match address(target) {
        Some(address) => to_network(address, &bytes),
        None => OpenOptions::new()
            .append(true)
            .create(true)
            .open(target)
            .and_then(|mut device| device.write_all(&bytes).and_then(|()| device.flush())),
    };
    sent.map_err(|error| {
        format!("the printer {target} does not take the page ({error}): check that it is on and has paper")
    })
}

fn page(text: &str) -> Vec<u8> {
    let mut bytes = BEGIN.to_vec();
    bytes.extend(text.chars().map(windows_latin));
    bytes.extend(END);
    bytes
}

/// `HOST:PORT`; a path has a separator, and a drive letter is no host.
fn address(target: &str) -> Option<&str> {
    let (host, port) = target.rsplit_once(':')?;
    let is_path = target.contains(['/', '\\']) || host.len() < 2;
    (!is_path && port.parse::<u16>().is_ok()).then_some(target)
}

fn to_network(address: &str, bytes: &[u8]) -> std::io::Result<()> {
    let mut last = std::io::Error::from(std::io::ErrorKind::AddrNotAvailable);
    for address in address.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, LIMIT) {
            Ok(mut stream) => {
                stream.set_write_timeout(Some(LIMIT))?;
                stream.write_all(bytes)?;
                return stream.flush();
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_paths_are_told_apart() {
        for target in ["192.168.1.20:9100", "printer.local:9100"] {
            assert_eq!(address(target), Some(target));
        }
        for target in [
            "/dev/usb/lp0",
            "C:\\print.txt",
            "LPT1:",
            "printer",
            "/tmp/a:9100",
            "c:9",
        ] {
            assert_eq!(address(target), None, "{target}");
        }
    }

    #[test]
    fn a_page_begins_anew_and_ends_with_a_cut() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("lp0");
        send(&file.display().to_string(), "\u{c4}pfel 1,99 \u{20ac}\n").unwrap();
        let bytes = std::fs::read(&file).unwrap();
        assert!(bytes.starts_with(b"\x1b@"));
        assert!(bytes.ends_with(b"\x1dVB\x00"));
        assert!(bytes.windows(2).any(|pair| pair == [0x20, 0x80]), "the euro sign");
        let missing = folder.path().join("no/such/lp0").display().to_string();
        let error = send(&missing, "x").unwrap_err();
        assert!(error.contains("check that it is on"), "{error}");
    }
}

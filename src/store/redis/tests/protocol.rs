//! The reader of answers takes what Redis sends, and survives what anybody may send.

use std::io;

use super::super::resp::{Commands, Foreign, Reader, Reply, Trouble};

/// Reads one answer that arrives in pieces of at most `piece` bytes.
fn read(mut bytes: &[u8], piece: usize) -> Result<(Reply, bool), Trouble> {
    let mut receive = |buffer: &mut [u8]| {
        let (head, rest) = bytes.split_at(piece.min(bytes.len()).min(buffer.len()));
        buffer[..head.len()].copy_from_slice(head);
        bytes = rest;
        Ok(head.len())
    };
    let mut reader = Reader::default();
    let reply = reader.reply(&mut receive)?;
    Ok((reply, reader.is_empty()))
}

#[test]
fn commands_are_arrays_of_bulk_strings() {
    let commands = Commands::new(&[&[b"GET", b"a b"], &[b"TIME"], &[b"SET", b"\r\n", b""]]);
    assert_eq!(commands.count(), 3);
    assert_eq!(
        commands.bytes(),
        b"*2\r\n$3\r\nGET\r\n$3\r\na b\r\n*1\r\n$4\r\nTIME\r\n*3\r\n$3\r\nSET\r\n$2\r\n\r\n\r\n$0\r\n\r\n"
    );
}

#[test]
fn answers() {
    let bulk = |text: &str| Reply::Bulk(text.as_bytes().to_vec());
    for (bytes, expected) in [
        (&b"+OK\r\n"[..], Reply::Simple("OK".into())),
        (b"+\r\n", Reply::Simple(String::new())),
        (b"-ERR no\r\n", Reply::Error("ERR no".into())),
        (b":-12\r\n", Reply::Integer(-12)),
        (b"$5\r\na\r\nbc\r\n", bulk("a\r\nbc")),
        (b"$0\r\n\r\n", bulk("")),
        (b"$-1\r\n", Reply::Null),
        (b"*-1\r\n", Reply::Null),
        (b"*0\r\n", Reply::Array(vec![])),
        (
            b"*2\r\n$1\r\na\r\n*1\r\n:1\r\n",
            Reply::Array(vec![bulk("a"), Reply::Array(vec![Reply::Integer(1)])]),
        ),
    ] {
        for piece in [1, 2, 3, 5, 4096] {
            let (reply, whole) =
                read(bytes, piece).unwrap_or_else(|trouble| panic!("{bytes:?}: {trouble:?}"));
            assert_eq!(
                (reply, whole),
                (expected_again(&expected), true),
                "{bytes:?} by {piece}"
            );
        }
        // Cut anywhere, it is no answer.
        for end in 0..bytes.len() {
            let cut = read(&bytes[..end], 4096);
            let lost = matches!(&cut, Err(Trouble::Lost(error)) if error.kind() == io::ErrorKind::UnexpectedEof);
            assert!(lost, "{bytes:?} cut at {end}: {cut:?}");
        }
    }
    let (_, whole) = read(b"+OK\r\n+OK\r\n", 4096).unwrap();
    assert!(!whole, "an answer too many goes unnoticed");
}

fn expected_again(reply: &Reply) -> Reply {
    match reply {
        Reply::Simple(text) => Reply::Simple(text.clone()),
        Reply::Error(text) => Reply::Error(text.clone()),
        Reply::Integer(number) => Reply::Integer(*number),
        Reply::Bulk(bytes) => Reply::Bulk(bytes.clone()),
        Reply::Null => Reply::Null,
        Reply::Array(parts) => Reply::Array(parts.iter().map(expected_again).collect()),
    }
}

#[test]
fn what_is_no_answer() {
    let endless = vec![b'+'; 10_000];
    let wide = [
        &b"*2\r\n$1000000\r\n"[..],
        &vec![b'x'; 1_000_000],
        b"\r\n$1000000\r\n",
    ]
    .concat();
    for (bytes, looks) in [
        (&b"HTTP/1.1 400 Bad Request\r\n"[..], Foreign::Http),
        (b"<html>", Foreign::Http),
        (b"\x15\x03\x03\x00\x02\x02\x0a", Foreign::Tls),
        (b"\x16\x03\x01", Foreign::Tls),
        (b"SSH-2.0-OpenSSH\r\n", Foreign::Garbage),
        (b"_\r\n", Foreign::Garbage),
        (b"\r\n", Foreign::Garbage),
        (b"\0", Foreign::Garbage),
        (b"+OK\n", Foreign::Garbage),
        (b":\r\n", Foreign::Garbage),
        (b":+1\r\n", Foreign::Garbage),
        (b":1 \r\n", Foreign::Garbage),
        (b":99999999999999999999\r\n", Foreign::Garbage),
        (b"$-2\r\n", Foreign::Garbage),
        (b"$1\r\nab\r\n", Foreign::Garbage),
        (b"$x\r\n", Foreign::Garbage),
        (b"$9223372036854775807\r\n", Foreign::TooLarge),
        (b"$1048577\r\n", Foreign::TooLarge),
        (b"*-2\r\n", Foreign::Garbage),
        (b"*17\r\n", Foreign::TooLarge),
        (b"*9223372036854775807\r\n", Foreign::TooLarge),
        (b"*1\r\n*1\r\n*1\r\n:1\r\n", Foreign::TooLarge),
        (&endless, Foreign::TooLarge),
        (&wide, Foreign::TooLarge),
    ] {
        let start = String::from_utf8_lossy(&bytes[..bytes.len().min(30)]).into_owned();
        match read(bytes, 4096) {
            Err(Trouble::Foreign(seen)) => assert_eq!(seen, looks, "{start:?}"),
            other => panic!("{start:?}: {other:?}"),
        }
    }
}

#[test]
fn random_bytes_are_survived() {
    // Mostly of the protocol's own alphabet, so that its deeper parts are met too.
    const ALPHABET: &[u8] = b"+-:$*0123456789\r\n\r\nab\x15\x16\x03H\xff\0";
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let (mut answered, mut refused) = (0, 0);
    for _ in 0..200_000 {
        let bytes: Vec<u8> = (0..next(40))
            .map(|_| ALPHABET[next(ALPHABET.len())])
            .collect();
        match read(&bytes, 1 + next(8)) {
            Ok(_) => answered += 1,
            Err(_) => refused += 1,
        }
    }
    assert!(answered > 100 && refused > 100, "{answered} {refused}");
}

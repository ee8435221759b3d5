//! One gzip member out of a part that is compressed once and a part that differs every time.
//!
//! A page's head carries the page token and is new for each listing; its users are not. Deflate
//! lets blocks be joined at byte borders: the head goes in stored, the users as blocks compressed
//! beforehand, and the check sums of the parts combine. A client sees one plain gzip member.

use crate::answer::Pieces;
use bytes::Bytes;
use flate2::{Compress, Compression, Crc, FlushCompress};

/// Magic, deflate, no flags, no time, no hint, unknown system.
const MEMBER_START: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

/// Deflate blocks that end at a byte border, and the check sum of what is in them.
pub(crate) struct Segment {
    pub(crate) deflated: Bytes,
    crc: Crc,
}

impl Segment {
    pub(crate) fn new(plain: &[u8]) -> Self {
        Self::pressed(plain, Compression::fast())
    }

    fn pressed(plain: &[u8], compression: Compression) -> Self {
        let mut crc = Crc::new();
        crc.update(plain);
        let mut compress = Compress::new(compression, false);
        let mut deflated = Vec::with_capacity(plain.len() / 3 + 256);
        loop {
            let before = compress.total_in() as usize;
            // Compressing from memory into memory has no failure of its own.
            let _ = compress.compress_vec(&plain[before..], &mut deflated, FlushCompress::Sync);
            // Room left over means that the flush came to its end.
            if compress.total_in() as usize == plain.len() && deflated.len() < deflated.capacity() {
                break;
            }
            deflated.reserve(deflated.len() / 2 + 256);
        }
        deflated.shrink_to_fit();
        Self {
            deflated: deflated.into(),
            crc,
        }
    }
}

/// The pieces of a gzip member holding `head`, then the segment, then `tail`.
pub(crate) fn member(head: &[u8], segment: &Segment, tail: &[u8]) -> [Bytes; 3] {
    let mut crc = Crc::new();
    crc.update(head);
    crc.combine(&segment.crc);
    let mut tail_crc = Crc::new();
    tail_crc.update(tail);
    crc.combine(&tail_crc);

    let mut start = MEMBER_START.to_vec();
    stored(&mut start, head, false);
    let end = member_end(tail, &crc);
    [start.into(), segment.deflated.clone(), end]
}

/// A gzip member of `plain` and then blanks until `inflated` bytes are there, made while it is sent.
pub(crate) fn bomb(plain: &[u8], inflated: u64) -> Pieces {
    const LOT: u64 = 1 << 20;
    let missing = inflated.saturating_sub(plain.len() as u64);
    let blanks = |len| Segment::pressed(&vec![b' '; len as usize], Compression::best());
    let lots = [
        (Segment::new(plain), 1),
        (blanks(LOT), missing / LOT),
        (blanks(missing % LOT), 1),
    ];
    let mut crc = Crc::new();
    let mut pieces = Pieces::new([Bytes::from_static(&MEMBER_START)]);
    for (segment, times) in lots {
        for _ in 0..times {
            crc.combine(&segment.crc);
        }
        pieces.push(segment.deflated, times);
    }
    pieces.push(member_end(b"", &crc), 1);
    pieces
}

fn member_end(tail: &[u8], crc: &Crc) -> Bytes {
    let mut end = Vec::new();
    stored(&mut end, tail, true);
    end.extend_from_slice(&crc.sum().to_le_bytes());
    end.extend_from_slice(&crc.amount().to_le_bytes());
    end.into()
}

/// A stored block; what is stored here is far below the 65,535 bytes one may hold.
fn stored(out: &mut Vec<u8>, data: &[u8], last: bool) {
    let len = data.len() as u16;
    out.push(u8::from(last));
    out.extend_from_slice(&len.to_le_bytes());
    out.extend_from_slice(&(!len).to_le_bytes());
    out.extend_from_slice(data);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn a_strict_reader_sees_one_whole_member() {
        let mut numbers = crate::mix::Numbers::new(1, 2);
        for len in [0, 1, 100, 5_000, 200_000] {
            // Half noise: the output must grow beyond the first guess at its size.
            let plain: String = (0..len / 2).map(|_| numbers.text(1) + "a").collect();
            let segment = Segment::new(plain.as_bytes());
            let bytes = member(b"{\"head\":[", &segment, b"]}").concat();
            let mut reader = flate2::bufread::GzDecoder::new(&bytes[..]);
            let mut text = String::new();
            reader.read_to_string(&mut text).unwrap();
            assert_eq!(text, format!("{{\"head\":[{plain}]}}"));
            assert!(reader.into_inner().is_empty(), "nothing after the member");
        }
    }
}

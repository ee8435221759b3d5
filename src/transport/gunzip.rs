//! Bodies that come compressed.

use std::io::ErrorKind;

use flate2::{Decompress, FlushDecompress, Status};

use super::failure::Broken;

/// With this much room left, the decoder need not look at each byte whether there is any.
const ROOM: usize = 512;

/// How much longer than the compressed form the other can be, by the format.
const RATIO: usize = 1032;

/// Decompresses all of `packed` to `body`, unless that becomes longer than `limit`.
///
/// In one go, into memory of the right size: decoding piece by piece copies 32 kB more for each piece.
pub(super) fn gunzip(packed: &[u8], body: &mut Vec<u8>, limit: u64) -> Result<(), Broken> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let told = packed
        .last_chunk()
        .map_or(0, |bytes| u32::from_le_bytes(*bytes) as usize);
    let likely = told.min(packed.len().saturating_mul(RATIO)).min(limit);
    // Pages differ a little, and the next one uses the same memory.
    body.reserve_exact(likely.saturating_add(likely / 16 + ROOM));
    let mut rest = packed;
    while !rest.is_empty() {
        rest = member(rest, body, limit)?;
    }
    Ok(())
}

/// Decompresses one member; most bodies are one. Returns what is behind it.
fn member<'a>(packed: &'a [u8], body: &mut Vec<u8>, limit: usize) -> Result<&'a [u8], Broken> {
    let mut decoder = Decompress::new_gzip(15);
    let mut rest = packed;
    loop {
        let before = (decoder.total_in(), body.len());
        let status = decoder
            .decompress_vec(rest, body, FlushDecompress::Finish)
            .map_err(|error| Broken::Gzip(error.to_string()))?;
        let used = usize::try_from(decoder.total_in() - before.0).unwrap_or(usize::MAX);
        rest = rest.get(used..).unwrap_or_default();
        if body.len() > limit {
            return Err(Broken::BodyTooLarge);
        }
        if status == Status::StreamEnd {
            return Ok(rest);
        }
        if body.len() == body.capacity() {
            let more = body.len().max(16 * 1024).min(limit - body.len());
            body.reserve_exact(more.saturating_add(ROOM));
        } else if rest.is_empty() || (used == 0 && body.len() == before.1) {
            return Err(Broken::Io(ErrorKind::UnexpectedEof.into()));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn unpacked(packed: &[u8], limit: u64) -> Result<Vec<u8>, Broken> {
        let mut body = Vec::new();
        gunzip(packed, &mut body, limit).map(|()| body)
    }

    fn bytes(length: usize) -> Vec<u8> {
        (0..length).map(|at| (at * at / 7) as u8).collect()
    }

    #[test]
    fn whole_bodies() {
        for length in [0, 1, 511, 512, 513, 32_768, 200_000] {
            let bytes = bytes(length);
            assert_eq!(unpacked(&packed(&bytes), length as u64).unwrap(), bytes);
        }
        assert_eq!(unpacked(&[], 10).unwrap(), b"", "no body, no complaint");
        let two = [packed(b"one, "), packed(b"two")].concat();
        assert_eq!(unpacked(&two, 8).unwrap(), b"one, two");
    }

    #[test]
    fn the_length_at_the_end_is_a_hint() {
        // The last member's length is told, which is not that of all.
        let long = bytes(300_000);
        let two = [packed(&long), packed(b"x")].concat();
        assert_eq!(unpacked(&two, 300_001).unwrap().len(), 300_001);
        let mut lying = packed(b"short");
        for byte in lying.iter_mut().rev().take(4) {
            *byte = 0xff;
        }
        assert!(matches!(unpacked(&lying, 1 << 30), Err(Broken::Gzip(_))));
    }

    #[test]
    fn the_limit_holds() {
        let bomb = packed(&vec![0; 50 << 20]);
        for limit in [0, 1, 1000, 1 << 20, (50 << 20) - 1] {
            let mut body = Vec::new();
            let outcome = gunzip(&bomb, &mut body, limit);
            assert!(matches!(outcome, Err(Broken::BodyTooLarge)), "{limit}");
            assert!(
                body.capacity() as u64 <= limit + limit / 16 + (64 << 10),
                "{limit}: {}",
                body.capacity()
            );
        }
        assert!(unpacked(&bomb, 50 << 20).is_ok());
    }

    #[test]
    fn every_cut_is_noticed() {
        let whole = packed(&bytes(3_000));
        for length in 1..whole.len() {
            let outcome = unpacked(&whole[..length], 1 << 20);
            let cut = matches!(&outcome, Err(Broken::Io(error)) if error.kind() == ErrorKind::UnexpectedEof);
            assert!(cut, "{length} of {}", whole.len());
        }
        for at in [0, 2, 20, whole.len() - 6, whole.len() - 1] {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x55;
            assert!(unpacked(&damaged, 1 << 20).is_err(), "byte {at}");
        }
        let trailing = [&whole, &b"rest"[..]].concat();
        assert!(unpacked(&trailing, 1 << 20).is_err());
    }
}

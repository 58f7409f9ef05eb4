//! Damaged files of every kind: a sentence or pixels, never a panic of this reader. Changes are drawn from a fixed
//! sequence, so that a failure comes back.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::streams::{JPEG_420, STREAMS, hex};
use super::*;

/// Marsaglia's xorshift: enough to choose bytes.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

/// Cut off, or up to four bytes changed.
fn damaged(whole: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    if random.below(4) == 0 {
        bytes.truncate(random.below(whole.len()));
        return bytes;
    }
    for _ in 0..=random.below(4) {
        // Mostly behind the preamble, where something is.
        let at = 132 + random.below(whole.len() - 132);
        bytes[at] = match random.below(3) {
            0 => 0xFF,
            1 => bytes[at] ^ (1 << random.below(8)),
            _ => random.below(256) as u8,
        };
    }
    bytes
}

/// Opens and decodes the first two frames.
fn read_all(bytes: &[u8]) -> bool {
    let Ok(opened) = open_bytes(bytes) else { return false };
    (0..opened.frames.min(2)).all(|index| opened.source.frame(index).is_ok())
}

fn survives(name: &str, whole: &[u8], rounds: usize) {
    assert!(read_all(whole), "{name} is sound to begin with");
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut read = 0;
    for round in 0..rounds {
        let bytes = damaged(whole, &mut random);
        match catch_unwind(AssertUnwindSafe(|| read_all(&bytes))) {
            Ok(ok) => read += usize::from(ok),
            Err(_) => panic!("{name}: panic in round {round}"),
        }
    }
    assert!(read < rounds, "{name}: no damage was noticed at all");
}

fn with_header(fixture: Fixture) -> Fixture {
    let lut = Fixture::new().words(0x0028_3002, "US", &[3, 0, 16]).words(0x0028_3006, "US", &[1, 2, 3]);
    fixture
        .text(0x0008_0005, "CS", "\\ISO 2022 IR 149")
        .bytes(0x0010_0010, "PN", b"Hong=\x1b$)C\xfb\xf3")
        .text(0x0028_0030, "DS", "0.5\\0.5")
        .items(0x0028_3010, vec![lut])
}

#[test]
fn uncompressed_files() {
    let native = with_header(Fixture::gray(4, 5, 16, 12, true)).word_pixels(&[7; 20]);
    survives("explicit", &native.build(), 400);
    let implicit = Fixture { explicit_vr: false, syntax: Some("1.2.840.10008.1.2"), ..native.clone() };
    survives("implicit", &implicit.build(), 400);
    let big = Fixture { big_endian: true, syntax: Some("1.2.840.10008.1.2.2"), ..native.clone() };
    survives("big endian", &big.build(), 300);
    let deflated = Fixture { deflated: true, syntax: Some("1.2.840.10008.1.2.1.99"), ..native };
    survives("deflated", &deflated.build(), 300);
    let palette = Fixture::new().picture(1, "PALETTE COLOR", 1, 3, [8, 8, 7, 0]).pixels(&[4, 5, 9]);
    let palette = (0..3).fold(palette, |fixture, channel| {
        fixture.words(0x0028_1101 + channel, "US", &[2, 4, 16]).words(0x0028_1221 + channel, "OW", &[0, 1, 9, 1, 1, 8])
    });
    survives("segmented palette", &palette.build(), 400);
}

#[test]
fn files_of_our_own_decoders() {
    let rle = [&[1, 0, 0, 0, 64, 0, 0, 0][..], &[0; 56], &[9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 247, 3]].concat();
    let rle = with_header(Fixture::gray(4, 5, 8, 8, false)).fragments("1.2.840.10008.1.2.5", &[], &[&rle]);
    survives("RLE", &rle.build(), 400);
    for (syntax, stream) in STREAMS.iter().take(2) {
        let fixture = with_header(Fixture::gray(6, 9, 16, 12, false)).fragments(syntax, &[0], &[&hex(stream)]);
        survives(syntax, &fixture.build(), 500);
    }
    let jpeg = with_header(Fixture::colour(16, 16, "YBR_FULL_422"));
    let jpeg = jpeg.fragments("1.2.840.10008.1.2.4.50", &[], &[&hex(JPEG_420)]);
    survives("JPEG", &jpeg.build(), 500);
    // The same stream as a progressive one: scan parameters that do not fit, bits that mean something else.
    let progressive = jpeg.build().windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    let mut bytes = jpeg.build();
    bytes[progressive + 1] = 0xC2;
    let mut random = Random(7);
    for _ in 0..300 {
        let _ = read_all(&damaged(&bytes, &mut random));
    }
}

/// JPEG 2000 and JPEG XL are other crates' work; they too end in a sentence.
#[test]
fn files_of_other_decoders() {
    for (syntax, stream) in STREAMS.iter().skip(2) {
        let fixture = with_header(Fixture::gray(6, 9, 16, 12, false)).fragments(syntax, &[0], &[&hex(stream)]);
        survives(syntax, &fixture.build(), 300);
    }
}

//! Damaged files: every fixture cut at many places and with bits flipped. Each must open or give a sentence; no panic
//! may leave its thread, no decoder may break, and nothing may ask for much memory. A test binary of its own, because
//! it counts every allocation.

use std::alloc::{GlobalAlloc, Layout, System};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use overread::scan::{ScanError, open};

/// The largest single allocation asked for so far, bytes.
static LARGEST: AtomicUsize = AtomicUsize::new(0);

struct Counting;

// SAFETY: every call is passed on unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LARGEST.fetch_max(layout.size(), Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        LARGEST.fetch_max(layout.size(), Ordering::Relaxed);
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        LARGEST.fetch_max(size, Ordering::Relaxed);
        unsafe { System.realloc(old, layout, size) }
    }

    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        unsafe { System.dealloc(old, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// No fixture has more than 5 kB: nothing in them is worth more than this.
const MOST_BYTES: usize = 32 << 20;

/// A small deterministic generator (xorshift64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

/// Cut files and files with one to three flipped bits; half of the flips hit the first 600 bytes, the headers.
fn variants(bytes: &[u8], random: &mut Random) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for _ in 0..8 {
        all.push(bytes[..random.below(bytes.len())].to_vec());
    }
    for round in 0..22 {
        let mut damaged = bytes.to_vec();
        for _ in 0..1 + round % 3 {
            let end = if round % 2 == 0 { bytes.len().min(600) } else { bytes.len() };
            damaged[random.below(end)] ^= 1 << random.below(8);
        }
        all.push(damaged);
    }
    all
}

/// Opens a file and decodes its first and last frame.
fn read(path: &Path) -> Result<(), ScanError> {
    let scan = open(path)?;
    scan.frame(0)?;
    scan.frame(scan.frames - 1).map(|_| ())
}

#[test]
fn damage_gives_a_sentence_and_costs_no_memory() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/scan");
    let scratch = tempfile::tempdir().unwrap();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (mut opened, mut refused) = (0, 0);
    for file in files {
        // A pair's image stays beside the damaged header.
        let name = file.file_name().unwrap();
        if file.extension().is_some_and(|e| e == "hdr") {
            std::fs::copy(file.with_extension("img"), scratch.path().join(name).with_extension("img")).unwrap();
        }
        for (number, bytes) in variants(&std::fs::read(&file).unwrap(), &mut random).into_iter().enumerate() {
            let path = scratch.path().join(name);
            std::fs::write(&path, &bytes).unwrap();
            LARGEST.store(0, Ordering::Relaxed);
            match read(&path) {
                Ok(()) => opened += 1,
                Err(ScanError::DecoderPanicked { what, .. }) => panic!("variant {number} of {name:?} panicked: {what}"),
                Err(error) => {
                    refused += 1;
                    assert!(error.to_string().len() < 600, "{error}");
                }
            }
            let most = LARGEST.load(Ordering::Relaxed);
            assert!(most < MOST_BYTES, "variant {number} of {name:?} asked for {most} bytes at once");
        }
    }
    assert!(opened > 500 && refused > 500, "{opened} opened, {refused} refused");
}

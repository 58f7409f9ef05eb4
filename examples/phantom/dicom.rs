//! A slice as a DICOM file: MR Image Storage, Explicit VR Little Endian, written element by element so that the
//! program's readers are not checked against their own library.

use super::grid::{COLS, ROWS};
use super::random::mix;
use super::scanner::Slice;

const EXPLICIT_VR_LITTLE_ENDIAN: &str = "1.2.840.10008.1.2.1";
const MR_IMAGE_STORAGE: &str = "1.2.840.10008.5.1.4.1.1.4";

/// A UID under 2.25 (PS3.5 B.2), the same for the same seed and purpose.
fn uid(seed: u64, purpose: u64) -> String {
    let high = mix(seed ^ mix(purpose));
    let low = mix(high ^ purpose);
    // Version 8 and variant bits of RFC 9562, as a UUID made from private data has them.
    let high = (high & !0xf000) | 0x8000;
    let low = (low & !(0b11 << 62)) | (0b10 << 62);
    format!("2.25.{}", (u128::from(high) << 64) | u128::from(low))
}

/// Elements in the order they are put.
#[derive(Default)]
struct Elements(Vec<u8>);

impl Elements {
    fn put(&mut self, group: u16, element: u16, vr: &str, value: &[u8]) {
        self.0.extend(group.to_le_bytes());
        self.0.extend(element.to_le_bytes());
        self.0.extend(vr.as_bytes());
        let length = value.len() + value.len() % 2;
        if matches!(vr, "OB" | "OW" | "UN" | "UT" | "SQ") {
            self.0.extend([0, 0]);
            self.0.extend((length as u32).to_le_bytes());
        } else {
            self.0.extend((length as u16).to_le_bytes());
        }
        self.0.extend(value);
        if value.len() % 2 == 1 {
            self.0.push(if vr == "UI" || vr == "OB" { 0 } else { b' ' });
        }
    }

    fn text(&mut self, group: u16, element: u16, vr: &str, value: &str) {
        self.put(group, element, vr, value.as_bytes());
    }

    fn short(&mut self, group: u16, element: u16, value: usize) {
        self.put(group, element, "US", &(value as u16).to_le_bytes());
    }
}

/// The whole file. `number` is the case's number, `remark` goes into Image Comments.
pub fn file(slice: &Slice, seed: u64, number: usize, remark: &str) -> Vec<u8> {
    let instance = uid(seed, 1);
    let mut meta = Elements::default();
    meta.put(0x0002, 0x0001, "OB", &[0, 1]);
    meta.text(0x0002, 0x0002, "UI", MR_IMAGE_STORAGE);
    meta.text(0x0002, 0x0003, "UI", &instance);
    meta.text(0x0002, 0x0010, "UI", EXPLICIT_VR_LITTLE_ENDIAN);
    meta.text(0x0002, 0x0012, "UI", &uid(0, 0));
    meta.text(0x0002, 0x0013, "SH", "PHANTOM 1");

    let mut bytes = vec![0; 128];
    bytes.extend(b"DICM");
    let mut length = Elements::default();
    length.put(0x0002, 0x0000, "UL", &(meta.0.len() as u32).to_le_bytes());
    bytes.extend(length.0);
    bytes.extend(meta.0);
    bytes.extend(data_set(slice, seed, number, &instance, remark).0);
    bytes
}

fn data_set(slice: &Slice, seed: u64, number: usize, instance: &str, remark: &str) -> Elements {
    let mut set = Elements::default();
    set.text(0x0008, 0x0008, "CS", "DERIVED\\PRIMARY\\OTHER");
    set.text(0x0008, 0x0016, "UI", MR_IMAGE_STORAGE);
    set.text(0x0008, 0x0018, "UI", instance);
    for (element, vr) in [(0x0020, "DA"), (0x0030, "TM"), (0x0050, "SH")] {
        set.text(0x0008, element, vr, "");
    }
    set.text(0x0008, 0x0060, "CS", "MR");
    set.text(0x0008, 0x0070, "LO", "Synthetic phantom");
    set.text(0x0008, 0x0090, "PN", "");
    set.text(0x0008, 0x1030, "LO", "Drawn, not scanned: no person");
    set.text(0x0008, 0x103E, "LO", "Axial T1-like phantom");
    set.text(0x0010, 0x0010, "PN", &format!("Phantom^Case {number:02}"));
    set.text(0x0010, 0x0020, "LO", &format!("PHANTOM-{number:02}"));
    set.text(0x0010, 0x0030, "DA", "");
    set.text(0x0010, 0x0040, "CS", "O");
    set.text(0x0018, 0x0015, "CS", "BRAIN");
    set.text(0x0018, 0x0020, "CS", "RM");
    set.text(0x0018, 0x0021, "CS", "NONE");
    set.text(0x0018, 0x0022, "CS", "");
    set.text(0x0018, 0x0023, "CS", "2D");
    set.text(0x0018, 0x0050, "DS", "1");
    set.text(0x0018, 0x0080, "DS", "");
    set.text(0x0018, 0x0081, "DS", "");
    set.text(0x0018, 0x0091, "IS", "");
    set.text(0x0018, 0x5100, "CS", "HFS");
    set.text(0x0020, 0x000D, "UI", &uid(seed, 2));
    set.text(0x0020, 0x000E, "UI", &uid(seed, 3));
    set.text(0x0020, 0x0010, "SH", &number.to_string());
    set.text(0x0020, 0x0011, "IS", "1");
    set.text(0x0020, 0x0013, "IS", "1");
    // Centre of the first pixel, the head centred at the origin.
    let corner = |count: usize| 0.5 - count as f32 / 2.0;
    set.text(0x0020, 0x0032, "DS", &format!("{}\\{}\\0", corner(COLS), corner(ROWS)));
    set.text(0x0020, 0x0037, "DS", "1\\0\\0\\0\\1\\0");
    set.text(0x0020, 0x0052, "UI", &uid(seed, 4));
    set.text(0x0020, 0x1040, "LO", "");
    set.text(0x0020, 0x4000, "LT", remark);
    pixels(&mut set, slice);
    set
}

/// Groups 0028 and 7FE0.
fn pixels(set: &mut Elements, slice: &Slice) {
    set.short(0x0028, 0x0002, 1);
    set.text(0x0028, 0x0004, "CS", "MONOCHROME2");
    set.short(0x0028, 0x0010, ROWS);
    set.short(0x0028, 0x0011, COLS);
    set.text(0x0028, 0x0030, "DS", "1\\1");
    set.short(0x0028, 0x0100, 16);
    set.short(0x0028, 0x0101, 12);
    set.short(0x0028, 0x0102, 11);
    set.short(0x0028, 0x0103, 0);
    set.text(0x0028, 0x1050, "DS", &slice.window_center.to_string());
    set.text(0x0028, 0x1051, "DS", &slice.window_width.to_string());
    set.text(0x0028, 0x1052, "DS", &slice.intercept.to_string());
    set.text(0x0028, 0x1053, "DS", &slice.slope.to_string());
    set.text(0x0028, 0x1054, "LO", "US");
    let bytes: Vec<u8> = slice.stored.iter().flat_map(|stored| stored.to_le_bytes()).collect();
    set.put(0x7FE0, 0x0010, "OW", &bytes);
}

//! Compressed frames against known pictures. Streams were written by imagecodecs 2026.3.6 (libjpeg-turbo, CharLS,
//! OpenJPEG 2.5.4, OpenJPH 0.26.3, libjxl); the pictures are formulas, so that no second decoder is needed.

use super::*;

const ROWS: u16 = 6;
const COLS: u16 = 9;

fn ramp(x: u32, y: u32) -> u32 {
    x * 37 + y * 91 + (x * y) % 5
}

fn picture<T>(value: impl Fn(u32) -> T) -> Vec<T> {
    (0..u32::from(ROWS)).flat_map(|y| (0..u32::from(COLS)).map(move |x| ramp(x, y))).map(value).collect()
}

fn gray12() -> Vec<u16> {
    picture(|value| ((value * 5) & 4095) as u16)
}

fn gray16() -> Vec<u16> {
    picture(|value| ((value * 211) & 65535) as u16)
}

fn colour8() -> Vec<u8> {
    picture(|value| value as u8).into_iter().flat_map(|value| [value, 255 - value, value / 2]).collect()
}

pub(super) fn hex(text: &str) -> Vec<u8> {
    text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn gray_fixture(bits: u16, syntax: &'static str, stream: &[u8]) -> Fixture {
    Fixture::gray(ROWS, COLS, 16, bits, false).fragments(syntax, &[], &[stream])
}

#[test]
fn lossless_jpeg() {
    let fixture = gray_fixture(12, "1.2.840.10008.1.2.4.57", &hex(JPEG_LOSSLESS_12));
    assert_eq!(fixture.stored(), StoredValues::U16(gray12()));
    let fixture =
        Fixture::colour(ROWS, COLS, "RGB").fragments("1.2.840.10008.1.2.4.57", &[], &[&hex(JPEG_LOSSLESS_RGB)]);
    assert_eq!(fixture.rgb(), colour8());
}

#[test]
fn jpeg_ls() {
    let fixture = gray_fixture(12, "1.2.840.10008.1.2.4.80", &hex(JPEG_LS_12));
    assert_eq!(fixture.stored(), StoredValues::U16(gray12()));
    let fixture = Fixture::colour(ROWS, COLS, "RGB").fragments("1.2.840.10008.1.2.4.80", &[], &[&hex(JPEG_LS_RGB)]);
    assert_eq!(fixture.rgb(), colour8());
    let near = gray_fixture(16, "1.2.840.10008.1.2.4.81", &hex(JPEG_LS_NEAR_3)).gray_values();
    assert!(near.iter().zip(gray16()).all(|(near, exact)| (near - f32::from(exact)).abs() <= 3.0));
    let cut = hex(JPEG_LS_12);
    let error = gray_fixture(12, "1.2.840.10008.1.2.4.80", &cut[..120]).open().unwrap().source.frame(0).unwrap_err();
    assert!(error.to_string().contains("no end marker"), "{error}");
}

#[test]
fn jpeg_2000_and_its_high_throughput_form() {
    let fixture = gray_fixture(12, "1.2.840.10008.1.2.4.90", &hex(JPEG_2000_12));
    assert_eq!(fixture.stored(), StoredValues::U16(gray12()));
    let fixture = gray_fixture(16, "1.2.840.10008.1.2.4.201", &hex(HTJ2K_16));
    assert_eq!(fixture.stored(), StoredValues::U16(gray16()));
}

#[test]
fn jpeg_xl() {
    let fixture = gray_fixture(16, "1.2.840.10008.1.2.4.110", &hex(JPEG_XL_16));
    assert_eq!(fixture.stored(), StoredValues::U16(gray16()));
}

#[test]
fn jpeg_with_halved_colours() {
    // Pixels as pydicom 3.0.2 with python-gdcm 3.2.6 gives them.
    let fixture = Fixture::colour(16, 16, "YBR_FULL_422").fragments("1.2.840.10008.1.2.4.50", &[], &[&hex(JPEG_420)]);
    let rgb = fixture.rgb();
    let pixel = |row: usize, col: usize| &rgb[(row * 16 + col) * 3..][..3];
    assert_eq!([pixel(0, 0), pixel(0, 15), pixel(7, 8)], [[3, 2, 80], [212, 8, 93], [120, 104, 88]]);
    assert_eq!([pixel(15, 0), pixel(15, 15), pixel(3, 11)], [[13, 216, 88], [223, 223, 99], [167, 46, 91]]);
    let sum = |channel: usize| rgb.iter().skip(channel).step_by(3).map(|value| u32::from(*value)).sum::<u32>();
    assert_eq!([sum(0), sum(1), sum(2)], [28975, 28737, 23055]);
}

#[test]
fn a_stream_of_another_size_is_refused_before_it_is_decoded() {
    for (syntax, stream) in STREAMS {
        let fixture = Fixture::gray(ROWS, COLS + 1, 16, 16, false).fragments(syntax, &[], &[&hex(stream)]);
        let error = fixture.open().unwrap().source.frame(0).unwrap_err().to_string();
        assert!(error.contains("the header says 6 x 10"), "{syntax}: {error}");
    }
}

#[test]
fn run_length_frames_and_ybr_inside_them() {
    let rle = |segments: &[&[u8]]| {
        let mut frame = vec![0; 64];
        frame[0] = segments.len() as u8;
        for (index, segment) in segments.iter().enumerate() {
            let offset = frame.len() as u32;
            frame[4 + index * 4..8 + index * 4].copy_from_slice(&offset.to_le_bytes());
            frame.extend(*segment);
        }
        frame
    };
    let words = rle(&[&[2, 0x01, 0x02, 0xF3], &[254, 0x44]]);
    let fixture = Fixture::gray(1, 3, 16, 16, false).fragments("1.2.840.10008.1.2.5", &[], &[&words]);
    assert_eq!(fixture.stored(), StoredValues::U16(vec![0x0144, 0x0244, 0xF344]));
    let signed = Fixture::gray(1, 3, 16, 12, true).fragments("1.2.840.10008.1.2.5", &[], &[&words]);
    assert_eq!(signed.stored(), StoredValues::I16(vec![0x144, 0x244, 0x344]));
    let ybr = rle(&[&[1, 76, 29], &[1, 85, 255], &[1, 255, 107]]);
    let fixture = Fixture::colour(1, 2, "YBR_FULL").fragments("1.2.840.10008.1.2.5", &[], &[&ybr]);
    assert_eq!(fixture.rgb(), [254, 0, 0, 0, 0, 254]);
}

#[test]
fn frames_in_several_fragments() {
    let stream = hex(JPEG_LOSSLESS_12);
    let (front, back) = stream.split_at(60);
    let picture = Fixture::gray(ROWS, COLS, 16, 12, false).text(0x0028_0008, "IS", "2");
    let syntax = "1.2.840.10008.1.2.4.70";
    let parts: [&[u8]; 4] = [front, back, front, back];
    let second = (8 + front.len() + 8 + back.len()) as u32;
    for offsets in [&[][..], &[0, second]] {
        let source = picture.clone().fragments(syntax, offsets, &parts).open().unwrap().source;
        assert_eq!(gray(&source, 1), gray12().iter().map(|value| f32::from(*value)).collect::<Vec<_>>());
    }
    let extended: Vec<u8> = [0, u64::from(second)].iter().flat_map(|offset| offset.to_le_bytes()).collect();
    let source = picture.bytes(0x7FE0_0001, "OV", &extended).fragments(syntax, &[], &parts).open().unwrap().source;
    assert_eq!(gray(&source, 0), gray(&source, 1));
}

/// Grey streams of 6 x 9 samples under their syntaxes.
pub(super) const STREAMS: [(&str, &str); 5] = [
    ("1.2.840.10008.1.2.4.57", JPEG_LOSSLESS_12),
    ("1.2.840.10008.1.2.4.80", JPEG_LS_12),
    ("1.2.840.10008.1.2.4.90", JPEG_2000_12),
    ("1.2.840.10008.1.2.4.201", HTJ2K_16),
    ("1.2.840.10008.1.2.4.110", JPEG_XL_16),
];

/// Predictor 6, 12 bits.
const JPEG_LOSSLESS_12: &str = "\
    ffd8ffe000104a46494600010100000100010000ffc3000b0c0006000901011100ffc4001600010101000000000000000000\
    0000000008090cffda0008010100060000cffeb95cae572b95cae57371dd2eb773c1b4e975bbae3ba5d6d572399d2eb6adc7\
    74b49f4d7733a5a4fab8ee975b55c8e674badab71da0df70b91ccd06fb87ffd9";

/// Predictor 4, red, green and blue in one scan.
const JPEG_LOSSLESS_RGB: &str = "\
    ffd8ffee000e41646f626500640000000000ffc30011080006000903521100471100421100ffc4001c000001040301000000\
    0000000000000000010306070800020905ffda000c03520047004200040000aff3fd7f72b6bd272b6bd372b6bd272b6bd372\
    b6bd272b6bd3a4976e1172b6bd396e24769048c20919cfbe8257e233a03cfeb02464b7123b88ca017fe004d4d48ce80f3fac\
    01048c4d4d6ad5a58b0837f281cfcb23ba6a6a412339f7d04afab23bcb7123b88c2313535a017fe0023083d01e7f5814d4d6\
    5b891da9a82805ff00afe41e80f3fac0105353420919ffd9";

/// 12 bits.
const JPEG_LS_12: &str = "\
    ffd8ffe800205350494646000200000100000006000000090a1006010000012c0000012cffe8000800000001ffd8fff7000b\
    100006000901011100fff8000d01ffff0012004301140040ffda0008010100000000ab8d71ae35bf6ddaf69d9fc757caf5bc\
    6eda16e5b857cf1dbc6eda16e49f2dcb6552f18ba280b82789d2d49b719e29704f13a4e13659932d8bc42749c26c9a264982\
    5db500ffd9";

/// Sample-interleaved colours.
const JPEG_LS_RGB: &str = "\
    ffd8ffe800205350494646000200000300000006000000090a0806010000012c0000012cffe8000800000001ffd8fff70011\
    080006000903011100021100031100ffda000c030100020003000002004e0000300001911595002959525292c4a4e5c8494c\
    10919900880000a9c00a0000036a0000036a000006000010a8018a098a121112207c419300002b6c3c1d800000574000042a\
    006044600000015bedd1072e007eebfe582b8e376cc5ab45e207c409c4c04ffa9948699315ead5ab54d36f3ce162c01788a6\
    542995baeac5d754baecaeb005ac9bf542995881f101d0e16aaa2b244835fe9e4e284d30034d3629a6b0f9e3c0ffd9";

/// 16 bits, errors of up to 3.
const JPEG_LS_NEAR_3: &str = "\
    ffd8ffe800205350494646000200000100000006000000090a1006010000012c0000012cffe8000800000001ffd8fff7000b\
    100006000901011100fff8000d01ffff001b005201290040ffda00080101000300008036a01b725a92d496a4b325a92cc000\
    016e00f913d09e44f27c427a4f27c0ad892e49620012613b000006b1258010035a92d8ef39cd3041d25a107456a35c55aa43\
    b21d10ec8744d121e1e2ab722c11608b045722c9e4a5c12d80ffd9";

/// Reversible, 12 bits.
const JPEG_2000_12: &str = "\
    ff4fff5100290000000000090000000600000000000000000000000900000006000000000000000000010b0101ff52000c00\
    000001000004040001ff5c00044060ff640025000143726561746564206279204f70656e4a5045472076657273696f6e2032\
    2e352e34ff90000a0000000000600001ff93dfe13c122aba9f9cb15bbbac43f19c5db0d0ef49a847370ab60b91173c83d4f2\
    34fad690ead432ac08310a304aa03106fbff31d0b2cb2f58820d933dee44b0479f304adce509e8130eaaae2bc6ff6109554f\
    ffd9";

/// Reversible, 16 bits.
const HTJ2K_16: &str = "\
    ff4fff5100294000000000090000000600000000000000000000000900000006000000000000000000010f0101ff50000800\
    020000000aff52000c00020001000504044001ff5c00132088909090909090909090909090888888ff64001700014f70656e\
    4a50482056657220302e32362e332eff90000a0000000000d20001ff93c00026f3fd0307740000c000130054fa03077400c0\
    0013400015100004c0dee004077400b0a577a6014234004cfd03077400c0001590000564000150361d4f4e0a8804f5014294\
    009672d5ab00f200a903d17600f6ebd8f505017400c0002dc80005d440002d907bbf7b1ff89ebdcfb51f040ee2186fce7331\
    5c0cfd04fb8e8000570006817b1f1ac43c48e63c0e82e53ccef91182e4270d20c5aa1adf6825fe00582e7dcb1bd290005b00\
    effdf7bee73cf7fe83003adfc1f7beff7f1619f684000cb800ffd9";

/// Lossless, 16 bits.
const JPEG_XL_16: &str = "\
    0000000c4a584c200d0a870a00000014667479706a786c20000000006a786c20000000096a786c6c0a0000008d6a786c63ff\
    0a2840fc00458b08040100dc014b188b15420a50cf03d8bea49d873fc79fe3cff1e7f873fc39fe1c7f2ef30ea907b5402b30\
    1f07cd4de33640f557d6eb3a873af4de285afbabd715d44b08292067ddbc0e84f33755d5c24551d5d84290cd38db943a837a\
    11fc046b0fa9bd54cba1a7c4a672baebf8f3e1f76131fa1b30ac041588486c25";

/// 16 x 16 with colours halved both ways: red grows along x, green along y.
pub(super) const JPEG_420: &str = "\
    ffd8ffe000104a46494600010100000100010000ffdb004300080606070605080707070909080a0c140d0c0b0b0c1912130f\
    141d1a1f1e1d1a1c1c20242e2720222c231c1c2837292c30313434341f27393d38323c2e333432ffdb0043010909090c0b0c\
    180d0d1832211c21323232323232323232323232323232323232323232323232323232323232323232323232323232323232\
    3232323232323232ffc00011080010001003012200021101031101ffc4001500010100000000000000000000000000000607\
    ffc4001810000203000000000000000000000000000004052231ffc4001501010100000000000000000000000000000204ff\
    c400191100020301000000000000000000000000000504213161ffda000c03010002110311003f009c230995122309951123\
    0995122309952594d3a242e72cffd9";

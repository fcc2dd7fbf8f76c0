//! What the crate does off WebAssembly. That it speaks with a real host is shown by
//! the conformance suite in examples/guests.

use crate::job::bytes_of;
use crate::*;

/// The example of docs/formats/frame.md.
const PUBLISHED: [u8; 224] = [
    0x59, 0x42, 0x46, 0x31, 2, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, //
    1, 0, 0, 1, 1, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, //
    0xa0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0xb0, 0, 0, 0, 0, 0, 0, 0, //
    0, 0, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0xd0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, //
    0x6e, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, //
    7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x73, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, //
    0, 0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0x61, 0xe5, 0xbd, 0xb1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
];

fn published() -> Vec<u64> {
    let (mut n, mut s) = (Values::integer("n"), Values::text("s"));
    n.push(7);
    n.push_null();
    s.push("a");
    s.push("影");
    encode(&[&n, &s]).unwrap()
}

#[test]
fn published_bytes() {
    let words = published();
    assert_eq!(bytes_of(&words), PUBLISHED);
    let f = Frame::parse(bytes_of(&words)).unwrap();
    let (n, s) = (f.column("n").unwrap(), f.column("s").unwrap());
    assert!(!n.is_null(0) && n.is_null(1) && n.ints().unwrap() == [7, 0]);
    assert_eq!((s.text(0), s.text(1), n.text(0)), ("a", "影", ""));
    assert!(n.floats().is_err() && s.ints().is_err() && n.dates().is_err() && n.bools().is_err() && f.column("x").is_err());
}

#[test]
fn broken_frames() {
    let words = published();
    let whole = bytes_of(&words);
    for n in 0..whole.len() {
        assert!(Frame::parse(&whole[..n]).is_err(), "the first {n} bytes are a frame");
    }
    // Any byte of header and directory may be anything: nothing is read out of bounds.
    for i in 0..128 {
        for v in [0, 1, 7, 0x7f, 0xff] {
            let mut b = words.clone();
            b[i / 8] = b[i / 8] & !(0xff << (8 * (i % 8))) | v << (8 * (i % 8));
            if let Ok(f) = Frame::parse(bytes_of(&b)) {
                for c in &f.columns {
                    (0..f.rows).for_each(|r| assert!(c.is_null(r) || c.text(r).len() <= c.bytes(r).len()));
                }
            }
        }
    }
}

#[test]
fn tables_that_make_no_frame() {
    let (mut one, none) = (Values::integer("a"), Values::integer("b"));
    one.push(1);
    let mut digits = Values::decimal("a", 3, 1);
    digits.push(1000);
    assert!(encode(&[&one, &none]).is_err());
    assert!(encode(&[&digits]).is_err());
    assert!(encode(&[&Values::decimal("a", 19, 1)]).is_err());
    assert!(encode(&[&Values::decimal("a", 3, 4)]).is_err());
}

fn twice(j: &Job) -> Result<()> {
    let mut rows = j.input("rows")?;
    for _ in 0..2 {
        rows.rewind()?;
        while let Some(f) = rows.next()? {
            j.log(f.columns[0].name);
        }
    }
    assert_eq!(j.query("select 1").err(), Some(Error::Denied));
    let mut n = Values::integer("n");
    n.push(2);
    j.emit("out", &[&n])
}

#[test]
fn trials() {
    let given = Given { name: "rows".into(), kind: InputKind::Rows, frames: vec![published(), published()] };
    let done = trial(twice, vec![given]);
    assert_eq!(done.result, Ok(()));
    assert_eq!(done.log.len(), 4);
    assert_eq!(done.emitted[0].frame().column("n").unwrap().ints().unwrap(), [2]);
    assert!(trial(twice, vec![]).result.is_err());
    let done = trial_map(|s| s.record(1, s.inputs()?.len() as i64), vec![]);
    assert_eq!((done.result, done.record.get(&1), done.record.get(&0)), (Ok(()), Some(&0), None));
}

#[test]
fn decimals() {
    for (v, scale, text) in [(-1234, 2, "-12.34"), (5, 3, "0.005"), (0, 0, "0"), (i64::MIN, 0, "-9223372036854775808")] {
        assert_eq!(format_decimal(v, scale), text);
        if v != i64::MIN {
            assert_eq!(parse_decimal(text, scale), Ok(v));
        }
    }
    assert_eq!(parse_decimal("12.3", 2), Ok(1230));
    for wrong in ["", "-", "1.", ".5", "1.234", "+1", "1 ", "--1", "99999999999999999999"] {
        assert!(parse_decimal(wrong, 2).is_err(), "{wrong}");
    }
    assert_eq!(mul_div(5, 1, 2), Ok(2)); // halves to even
    assert_eq!(mul_div(-7, 1, 2), Ok(-4));
    assert_eq!(mul_div(i64::MAX, 1000, 1000), Ok(i64::MAX));
    assert!(mul_div(i64::MAX, 2, 1).is_err() && mul_div(1, 1, 0).is_err());
}

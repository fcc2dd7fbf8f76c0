use crate::frame::{ENTRY, HEADER, MAGIC};
use crate::job::bytes_of_mut;
use crate::{Kind, Result};
use std::marker::PhantomData;

/// A column that a job writes, row by row:
///
/// ```
/// use yingbi::Values;
/// let mut cost = Values::decimal("cost", 12, 2);
/// cost.push(1234); // 12.34
/// cost.push_null();
/// ```
///
/// All columns of a table must have the same number of values when it is emitted.
pub struct Values<T: ?Sized> {
    c: Builder,
    takes: PhantomData<T>,
}

/// The values as they will lie in the frame.
pub struct Builder {
    name: String,
    kind: Kind,
    precision: u8,
    scale: u8,
    rows: usize,
    nulls: Vec<usize>, // rows without a value
    offsets: Vec<u32>, // of text
    values: Vec<u8>,
    wrong: &'static str,
}

/// A column of any type, so that columns of several types make a table.
pub trait Written: private::Sealed {}

mod private {
    pub trait Sealed {
        fn column(&self) -> &super::Builder;
    }
}

impl<T: ?Sized> private::Sealed for Values<T> {
    fn column(&self) -> &Builder {
        &self.c
    }
}

impl<T: ?Sized> Written for Values<T> {}

impl<T: ?Sized> Values<T> {
    fn new(name: &str, kind: Kind) -> Self {
        let offsets = if kind == Kind::Text { vec![0] } else { Vec::new() };
        let c = Builder { name: name.into(), kind, precision: 0, scale: 0, rows: 0, nulls: Vec::new(), offsets, values: Vec::new(), wrong: "" };
        Values { c, takes: PhantomData }
    }

    /// Adds a row without a value.
    pub fn push_null(&mut self) {
        self.c.nulls.push(self.c.rows);
        self.put(&[0; 8][..self.c.kind.width()]);
    }

    /// The number of values so far, nulls included.
    pub fn rows(&self) -> usize {
        self.c.rows
    }

    fn put(&mut self, bytes: &[u8]) {
        self.c.values.extend_from_slice(bytes);
        self.c.rows += 1;
        if self.c.kind == Kind::Text {
            self.c.offsets.push(self.c.values.len() as u32);
        }
    }
}

impl Values<i64> {
    pub fn integer(name: &str) -> Self {
        Values::new(name, Kind::Integer)
    }

    /// Decimals: 1 ≤ precision ≤ 18, scale ≤ precision. The values are pushed
    /// scaled: 12.34 with scale 2 is 1234.
    pub fn decimal(name: &str, precision: u8, scale: u8) -> Self {
        let mut v = Values::new(name, Kind::Decimal);
        (v.c.precision, v.c.scale) = (precision, scale);
        if !(1..=18).contains(&precision) || scale > precision {
            v.c.wrong = "a decimal has a precision of 1 to 18 and a scale up to it";
        }
        v
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub fn timestamp(name: &str) -> Self {
        Values::new(name, Kind::Timestamp)
    }

    pub fn push(&mut self, v: i64) {
        if self.c.kind == Kind::Decimal && self.c.wrong.is_empty() && v.unsigned_abs() >= 10u64.pow(self.c.precision.into()) {
            self.c.wrong = "a value has more digits than its precision";
        }
        self.put(&v.to_le_bytes());
    }
}

impl Values<f64> {
    /// Doubles. Any NaN becomes the one NaN of a frame.
    pub fn double(name: &str) -> Self {
        Values::new(name, Kind::Double)
    }

    pub fn push(&mut self, v: f64) {
        let bits = if v.is_nan() { 0x7ff8_0000_0000_0000 } else { v.to_bits() };
        self.put(&bits.to_le_bytes());
    }
}

impl Values<i32> {
    /// Days since 1970-01-01.
    pub fn date(name: &str) -> Self {
        Values::new(name, Kind::Date)
    }

    pub fn push(&mut self, days: i32) {
        self.put(&days.to_le_bytes());
    }
}

impl Values<bool> {
    pub fn boolean(name: &str) -> Self {
        Values::new(name, Kind::Boolean)
    }

    pub fn push(&mut self, v: bool) {
        self.put(&[v.into()]);
    }
}

impl Values<str> {
    pub fn text(name: &str) -> Self {
        Values::new(name, Kind::Text)
    }

    pub fn push(&mut self, v: &str) {
        self.put(v.as_bytes());
    }
}

/// The frame of a table, in words so that it begins at a multiple of 8.
pub fn encode(columns: &[&dyn Written]) -> Result<Vec<u64>> {
    let rows = columns.first().map_or(0, |c| c.column().rows);
    let mut size = HEADER + ENTRY * columns.len();
    for c in columns.iter().map(|c| c.column()) {
        if !c.wrong.is_empty() {
            return Err(format!("yingbi: column {:?}: {}", c.name, c.wrong).into());
        }
        if c.rows != rows {
            return Err(format!("yingbi: column {:?} has {} values, the first column {rows}", c.name, c.rows).into());
        }
        size = c.sizes().iter().fold(size, |sum, part| sum.saturating_add(align(*part)));
    }
    if size > i32::MAX as usize {
        return Err("yingbi: the table has more bytes than a frame can".into());
    }
    let mut words = vec![0; size / 8];
    let b = bytes_of_mut(&mut words);
    b[..4].copy_from_slice(MAGIC);
    put(b, 4, columns.len() as u32);
    put(b, 8, rows as u32);
    put(b, 16, size as u32);
    let mut at = HEADER + ENTRY * columns.len();
    for (i, c) in columns.iter().enumerate() {
        at = c.column().encode(b, HEADER + ENTRY * i, at);
    }
    Ok(words)
}

fn align(size: usize) -> usize {
    (size + 15) & !15
}

/// Writes a number of 32 bits, or the lower half of one of 64.
fn put(b: &mut [u8], at: usize, v: u32) {
    b[at..at + 4].copy_from_slice(&v.to_le_bytes());
}

impl Builder {
    /// The bytes of name, validity, offsets and values.
    fn sizes(&self) -> [usize; 4] {
        let valid = if self.nulls.is_empty() { 0 } else { (self.rows + 7) / 8 };
        [self.name.len(), valid, 4 * self.offsets.len(), self.values.len()]
    }

    /// Fills in the column's entry and writes its buffers from `at` on; gives
    /// where they end.
    fn encode(&self, b: &mut [u8], entry: usize, mut at: usize) -> usize {
        b[entry..entry + 4].copy_from_slice(&[self.kind as u8, self.precision, self.scale, !self.nulls.is_empty() as u8]);
        put(b, entry + 4, self.name.len() as u32);
        put(b, entry + 40, self.values.len() as u32);
        for (i, size) in self.sizes().into_iter().enumerate() {
            if size == 0 && i != 3 {
                continue; // the column does not have it
            }
            put(b, entry + 8 + 8 * i, at as u32);
            let to = &mut b[at..at + size];
            match i {
                0 => to.copy_from_slice(self.name.as_bytes()),
                1 => self.write_valid(to),
                2 => self.offsets.iter().enumerate().for_each(|(n, v)| put(to, 4 * n, *v)),
                _ => to.copy_from_slice(&self.values),
            }
            at += align(size);
        }
        at
    }

    fn write_valid(&self, to: &mut [u8]) {
        (0..self.rows).for_each(|i| to[i / 8] |= 1 << (i % 8));
        self.nulls.iter().for_each(|i| to[i / 8] &= !(1 << (i % 8)));
    }
}

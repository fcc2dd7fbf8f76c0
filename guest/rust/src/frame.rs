use crate::{Error, Result};
use std::{mem, slice};

/// The family of a column's type, as it stands in a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// i64
    Integer = 1,
    /// i64, scaled by 10^scale
    Decimal,
    /// f64
    Double,
    /// UTF-8
    Text,
    /// i32, days since 1970-01-01
    Date,
    /// i64, microseconds since 1970-01-01T00:00:00Z
    Timestamp,
    /// one byte, 0 or 1
    Boolean,
}

impl Kind {
    fn of(b: u8) -> Option<Kind> {
        use Kind::*;
        [Integer, Decimal, Double, Text, Date, Timestamp, Boolean].into_iter().find(|k| *k as u8 == b)
    }

    /// Bytes of one value; 0 for text.
    pub(crate) fn width(self) -> usize {
        match self {
            Kind::Integer | Kind::Decimal | Kind::Double | Kind::Timestamp => 8,
            Kind::Date => 4,
            Kind::Boolean => 1,
            Kind::Text => 0,
        }
    }
}

pub(crate) const MAGIC: &[u8] = b"YBF1";
pub(crate) const HEADER: usize = 32;
pub(crate) const ENTRY: usize = 48;

/// A part of a table: columns of `rows` values each, in the memory that it was
/// parsed from.
#[derive(Clone, Debug)]
pub struct Frame<'a> {
    pub rows: usize,
    pub columns: Vec<Column<'a>>,
}

/// One column of a frame.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    pub name: &'a str,
    pub kind: Kind,
    /// of a decimal
    pub precision: u8,
    /// of a decimal
    pub scale: u8,
    valid: Option<&'a [u8]>,
    offsets: &'a [u32],
    values: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Reads a frame where it lies, without copying. The bytes must begin at a
    /// multiple of 8, as a `Vec<u64>` does. Everything is checked to lie inside
    /// them; the host's checks of the values are not repeated.
    pub fn parse(b: &'a [u8]) -> Result<Frame<'a>> {
        let broken = || Error::from("yingbi: the bytes are no frame");
        if b.len() < HEADER || !b.starts_with(MAGIC) || b.as_ptr() as usize % 8 != 0 {
            return Err(broken());
        }
        let (columns, rows, size) = (u32_at(b, 4) as usize, u64_at(b, 8), u64_at(b, 16));
        if size != b.len() as u64 || rows > size || columns > (b.len() - HEADER) / ENTRY {
            return Err(broken());
        }
        let parsed = (0..columns).map(|i| Column::parse(b, HEADER + ENTRY * i, rows as usize));
        let columns = parsed.collect::<Option<Vec<_>>>().ok_or_else(broken)?;
        Ok(Frame { rows: rows as usize, columns })
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Result<Column<'a>> {
        let found = self.columns.iter().find(|c| c.name == name);
        found.copied().ok_or_else(|| format!("yingbi: the input has no column {name:?}").into())
    }
}

fn u32_at(b: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(b[at..at + 4].try_into().unwrap())
}

fn u64_at(b: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(b[at..at + 8].try_into().unwrap())
}

/// A position and length of the frame as a slice, if it lies inside.
fn part(b: &[u8], field: usize, size: u64) -> Option<&[u8]> {
    let at = u64_at(b, field);
    let end = at.checked_add(size)?;
    if at % 8 != 0 || end > b.len() as u64 {
        return None;
    }
    Some(&b[at as usize..end as usize])
}

/// Aligned little-endian bytes as numbers. wasm is little-endian, and so is every
/// machine that jobs are tested on.
fn numbers<T: Copy>(b: &[u8]) -> &[T] {
    assert_eq!(b.as_ptr() as usize % mem::align_of::<T>(), 0);
    // SAFETY: the memory is initialised, aligned as just seen, and borrowed; T is
    // one of i64, f64, i32, u32, of which every pattern of bits is a value.
    unsafe { slice::from_raw_parts(b.as_ptr().cast(), b.len() / mem::size_of::<T>()) }
}

impl<'a> Column<'a> {
    fn parse(b: &'a [u8], entry: usize, rows: usize) -> Option<Column<'a>> {
        let kind = Kind::of(b[entry])?;
        let name = part(b, entry + 8, u32_at(b, entry + 4).into())?;
        let size = u64_at(b, entry + 40);
        let mut c = Column {
            name: std::str::from_utf8(name).ok()?,
            kind,
            precision: b[entry + 1],
            scale: b[entry + 2],
            valid: None,
            offsets: &[],
            values: part(b, entry + 32, size)?,
        };
        if b[entry + 3] == 1 {
            c.valid = Some(part(b, entry + 16, (rows as u64 + 7) / 8)?);
        }
        if kind != Kind::Text {
            return (size == rows as u64 * kind.width() as u64).then_some(c);
        }
        c.offsets = numbers(part(b, entry + 24, 4 * (rows as u64 + 1))?);
        let rising = c.offsets.windows(2).all(|w| w[0] <= w[1]);
        (rising && u64::from(c.offsets[rows]) <= size).then_some(c)
    }

    /// Whether row i has no value. A null's value reads as zero.
    pub fn is_null(&self, i: usize) -> bool {
        self.valid.map_or(false, |valid| valid[i >> 3] >> (i & 7) & 1 == 0)
    }

    /// The values of an integer, decimal (scaled) or timestamp column.
    pub fn ints(&self) -> Result<&'a [i64]> {
        self.only(&[Kind::Integer, Kind::Decimal, Kind::Timestamp]).map(numbers)
    }

    /// The values of a double column.
    pub fn floats(&self) -> Result<&'a [f64]> {
        self.only(&[Kind::Double]).map(numbers)
    }

    /// The values of a date column, in days since 1970-01-01.
    pub fn dates(&self) -> Result<&'a [i32]> {
        self.only(&[Kind::Date]).map(numbers)
    }

    /// The values of a boolean column, each 0 or 1.
    pub fn bools(&self) -> Result<&'a [u8]> {
        self.only(&[Kind::Boolean])
    }

    /// The text of row i; other columns than text have none.
    pub fn text(&self, i: usize) -> &'a str {
        std::str::from_utf8(self.bytes(i)).unwrap_or_default()
    }

    /// The bytes of the text of row i, without the check that `text` makes.
    pub fn bytes(&self, i: usize) -> &'a [u8] {
        match self.kind {
            Kind::Text => &self.values[self.offsets[i] as usize..self.offsets[i + 1] as usize],
            _ => &[],
        }
    }

    fn only(&self, kinds: &[Kind]) -> Result<&'a [u8]> {
        if kinds.contains(&self.kind) {
            return Ok(self.values);
        }
        Err(format!("yingbi: column {:?} is of kind {:?}; it was asked for as {:?}", self.name, self.kind, kinds[0]).into())
    }
}

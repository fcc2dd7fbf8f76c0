//! classify is a mapping in Rust: what the free-text notes of one person are about, by a
//! linear classifier that was trained elsewhere. It sees that person's rows of the input
//! notes (note) and sets
//!
//!   0 class  0 follow-up, 1 emergency, 2 chronic; null where none is ahead of the others
//!   1 notes  0 to 100, those that are not null
//!
//! The weights stand in weights.rs as their exporter wrote them: the module computes, and
//! holds nothing that it learnt from this domain.

use weights::{CLASSES, SLOTS, WEIGHTS};
use yingbi::{Kind, Result, Subject};

mod weights;

yingbi::map!(classify);

const CLASS: i32 = 0;
const NOTES: i32 = 1;
const MOST: i64 = 100; // of the field notes

fn classify(s: &Subject) -> Result<()> {
    let mut sum = Sum([0; CLASSES]);
    let mut notes = 0;
    let mut input = s.input("notes")?;
    while let Some(frame) = input.next()? {
        let note = frame.column("note")?;
        if note.kind != Kind::Text {
            return Err("the column note is no text".into());
        }
        for row in (0..frame.rows).filter(|&row| !note.is_null(row)) {
            notes += 1;
            sum.add(note.text(row));
        }
    }
    if let Some(class) = sum.best() {
        s.record(CLASS, class as i64)?;
    }
    s.record(NOTES, notes.min(MOST))
}

/// Weights of bigrams, added up for each class.
struct Sum([i64; CLASSES]);

impl Sum {
    /// Adds two letters or digits at a time; anything else stands between bigrams.
    fn add(&mut self, note: &str) {
        let mut last = None;
        for c in note.chars().map(folded) {
            if !c.is_alphanumeric() {
                last = None;
                continue;
            }
            if let Some(before) = last {
                let slot = slot(before, c);
                (0..CLASSES).for_each(|class| self.0[class] += i64::from(WEIGHTS[class][slot]));
            }
            last = Some(c);
        }
    }

    /// The class that is ahead of all others.
    fn best(&self) -> Option<usize> {
        (0..CLASSES).find(|&class| (0..CLASSES).all(|other| other == class || self.0[other] < self.0[class]))
    }
}

/// Full-width forms as ASCII, and capitals as small letters, as in the training.
fn folded(c: char) -> char {
    let c = match c {
        '！'..='～' => char::from((c as u32 - 0xfee0) as u8),
        _ => c,
    };
    c.to_ascii_lowercase()
}

/// The place of a bigram in the table: the upper 8 bits of a multiplicative hash.
fn slot(a: char, b: char) -> usize {
    let word = (a as u32).wrapping_mul(31).wrapping_add(b as u32);
    (word.wrapping_mul(0x9e37_79b1) >> 24) as usize % SLOTS
}

//! The host of a job under test: the same calls over tables that the test makes.

use crate::job::bytes_of;
use crate::{Frame, InputKind, Job, Result, Subject};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// An input of a job under test: frames as [`crate::encode`] makes them, at least
/// one.
#[derive(Clone)]
pub struct Given {
    pub name: String,
    pub kind: InputKind,
    pub frames: Vec<Vec<u64>>,
}

/// A table that a job under test emitted.
pub struct Emitted {
    pub output: String,
    words: Vec<u64>,
}

impl Emitted {
    pub fn frame(&self) -> Frame<'_> {
        Frame::parse(bytes_of(&self.words)).expect("a frame is read before it is kept")
    }
}

/// What a job under test did.
pub struct Tried {
    pub result: Result<()>,
    pub emitted: Vec<Emitted>,
    pub log: Vec<String>,
    /// fields of the record, of a mapping
    pub record: BTreeMap<i32, i64>,
}

/// Runs a job over inputs that a test makes. It knows no SQL and no budgets, and
/// accepts any output.
pub fn trial(job: fn(&Job) -> Result<()>, inputs: Vec<Given>) -> Tried {
    attempt(|| job(&Job::new()), inputs)
}

/// Runs a mapping for a subject whose rows a test makes. It accepts any field and
/// value.
pub fn trial_map(mapping: fn(&Subject) -> Result<()>, inputs: Vec<Given>) -> Tried {
    attempt(|| mapping(&Subject::new()), inputs)
}

fn attempt(run: impl FnOnce() -> Result<()>, inputs: Vec<Given>) -> Tried {
    TRIAL.with(|t| *t.borrow_mut() = Trial { next: vec![0; inputs.len()], given: inputs, ..Trial::default() });
    let result = run();
    let t = TRIAL.with(|t| t.take());
    Tried { result, emitted: t.emitted, log: t.log, record: t.record }
}

thread_local!(static TRIAL: RefCell<Trial> = RefCell::new(Trial::default()));

#[derive(Default)]
struct Trial {
    given: Vec<Given>,
    next: Vec<usize>, // the frame of each input that comes next
    emitted: Vec<Emitted>,
    log: Vec<String>,
    record: BTreeMap<i32, i64>,
}

/// Asks the trial, about one of its inputs.
fn ask(input: i32, answer: impl FnOnce(&mut Trial, usize) -> i32) -> i32 {
    TRIAL.with(|t| {
        let t = &mut *t.borrow_mut();
        match usize::try_from(input) {
            Ok(i) if i < t.given.len() => answer(t, i),
            _ => -1,
        }
    })
}

fn copy(from: &[u8], to: &mut [u8]) -> i32 {
    if from.len() > to.len() {
        return -3;
    }
    to[..from.len()].copy_from_slice(from);
    from.len() as i32
}

pub fn inputs() -> i32 {
    TRIAL.with(|t| t.borrow().given.len() as i32)
}

pub fn input_kind(input: i32) -> i32 {
    ask(input, |t, i| t.given[i].kind as i32)
}

pub fn input_name(input: i32, to: &mut [u8]) -> i32 {
    ask(input, |t, i| copy(t.given[i].name.as_bytes(), to))
}

pub fn input_next(input: i32) -> i32 {
    ask(input, |t, i| t.given[i].frames.get(t.next[i]).map_or(0, |f| 8 * f.len() as i32))
}

pub fn input_read(input: i32, to: &mut [u8]) -> i32 {
    ask(input, |t, i| match t.given[i].frames.get(t.next[i]) {
        Some(frame) => {
            t.next[i] += 1;
            copy(bytes_of(frame), to)
        }
        None => -4,
    })
}

pub fn input_rewind(input: i32) -> i32 {
    ask(input, |t, i| {
        t.next[i] = 0;
        0
    })
}

pub fn query(_: &str) -> i32 {
    -5
}

pub fn emit(name: &str, frame: &[u8]) -> i32 {
    if Frame::parse(frame).is_err() {
        return -1;
    }
    let words = frame.chunks_exact(8).map(|w| u64::from_le_bytes(w.try_into().unwrap())).collect();
    TRIAL.with(|t| t.borrow_mut().emitted.push(Emitted { output: name.into(), words }));
    0
}

pub fn log(text: &str) -> i32 {
    TRIAL.with(|t| t.borrow_mut().log.push(text.into()));
    0
}

pub fn record(field: i32, value: i64) -> i32 {
    TRIAL.with(|t| t.borrow_mut().record.insert(field, value));
    0
}

use crate::error::check;
use crate::{encode, host, Error, Frame, Result, Written};

/// The way to the host for one run.
pub struct Job(());

/// What an input carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputKind {
    /// masked rows of a granted view
    Rows,
    /// a table of the domain's, after disclosure control
    Finished,
    /// of a query
    Answer,
}

/// A table that the job may read: any number of times, front to back.
pub struct Input {
    /// "" for the answer of a query
    pub name: String,
    pub kind: InputKind,
    index: i32,
    words: Vec<u64>, // memory of the frame, so that it begins at a multiple of 8
}

/// The one person, enterprise … whose turn it is in a mapping. Nothing of another
/// one can be seen, and what a mapping keeps from one call to the next is lost or,
/// where it is not, fails the job: the domain runs such a mapping twice, with other
/// neighbours, and compares.
pub struct Subject(Job);

/// Runs a job and gives the result of `yb_run`: 0 when it succeeded. An error goes to
/// the log, and so does a panic, which then traps.
pub fn start(job: fn(&Job) -> Result<()>) -> i32 {
    finish(|| job(&Job::new()))
}

/// Runs a mapping for one subject and gives the result of `yb_map`: 0 when it has a
/// record.
pub fn start_map(mapping: fn(&Subject) -> Result<()>) -> i32 {
    finish(|| mapping(&Subject::new()))
}

fn finish(run: impl FnOnce() -> Result<()>) -> i32 {
    #[cfg(target_arch = "wasm32")]
    std::panic::set_hook(Box::new(|info| {
        host::log(&info.to_string());
    }));
    match run() {
        Ok(()) => 0,
        Err(error) => {
            host::log(&error.to_string());
            1
        }
    }
}

impl Job {
    pub(crate) fn new() -> Job {
        Job(())
    }

    /// The inputs: rows first, then finished tables.
    pub fn inputs(&self) -> Result<Vec<Input>> {
        (0..check(host::inputs())?).map(Input::open).collect()
    }

    /// The input of that name.
    pub fn input(&self, name: &str) -> Result<Input> {
        let found = self.inputs()?.into_iter().find(|i| i.name == name);
        found.ok_or_else(|| format!("yingbi: the job has no input {name:?}").into())
    }

    /// Runs one SELECT over the views and gives its answer as an input. Only a job
    /// whose manifest asks for SQL may call it.
    pub fn query(&self, sql: &str) -> Result<Input> {
        let index = check(host::query(sql))?;
        Ok(Input { name: String::new(), kind: InputKind::Answer, index, words: Vec::new() })
    }

    /// Hands a table out under the name of a declared output. What the host cannot
    /// accept (an undeclared name, a table over the limits) ends the run.
    pub fn emit(&self, output: &str, columns: &[&dyn Written]) -> Result<()> {
        let frame = encode(columns)?;
        check(host::emit(output, bytes_of(&frame))).map(drop)
    }

    /// Adds a line to the run's log. Nobody sees the log of a run over real rows
    /// before a person has decided so.
    pub fn log(&self, line: &str) {
        host::log(line);
    }
}

impl Subject {
    pub(crate) fn new() -> Subject {
        Subject(Job::new())
    }

    /// The inputs of the mapping. Each has this subject's rows alone, in one frame,
    /// if need be without rows.
    pub fn inputs(&self) -> Result<Vec<Input>> {
        self.0.inputs()
    }

    /// The input of that name.
    pub fn input(&self, name: &str) -> Result<Input> {
        self.0.input(name)
    }

    /// Sets a field of the subject's record, by its place in the manifest from 0: a
    /// number as it is, a decimal scaled, of an enumeration the place of the word. A
    /// field that is not set is null. A value out of its bounds changes nothing.
    pub fn record(&self, field: i32, value: i64) -> Result<()> {
        check(host::record(field, value)).map(drop)
    }

    /// Adds a line to the log of the run, for which each subject has the same room.
    pub fn log(&self, line: &str) {
        self.0.log(line)
    }
}

impl Input {
    fn open(index: i32) -> Result<Input> {
        let mut name = vec![0; 256];
        let size = check(host::input_name(index, &mut name))?;
        name.truncate(size as usize);
        let kind = match check(host::input_kind(index))? {
            0 => InputKind::Rows,
            1 => InputKind::Finished,
            _ => InputKind::Answer,
        };
        let name = String::from_utf8(name).map_err(|_| Error::from("yingbi: the name of an input is no UTF-8"))?;
        Ok(Input { name, kind, index, words: Vec::new() })
    }

    /// Reads the next frame; `None` after the last. There is at least one, so that
    /// a table without rows still tells its columns.
    #[allow(clippy::should_implement_trait)] // its items borrow the input
    pub fn next(&mut self) -> Result<Option<Frame<'_>>> {
        let size = check(host::input_next(self.index))? as usize;
        if size == 0 {
            return Ok(None);
        }
        self.words.resize((size + 7) / 8, 0);
        let buffer = &mut bytes_of_mut(&mut self.words)[..size];
        check(host::input_read(self.index, buffer))?;
        Frame::parse(&bytes_of(&self.words)[..size]).map(Some)
    }

    /// Begins again at the first frame.
    pub fn rewind(&mut self) -> Result<()> {
        check(host::input_rewind(self.index)).map(drop)
    }
}

pub(crate) fn bytes_of(words: &[u64]) -> &[u8] {
    // SAFETY: the same memory; bytes have no alignment and no invalid value.
    unsafe { std::slice::from_raw_parts(words.as_ptr().cast(), words.len() * 8) }
}

pub(crate) fn bytes_of_mut(words: &mut [u64]) -> &mut [u8] {
    // SAFETY: as above, and any bytes make words.
    unsafe { std::slice::from_raw_parts_mut(words.as_mut_ptr().cast(), words.len() * 8) }
}

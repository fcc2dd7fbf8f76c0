//! What a job in Rust is written with: it reads the tables that a domain hands to
//! a guest, and emits tables.
//!
//! ```text
//! host -- frames --> Job::input -> Input::next -> Frame -> Column: ints, text, ...
//! host <-- frame --- Job::emit <-- Values: columns that the job fills
//! ```
//!
//! A job is a function and one line that exports it:
//!
//! ```
//! use yingbi::{Job, Result, Values};
//!
//! yingbi::run!(job);
//!
//! fn job(j: &Job) -> Result<()> {
//!     let mut rows = Values::integer("rows");
//!     let mut claims = j.input("claims")?;
//!     while let Some(frame) = claims.next()? {
//!         rows.push(frame.rows as i64);
//!     }
//!     j.emit("sizes", &[&rows])
//! }
//! ```
//!
//! A mapping is exported by `yingbi::map!(one)` instead and is called for one subject
//! after another: `fn one(s: &Subject) -> Result<()>` sees that subject's rows alone
//! and sets the fields of its record.
//!
//! Off WebAssembly the host is `trial` or `trial_map`, over tables that a test makes. Inside the domain there is no file, no network, no clock that runs
//! and no randomness: the same inputs give the same bytes. A panic is logged and
//! ends the job as failed. The crate needs the standard library alone and a
//! compiler of 1.63 or later. The calls beneath it are in docs/GUEST-ABI.md, the
//! bytes of a frame in docs/formats/frame.md.

mod decimal;
mod error;
mod frame;
#[cfg_attr(target_arch = "wasm32", path = "host_wasm.rs")]
#[cfg_attr(not(target_arch = "wasm32"), path = "host_trial.rs")]
mod host;
mod job;
mod table;
#[cfg(test)]
mod tests;

pub use decimal::{format_decimal, mul_div, parse_decimal};
pub use error::{Error, Result};
pub use frame::{Column, Frame, Kind};
#[cfg(not(target_arch = "wasm32"))]
pub use host::{trial, trial_map, Emitted, Given, Tried};
pub use job::{start, start_map, Input, InputKind, Job, Subject};
pub use table::{encode, Values, Written};

/// Exports the function `fn(&Job) -> Result<()>` as the job of the module.
#[macro_export]
macro_rules! run {
    ($job:path) => {
        #[no_mangle]
        pub extern "C" fn yb_run() -> i32 {
            $crate::start($job)
        }
    };
}

/// Exports the function `fn(&Subject) -> Result<()>` as the mapping of one subject's
/// rows to its record.
#[macro_export]
macro_rules! map {
    ($job:path) => {
        #[no_mangle]
        pub extern "C" fn yb_map() -> i32 {
            $crate::start_map($job)
        }
    };
}

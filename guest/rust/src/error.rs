use std::fmt;

/// What a job's functions give.
pub type Result<T> = std::result::Result<T, Error>;

/// Why something did not work: an answer of the host below zero, or text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// This job may not do that: SQL without the manifest asking for it, `emit` in
    /// a mapping, `record` outside one.
    Denied,
    /// The statement is not one that guests may run.
    Refused,
    /// The engine could not run the statement.
    Failed,
    /// A budget of the run is used up.
    Limit,
    /// Another answer of the host, docs/GUEST-ABI.md.
    Host(i32),
    /// The job's or this crate's own words.
    Other(String),
}

impl Error {
    /// The error for an answer of the host.
    pub(crate) fn of(code: i32) -> Error {
        match code {
            -5 => Error::Denied,
            -6 => Error::Refused,
            -7 => Error::Failed,
            -8 => Error::Limit,
            _ => Error::Host(code),
        }
    }
}

/// A number of the host's as it is, or the error that it stands for.
pub(crate) fn check(answer: i32) -> Result<i32> {
    if answer < 0 {
        return Err(Error::of(answer));
    }
    Ok(answer)
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Error::Denied => f.write_str("yingbi: this job may not do that"),
            Error::Refused => f.write_str("yingbi: the statement is not one that guests may run"),
            Error::Failed => f.write_str("yingbi: the engine could not run the statement"),
            Error::Limit => f.write_str("yingbi: a budget of the run is used up"),
            Error::Host(-1) => f.write_str("yingbi: no such input or field, or a number out of range"),
            Error::Host(code) => write!(f, "yingbi: the host answered {code}"),
            Error::Other(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Error {}

impl From<String> for Error {
    fn from(text: String) -> Error {
        Error::Other(text)
    }
}

impl From<&str> for Error {
    fn from(text: &str) -> Error {
        Error::Other(text.to_owned())
    }
}

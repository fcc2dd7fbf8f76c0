//! The Rust guest of the conformance suite: see the README of the folder above.

use std::collections::BTreeMap;
use yingbi::{format_decimal, mul_div, parse_decimal, Column, Error, Frame, Input, Job, Kind, Result, Subject, Values, Written};

yingbi::run!(job);
yingbi::map!(one);

/// Does what the first row of the input attempt says.
fn job(j: &Job) -> Result<()> {
    let mut attempt = j.input("attempt")?;
    let attempt = attempt.next()?.ok_or("no attempt")?;
    let what = attempt.column("what")?;
    match what.text(0) {
        "echo" => j.inputs()?.into_iter().filter(|i| i.name != "attempt").try_for_each(|i| echo(j, i)),
        "query" => (1..attempt.rows).try_for_each(|i| match j.query(what.text(i)) {
            Ok(answer) => echo(j, answer),
            Err(error) => {
                j.log(&format!("code {}", code(&error)));
                Ok(())
            }
        }),
        "made" => made(j),
        "big" => big(j, attempt.column("n")?.ints()?[0]),
        "group" => group(j),
        "decimals" => decimals(j),
        "codes" => codes(j),
        "fail" => Err("a deliberate failure".into()),
        "panic" => panic!("a deliberate panic"),
        "hungry" => {
            let mut kept = Vec::new();
            loop {
                kept.push(vec![1u8; 1 << 20]);
            }
        }
        other => Err(other.into()),
    }
}

fn code(error: &Error) -> i32 {
    match error {
        Error::Denied => -5,
        Error::Refused => -6,
        Error::Failed => -7,
        Error::Limit => -8,
        _ => 0,
    }
}

/// Emits each frame as it was read, and reads the input again.
fn echo(j: &Job, mut input: Input) -> Result<()> {
    let (mut frames, mut rows, mut again) = (0, 0, 0);
    while let Some(f) = input.next()? {
        (frames, rows) = (frames + 1, rows + f.rows);
        copied(j, &f)?;
    }
    input.rewind()?;
    while input.next()?.is_some() {
        again += 1;
    }
    j.log(&format!("{} {}: {frames} frames, {rows} rows, again {again}", input.name, input.kind as i32));
    Ok(())
}

fn copied(j: &Job, f: &Frame) -> Result<()> {
    let mut columns: Vec<Box<dyn Written>> = Vec::new();
    for c in &f.columns {
        columns.push(match c.kind {
            Kind::Integer => Box::new(filled(c, f.rows, Values::integer(c.name), |v, i| Ok(v.push(c.ints()?[i])))?),
            Kind::Decimal => Box::new(filled(c, f.rows, Values::decimal(c.name, c.precision, c.scale), |v, i| Ok(v.push(c.ints()?[i])))?),
            Kind::Timestamp => Box::new(filled(c, f.rows, Values::timestamp(c.name), |v, i| Ok(v.push(c.ints()?[i])))?),
            Kind::Double => Box::new(filled(c, f.rows, Values::double(c.name), |v, i| Ok(v.push(c.floats()?[i])))?),
            Kind::Text => Box::new(filled(c, f.rows, Values::text(c.name), |v, i| Ok(v.push(c.text(i))))?),
            Kind::Date => Box::new(filled(c, f.rows, Values::date(c.name), |v, i| Ok(v.push(c.dates()?[i])))?),
            Kind::Boolean => Box::new(filled(c, f.rows, Values::boolean(c.name), |v, i| Ok(v.push(c.bools()?[i] == 1)))?),
        });
    }
    j.emit("out", &columns.iter().map(|c| &**c).collect::<Vec<_>>())
}

fn filled<T: ?Sized>(c: &Column, rows: usize, mut to: Values<T>, push: impl Fn(&mut Values<T>, usize) -> Result<()>) -> Result<Values<T>> {
    for i in 0..rows {
        if c.is_null(i) {
            to.push_null();
        } else {
            push(&mut to, i)?;
        }
    }
    Ok(to)
}

/// Emits a table of what is easily written wrong.
fn made(j: &Job) -> Result<()> {
    let (mut integer, mut decimal, mut double) = (Values::integer("整数"), Values::decimal("decimal", 18, 18), Values::double("double"));
    let (mut text, mut date, mut timestamp) = (Values::text("text"), Values::date("date"), Values::timestamp("timestamp"));
    let (mut boolean, mut null) = (Values::boolean("boolean"), Values::integer("null"));
    integer.push(i64::MIN);
    integer.push(i64::MAX);
    integer.push_null();
    decimal.push(-999_999_999_999_999_999);
    decimal.push_null();
    decimal.push(999_999_999_999_999_999);
    double.push(f64::from_bits(0xfff8_0000_0000_0001));
    double.push(-0.0);
    double.push(f64::NEG_INFINITY);
    text.push("");
    text.push_null();
    text.push("影壁 🏮");
    [-719162, 2932896, 0].into_iter().for_each(|d| date.push(d));
    timestamp.push(-62135596800000000);
    timestamp.push(253402300799999999);
    timestamp.push_null();
    boolean.push(true);
    boolean.push_null();
    boolean.push(false);
    (0..3).for_each(|_| null.push_null());
    j.emit("out", &[&integer, &decimal, &double, &text, &date, &timestamp, &boolean, &null])
}

fn big(j: &Job, rows: i64) -> Result<()> {
    let (mut n, mut s) = (Values::integer("n"), Values::text("s"));
    for i in 0..rows {
        n.push(i);
        s.push(&(i * 7919 % 1_000_003).to_string());
    }
    j.emit("out", &[&n, &s])
}

/// Counts and sums the rows of each name, in the order of the names' bytes.
fn group(j: &Job) -> Result<()> {
    let mut groups: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    let mut input = j.input("rows")?;
    while let Some(f) = input.next()? {
        let (name, n) = (f.column("name")?, f.column("n")?.ints()?);
        for (i, n) in n.iter().enumerate() {
            let key = name.text(i);
            if !groups.contains_key(key) {
                groups.insert(key.into(), (0, 0));
            }
            let group = groups.get_mut(key).unwrap();
            *group = (group.0 + 1, group.1 + n);
        }
    }
    let (mut name, mut rows, mut sum) = (Values::text("name"), Values::integer("rows"), Values::integer("sum"));
    for (key, group) in &groups {
        name.push(key);
        rows.push(group.0);
        sum.push(group.1);
    }
    j.emit("out", &[&name, &rows, &sum])
}

fn decimals(j: &Job) -> Result<()> {
    let mut input = j.input("decimals")?;
    let f = input.next()?.ok_or("no decimals")?;
    let (a, b, c) = (f.column("a")?.ints()?, f.column("b")?.ints()?, f.column("c")?.ints()?);
    let (mut q, mut text) = (Values::integer("q"), Values::text("text"));
    for i in 0..f.rows {
        let v = mul_div(a[i], b[i], c[i])?;
        if parse_decimal(&format_decimal(v, 2), 2)? != v {
            return Err("a decimal was read as another".into());
        }
        q.push(v);
        text.push(&format_decimal(a[i], 4));
    }
    j.emit("out", &[&q, &text])
}

/// The calls without the SDK, which never makes the mistakes below.
mod raw {
    #[link(wasm_import_module = "yingbi")]
    extern "C" {
        pub fn input_kind(input: i32) -> i32;
        pub fn input_name(input: i32, at: usize, size: usize) -> i32;
        pub fn input_next(input: i32) -> i32;
        pub fn input_read(input: i32, at: usize, size: usize) -> i32;
        pub fn input_rewind(input: i32) -> i32;
        pub fn query(at: usize, size: usize) -> i32;
        pub fn emit(name: usize, name_size: usize, at: usize, size: usize) -> i32;
        pub fn log(at: usize, size: usize) -> i32;
        pub fn record(field: i32, value: i64) -> i32;
    }
}

const ROOM: usize = 1 << 17;

/// Makes every mistake that the host answers, and emits the answers.
fn codes(j: &Job) -> Result<()> {
    let mut buffer = vec![0u8; ROOM];
    let (room, outside) = (buffer.as_mut_ptr() as usize, 0xffff_fff0);
    let (mut call, mut code) = (Values::text("call"), Values::integer("code"));
    let mut add = |name: &str, answer: i32| {
        call.push(name);
        code.push(answer.into());
    };
    // SAFETY: the host writes at most ROOM bytes at room, and nothing outside.
    unsafe {
        add("kind of none", raw::input_kind(99));
        add("kind of -1", raw::input_kind(-1));
        add("name of none", raw::input_name(99, room, 8));
        add("next of none", raw::input_next(99));
        add("read of none", raw::input_read(99, room, 8));
        add("rewind of none", raw::input_rewind(99));
        add("name in one byte", raw::input_name(0, room, 1));
        add("name outside", raw::input_name(0, outside, 256));
        add("read unasked", raw::input_read(0, room, ROOM));
        let size = raw::input_next(0);
        add("next twice", raw::input_next(0) - size);
        add("read in too little", raw::input_read(0, room, size as usize - 1));
        add("read outside", raw::input_read(0, outside, size as usize));
        add("read", raw::input_read(0, room, ROOM) - size);
        add("read twice", raw::input_read(0, room, ROOM));
        add("query", raw::query(room, 1));
        add("emit outside", raw::emit(outside, 256, room, 1));
        add("log outside", raw::log(outside, 256));
        add("log too long", raw::log(room, ROOM));
        add("record", raw::record(0, 0));
    }
    drop(buffer);
    j.emit("out", &[&call, &code])
}

/// Subjects that this instance has served.
static TURNS: std::sync::atomic::AtomicI64 = std::sync::atomic::AtomicI64::new(0);

/// Does what the first row of the subject says.
fn one(s: &Subject) -> Result<()> {
    let turns = 1 + TURNS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let mut rows = s.input("rows")?;
    let f = rows.next()?.ok_or("no rows")?;
    if f.rows == 0 {
        return Ok(());
    }
    match f.column("what")?.text(0) {
        "sum" => {
            let mut other = s.input("other")?;
            let other = other.next()?.ok_or("no other")?.rows;
            s.record(0, f.column("n")?.ints()?.iter().sum())?;
            s.record(1, f.rows as i64)?;
            s.record(2, other as i64)
        }
        // SAFETY: numbers alone, and one byte of this function's own.
        "bounds" => unsafe {
            let code = |field, value| -i64::from(raw::record(field, value));
            s.record(0, code(9, 0) + code(-1, 0) * 10 + code(0, -1) * 100 + code(0, 1_000_001) * 1000)
        },
        "denied" => unsafe {
            let byte = [0u8];
            let at = byte.as_ptr() as usize;
            s.record(0, -i64::from(raw::query(at, 1)) * 10 - i64::from(raw::emit(at, 1, at, 1)))
        },
        "turn" => s.record(0, turns),
        "half" => {
            s.record(0, 1)?;
            Err("a deliberate failure".into())
        }
        "panic" => panic!("a deliberate panic"),
        _ => Ok(()), // "nothing"
    }
}

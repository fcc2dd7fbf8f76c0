// The AssemblyScript guest of the conformance suite: see the README of the folder above.

import { addDecimal, Column, emit, fail, formatDecimal, Frame, host, Input, input, inputs, Kind, log, mulDiv, Names, parseDecimal, query, queryError, record, Table, Values } from "./yingbi";

/** Does what the first row of the input attempt says. */
export function yb_run(): i32 {
  const attempt = input("attempt");
  attempt.next();
  const what = attempt.frame.column("what").text(0);
  if (what == "echo") {
    const all = inputs();
    for (let i = 0; i < all.length; i++) if (all[i].name != "attempt") echo(all[i]);
  } else if (what == "query") {
    for (let i = 1; i < attempt.frame.rows; i++) {
      const answer = query(attempt.frame.column("what").text(i));
      if (answer) echo(answer);
      else log("code " + (<i32>queryError()).toString());
    }
  } else if (what == "made") made();
  else if (what == "big") big(attempt.frame.column("n").int(0));
  else if (what == "group") group();
  else if (what == "decimals") decimals();
  else if (what == "codes") codes();
  else if (what == "fail") return fail("a deliberate failure");
  else if (what == "panic") throw new Error("a deliberate panic");
  else if (what == "hungry") while (true) memory.fill(heap.alloc(1 << 20), 1, 1 << 20);
  else return 1;
  return 0;
}

/** Emits each frame as it was read, and reads the input again. */
function echo(input: Input): void {
  let frames = 0, rows = 0, again = 0;
  while (input.next()) {
    frames++;
    rows += input.frame.rows;
    copied(input.frame);
  }
  input.rewind();
  while (input.next()) again++;
  log(`${input.name} ${<i32>input.kind}: ${frames} frames, ${rows} rows, again ${again}`);
}

function copied(f: Frame): void {
  const table = new Table();
  for (let i = 0; i < f.columns; i++) {
    const c = f.columnAt(i);
    if (c.kind == Kind.Integer) ints(c, f.rows, table.integer(c.name));
    else if (c.kind == Kind.Decimal) ints(c, f.rows, table.decimal(c.name, c.precision, c.scale));
    else if (c.kind == Kind.Timestamp) ints(c, f.rows, table.timestamp(c.name));
    else if (c.kind == Kind.Double) {
      const to = table.double(c.name);
      for (let r = 0; r < f.rows; r++) if (c.isNull(r)) to.pushNull(); else to.push(c.float(r));
    } else if (c.kind == Kind.Text) {
      const to = table.text(c.name);
      for (let r = 0; r < f.rows; r++) if (c.isNull(r)) to.pushNull(); else to.push(c.text(r));
    } else if (c.kind == Kind.Date) {
      const to = table.date(c.name);
      for (let r = 0; r < f.rows; r++) if (c.isNull(r)) to.pushNull(); else to.push(c.date(r));
    } else {
      const to = table.boolean(c.name);
      for (let r = 0; r < f.rows; r++) if (c.isNull(r)) to.pushNull(); else to.push(c.bool(r));
    }
  }
  emit("out", table);
}

function ints(c: Column, rows: i32, to: Values<i64>): void {
  for (let r = 0; r < rows; r++) if (c.isNull(r)) to.pushNull(); else to.push(c.int(r));
}

/** Emits a table of what is easily written wrong. */
function made(): void {
  const table = new Table();
  const integer = table.integer("整数"), decimal = table.decimal("decimal", 18, 18), double = table.double("double"), text = table.text("text");
  const date = table.date("date"), timestamp = table.timestamp("timestamp"), boolean = table.boolean("boolean"), none = table.integer("null");
  integer.push(i64.MIN_VALUE);
  integer.push(i64.MAX_VALUE);
  integer.pushNull();
  decimal.push(-999999999999999999);
  decimal.pushNull();
  decimal.push(999999999999999999);
  double.push(reinterpret<f64>(<u64>0xfff8000000000001));
  double.push(-0.0);
  double.push(-Infinity);
  text.push("");
  text.pushNull();
  text.push("影壁 🏮");
  date.push(-719162);
  date.push(2932896);
  date.push(0);
  timestamp.push(-62135596800000000);
  timestamp.push(253402300799999999);
  timestamp.pushNull();
  boolean.push(true);
  boolean.pushNull();
  boolean.push(false);
  for (let i = 0; i < 3; i++) none.pushNull();
  emit("out", table);
}

function big(rows: i64): void {
  const table = new Table(), n = table.integer("n"), s = table.text("s");
  for (let i: i64 = 0; i < rows; i++) {
    n.push(i);
    s.push(((i * 7919) % 1000003).toString());
  }
  emit("out", table);
}

/** Counts and sums the rows of each name, in the order of the names' bytes. */
function group(): void {
  const rows = input("rows"), names = new Names(), counts: i64[] = [], sums: i64[] = [];
  while (rows.next()) {
    const f = rows.frame, name = f.column("name"), n = f.column("n");
    for (let i = 0; i < f.rows; i++) {
      const at = names.of(name, i);
      if (at == counts.length) {
        counts.push(0);
        sums.push(0);
      }
      counts[at]++;
      sums[at] += n.int(i);
    }
  }
  const table = new Table(), name = table.text("name"), count = table.integer("rows"), sum = table.integer("sum"), order = names.sorted();
  for (let i = 0; i < order.length; i++) {
    name.push(names.text(order[i]));
    count.push(counts[order[i]]);
    sum.push(sums[order[i]]);
  }
  emit("out", table);
}

function decimals(): void {
  const given = input("decimals"), table = new Table(), q = table.integer("q"), text = table.text("text");
  given.next();
  const f = given.frame, a = f.column("a"), b = f.column("b"), c = f.column("c");
  for (let i = 0; i < f.rows; i++) {
    const v = mulDiv(a.int(i), b.int(i), c.int(i));
    assert(parseDecimal(formatDecimal(v, 2), 2) == addDecimal(v, 0), "a decimal was read as another");
    q.push(v);
    text.push(formatDecimal(a.int(i), 4));
  }
  emit("out", table);
}

const ROOM = 1 << 17;

/** Makes every mistake that the host answers, and emits the answers. */
function codes(): void {
  const room = heap.alloc(ROOM), outside: usize = 0xfffffff0;
  const table = new Table(), call = table.text("call"), code = table.integer("code");
  answer("kind of none", host.input_kind(99), call, code);
  answer("kind of -1", host.input_kind(-1), call, code);
  answer("name of none", host.input_name(99, room, 8), call, code);
  answer("next of none", host.input_next(99), call, code);
  answer("read of none", host.input_read(99, room, 8), call, code);
  answer("rewind of none", host.input_rewind(99), call, code);
  answer("name in one byte", host.input_name(0, room, 1), call, code);
  answer("name outside", host.input_name(0, outside, 256), call, code);
  answer("read unasked", host.input_read(0, room, ROOM), call, code);
  const size = host.input_next(0);
  answer("next twice", host.input_next(0) - size, call, code);
  answer("read in too little", host.input_read(0, room, size - 1), call, code);
  answer("read outside", host.input_read(0, outside, size), call, code);
  answer("read", host.input_read(0, room, ROOM) - size, call, code);
  answer("read twice", host.input_read(0, room, ROOM), call, code);
  answer("query", host.query(room, 1), call, code);
  answer("emit outside", host.emit(outside, 256, room, 1), call, code);
  answer("log outside", host.log(outside, 256), call, code);
  answer("log too long", host.log(room, ROOM), call, code);
  answer("record", host.record(0, 0), call, code);
  emit("out", table);
}

function answer(name: string, answer: i32, call: Values<string>, code: Values<i64>): void {
  call.push(name);
  code.push(answer);
}

let turns: i64 = 0; // subjects that this instance has served

/** Does what the first row of the subject says. */
export function yb_map(): i32 {
  turns++;
  const rows = input("rows");
  rows.next();
  const f = rows.frame;
  if (f.rows == 0) return 0;
  const what = f.column("what").text(0);
  if (what == "sum") {
    const n = f.column("n"), other = input("other");
    let sum: i64 = 0;
    for (let i = 0; i < f.rows; i++) sum += n.int(i);
    other.next();
    record(0, sum);
    record(1, f.rows);
    record(2, other.frame.rows);
  } else if (what == "bounds") {
    record(0, -host.record(9, 0) - host.record(-1, 0) * 10 - host.record(0, -1) * 100 - host.record(0, 1000001) * 1000);
  } else if (what == "denied") {
    const at = heap.alloc(1);
    record(0, -host.query(at, 1) * 10 - host.emit(at, 1, at, 1));
  } else if (what == "turn") record(0, turns);
  else if (what == "half") {
    record(0, 1);
    return fail("a deliberate failure");
  } else if (what == "panic") throw new Error("a deliberate panic");
  return 0; // "nothing"
}

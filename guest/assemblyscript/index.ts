/**
 * What a job in AssemblyScript is written with: it reads the tables that a domain
 * hands to a guest, and emits tables.
 *
 *     host -- frames --> input -> next -> Frame -> Column: int, text, ...
 *     host <-- frame --- emit <-- Table <-- columns that the job fills
 *
 * A job exports yb_run, or over one subject at a time yb_map, and returns 0:
 *
 *     import { emit, input, Table } from "./yingbi";
 *
 *     export function yb_run(): i32 {
 *       const table = new Table(), rows = table.integer("rows"), claims = input("claims");
 *       while (claims.next()) rows.push(claims.frame.rows);
 *       emit("sizes", table);
 *       return 0;
 *     }
 *
 * and is built with
 *
 *     asc job.ts -O3 --runtime stub --exportStart _initialize --use abort=yingbi/index/trap -o job.wasm
 *
 * What goes wrong throws: trap() logs the words and the line, and the run ends as
 * failed. With the runtime "stub" memory never comes back, so nothing here takes
 * any for each row but Column.text; for groups by a text there is Names. The calls
 * beneath are in docs/GUEST-ABI.md, the bytes of a frame in docs/formats/frame.md.
 */
import * as host from "./host";
import { Frame } from "./frame";
import { Table } from "./table";

export { host };
export { Column, Frame, Kind } from "./frame";
export { Table, Values } from "./table";
export { Names } from "./names";
export { addDecimal, formatDecimal, mulDiv, parseDecimal } from "./decimal";

/** What an answer of the host below zero means. */
export enum Code {
  Argument = -1, // no such input or field, or a number out of range
  Memory = -2, // a pointer outside the guest's memory
  Size = -3, // the buffer is too small
  Order = -4, // a read before the frame was asked for
  Denied = -5, // this job may not do that
  Refused = -6, // the statement is not one that guests may run
  Failed = -7, // the engine could not run the statement
  Limit = -8, // a budget of the run is used up
}

/** What an input carries: masked rows, a finished table, the answer of a query. */
export enum InputKind {
  Rows,
  Finished,
  Answer,
}

/** A table that the job may read: any number of times, front to back. */
export class Input {
  /** The frame that next() read: it, its columns and their bytes last until the next call. */
  frame: Frame = new Frame();
  private buffer: usize = 0;
  private room: i32 = 0;

  /** The name is "" for the answer of a query. */
  constructor(
    readonly name: string,
    readonly kind: InputKind,
    readonly index: i32,
  ) {}

  /**
   * Reads the next frame into `frame`; false after the last. There is at least
   * one, so that a table without rows still tells its columns.
   */
  next(): bool {
    const size = check(host.input_next(this.index));
    if (size == 0) return false;
    if (size > this.room) {
      if (this.room > 0) heap.free(this.buffer);
      this.room = max(size, 2 * this.room);
      this.buffer = heap.alloc(this.room); // at a multiple of 16
    }
    check(host.input_read(this.index, this.buffer, size));
    this.frame.parse(this.buffer, size);
    return true;
  }

  /** Begins again at the first frame. */
  rewind(): void {
    check(host.input_rewind(this.index));
  }
}

let all: Input[] | null = null;

/** The inputs: rows first, then finished tables. */
export function inputs(): Input[] {
  if (all) return all!;
  const list = new Array<Input>(), name = heap.alloc(256);
  for (let i = 0, n = check(host.inputs()); i < n; i++) {
    const size = check(host.input_name(i, name, 256));
    list.push(new Input(String.UTF8.decodeUnsafe(name, size), check(host.input_kind(i)), i));
  }
  heap.free(name);
  all = list;
  return list;
}

/** The input of that name. */
export function input(name: string): Input {
  const list = inputs();
  for (let i = 0; i < list.length; i++) if (list[i].name == name) return list[i];
  throw new Error("the job has no input " + name);
}

let refusal: i32 = 0;

/**
 * Runs one SELECT over the views and gives its answer as an input, or null;
 * queryError() then says why. Only a job whose manifest asks for SQL may call it.
 */
export function query(sql: string): Input | null {
  const text = String.UTF8.encode(sql, false, String.UTF8.ErrorMode.REPLACE);
  const index = host.query(changetype<usize>(text), text.byteLength);
  refusal = min(index, 0);
  return index < 0 ? null : new Input("", InputKind.Answer, index);
}

/** The code of the last query: 0 if it was answered. */
export function queryError(): Code {
  return refusal;
}

/**
 * Hands a table out under the name of a declared output. What the host cannot
 * accept (an undeclared name, a table over the limits) ends the run.
 */
export function emit(output: string, table: Table): void {
  const name = String.UTF8.encode(output, false, String.UTF8.ErrorMode.REPLACE);
  const frame = table.encode();
  const answer = host.emit(changetype<usize>(name), name.byteLength, frame, table.size);
  heap.free(frame);
  check(answer);
}

/**
 * Adds a line to the run's log. Nobody sees the log of a run over real rows before
 * a person has decided so.
 */
export function log(line: string): void {
  const text = String.UTF8.encode(line, false, String.UTF8.ErrorMode.REPLACE);
  host.log(changetype<usize>(text), text.byteLength);
}

/** Logs why the job failed, and gives the result to return. */
export function fail(why: string): i32 {
  log(why);
  return 1;
}

/**
 * In a mapping, sets a field of this subject's record, counted from 0 in the
 * manifest's order. A field that is not set is null; the index of a value of an
 * enumeration stands for it.
 */
export function record(field: i32, value: i64): void {
  check(host.record(field, value));
}

/** A number of the host's as it is; a code below zero throws. */
function check(answer: i32): i32 {
  if (answer < 0) throw new Error("the host answered " + answer.toString());
  return answer;
}

/** Where a job that threw, or ran out of memory, ends. */
export function trap(message: string | null, file: string | null, line: u32, column: u32): void {
  if (file) log((message ? message : "failed") + " (" + file + ":" + line.toString() + ":" + column.toString() + ")");
  unreachable();
}

import { ENTRY, HEADER, Kind, MAGIC, width } from "./frame";

/** Bytes that grow, outside the runtime's care. */
class Bytes {
  at: usize = 0;
  size: i32 = 0;
  private room: i32 = 0;

  /** Makes room for more bytes and gives where they go. */
  add(more: i32): usize {
    if (more > i32.MAX_VALUE / 2 - this.size) throw new Error("a column is longer than a frame can be");
    if (this.size + more > this.room) {
      this.room = max(64, max(this.size + more, this.room + this.room / 2));
      this.at = this.at ? heap.realloc(this.at, this.room) : heap.alloc(this.room);
    }
    this.size += more;
    return this.at + this.size - more;
  }
}

/** A column that is written: the values as they will lie in the frame. */
class Builder {
  rows: i32 = 0;
  nulls: i32 = 0;
  name: ArrayBuffer;
  protected valid: Bytes = new Bytes(); // one byte for each row, from the first null on
  protected offsets: Bytes = new Bytes();
  protected values: Bytes = new Bytes();

  constructor(
    name: string,
    readonly kind: Kind,
    readonly precision: u8,
    readonly scale: u8,
  ) {
    this.name = String.UTF8.encode(name, false, String.UTF8.ErrorMode.REPLACE);
    if (kind == Kind.Text) store<u32>(this.offsets.add(4), 0);
    if (kind == Kind.Decimal && (precision < 1 || precision > 18 || scale > precision)) {
      throw new Error(name + ": a decimal has a precision of 1 to 18 and a scale up to it");
    }
  }

  /** Adds a row without a value. */
  pushNull(): void {
    while (this.valid.size < this.rows) store<u8>(this.valid.add(1), 1);
    this.nulls++;
    const size = width(this.kind);
    memory.fill(this.values.add(size), 0, size);
    this.end(false);
  }

  /** Adds a text by its bytes, such as those of a column that is read. */
  pushBytes(at: usize, size: i32): void {
    if (this.kind != Kind.Text) throw new Error("a text for a column of another kind");
    memory.copy(this.values.add(size), at, size);
    this.end(true);
  }

  /** Ends a row. */
  @inline protected end(value: bool): void {
    this.rows++;
    if (this.nulls > 0) store<u8>(this.valid.add(1), value);
    if (this.kind == Kind.Text) store<u32>(this.offsets.add(4), this.values.size);
  }

  get bitmap(): i32 {
    return this.nulls > 0 ? (this.rows + 7) / 8 : 0;
  }

  get size(): u64 {
    return align(this.name.byteLength) + align(this.bitmap) + align(this.offsets.size) + align(this.values.size);
  }

  /** Writes the column's entry, and its buffers from `at` on; gives where they end. */
  encode(frame: usize, entry: usize, at: u64): u64 {
    store<u8>(entry, this.kind);
    store<u8>(entry, this.precision, 1);
    store<u8>(entry, this.scale, 2);
    store<u8>(entry, this.nulls > 0, 3);
    store<u32>(entry, this.name.byteLength, 4);
    store<u64>(entry, this.values.size, 40);
    at = place(frame, entry + 8, at, changetype<usize>(this.name), this.name.byteLength);
    if (this.nulls > 0) {
      store<u64>(entry, at, 16);
      for (let i = 0; i < this.rows; i++) {
        const byte = frame + <usize>at + (i >> 3);
        store<u8>(byte, load<u8>(byte) | (load<u8>(this.valid.at + i) << <u8>(i & 7)));
      }
      at += align(this.bitmap);
    }
    if (this.kind == Kind.Text) at = place(frame, entry + 24, at, this.offsets.at, this.offsets.size);
    return place(frame, entry + 32, at, this.values.at, this.values.size);
  }
}

function align(size: i32): u64 {
  return (<u64>size + 15) & ~15;
}

/** Copies a buffer to its position, which it notes; gives where the next one goes. */
function place(frame: usize, field: usize, at: u64, from: usize, size: i32): u64 {
  store<u64>(field, at);
  memory.copy(frame + <usize>at, from, size);
  return at + align(size);
}

/** Takes the values of one column of a table, row by row. */
export class Values<T> extends Builder {
  /** Adds a value. */
  push(v: T): void {
    if (isString<T>()) {
      const text = changetype<string>(v), size = String.UTF8.byteLength(text);
      String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, this.values.add(size), false, String.UTF8.ErrorMode.REPLACE);
    } else if (isFloat<T>()) {
      // Any NaN becomes the one NaN of a frame.
      store<u64>(this.values.add(8), v == v ? reinterpret<u64>(<f64>v) : 0x7ff8000000000000);
    } else {
      if (this.kind == Kind.Decimal) this.fits(<i64>v);
      store<T>(this.values.add(sizeof<T>()), v);
    }
    this.end(true);
  }

  private fits(v: i64): void {
    let bound: i64 = 1;
    for (let i: u8 = 0; i < this.precision; i++) bound *= 10;
    if (v <= -bound || v >= bound) throw new Error("a value has more digits than its column's precision");
  }
}

/**
 * A table that a job makes, column by column:
 *
 *     const table = new Table(), district = table.text("district"), people = table.integer("people");
 *     district.push("江北");
 *     people.push(1200);
 *     emit("by_district", table);
 *
 * Every column must have the same number of values when it is emitted.
 */
export class Table {
  /** The bytes that encode() wrote. */
  size: i32 = 0;
  private columns: Builder[] = [];

  integer(name: string): Values<i64> {
    return this.add<i64>(name, Kind.Integer, 0, 0);
  }

  /** The values are pushed scaled: 12.34 with scale 2 is 1234. */
  decimal(name: string, precision: u8, scale: u8): Values<i64> {
    return this.add<i64>(name, Kind.Decimal, precision, scale);
  }

  /** Microseconds since 1970-01-01T00:00:00Z. */
  timestamp(name: string): Values<i64> {
    return this.add<i64>(name, Kind.Timestamp, 0, 0);
  }

  double(name: string): Values<f64> {
    return this.add<f64>(name, Kind.Double, 0, 0);
  }

  text(name: string): Values<string> {
    return this.add<string>(name, Kind.Text, 0, 0);
  }

  /** Days since 1970-01-01. */
  date(name: string): Values<i32> {
    return this.add<i32>(name, Kind.Date, 0, 0);
  }

  boolean(name: string): Values<bool> {
    return this.add<bool>(name, Kind.Boolean, 0, 0);
  }

  private add<T>(name: string, kind: Kind, precision: u8, scale: u8): Values<T> {
    const v = new Values<T>(name, kind, precision, scale);
    this.columns.push(v);
    return v;
  }

  /** Gives the frame, `size` bytes at a multiple of 16, to be freed by heap.free. */
  encode(): usize {
    const n = this.columns.length;
    const rows = n ? this.columns[0].rows : 0;
    let size = <u64>(HEADER + ENTRY * n);
    for (let i = 0; i < n; i++) {
      if (this.columns[i].rows != rows) throw new Error("the columns of a table have different numbers of values");
      size += this.columns[i].size;
    }
    if (size > <u64>i32.MAX_VALUE) throw new Error("the table has more bytes than a frame can");
    const frame = heap.alloc(<usize>size);
    memory.fill(frame, 0, <usize>size);
    store<u32>(frame, MAGIC);
    store<u32>(frame, n, 4);
    store<u64>(frame, rows, 8);
    store<u64>(frame, size, 16);
    let at = <u64>(HEADER + ENTRY * n);
    for (let i = 0; i < n; i++) at = this.columns[i].encode(frame, frame + HEADER + ENTRY * i, at);
    this.size = <i32>size;
    return frame;
  }
}

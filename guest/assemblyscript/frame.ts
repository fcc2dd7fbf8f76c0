/** The family of a column's type, as it stands in a frame. */
export enum Kind {
  Integer = 1, // i64
  Decimal, // i64, scaled by 10^scale
  Double, // f64
  Text, // UTF-8
  Date, // i32, days since 1970-01-01
  Timestamp, // i64, microseconds since 1970-01-01T00:00:00Z
  Boolean, // one byte, 0 or 1
}

// Sizes of a frame's header and of a column's entry.
export const HEADER: i32 = 32;
export const ENTRY: i32 = 48;
export const MAGIC: u32 = 0x31464259; // "YBF1"

/** Bytes of one value; 0 for text. */
export function width(kind: Kind): i32 {
  switch (kind) {
    case Kind.Text: return 0;
    case Kind.Date: return 4;
    case Kind.Boolean: return 1;
    default: return 8;
  }
}

/** One column of a frame. Ask for its values by the method of its kind. */
export class Column {
  kind: Kind = Kind.Integer;
  precision: u8 = 0; // of a decimal
  scale: u8 = 0; // of a decimal

  // where the parts lie
  private nameAt: usize = 0;
  private nameSize: i32 = 0;
  private valid: usize = 0; // 0: every row has a value
  private offsets: usize = 0;
  private values: usize = 0;

  /** Takes the column at an entry of the directory. */
  parse(frame: Frame, entry: usize): void {
    this.kind = load<u8>(entry);
    this.precision = load<u8>(entry, 1);
    this.scale = load<u8>(entry, 2);
    this.nameSize = load<i32>(entry, 4);
    const rows = <u64>frame.rows, size = load<u64>(entry, 40);
    this.nameAt = frame.part(entry + 8, this.nameSize);
    this.valid = load<u8>(entry, 3) ? frame.part(entry + 16, (rows + 7) / 8) : 0;
    this.values = frame.part(entry + 32, size);
    if (this.kind < Kind.Integer || this.kind > Kind.Boolean) throw new Error("a column of the frame has no kind");
    if (this.kind != Kind.Text) {
      if (size != rows * width(this.kind)) throw new Error("a column of the frame has another length than the frame");
      return;
    }
    this.offsets = frame.part(entry + 24, 4 * (rows + 1));
    let last: u32 = 0;
    for (let i = 0; i <= frame.rows; i++) {
      const at = load<u32>(this.offsets + 4 * i);
      if (at < last || at > size) throw new Error("the texts of a column overlap");
      last = at;
    }
  }

  get name(): string {
    return String.UTF8.decodeUnsafe(this.nameAt, this.nameSize);
  }

  /** Whether these bytes are its name. */
  called(name: usize, size: i32): bool {
    return size == this.nameSize && memory.compare(name, this.nameAt, size) == 0;
  }

  /** Whether row i has no value. A null's value reads as zero. */
  @inline isNull(i: i32): bool {
    return this.valid != 0 && !((load<u8>(this.valid + (i >> 3)) >> (i & 7)) & 1);
  }

  /** Of an integer, decimal (scaled) or timestamp column. */
  @inline int(i: i32): i64 {
    assert(this.kind == Kind.Integer || this.kind == Kind.Decimal || this.kind == Kind.Timestamp, "a column without integers");
    return load<i64>(this.values + 8 * i);
  }

  @inline float(i: i32): f64 {
    assert(this.kind == Kind.Double, "a column without doubles");
    return load<f64>(this.values + 8 * i);
  }

  /** Days since 1970-01-01. */
  @inline date(i: i32): i32 {
    assert(this.kind == Kind.Date, "a column without dates");
    return load<i32>(this.values + 4 * i);
  }

  @inline bool(i: i32): bool {
    assert(this.kind == Kind.Boolean, "a column without truth values");
    return load<u8>(this.values + i) != 0;
  }

  /** The text of row i, in memory that does not come back. */
  text(i: i32): string {
    return String.UTF8.decodeUnsafe(this.textAt(i), this.textSize(i));
  }

  /** Where the bytes of row i's text lie. */
  @inline textAt(i: i32): usize {
    assert(this.kind == Kind.Text, "a column without text");
    return this.values + load<u32>(this.offsets + 4 * i);
  }

  /** How many they are. */
  @inline textSize(i: i32): i32 {
    return load<i32>(this.offsets + 4 * i + 4) - load<i32>(this.offsets + 4 * i);
  }
}

const names = memory.data(256); // for the bytes of a name that is looked for

/** A part of a table: columns of `rows` values each, in the input's memory. */
export class Frame {
  rows: i32 = 0;
  private size: i32 = 0;
  private at: usize = 0;
  private used: i32 = 0;
  private list: Column[] = [];

  /**
   * Reads a frame where it lies, without copying: it must begin at a multiple of
   * 8. Everything is checked to lie inside; the host's checks of the values are
   * not repeated. Columns given before are used again.
   */
  parse(at: usize, size: i32): void {
    if (size < HEADER || at & 7 || load<u32>(at) != MAGIC || load<u64>(at, 16) != size) throw new Error("the bytes are no frame");
    const columns = load<u32>(at, 4), rows = load<u64>(at, 8);
    if (rows > <u64>size || columns > <u32>((size - HEADER) / ENTRY)) throw new Error("the bytes are no frame");
    this.at = at;
    this.size = size;
    this.rows = <i32>rows;
    this.used = columns;
    while (this.list.length < this.used) this.list.push(new Column());
    for (let i = 0; i < this.used; i++) this.list[i].parse(this, at + HEADER + ENTRY * i);
  }

  /** Where `size` bytes lie, whose position stands in `field`. */
  part(field: usize, size: u64): usize {
    const at = load<u64>(field);
    if (at > <u64>this.size || size > <u64>this.size - at || at & 7) throw new Error("a column lies outside its frame");
    return this.at + <usize>at;
  }

  get columns(): i32 {
    return this.used;
  }

  /** Column i. */
  columnAt(i: i32): Column {
    assert(<u32>i < <u32>this.used, "the frame has no such column");
    return this.list[i];
  }

  /** The column of that name, or null. */
  find(name: string): Column | null {
    const size = String.UTF8.byteLength(name);
    if (size > 256) return null;
    String.UTF8.encodeUnsafe(changetype<usize>(name), name.length, names);
    for (let i = 0; i < this.used; i++) if (this.list[i].called(names, size)) return this.list[i];
    return null;
  }

  /** The column of that name. */
  column(name: string): Column {
    const found = this.find(name);
    if (!found) throw new Error("the input has no column " + name);
    return found;
  }
}

// Runs a job outside the domain, in Node, over tables that a test makes:
//
//     import { frame, trial } from "./yingbi/try.mjs";
//
//     const claims = frame({ district: ["text", "江北", null], cost: ["decimal(12,2)", 1234n, 50n] });
//     const done = trial(readFileSync("job.wasm"), [{ name: "claims", kind: "rows", frames: [claims] }]);
//     // done.result, done.trapped, done.emitted[0].output, .table.cost, done.log, done.record
//
// It knows no SQL, no budgets and no bounds, and accepts any output and field.
// Integers, decimals (scaled) and timestamps are BigInt, dates days since 1970-01-01.

const kinds = ["", "integer", "decimal", "double", "text", "date", "timestamp", "boolean"];
const widths = [0, 8, 8, 8, 0, 4, 8, 1];
const aligned = (n) => (n + 15) & ~15;
const decode = (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);

function write(view, kind, at, v) {
  if (kind === 3) view.setFloat64(at, v, true);
  else if (kind === 5) view.setInt32(at, v, true);
  else if (kind === 7) view.setUint8(at, v ? 1 : 0);
  else view.setBigInt64(at, BigInt(v), true);
}

function read(view, kind, at) {
  if (kind === 3) return view.getFloat64(at, true);
  if (kind === 5) return view.getInt32(at, true);
  if (kind === 7) return view.getUint8(at) === 1;
  return view.getBigInt64(at, true);
}

/** The buffers of a column: name, validity, offsets, values; null for what it does not have. */
function buffers(name, kind, rows) {
  const encoder = new TextEncoder(), valid = new Uint8Array(Math.ceil(rows.length / 8)), offsets = new Uint32Array(rows.length + 1);
  rows.forEach((v, i) => (valid[i >> 3] |= (v !== null) << (i & 7)));
  let values = new Uint8Array(rows.length * widths[kind]);
  if (kind === 4) {
    const texts = rows.map((v) => encoder.encode(v ?? ""));
    texts.forEach((t, i) => (offsets[i + 1] = offsets[i] + t.length));
    values = new Uint8Array(offsets[rows.length]);
    texts.forEach((t, i) => values.set(t, offsets[i]));
  }
  rows.forEach((v, i) => kind !== 4 && v !== null && write(new DataView(values.buffer), kind, i * widths[kind], v));
  return [encoder.encode(name), rows.includes(null) ? valid : null, kind === 4 ? new Uint8Array(offsets.buffer) : null, values];
}

/** The frame of a table: for each column its name, and an array of its type and its values, null for none. */
export function frame(table) {
  const columns = Object.entries(table).map(([name, [type, ...rows]]) => {
    const [, word, precision, scale] = /^(\w+)(?:\((\d+),(\d+)\))?$/.exec(type);
    return { kind: kinds.indexOf(word), precision: +(precision ?? 0), scale: +(scale ?? 0), rows, parts: buffers(name, kinds.indexOf(word), rows) };
  });
  const directory = 32 + 48 * columns.length;
  const size = columns.flatMap((c) => c.parts).reduce((sum, part) => sum + aligned(part?.length ?? 0), directory);
  const bytes = new Uint8Array(size), view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("YBF1"));
  view.setUint32(4, columns.length, true);
  view.setUint32(8, columns[0]?.rows.length ?? 0, true);
  view.setUint32(16, size, true);
  let at = directory;
  columns.forEach((c, i) => {
    const entry = 32 + 48 * i;
    bytes.set([c.kind, c.precision, c.scale, c.parts[1] ? 1 : 0], entry);
    view.setUint32(entry + 4, c.parts[0].length, true);
    view.setUint32(entry + 40, c.parts[3].length, true);
    c.parts.forEach((part, n) => {
      if (!part) return;
      view.setUint32(entry + 8 + 8 * n, at, true);
      bytes.set(part, at);
      at += aligned(part.length);
    });
  });
  return bytes;
}

/** The columns of a frame by name, each an array of its values, null for none. */
export function table(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length), rows = view.getUint32(8, true), out = {};
  if (decode(bytes.subarray(0, 4)) !== "YBF1" || view.getUint32(16, true) !== bytes.length) throw new Error("the bytes are no frame");
  for (let entry = 32; entry < 32 + 48 * view.getUint32(4, true); entry += 48) {
    const kind = view.getUint8(entry), [name, valid, offsets, values] = [8, 16, 24, 32].map((field) => view.getUint32(entry + field, true));
    out[decode(bytes.subarray(name, name + view.getUint32(entry + 4, true)))] = Array.from({ length: rows }, (_, i) => {
      if (valid && !((bytes[valid + (i >> 3)] >> (i & 7)) & 1)) return null;
      if (kind !== 4) return read(view, kind, values + i * widths[kind]);
      return decode(bytes.subarray(values + view.getUint32(offsets + 4 * i, true), values + view.getUint32(offsets + 4 * i + 4, true)));
    });
  }
  return out;
}

/** Runs the export yb_run of a module, or another, over inputs {name, kind: "rows" or "finished", frames}. */
export function trial(wasm, inputs, run = "yb_run") {
  const done = { result: undefined, trapped: undefined, emitted: [], log: [], record: {} }, next = inputs.map(() => 0);
  let memory;
  const bytes = (at, size) => new Uint8Array(memory.buffer, at >>> 0, size >>> 0);
  const about = (answer) => (i, ...rest) => (i >= 0 && i < inputs.length ? answer(i, ...rest) : -1);
  const copy = (from, at, size) => (from.length > size ? -3 : (bytes(at, size).set(from), from.length));
  const host = {
    inputs: () => inputs.length,
    input_kind: about((i) => ["rows", "finished"].indexOf(inputs[i].kind)),
    input_name: about((i, at, size) => copy(new TextEncoder().encode(inputs[i].name), at, size)),
    input_next: about((i) => inputs[i].frames[next[i]]?.length ?? 0),
    input_read: about((i, at, size) => (next[i] < inputs[i].frames.length ? copy(inputs[i].frames[next[i]++], at, size) : -4)),
    input_rewind: about((i) => (next[i] = 0)),
    query: () => -5,
    emit: (name, nameSize, at, size) => (done.emitted.push({ output: decode(bytes(name, nameSize)), table: table(bytes(at, size).slice()) }), 0),
    log: (at, size) => (done.log.push(decode(bytes(at, size))), 0),
    record: (field, value) => ((done.record[field] = value), 0),
  };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(wasm), { yingbi: host });
  memory = exports.memory;
  try {
    exports._initialize?.();
    done.result = exports[run]();
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    done.trapped = error;
  }
  return done;
}

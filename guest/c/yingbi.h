/* yingbi.h: what a job in C is written with. One header, no library behind it.
 *
 *   host -- frames --> yb_next / yb_frame_open --> yb_column: ints, text, ...
 *   host <-- frame --- yb_emit_table <------------ arrays that the job fills
 *
 * A job exports yb_run and returns 0 when it succeeded:
 *
 *   #include "yingbi.h"
 *   YB_EXPORT(yb_run) int32_t yb_run(void) { ... return 0; }
 *
 * A mapping exports yb_map instead. It is called for one subject after another, sees
 * that subject's rows alone, and sets the fields of its record; see yb_record:
 *
 *   YB_EXPORT(yb_map) int32_t yb_map(void) { ... yb_record(0, 1); return 0; }
 *
 * Either is built with (Debian: clang-19 lld-19 wasi-libc libclang-rt-19-dev-wasm32)
 *
 *   clang-19 --target=wasm32-wasi -O3 -mexec-model=reactor -Wl,-s,--no-entry -o job.wasm job.c
 *
 * Off WebAssembly yingbi_try.h is the host: the author's own tests include it.
 * wasi-libc is optional: this header needs none of it, and --target=wasm32
 * -ffreestanding -nostdlib -mbulk-memory works. The calls are specified in
 * docs/GUEST-ABI.md, the bytes of a frame in docs/formats/frame.md. Positions and
 * sizes are in bytes; wasm is little-endian.
 */
#ifndef YINGBI_H
#define YINGBI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __wasm__
#define YB_IMPORT(name) __attribute__((import_module("yingbi"), import_name(name)))
#define YB_EXPORT(name) __attribute__((export_name(#name)))
#else /* the author's own tests: yingbi_try.h is the host */
#include <stdlib.h>
#define YB_IMPORT(name)
#define YB_EXPORT(name)
#endif

/* ---- calls of the host ---- */

/* What a call below zero means. */
enum {
  YB_ERR_ARGUMENT = -1, /* no such input, or a number out of range */
  YB_ERR_MEMORY = -2,   /* a pointer outside the guest's memory */
  YB_ERR_SIZE = -3,     /* the buffer is too small */
  YB_ERR_ORDER = -4,    /* a read before the frame was asked for */
  YB_ERR_DENIED = -5,   /* this job may not use SQL; a mapping has no SQL and emits nothing */
  YB_ERR_REFUSED = -6,  /* the statement is not one that guests may run */
  YB_ERR_FAILED = -7,   /* the engine could not run the statement */
  YB_ERR_LIMIT = -8,    /* a budget of the run is used up */
  /* of this header alone: */
  YB_ERR_FRAME = -20,   /* bytes that are no frame, or columns that make none */
  YB_ERR_NO_MEMORY = -21,
};

/* What an input carries. */
enum { YB_ROWS = 0, YB_FINISHED = 1, YB_ANSWER = 2 };

YB_IMPORT("inputs") int32_t yb_inputs(void);
YB_IMPORT("input_kind") int32_t yb_input_kind(int32_t input);
YB_IMPORT("input_name") int32_t yb_input_name(int32_t input, void *buf, uint32_t size);
YB_IMPORT("input_next") int32_t yb_input_next(int32_t input);
YB_IMPORT("input_read") int32_t yb_input_read(int32_t input, void *buf, uint32_t size);
YB_IMPORT("input_rewind") int32_t yb_input_rewind(int32_t input);
YB_IMPORT("query") int32_t yb_query(const char *sql, uint32_t size);
YB_IMPORT("emit") int32_t yb_emit(const char *name, uint32_t name_size, const void *frame, uint32_t size);
/* Sets a field of the subject's record, by its place in the manifest from 0: a
 * number as it is, a decimal scaled, of an enumeration the place of the word. A
 * field that is not set is null. 0, or YB_ERR_ARGUMENT for no such field and for a
 * value out of its bounds, which changes nothing. */
YB_IMPORT("record") int32_t yb_record(int32_t field, int64_t value);
YB_IMPORT("log") int32_t yb_log(const char *text, uint32_t size);

/* ---- small helpers ---- */

static inline uint32_t yb_strlen(const char *s) {
  uint32_t n = 0;
  while (s[n]) n++;
  return n;
}

static inline int yb_equal(const void *a, const void *b, uint32_t n) {
  const uint8_t *x = a, *y = b;
  for (uint32_t i = 0; i < n; i++)
    if (x[i] != y[i]) return 0;
  return 1;
}

static inline void yb_say(const char *text) { yb_log(text, yb_strlen(text)); }

#ifdef __wasm__
/* wasi-libc's first malloc takes all memory that there is by then for its heap,
 * pages that yb_pages gave out included. So it is called once before the first
 * of them; a freestanding module has no malloc, and the weak name is NULL. */
extern void *malloc(size_t) __attribute__((weak));
static inline void yb__settle_heap(void) {
  static void *volatile settled;
  if (!settled && malloc) settled = malloc(1);
}

/* yb_pages gives fresh zeroed memory of at least size bytes, at a multiple of
 * 64 KiB, straight from the machine, or NULL. It is never given back; a job that
 * needs more than a few buffers uses malloc of wasi-libc. */
static inline void *yb_pages(uint64_t size) {
  if (size == 0 || size > (1ull << 31)) return NULL;
  yb__settle_heap();
  size_t before = __builtin_wasm_memory_grow(0, (size_t)((size + 65535) >> 16));
  return before == (size_t)-1 ? NULL : (void *)(before << 16);
}
#else
static inline void *yb_pages(uint64_t size) { return size ? calloc((size_t)(size + 65535) >> 16, 65536) : NULL; }
#endif

/* ---- decimals: an int64_t that counts units of 10^-scale ----
 * Add with __builtin_add_overflow. */

/* yb_mul_div gives a * b / c, rounded to the nearest, halves to even, with all of
 * the product kept in between: 0, or YB_ERR_ARGUMENT when it does not fit. The mean
 * of a sum in fen over n people, in fen: yb_mul_div(sum, 1, n, &mean). */
static inline int32_t yb_mul_div(int64_t a, int64_t b, int64_t c, int64_t *out) {
  if (c == 0) return YB_ERR_ARGUMENT;
  __int128 product = (__int128)a * b;
  int negative = (product < 0) != (c < 0);
  unsigned __int128 left = product < 0 ? -(unsigned __int128)product : (unsigned __int128)product;
  uint64_t divisor = c < 0 ? -(uint64_t)c : (uint64_t)c;
  unsigned __int128 quotient = left / divisor, twice = left % divisor * 2;
  if (twice > divisor || (twice == divisor && (quotient & 1))) quotient++;
  if (quotient > INT64_MAX) return YB_ERR_ARGUMENT;
  *out = negative ? -(int64_t)quotient : (int64_t)quotient;
  return 0;
}

/* yb_format_decimal writes a decimal with a zero byte behind it, such as -12.34 for
 * -1234 and scale 2 (at most 18), and gives its size. */
static inline uint32_t yb_format_decimal(char to[24], int64_t v, uint8_t scale) {
  char reversed[24];
  uint32_t n = 0, size = 0;
  uint64_t left = v < 0 ? -(uint64_t)v : (uint64_t)v;
  for (uint32_t i = 0; left || i <= scale; i++, left /= 10) {
    if (scale && i == scale) reversed[n++] = '.';
    reversed[n++] = (char)('0' + left % 10);
  }
  if (v < 0) to[size++] = '-';
  while (n) to[size++] = reversed[--n];
  to[size] = 0;
  return size;
}

/* yb_input finds the input of that name, or gives YB_ERR_ARGUMENT. */
static inline int32_t yb_input(const char *name) {
  char buf[256];
  uint32_t size = yb_strlen(name);
  int32_t n = yb_inputs();
  for (int32_t i = 0; i < n; i++)
    if (yb_input_name(i, buf, sizeof buf) == (int32_t)size && yb_equal(buf, name, size)) return i;
  return YB_ERR_ARGUMENT;
}

/* ---- reading frames ---- */

enum { YB_INTEGER = 1, YB_DECIMAL, YB_DOUBLE, YB_TEXT, YB_DATE, YB_TIMESTAMP, YB_BOOLEAN };

typedef struct {
  const uint8_t *base; /* the frame, at a multiple of 8 */
  uint64_t size, rows;
  uint32_t columns;
} yb_frame;

typedef struct {
  const char *name;
  uint32_t name_size;
  uint8_t kind, precision, scale;
  const uint8_t *valid;     /* NULL: every row has a value */
  const uint32_t *offsets;  /* text: rows + 1 */
  union {                   /* by kind */
    const int64_t *ints;    /* integer, decimal (scaled by 10^scale), timestamp (us) */
    const double *floats;
    const int32_t *days;    /* date, since 1970-01-01 */
    const uint8_t *bools;
    const char *text;
  };
} yb_column;

static inline uint32_t yb__u32(const uint8_t *p) { return *(const uint32_t *)p; }
static inline uint64_t yb__u64(const uint8_t *p) { return *(const uint64_t *)p; }
static inline uint64_t yb__align(uint64_t n) { return (n + 15) & ~15ull; }

static inline uint64_t yb__width(uint8_t kind) {
  switch (kind) {
    case YB_INTEGER: case YB_DECIMAL: case YB_DOUBLE: case YB_TIMESTAMP: return 8;
    case YB_DATE: return 4;
    case YB_BOOLEAN: return 1;
  }
  return 0;
}

/* yb_frame_open looks at a frame in memory: 0, or YB_ERR_FRAME. */
static inline int32_t yb_frame_open(yb_frame *f, const void *bytes, uint64_t size) {
  const uint8_t *b = bytes;
  if (size < 32 || ((uintptr_t)b & 7) || !yb_equal(b, "YBF1", 4) || yb__u64(b + 16) != size) return YB_ERR_FRAME;
  f->base = b, f->size = size, f->columns = yb__u32(b + 4), f->rows = yb__u64(b + 8);
  if (f->rows > size || f->columns > (size - 32) / 48) return YB_ERR_FRAME;
  return 0;
}

/* yb__part gives size bytes at the position that stands in field, or NULL. */
static inline const void *yb__part(const yb_frame *f, const uint8_t *field, uint64_t size) {
  uint64_t at = yb__u64(field);
  if (at > f->size || size > f->size - at || (at & 7)) return NULL;
  return f->base + at;
}

/* yb_column_at gives column i of a frame: 0, or YB_ERR_FRAME. */
static inline int32_t yb_column_at(const yb_frame *f, uint32_t i, yb_column *c) {
  if (i >= f->columns) return YB_ERR_ARGUMENT;
  const uint8_t *e = f->base + 32 + 48 * (uint64_t)i;
  uint64_t size = yb__u64(e + 40);
  c->kind = e[0], c->precision = e[1], c->scale = e[2], c->name_size = yb__u32(e + 4);
  c->name = yb__part(f, e + 8, c->name_size);
  c->valid = e[3] ? yb__part(f, e + 16, (f->rows + 7) / 8) : NULL;
  c->offsets = c->kind == YB_TEXT ? yb__part(f, e + 24, 4 * (f->rows + 1)) : NULL;
  c->ints = yb__part(f, e + 32, size);
  if (!c->name || !c->ints || (e[3] && !c->valid) || c->kind < YB_INTEGER || c->kind > YB_BOOLEAN) return YB_ERR_FRAME;
  if (c->kind != YB_TEXT) return size == f->rows * yb__width(c->kind) ? 0 : YB_ERR_FRAME;
  if (!c->offsets) return YB_ERR_FRAME;
  for (uint64_t r = 0; r < f->rows; r++)
    if (c->offsets[r] > c->offsets[r + 1]) return YB_ERR_FRAME;
  return c->offsets[f->rows] <= size ? 0 : YB_ERR_FRAME;
}

/* yb_find gives the column of that name: 0, or YB_ERR_ARGUMENT without one. */
static inline int32_t yb_find(const yb_frame *f, const char *name, yb_column *c) {
  uint32_t size = yb_strlen(name);
  for (uint32_t i = 0; i < f->columns; i++) {
    int32_t err = yb_column_at(f, i, c);
    if (err) return err;
    if (c->name_size == size && yb_equal(c->name, name, size)) return 0;
  }
  return YB_ERR_ARGUMENT;
}

static inline int yb_is_null(const yb_column *c, uint64_t row) {
  return c->valid && !(c->valid[row >> 3] >> (row & 7) & 1);
}

/* yb_text gives the text of a row, which no zero byte ends, and its size. */
static inline const char *yb_text(const yb_column *c, uint64_t row, uint32_t *size) {
  *size = c->offsets[row + 1] - c->offsets[row];
  return c->text + c->offsets[row];
}

/* A buffer for the frames of one input; zero it before the first use, or begin it
 * with memory that is there, at a multiple of 8: small frames need no page then. */
typedef struct {
  void *bytes;
  uint32_t room;
} yb_buffer;

/* yb_next reads the next frame of an input: 1, 0 after the last, or an error. The
 * frame lies in the buffer until the next call with it. There is at least one
 * frame, so that a table without rows still tells its columns. */
static inline int32_t yb_next(int32_t input, yb_buffer *buf, yb_frame *f) {
  int32_t size = yb_input_next(input);
  if (size <= 0) return size;
  if ((uint32_t)size > buf->room) {
    void *bytes = yb_pages((uint64_t)size);
    if (!bytes) return YB_ERR_NO_MEMORY;
    buf->bytes = bytes, buf->room = ((uint32_t)size + 65535) & ~65535u;
  }
  int32_t err = yb_input_read(input, buf->bytes, (uint32_t)size);
  if (err >= 0) err = yb_frame_open(f, buf->bytes, (uint64_t)size);
  return err < 0 ? err : 1;
}

/* ---- writing frames ---- */

/* A column to be written. Arrays have one value for each row; text has
 * rows + 1 offsets into its bytes, the first 0. valid is NULL, or one byte for
 * each row: 0 for a null. A null text must be empty. */
typedef struct {
  const char *name; /* ends with a zero byte; 1 to 256 bytes of UTF-8 */
  uint8_t kind, precision, scale;
  const uint8_t *valid;
  const uint32_t *offsets;
  const void *values;
} yb_output_column;

static inline int yb__nulls(const yb_output_column *c, uint64_t rows) {
  for (uint64_t i = 0; c->valid && i < rows; i++)
    if (!c->valid[i]) return 1;
  return 0;
}

static inline uint64_t yb__values_size(const yb_output_column *c, uint64_t rows) {
  return c->kind == YB_TEXT ? c->offsets[rows] : rows * yb__width(c->kind);
}

/* yb_frame_size gives the size of the frame of these columns. */
static inline uint64_t yb_frame_size(const yb_output_column *cols, uint32_t n, uint64_t rows) {
  uint64_t size = 32 + 48 * (uint64_t)n;
  for (uint32_t i = 0; i < n; i++) {
    size += yb__align(yb_strlen(cols[i].name)) + yb__align(yb__values_size(&cols[i], rows));
    if (yb__nulls(&cols[i], rows)) size += yb__align((rows + 7) / 8);
    if (cols[i].kind == YB_TEXT) size += yb__align(4 * (rows + 1));
  }
  return size;
}

static inline void yb__put(uint8_t *to, const void *from, uint64_t n) {
  __builtin_memcpy(to, from, n);
}

static inline void yb__put64(uint8_t *to, uint64_t v) { yb__put(to, &v, 8); }

/* yb__values writes the values of a column: zero for a null, one NaN for all. */
static inline void yb__values(uint8_t *to, const yb_output_column *c, uint64_t rows, int nulls) {
  uint64_t width = yb__width(c->kind);
  yb__put(to, c->values, yb__values_size(c, rows));
  for (uint64_t i = 0; nulls && width && i < rows; i++)
    if (!c->valid[i]) __builtin_memset(to + i * width, 0, width);
  for (uint64_t i = 0; c->kind == YB_DOUBLE && i < rows; i++) {
    double v = ((const double *)to)[i];
    if (v != v) yb__put64(to + 8 * i, 0x7ff8000000000000ull);
  }
}

/* yb_frame_write writes the frame into room bytes at a multiple of 8, which
 * must be zero, as yb_pages gives them. It gives the size, or an error. */
static inline int64_t yb_frame_write(void *frame, uint64_t room, const yb_output_column *cols, uint32_t n, uint64_t rows) {
  uint64_t size = yb_frame_size(cols, n, rows), at = 32 + 48 * (uint64_t)n;
  uint8_t *b = frame;
  if (size > room || size > INT32_MAX || ((uintptr_t)b & 7) || (n == 0 && rows > 0)) return YB_ERR_SIZE;
  yb__put(b, "YBF1", 4);
  yb__put(b + 4, &n, 4);
  yb__put64(b + 8, rows);
  yb__put64(b + 16, size);
  for (uint32_t i = 0; i < n; i++) {
    const yb_output_column *c = &cols[i];
    uint8_t *e = b + 32 + 48 * (uint64_t)i;
    uint32_t name = yb_strlen(c->name);
    uint64_t values = yb__values_size(c, rows);
    int nulls = yb__nulls(c, rows);
    e[0] = c->kind, e[1] = c->precision, e[2] = c->scale, e[3] = (uint8_t)nulls;
    yb__put(e + 4, &name, 4);
    yb__put64(e + 8, at);
    yb__put(b + at, c->name, name);
    at += yb__align(name);
    if (nulls) {
      yb__put64(e + 16, at);
      for (uint64_t r = 0; r < rows; r++) b[at + r / 8] |= (uint8_t)((c->valid[r] != 0) << (r & 7));
      at += yb__align((rows + 7) / 8);
    }
    if (c->kind == YB_TEXT) {
      yb__put64(e + 24, at);
      yb__put(b + at, c->offsets, 4 * (rows + 1));
      at += yb__align(4 * (rows + 1));
    }
    yb__put64(e + 32, at);
    yb__put64(e + 40, values);
    yb__values(b + at, c, rows, nulls);
    at += yb__align(values);
  }
  return (int64_t)size;
}

/* yb_emit_table hands a table out under the name of a declared output: 0, or an
 * error. It takes fresh memory for the frame. */
static inline int32_t yb_emit_table(const char *output, const yb_output_column *cols, uint32_t n, uint64_t rows) {
  uint64_t room = yb_frame_size(cols, n, rows);
  void *frame = yb_pages(room);
  if (!frame) return YB_ERR_NO_MEMORY;
  int64_t size = yb_frame_write(frame, room, cols, n, rows);
  if (size < 0) return (int32_t)size;
  return yb_emit(output, yb_strlen(output), frame, (uint32_t)size);
}

#endif

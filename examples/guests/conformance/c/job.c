/* The C guest of the conformance suite: see the README of the folder above. */
#include <stdlib.h>
#include <string.h>

#include "yingbi/yingbi.h"

static int32_t fail(const char *why) {
  yb_say(why);
  return 1;
}

/* line joins texts and numbers to a line of the log. */
static char line[1024];
static uint32_t line_size;

static void add_text(const char *text, uint32_t size) {
  if (size > sizeof line - line_size) __builtin_trap();
  memcpy(line + line_size, text, size);
  line_size += size;
}

static void add_number(int64_t v) {
  char digits[24];
  add_text(digits, yb_format_decimal(digits, v, 0));
}

static void end_line(void) {
  yb_log(line, line_size);
  line_size = 0;
}

/* copied emits a frame as it was read. */
static int32_t copied(const yb_frame *f) {
  yb_output_column *out = calloc(f->columns + 1, sizeof *out);
  char *names = calloc(f->columns + 1, 257);
  if (!out || !names) return YB_ERR_NO_MEMORY;
  for (uint32_t i = 0; i < f->columns; i++) {
    yb_column c;
    int32_t err = yb_column_at(f, i, &c);
    if (err) return err;
    uint8_t *valid = malloc(f->rows + 1);
    if (!valid) return YB_ERR_NO_MEMORY;
    for (uint64_t r = 0; r < f->rows; r++) valid[r] = !yb_is_null(&c, r);
    memcpy(names + 257 * i, c.name, c.name_size);
    out[i] = (yb_output_column){
        .name = names + 257 * i, .kind = c.kind, .precision = c.precision, .scale = c.scale, .valid = valid, .offsets = c.offsets, .values = c.ints};
  }
  return yb_emit_table("out", out, f->columns, f->rows);
}

/* echo emits each frame, and reads the input again. */
static int32_t echo(int32_t input) {
  static yb_buffer buffer;
  yb_frame f;
  int64_t frames = 0, rows = 0, again = 0;
  int32_t more;
  for (; (more = yb_next(input, &buffer, &f)) > 0; frames++, rows += (int64_t)f.rows)
    if (copied(&f)) return fail("a frame was not emitted");
  yb_input_rewind(input);
  while (more == 0 && (more = yb_next(input, &buffer, &f)) > 0) again++, more = 0;
  char name[256];
  int32_t size = yb_input_name(input, name, sizeof name);
  if (more < 0 || size < 0) return fail("an input was not read");
  add_text(name, (uint32_t)size), add_text(" ", 1), add_number(yb_input_kind(input)), add_text(": ", 2);
  add_number(frames), add_text(" frames, ", 9), add_number(rows), add_text(" rows, again ", 13), add_number(again);
  end_line();
  return 0;
}

static int32_t query(const yb_column *statements, uint64_t rows) {
  for (uint64_t i = 1; i < rows; i++) {
    uint32_t size;
    const char *sql = yb_text(statements, i, &size);
    int32_t answer = yb_query(sql, size);
    if (answer < 0) {
      add_text("code ", 5), add_number(answer), end_line();
    } else if (echo(answer)) {
      return 1;
    }
  }
  return 0;
}

/* made emits a table of what is easily written wrong. */
static int32_t made(void) {
  static const uint8_t no_second[] = {1, 0, 1}, no_last[] = {1, 1, 0}, none[] = {0, 0, 0};
  const int64_t integers[] = {INT64_MIN, INT64_MAX, 7}, decimals[] = {-999999999999999999, 7, 999999999999999999};
  const int64_t times[] = {-62135596800000000, 253402300799999999, 7}, sevens[] = {7, 7, 7};
  const uint64_t doubles[] = {0xfff8000000000001, 0x8000000000000000, 0xfff0000000000000};
  const uint32_t ends[] = {0, 0, 0, sizeof "影壁 🏮" - 1};
  const int32_t days[] = {-719162, 2932896, 0};
  const uint8_t bools[] = {1, 1, 0};
  yb_output_column columns[] = {
      {.name = "整数", .kind = YB_INTEGER, .valid = no_last, .values = integers},
      {.name = "decimal", .kind = YB_DECIMAL, .precision = 18, .scale = 18, .valid = no_second, .values = decimals},
      {.name = "double", .kind = YB_DOUBLE, .values = doubles},
      {.name = "text", .kind = YB_TEXT, .valid = no_second, .offsets = ends, .values = "影壁 🏮"},
      {.name = "date", .kind = YB_DATE, .values = days},
      {.name = "timestamp", .kind = YB_TIMESTAMP, .valid = no_last, .values = times},
      {.name = "boolean", .kind = YB_BOOLEAN, .valid = no_second, .values = bools},
      {.name = "null", .kind = YB_INTEGER, .valid = none, .values = sevens},
  };
  return yb_emit_table("out", columns, 8, 3);
}

static int32_t big(int64_t rows) {
  int64_t *n = malloc((size_t)rows * sizeof *n);
  uint32_t *ends = calloc((size_t)rows + 1, sizeof *ends);
  char *text = malloc((size_t)rows * 8);
  if (!n || !ends || !text) return YB_ERR_NO_MEMORY;
  for (int64_t i = 0; i < rows; i++) {
    char digits[24];
    uint32_t size = yb_format_decimal(digits, i * 7919 % 1000003, 0);
    memcpy(text + ends[i], digits, size);
    ends[i + 1] = ends[i] + size;
    n[i] = i;
  }
  yb_output_column columns[] = {
      {.name = "n", .kind = YB_INTEGER, .values = n},
      {.name = "s", .kind = YB_TEXT, .offsets = ends, .values = text},
  };
  return yb_emit_table("out", columns, 2, (uint64_t)rows);
}

enum { NAMES = 64 };
typedef struct {
  char name[64];
  uint32_t size;
  int64_t rows, sum;
} tally;

static int by_name(const void *a, const void *b) {
  const tally *x = a, *y = b;
  int order = memcmp(x->name, y->name, x->size < y->size ? x->size : y->size);
  return order ? order : (x->size > y->size) - (x->size < y->size);
}

/* group counts and sums the rows of each name, in the order of the names' bytes. */
static int32_t group(void) {
  static tally tallies[NAMES];
  static yb_buffer buffer;
  uint32_t used = 0;
  yb_frame f;
  int32_t input = yb_input("rows"), more;
  while ((more = yb_next(input, &buffer, &f)) > 0) {
    yb_column name, n;
    if (yb_find(&f, "name", &name) || yb_find(&f, "n", &n)) return 1;
    for (uint64_t r = 0; r < f.rows; r++) {
      uint32_t size, i = 0;
      const char *text = yb_text(&name, r, &size);
      while (i < used && (tallies[i].size != size || memcmp(tallies[i].name, text, size))) i++;
      if (i == NAMES || size > sizeof tallies[i].name) return 1;
      if (i == used) memcpy(tallies[used++].name, text, size), tallies[i].size = size;
      tallies[i].rows++;
      tallies[i].sum += n.ints[r];
    }
  }
  qsort(tallies, used, sizeof *tallies, by_name);
  static uint32_t ends[NAMES + 1];
  static char text[NAMES * 64];
  static int64_t rows[NAMES], sums[NAMES];
  for (uint32_t i = 0; i < used; i++) {
    memcpy(text + ends[i], tallies[i].name, tallies[i].size);
    ends[i + 1] = ends[i] + tallies[i].size, rows[i] = tallies[i].rows, sums[i] = tallies[i].sum;
  }
  yb_output_column columns[] = {
      {.name = "name", .kind = YB_TEXT, .offsets = ends, .values = text},
      {.name = "rows", .kind = YB_INTEGER, .values = rows},
      {.name = "sum", .kind = YB_INTEGER, .values = sums},
  };
  return more < 0 || yb_emit_table("out", columns, 3, used);
}

static int32_t decimals(void) {
  static yb_buffer buffer;
  static int64_t q[256];
  static uint32_t ends[257];
  static char text[256 * 24];
  yb_frame f;
  yb_column a, b, c;
  if (yb_next(yb_input("decimals"), &buffer, &f) < 1 || yb_find(&f, "a", &a) || yb_find(&f, "b", &b) || yb_find(&f, "c", &c) || f.rows > 256) return 1;
  for (uint64_t i = 0; i < f.rows; i++) {
    if (yb_mul_div(a.ints[i], b.ints[i], c.ints[i], &q[i])) return fail("it does not fit");
    ends[i + 1] = ends[i] + yb_format_decimal(text + ends[i], a.ints[i], 4);
  }
  yb_output_column columns[] = {
      {.name = "q", .kind = YB_INTEGER, .values = q},
      {.name = "text", .kind = YB_TEXT, .offsets = ends, .values = text},
  };
  return yb_emit_table("out", columns, 2, f.rows);
}

/* codes makes every mistake that the host answers, and emits the answers. */
static int32_t codes(void) {
  static char room[1 << 17], text[1024];
  static uint32_t ends[64];
  static int64_t answers[64];
  uint32_t n = 0;
  void *outside = (void *)0xfffffff0;
  int32_t size = 0;
#define ADD(name, answer) (memcpy(text + ends[n], name, sizeof name - 1), ends[n + 1] = ends[n] + sizeof name - 1, answers[n++] = (answer))
  ADD("kind of none", yb_input_kind(99));
  ADD("kind of -1", yb_input_kind(-1));
  ADD("name of none", yb_input_name(99, room, 8));
  ADD("next of none", yb_input_next(99));
  ADD("read of none", yb_input_read(99, room, 8));
  ADD("rewind of none", yb_input_rewind(99));
  ADD("name in one byte", yb_input_name(0, room, 1));
  ADD("name outside", yb_input_name(0, outside, 256));
  ADD("read unasked", yb_input_read(0, room, sizeof room));
  size = yb_input_next(0);
  ADD("next twice", yb_input_next(0) - size);
  ADD("read in too little", yb_input_read(0, room, (uint32_t)size - 1));
  ADD("read outside", yb_input_read(0, outside, (uint32_t)size));
  ADD("read", yb_input_read(0, room, sizeof room) - size);
  ADD("read twice", yb_input_read(0, room, sizeof room));
  ADD("query", yb_query(room, 1));
  ADD("emit outside", yb_emit(outside, 256, room, 1));
  ADD("log outside", yb_log(outside, 256));
  ADD("log too long", yb_log(room, sizeof room));
  ADD("record", yb_record(0, 0));
  yb_output_column columns[] = {
      {.name = "call", .kind = YB_TEXT, .offsets = ends, .values = text},
      {.name = "code", .kind = YB_INTEGER, .values = answers},
  };
  return yb_emit_table("out", columns, 2, n);
}

static int is(const yb_column *c, uint64_t row, const char *what) {
  uint32_t size;
  const char *text = yb_text(c, row, &size);
  return size == yb_strlen(what) && yb_equal(text, what, size);
}

/* yb_run does what the first row of the input attempt says. */
YB_EXPORT(yb_run) int32_t yb_run(void) {
  static yb_buffer buffer;
  yb_frame attempt;
  yb_column what, n;
  if (yb_next(yb_input("attempt"), &buffer, &attempt) < 1 || yb_find(&attempt, "what", &what) || yb_find(&attempt, "n", &n)) return 1;
  if (is(&what, 0, "query")) return query(&what, attempt.rows);
  if (is(&what, 0, "made")) return made();
  if (is(&what, 0, "big")) return big(n.ints[0]);
  if (is(&what, 0, "group")) return group();
  if (is(&what, 0, "decimals")) return decimals();
  if (is(&what, 0, "codes")) return codes();
  if (is(&what, 0, "fail")) return fail("a deliberate failure");
  if (is(&what, 0, "panic")) __builtin_trap();
  if (is(&what, 0, "hungry"))
    for (;;)
      if (!yb_pages(1 << 20)) return fail("no memory is left");
  if (!is(&what, 0, "echo")) return 1;
  for (int32_t i = 0, inputs = yb_inputs(), own = yb_input("attempt"); i < inputs; i++)
    if (i != own && echo(i)) return 1;
  return 0;
}

/* yb_map does what the first row of the subject says. */
YB_EXPORT(yb_map) int32_t yb_map(void) {
  static int64_t turns; /* subjects that this instance has served */
  static yb_buffer buffer, others;
  yb_frame f, other;
  yb_column what, n;
  char room[8] = {0};
  turns++;
  if (yb_next(yb_input("rows"), &buffer, &f) < 1 || yb_find(&f, "what", &what) || yb_find(&f, "n", &n)) return 1;
  if (f.rows == 0 || is(&what, 0, "nothing")) return 0;
  if (is(&what, 0, "bounds")) {
    int64_t codes = -yb_record(9, 0) - yb_record(-1, 0) * 10 - yb_record(0, -1) * 100 - yb_record(0, 1000001) * 1000;
    return yb_record(0, codes);
  }
  if (is(&what, 0, "denied")) {
    int64_t query = -yb_query(room, 1), emit = -yb_emit(room, 1, room, 1);
    return yb_record(0, query * 10 + emit);
  }
  if (is(&what, 0, "turn")) return yb_record(0, turns);
  if (is(&what, 0, "half")) return yb_record(0, 1), fail("a deliberate failure");
  if (is(&what, 0, "panic")) __builtin_trap();
  if (!is(&what, 0, "sum")) return 1;
  int64_t sum = 0;
  for (uint64_t i = 0; i < f.rows; i++) sum += n.ints[i];
  if (yb_next(yb_input("other"), &others, &other) < 1) return 1;
  return yb_record(0, sum) || yb_record(1, (int64_t)f.rows) || yb_record(2, (int64_t)other.rows);
}

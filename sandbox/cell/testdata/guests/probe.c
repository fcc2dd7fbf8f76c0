/* probe tries one thing, the one that its first input is named after. It says in
 * the log what the host answered. */
#include "../../../../guest/c/yingbi.h"

__attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_exit"))) void wasi_exit(uint32_t);
__attribute__((import_module("wasi_snapshot_preview1"), import_name("clock_time_get"))) int32_t wasi_clock(uint32_t, uint64_t, void *);
__attribute__((import_module("wasi_snapshot_preview1"), import_name("random_get"))) int32_t wasi_random(void *, uint32_t);
__attribute__((import_module("wasi_snapshot_preview1"), import_name("fd_write"))) int32_t wasi_write(uint32_t, const void *, uint32_t, void *);
__attribute__((import_module("wasi_snapshot_preview1"), import_name("fd_read"))) int32_t wasi_read(uint32_t, const void *, uint32_t, void *);
__attribute__((import_module("wasi_snapshot_preview1"), import_name("fd_fdstat_get"))) int32_t wasi_stat(uint32_t, void *);
__attribute__((import_module("wasi_snapshot_preview1"), import_name("fd_prestat_get"))) int32_t wasi_prestat(uint32_t, void *);
__attribute__((import_module("wasi_snapshot_preview1"), import_name("poll_oneoff"))) int32_t wasi_poll(const void *, void *, uint32_t, void *);
__attribute__((import_module("wasi_snapshot_preview1"), import_name("args_sizes_get"))) int32_t wasi_args(void *, void *);
__attribute__((import_module("wasi_snapshot_preview1"), import_name("environ_sizes_get"))) int32_t wasi_environ(void *, void *);

#define WILD ((void *)0xfffffff0u)
#define MOST 0xffffffffu

static char name[256], line[256];
static uint32_t name_size;
static uint8_t scratch[1 << 16] __attribute__((aligned(8)));

static int is(const char *s) { return yb_strlen(s) == name_size && yb_equal(s, name, name_size); }

/* say logs a word and a number. */
static void say(const char *what, int64_t n) {
  uint32_t at = 0, digits = 0;
  uint64_t v = n < 0 ? -(uint64_t)n : (uint64_t)n;
  char reversed[24];
  while (*what) line[at++] = *what++;
  line[at++] = ' ';
  if (n < 0) line[at++] = '-';
  do reversed[digits++] = (char)('0' + v % 10); while (v /= 10);
  while (digits) line[at++] = reversed[--digits];
  yb_log(line, at);
}

static void bounds(void) {
  say("kind", yb_input_kind(99));
  say("kind", yb_input_kind(-1));
  say("name", yb_input_name(0, WILD, 256));
  say("name", yb_input_name(0, name, MOST));
  say("name", yb_input_name(0, name, 1));
  say("name", yb_input_name(1 << 30, name, 256));
  say("read", yb_input_read(0, scratch, sizeof scratch));
  int32_t size = yb_input_next(0);
  say("read", yb_input_read(0, scratch, (uint32_t)size - 1));
  say("read", yb_input_read(0, WILD, (uint32_t)size));
  say("read", yb_input_read(0, scratch, MOST));
  say("again", yb_input_next(0) - size);
  say("read", yb_input_read(0, scratch, (uint32_t)size) - size);
  say("end", yb_input_next(0));
  say("rewind", yb_input_rewind(0));
  say("rewound", yb_input_next(0) - size);
  say("rewind", yb_input_rewind(7));
  say("next", yb_input_next(7));
  say("emit", yb_emit(WILD, 4, scratch, 8));
  say("emit", yb_emit("out", 3, WILD, MOST));
  say("log", yb_log(WILD, 64));
  say("log", yb_log("x", MOST));
  say("query", yb_query(WILD, 64));
}

static void wasi(void) {
  uint32_t pair[2] = {9, 9};
  const struct { const void *at; uint32_t size; } vector = {"stderr", 6}, wild = {WILD, 64};
  say("args", wasi_args(&pair[0], &pair[1]) + pair[0] + pair[1]);
  say("environ", wasi_environ(&pair[0], &pair[1]) + pair[0] + pair[1]);
  say("args", wasi_args(WILD, &pair[1]));
  say("prestat", wasi_prestat(3, scratch));
  say("stat", wasi_stat(1, scratch));
  say("stat", wasi_stat(3, scratch));
  say("stat", wasi_stat(1, WILD));
  say("write", wasi_write(2, &vector, 1, pair));
  say("written", pair[0]);
  say("write", wasi_write(3, &vector, 1, pair));
  say("write", wasi_write(1, &wild, 1, pair));
  say("write", wasi_write(1, WILD, 100, pair));
  say("write", wasi_write(1, &vector, MOST, pair));
  say("read", wasi_read(0, &vector, 1, pair));
  say("got", pair[0]);
  say("read", wasi_read(5, &vector, 1, pair));
  say("random", wasi_random(WILD, 64));
  say("clock", wasi_clock(0, 0, WILD));
  say("clock", wasi_clock(9, 0, scratch));
}

static void times(void) {
  uint64_t now, before, random, events;
  struct { uint64_t user; uint8_t tag; uint8_t pad[7]; uint32_t clock; uint32_t pad2; uint64_t timeout, precision; uint16_t flags; uint8_t pad3[6]; }
      sleep[2] = {{.user = 42, .clock = 1, .timeout = 3600000000000ull}, {.user = 43, .tag = 1}};
  wasi_clock(0, 0, &now);
  say("now", (int64_t)now);
  wasi_clock(1, 0, &before);
  say("poll", wasi_poll(sleep, scratch, 2, &events));
  say("events", *(uint32_t *)&events);
  say("user", (int64_t) * (uint64_t *)scratch);
  wasi_clock(1, 0, &now);
  say("slept", (int64_t)(now - before));
  say("poll", wasi_poll(sleep, scratch, 0, &events));
  say("poll", wasi_poll(sleep, WILD, 2, &events));
  say("poll", wasi_poll(sleep, scratch, MOST, &events));
  wasi_random(&random, 8);
  say("random", (int64_t)(random >> 1));
}

/* echo emits the frames of the second input as they are. */
static void echo(void) {
  static yb_buffer buffer;
  yb_frame frame;
  int32_t more;
  while ((more = yb_next(1, &buffer, &frame)) > 0) say("emit", yb_emit("out", 3, frame.base, (uint32_t)frame.size));
  if (more) say("next", more);
}

/* everything emits a column of each kind with nine rows, the second one null. */
static void everything(void) {
  static int64_t ints[9];
  static double floats[9];
  static int32_t days[9];
  static uint8_t bools[9], valid[9];
  static uint32_t offsets[10];
  static const char text[] = "\xe5\xbd\xb1\xe5\xa3\x81";
  for (int i = 0; i < 9; i++) {
    ints[i] = 7 * i, floats[i] = i ? 1.5 * i : __builtin_nan("0x123"), days[i] = i, bools[i] = (uint8_t)(i & 1);
    valid[i] = i != 1, offsets[i + 1] = i == 0 ? 3 : i < 8 ? 3 : 6;
  }
  yb_output_column columns[] = {
      {.name = "i", .kind = YB_INTEGER, .values = ints, .valid = valid},
      {.name = "d", .kind = YB_DECIMAL, .precision = 9, .scale = 1, .values = ints},
      {.name = "f", .kind = YB_DOUBLE, .values = floats, .valid = valid},
      {.name = "s", .kind = YB_TEXT, .offsets = offsets, .values = text, .valid = valid},
      {.name = "day", .kind = YB_DATE, .values = days, .valid = valid},
      {.name = "t", .kind = YB_TIMESTAMP, .values = ints},
      {.name = "b", .kind = YB_BOOLEAN, .values = bools, .valid = valid},
  };
  say("emit", yb_emit_table("out", columns, 7, 9));
  for (int i = 0; i < 9; i++) valid[i] = 1;
  say("emit", yb_emit_table("out", columns, 7, 9));
  say("emit", yb_emit_table("out", columns, 7, 0));
}

/* sql runs statements over the view rows, and emits the first answer. */
static void sql(void) {
  static const char *statements[] = {
      "select s, count(*) as n from rows group by s order by s", "select * from rows", "select 1; drop table rows", "select * from read_csv('/etc/passwd')",
      "select cast('x' || string_agg(s) as date) from rows", "select n, n from rows", "insert into rows values (1)", "select n from other"};
  int32_t first = yb_query(statements[0], yb_strlen(statements[0]));
  say("answer", first);
  for (uint32_t i = 1; i < sizeof statements / sizeof *statements; i++) say("query", yb_query(statements[i], yb_strlen(statements[i])));
  say("query", yb_query(WILD, 64));
  say("kind", yb_input_kind(first));
  int32_t size = yb_input_next(first);
  yb_input_read(first, scratch, sizeof scratch);
  say("end", yb_input_next(first));
  say("emit", yb_emit("out", 3, scratch, (uint32_t)size));
  say("rewind", yb_input_rewind(first));
  say("same", yb_input_next(first) - size);
  for (int i = 0; i < 300; i++)
    if (yb_query("select 1", 8) < 0) {
      say("budget", i);
      return;
    }
}

static int64_t deep(int64_t n) {
  volatile char hold[512];
  hold[n & 511] = 1;
  return n + deep(n + 1) + hold[n & 3];
}

YB_EXPORT(yb_run) int32_t yb_run(void) {
  static yb_buffer buffer;
  yb_frame frame;
  const int64_t one[] = {1};
  yb_output_column column = {.name = "n", .kind = YB_INTEGER, .values = one};
  name_size = (uint32_t)yb_input_name(0, name, sizeof name);
  if (is("bounds")) bounds();
  if (is("wasi")) wasi();
  if (is("times")) times();
  if (is("echo")) echo();
  if (is("query")) say("query", yb_query("select 1", 8));
  if (is("record")) say("record", yb_record(0, 0));
  if (is("everything")) everything();
  if (is("sql")) sql();
  if (is("undeclared")) yb_emit_table("other", &column, 1, 1);
  if (is("malformed")) yb_emit("out", 3, scratch, 64);
  if (is("two items")) say("emit", yb_emit_table("out", &column, 1, 1)), yb_emit_table("out", &column, 1, 1);
  if (is("large item")) yb_emit("out", 3, scratch, sizeof scratch);
  if (is("trap")) __builtin_trap();
  if (is("wild load")) say("load", *(volatile int32_t *)WILD);
  if (is("deep")) say("deep", deep(0));
  if (is("exit 0")) wasi_exit(0);
  if (is("forged deadline")) wasi_exit(0xefffffff);
  if (is("failure")) return 7;
  if (is("calls")) for (;;) yb_inputs();
  if (is("flood")) {
    for (int i = 0; i < 100000; i++)
      if (yb_log("0123456789", 10) < 0) break;
    say("never", 0);
  }
  if (is("memory")) {
    while (yb_pages(1)) continue;
    say("pages", (int64_t)__builtin_wasm_memory_size(0));
  }
  if (is("touch"))
    for (uint8_t *page; (page = yb_pages(1 << 20));) __builtin_memset(page, 1, 1 << 20);
  if (is("copies"))
    for (int i = 0; i < 100 && yb_next(1, &buffer, &frame) > 0; i++) yb_input_rewind(1);
  if (is("copy"))
    while (yb_next(1, &buffer, &frame) > 0) continue;
  return 0;
}

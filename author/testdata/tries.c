/* tries does one thing, the one that its first input is named after, over that
 * input's rows. */
#include "../../guest/c/yingbi.h"

__attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_exit"))) void wasi_exit(uint32_t);

static char name[256];
static uint32_t size;
static yb_buffer buffer;
static uint8_t zeros[1 << 22];

static int is(const char *s) { return yb_strlen(s) == size && yb_equal(s, name, size); }

static int32_t count(const char *output) {
  yb_frame frame;
  int64_t rows = 0;
  for (int32_t i = 0; i < yb_inputs(); i++)
    while (yb_next(i, &buffer, &frame) > 0) rows += (int64_t)frame.rows;
  yb_output_column c[] = {{.name = "rows", .kind = YB_INTEGER, .values = &rows}};
  return yb_emit_table(output, c, 1, 1);
}

static int32_t ask(const char *sql) {
  yb_frame frame;
  yb_column c;
  int32_t answer = yb_query(sql, yb_strlen(sql));
  if (answer < 0) return answer;
  if (yb_next(answer, &buffer, &frame) <= 0 || yb_find(&frame, "s", &c)) return 1;
  yb_output_column out[] = {{.name = "s", .kind = YB_DECIMAL, .precision = 18, .scale = c.scale, .values = c.ints}};
  return yb_emit_table("asked", out, 1, frame.rows);
}

static int32_t flood(uint64_t rows, int times) {
  yb_output_column c[] = {{.name = "b", .kind = YB_BOOLEAN, .values = zeros}};
  while (times--)
    if (yb_emit_table("flood", c, 1, rows)) return 1;
  return 0;
}

static void grow(void) {
  for (;;) {
    size_t at = __builtin_wasm_memory_grow(0, 16);
    if (at == (size_t)-1) __builtin_trap();
    for (size_t i = 0; i < 16; i++) *(volatile char *)((at + i) << 16) = 1;
  }
}

YB_EXPORT(yb_run) int32_t yb_run(void) {
  yb_say("began");
  if (yb_inputs() == 0) return count("nothing");
  size = (uint32_t)yb_input_name(0, name, sizeof name);
  if (is("count")) return count("any name at all, 任何名称");
  if (is("sql")) return ask("SELECT sum(cost) AS s FROM sql");
  if (is("sql-refused")) return ask("SELECT * FROM read_csv('/etc/passwd')") == -6 ? 0 : 1;
  if (is("log")) return yb_log("\xff\x00<&", 4);
  if (is("spin")) for (volatile int i = 0;; i++) {}
  if (is("grow")) grow();
  if (is("exit")) wasi_exit(0xefffffffu); /* what the runtime says at a deadline */
  if (is("seven")) return 7;
  if (is("control")) return count("a\nb");
  if (is("junk")) return yb_emit("x", 1, "junk", 4);
  if (is("many")) return flood(1, 65);
  if (is("large")) return flood(sizeof zeros, 1);
  if (is("calls")) for (;;) yb_inputs();
  return 1;
}

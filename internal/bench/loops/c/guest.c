/* guest.c: the loops as a guest in C. It is asked what to do by the input "asked",
 * and emits one number. */
#include "../../../../guest/c/yingbi.h"
#include "loops.h"

/* asked reads the one row of the input "asked". */
static int asked(int64_t *loop, int64_t *passes) {
  static yb_buffer buffer;
  yb_frame frame;
  yb_column a, b;
  int32_t input = yb_input("asked");
  if (input < 0 || yb_next(input, &buffer, &frame) != 1 || frame.rows != 1) return -1;
  if (yb_find(&frame, "loop", &a) || yb_find(&frame, "passes", &b)) return -1;
  *loop = a.ints[0], *passes = b.ints[0];
  return 0;
}

static yb_buffer buffer; /* of the rows */

/* copy reads all rows into the same memory again and again. */
static int64_t copy(int32_t rows, int64_t passes) {
  yb_frame frame;
  int64_t total = 0;
  for (int64_t pass = 0; pass < passes; pass++) {
    yb_input_rewind(rows);
    while (yb_next(rows, &buffer, &frame) > 0) total += (int64_t)frame.rows;
  }
  return total;
}

/* query has the engine sum the costs. */
static int64_t query(void) {
  static const char sql[] = "SELECT CAST(sum(cost) AS BIGINT) AS n FROM rows";
  yb_frame frame;
  yb_column n;
  int32_t answer = yb_query(sql, sizeof sql - 1);
  if (answer < 0 || yb_next(answer, &buffer, &frame) != 1 || yb_find(&frame, "n", &n)) return -1;
  return n.ints[0];
}

static void spin(void) {
  for (volatile uint64_t turns = 0;;) turns++;
}

/* hold takes and touches memory until there is none, and then spins. */
static void hold(void) {
  size_t at;
  while ((at = __builtin_wasm_memory_grow(0, 16)) != (size_t)-1)
    for (size_t page = 0; page < 16 << 16; page += 4096) ((volatile char *)(at << 16))[page] = 1;
  spin();
}

YB_EXPORT(yb_run) int32_t yb_run(void) {
  int64_t loop, passes, check;
  yb_frame frame;
  yb_column key, cost;
  int32_t rows = yb_input("rows");
  if (rows < 0 || asked(&loop, &passes)) return 1;
  if (loop == SPIN) spin();
  if (loop == HOLD) hold();
  if (loop == COPY) {
    check = copy(rows, passes);
  } else if (loop == QUERY) {
    check = query();
  } else {
    if (yb_next(rows, &buffer, &frame) != 1) return 1;
    if (yb_find(&frame, "hospital", &key) || yb_find(&frame, "cost", &cost)) return 1;
    check = run(loop, passes, key.ints, cost.ints, frame.rows);
  }
  yb_output_column column = {.name = "check", .kind = YB_INTEGER, .values = &check};
  return yb_emit_table("check", &column, 1, 1) < 0;
}

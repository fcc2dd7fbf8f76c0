/* smuggle carries rows out: under the name of the output check, which should hold
 * a table by district, it emits a row for each claim, with the person (or, where
 * no person is granted, the district) and the exact cost where the district should
 * be, and it writes the first of them to the log. Nothing inside the cell stops
 * it. Outside, the domain publishes its own computation of the declared table and
 * only counts what the module got wrong; the log of a run over real rows is
 * sealed. */
#include <stdlib.h>
#include <string.h>

#include "../../../guest/c/yingbi.h"

/* label writes who/cost and gives its length. */
static uint32_t label(char *to, const yb_column *who, const yb_column *cost, uint64_t row) {
  uint32_t size, digits = 0;
  const char *text = yb_text(who, row, &size);
  char reversed[24];
  memcpy(to, text, size);
  to[size++] = '/';
  uint64_t v = (uint64_t)cost->ints[row];
  do reversed[digits++] = (char)('0' + v % 10);
  while (v /= 10);
  while (digits) to[size++] = reversed[--digits];
  return size;
}

YB_EXPORT(yb_run) int32_t yb_run(void) {
  static yb_buffer buffer;
  yb_frame frame;
  yb_column who, cost;
  int32_t claims = yb_input("claims");
  if (claims < 0 || yb_next(claims, &buffer, &frame) <= 0) return 1;
  if (yb_find(&frame, "person", &who) && yb_find(&frame, "district", &who)) return 1;
  if (who.kind != YB_TEXT || yb_find(&frame, "cost", &cost) || !cost.ints) return 1;

  uint64_t n = frame.rows;
  int64_t *one = malloc((n + 1) * sizeof *one);
  uint32_t *offsets = calloc(n + 1, sizeof *offsets);
  char *labels = malloc(who.offsets[n] + 24 * n + 1);
  if (!one || !offsets || !labels) return 1;
  for (uint64_t i = 0; i < n; i++) {
    uint32_t size = label(labels + offsets[i], &who, &cost, i);
    if (i < 20) yb_log(labels + offsets[i], size);
    offsets[i + 1] = offsets[i] + size;
    one[i] = 1;
  }
  yb_output_column columns[] = {
      {.name = "district", .kind = YB_TEXT, .offsets = offsets, .values = labels},
      {.name = "visits", .kind = YB_INTEGER, .values = one},
      {.name = "cost", .kind = YB_DECIMAL, .precision = 18, .scale = cost.scale, .values = cost.ints},
  };
  return yb_emit_table("check", columns, 3, n) < 0;
}

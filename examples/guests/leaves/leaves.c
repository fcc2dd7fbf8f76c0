/* leaves is a guest in C. It sees rows: the input claims with the columns icd_chapter
 * (text) and cost (integer or decimal). It is a tree of one split, at a cost of 500, and
 * emits leaves(low, high): of how many in a hundred claims of each leaf the chapter is IX.
 * Nobody computes these again (class "asserted"), so that they leave with three digits and
 * the signatures of two people, where a scenario lets them leave at all. */
#include <math.h>
#include <string.h>

#include "../../../guest/c/yingbi.h"

#define SPLIT 500

static double hits[2], all[2], first; /* first is the cost of the first row */

static int take(const yb_frame *f) {
  yb_column chapter, cost;
  if (yb_find(f, "icd_chapter", &chapter) || yb_find(f, "cost", &cost)) return -1;
  if (chapter.kind != YB_TEXT || (cost.kind != YB_INTEGER && cost.kind != YB_DECIMAL)) return -1;
  double unit = pow(10, cost.scale);
  for (uint64_t i = 0; i < f->rows; i++) {
    if (yb_is_null(&chapter, i) || yb_is_null(&cost, i)) continue;
    double amount = cost.ints[i] / unit;
    uint32_t size;
    const char *text = yb_text(&chapter, i, &size);
    if (!all[0] && !all[1]) first = amount;
    all[amount >= SPLIT]++;
    hits[amount >= SPLIT] += size == 2 && !memcmp(text, "IX", 2);
  }
  return 0;
}

#ifndef TELL
#define TELL(leaf) /* an honest module says what it has counted */
#endif

YB_EXPORT(yb_run) int32_t yb_run(void) {
  static yb_buffer buffer;
  yb_frame frame;
  int32_t claims = yb_input("claims"), more;
  if (claims < 0) {
    yb_say("the job has no input claims");
    return 1;
  }
  while ((more = yb_next(claims, &buffer, &frame)) > 0)
    if (take(&frame)) {
      yb_say("the input needs icd_chapter (text) and cost (integer or decimal)");
      return 1;
    }
  double leaf[2];
  for (int i = 0; i < 2; i++) leaf[i] = all[i] ? 100 * hits[i] / all[i] : 0;
  TELL(leaf);
  yb_output_column columns[] = { /* in any order: the release has the manifest's */
      {.name = "high", .kind = YB_DOUBLE, .values = &leaf[1]},
      {.name = "low", .kind = YB_DOUBLE, .values = &leaf[0]},
  };
  return more < 0 || yb_emit_table("leaves", columns, 2, 1) < 0;
}

/* How dear is a visit in each district, in per cent of the mean of all districts?
 * The job sees the finished table by_district, and no row of anybody. */
#include "yingbi/yingbi.h"

enum { DISTRICTS = 4096, TEXT = 1 << 17 };

/* The table that is emitted, and what it is computed from. */
static uint32_t offsets[DISTRICTS + 1], n;
static char names[TEXT];
static uint8_t has_name[DISTRICTS], has_index[DISTRICTS];
static int64_t visits[DISTRICTS], tenths[DISTRICTS];
static double cost[DISTRICTS];

/* collect adds the rows of a frame: 0, or 1 when they cannot be read. */
static int collect(const yb_frame *f) {
  yb_column name, count, sum;
  if (yb_find(f, "district", &name) || yb_find(f, "visits", &count) || yb_find(f, "cost", &sum)) return 1;
  if (name.kind != YB_TEXT || count.kind != YB_INTEGER || sum.kind != YB_DOUBLE) return 1;
  for (uint64_t i = 0; i < f->rows; i++, n++) {
    uint32_t size;
    const char *text = yb_text(&name, i, &size);
    if (n == DISTRICTS || size > TEXT - offsets[n]) return 1;
    __builtin_memcpy(names + offsets[n], text, size);
    offsets[n + 1] = offsets[n] + size;
    has_name[n] = !yb_is_null(&name, i); /* bills without a district are a row too */
    visits[n] = count.ints[i];
    cost[n] = sum.floats[i];
    /* a null was withheld by disclosure control */
    has_index[n] = !yb_is_null(&count, i) && !yb_is_null(&sum, i) && count.ints[i] > 0;
  }
  return 0;
}

/* indices gives for each district (cost / visits) / (all cost / all visits), in
 * tenths of a per cent. */
static void indices(void) {
  double all_visits = 0, all_cost = 0;
  for (uint32_t i = 0; i < n; i++)
    if (has_index[i]) all_visits += (double)visits[i], all_cost += cost[i];
  for (uint32_t i = 0; i < n; i++) {
    has_index[i] = has_index[i] && all_cost != 0;
    if (!has_index[i]) continue;
    double ratio = cost[i] / (double)visits[i] / (all_cost / all_visits);
    tenths[i] = (int64_t)(1000 * ratio + (ratio < 0 ? -0.5 : 0.5));
  }
}

static int32_t fail(const char *why) {
  yb_say(why);
  return 1;
}

YB_EXPORT(yb_run) int32_t yb_run(void) {
  static yb_buffer buffer;
  yb_frame frame;
  int32_t input = yb_input("by_district"), more;
  if (input < 0) return fail("the job has no input by_district");
  n = 0;
  while ((more = yb_next(input, &buffer, &frame)) > 0)
    if (collect(&frame)) return fail("by_district needs district (text), visits (integer) and cost (double), and has too many rows otherwise");
  if (more < 0) return fail("the input cannot be read");
  indices();
  yb_output_column columns[] = {
      {.name = "district", .kind = YB_TEXT, .valid = has_name, .offsets = offsets, .values = names},
      {.name = "index", .kind = YB_DECIMAL, .precision = 18, .scale = 1, .valid = has_index, .values = tenths},
  };
  return yb_emit_table("index", columns, 2, n) < 0;
}

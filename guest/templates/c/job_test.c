/* Runs the job outside the domain, over a table that the test makes. */
#include "yingbi/yingbi_try.h"

#include "job.c"

/* check ends the program where something does not hold. */
static void check(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "FAIL: %s\n%s", what, yb_tried.log);
  exit(1);
}

int main(void) {
  check(yb_try(yb_run) != 0, "the job succeeded without an input");

  const uint32_t name_ends[] = {0, 6, 12, 18};
  const uint8_t published[] = {1, 1, 0}; /* the last is withheld by disclosure control */
  const int64_t visit[] = {300, 100, 0};
  const double yuan[] = {300 * 100, 100 * 300, 0};
  yb_output_column given[] = {
      {.name = "district", .kind = YB_TEXT, .offsets = name_ends, .values = "江北江南山里"},
      {.name = "visits", .kind = YB_INTEGER, .valid = published, .values = visit},
      {.name = "cost", .kind = YB_DOUBLE, .valid = published, .values = yuan},
  };
  yb_try_give("by_district", YB_FINISHED, given, 3, 3);
  check(yb_try(yb_run) == 0, "the job failed");
  check(yb_tried.items == 1 && !strcmp(yb_tried.emitted[0].output, "index"), "it emitted something else than index");

  /* All: 400 visits for 60,000 yuan, 150 each. */
  const yb_frame *f = &yb_tried.emitted[0].frame;
  yb_column district, index;
  check(!yb_find(f, "district", &district) && !yb_find(f, "index", &index) && f->rows == 3, "index has other columns or rows");
  check(index.ints[0] == 667 && index.ints[1] == 2000 && yb_is_null(&index, 2), "the indices are not 66.7, 200.0 and null");
  uint32_t size;
  check(!memcmp(yb_text(&district, 2, &size), "山里", 6) && size == 6, "the last district is another");
  puts("ok");
  return 0;
}

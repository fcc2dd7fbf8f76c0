/* Makes records outside the domain, over rows that the test makes. */
#include "yingbi/yingbi_try.h"

#include "job.c"

/* person checks the record of somebody whose rows have these chapters, one after the other in text. */
static void person(const char *text, const uint32_t *ends, uint64_t rows, int64_t circulatory, int64_t visits) {
  yb_output_column chapter = {.name = "icd_chapter", .kind = YB_TEXT, .offsets = ends, .values = text};
  yb_try_forget();
  yb_try_give("claims", YB_ROWS, &chapter, 1, rows);
  if (yb_try(yb_map) == 0 && yb_tried.record[CIRCULATORY].set && yb_tried.record[CIRCULATORY].value == circulatory &&
      yb_tried.record[VISITS].set && yb_tried.record[VISITS].value == visits)
    return;
  fprintf(stderr, "FAIL: %s\n%s", text, yb_tried.log);
  exit(1);
}

int main(void) {
  static const uint32_t many[2001];
  person("", (const uint32_t[]){0}, 0, 0, 0);
  person("XXI", (const uint32_t[]){0, 1, 3}, 2, 0, 2);
  person("XIXIX", (const uint32_t[]){0, 1, 3, 5}, 3, 1, 3);
  person("", many, 2000, 0, 1000);
  yb_try_forget();
  if (yb_try(yb_map) == 0) {
    fprintf(stderr, "FAIL: the mapping succeeded without an input\n");
    return 1;
  }
  puts("ok");
  return 0;
}

/* Makes the record of one person: was there a visit for a disease of the
 * circulatory system, and how many visits? It sees that person's rows of claims
 * alone, in an instance that ends with that person. */
#include "yingbi/yingbi.h"

/* The fields of a record, as job.yaml declares them. */
enum { CIRCULATORY, VISITS };
enum { MOST_VISITS = 1000 };

static int32_t fail(const char *why) {
  yb_say(why);
  return 1;
}

YB_EXPORT(yb_map) int32_t yb_map(void) {
  static uint64_t room[512]; /* enough for most people's frame: no page is taken */
  yb_buffer buffer = {room, sizeof room};
  yb_frame frame;
  yb_column chapter;
  int64_t visits = 0, circulatory = 0;
  int32_t claims = yb_input("claims"), more;
  if (claims < 0) return fail("the mapping has no input claims");
  while ((more = yb_next(claims, &buffer, &frame)) > 0) {
    if (yb_find(&frame, "icd_chapter", &chapter) || chapter.kind != YB_TEXT) return fail("claims needs icd_chapter (text)");
    for (uint64_t i = 0; i < frame.rows; i++, visits++) {
      uint32_t size;
      const char *text = yb_text(&chapter, i, &size);
      circulatory |= size == 2 && yb_equal(text, "IX", 2);
    }
  }
  if (more < 0) return fail("claims cannot be read");
  return yb_record(CIRCULATORY, circulatory) || yb_record(VISITS, visits < MOST_VISITS ? visits : MOST_VISITS);
}

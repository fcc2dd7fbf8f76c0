/* carry is a mapping that takes something of one subject along to the next: each
 * record says how many bills the subject before had. In a fresh instance there is
 * nobody before; where subjects share one, the domain runs the mapping twice in two
 * secret orders, and the records disagree. */
#include "../../../guest/c/yingbi.h"

enum { CLASS, SCORE };

static uint64_t before;

YB_EXPORT(yb_map) int32_t yb_map(void) {
  static uint64_t room[512];
  yb_buffer buffer = {room, sizeof room};
  yb_frame frame;
  uint64_t bills = 0;
  int32_t input = yb_input("bills"), got;
  if (input < 0) return 1;
  while ((got = yb_next(input, &buffer, &frame)) > 0) bills += frame.rows;
  if (got < 0) return 1;
  yb_record(CLASS, 0);
  yb_record(SCORE, before > 100 ? 100 : (int64_t)before);
  before = bills;
  return 0;
}

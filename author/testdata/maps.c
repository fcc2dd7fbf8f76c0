/* maps is a mapping that says what it was shown of one subject: the fields are
 *
 *   0 inputs   2 columns and 3 values of n as digits, of the first input   5 rows of the second
 *   30, 31     the least and the largest value, of subjects without rows in the second
 *
 * It traps over a subject that has two rows in the second. */
#include "../../guest/c/yingbi.h"

static yb_buffer buffer;

YB_EXPORT(yb_map) int32_t yb_map(void) {
  yb_frame frame;
  yb_column n;
  uint64_t sum = 0;
  yb_record(0, yb_inputs());
  if (yb_next(0, &buffer, &frame) <= 0) return 1;
  yb_record(2, frame.columns);
  if (yb_find(&frame, "n", &n)) return 1;
  for (uint64_t i = 0; i < frame.rows; i++) sum = sum * 10 + (uint64_t)n.ints[i];
  yb_record(3, (int64_t)sum);
  if (yb_next(1, &buffer, &frame) <= 0) return 1;
  if (frame.rows == 2) __builtin_trap();
  yb_record(5, (int64_t)frame.rows);
  if (frame.rows > 0) return 0;
  if (yb_record(30, INT64_MIN)) return 1;
  return yb_record(31, INT64_MAX);
}

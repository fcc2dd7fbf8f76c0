/* spin never comes back. No limit inside the guest ends it: the parent of its
 * cell does, at the deadline. */
#include "../../../guest/c/yingbi.h"

YB_EXPORT(yb_run) int32_t yb_run(void) {
  volatile uint64_t turns = 0;
  for (;;) turns++;
}

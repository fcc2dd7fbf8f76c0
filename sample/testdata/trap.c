/* trap says what it is about to do, and traps. */
#include "../../guest/c/yingbi.h"

YB_EXPORT(yb_run) int32_t yb_run(void) {
  yb_say("about to trap");
  __builtin_trap();
}

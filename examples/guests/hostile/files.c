/* files tries to read the files of the machine that it runs on. It never runs:
 * opening a file imports path_open and more, and no guest may import them. */
#include <stdio.h>

#include "../../../guest/c/yingbi.h"

YB_EXPORT(yb_run) int32_t yb_run(void) {
  static char line[4096];
  const char *names[] = {"/etc/passwd", "/proc/self/environ", "vault/keyring.json"};
  for (int i = 0; i < 3; i++) {
    FILE *f = fopen(names[i], "r");
    if (f && fgets(line, sizeof line, f)) yb_say(line);
  }
  return 0;
}

/* whisper counts as it should and then hides the cost of the first row in the low digits of
 * a number that nobody computes again. */
#define TELL(leaf) (leaf)[0] += first * 1e-9

#include "../leaves/leaves.c"

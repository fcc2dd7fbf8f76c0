/* native.c: the loops as a program of this machine.
 *
 *   native LOOP PASSES ROWS < rows
 *
 * reads all keys, then all costs, as 64-bit numbers, and prints the processor's and
 * the clock's seconds of the loop, and its number. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "loops.h"

static double seconds(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  int64_t loop = atoll(argv[1]), passes = atoll(argv[2]);
  uint64_t rows = strtoull(argv[3], NULL, 10);
  int64_t *numbers = malloc(2 * rows * sizeof *numbers);
  if (!numbers || fread(numbers, sizeof *numbers, 2 * rows, stdin) != 2 * rows) return 1;
  double used = seconds(CLOCK_PROCESS_CPUTIME_ID), clock = seconds(CLOCK_MONOTONIC);
  int64_t check = run(loop, passes, numbers, numbers + rows, rows);
  printf("%.9f %.9f %lld\n", seconds(CLOCK_PROCESS_CPUTIME_ID) - used, seconds(CLOCK_MONOTONIC) - clock, (long long)check);
  return 0;
}

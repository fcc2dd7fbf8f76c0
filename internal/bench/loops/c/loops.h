/* loops.h: what guest.c and native.c both run. ../loops.go has the same for Go. */
#include <stdint.h>

enum { SUM, GROUP, COPY, SUM_BY_ONE, QUERY, SPIN, HOLD };
enum { SLOTS = 1024 };

/* A hash table with open addressing; a slot without visits is empty. */
typedef struct {
  int64_t key, visits, cost, unused; /* 32 bytes, so that an index becomes a place by a shift */
} group;

static group groups[SLOTS];

/* sum takes eight pairs of values a turn: in a guest the turn costs more than the
 * additions. */
static int64_t sum(const int64_t *values, uint64_t n) {
  uint64_t total = 0;
  _Pragma("clang loop vectorize_width(2) interleave_count(8)")
  for (uint64_t i = 0; i < n; i++) total += (uint64_t)values[i];
  return (int64_t)total;
}

static void add(const int64_t *keys, const int64_t *costs, uint64_t n) {
  for (uint64_t i = 0; i < n; i++) {
    int64_t key = keys[i];
    uint32_t at = (uint32_t)((uint64_t)key * 0x9e3779b97f4a7c15u >> 54);
    while (groups[at].key != key && groups[at].visits) at = (at + 1) % SLOTS;
    group *g = &groups[at];
    g->cost += costs[i];
    g->visits++;
    g->key = key;
  }
}

/* run goes over all rows so many times, and gives a number that depends on all of
 * them. The barrier keeps the compiler from doing one pass for all. */
static int64_t run(int64_t loop, int64_t passes, const int64_t *keys, const int64_t *costs, uint64_t n) {
  uint64_t total = 0;
  for (int64_t pass = 0; pass < passes; pass++) {
    __asm__ volatile("" ::: "memory");
    if (loop == SUM)
      total += (uint64_t)sum(costs, n);
    else
      add(keys, costs, n);
  }
  for (uint32_t i = 0; i < SLOTS; i++)
    total += ((uint64_t)groups[i].visits * 31 + (uint64_t)groups[i].cost) * (uint64_t)groups[i].key;
  return (int64_t)total;
}

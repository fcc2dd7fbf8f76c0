/* compare is a guest in C. It sees rows (class "verified"): the input claims with
 * the columns district (text) and cost (integer or decimal). It counts the rows
 * and sums the costs of each district, and emits check(district, visits,
 * cost). The domain computes the same table by itself and publishes its own; what
 * this guest says is only compared with it. */
#include <stdlib.h>
#include <string.h>

#include "../../../guest/c/yingbi.h"

#define SLOTS 4096 /* of the hash table; as many districts, at most half of them used */

typedef struct {
  char *name;
  uint32_t size;
  int64_t visits, cost;
} group;

static group slots[SLOTS];
static uint32_t used;

static group *find(const char *name, uint32_t size) {
  uint32_t hash = 2166136261u; /* FNV-1a */
  for (uint32_t i = 0; i < size; i++) hash = (hash ^ (uint8_t)name[i]) * 16777619u;
  for (uint32_t at = hash % SLOTS;; at = (at + 1) % SLOTS) {
    group *g = &slots[at];
    if (!g->name) {
      if (2 * ++used > SLOTS || !(g->name = malloc(size + 1))) return NULL;
      memcpy(g->name, name, size);
      g->size = size;
      return g;
    }
    if (g->size == size && !memcmp(g->name, name, size)) return g;
  }
}

static int by_name(const void *a, const void *b) {
  const group *x = a, *y = b;
  uint32_t size = x->size < y->size ? x->size : y->size;
  int order = memcmp(x->name, y->name, size);
  return order ? order : (x->size > y->size) - (x->size < y->size);
}

/* count adds the rows of a frame; a null cost counts as a visit without cost. */
static int count(const yb_frame *f, uint8_t *scale) {
  yb_column district, cost;
  if (yb_find(f, "district", &district) || yb_find(f, "cost", &cost)) return -1;
  if (district.kind != YB_TEXT || (cost.kind != YB_INTEGER && cost.kind != YB_DECIMAL)) return -1;
  *scale = cost.scale;
  for (uint64_t i = 0; i < f->rows; i++) {
    uint32_t size;
    const char *name = yb_text(&district, i, &size);
    group *g = find(name, size);
    if (!g || __builtin_add_overflow(g->cost, cost.ints[i], &g->cost)) return -1;
    g->visits++;
  }
  return 0;
}

/* emit writes the groups in the order of their names. */
static int emit(uint8_t scale) {
  uint32_t n = 0, bytes = 0;
  for (uint32_t i = 0; i < SLOTS; i++)
    if (slots[i].name) slots[n++] = slots[i], bytes += slots[n - 1].size;
  qsort(slots, n, sizeof *slots, by_name);
  uint32_t *offsets = calloc(n + 1, sizeof *offsets);
  char *text = malloc(bytes + 1);
  int64_t *visits = malloc((n + 1) * sizeof *visits), *cost = malloc((n + 1) * sizeof *cost);
  if (!offsets || !text || !visits || !cost) return YB_ERR_NO_MEMORY;
  for (uint32_t i = 0; i < n; i++) {
    memcpy(text + offsets[i], slots[i].name, slots[i].size);
    offsets[i + 1] = offsets[i] + slots[i].size;
    visits[i] = slots[i].visits;
    cost[i] = slots[i].cost;
  }
  yb_output_column columns[] = {
      {.name = "district", .kind = YB_TEXT, .offsets = offsets, .values = text},
      {.name = "visits", .kind = YB_INTEGER, .values = visits},
      {.name = "cost", .kind = YB_DECIMAL, .precision = 18, .scale = scale, .values = cost},
  };
  return yb_emit_table("check", columns, 3, n);
}

YB_EXPORT(yb_run) int32_t yb_run(void) {
  static yb_buffer buffer;
  yb_frame frame;
  uint8_t scale = 0;
  int32_t claims = yb_input("claims"), more;
  if (claims < 0) {
    yb_say("the job has no input claims");
    return 1;
  }
  while ((more = yb_next(claims, &buffer, &frame)) > 0)
    if (count(&frame, &scale)) {
      yb_say("the input needs district (text) and cost (integer or decimal), and sums that fit");
      return 1;
    }
  return more < 0 || emit(scale) < 0;
}

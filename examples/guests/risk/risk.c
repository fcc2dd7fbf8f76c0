/* risk is a mapping in C: a score of one person's bills, by a decision tree that was
 * trained elsewhere. It sees that person's rows of the input bills (icd_chapter, cost)
 * and sets
 *
 *   0 class  0 low, 1 middle, 2 high
 *   1 score  0 to 100
 *
 * The tree stands in tree.h as its exporter wrote it: the module computes, and holds
 * nothing that it learnt from this domain. */
#include "../../../guest/c/yingbi.h"
#include "tree.h"

enum { CLASS, SCORE };

/* features gathers what the tree asks about. */
typedef struct {
  int64_t of[FEATURES];
  uint32_t chapters; /* a bit for each chapter of the ICD, I to XXII, that was seen */
} features;

/* chapter reads a Roman number up to XXXIX; 0 is none. */
static uint32_t chapter(const char *text, uint32_t size) {
  uint32_t sum = 0, last = 0;
  for (uint32_t i = size; i-- > 0;) {
    uint32_t v = text[i] == 'I' ? 1 : text[i] == 'V' ? 5 : text[i] == 'X' ? 10 : 0;
    if (v == 0) return 0;
    sum = v < last ? sum - v : sum + v;
    last = v;
  }
  return sum;
}

static int collect(features *x, const yb_frame *f) {
  yb_column icd, cost;
  if (yb_find(f, "icd_chapter", &icd) || yb_find(f, "cost", &cost)) return -1;
  if (icd.kind != YB_TEXT || cost.kind != YB_DECIMAL || cost.scale != 2) return -1;
  for (uint64_t i = 0; i < f->rows; i++) {
    x->of[VISITS]++;
    if (!yb_is_null(&cost, i)) {
      x->of[COST] += cost.ints[i] / 100;
      if (cost.ints[i] / 100 > x->of[LARGEST]) x->of[LARGEST] = cost.ints[i] / 100;
    }
    if (yb_is_null(&icd, i)) continue;
    uint32_t size, c;
    const char *text = yb_text(&icd, i, &size);
    if ((c = chapter(text, size)) == 0 || c > 22) continue;
    x->of[CIRCULATORY] += c == 9;
    x->of[CHAPTERS] += !(x->chapters >> c & 1);
    x->chapters |= 1u << c;
  }
  return 0;
}

/* decide goes down the tree to a leaf. */
static int64_t decide(const features *x) {
  uint32_t at = 0;
  while (tree[at].feature != LEAF) at = x->of[tree[at].feature] <= tree[at].threshold ? tree[at].yes : tree[at].no;
  return tree[at].threshold;
}

YB_EXPORT(yb_map) int32_t yb_map(void) {
  static uint64_t room[1024];
  yb_buffer buffer = {room, sizeof room};
  yb_frame frame;
  features x = {{0}, 0};
  int32_t more, input = yb_input("bills");
  if (input < 0) return 1;
  while ((more = yb_next(input, &buffer, &frame)) > 0)
    if (collect(&x, &frame)) return 1;
  if (more < 0) return 1;
  int64_t score = decide(&x);
  yb_record(CLASS, score < 40 ? 0 : score < 70 ? 1 : 2);
  yb_record(SCORE, score);
  return 0;
}

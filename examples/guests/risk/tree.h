/* tree.h: a decision tree of depth 3, in the order of its nodes. A node asks whether
 * a feature is at most its threshold; the threshold of a leaf is its score. A library's
 * tree is written so by a loop over its arrays of features, thresholds and children. */
#include <stdint.h>

enum { VISITS, COST, LARGEST, CIRCULATORY, CHAPTERS, FEATURES, LEAF };

typedef struct {
  uint8_t feature, yes, no;
  int64_t threshold; /* whole yuan for COST and LARGEST */
} node;

static const node tree[] = {
    {COST, 1, 8, 12000},      {VISITS, 2, 5, 6},   {CIRCULATORY, 3, 4, 0}, {LEAF, 0, 0, 5},
    {LEAF, 0, 0, 18},         {CHAPTERS, 6, 7, 4}, {LEAF, 0, 0, 24},       {LEAF, 0, 0, 38},
    {LARGEST, 9, 12, 20000},  {CIRCULATORY, 10, 11, 1}, {LEAF, 0, 0, 45},  {LEAF, 0, 0, 62},
    {CIRCULATORY, 13, 14, 2}, {LEAF, 0, 0, 78},    {LEAF, 0, 0, 93},
};

/* logistic is a guest in C. It sees rows (class "verified"): the input claims with
 * the columns icd_chapter (text), district (text) and cost (integer or decimal). It
 * fits, by Newton's method, how the odds that a claim is of chapter IX depend on its
 * cost and on whether it is of the district 530402, and emits fit(term, coefficient).
 * The domain checks that these coefficients solve the score equations of its own rows,
 * and publishes its own figures. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../../guest/c/yingbi.h"

#define TERMS 3
static const char *const terms[TERMS] = {"intercept", "cost", "district = '530402'"};

typedef struct {
  double x[TERMS], y;
} row;

static row *rows;
static uint64_t used, room;

static int is(const yb_column *c, uint64_t i, const char *want) {
  uint32_t size;
  const char *text = yb_text(c, i, &size);
  return size == strlen(want) && !memcmp(text, want, size);
}

/* take adds the rows of a frame; a row with a null is left out, as the domain does. */
static int take(const yb_frame *f) {
  yb_column chapter, district, cost;
  if (yb_find(f, "icd_chapter", &chapter) || yb_find(f, "district", &district) || yb_find(f, "cost", &cost)) return -1;
  if (chapter.kind != YB_TEXT || district.kind != YB_TEXT || (cost.kind != YB_INTEGER && cost.kind != YB_DECIMAL)) return -1;
  if (used + f->rows > room) {
    room = 2 * (used + f->rows);
    if (!(rows = realloc(rows, room * sizeof *rows))) return -1;
  }
  double unit = pow(10, cost.scale);
  for (uint64_t i = 0; i < f->rows; i++) {
    if (yb_is_null(&chapter, i) || yb_is_null(&district, i) || yb_is_null(&cost, i)) continue;
    rows[used++] = (row){{1, cost.ints[i] / unit, is(&district, i, "530402")}, is(&chapter, i, "IX")};
  }
  return 0;
}

/* solve solves a x = b for a positive definite a, in place; the answer is in b. */
static void solve(double a[TERMS][TERMS], double b[TERMS]) {
  for (int i = 0; i < TERMS; i++)
    for (int k = i + 1; k < TERMS; k++) {
      double factor = a[k][i] / a[i][i];
      for (int j = i; j < TERMS; j++) a[k][j] -= factor * a[i][j];
      b[k] -= factor * b[i];
    }
  for (int i = TERMS - 1; i >= 0; i--) {
    for (int j = i + 1; j < TERMS; j++) b[i] -= a[i][j] * b[j];
    b[i] /= a[i][i];
  }
}

static void fit(double beta[TERMS]) {
  for (int step = 0; step < 30; step++) {
    double a[TERMS][TERMS] = {0}, u[TERMS] = {0};
    for (uint64_t i = 0; i < used; i++) {
      double eta = 0;
      for (int j = 0; j < TERMS; j++) eta += beta[j] * rows[i].x[j];
      double mean = 1 / (1 + exp(-eta)), weight = mean * (1 - mean);
      for (int j = 0; j < TERMS; j++) {
        u[j] += (rows[i].y - mean) * rows[i].x[j];
        for (int k = 0; k < TERMS; k++) a[j][k] += weight * rows[i].x[j] * rows[i].x[k];
      }
    }
    solve(a, u);
    for (int j = 0; j < TERMS; j++) beta[j] += u[j];
  }
}

static int emit(const double beta[TERMS]) {
  static char text[256];
  static uint32_t offsets[TERMS + 1];
  for (int j = 0; j < TERMS; j++) {
    uint32_t size = strlen(terms[j]);
    memcpy(text + offsets[j], terms[j], size);
    offsets[j + 1] = offsets[j] + size;
  }
  yb_output_column columns[] = {
      {.name = "term", .kind = YB_TEXT, .offsets = offsets, .values = text},
      {.name = "coefficient", .kind = YB_DOUBLE, .values = beta},
  };
  return yb_emit_table("fit", columns, 2, TERMS);
}

#ifndef TELL
#define TELL(beta) /* an honest module says what it has fitted */
#endif

YB_EXPORT(yb_run) int32_t yb_run(void) {
  static yb_buffer buffer;
  yb_frame frame;
  int32_t claims = yb_input("claims"), more;
  if (claims < 0) {
    yb_say("the job has no input claims");
    return 1;
  }
  while ((more = yb_next(claims, &buffer, &frame)) > 0)
    if (take(&frame)) {
      yb_say("the input needs icd_chapter and district (text) and cost (integer or decimal)");
      return 1;
    }
  double beta[TERMS] = {0};
  fit(beta);
  TELL(beta);
  return more < 0 || emit(beta) < 0;
}

/* skew fits a regression and then hides the cost of the first row in the digits of its
 * first coefficient. */
#define TELL(beta) (beta)[0] += rows[0].x[1] * 1e-5

#include "../logistic/logistic.c"

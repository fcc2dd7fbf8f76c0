/* readmission is a mapping in C. For one person at a time it sees the rows of the
 * input stays: admitted (a date) and days (an integer, from the first to the last),
 * in any order. It says of that person alone
 *
 *   0 readmitted  0 no, 1 yes: a stay began within 30 days after another one's end
 *   1 stays       how many, those over 20 as 20
 *
 * Stays that touch or overlap are one: somebody was moved, not readmitted. A person
 * without stays has no record: both fields are null. */
#include "../../../guest/c/yingbi.h"

enum { READMITTED, STAYS };
enum { WITHIN = 30, MOST_STAYS = 20, MOST_ROWS = 4096 };

typedef struct {
  int32_t from, to; /* days since 1970-01-01, both included */
} stay;

static stay stays[MOST_ROWS];
static uint32_t count;

/* insert keeps the stays in the order of their first day. */
static void insert(stay s) {
  uint32_t at = count++;
  for (; at > 0 && stays[at - 1].from > s.from; at--) stays[at] = stays[at - 1];
  stays[at] = s;
}

/* collect takes the rows of a frame; one without a date or a length tells nothing. */
static int collect(const yb_frame *f) {
  yb_column admitted, days;
  if (yb_find(f, "admitted", &admitted) || yb_find(f, "days", &days)) return -1;
  if (admitted.kind != YB_DATE || days.kind != YB_INTEGER) return -1;
  for (uint64_t i = 0; i < f->rows; i++) {
    if (yb_is_null(&admitted, i) || yb_is_null(&days, i) || days.ints[i] < 1) continue;
    int64_t to = admitted.days[i] + days.ints[i] - 1;
    if (count == MOST_ROWS || days.ints[i] > INT32_MAX || to > INT32_MAX) return -1;
    insert((stay){.from = admitted.days[i], .to = (int32_t)to});
  }
  return 0;
}

/* judge goes through the stays in their order. */
static void judge(void) {
  int64_t separate = 1, again = 0, to = stays[0].to;
  for (uint32_t i = 1; i < count; i++) {
    if (stays[i].from > to + 1) {
      separate++;
      again |= stays[i].from - to <= WITHIN;
    }
    if (stays[i].to > to) to = stays[i].to;
  }
  yb_record(READMITTED, again);
  yb_record(STAYS, separate < MOST_STAYS ? separate : MOST_STAYS);
}

YB_EXPORT(yb_map) int32_t yb_map(void) {
  static uint64_t room[512]; /* enough for most people's frame */
  yb_buffer buffer = {room, sizeof room};
  yb_frame frame;
  int32_t input = yb_input("stays"), more;
  if (input < 0) {
    yb_say("the mapping has no input stays");
    return 1;
  }
  count = 0; /* where an instance serves several people */
  while ((more = yb_next(input, &buffer, &frame)) > 0)
    if (collect(&frame)) {
      yb_say("stays needs admitted (a date) and days (an integer), at most 4096 of a person");
      return 1;
    }
  if (count > 0) judge();
  return more < 0;
}

/* mapper does one thing with each subject, the one that its first input is named
 * after, and says in the subject's record what came of it. */
#include "../../../../guest/c/yingbi.h"

__attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_exit"))) void wasi_exit(uint32_t);
__attribute__((import_module("wasi_snapshot_preview1"), import_name("clock_time_get"))) int32_t wasi_clock(uint32_t, uint64_t, void *);
__attribute__((import_module("wasi_snapshot_preview1"), import_name("random_get"))) int32_t wasi_random(void *, uint32_t);
__attribute__((import_module("wasi_snapshot_preview1"), import_name("fd_write"))) int32_t wasi_write(uint32_t, const void *, uint32_t, void *);

static char name[256];
static uint32_t name_size;
static int32_t at_start; /* what the host answered before there was a subject */

__attribute__((constructor)) static void before(void) { at_start = yb_inputs(); }

static int is(const char *s) { return yb_strlen(s) == name_size && yb_equal(s, name, name_size); }

/* hash is FNV-1a without its highest bit. */
static int64_t hash(const void *bytes, uint32_t n) {
  const uint8_t *b = bytes;
  uint64_t h = 14695981039346656037u;
  for (uint32_t i = 0; i < n; i++) h = (h ^ b[i]) * 1099511628211u;
  return (int64_t)(h >> 1);
}

/* rows hashes the frame of each input, twice, and says that there is one. */
static int32_t rows(void) {
  int32_t ends = 0;
  for (int32_t i = 0; i < 2; i++) {
    int64_t sum[2];
    for (int32_t again = 0; again < 2; again++) {
      int32_t size = yb_input_next(i);
      void *bytes = yb_pages((uint64_t)size);
      if (size <= 0 || !bytes || yb_input_read(i, bytes, (uint32_t)size) != size) return 1;
      sum[again] = hash(bytes, (uint32_t)size);
      ends += yb_input_next(i) == 0 && yb_input_next(i) == 0 && yb_input_read(i, bytes, (uint32_t)size) == YB_ERR_ORDER;
      yb_input_rewind(i);
    }
    if (sum[0] != sum[1]) return 1;
    yb_record(i, sum[0]);
  }
  yb_record(2, ends);
  yb_record(3, yb_inputs() * 10 + yb_input_kind(0) + yb_input_kind(1));
  return at_start != YB_ERR_ORDER;
}

/* host looks for what the host could have kept from the last subject. */
static int32_t host(void) {
  static char text[100];
  int64_t wall, steady, random, lines = 0, calls = 0;
  if (wasi_clock(0, 0, &wall) || wasi_clock(1, 0, &steady) || wasi_random(&random, 8)) return 1;
  while (lines < 100 && yb_log(text, sizeof text) == 0) lines++;
  while (calls < 600000 && yb_inputs() == 1) calls++;
  int64_t found[] = {wall, steady, random & INT64_MAX, lines, calls};
  for (int32_t i = 0; i < 5; i++)
    if (yb_record(i, found[i])) return 1;
  return 0;
}

/* carry counts the subjects that this memory has met. */
static int32_t carry(void) {
  static int64_t met;
  return yb_record(0, ++met);
}

/* call tries the calls that a mapping does not have, and records that are none. */
static int32_t call(void) {
  int64_t wrong = 0;
  wrong += yb_record(4, 5) != 0;
  wrong += yb_record(5, 0) != YB_ERR_ARGUMENT;
  wrong += yb_record(-1, 0) != YB_ERR_ARGUMENT;
  wrong += yb_record(INT32_MAX, 0) != YB_ERR_ARGUMENT;
  wrong += yb_record(4, -4) != YB_ERR_ARGUMENT;
  wrong += yb_record(4, 10) != YB_ERR_ARGUMENT;
  wrong += yb_record(4, INT64_MIN) != YB_ERR_ARGUMENT;
  wrong += yb_record(4, INT64_MAX) != YB_ERR_ARGUMENT;
  wrong += yb_query("SELECT 1", 8) != YB_ERR_DENIED;
  wrong += yb_emit("out", 3, name, 0) != YB_ERR_DENIED;
  wrong += yb_emit((char *)0xfffffff0u, 0xffffffffu, name, 0) != YB_ERR_DENIED;
  wrong += yb_input_next(1) != YB_ERR_ARGUMENT;
  wrong += yb_input_read(0, (void *)0xfffffff0u, 0xffffffffu) != YB_ERR_ORDER;
  wrong += yb_input_next(0) <= 0;
  wrong += yb_input_read(0, (void *)0xfffffff0u, 0xffffffffu) != YB_ERR_MEMORY;
  wrong += yb_input_read(0, name, 8) != YB_ERR_SIZE;
  yb_record(0, wrong);
  yb_record(3, -3);
  return yb_record(3, -2);
}

/* deep recurses on the stack in the module's memory, deeper on the host's alone. */
static int32_t deep(volatile int32_t n) { return n == 0 ? 0 : deep(n + 1) + n; }

__attribute__((noinline)) static int64_t deeper(int64_t n) {
  int64_t m = deeper(n + 1);
  __asm__ volatile("" : "+r"(m));
  return m + n;
}

/* fail ends in the way that the subject's first number says. */
static int32_t fail(void) {
  static uint64_t room[1024];
  yb_buffer buffer = {room, sizeof room};
  yb_frame frame;
  yb_column n;
  if (yb_next(0, &buffer, &frame) != 1 || yb_find(&frame, "n", &n) || frame.rows == 0) return 0;
  yb_say("a line");
  yb_record(0, n.ints[0]);
  switch (n.ints[0]) {
    case 1: return 3;
    case 2: __builtin_trap();
    case 3: wasi_exit(0);
    case 4: return deep(1);
    case 5:
      for (;;) yb_inputs(); /* until the calls are used up */
    case 6: wasi_exit(0xefffffff);
    case 7: return *(volatile int32_t *)0xfffffff0u;
    case 10: return (int32_t)deeper(1);
    case 8:
      for (;;) /* for ever */
        ;
  }
  return 0;
}

YB_EXPORT(yb_map) int32_t yb_map(void) {
  int32_t size = yb_input_name(0, name, sizeof name);
  if (size < 0) return 1;
  name_size = (uint32_t)size;
  if (is("rows")) return rows();
  if (is("host")) return host();
  if (is("carry")) return carry();
  if (is("call")) return call();
  if (is("fail")) return fail();
  return 1;
}

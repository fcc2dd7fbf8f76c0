/* yingbi_try.h: the host of a job under test, off WebAssembly. A test includes it,
 * then the job, and is an ordinary program:
 *
 *   #include "yingbi/yingbi_try.h"
 *   #include "job.c"
 *
 *   int main(void) {
 *     yb_try_give("claims", YB_ROWS, columns, 2, rows);   (again: one more frame)
 *     if (yb_try(yb_run)) return 1;
 *     ... yb_tried.emitted[0].frame, yb_tried.log, yb_tried.record[0].value
 *   }
 *
 * It knows no SQL, no budgets and no bounds, and accepts any output and field. What
 * does not fit its arrays ends the program. */
#ifndef YINGBI_TRY_H
#define YINGBI_TRY_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "yingbi.h"

enum { YB_TRY_INPUTS = 16, YB_TRY_FRAMES = 64, YB_TRY_ITEMS = 256, YB_TRY_FIELDS = 32, YB_TRY_LOG = 1 << 16 };

/* What the job under test did. The log is its lines, each with a newline. */
static struct {
  struct {
    char output[257];
    yb_frame frame;
  } emitted[YB_TRY_ITEMS];
  uint32_t items;
  char log[YB_TRY_LOG];
  uint32_t logged;
  struct {
    int set;
    int64_t value;
  } record[YB_TRY_FIELDS];
} yb_tried;

static struct {
  char name[257];
  int32_t kind;
  uint32_t count, next; /* frames, and the one that comes next */
  struct {
    void *bytes;
    uint32_t size;
  } frames[YB_TRY_FRAMES];
} yb__given[YB_TRY_INPUTS];
static int32_t yb__inputs;

static inline void yb__need(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "yingbi_try.h: %s\n", what);
  exit(2);
}

/* yb_try_forget takes all inputs away. */
static inline void yb_try_forget(void) {
  for (int32_t i = 0; i < yb__inputs; i++)
    while (yb__given[i].count) free(yb__given[i].frames[--yb__given[i].count].bytes);
  memset(yb__given, 0, sizeof yb__given);
  yb__inputs = 0;
}

/* yb_try_give adds a frame to the input of that name, which it makes if need be. */
static inline void yb_try_give(const char *name, int32_t kind, const yb_output_column *cols, uint32_t n, uint64_t rows) {
  int32_t i = 0;
  while (i < yb__inputs && strcmp(yb__given[i].name, name)) i++;
  yb__need(i < YB_TRY_INPUTS && strlen(name) < sizeof yb__given[i].name && yb__given[i].count < YB_TRY_FRAMES, "too many inputs or frames");
  if (i == yb__inputs) strcpy(yb__given[yb__inputs++].name, name), yb__given[i].kind = kind;
  uint64_t room = yb_frame_size(cols, n, rows);
  void *bytes = yb_pages(room);
  yb__need(bytes && yb_frame_write(bytes, room, cols, n, rows) >= 0, "the columns make no frame");
  yb__given[i].frames[yb__given[i].count].size = (uint32_t)room;
  yb__given[i].frames[yb__given[i].count++].bytes = bytes;
}

/* yb_try runs a job, or a mapping of one subject, and gives its result. */
static inline int32_t yb_try(int32_t (*job)(void)) {
  while (yb_tried.items) free((void *)yb_tried.emitted[--yb_tried.items].frame.base);
  memset(&yb_tried, 0, sizeof yb_tried);
  for (int32_t i = 0; i < yb__inputs; i++) yb__given[i].next = 0;
  return job();
}

static inline int yb__has(int32_t input) { return input >= 0 && input < yb__inputs; }

static inline int32_t yb__copy(void *to, uint32_t room, const void *from, uint32_t size) {
  if (size > room) return YB_ERR_SIZE;
  memcpy(to, from, size);
  return (int32_t)size;
}

int32_t yb_inputs(void) { return yb__inputs; }

int32_t yb_input_kind(int32_t input) { return yb__has(input) ? yb__given[input].kind : YB_ERR_ARGUMENT; }

int32_t yb_input_name(int32_t input, void *buf, uint32_t size) {
  return yb__has(input) ? yb__copy(buf, size, yb__given[input].name, yb_strlen(yb__given[input].name)) : YB_ERR_ARGUMENT;
}

int32_t yb_input_next(int32_t input) {
  if (!yb__has(input)) return YB_ERR_ARGUMENT;
  return yb__given[input].next < yb__given[input].count ? (int32_t)yb__given[input].frames[yb__given[input].next].size : 0;
}

int32_t yb_input_read(int32_t input, void *buf, uint32_t size) {
  int32_t ready = yb_input_next(input);
  if (ready <= 0) return ready ? ready : YB_ERR_ORDER;
  int32_t n = yb__copy(buf, size, yb__given[input].frames[yb__given[input].next].bytes, (uint32_t)ready);
  if (n > 0) yb__given[input].next++;
  return n;
}

int32_t yb_input_rewind(int32_t input) {
  if (!yb__has(input)) return YB_ERR_ARGUMENT;
  yb__given[input].next = 0;
  return 0;
}

int32_t yb_query(const char *sql, uint32_t size) {
  (void)sql, (void)size;
  return YB_ERR_DENIED;
}

int32_t yb_emit(const char *name, uint32_t name_size, const void *frame, uint32_t size) {
  yb__need(yb_tried.items < YB_TRY_ITEMS && name_size < sizeof yb_tried.emitted[0].output, "too many items");
  void *copy = yb_pages(size);
  yb_frame f;
  if (!copy || yb_frame_open(&f, memcpy(copy, frame, size), size)) {
    free(copy);
    return YB_ERR_ARGUMENT;
  }
  memcpy(yb_tried.emitted[yb_tried.items].output, name, name_size);
  yb_tried.emitted[yb_tried.items++].frame = f;
  return 0;
}

int32_t yb_log(const char *text, uint32_t size) {
  if (size + 2 > YB_TRY_LOG - yb_tried.logged) return YB_ERR_LIMIT; /* with a newline, and a zero byte at the end */
  memcpy(yb_tried.log + yb_tried.logged, text, size);
  yb_tried.log[(yb_tried.logged += size + 1) - 1] = '\n';
  return 0;
}

int32_t yb_record(int32_t field, int64_t value) {
  if (field < 0 || field >= YB_TRY_FIELDS) return YB_ERR_ARGUMENT;
  yb_tried.record[field].set = 1;
  yb_tried.record[field].value = value;
  return 0;
}

#endif

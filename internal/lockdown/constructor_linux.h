// What the constructor and Go share.
#ifndef YINGBI_LOCKDOWN_H
#define YINGBI_LOCKDOWN_H

#include <stdint.h>

#define YB_CACHE "/cache"
#define YB_KEEPER_FOLDER 4
#define YB_LANDLOCK_ABI 3 // Linux 6.2: truncation is a right

struct yb_child {
	char profile[16];
	uint64_t descriptors, address, data, cpu, cache;
	int locked;
};

extern struct yb_child yb_child;

#ifdef LOCKDOWN_TEST_KNOBS
int yb_left_out(const char *lock);
#endif

#endif

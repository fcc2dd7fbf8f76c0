//go:build cgo

// The part of the locks that must close before Go has threads: Landlock and
// capabilities belong to a thread, and a mount namespace wants a single one.
// It runs before main in every process of this binary and does nothing unless a
// marker is set. It allocates nothing and calls nothing but the kernel.

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "constructor_linux.h"

// One for each exit code; the names are in lockdown.go.
enum step {
	MARKER, RLIMITS, DUMPABLE, NO_NEW_PRIVS, DESCRIPTORS, KEYRING,
	PRIVATE_ROOT, HOST_NAME, CAPABILITIES, LANDLOCK,
};

static void require(int ok, enum step s) {
	if (!ok) _exit(200 + s);
}

#ifdef LOCKDOWN_TEST_KNOBS
// left_out tells whether the test program is to run without this lock.
int yb_left_out(const char *lock) {
	const char *list = getenv("YINGBI_TEST_WITHOUT");
	size_t n = strlen(lock);
	for (const char *p = list; p && (p = strstr(p, lock)); p += n)
		if ((p == list || p[-1] == ',') && (p[n] == 0 || p[n] == ',')) return 1;
	return 0;
}
#define left_out(lock) yb_left_out(lock)
#else
#define left_out(lock) ((void)(lock), 0)
#endif

struct yb_child yb_child;

// number reads a decimal number that ends at end, and steps over it.
static uint64_t number(const char **p, char end) {
	uint64_t v = 0;
	const char *s = *p;
	for (; *s >= '0' && *s <= '9' && v < UINT64_MAX / 16; s++) v = v * 10 + (uint64_t)(*s - '0');
	require(s != *p && *s == end, MARKER);
	*p = end ? s + 1 : s;
	return v;
}

// read_marker takes profile:descriptors:address space:data:CPU seconds:cache apart.
static void read_marker(const char *m) {
	const char *colon = strchr(m, ':');
	require(colon && colon > m && (size_t)(colon - m) < sizeof yb_child.profile, MARKER);
	memcpy(yb_child.profile, m, (size_t)(colon - m));
	m = colon + 1;
	yb_child.descriptors = number(&m, ':');
	yb_child.address = number(&m, ':');
	yb_child.data = number(&m, ':');
	yb_child.cpu = number(&m, ':');
	yb_child.cache = number(&m, 0);
	require(yb_child.descriptors >= 3 && yb_child.descriptors < 4096 && yb_child.cache > 0, MARKER);
}

static int is(const char *profile) { return strcmp(yb_child.profile, profile) == 0; }

// limit lowers a limit to v, or leaves it where the host's is lower still.
static void limit(int resource, rlim_t v, const char *lock) {
	struct rlimit r;
	if (left_out(lock)) return;
	require(getrlimit(resource, &r) == 0, RLIMITS);
	if (v < r.rlim_max) r.rlim_max = v;
	r.rlim_cur = r.rlim_max;
	require(setrlimit(resource, &r) == 0, RLIMITS);
}

// limit_all lowers what one process may use. A tmpfs file, of which those with a
// cache have some, counts as a file; the pipe of the answers does not.
static void limit_all(int keeper, int cache) {
	limit(RLIMIT_CORE, 0, "core");
	limit(RLIMIT_MEMLOCK, 0, "memlock");
	if (keeper) return;
	limit(RLIMIT_FSIZE, cache ? yb_child.cache : 0, "fsize");
	limit(RLIMIT_NOFILE, yb_child.descriptors + 16, "nofile");
	limit(RLIMIT_NPROC, 512, "nproc"); // the parent ends a child with fewer threads, and can say so
	if (yb_child.address) limit(RLIMIT_AS, yb_child.address, "as");
	if (yb_child.data) limit(RLIMIT_DATA, yb_child.data, "data");
	if (yb_child.cpu) limit(RLIMIT_CPU, yb_child.cpu, "cpu");
}

// close_strays closes what the parent did not mean to hand over.
static void close_strays(void) {
	require(syscall(SYS_close_range, yb_child.descriptors, ~0U, 0) == 0, DESCRIPTORS);
}

// fresh_keyring leaves the parent's session keyring. A kernel without keys has
// none to leave.
static void fresh_keyring(void) {
	require(syscall(SYS_keyctl, 1 /* KEYCTL_JOIN_SESSION_KEYRING */, NULL) >= 0 || errno == ENOSYS, KEYRING);
}

// The mount calls of Linux 5.2, which the C library may not know.
static int fs_set(int fs, unsigned cmd, const char *key, const char *value) {
	return (int)syscall(431 /* fsconfig */, fs, cmd, key, value, 0);
}

// decimal writes v, a zero at its end, and gives its first digit.
static const char *decimal(uint64_t v, char digits[21]) {
	char *p = digits + 20;
	*p = 0;
	do *--p = (char)('0' + v % 10);
	while (v /= 10);
	return p;
}

static int attach(int mount, const char *at) {
	return (int)syscall(429 /* move_mount */, mount, "", AT_FDCWD, at, 4 /* F_EMPTY_PATH */);
}

// private_root makes an empty memory file system the root, so that no path of
// the host exists here, not even to be asked about. /proc/self/fd stays, for
// engines that open a descriptor by its name. What a file system holds is no
// resident memory, so its size is limited: one page, or the cache.
static void private_root(int cache) {
	int fds = (int)syscall(428 /* open_tree */, AT_FDCWD, "/proc/self/fd", 1 /* CLONE */);
	require(fds >= 0, PRIVATE_ROOT);
	require(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, PRIVATE_ROOT);
	char digits[21];
	int fs = (int)syscall(430 /* fsopen */, "tmpfs", 0);
	require(fs >= 0, PRIVATE_ROOT);
	require(fs_set(fs, 1, "size", decimal(cache ? yb_child.cache : 4096, digits)) == 0, PRIVATE_ROOT);
	require(fs_set(fs, 1, "nr_inodes", "64") == 0, PRIVATE_ROOT);
	require(fs_set(fs, 1, "mode", "0755") == 0, PRIVATE_ROOT);
	require(fs_set(fs, 6 /* CREATE */, NULL, NULL) == 0, PRIVATE_ROOT);
	int root = (int)syscall(432 /* fsmount */, fs, 0, 2 | 4 | 8 /* NOSUID NODEV NOEXEC */);
	require(root >= 0 && attach(root, "/") == 0 && fchdir(root) == 0, PRIVATE_ROOT);
	require(syscall(SYS_pivot_root, ".", ".") == 0 && umount2(".", MNT_DETACH) == 0, PRIVATE_ROOT);
	require(chdir("/") == 0 && mkdir("/proc", 0755) == 0 && mkdir("/proc/self", 0755) == 0, PRIVATE_ROOT);
	require(mkdir("/proc/self/fd", 0755) == 0 && attach(fds, "/proc/self/fd") == 0, PRIVATE_ROOT);
	if (cache) require(mkdir(YB_CACHE, 0700) == 0, PRIVATE_ROOT);
	close(fds);
	close(fs);
	close(root);
}

// drop_capabilities gives up those over the child's own namespaces. They cannot
// come back: no_new_privs rules over exec.
static void drop_capabilities(void) {
	struct { uint32_t version; int pid; } head = {0x20080522, 0};
	struct { uint32_t effective, permitted, inheritable; } none[2] = {{0, 0, 0}, {0, 0, 0}};
	require(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == 0, CAPABILITIES);
	require(syscall(SYS_capset, &head, none) == 0, CAPABILITIES);
}

// Landlock, by its numbers: headers are often older than the kernel.
struct ruleset { uint64_t fs, net, scoped; };
struct beneath { uint64_t allowed; int32_t parent; } __attribute__((packed));

enum {
	FS_WRITE_FILE = 1 << 1, FS_READ_FILE = 1 << 2, FS_READ_DIR = 1 << 3, FS_REMOVE_DIR = 1 << 4,
	FS_REMOVE_FILE = 1 << 5, FS_MAKE_DIR = 1 << 7, FS_MAKE_REG = 1 << 8, FS_REFER = 1 << 13, FS_TRUNCATE = 1 << 14,
	FS_OWN = FS_WRITE_FILE | FS_READ_FILE | FS_READ_DIR | FS_REMOVE_DIR | FS_REMOVE_FILE | FS_MAKE_DIR |
		FS_MAKE_REG | FS_REFER | FS_TRUNCATE,
};

static void allow(int rules, int folder, uint64_t rights) {
	struct beneath b = {rights, folder};
	require(folder >= 0 && syscall(445 /* add_rule */, rules, 1, &b, 0) == 0, LANDLOCK);
}

// landlock denies every right that this kernel knows: files, TCP, and what
// leaves the domain (signals, abstract sockets). Older kernels know fewer; what
// they lack the namespaces and seccomp deny too (docs/THREATS.md).
static void landlock(int keeper, int cache) {
	long abi = syscall(444 /* create_ruleset */, NULL, 0, 1 /* VERSION */);
	require(abi >= YB_LANDLOCK_ABI, LANDLOCK);
	struct ruleset r = {
		.fs = abi >= 5 ? 0xffff : 0x7fff,
		.net = abi >= 4 ? 3 : 0,
		.scoped = abi >= 6 ? 3 : 0,
	};
	size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
	int rules = (int)syscall(444, &r, size, 0);
	require(rules >= 0, LANDLOCK);
	if (keeper) allow(rules, YB_KEEPER_FOLDER, FS_OWN);
	if (cache && !left_out("root")) {
		int folder = open(YB_CACHE, O_PATH | O_CLOEXEC);
		allow(rules, folder, FS_OWN);
		close(folder);
	}
	require(syscall(446 /* restrict_self */, rules, 0) == 0, LANDLOCK);
	close(rules);
}

__attribute__((constructor)) static void lock(void) {
	const char *cell = getenv("YINGBI_CELL"), *key = getenv("YINGBI_KEEPER");
	if (!cell && !key) return;
	require(!(cell && key), MARKER);
	read_marker(cell ? cell : key);
	int keeper = is("keeper"), cache = is("compile") || is("guest") || is("map") || is("prepare") || is("probe");
	require(keeper ? key != NULL : cell && (cache || is("ingest") || is("inspect") || is("query") || is("explore")), MARKER);

	limit_all(keeper, cache);
	if (!left_out("dumpable")) require(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0, DUMPABLE);
	if (!left_out("no_new_privs")) require(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, NO_NEW_PRIVS);
	if (!left_out("descriptors")) close_strays();
	if (!left_out("keyring")) fresh_keyring();
	if (!keeper && !left_out("root")) private_root(cache);
	if (!left_out("hostname")) require(sethostname("cell", 4) == 0, HOST_NAME);
	if (!left_out("capabilities")) drop_capabilities();
	if (!left_out("landlock")) landlock(keeper, cache);
	if (is("probe")) _exit(0);
	yb_child.locked = 1;
}

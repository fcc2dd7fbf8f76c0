package admission

import "slices"

// Host is the closed list of host calls: what a module may import, and what the
// guest host implements, no more and no less on either side. docs/GUEST-ABI.md
// says what each does.
func Host() []Import {
	return slices.Clone(host)
}

const (
	abi  = "yingbi"
	wasi = "wasi_snapshot_preview1"
)

// host has our own calls, and of WASI what the Go and C runtimes import whether
// or not a program uses it. None of the WASI calls reaches anything outside the
// guest: there is no path_open, no socket, no directory.
var host = []Import{
	{abi, "inputs", "() i32"},
	{abi, "input_kind", "(i32) i32"},
	{abi, "input_name", "(i32 i32 i32) i32"},
	{abi, "input_next", "(i32) i32"},
	{abi, "input_read", "(i32 i32 i32) i32"},
	{abi, "input_rewind", "(i32) i32"},
	{abi, "query", "(i32 i32) i32"},
	{abi, "emit", "(i32 i32 i32 i32) i32"},
	{abi, "record", "(i32 i64) i32"},
	{abi, "log", "(i32 i32) i32"},

	{wasi, "args_get", "(i32 i32) i32"},
	{wasi, "args_sizes_get", "(i32 i32) i32"},
	{wasi, "environ_get", "(i32 i32) i32"},
	{wasi, "environ_sizes_get", "(i32 i32) i32"},
	{wasi, "clock_time_get", "(i32 i64 i32) i32"},
	{wasi, "random_get", "(i32 i32) i32"},
	{wasi, "sched_yield", "() i32"},
	{wasi, "poll_oneoff", "(i32 i32 i32 i32) i32"},
	{wasi, "proc_exit", "(i32)"},
	{wasi, "fd_write", "(i32 i32 i32 i32) i32"},
	{wasi, "fd_read", "(i32 i32 i32 i32) i32"},
	{wasi, "fd_close", "(i32) i32"},
	{wasi, "fd_seek", "(i32 i64 i32 i32) i32"},
	{wasi, "fd_fdstat_get", "(i32 i32) i32"},
	{wasi, "fd_fdstat_set_flags", "(i32 i32) i32"},
	{wasi, "fd_prestat_get", "(i32 i32) i32"},
	{wasi, "fd_prestat_dir_name", "(i32 i32 i32) i32"},
}

func allowed(i Import) error {
	at := slices.IndexFunc(host, func(h Import) bool { return h.Module == i.Module && h.Name == i.Name })
	switch {
	case at < 0:
		return denied("import %q %q is not a call that guests have", i.Module, i.Name)
	case host[at].Signature != i.Signature:
		return denied("import %s.%s has signature %s, it must be %s", i.Module, i.Name, i.Signature, host[at].Signature)
	}
	return nil
}

//go:build linux && cgo

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Machine is where the figures come from.
type Machine struct {
	CPU      string  `json:"cpu"`
	Cores    int     `json:"cores"`
	Memory   string  `json:"memory"`
	Kernel   string  `json:"kernel"`
	Go       string  `json:"go"`
	DuckDB   string  `json:"duckdb"`
	Compiler string  `json:"c_compiler"`
	Sync     float64 `json:"sync_ms"` // median of writing 4 KiB and fsync, on the disk of the temporary folder
	Load     string  `json:"load"`    // load averages when the run began and ended
}

func (b *bench) machine(ctx context.Context) (m Machine, err error) {
	m = Machine{Cores: runtime.NumCPU(), Go: runtime.Version(), Load: load()}
	m.CPU = field("/proc/cpuinfo", "model name")
	m.Memory = field("/proc/meminfo", "MemTotal")
	var kib int64
	if n, _ := fmt.Sscanf(m.Memory, "%d kB", &kib); n == 1 {
		m.Memory = bytesOf(kib << 10)
	}
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return m, err
	}
	m.Kernel = unix.ByteSliceToString(name.Sysname[:]) + " " + unix.ByteSliceToString(name.Release[:])
	if m.DuckDB, err = duckVersion(ctx); err != nil {
		return m, err
	}
	m.Compiler = clangVersion(ctx)
	m.Sync, err = syncTime(b.dir)
	return m, err
}

// field gives a value of a file of /proc, "unknown" where it is not there.
func field(path, name string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return "unknown"
	}
	for line := range bytes.Lines(content) {
		key, value, ok := strings.Cut(string(line), ":")
		if ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// load gives the load averages of 1 and 5 minutes.
func load() string {
	content, err := os.ReadFile("/proc/loadavg")
	fields := strings.Fields(string(content))
	if err != nil || len(fields) < 2 {
		return "unknown"
	}
	return fields[0] + ", " + fields[1]
}

// syncTime measures the disk: the median of writing a page and waiting for it, in
// milliseconds.
func syncTime(dir string) (ms float64, err error) {
	f, err := os.CreateTemp(dir, "sync-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	var times []float64
	page := make([]byte, 4096)
	for range 101 {
		start := time.Now()
		if _, err := f.Write(page); err != nil {
			return 0, err
		}
		if err := f.Sync(); err != nil {
			return 0, err
		}
		times = append(times, float64(time.Since(start).Microseconds())/1e3)
	}
	return median(times), nil
}

// peakMemory is the highest resident size of this process so far, in MiB.
func peakMemory() (float64, error) {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var kib float64
		if n, _ := fmt.Sscanf(lines.Text(), "VmHWM: %f kB", &kib); n == 1 {
			return kib / 1024, nil
		}
	}
	return 0, errors.New("/proc/self/status has no VmHWM")
}

package sandbox

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
)

// status reads of a process the most memory that was ever resident, in bytes,
// and its threads. One that waits to be reaped has none.
func status(pid int) (resident int64, threads int, err error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range bytes.Lines(b) {
		key, value, _ := bytes.Cut(line, []byte(":"))
		switch string(key) {
		case "VmHWM": // kB; shared memory and mapped files count
			resident = number(value) << 10
		case "Threads":
			threads = int(number(value))
		}
	}
	return resident, threads, err
}

func number(value []byte) int64 {
	fields := bytes.Fields(value)
	if len(fields) == 0 {
		return 0
	}
	n, _ := strconv.ParseInt(string(fields[0]), 10, 64)
	return n
}

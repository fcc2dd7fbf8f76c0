package sandbox

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
)

// status reads of a process the most memory that it ever held, in bytes, and its
// threads. Pages of the program's own file are not its memory: every cell has the
// same. One that waits to be reaped has none.
func status(pid int) (held int64, threads int, err error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	var most, now, file int64 // kB
	for line := range bytes.Lines(b) {
		key, value, _ := bytes.Cut(line, []byte(":"))
		switch string(key) {
		case "VmHWM":
			most = number(value)
		case "RssAnon", "RssShmem":
			now += number(value)
		case "RssFile":
			file = number(value)
		case "Threads":
			threads = int(number(value))
		}
	}
	return max(now, most-file) << 10, threads, err
}

func number(value []byte) int64 {
	fields := bytes.Fields(value)
	if len(fields) == 0 {
		return 0
	}
	n, _ := strconv.ParseInt(string(fields[0]), 10, 64)
	return n
}

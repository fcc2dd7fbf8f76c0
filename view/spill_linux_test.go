package view

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// scratchBytes reads the scratch files that this process has open.
func scratchBytes(t testing.TB) (content []byte) {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		path := "/proc/self/fd/" + e.Name()
		if name, err := os.Readlink(path); err != nil || !strings.Contains(name, "scratch-") {
			continue
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Error(err)
		}
		content = append(content, b...)
	}
	return content
}

const pseudonymLength = 20

// What a build puts on disk shows no row, raw or masked.
func TestNothingInTheClearInScratch(t *testing.T) {
	const n = 6000 // more people than masking takes for words: their pseudonyms are on disk as texts
	h := newHome(t, 1)
	h.store(t, func(i int) []string {
		r := rawRow(i)
		r[0] = fmt.Sprintf("%s%010d", canary, i)
		return r
	}, n)
	var once sync.Once
	var onDisk []byte
	req := h.request(t)
	req.Progress = func(done int64) {
		if done >= n { // all is on disk
			once.Do(func() { onDisk = scratchBytes(t) })
		}
	}
	v := build(t, req, limits{workers: 1, memory: 0, bucket: 500})
	_, rows := read(t, parquet(t, v))
	if len(rows[0][0]) != pseudonymLength {
		t.Fatalf("pseudonym %q", rows[0][0])
	}
	if len(onDisk) < n*pseudonymLength {
		t.Fatalf("%d bytes were on disk; the search looks at nothing", len(onDisk))
	}
	for _, needle := range []string{canary, "91530400PDY", "1380000", rows[0][0], rows[1][0], rows[2][0]} {
		if bytes.Contains(onDisk, []byte(needle)) {
			t.Errorf("%q is on disk", needle)
		}
	}
	if left := scratchBytes(t); len(left) > 0 {
		t.Errorf("%d bytes of scratch files are still open", len(left))
	}
}

// A disk that takes no more ends the build, in the scratch file or in a part, and
// leaves nothing. The limit is one of the process, so it runs in one of its own.
func TestAFullDiskLeavesNothing(t *testing.T) {
	const child = "YINGBI_TEST_SHORT_FILES"
	if os.Getenv(child) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
		cmd.Env = append(os.Environ(), child+"=1")
		if out, err := cmd.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("--- PASS: "+t.Name())) {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	h := newHome(t, 20_000)
	limit(t, 64<<10)
	for name, memory := range map[string]int64{"scratch": 0, "part": 1 << 30} {
		_, err := openWith(t.Context(), h.request(t), limits{workers: 2, memory: memory, bucket: 10_000})
		if !errors.Is(err, syscall.EFBIG) {
			t.Errorf("%s: %v", name, err)
		}
		if left := h.leftovers(t); left != nil {
			t.Errorf("%s: left %v", name, left)
		}
		if left := scratchBytes(t); len(left) > 0 {
			t.Errorf("%s: a scratch file is still open", name)
		}
	}
	limit(t, 1<<30)
	if v := open(t, h.request(t)); v.Reused() {
		t.Error("a view that was not finished is reused")
	}
}

// limit lets no file of this process become longer.
func limit(t testing.TB, most uint64) {
	t.Helper()
	var now unix.Rlimit
	err := unix.Getrlimit(unix.RLIMIT_FSIZE, &now)
	if err == nil {
		err = unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: min(most, now.Max), Max: now.Max})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Nor does what a grouping puts there.
func TestNothingInTheClearInScratchOfAGroup(t *testing.T) {
	const n = 6000
	h := newHome(t, 1)
	h.store(t, func(i int) []string {
		r := rawRow(i)
		r[2] = fmt.Sprintf("5304 in the clear %d", i)
		return r
	}, n)
	req := h.request(t)
	req.Policy = policy(t, strings.Replace(policyText, "length: 4", "length: 17", 1))
	v := open(t, req)
	var once sync.Once
	var onDisk []byte
	w := writer(func(b []byte) (int, error) {
		once.Do(func() { onDisk = scratchBytes(t) })
		return len(b), nil
	})
	inputs := []BySubject{{v, []string{"person", "district"}, io.Discard}}
	people, err := groupWith(t.Context(), "person", inputs, secretA, w, limits{workers: 1, memory: 0, bucket: 500, most: 1 << 30})
	if err != nil || len(people) != 40 {
		t.Fatalf("%d people, %v", len(people), err)
	}
	if len(onDisk) < n*17 {
		t.Fatalf("%d bytes were on disk; the search looks at nothing", len(onDisk))
	}
	if bytes.Contains(onDisk, []byte("in the clear")) {
		t.Error("texts are on disk")
	}
	if left := scratchBytes(t); len(left) > 0 {
		t.Errorf("%d bytes of scratch files are still open", len(left))
	}
	for _, l := range []limits{{workers: 1, bucket: 500}, {workers: 2, bucket: 500, most: 1 << 30}} { // a bucket is refused; a writer is
		full := writer(func([]byte) (int, error) { return 0, errors.New("full") })
		if _, err := groupWith(t.Context(), "person", inputs, secretA, full, l); err == nil {
			t.Error("done all the same")
		}
		if left := scratchBytes(t); len(left) > 0 {
			t.Errorf("%d bytes of scratch files are open after a failure", len(left))
		}
	}
}

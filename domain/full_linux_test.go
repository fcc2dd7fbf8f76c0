//go:build linux && cgo

package domain

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"yingbi/internal/durable"
	"yingbi/internal/fault"
)

// smallDisk names, in the environment of this program started again, the folder
// with the stages.
const smallDisk = "YINGBI_TEST_SMALL_DISK"

// TestFullDisk does every deed on a small disk on which less and less room is left.
// It starts this program again, in namespaces in which it may mount one.
func TestFullDisk(t *testing.T) {
	if os.Getenv(smallDisk) != "" {
		onSmallDisk(t, os.Getenv(smallDisk))
		return
	}
	t.Parallel()
	st := stages(t)
	cmd := exec.Command("/proc/self/exe", "-test.run=^TestFullDisk$", "-test.v")
	cmd.Env = append(os.Environ(), smallDisk+"="+st.dir, victimMarker+"="+common.dir, "YINGBI_BIN="+config(t, "").Exe)
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("this host gives no user namespace, which a domain needs too: %v; see yingbi doctor", err)
	}
	_, points, passed := strings.Cut(string(out), "points: ")
	if err != nil || !passed {
		t.Fatalf("%v\n%s", err, out)
	}
	points, _, _ = strings.Cut(points, "\n")
	t.Logf("%s points", points)
}

func onSmallDisk(t *testing.T, stage string) {
	if err := readKeys(); err != nil {
		t.Fatal(err)
	}
	mount := t.TempDir()
	if err := unix.Mount("small", mount, "tmpfs", 0, "size=64m"); err != nil {
		t.Fatalf("no small disk can be mounted here: %v; allow mounts in user namespaces", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(mount, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	const page = 4096
	points, all := 0, append([]act{{name: "found"}}, deeds...)
	try := func(t *testing.T, a act, room int64) bool {
		points++
		enough := leave(t, mount, filepath.Join(stage, a.name), a, room)
		if t.Failed() {
			t.Fatalf("with %d KiB left", room>>10)
		}
		return enough
	}
	for _, a := range all {
		t.Run(a.name, func(t *testing.T) {
			for room := int64(0); !try(t, a, room); room = max(3*page, 4*room) {
			}
		})
	}
	soak := startSoak(t)
	random := rand.New(rand.NewPCG(soak.seed, 3))
	for i := 0; soak.goesOn(i, 0); i++ {
		try(t, all[random.IntN(len(all))], page*random.Int64N(128))
	}
	fmt.Println("points:", points)
}

// leave does a deed with so much room left, and tells whether that was enough.
func leave(t *testing.T, mount, stage string, a act, room int64) bool {
	t.Helper()
	ctx := t.Context()
	f := &fixture{t: t, dir: filepath.Join(mount, "domain"), truth: common.truth}
	filler := filepath.Join(mount, "filler")
	replaceFolder(t, f.dir, stage)
	if a.name == "found" {
		return leaveToFound(t, f, filler, room)
	}
	f.reopen()
	fill(t, filler, room)
	err := a.do(ctx, f.Domain)
	closed := f.Domain.Close(ctx)
	empty(t, filler)
	wantFull(t, err)
	wantFull(t, closed)
	r := f.reopen()
	defer f.close()
	w := newWitness()
	w.struck = true
	check(t, f, w, r)
	switch done := isDone(t, f, a); {
	case err != nil && !done:
		redo(t, f.Domain, a)
	case err == nil && !done && a.done != nil:
		t.Errorf("%s was acknowledged and is lost", a.name)
	}
	return err == nil && closed == nil
}

func isDone(t *testing.T, f *fixture, a act) bool {
	t.Helper()
	if a.done == nil {
		return false
	}
	done, err := a.done(t.Context(), f.Domain)
	if err != nil {
		t.Error(err)
	}
	return done
}

// leaveToFound makes a domain and opens it for the first time.
func leaveToFound(t *testing.T, f *fixture, filler string, room int64) bool {
	t.Helper()
	ctx := t.Context()
	fill(t, filler, room)
	_, _, err := Init(ctx, config(t, f.dir), Founding{Name: domainName, Admin: person("gao")})
	founded := err == nil
	if founded {
		if f.Domain, _, err = Open(ctx, config(t, f.dir)); err == nil {
			err = f.Domain.Close(ctx)
		}
		f.Domain = nil
	}
	empty(t, filler)
	wantFull(t, err)
	if !founded {
		if _, _, err := Init(ctx, config(t, f.dir), Founding{Name: domainName, Admin: person("gao")}); err != nil {
			t.Errorf("in the same folder, with room: %v", err)
			return true
		}
	}
	f.reopen()
	f.as("gao")
	f.close()
	return err == nil
}

// fill leaves so much room on the disk.
func fill(t *testing.T, filler string, room int64) {
	t.Helper()
	var s unix.Statfs_t
	if err := unix.Statfs(filepath.Dir(filler), &s); err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(filler)
	if err == nil {
		err = errors.Join(unix.Fallocate(int(file.Fd()), 0, 0, max(1, int64(s.Bavail)*s.Bsize-room)), file.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func empty(t *testing.T, filler string) {
	t.Helper()
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
}

func wantFull(t *testing.T, err error) {
	t.Helper()
	if err != nil && (fault.KindOf(err) != fault.Limit || !strings.Contains(err.Error(), "disk is full") || !durable.Full(err)) {
		t.Errorf("a full disk is told as %v", err)
	}
}

// Package testkit gives tests what several packages need of the repository.
// Only tests import it.
package testkit

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// Binary gives the path of the yingbi program, which cells and the keeper are
// started from: $YINGBI_BIN where that file exists (make test builds it), else
// bin/yingbi of this repository, brought up to date first. It is never built
// with the race detector, which needs more address space than a cell has.
func Binary(t testing.TB) string {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var binary = sync.OnceValues(func() (string, error) {
	path := os.Getenv("YINGBI_BIN")
	if _, err := os.Stat(path); path != "" && err == nil {
		return path, nil
	}
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	path = filepath.Join(root, "bin", "yingbi")
	return path, build(root, path, "./cmd/yingbi")
})

// built holds the path of each program that this process has built, by its
// package and flags.
var built sync.Map

// Program builds a program that only tests use, such as one under testdata, and
// gives its path. pkg is relative to the module's root; flags are go build's.
func Program(t testing.TB, pkg string, flags ...string) string {
	t.Helper()
	key := strings.Join(append(flags, pkg), " ")
	if path, ok := built.Load(key); ok {
		return path.(string)
	}
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(root, "bin", "test", filepath.Base(pkg))
	if err := build(root, path, append(flags, pkg)...); err != nil {
		t.Fatal(err)
	}
	built.Store(key, path)
	return path
}

// nobody is the number of a user that owns nothing.
const nobody = 65534

// AsOrdinaryUser runs the named tests of this test program again in a process of
// an ordinary user. It does nothing when this process is one's already. The
// programs, by the environment variables that name them, are copied to where
// that user may execute them.
func AsOrdinaryUser(t *testing.T, tests string, programs map[string]string) {
	t.Helper()
	if os.Getuid() != 0 {
		return
	}
	dir, err := os.MkdirTemp("", "user-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(copyProgram(t, "/proc/self/exe", dir), "-test.run="+tests, "-test.v")
	cmd.Dir = "/"
	cmd.Env = []string{}
	for name, path := range programs {
		cmd.Env = append(cmd.Env, name+"="+copyProgram(t, path, dir))
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	if out, err := cmd.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("--- PASS")) {
		t.Errorf("as an ordinary user: %v\n%s", err, out)
	}
}

func copyProgram(t *testing.T, path, dir string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(dir, filepath.Base(path))
	if err := os.WriteFile(to, b, 0o755); err != nil {
		t.Fatal(err)
	}
	return to
}

// build runs go build in the module's root. Tests of several packages run at
// once; a lock beside the output makes the others wait.
func build(root, out string, args ...string) error {
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	lock, err := os.OpenFile(out+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	cmd := exec.Command("go", append([]string{"build", "-buildvcs=false", "-o", out}, args...)...)
	cmd.Dir = root
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	return cmd.Run()
}

// moduleRoot is the nearest folder upwards that holds go.mod.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			return dir, nil
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		err = os.ErrNotExist
	}
	return "", err
}

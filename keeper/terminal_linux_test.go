package keeper

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"yingbi/internal/fault"

	"golang.org/x/sys/unix"
)

// terminal gives both ends of a pseudo-terminal.
func terminal(t *testing.T) (person, tty *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { person.Close() })
	if err := unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(person.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tty.Close() })
	return person, tty
}

// typed answers each prompt, which ends in ": ", with a line once echo is off.
// What it returns waits for the last prompt and gives all that was shown.
func typed(person *os.File, answers ...string) (shown func() string) {
	var screen strings.Builder
	done := make(chan struct{})
	go func() {
		defer close(done)
		one := make([]byte, 1)
		for len(answers) > 0 {
			if _, err := person.Read(one); err != nil {
				return
			}
			screen.Write(one)
			if strings.HasSuffix(screen.String(), ": ") {
				awaitNoEcho(person)
				fmt.Fprintln(person, answers[0])
				answers = answers[1:]
			}
		}
	}()
	return func() string { <-done; return screen.String() }
}

func awaitNoEcho(person *os.File) {
	for range 10_000 {
		modes, err := unix.IoctlGetTermios(int(person.Fd()), unix.TCGETS)
		if err != nil || modes.Lflag&unix.ECHO == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

func TestTerminal(t *testing.T) {
	fresh := header{Unlock: byPassphrase}
	person, tty := terminal(t)
	shown := typed(person, secret, secret)
	got, _, err := newMaterial(fresh, tty, true)
	if err != nil || string(got) != secret || strings.Contains(shown(), "horse") {
		t.Fatalf("%q %v, on the screen %q", got, err, shown())
	}

	person, tty = terminal(t)
	typed(person, secret, secret+"x")
	_, _, err = newMaterial(fresh, tty, true)
	wantKind(t, err, fault.Invalid)

	person, tty = terminal(t)
	typed(person, "short", "short")
	_, _, err = newMaterial(fresh, tty, true)
	wantKind(t, err, fault.Invalid)

	person, tty = terminal(t)
	typed(person, secret)
	if got, err = oldMaterial(fresh, tty, byTerminal); err != nil || string(got) != secret {
		t.Fatal(got, err)
	}
}

// TestWholeWayAtATerminal runs Init and Start in a session of its own whose
// terminal is ours, so that the locked process is the one that asks.
func TestWholeWayAtATerminal(t *testing.T) {
	person, tty := terminal(t)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = []string{"KEEPER_TEST_TERMINAL=" + t.TempDir()}
	cmd.Stdin, cmd.Stderr = tty, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	shown := typed(person, secret, secret, secret, "not "+secret)
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	if strings.Count(shown(), ": ") != 4 || strings.Contains(shown(), "horse") {
		t.Fatalf("on the screen: %q", shown())
	}
}

// foundAtTerminal is what the process of TestWholeWayAtATerminal does.
func foundAtTerminal(dir string) int {
	exe, err := os.Executable()
	if err != nil {
		return 9
	}
	cfg := Config{Exe: exe, Dir: dir, Rounds: minRounds, Unlock: Unlock{Terminal: true}}
	if _, err := Init(context.Background(), cfg); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	k, err := Start(context.Background(), cfg)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	k.Close()
	if _, err := Start(context.Background(), cfg); fault.KindOf(err) != fault.Denied {
		fmt.Fprintln(os.Stderr, "a wrong passphrase:", err)
		return 3
	}
	return 0
}

func TestSharesFromTheTerminal(t *testing.T) {
	h := header{Unlock: byShares, Need: 2, All: 3, Set: shareSet{5}}
	want, shares, err := newMaterial(h, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	person, tty := terminal(t)
	typed(person, shares[1], shares[2])
	got, err := oldMaterial(h, tty, byTerminal)
	if err != nil || string(got) != string(want) {
		t.Fatal(err)
	}
}

func TestPassphraseForms(t *testing.T) {
	for in, want := range map[string]string{
		"caf\u00e9 au lait": "caf\u00e9 au lait", "cafe\u0301 au lait\n": "caf\u00e9 au lait", "a b\r\nc": "a b",
		strings.Repeat("x", maxPassphrase): strings.Repeat("x", maxPassphrase),
	} {
		if got, err := passphraseLine(strings.NewReader(in)); err != nil || string(got) != want {
			t.Errorf("%q gave %q, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "\n", "\r\nsecond", strings.Repeat("x", maxPassphrase+1)} {
		if _, err := passphraseLine(strings.NewReader(in)); err == nil {
			t.Errorf("%q was accepted", in)
		}
	}
}

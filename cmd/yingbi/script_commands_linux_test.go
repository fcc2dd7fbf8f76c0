//go:build linux && cgo

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// patience is how long a script waits for something that ought to be quick, on a
// busy machine.
const patience = 20 * time.Second

// scriptCommands gives what the scripts have besides testscript's own commands:
//
//	domain                 copy the fixture here, and set $YINGBI_DOMAIN, $NAME, $PUBLIC, $QUEUED, $HELD, $RELEASED
//	guests                 build three hostile modules, a job and a mapping into $GUESTS
//	allguests              build every example module into $GUESTS
//	page FILE GOLDEN       the page is the golden file of testdata/page, but for ids, times, terms, digests and records
//	as PERSON              be somebody of the fixture from now on
//	exit CODE COMMAND…     run a command that ends with this exit code
//	json [PATH VARIABLE]   standard output is JSON with snake_case keys; put the value at .a.0.b into a variable
//	jsonerror KIND         standard error is one JSON error of this kind, with its exit code
//	flip N FILE COMMAND…   change N bytes of the file, one at a time; the command must notice each (exit 7)
//	signal NAME ACTION COMMAND…
//	                       send INT or KILL once the action is recorded: no child may stay, and INT must end it with 130
//	hides FILE KINDS COMMAND…
//	                       no line of the file stands in arguments or environment of the command or its children
func scriptCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"as":        scriptAs,
		"exit":      scriptExit,
		"json":      scriptJSON,
		"jsonerror": scriptJSONError,
		"flip":      scriptFlip,
		"signal":    scriptSignal,
		"hides":     scriptHides,
	}
}

func scriptAs(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv("YINGBI_AS", args[0])
	ts.Setenv("YINGBI_KEY_FILE", ts.MkAbs("keys/"+args[0]+".key"))
}

// exitCode runs a command whose output the script can then look at.
func exitCode(ts *testscript.TestScript, args []string) int {
	err := ts.Exec(args[0], args[1:]...)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	ts.Check(err)
	return 0
}

func scriptExit(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := exitCode(ts, args[1:]); got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

var snakeCase = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

func scriptJSON(ts *testscript.TestScript, _ bool, args []string) {
	value := parse(ts, ts.ReadFile("stdout"))
	checkKeys(ts, value)
	if len(args) == 0 {
		return
	}
	for step := range strings.SplitSeq(strings.TrimPrefix(args[0], "."), ".") {
		switch v := value.(type) {
		case map[string]any:
			value = v[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(v) {
				ts.Fatalf("there is no %s in the list of %d", step, len(v))
			}
			value = v[i]
		}
	}
	text, ok := value.(string)
	if !ok {
		b, err := json.Marshal(value)
		ts.Check(err)
		text = string(b)
	}
	ts.Setenv(args[1], text)
}

// parse reads one JSON value and refuses anything after it.
func parse(ts *testscript.TestScript, text string) any {
	d := json.NewDecoder(strings.NewReader(text))
	var v any
	if err := d.Decode(&v); err != nil || d.More() {
		ts.Fatalf("not one JSON value (%v):\n%s", err, text)
	}
	return v
}

func checkKeys(ts *testscript.TestScript, value any) {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			if !snakeCase.MatchString(key) {
				ts.Fatalf("key %q is not in snake_case", key)
			}
			checkKeys(ts, inner)
		}
	case []any:
		for _, inner := range v {
			checkKeys(ts, inner)
		}
	}
}

func scriptJSONError(ts *testscript.TestScript, _ bool, args []string) {
	if out := ts.ReadFile("stdout"); out != "" {
		ts.Fatalf("a failure printed on standard output: %s", out)
	}
	value := parse(ts, ts.ReadFile("stderr"))
	checkKeys(ts, value)
	e, _ := value.(map[string]any)["error"].(map[string]any)
	if e["kind"] != args[0] || e["message"] == "" || e["exit"] == 0.0 {
		ts.Fatalf("error %v, want kind %s", e, args[0])
	}
}

// scriptFlip spreads its changes over the whole file, first and last byte among
// them.
func scriptFlip(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	path := ts.MkAbs(args[1])
	whole, err := os.ReadFile(path)
	ts.Check(err)
	for i := range n {
		at := i * (len(whole) - 1) / (n - 1)
		altered := slices.Clone(whole)
		altered[at] ^= 1 << (i % 8)
		ts.Check(os.WriteFile(path, altered, 0o600))
		if got := exitCode(ts, args[2:]); got != 7 {
			ts.Fatalf("byte %d of %s altered: exit code %d, want 7", at, args[1], got)
		}
	}
	ts.Check(os.WriteFile(path, whole, 0o600))
}

func scriptSignal(ts *testscript.TestScript, _ bool, args []string) {
	signal := map[string]syscall.Signal{"INT": syscall.SIGINT, "KILL": syscall.SIGKILL}[args[0]]
	log := filepath.Join(ts.Getenv("YINGBI_DOMAIN"), "audit", "log")
	before, err := os.ReadFile(log)
	ts.Check(err)
	cmd, output := start(ts, args[2:])
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		now, err := os.ReadFile(log)
		ts.Check(err)
		if bytes.Contains(now[len(before):], []byte(args[1])) {
			break
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%s was never recorded:\n%s", args[1], output)
		}
	}
	time.Sleep(100 * time.Millisecond) // into the act; it takes seconds
	below := children(cmd.Process.Pid)
	began := time.Now()
	ts.Check(cmd.Process.Signal(signal))
	err = cmd.Wait()
	if took := time.Since(began); took > patience {
		ts.Fatalf("it took %s to end", took)
	}
	if signal == syscall.SIGINT && cmd.ProcessState.ExitCode() != 130 {
		ts.Fatalf("ended with %v, want exit code 130:\n%s", err, output)
	}
	for deadline := time.Now().Add(patience); slices.ContainsFunc(below, alive); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			ts.Fatalf("a child of %v outlived its parent", below)
		}
	}
}

// alive reports whether a process runs; one that waits to be collected does not.
func alive(pid int) bool {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	return err == nil && !bytes.Contains(b, []byte(") Z "))
}

// start runs a command in the script's folder and environment.
func start(ts *testscript.TestScript, args []string) (*exec.Cmd, *bytes.Buffer) {
	path := ""
	for dir := range strings.SplitSeq(ts.Getenv("PATH"), string(os.PathListSeparator)) {
		if _, err := os.Stat(filepath.Join(dir, args[0])); err == nil {
			path = filepath.Join(dir, args[0])
			break
		}
	}
	cmd := exec.Command(path, args[1:]...)
	cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"PATH", "LANG", "HOME", "TMPDIR", "YINGBI_DOMAIN", "YINGBI_ROOT_KEY_FILE", "YINGBI_AS", "YINGBI_KEY_FILE"} {
		if v := ts.Getenv(name); v != "" {
			cmd.Env = append(cmd.Env, name+"="+v)
		}
	}
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	ts.Check(cmd.Start())
	return cmd, &output
}

// children lists the processes below one, however deep.
func children(pid int) (all []int) {
	lists, err := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/children")
	if err != nil {
		return nil
	}
	for _, list := range lists {
		b, err := os.ReadFile(list)
		if err != nil {
			continue // the thread has ended
		}
		for field := range strings.FieldsSeq(string(b)) {
			if child, err := strconv.Atoi(field); err == nil {
				all = append(append(all, child), children(child)...)
			}
		}
	}
	return all
}

func scriptHides(ts *testscript.TestScript, _ bool, args []string) {
	secrets := strings.Split(strings.TrimSpace(ts.ReadFile(args[0])), "\n")
	unseen := map[string]bool{} // markers of children that must come by, or the search proves nothing
	for kind := range strings.SplitSeq(args[1], ",") {
		unseen["YINGBI_"+strings.ToUpper(kind)+"="] = true
	}
	cmd, output := start(ts, args[2:])
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err := <-ended:
			if err != nil || len(unseen) > 0 {
				ts.Fatalf("%v; children that were never seen: %v\n%s", err, unseen, output)
			}
			return
		case <-time.After(time.Millisecond):
		}
		for _, pid := range append(children(cmd.Process.Pid), cmd.Process.Pid) {
			for _, file := range []string{"cmdline", "environ"} {
				path := "/proc/" + strconv.Itoa(pid) + "/" + file
				b, err := os.ReadFile(path)
				if errors.Is(err, fs.ErrPermission) { // hidden from an ordinary user altogether
					clear(unseen)
				}
				maps.DeleteFunc(unseen, func(marker string, _ bool) bool { return bytes.Contains(b, []byte(marker)) })
				for _, secret := range secrets {
					if bytes.Contains(b, []byte(secret)) {
						ts.Fatalf("a secret stands in %s", path)
					}
				}
			}
		}
	}
}

//go:build linux && cgo

package domain

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/internal/testkit"
	"yingbi/job"
)

// A victim is this program again, in a process of its own, working on a domain
// until it is killed or its disk fails. It says on its standard output what was
// acknowledged to it:
//
//	open                          the domain is open
//	version 3                     an import returned
//	submitted ID, ran ID, approved ID, released ID
//	fetched ID DIGEST             the files of a release, by the digest of their certificate
//	person ID, confirmed ID       somebody was registered, or confirmed
//	document KIND/ID VERSION      a document is in force
//	rotated VERSION               there is a new key-encryption key
//	founded                       there is a domain
//	closed                        the domain was closed in order
//	error KIND TEXT               something failed
const (
	victimMarker = "YINGBI_TEST_VICTIM" // the common folder of the process that started it
	victimDomain = "YINGBI_TEST_DOMAIN"
	victimExe    = "YINGBI_TEST_EXE"
	victimAct    = "YINGBI_TEST_ACT" // the act that it does; without one it works until it is killed
)

func victim() int {
	if err := testkit.Surrender(); err != nil {
		fmt.Println("error", fault.Unsupported, err)
		return 1
	}
	ctx := context.Background()
	err := readKeys()
	if err == nil && os.Getenv(victimAct) != "" {
		err = actOnce(ctx, os.Getenv(victimAct))
	} else if err == nil {
		err = work(ctx)
	}
	if err != nil {
		sayError(err)
	}
	return 1
}

func sayError(err error) {
	fmt.Println("error", strings.ReplaceAll(fault.KindOf(err).String(), " ", "_"), strings.ReplaceAll(err.Error(), "\n", "; "))
}

// readKeys takes over the keys of the cast.
func readKeys() error {
	common.dir = os.Getenv(victimMarker)
	common.keys = map[string]*crypto.SigningKey{}
	for _, p := range cast {
		b, err := os.ReadFile(filepath.Join(common.dir, p.id+".key"))
		if err != nil {
			return err
		}
		if common.keys[p.id], err = crypto.ParseSigningKeyPEM(b); err != nil {
			return err
		}
	}
	return nil
}

func victimConfig() Config {
	cfg := configOf(os.Getenv(victimExe), common.dir, os.Getenv(victimDomain))
	cfg.Cache = job.Cache{EngineRows: 1, Budget: 1} // made at the second use, and evicted at once
	return cfg
}

// victimProcess is a started victim with what it has said so far.
type victimProcess struct {
	cmd   *exec.Cmd
	lines chan string
	disk  <-chan error // closed when the judge has nobody left
	said  []string
}

// startVictim starts a victim that works on the domain in dir until it is killed.
func startVictim(t testing.TB, dir string) *victimProcess {
	t.Helper()
	return startVictimOn(t, dir, nil)
}

// startVictimOn starts a victim whose disk does what judge decides, if it is not
// nil. env are settings such as victimAct.
func startVictimOn(t testing.TB, dir string, judge testkit.Judge, env ...string) *victimProcess {
	t.Helper()
	cfg := config(t, dir)
	v := &victimProcess{cmd: exec.Command("/proc/self/exe"), lines: make(chan string, 1000)}
	v.cmd.Env = append(os.Environ(), victimMarker+"="+common.dir, victimDomain+"="+dir, victimExe+"="+cfg.Exe)
	v.cmd.Env = append(v.cmd.Env, env...)
	out, err := v.cmd.StdoutPipe()
	if err == nil && judge != nil {
		v.disk, err = testkit.StartWatched(v.cmd, judge)
	} else if err == nil {
		err = v.cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.kill() })
	go func() {
		for in := bufio.NewScanner(out); in.Scan(); {
			v.lines <- in.Text()
		}
		close(v.lines)
	}()
	return v
}

// writeKeys leaves the keys of the cast where victims find them.
func writeKeys() error {
	for _, p := range cast {
		b, err := common.keys[p.id].MarshalPEM()
		if err == nil {
			err = os.WriteFile(filepath.Join(common.dir, p.id+".key"), b, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// wait gives the victim's next line, or "" if it ended without one.
func (v *victimProcess) wait() string {
	line := <-v.lines
	if line != "" {
		v.said = append(v.said, line)
	}
	return line
}

// kill ends the victim where it stands and takes in what it said until then.
func (v *victimProcess) kill() {
	v.cmd.Process.Kill()
	v.end()
}

// end waits until the victim has ended and takes in all that it said.
func (v *victimProcess) end() error {
	for line := range v.lines {
		v.said = append(v.said, line)
	}
	v.cmd.Wait() // its error is that it was killed
	if v.disk == nil {
		return nil
	}
	return <-v.disk
}

// witness remembers what victims were told, which no crash may take back.
type witness struct {
	version   int
	kek       int
	jobs      map[string]job.State
	fetched   map[string]string
	people    map[string]bool // whether they were confirmed
	documents map[string]int
	errors    []string
	struck    bool // a disk failed, and jobs may have failed by it
}

func newWitness() *witness {
	return &witness{jobs: map[string]job.State{}, fetched: map[string]string{}, people: map[string]bool{}, documents: map[string]int{}}
}

var acknowledged = map[string]job.State{"submitted": job.Queued, "ran": job.Held, "approved": job.Approved, "released": job.Released}

func (w *witness) hear(t *testing.T, said []string) {
	t.Helper()
	for _, line := range said {
		words := strings.Fields(line)
		switch words[0] {
		case "open", "founded", "closed":
		case "version":
			w.version = told(t, words[1])
		case "rotated":
			w.kek = told(t, words[1])
		case "fetched":
			if before := w.fetched[words[1]]; before != "" && before != words[2] {
				t.Errorf("job %s was given out twice", words[1])
			}
			w.fetched[words[1]] = words[2]
		case "person":
			w.people[words[1]] = false
		case "confirmed":
			w.people[words[1]] = true
		case "document":
			w.documents[words[1]] = told(t, words[2])
		case "error":
			w.errors = append(w.errors, line)
		default:
			w.jobs[words[1]] = acknowledged[words[0]]
		}
	}
}

// told reads a number that the victim said: a word that is none would let a loss pass.
func told(t testing.TB, word string) int {
	t.Helper()
	n, err := strconv.Atoi(word)
	if err != nil {
		t.Fatalf("the victim said %q in the place of a number", word)
	}
	return n
}

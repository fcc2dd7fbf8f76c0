//go:build linux

package sandbox

import (
	"io"
	"os"
	"testing"

	"yingbi/sandbox/abi"
)

// TestEarlyOwnsTheSameFiles closes an input of a task and has another file take its
// number: no cell is started with that.
func TestEarlyOwnsTheSameFiles(t *testing.T) {
	file := func(content string) *os.File {
		f, err := sealed("test", []byte(content))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	s := &Sandbox{pool: newPool(1, 0)}
	task := Task{
		Request: abi.Request{Task: abi.TaskGuest, Guest: &abi.GuestRequest{ModuleFD: abi.InputFD, CodeFD: abi.InputFD}},
		Inputs:  []*os.File{file("a"), file("late")},
	}
	e := s.early(&task)
	if e == nil || e.inputs[0] == nil || e.inputs[1] != nil {
		t.Fatalf("%+v", e)
	}
	own, err := e.own()
	if err != nil || own[1] != nil {
		t.Fatal(own, err)
	}
	closeAll(own)
	e.inputs[0] = file("b")
	if _, err := e.own(); err == nil {
		t.Error("another file went for the module")
	}
	e.inputs[0].Close()
	if _, err := e.own(); err == nil {
		t.Error("a closed file went for the module")
	}

	open, err := memoryFile("open")
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	task.Inputs[0] = open
	if s.early(&task) != nil {
		t.Error("a cell waits over a file that can change")
	}
	task.Inputs[0] = file("a")
	if err := open.Truncate(maxLate + 1); err != nil {
		t.Fatal(err)
	}
	task.Inputs[1] = open
	if s.early(&task) != nil {
		t.Error("a cell waits for inputs that take long to copy")
	}
}

// TestLateInputsAreSealed: what a waiting cell is handed it could not change, were it
// open for writing.
func TestLateInputsAreSealed(t *testing.T) {
	in, err := sealed("test", []byte("late"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	w := &waiting{late: make([]*os.File, 1)}
	files := []*os.File{nil}
	rest, err := w.open(files)
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll(append(files, rest))
	task := Task{Inputs: []*os.File{in}, Request: abi.Request{Task: abi.TaskCompile, Compile: &abi.CompileRequest{MaxPages: 7}}}
	if err := w.hand(&task); err != nil {
		t.Fatal(err)
	}
	w.close()
	if _, ok := identity(files[0]); !ok {
		t.Error("the input is not sealed")
	}
	if b, err := io.ReadAll(files[0]); err != nil || string(b) != "late" {
		t.Errorf("%q, %v", b, err)
	}
	if _, err := files[0].Write([]byte("x")); err == nil {
		t.Error("the cell's descriptor can be written")
	}
	b, err := io.ReadAll(rest)
	if req, wrong := abi.DecodeRequest(b); err != nil || wrong != nil || req.Compile.MaxPages != 7 {
		t.Errorf("%s, %v, %v", b, err, wrong)
	}
}

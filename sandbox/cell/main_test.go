//go:build linux && cgo

package cell

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"yingbi/internal/coltype"
	"yingbi/internal/lockdown"
	"yingbi/internal/testkit"
	"yingbi/sandbox/abi"
)

// TestAnswersInOrder reads back what a task sends, and how it may end.
func TestAnswersInOrder(t *testing.T) {
	frame := &abi.Frame{Rows: 1, Columns: []abi.Column{{Name: "n", Type: coltype.Type{Kind: coltype.Integer}, Ints: []int64{7}}}}
	for _, c := range []struct {
		err  error
		last abi.Message
	}{
		{nil, abi.Message{Kind: abi.MsgDone}},
		{abi.Failure{Code: abi.FailOverflow, At: 2}, abi.Message{Kind: abi.MsgFailure, Payload: []byte("overflow 2")}},
		{errors.New("row 3 holds 440524188001010014"), abi.Message{Kind: abi.MsgFailure, Payload: []byte("internal")}},
	} {
		var pipe bytes.Buffer
		a := &answers{w: &pipe}
		sent := errors.Join(a.frame("rows", frame), a.item("out", []byte("item")), a.log(nil), a.log([]byte("log")), a.parts(strings.NewReader("code")), a.end(c.err))
		if sent != nil {
			t.Fatal(sent)
		}
		encoded, err := abi.Encode(nil, frame)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []abi.Message{
			{Kind: abi.MsgFrame, Name: "rows", Payload: encoded}, {Kind: abi.MsgItem, Name: "out", Payload: []byte("item")},
			{Kind: abi.MsgLog, Payload: []byte("log")}, {Kind: abi.MsgPart, Payload: []byte("code")}, c.last,
		} {
			got, err := abi.ReadMessage(&pipe, abi.Limits{Bytes: 1 << 20})
			if err != nil || got.Kind != want.Kind || got.Name != want.Name || !bytes.Equal(got.Payload, want.Payload) {
				t.Fatalf("got %v, want %v (%v)", got, want, err)
			}
		}
		if pipe.Len() > 0 {
			t.Errorf("%d bytes more", pipe.Len())
		}
	}
}

// full takes no byte.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestAnswersStopAtTheFirstError(t *testing.T) {
	a := &answers{w: full{}}
	if a.log([]byte("log")) == nil || a.end(nil) == nil {
		t.Error("a message that nobody took counts as sent")
	}
}

func TestUnknownTaskIsRefused(t *testing.T) {
	_, err := prepare(&abi.Request{Task: "other"})
	if (ran{err: err}).code() != abi.FailRequest {
		t.Errorf("got %v", err)
	}
}

// TestCellWithABadRequest starts the real program with requests that no parent
// of ours would write. Each is answered with the same code.
func TestCellWithABadRequest(t *testing.T) {
	compile, err := abi.EncodeRequest(&abi.Request{Task: abi.TaskCompile, Compile: &abi.CompileRequest{MaxPages: 1}})
	if err != nil {
		t.Fatal(err)
	}
	for name, request := range map[string][]byte{
		"nothing": {}, "no JSON": []byte("x"), "no task": []byte("{}"), "another task than its locks are for": compile,
		"a field too many": append([]byte(`{"Evil":1,`), compile[1:]...),
	} {
		in := os.NewFile(uintptr(memfd(t, request)), "request")
		defer in.Close()
		if _, err := in.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		out, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer out.Close()
		p, err := lockdown.Start(lockdown.Child{Exe: testkit.Binary(t), Profile: lockdown.Query, Files: []*os.File{in, w}})
		if err != nil {
			t.Fatal(err)
		}
		w.Close()
		m, err := abi.ReadMessage(out, abi.Limits{Bytes: 64})
		if err != nil || m.Kind != abi.MsgFailure || string(m.Payload) != string(abi.FailRequest) {
			t.Errorf("%s: %v %q, %v", name, m.Kind, m.Payload, err)
		}
		if state := p.Wait(); !state.Success() {
			t.Errorf("%s: %v", name, state)
		}
	}
}

// TestWaitingCellWantsItsOwnRequest sends a cell that waits what does not begin as it
// has prepared, and nothing at all.
func TestWaitingCellWantsItsOwnRequest(t *testing.T) {
	const pipe = abi.InputFD
	ask := func(change func(*abi.Request)) []byte {
		r := abi.Request{Task: abi.TaskExplore, Explore: &abi.ExploreRequest{SQL: "SELECT 1 AS one", MaxRows: 1, Memory: 64 << 20}}
		change(&r)
		b, err := abi.EncodeRequest(&r)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	head := ask(func(r *abi.Request) { r.Waits, r.Explore.SQL, r.Explore.MaxRows = pipe, "", 0 })
	for name, c := range map[string]struct {
		rest []byte
		want abi.MessageKind
	}{
		"its own":          {ask(func(*abi.Request) {}), abi.MsgFrame},
		"nothing":          {nil, abi.MsgFailure},
		"half":             {head[:10], abi.MsgFailure},
		"another memory":   {ask(func(r *abi.Request) { r.Explore.Memory++ }), abi.MsgFailure},
		"to wait longer":   {ask(func(r *abi.Request) { r.Waits = pipe }), abi.MsgFailure},
		"another view":     {ask(func(r *abi.Request) { r.Explore.Views = []abi.View{{Name: "v", FD: pipe}} }), abi.MsgFailure},
		"another task":     {ask(func(r *abi.Request) { *r = abi.Request{Task: abi.TaskCompile, Compile: &abi.CompileRequest{}} }), abi.MsgFailure},
		"a blank too much": {append(ask(func(*abi.Request) {}), ' '), abi.MsgFailure},
	} {
		in := os.NewFile(uintptr(memfd(t, head)), "request")
		out, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		r, rest, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := in.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		p, err := lockdown.Start(lockdown.Child{Exe: testkit.Binary(t), Profile: lockdown.Explore, Files: []*os.File{in, w, r}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = rest.Write(c.rest)
		if err = errors.Join(err, in.Close(), w.Close(), r.Close(), rest.Close()); err != nil {
			t.Fatal(err)
		}
		m, err := abi.ReadMessage(out, abi.Limits{Bytes: 1 << 10})
		if err != nil || m.Kind != c.want || m.Kind == abi.MsgFailure && string(m.Payload) != string(abi.FailRequest) {
			t.Errorf("%s: %v %q, %v", name, m.Kind, m.Payload, err)
		}
		p.Wait()
		out.Close()
	}
}

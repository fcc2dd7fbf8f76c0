package sandbox

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

var enough = Limits{Memory: 1, Wall: time.Second, Output: 1 << 20}

// tasks has one of each kind.
func tasks() map[string]*Task {
	files := []*os.File{os.Stdin, os.Stdin}
	return map[string]*Task{
		abi.TaskIngest:  {Inputs: files, Limits: enough, Request: abi.Request{Task: abi.TaskIngest, Ingest: &abi.IngestRequest{}}},
		abi.TaskInspect: {Inputs: files, Limits: enough, Request: abi.Request{Task: abi.TaskInspect, Inspect: &abi.InspectRequest{}}},
		abi.TaskCompile: {Inputs: files, Limits: enough, Request: abi.Request{Task: abi.TaskCompile, Compile: &abi.CompileRequest{}}},
		abi.TaskQuery: {Inputs: files, Limits: enough, Request: abi.Request{Task: abi.TaskQuery, Query: &abi.QueryRequest{
			Statements: []abi.Statement{{Name: "p"}, {Name: "q"}},
		}}},
		abi.TaskPrepare: {Inputs: files, Limits: enough, Request: abi.Request{Task: abi.TaskPrepare, Prepare: &abi.PrepareRequest{}}},
		abi.TaskExplore: {Inputs: files, Limits: enough, Request: abi.Request{Task: abi.TaskExplore, Explore: &abi.ExploreRequest{}}},
		abi.TaskGuest: {Inputs: files, Limits: enough, Request: abi.Request{Task: abi.TaskGuest, Guest: &abi.GuestRequest{
			ModuleFD: 5, CodeFD: 6, Outputs: []string{"a"}, MaxItems: 1, MaxItemBytes: 4, MaxLog: 4,
		}}},
		abi.TaskMap: {Inputs: files, Limits: enough, Request: abi.Request{Task: abi.TaskMap, Map: &abi.MapRequest{
			ModuleFD: 5, CodeFD: 6, CountsFD: 6, MaxLog: 4,
		}}},
	}
}

// TestEveryKindHasItsTasks lists which first message each task may answer with.
func TestEveryKindHasItsTasks(t *testing.T) {
	for _, c := range []struct {
		message abi.Message
		tasks   string
	}{
		{abi.Message{Kind: abi.MsgFrame, Name: "rows"}, "ingest"},
		{abi.Message{Kind: abi.MsgFrame, Name: "quarantine"}, "ingest"},
		{abi.Message{Kind: abi.MsgFrame, Name: "summary"}, "ingest"},
		{abi.Message{Kind: abi.MsgFrame, Name: "inspection"}, "inspect"},
		{abi.Message{Kind: abi.MsgFrame, Name: "nulls"}, "inspect"},
		{abi.Message{Kind: abi.MsgFrame, Name: "p"}, "query"},
		{abi.Message{Kind: abi.MsgFrame, Name: "answer"}, "explore"},
		{abi.Message{Kind: abi.MsgFrame, Name: "records"}, "map"},
		{abi.Message{Kind: abi.MsgFrame, Name: "a"}, ""},
		{abi.Message{Kind: abi.MsgItem, Name: "a", Payload: make([]byte, 4)}, "guest"},
		{abi.Message{Kind: abi.MsgItem, Name: "a", Payload: make([]byte, 5)}, ""},
		{abi.Message{Kind: abi.MsgItem, Name: "p"}, ""},
		{abi.Message{Kind: abi.MsgLog, Payload: make([]byte, 4)}, "guest map"},
		{abi.Message{Kind: abi.MsgLog, Payload: make([]byte, 5)}, ""},
		{abi.Message{Kind: abi.MsgPart, Payload: make([]byte, 4)}, "compile prepare"},
		{abi.Message{Kind: abi.MsgFailure, Payload: []byte("internal")}, "ingest inspect compile query prepare guest explore map"},
		{abi.Message{Kind: abi.MsgDone}, "guest map"}, // the others owe something; Map counts its records
	} {
		for name, task := range tasks() {
			s, err := newStream(task)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := s.accept(c.message) == nil, strings.Contains(c.tasks, name); got != want {
				t.Errorf("%s: kind %d named %q: accepted %v, want %v", name, c.message.Kind, c.message.Name, got, want)
			}
		}
	}
}

func TestDescriptorsAreInputs(t *testing.T) {
	for fd, ok := range map[int]bool{4: false, 5: true, 6: true, 7: false, -1: false} {
		for _, task := range []*Task{
			{Request: abi.Request{Task: abi.TaskQuery, Query: &abi.QueryRequest{Views: []abi.View{{FD: fd}}}}},
			{Request: abi.Request{Task: abi.TaskExplore, Explore: &abi.ExploreRequest{Views: []abi.View{{FD: fd}}}}},
			{Request: abi.Request{Task: abi.TaskGuest, Guest: &abi.GuestRequest{ModuleFD: fd, CodeFD: 5}}},
			{Request: abi.Request{Task: abi.TaskGuest, Guest: &abi.GuestRequest{ModuleFD: 5, CodeFD: fd}}},
			{Request: abi.Request{Task: abi.TaskGuest, Guest: &abi.GuestRequest{ModuleFD: 5, CodeFD: 5, Tables: []abi.GuestTable{{FD: fd}}}}},
			{Request: abi.Request{Task: abi.TaskMap, Map: &abi.MapRequest{ModuleFD: 5, CodeFD: 5, CountsFD: fd}}},
			{Request: abi.Request{Task: abi.TaskMap, Map: &abi.MapRequest{ModuleFD: 5, CodeFD: 5, CountsFD: 5, Views: []abi.View{{FD: fd}}}}},
		} {
			task.Inputs, task.Limits = []*os.File{os.Stdin, os.Stdin}, enough
			if _, err := newStream(task); (err == nil) != ok {
				t.Errorf("descriptor %d: %v", fd, err)
			}
		}
	}
}

// TestOutputIsCounted tries an answer that is as long as it may be, and the next.
func TestOutputIsCounted(t *testing.T) {
	var answer bytes.Buffer
	for _, m := range []abi.Message{{Kind: abi.MsgLog, Payload: []byte("text")}, {Kind: abi.MsgDone}} {
		if err := abi.WriteMessage(&answer, m); err != nil {
			t.Fatal(err)
		}
	}
	for spare, ok := range map[int]bool{-1: false, 0: true, 1: true} {
		s, err := newStream(tasks()[abi.TaskGuest])
		if err != nil {
			t.Fatal(err)
		}
		f, err := s.read(bytes.NewReader(answer.Bytes()), int64(answer.Len()+spare), nil)
		if (f == nil) != ok || err != nil || f != nil && f.Reason != Output {
			t.Errorf("%d bytes to spare: %v, %v", spare, f, err)
		}
	}
}

// FuzzAnswers reads any bytes as the answer of a guest cell. Whatever they are,
// no more comes out than the request allows, and nothing after the end.
func FuzzAnswers(f *testing.F) {
	var seed bytes.Buffer
	frame, err := abi.Encode(nil, &abi.Frame{Rows: 1, Columns: []abi.Column{{Name: "n", Type: coltype.Type{Kind: coltype.Integer}, Ints: []int64{1}}}})
	if err != nil {
		f.Fatal(err)
	}
	for _, m := range []abi.Message{
		{Kind: abi.MsgLog, Payload: []byte("log")}, {Kind: abi.MsgItem, Name: "a", Payload: []byte("item")},
		{Kind: abi.MsgItem, Name: "a", Payload: frame}, {Kind: abi.MsgPart, Payload: []byte("code")},
		{Kind: abi.MsgFailure, Payload: []byte("guest-trap")}, {Kind: abi.MsgDone},
	} {
		if err := abi.WriteMessage(&seed, m); err != nil {
			f.Fatal(err)
		}
		f.Add(bytes.Clone(seed.Bytes()))
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, answer []byte) {
		s, err := newStream(tasks()[abi.TaskGuest])
		if err != nil {
			t.Fatal(err)
		}
		items, text := 0, 0
		_, err = s.read(bytes.NewReader(answer), 256, func(m abi.Message) error {
			if s.over() {
				t.Error("a message after the last was handed on")
			}
			switch m.Kind {
			case abi.MsgItem:
				items++
			case abi.MsgLog:
				text += len(m.Payload)
			default:
				t.Errorf("kind %d was handed on", m.Kind)
			}
			return nil
		})
		if err != nil || items > 1 || text > 4 {
			t.Errorf("%d items, %d bytes of log, %v", items, text, err)
		}
	})
}

package abi

import (
	"bytes"
	"encoding/binary"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

func TestMessagesComeBackAsTheyWere(t *testing.T) {
	messages := []Message{
		{Kind: MsgFrame, Name: StreamRows, Payload: []byte{1}},
		{Kind: MsgItem, Name: strings.Repeat("名", 85), Payload: make([]byte, firstStep-1)},
		{Kind: MsgLog, Payload: make([]byte, firstStep)},
		{Kind: MsgPart, Payload: make([]byte, firstStep+1)},
		{Kind: MsgPart, Payload: make([]byte, MaxPart)},
		{Kind: MsgLog, Payload: make([]byte, 5*firstStep)},
		{Kind: MsgFailure, Payload: Failure{Code: FailMissingColumn, At: 3}.Payload()},
		{Kind: MsgDone},
	}
	var pipe bytes.Buffer
	for _, m := range messages {
		if err := WriteMessage(&pipe, m); err != nil {
			t.Fatal(err)
		}
	}
	r := iotest.HalfReader(&pipe)
	for i, want := range messages {
		got, err := ReadMessage(r, roomy)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("message %d: %v, %v", i, got.Kind, err)
		}
	}
	if _, err := ReadMessage(r, roomy); err != io.EOF {
		t.Errorf("at the end: %v", err)
	}
}

func TestWriteMessageRefuses(t *testing.T) {
	for name, m := range map[string]Message{
		"kind 0":                  {},
		"kind 7":                  {Kind: 7, Payload: []byte{1}},
		"frame without a name":    {Kind: MsgFrame, Payload: []byte{1}},
		"frame without a payload": {Kind: MsgFrame, Name: "a"},
		"log with a name":         {Kind: MsgLog, Name: "a", Payload: []byte{1}},
		"done with a payload":     {Kind: MsgDone, Payload: []byte{1}},
		"long name":               {Kind: MsgFrame, Name: strings.Repeat("a", 257), Payload: []byte{1}},
		"long failure":            {Kind: MsgFailure, Payload: make([]byte, 65)},
		"long part":               {Kind: MsgPart, Payload: make([]byte, MaxPart+1)},
	} {
		if err := WriteMessage(io.Discard, m); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestReadMessageRefuses(t *testing.T) {
	good := func(m Message) []byte {
		var b bytes.Buffer
		if err := WriteMessage(&b, m); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	frame := Message{Kind: MsgFrame, Name: "ab", Payload: make([]byte, 40)}
	for name, change := range map[string]func([]byte) []byte{
		"kind":          func(b []byte) []byte { b[0] = 9; return b },
		"reserved byte": func(b []byte) []byte { b[1] = 1; return b },
		"reserved word": func(b []byte) []byte { b[7] = 1; return b },
		"name length":   func(b []byte) []byte { binary.LittleEndian.PutUint16(b[2:], 257); return b },
		"name":          func(b []byte) []byte { b[16] = 0xff; return b },
		"over limit":    func(b []byte) []byte { binary.LittleEndian.PutUint64(b[8:], 1<<24+1); return b },
		"far over":      func(b []byte) []byte { binary.LittleEndian.PutUint64(b[8:], 1<<63); return b },
		"cut header":    func(b []byte) []byte { return b[:15] },
		"cut name":      func(b []byte) []byte { return b[:17] },
		"cut payload":   func(b []byte) []byte { return b[:len(b)-1] },
		"unknown code": func([]byte) []byte {
			b := good(Message{Kind: MsgFailure, Payload: []byte("memory")})
			b[16] = 'x'
			return b
		},
		"spelling of at": func([]byte) []byte {
			return good(Message{Kind: MsgFailure, Payload: []byte("engine 01")})
		},
	} {
		_, err := ReadMessage(bytes.NewReader(change(good(frame))), roomy)
		if err == nil || err == io.EOF {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A claimed length takes memory only as its bytes arrive.
func TestReadMessageTakesMemoryAsBytesCome(t *testing.T) {
	var head [messageHeader]byte
	head[0] = byte(MsgLog)
	binary.LittleEndian.PutUint64(head[8:], 1<<40)
	result := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			_, _ = ReadMessage(bytes.NewReader(head[:]), Limits{Bytes: 1 << 41})
		}
	})
	if got := result.AllocedBytesPerOp(); got > 2*firstStep {
		t.Errorf("%d bytes were taken for a payload that never came", got)
	}
}

func TestFailures(t *testing.T) {
	for _, code := range codes {
		for _, at := range []int{0, 1, maxAt} {
			f := Failure{Code: code, At: at}
			if got, err := ParseFailure(f.Payload()); err != nil || got != f || len(f.Payload()) > maxFailure {
				t.Errorf("%v: %v, %v", f, got, err)
			}
		}
	}
	for _, f := range []Failure{{}, {Code: "Out of Memory: row 3"}, {Code: FailEngine, At: -1}, {Code: FailEngine, At: maxAt + 1}} {
		if string(f.Payload()) != string(FailInternal) {
			t.Errorf("%v leaves the cell as %q", f, f.Payload())
		}
	}
	for _, s := range []string{"", "engine ", "engine 0", "engine -1", "engine 1 ", "engine 1000001", "Engine", "engine\n"} {
		if _, err := ParseFailure([]byte(s)); err == nil {
			t.Errorf("%q: accepted", s)
		}
	}
	if got := (Failure{Code: FailEngine, At: 2}).Error(); got != "engine at 2" {
		t.Error(got)
	}
}

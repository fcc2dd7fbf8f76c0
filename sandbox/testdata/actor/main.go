// Command actor plays a cell for the tests of package sandbox: it has the locks
// of a real one and misbehaves as the first statement of its request says. What
// it can do here, native code that took over a cell could do.
//
//go:debug containermaxprocs=0
//go:debug updatemaxprocs=0
package main

import (
	"encoding/binary"
	"encoding/hex"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"yingbi/internal/coltype"
	"yingbi/internal/lockdown"
	"yingbi/sandbox/abi"
)

func main() {
	profile := lockdown.Enter()
	req := read(os.NewFile(abi.RequestFD, "request"))
	a := &actor{out: os.NewFile(abi.AnswerFD, "answers"), req: req}
	script := scriptOf(req)
	if req.Compile != nil { // its module
		script = a.module()
	}
	rest := os.NewFile(uintptr(req.Waits), "rest")
	lockdown.Seal(profile)
	if req.Waits > 0 {
		script = scriptOf(read(rest))
	}
	for step := range strings.FieldsSeq(script) {
		a.play(step)
	}
}

func read(f *os.File) *abi.Request {
	raw, err := io.ReadAll(f)
	if err != nil {
		os.Exit(3)
	}
	req, err := abi.DecodeRequest(raw)
	if err != nil {
		os.Exit(4)
	}
	return req
}

// scriptOf finds the part of a request that a test writes its script in.
func scriptOf(req *abi.Request) string {
	switch {
	case req.Query != nil:
		return req.Query.Statements[0].SQL
	case req.Guest != nil:
		return string(req.Guest.Seed)
	case req.Map != nil:
		return string(req.Map.Seed)
	case req.Explore != nil:
		return req.Explore.SQL
	case req.Prepare != nil:
		return req.Prepare.Columns[0]
	case req.Ingest != nil:
		return req.Ingest.Columns[0].Source
	case req.Inspect != nil:
		return req.Inspect.Sheet
	}
	return "done"
}

type actor struct {
	out *os.File
	req *abi.Request
}

// play does one step, written verb or verb:argument.
func (a *actor) play(step string) {
	verb, arg, _ := strings.Cut(step, ":")
	n, _ := strconv.Atoi(arg)
	switch verb {
	case "done":
		a.send(abi.Message{Kind: abi.MsgDone})
	case "fail":
		a.failure(strings.ReplaceAll(arg, "_", " "))
	case "frame":
		a.frame(arg, abi.Column{Name: "n", Type: coltype.Type{Kind: coltype.Integer}, Ints: []int64{1}})
	case "text": // a frame of another column than asked for
		a.frame(arg, abi.Column{Name: "n", Type: coltype.Type{Kind: coltype.Text}, Offsets: []uint32{0, 1}, Bytes: []byte("x")})
	case "summary":
		a.summary(arg)
	case "answer": // of n rows
		a.send(abi.Message{Kind: abi.MsgFrame, Name: abi.StreamAnswer, Payload: integers("n", make([]int64, n))})
	case "patched": // offset,hex: a frame q with other bytes
		a.patched(arg)
	case "hex":
		b, _ := hex.DecodeString(arg)
		a.out.Write(b)
	case "drip": // a message that comes byte by byte and never ends
		a.drip()
	case "large":
		a.send(abi.Message{Kind: abi.MsgItem, Name: arg, Payload: integers("n", make([]int64, 20))})
	case "scribble":
		a.scribble()
	case "records":
		a.records(arg)
	case "item":
		b, _ := abi.Encode(nil, &abi.Frame{})
		a.send(abi.Message{Kind: abi.MsgItem, Name: arg, Payload: b})
	case "garbled": // an item that is no frame
		a.send(abi.Message{Kind: abi.MsgItem, Name: arg, Payload: []byte("x")})
	case "log":
		a.send(abi.Message{Kind: abi.MsgLog, Payload: make([]byte, n)})
	case "part":
		a.send(abi.Message{Kind: abi.MsgPart, Payload: []byte("part")})
	case "parts":
		for {
			a.send(abi.Message{Kind: abi.MsgPart, Payload: make([]byte, abi.MaxPart)})
		}
	case "raw": // bytes that are no message
		a.out.Write([]byte(arg))
	case "lie": // a header that claims an exabyte
		head := make([]byte, 16)
		head[0] = byte(abi.MsgLog)
		binary.LittleEndian.PutUint64(head[8:], 1<<60)
		a.out.Write(head)
	case "close":
		a.out.Close()
	case "exit":
		os.Exit(n)
	case "spin":
		for {
		}
	case "sleep":
		time.Sleep(time.Duration(n) * time.Millisecond)
	case "flood":
		for {
			a.send(abi.Message{Kind: abi.MsgFrame, Name: arg, Payload: make([]byte, 1<<20)})
		}
	case "memory":
		a.hold(n, unix.MAP_PRIVATE)
	case "shared": // no anonymous memory in the eyes of the kernel
		a.hold(n, unix.MAP_SHARED)
	case "spike": // gone before anybody looks
		b := a.hold(n, unix.MAP_PRIVATE)
		unix.Munmap(b)
		time.Sleep(50 * time.Millisecond)
	case "threads":
		for range n {
			go func() {
				runtime.LockOSThread()
				ts := unix.Timespec{Sec: 100}
				unix.Nanosleep(&ts, nil)
			}()
		}
		time.Sleep(5 * time.Second)
	case "socket":
		unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	}
}

func (a *actor) send(m abi.Message) {
	if abi.WriteMessage(a.out, m) != nil {
		os.Exit(5)
	}
}

func (a *actor) frame(name string, c abi.Column) {
	b, err := abi.Encode(nil, &abi.Frame{Rows: 1, Columns: []abi.Column{c}})
	if err != nil {
		os.Exit(6)
	}
	a.send(abi.Message{Kind: abi.MsgFrame, Name: name, Payload: b})
}

// summary sends read,kept,quarantined of an upload.
func (a *actor) summary(arg string) {
	f := &abi.Frame{Rows: 1}
	names := []string{"rows_read", "rows_kept", "rows_quarantined", "extra_columns", "folded_cells"}
	for i, s := range strings.Split(arg+",0,0", ",")[:len(names)] {
		n, _ := strconv.ParseInt(s, 10, 64)
		f.Columns = append(f.Columns, abi.Column{Name: names[i], Type: coltype.Type{Kind: coltype.Integer}, Ints: []int64{n}})
	}
	b, err := abi.Encode(nil, f)
	if err != nil {
		os.Exit(6)
	}
	a.send(abi.Message{Kind: abi.MsgFrame, Name: abi.StreamSummary, Payload: b})
}

// records sends the records of a mapping with one field: for each subject a value and
// whether it failed, "-" for none, with a slash in between.
func (a *actor) records(arg string) {
	f := &abi.Frame{}
	for _, c := range a.req.Map.Records() {
		f.Columns = append(f.Columns, abi.Column{Name: c.Name, Type: c.Type, Valid: []byte{0}})
	}
	value, failed := &f.Columns[0], &f.Columns[1]
	for s := range strings.SplitSeq(arg, ",") {
		v, bad, _ := strings.Cut(s, "/")
		n, err := strconv.ParseInt(v, 10, 64)
		value.Ints = append(value.Ints, n)
		if err == nil {
			value.Valid[0] |= 1 << f.Rows
		}
		flag, err := strconv.ParseUint(bad, 10, 8)
		failed.Bools = append(failed.Bools, byte(flag))
		if err == nil {
			failed.Valid[0] |= 1 << f.Rows
		}
		f.Rows++
	}
	b, err := abi.Encode(nil, f)
	if err != nil {
		os.Exit(6)
	}
	a.send(abi.Message{Kind: abi.MsgFrame, Name: abi.StreamRecords, Payload: b})
}

// Command actor plays a cell for the tests of package sandbox: it has the locks
// of a real one and misbehaves as the first statement of its request says. What
// it can do here, native code that took over a cell could do.
//
//go:debug containermaxprocs=0
//go:debug updatemaxprocs=0
package main

import (
	"encoding/binary"
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
	raw, err := io.ReadAll(os.NewFile(abi.RequestFD, "request"))
	if err != nil {
		os.Exit(3)
	}
	req, err := abi.DecodeRequest(raw)
	if err != nil {
		os.Exit(4)
	}
	a := &actor{out: os.NewFile(abi.AnswerFD, "answers"), req: req}
	lockdown.Seal(profile)
	script := "done"
	if req.Query != nil {
		script = req.Query.Statements[0].SQL
	} else if req.Guest != nil {
		script = string(req.Guest.Seed)
	} else if req.Prepare != nil {
		script = req.Prepare.Columns[0]
	} else if req.Ingest != nil {
		script = req.Ingest.Columns[0].Source
	}
	for step := range strings.FieldsSeq(script) {
		a.play(step)
	}
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
		a.send(abi.Message{Kind: abi.MsgFailure, Payload: []byte(arg)})
	case "frame":
		a.frame(arg, abi.Column{Name: "n", Type: coltype.Type{Kind: coltype.Integer}, Ints: []int64{1}})
	case "text": // a frame of another column than asked for
		a.frame(arg, abi.Column{Name: "n", Type: coltype.Type{Kind: coltype.Text}, Offsets: []uint32{0, 1}, Bytes: []byte("x")})
	case "summary":
		a.summary(arg)
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

// hold maps and touches that many MiB.
func (a *actor) hold(mib, flags int) []byte {
	b, err := unix.Mmap(-1, 0, mib<<20, unix.PROT_READ|unix.PROT_WRITE, flags|unix.MAP_ANONYMOUS)
	if err != nil {
		a.send(abi.Message{Kind: abi.MsgFailure, Payload: []byte(abi.FailMemory)})
		os.Exit(0)
	}
	for i := 0; i < len(b); i += 4096 {
		b[i] = 1
	}
	return b
}

//go:build linux && cgo

package cell

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"testing"
	"time"

	"yingbi/internal/coltype"
	"yingbi/sandbox/abi"
)

// stays is a view in the order of its subjects, each of which has as many rows as
// counts says: admitted, days, and a text.
func stays(counts []uint32) *abi.Frame {
	f := &abi.Frame{Columns: []abi.Column{
		{Name: "admitted", Type: coltype.Type{Kind: coltype.Date}, Days: []int32{}},
		{Name: "days", Type: coltype.Type{Kind: coltype.Integer}, Ints: []int64{}},
		{Name: "icd", Type: coltype.Type{Kind: coltype.Text}, Offsets: []uint32{0}, Bytes: []byte{}},
	}}
	for s, n := range counts {
		for i := range int(n) {
			f.Columns[0].Days = append(f.Columns[0].Days, int32(19_000+(s%7+13)*i))
			f.Columns[1].Ints = append(f.Columns[1].Ints, int64(1+(s+i)%9))
			f.Columns[2].Bytes = append(f.Columns[2].Bytes, []string{"I10", "E11.9", "J44"}[(s+i)%3]...)
			f.Columns[2].Offsets = append(f.Columns[2].Offsets, uint32(len(f.Columns[2].Bytes)))
			f.Rows++
		}
	}
	return f
}

// countsFile writes the rows of each subject in each view.
func countsFile(counts ...[]uint32) []byte {
	var b []byte
	for s := range counts[0] {
		for _, view := range counts {
			b = binary.LittleEndian.AppendUint32(b, view[s])
		}
	}
	return b
}

func repeat(n uint32, subjects int) []uint32 {
	counts := make([]uint32, subjects)
	for i := range counts {
		counts[i] = n
	}
	return counts
}

func mapRequest(fields ...abi.MapField) abi.MapRequest {
	return abi.MapRequest{
		Fields: fields, Batch: 1, MaxPages: 256, MaxLog: 1 << 16,
		Seed: make([]byte, 32), Now: time.Unix(1_700_000_000, 0).UTC(),
	}
}

func readmission() abi.MapRequest {
	return mapRequest(abi.MapField{Name: "readmitted", Max: 1}, abi.MapField{Name: "stays", Max: 20})
}

// runMapping runs a mapping in this process, without locks.
func runMapping(t testing.TB, name string, req abi.MapRequest) (*abi.Frame, string, error) {
	t.Helper()
	module, code := guestModule(t, name)
	m, err := newMapping(context.Background(), &req, t.TempDir(), module, code)
	if err != nil {
		return nil, "", err
	}
	var pipe bytes.Buffer
	err = m.run(context.Background(), &answers{w: &pipe})
	all, log := &abi.Frame{Columns: make([]abi.Column, len(req.Fields)+1)}, ""
	for {
		message, eof := abi.ReadMessage(&pipe, roomy)
		if eof == io.EOF {
			return all, log, err
		}
		if eof != nil {
			t.Fatal(eof)
		}
		if message.Kind == abi.MsgLog {
			log += string(message.Payload)
			continue
		}
		f, bad := abi.Decode(message.Payload, roomy)
		if bad != nil {
			t.Fatal(bad)
		}
		for i := range f.Columns {
			all.Columns[i].Name, all.Columns[i].Type = f.Columns[i].Name, f.Columns[i].Type
		}
		appendRows(all, f, 0, f.Rows)
	}
}

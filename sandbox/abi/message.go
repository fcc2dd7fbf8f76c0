package abi

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// MessageKind says what a message of a cell carries.
type MessageKind uint8

// The kinds of messages. The order of a cell's answer is: any number of frames,
// items, logs and parts; then one failure or done, and nothing after it.
const (
	MsgFrame   MessageKind = iota + 1 // Name is the stream or the statement; Payload an encoded frame
	MsgItem                           // Name is the guest's output; Payload an encoded frame
	MsgLog                            // Payload is text of the guest, in any bytes
	MsgPart                           // Payload is the next bytes of what the task makes: compiled code, an engine file
	MsgFailure                        // Payload is Failure.Payload()
	MsgDone                           // the task is complete
)

// Names of the frames that an ingest cell sends: rows and quarantine as often as
// there are rows for them, then one summary. rows_read is the sum of the two
// after it; extra_columns counts columns of the file that were not declared,
// folded_cells those numbers and times that were written in full width.
const (
	StreamRows       = "rows"       // the declared columns, in the declared order
	StreamQuarantine = "quarantine" // row (of data, from 1), line (of a text or a sheet, from 1; else 0): integer; column ("" is the whole row), reason (Reason): text
	StreamSummary    = "summary"    // one row of integers: rows_read, rows_kept, rows_quarantined, extra_columns, folded_cells
)

// Names of the frames that an inspect cell sends, each once. No cell of a row is
// in them, but for spellings of null from a closed list.
const (
	StreamInspection = "inspection" // one row: format, compression, encoding, delimiter, sheet: text; header, complete (the file ended): boolean; rows (looked at), ragged (of them): integer
	StreamSheets     = "sheets"     // of a workbook, in order: name: text; shows: boolean
	StreamColumns    = "columns"    // of the file, in order: name ("" without a header), type (of coltype; "" if nothing was seen): text; nulls, rows that have none: integer
	StreamNulls      = "nulls"      // column (from 1): integer; spelling: text; rows: integer
)

// Message is one message from a cell to its parent.
type Message struct {
	Kind    MessageKind
	Name    string
	Payload []byte
}

// MaxPart is the size of the largest part, in bytes.
const MaxPart = 1 << 20

const (
	messageHeader = 16
	// A payload is read in steps that begin at this size and double, so that a
	// claimed length costs no memory before its bytes have come.
	firstStep = 256 << 10
)

// WriteMessage writes m.
func WriteMessage(w io.Writer, m Message) error {
	if err := m.check(uint64(len(m.Name)), uint64(len(m.Payload))); err != nil {
		return err
	}
	head := make([]byte, messageHeader, messageHeader+len(m.Name))
	head[0] = byte(m.Kind)
	binary.LittleEndian.PutUint16(head[2:], uint16(len(m.Name)))
	binary.LittleEndian.PutUint64(head[8:], uint64(len(m.Payload)))
	if _, err := w.Write(append(head, m.Name...)); err != nil {
		return err
	}
	if len(m.Payload) == 0 {
		return nil
	}
	_, err := w.Write(m.Payload)
	return err
}

// ReadMessage reads one message with a payload of at most lim.Bytes; the frame
// inside is for Decode to judge. At the end of r it returns io.EOF, inside a
// message io.ErrUnexpectedEOF. The payload is aligned to 8 bytes.
func ReadMessage(r io.Reader, lim Limits) (Message, error) {
	var head [messageHeader]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return Message{}, err
	}
	m := Message{Kind: MessageKind(head[0])}
	nameSize := uint64(binary.LittleEndian.Uint16(head[2:]))
	size := binary.LittleEndian.Uint64(head[8:])
	if head[1] != 0 || binary.LittleEndian.Uint32(head[4:]) != 0 {
		return Message{}, errors.New("message: reserved bytes are set")
	}
	if size > uint64(max(lim.Bytes, 0)) {
		return Message{}, fmt.Errorf("message: a payload of %d bytes, the limit is %d", size, lim.Bytes)
	}
	if err := m.check(nameSize, size); err != nil {
		return Message{}, err
	}
	name, err := readSteps(r, nameSize)
	if err != nil {
		return Message{}, err
	}
	m.Name = string(name)
	if nameSize > 0 {
		if err := checkName(m.Name); err != nil {
			return Message{}, fmt.Errorf("message: %v", err)
		}
	}
	m.Payload, err = readSteps(r, size)
	if err == nil && m.Kind == MsgFailure {
		_, err = ParseFailure(m.Payload)
	}
	if err != nil {
		return Message{}, err
	}
	return m, nil
}

// check makes sure that the message has a name and a payload exactly where its
// kind wants them.
func (m Message) check(nameSize, size uint64) error {
	named := m.Kind == MsgFrame || m.Kind == MsgItem
	if m.Kind < MsgFrame || m.Kind > MsgDone {
		return fmt.Errorf("message: kind %d is unknown", m.Kind)
	}
	if named != (nameSize > 0) || nameSize > MaxNameBytes {
		return fmt.Errorf("message: kind %d with a name of %d bytes", m.Kind, nameSize)
	}
	if (m.Kind == MsgDone) != (size == 0) || m.Kind == MsgFailure && size > maxFailure || m.Kind == MsgPart && size > MaxPart {
		return fmt.Errorf("message: kind %d with a payload of %d bytes", m.Kind, size)
	}
	return nil
}

func readSteps(r io.Reader, n uint64) ([]byte, error) {
	var b []byte
	for step := uint64(firstStep); uint64(len(b)) < n; step *= 2 {
		old := b
		b = make([]byte, min(n, step))
		copy(b, old)
		if _, err := io.ReadFull(r, b[len(old):]); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
	return b, nil
}

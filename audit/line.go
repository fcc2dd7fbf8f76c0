package audit

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"io"
	"slices"

	"yingbi/crypto"
)

// header is the first line of a log file; its number is the format's version.
const header = "yingbi audit log v1\n"

// A line is mark ‖ " " ‖ 16 hex digits ‖ " " ‖ canonical JSON ‖ "\n".
const (
	markFirst = '.' // a write begins here
	markMore  = '+' // the same write goes on

	checkSize = 8 // bytes of SM3 that guard a line
	prefix    = 2 + 2*checkSize + 1
	maxLine   = prefix + maxRecord + 1
)

// appendLine frames a record.
func appendLine(b []byte, mark byte, leaf crypto.Digest, record []byte) []byte {
	b = append(slices.Grow(b, prefix+len(record)+1), mark, ' ')
	b = append(appendCheck(b, mark, leaf), ' ')
	return append(append(b, record...), '\n')
}

func appendCheck(b []byte, mark byte, leaf crypto.Digest) []byte {
	d := crypto.Sum([]byte{mark}, leaf[:])
	return hex.AppendEncode(b, d[:checkSize])
}

// line is a whole line of the log. The record is valid until the next is read.
type line struct {
	mark   byte
	record []byte
	leaf   crypto.Digest
}

func (l line) length() int64 { return int64(prefix + len(l.record) + 1) }

// parseLine gives false for anything that appendLine did not write.
func parseLine(raw []byte) (line, bool) {
	end := len(raw) - 1
	if end < prefix || len(raw) > maxLine || raw[end] != '\n' || raw[1] != ' ' || raw[prefix-1] != ' ' {
		return line{}, false
	}
	l := line{mark: raw[0], record: raw[prefix:end]}
	if l.mark != markFirst && l.mark != markMore {
		return line{}, false
	}
	l.leaf = leafHash(l.record)
	return l, bytes.Equal(raw[2:prefix-1], appendCheck(nil, l.mark, l.leaf))
}

// lines reads a log file from its beginning.
type lines struct {
	r   *bufio.Reader
	end int64 // behind the last whole line
}

// readError is the disk's failure, not the content's.
type readError struct{ error }

var (
	errHeader = errors.New("the first line is not that of a log in format 1")
	errTorn   = errors.New("the last write is incomplete")
	errBroken = errors.New("a line is altered, and whole writes follow it")
)

func newLines(r io.Reader) (*lines, error) {
	in := &lines{r: bufio.NewReaderSize(r, maxLine), end: int64(len(header))}
	got := make([]byte, len(header))
	_, err := io.ReadFull(in.r, got)
	switch {
	case err == io.EOF || err == io.ErrUnexpectedEOF || err == nil && string(got) != header:
		return nil, errHeader
	case err != nil:
		return nil, readError{err}
	}
	return in, nil
}

// next gives io.EOF after the last line; errTorn where one write, the last, is
// not whole; errBroken where something else is wrong.
func (in *lines) next() (line, error) {
	raw, err := in.raw()
	if err != nil {
		return line{}, err
	}
	l, ok := parseLine(raw)
	if !ok {
		return line{}, in.damage()
	}
	in.end += l.length()
	return l, nil
}

// damage looks at what follows a bad line. A disk may keep the later pages of a
// write and lose an earlier one, so whole lines after a bad one prove nothing;
// a line that begins a write does: the bad line's write was durable before it.
func (in *lines) damage() error {
	for {
		raw, err := in.raw()
		if err == io.EOF {
			return errTorn
		}
		if err != nil {
			return err
		}
		if l, ok := parseLine(raw); ok && l.mark == markFirst {
			return errBroken
		}
	}
}

// raw gives the bytes up to a line's end, the file's, or the longest line's; at
// least one byte, or an error.
func (in *lines) raw() ([]byte, error) {
	b, err := in.r.ReadSlice('\n')
	switch {
	case err == nil || err == bufio.ErrBufferFull || err == io.EOF && len(b) > 0:
		return b, nil
	case err == io.EOF:
		return nil, io.EOF
	}
	return nil, readError{err}
}

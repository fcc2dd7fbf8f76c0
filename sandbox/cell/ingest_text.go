package cell

import (
	"bytes"
	"cmp"
	"io"

	"yingbi/sandbox/abi"
)

// headSize is how many bytes of an upload, after decompression, are looked at to
// tell how it is written.
const headSize = 4 << 20

// text is an upload of text on its way in:
//
//	file ─► decompress ─► head ─► encoding ─► transcode ─► Read: UTF-8
//	        (goroutine)                       (goroutine)
//
// What was given of it is held against what is there. What is read after the
// first error is lost; every error is an abi.Failure, or the file's own.
type text struct {
	io.Reader
	compression string
	encoding    string
	foreign     bool   // noCharacter stands for bytes that the encoding does not have
	head        []byte // the beginning, as it is encoded, without its byte order mark
	whole       bool   // the head is all
	stages      []*ahead
}

// openText opens an upload that is csv or tsv. It must be closed.
func openText(in *io.SectionReader, compression, encoding string) (*text, error) {
	t := &text{compression: compressionOf(in)}
	if cmp.Or(compression, t.compression) != t.compression {
		return nil, abi.NotA(abi.FailCompression, t.compression)
	}
	plain, err := decompress(in, t.compression)
	if err != nil {
		return nil, err
	}
	if t.compression != abi.CompressionNone {
		plain = t.stage(plain)
	}
	size := int64(headSize)
	if t.compression == abi.CompressionNone {
		size = min(size, in.Size()+1)
	}
	t.head = make([]byte, size)
	n, err := io.ReadFull(plain, t.head)
	t.head, t.whole = t.head[:n], err == io.EOF || err == io.ErrUnexpectedEOF
	if err != nil && !t.whole {
		t.close()
		return nil, err
	}
	if err := t.decode(plain, encoding); err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

// decode finds the encoding and makes the reader.
func (t *text) decode(rest io.Reader, given string) error {
	if other := formatOf(t.head); other != "" {
		return abi.NotA(abi.FailFormat, other)
	}
	found := detectEncoding(t.head, t.whole)
	var err error
	if t.encoding, err = found.settle(given); err != nil {
		return err
	}
	t.head = t.head[found.mark:]
	t.Reader = io.MultiReader(bytes.NewReader(t.head), rest)
	if t.encoding != abi.EncodingUTF8 {
		t.foreign = true
		t.Reader = t.stage(newTranscoder(t.Reader, t.encoding))
	}
	return nil
}

// sample gives the head in UTF-8.
func (t *text) sample() ([]byte, error) {
	if !t.foreign {
		return t.head, nil
	}
	return io.ReadAll(newTranscoder(bytes.NewReader(t.head), t.encoding))
}

func (t *text) stage(in io.Reader) io.Reader {
	a := newAhead(in)
	t.stages = append(t.stages, a)
	return a
}

// close ends the goroutines, from the last on.
func (t *text) close() {
	for i := range t.stages {
		t.stages[len(t.stages)-1-i].close()
	}
}

// formatOf tells a file by its first bytes, if it is of a format that has such.
func formatOf(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("PAR1")), bytes.HasPrefix(head, []byte("PARE")):
		return abi.FormatParquet
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte(compoundMagic)):
		return abi.FormatXLSX
	}
	return ""
}

// ahead reads in a goroutine of its own, a few blocks before its reader.
type ahead struct {
	full  chan block
	free  chan []byte
	stop  chan struct{}
	block block
	at    int
}

// block is what one reading gave.
type block struct {
	bytes []byte
	err   error
}

const (
	blockSize = 256 << 10
	blocks    = 4
)

func newAhead(in io.Reader) *ahead {
	a := &ahead{full: make(chan block, blocks), free: make(chan []byte, blocks), stop: make(chan struct{})}
	for range blocks {
		a.free <- make([]byte, blockSize)
	}
	go a.run(in)
	return a
}

func (a *ahead) run(in io.Reader) {
	for {
		select {
		case <-a.stop:
			return
		case b := <-a.free:
			n, err := io.ReadFull(in, b[:blockSize])
			if err == io.ErrUnexpectedEOF {
				err = io.EOF
			}
			a.full <- block{b[:n], err} // there is room for every block
			if err != nil {
				return
			}
		}
	}
}

func (a *ahead) Read(p []byte) (int, error) {
	for a.at == len(a.block.bytes) {
		if a.block.err != nil {
			return 0, a.block.err
		}
		if a.block.bytes != nil {
			a.free <- a.block.bytes
		}
		a.block, a.at = <-a.full, 0
	}
	n := copy(p, a.block.bytes[a.at:])
	a.at += n
	return n, nil
}

func (a *ahead) close() { close(a.stop) }

package cell

import (
	"encoding/binary"
	"io"

	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/klauspost/compress/zstd"

	"yingbi/internal/thrift"
	"yingbi/sandbox/abi"
)

// What a Parquet file may make its reader hold: the values behind
// abi.LimitFooter and its like. The library believes every size that a file
// claims, and allocates it.
const (
	maxFooter     = 32 << 20 // bytes
	maxChunks     = 1 << 18
	maxGroup      = 512 << 20 // bytes of the declared columns of a row group, as stored
	maxPage       = 128 << 20 // bytes
	maxPageValues = 1 << 25
	maxDictionary = 1 << 22 // values
	maxPageHeader = 1 << 20 // bytes; it may hold the smallest and the largest value
)

// checkFooter walks what a file says of itself before the library reads it.
func checkFooter(in *io.SectionReader) error {
	var tail [8]byte
	if _, err := in.ReadAt(tail[:], in.Size()-8); err != nil || in.Size() < 12 {
		return errParquet
	}
	if string(tail[4:]) == "PARE" {
		return abi.Failure{Code: abi.FailEncrypted}
	}
	size := int64(binary.LittleEndian.Uint32(tail[:]))
	if string(tail[4:]) != "PAR1" || size > in.Size()-12 {
		return errParquet
	}
	if size > maxFooter {
		return abi.Over(abi.LimitFooter)
	}
	footer := make([]byte, size)
	if _, err := in.ReadAt(footer, in.Size()-8-size); err != nil {
		return errParquet
	}
	return walkFooter(footer)
}

// walkFooter counts columns and row groups. Of a FileMetaData, field 2 lists the
// schema, 4 the row groups, and 8 says how columns are encrypted; of a RowGroup,
// field 1 lists its columns.
func walkFooter(footer []byte) error {
	t := thrift.New(footer)
	elements, chunks, encrypted := uint64(0), uint64(0), false
	t.Fields(func(id int16, kind thrift.Kind) {
		switch {
		case id == 2 && kind == thrift.List:
			at := *t
			_, elements = at.List()
		case id == 4 && kind == thrift.List:
			_, groups := t.List()
			for ; groups > 0 && !t.Bad(); groups-- {
				chunks++ // a group without columns is one
				t.Fields(func(id int16, kind thrift.Kind) {
					if id == 1 && kind == thrift.List {
						at := *t
						_, n := at.List()
						chunks += n
					}
				})
			}
		case id == 8:
			encrypted = true
		}
	})
	switch {
	case encrypted && !t.Bad():
		return abi.Failure{Code: abi.FailEncrypted}
	case elements > 4*abi.MaxColumns: // groups of columns are elements too
		return abi.Failure{Code: abi.FailTooWide}
	case chunks > maxChunks:
		return abi.Over(abi.LimitChunks)
	case t.Bad():
		return errParquet
	}
	return nil
}

// checkPages walks the pages of a column chunk, of length bytes from start. What
// a page expands to must be what it says, as far as its codec tells.
func checkPages(in io.ReaderAt, start, length int64, codec compress.Compression) error {
	buf := make([]byte, 4096)
	for at := start; at < start+length; {
		h, size, err := pageAt(in, at, start+length-at, &buf)
		if err != nil {
			return err
		}
		body := at + int64(size)
		at = body + h.Stored
		if h.Stored > start+length-body {
			return errParquet
		}
		switch {
		case h.Size > maxPage, h.Values > maxPageValues:
			return abi.Over(abi.LimitPage)
		case h.Type == thrift.DictionaryPage && h.Values > maxDictionary:
			return abi.Over(abi.LimitDictionary)
		}
		if h.Type == thrift.DataPage2 && (h.Plain || h.Levels == h.Stored) {
			continue
		}
		if err := checkContent(io.NewSectionReader(in, body+h.Levels, h.Stored-h.Levels), h.Size-h.Levels, codec); err != nil {
			return err
		}
	}
	return nil
}

// pageAt reads the header of a page, which has no length of its own.
func pageAt(in io.ReaderAt, at, left int64, buf *[]byte) (h thrift.PageHeader, size int, err error) {
	for {
		n, _ := in.ReadAt((*buf)[:min(int64(len(*buf)), left)], at)
		h, size, ok := thrift.ReadPageHeader((*buf)[:n])
		if ok {
			return h, size, nil
		}
		if n < len(*buf) || len(*buf) >= maxPageHeader {
			return h, 0, errParquet
		}
		*buf = make([]byte, 16*len(*buf))
	}
}

// checkContent makes sure that the content of a page has the size that the page
// claims. A codec that is not here writes no more than there is room for.
func checkContent(in *io.SectionReader, size int64, codec compress.Compression) error {
	switch codec {
	case compress.Codecs.Snappy:
		var head [binary.MaxVarintLen32]byte
		n, _ := in.ReadAt(head[:], 0)
		if told, k := binary.Uvarint(head[:n]); k <= 0 || told != uint64(size) {
			return errParquet
		}
	case compress.Codecs.Zstd:
		head := make([]byte, zstd.HeaderMaxSize)
		n, _ := in.ReadAt(head, 0)
		var h zstd.Header
		if h.Decode(head[:n]) != nil || h.Skippable || h.WindowSize > maxWindow {
			return errParquet
		}
		if h.HasFCS && h.FrameContentSize != uint64(size) {
			return errParquet
		}
		if !h.HasFCS {
			return expandsTo(in, size)
		}
	}
	return nil
}

// expandsTo decompresses a zstd frame that does not tell its size.
func expandsTo(in io.Reader, size int64) error {
	plain, err := decompressZstd(in)
	if err != nil {
		return errParquet
	}
	if n, err := io.Copy(io.Discard, io.LimitReader(plain, size+1)); err != nil || n != size {
		return errParquet
	}
	return nil
}

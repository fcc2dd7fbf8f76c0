package cell

import (
	"bytes"
	"io"

	"yingbi/sandbox/abi"
)

// cutSize is how much of a sample tells how it is cut, in bytes of UTF-8.
const cutSize = 1 << 20

// cutting is one way to cut a text, and how well its records then fit its first.
type cutting struct {
	format, delimiter string
	cells             int // of the first record
	records, fitting  int // after it
}

// detectCutting finds how a sample is cut into cells: by the delimiter with which
// the most records have as many cells as the first, quotes respected; of two as
// good, the one that gives more cells, and else the one that comes first here.
// Without one the text has a single column. What is given is not looked for.
func detectCutting(sample []byte, whole bool, format, delimiter string) cutting {
	best := cutting{format: abi.FormatCSV, delimiter: ",", cells: 1}
	switch {
	case format == abi.FormatTSV:
		return cutting{format: abi.FormatTSV, delimiter: "\t"}
	case delimiter != "":
		return cutting{format: abi.FormatCSV, delimiter: delimiter}
	}
	sample, whole = beginning(sample, cutSize, whole)
	r := newRecords(&text{head: sample, whole: true}, "", "")
	for _, d := range []string{",", "\t", ";", "|", "\x01", "^", "~"} {
		c := cutAs(r, sample, whole, abi.FormatCSV, d)
		if d == "\t" && format == "" {
			// Where quotes are none of the cells' own, they say nothing.
			if raw := cutAs(r, sample, whole, abi.FormatTSV, d); raw.fitting > c.fitting || bytes.IndexByte(sample, '"') < 0 {
				c = raw
			}
		}
		if c.cells > 1 && 2*c.fitting >= c.records && c.better(best) {
			best = c
		}
	}
	return best
}

// better compares the shares of the records that fit.
func (c cutting) better(than cutting) bool {
	if than.cells < 2 {
		return true
	}
	mine, others := c.fitting*max(than.records, 1), than.fitting*max(c.records, 1)
	return mine > others || mine == others && c.cells > than.cells
}

// cutAs cuts a sample in one way.
func cutAs(r *records, sample []byte, whole bool, format, delimiter string) cutting {
	c := cutting{format: format, delimiter: delimiter}
	r.restart(sample)
	r.cut(format, delimiter)
	first := true
	for {
		cells, why, err := r.nextOf(sample, whole)
		if err != nil {
			return c
		}
		switch {
		case first:
			c.cells, first = len(cells), false
		case why == "" && len(cells) == c.cells:
			c.fitting++
			fallthrough
		default:
			c.records++
		}
	}
}

// restart reads a sample, which must be shorter than the buffer.
func (r *records) restart(sample []byte) {
	r.file, r.at, r.end, r.eof, r.line, r.single = bytes.NewReader(sample), 0, 0, false, 1, false
}

// nextOf gives the next record of a sample. One that may be malformed only
// because the sample ends within it ends the sample.
func (r *records) nextOf(sample []byte, whole bool) ([][]byte, abi.Reason, error) {
	at := r.at
	cells, _, why, err := r.next()
	if err == nil && why != "" && !whole && len(sample)-at <= maxRecord {
		err = io.EOF
	}
	return cells, why, err
}

// beginning gives the first lines of a sample, with at most size bytes, or a part
// of the first.
func beginning(sample []byte, size int, whole bool) ([]byte, bool) {
	if len(sample) > size {
		sample, whole = sample[:size], false
	}
	if end := bytes.LastIndexByte(sample, '\n') + 1; !whole && end > 0 {
		sample = sample[:end]
	}
	return sample, whole
}

// otherDelimiter explains a column that is missing, if the file is cut in another
// way and then has all of them.
func (t *text) otherDelimiter(req *abi.IngestRequest, missing error) error {
	sample, err := t.sample()
	if err != nil {
		return missing
	}
	c := detectCutting(sample, t.whole, "", "")
	sample, whole := beginning(sample, cutSize, t.whole)
	r := newRecords(&text{head: sample, whole: true}, c.format, c.delimiter)
	r.restart(sample)
	cells, why, err := r.nextOf(sample, whole)
	if err != nil || why != "" {
		return missing
	}
	names := make([]string, len(cells))
	for i, cell := range cells {
		names[i] = string(cell)
	}
	if _, err := match(req, names); err != nil {
		return missing
	}
	return abi.NotA(abi.FailDelimiter, c.delimiter)
}

package cell

import (
	"archive/zip"
	"bytes"
	"io"
	"path"
	"strings"

	"github.com/klauspost/compress/flate"

	"yingbi/sandbox/abi"
)

// What a workbook may hold: the values behind abi.LimitParts and its like.
const (
	maxParts         = 4096
	maxSheets        = 1024
	maxSheetRows     = 1 << 20
	maxSheetColumns  = 1 << 14 // of the format itself
	maxSharedStrings = 192 << 20
	maxMerges        = 1 << 16
	maxStyles        = 1 << 16
)

// compoundMagic begins the files of old Office, and new ones with a password.
const compoundMagic = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

// workbook is an xlsx: a zip of XML parts. Only those that cells need are read,
// each as a stream.
type workbook struct {
	parts    map[string]*zip.File // by their names in lower case
	main     string               // the part that lists the sheets
	sheets   []sheetEntry
	styles   []dateStyle // by the index that cells give
	strings  shared
	date1904 bool
}

// sheetEntry is a worksheet as the workbook lists it.
type sheetEntry struct {
	name  string
	part  string
	shows bool
}

// openWorkbook reads the list of sheets.
func openWorkbook(in *io.SectionReader) (*workbook, error) {
	if head := make([]byte, len(compoundMagic)); in.Size() > 0 {
		if _, err := in.ReadAt(head, 0); err == nil && string(head) == compoundMagic {
			return nil, abi.Failure{Code: abi.FailEncrypted}
		}
	}
	z, err := zip.NewReader(in, in.Size())
	if err != nil {
		return nil, errWorkbook
	}
	z.RegisterDecompressor(zip.Deflate, flate.NewReader)
	w := &workbook{parts: make(map[string]*zip.File, len(z.File))}
	if len(z.File) > maxParts {
		return nil, abi.Over(abi.LimitParts)
	}
	for _, f := range z.File {
		name := strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"))
		switch {
		case f.Flags&1 != 0:
			return nil, abi.Failure{Code: abi.FailEncrypted}
		case strings.HasSuffix(name, "vbaproject.bin") || strings.Contains(name, "/macrosheets/"):
			return nil, abi.Failure{Code: abi.FailMacros}
		case w.parts[name] != nil:
			return nil, errWorkbook // which of the two is meant
		}
		w.parts[name] = f
	}
	if err := w.each("[Content_Types].xml", func(x *xmlReader) error {
		if strings.Contains(string(x.attr("ContentType")), "macroEnabled") && x.kind == xmlStart {
			return abi.Failure{Code: abi.FailMacros}
		}
		return nil
	}); err != nil {
		return nil, err
	}
	return w, w.readSheets()
}

// each calls do for every tag and text of a part.
func (w *workbook) each(part string, do func(*xmlReader) error) error {
	in, err := w.open(part)
	if err != nil {
		return err
	}
	defer in.Close()
	x := newXMLReader(in)
	for {
		if err := x.next(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := do(x); err != nil {
			return err
		}
	}
}

// open gives the content of a part.
func (w *workbook) open(part string) (io.ReadCloser, error) {
	f := w.parts[strings.ToLower(part)]
	if f == nil {
		return nil, errWorkbook
	}
	in, err := f.Open()
	if err != nil {
		return nil, abi.Failure{Code: abi.FailArchive}
	}
	return struct {
		io.Reader
		io.Closer
	}{newExpanding(in, int64(min(f.CompressedSize64, maxContent))), in}, nil
}

// readSheets reads the workbook's part, and where the parts of its sheets are.
func (w *workbook) readSheets() error {
	var err error
	if w.main, err = w.one("", "/officeDocument"); err != nil {
		return err
	}
	if w.main == "" {
		return errWorkbook
	}
	sheets, err := w.related(w.main, "/worksheet")
	if err != nil {
		return err
	}
	return w.each(w.main, func(x *xmlReader) error {
		switch {
		case x.is(xmlStart, "workbookPr"):
			v := string(x.attr("date1904"))
			w.date1904 = v == "1" || v == "true"
		case x.is(xmlStart, "sheet"):
			part, ok := sheets[x.attrText(x.prefixed("id"))]
			if !ok { // a sheet of charts or dialogues
				return nil
			}
			if len(w.sheets) == maxSheets {
				return abi.Over(abi.LimitSheets)
			}
			state := string(x.attr("state"))
			w.sheets = append(w.sheets, sheetEntry{name: x.attrText("name"), part: part, shows: state == "" || state == "visible"})
		}
		return nil
	})
}

// prefixed gives the name of the first attribute that ends with a colon and name.
func (x *xmlReader) prefixed(name string) string {
	mark := []byte(":" + name + "=")
	at := bytes.Index(x.attrs, mark)
	if at < 0 {
		return name
	}
	start := bytes.LastIndexAny(x.attrs[:at], " \t\r\n") + 1
	return string(x.attrs[start : at+len(mark)-1])
}

// related gives the parts that a part, or the package (""), refers to by relations
// of that kind, by the relations' ids.
func (w *workbook) related(part, kind string) (map[string]string, error) {
	folder, base := path.Split(part)
	targets := map[string]string{}
	err := w.each(folder+"_rels/"+base+".rels", func(x *xmlReader) error {
		if !x.is(xmlStart, "Relationship") || string(x.attr("TargetMode")) == "External" {
			return nil
		}
		target := x.attrText("Target")
		if !strings.HasPrefix(target, "/") {
			target = "/" + folder + target
		}
		if strings.HasSuffix(x.attrText("Type"), kind) && len(targets) < maxParts {
			targets[x.attrText("Id")] = strings.TrimPrefix(path.Clean(target), "/")
		}
		return nil
	})
	return targets, err
}

// sheet finds a sheet by its name; "" is the first that shows.
func (w *workbook) sheet(name string) (sheetEntry, error) {
	for _, s := range w.sheets {
		if s.name == name || name == "" && s.shows {
			return s, nil
		}
	}
	return sheetEntry{}, abi.Failure{Code: abi.FailSheet}
}

// one gives the part that a part refers to by the one relation of that kind, ""
// for none.
func (w *workbook) one(part, kind string) (string, error) {
	targets, err := w.related(part, kind)
	if err == nil && len(targets) > 1 {
		err = errWorkbook
	}
	for _, target := range targets {
		return target, err
	}
	return "", err
}

package cell

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// events reads XML to a list of its tags and text.
func events(in io.Reader) (out string, err error) {
	x := newXMLReader(in)
	last := xmlKind(0)
	for {
		if err := x.next(); err == io.EOF {
			return out, nil
		} else if err != nil {
			return out, err
		}
		switch x.kind {
		case xmlStart:
			out += "\n<" + string(x.name)
		case xmlEnd:
			out += "\n>" + string(x.name)
		case xmlText:
			if last != xmlText {
				out += "\n:"
			}
			out += string(appendXML(nil, x.text, x.plain))
		}
		last = x.kind
	}
}

// libraryEvents is the same by encoding/xml.
func libraryEvents(s string) (out string, err error) {
	d := xml.NewDecoder(strings.NewReader(s))
	last, depth := "", 0
	for {
		token, err := d.RawToken()
		if err == io.EOF && depth == 0 {
			return out, nil
		} else if err != nil {
			return out, io.ErrUnexpectedEOF
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			out, last = out+"\n<"+t.Name.Local, "<"
		case xml.EndElement:
			depth--
			out, last = out+"\n>"+t.Name.Local, ">"
		case xml.CharData:
			if last != ":" && len(t) > 0 {
				out += "\n:"
				last = ":"
			}
			out += string(t)
		}
		if depth < 0 {
			return out, io.ErrUnexpectedEOF
		}
	}
}

func TestXMLInPieces(t *testing.T) {
	s := `<?xml version="1.0"?><!-- a > b --><a x='1>2' y = "&lt;"><b:c/>1 &lt; 2` + "\r\n" + `<![CDATA[<x>&amp;]]></a>`
	whole, err := events(strings.NewReader(s))
	if want, _ := libraryEvents(s); err != nil || whole != want {
		t.Errorf("%v %q, want %q", err, whole, want)
	}
	if pieces, err := events(iotest.OneByteReader(strings.NewReader(s))); err != nil || pieces != whole {
		t.Errorf("%v %q", err, pieces)
	}
	// References and line ends at each place around the end of a buffer.
	for shift := range 24 {
		text := strings.Repeat("x", xmlBuffer-20+shift) + "&amp;\r\n&#65;y"
		got, err := events(strings.NewReader("<a>" + text + "</a>"))
		if want := "\n<a\n:" + strings.Repeat("x", xmlBuffer-20+shift) + "&\nAy\n>a"; err != nil || got != want {
			t.Fatalf("%d: %v %q", shift, err, got[max(0, len(got)-40):])
		}
	}
}

func TestXMLAttributes(t *testing.T) {
	x := newXMLReader(strings.NewReader(`<a r:id="x" n=' 7 ' m="12" e="" t="&lt;&#x41;"/>`))
	if err := x.next(); err != nil {
		t.Fatal(err)
	}
	if x.attrText("t") != "<A" || x.attrInt("m", 0) != 12 || x.attrInt("n", 3) != 3 || x.attr("q") != nil || x.attr("e") == nil || string(x.attr(x.prefixed("id"))) != "x" {
		t.Errorf("%q", x.attrs)
	}
}

// Documents that encoding/xml reads whole give the same tags and text.
func FuzzXML(f *testing.F) {
	for _, s := range []string{
		`<a b="c">d<e/>f</a>`, "<?xml version=\"1.0\"?>\r\n<x:a><!-- -- ->x</x:a>", `<a>&amp;&#10;&lt;<![CDATA[]]]]></a>`, "<a>\r\r\n</a>", `<a b='"' c=">"/>`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := events(strings.NewReader(s))
		if err != nil && err != errWorkbook {
			t.Fatal(err)
		}
		want, libErr := libraryEvents(s)
		if err != nil || libErr != nil || strings.ContainsRune(got, noCharacter) {
			return
		}
		if got != want {
			t.Fatalf("%q: %q, encoding/xml says %q", s, got, want)
		}
	})
}

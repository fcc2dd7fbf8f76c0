// Package yamldoc reads the YAML that people write (descriptions, policies,
// scenarios, manifests) strictly, and remembers where each value stood.
//
//	bytes ──limits──► goccy parser ──AST──► Node tree ──► the caller's own types
//
// The bytes are untrusted: size, depth and node count are bounded, and anchors,
// aliases, tags, merges, repeated keys and several documents are refused, so that
// what a reviewer reads is what the domain runs. A caller walks the tree through
// Map and List; a key that nobody asked for is refused by Map.Done.
package yamldoc

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
	"golang.org/x/text/unicode/norm"

	"yingbi/internal/fault"
)

// The limits of a document.
const (
	MaxBytes = 1 << 20
	MaxDepth = 32
	MaxNodes = 50_000

	// maxBrackets bounds what the library's recursive parser may be led into
	// before depth is known. Brackets inside quotes count too.
	maxBrackets = 4096
)

// Node is one value of a document with its place: a scalar, a list or a map.
type Node struct {
	Place  fault.Place
	scalar *string // nil for list, map and null
	quoted bool    // the scalar stood in quotes, so it is text whatever it looks like
	list   []*Node
	keys   []string
	values []*Node
	shape  shape
}

type shape uint8

const (
	shapeNull shape = iota
	shapeScalar
	shapeList
	shapeMap
)

var shapeNames = [...]string{"nothing", "a single value", "a list", "a mapping"}

// Parse reads one document. file names it in errors. Text is normalised to NFC,
// so that names compare as people see them.
func Parse(file string, b []byte) (*Node, error) {
	top := fault.Place{File: file}
	if len(b) > MaxBytes {
		return nil, fault.At(top, "the file has %d bytes; at most %d are read", len(b), MaxBytes)
	}
	if !utf8.Valid(b) {
		return nil, fault.At(top, "the file is not UTF-8; save it as UTF-8")
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	if err := shallow(file, b); err != nil {
		return nil, err
	}
	doc, err := parse(b)
	if err != nil {
		return nil, fault.At(fault.Place{File: file, Line: err.line, Column: err.column}, "not readable as YAML: %s", err.text)
	}
	if len(doc.Docs) != 1 || doc.Docs[0].Body == nil {
		return nil, fault.At(top, "want one YAML document, found %d", len(doc.Docs))
	}
	r := reader{file: file}
	return r.node(doc.Docs[0].Body, "", 0)
}

type syntaxError struct {
	line, column int
	text         string
}

// parse calls the library and turns its error, or a panic of it on hostile
// bytes, into a place and a short text without the source lines it would print.
func parse(b []byte) (doc *ast.File, failure *syntaxError) {
	defer func() {
		if recover() != nil { // the library's bug on malformed input is the writer's syntax error
			doc, failure = nil, &syntaxError{text: "malformed"}
		}
	}()
	doc, err := parser.ParseBytes(b, 0)
	if err == nil {
		return doc, nil
	}
	failure = &syntaxError{text: err.Error()}
	if located, ok := err.(interface {
		GetToken() *token.Token
		GetMessage() string
	}); ok {
		failure.text = located.GetMessage()
		if t := located.GetToken(); t != nil && t.Position != nil {
			failure.line, failure.column = t.Position.Line, t.Position.Column
		}
	}
	return nil, failure
}

// shallow bounds nesting before the recursive parser runs: flow brackets and
// indentation are the two ways to nest.
func shallow(file string, b []byte) error {
	depth, line := 0, 1
	for _, c := range b {
		switch c {
		case '[', '{':
			depth++
		case ']', '}':
			depth = max(0, depth-1)
		case '\n':
			line++
		}
		if depth > maxBrackets {
			return fault.At(fault.Place{File: file, Line: line, Column: 1}, "nested too deeply; at most %d levels are read", MaxDepth)
		}
	}
	for i, text := range bytes.Split(b, []byte("\n")) {
		indent := len(text) - len(bytes.TrimLeft(text, " -?:"))
		if indent > 16*MaxDepth {
			return fault.At(fault.Place{File: file, Line: i + 1, Column: 1}, "indented too deeply; at most %d levels are read", MaxDepth)
		}
	}
	return nil
}

type reader struct {
	file  string
	nodes int
}

func (r *reader) place(n ast.Node, field string) fault.Place {
	p := fault.Place{File: r.file, Field: field}
	if t := n.GetToken(); t != nil && t.Position != nil {
		p.Line, p.Column = t.Position.Line, t.Position.Column
	}
	return p
}

func (r *reader) node(n ast.Node, field string, depth int) (*Node, error) {
	place := r.place(n, field)
	if r.nodes++; r.nodes > MaxNodes {
		return nil, fault.At(place, "more than %d values; split the file", MaxNodes)
	}
	if depth > MaxDepth {
		return nil, fault.At(place, "nested too deeply; at most %d levels are read", MaxDepth)
	}
	out := &Node{Place: place}
	switch v := n.(type) {
	case *ast.NullNode:
		return out, nil
	case *ast.MappingNode:
		return r.mapping(out, v.Values, depth)
	case *ast.MappingValueNode:
		return r.mapping(out, []*ast.MappingValueNode{v}, depth)
	case *ast.SequenceNode:
		out.shape = shapeList
		for i, item := range v.Values {
			child, err := r.node(item, field+"["+strconv.Itoa(i)+"]", depth+1)
			if err != nil {
				return nil, err
			}
			out.list = append(out.list, child)
		}
		return out, nil
	case *ast.StringNode:
		out.quoted = v.Token != nil && (v.Token.Type == token.SingleQuoteType || v.Token.Type == token.DoubleQuoteType)
		return out.setScalar(v.Value), nil
	case *ast.LiteralNode:
		out.quoted = true
		return out.setScalar(v.Value.Value), nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return out.setScalar(n.GetToken().Value), nil
	default:
		return nil, fault.At(place, "%s is not read here; write the value out", strings.ToLower(n.Type().String()))
	}
}

func (n *Node) setScalar(s string) *Node {
	s = norm.NFC.String(s)
	n.shape, n.scalar = shapeScalar, &s
	return n
}

func (r *reader) mapping(out *Node, pairs []*ast.MappingValueNode, depth int) (*Node, error) {
	out.shape = shapeMap
	seen := make(map[string]bool, len(pairs))
	for i, pair := range pairs {
		key, err := r.node(pair.Key, out.Place.Field, depth+1)
		if err != nil {
			return nil, err
		}
		if key.shape != shapeScalar {
			return nil, fault.At(key.Place, "a key must be a single word")
		}
		name := *key.scalar
		field := name
		if out.Place.Field != "" {
			field = out.Place.Field + "." + name
		}
		if i == 0 { // a block mapping's own token is its first colon
			key.Place.Field = out.Place.Field
			out.Place = key.Place
		}
		if seen[name] {
			return nil, fault.At(r.place(pair.Key, field), "given twice; keep one")
		}
		seen[name] = true
		value, err := r.node(pair.Value, field, depth+1)
		if err != nil {
			return nil, err
		}
		if value.shape == shapeNull || value.Place.Line == 0 {
			value.Place = r.place(pair.Key, field)
		}
		out.keys = append(out.keys, name)
		out.values = append(out.values, value)
	}
	return out, nil
}

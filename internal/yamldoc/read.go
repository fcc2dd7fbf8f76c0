package yamldoc

import (
	"slices"
	"strconv"
	"strings"

	"yingbi/internal/fault"
)

// Errorf makes an Invalid error at the node's place.
func (n *Node) Errorf(format string, args ...any) error {
	return fault.At(n.Place, format, args...)
}

func (n *Node) want(s shape, hint string) error {
	if n.shape == s {
		return nil
	}
	return n.Errorf("want %s%s, found %s", shapeNames[s], hint, shapeNames[n.shape])
}

// IsNull reports whether nothing was written.
func (n *Node) IsNull() bool { return n.shape == shapeNull }

// IsScalar reports whether the node is a single value.
func (n *Node) IsScalar() bool { return n.shape == shapeScalar }

// IsList reports whether the node is a list.
func (n *Node) IsList() bool { return n.shape == shapeList }

// Quoted reports whether a single value stood in quotes.
func (n *Node) Quoted() bool { return n.quoted }

// Text gives a single value as it was written, in NFC.
func (n *Node) Text() (string, error) {
	if err := n.want(shapeScalar, ""); err != nil {
		return "", err
	}
	return *n.scalar, nil
}

// Int gives a whole number.
func (n *Node) Int() (int64, error) {
	s, err := n.Text()
	if err != nil {
		return 0, err
	}
	v, err := strconv.ParseInt(strings.ReplaceAll(s, "_", ""), 10, 64)
	if err != nil {
		return 0, n.Errorf("want a whole number, found %q", s)
	}
	return v, nil
}

// Bool gives true or false.
func (n *Node) Bool() (bool, error) {
	s, err := n.Text()
	if err != nil {
		return false, err
	}
	switch s {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, n.Errorf("want true or false, found %q", s)
}

// List gives the items of a list.
func (n *Node) List() ([]*Node, error) {
	if err := n.want(shapeList, ""); err != nil {
		return nil, err
	}
	return n.list, nil
}

// Texts gives a list of single values.
func (n *Node) Texts() ([]string, error) {
	items, err := n.List()
	if err != nil {
		return nil, err
	}
	out := make([]string, len(items))
	for i, item := range items {
		if out[i], err = item.Text(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Map is a mapping that is being read. Each key is asked for once; Done refuses
// those that nobody asked for.
type Map struct {
	node  *Node
	asked map[string]bool
}

// Map gives the node as a mapping.
func (n *Node) Map() (*Map, error) {
	if err := n.want(shapeMap, ""); err != nil {
		return nil, err
	}
	return &Map{node: n, asked: make(map[string]bool, len(n.keys))}, nil
}

// Node is the mapping's own node, for its place.
func (m *Map) Node() *Node { return m.node }

// Keys gives the keys in the order written, and counts all as asked for: it is
// for mappings whose keys are names, not settings.
func (m *Map) Keys() []string {
	for _, k := range m.node.keys {
		m.asked[k] = true
	}
	return m.node.keys
}

// Get gives the value of a key, or nil where the key is absent or empty.
func (m *Map) Get(key string) *Node {
	m.asked[key] = true
	for i, k := range m.node.keys {
		if k == key && !m.node.values[i].IsNull() {
			return m.node.values[i]
		}
	}
	return nil
}

// Need gives the value of a key that must be there.
func (m *Map) Need(key string) (*Node, error) {
	if v := m.Get(key); v != nil {
		return v, nil
	}
	return nil, m.node.Errorf("%q is missing", key)
}

// NeedText gives the text of a key that must be there and not be blank.
func (m *Map) NeedText(key string) (string, error) {
	v, err := m.Need(key)
	if err != nil {
		return "", err
	}
	s, err := v.Text()
	if err != nil {
		return "", err
	}
	if strings.TrimSpace(s) == "" {
		return "", v.Errorf("must not be blank")
	}
	return s, nil
}

// GetText gives the text of a key, or "" where the key is absent.
func (m *Map) GetText(key string) (string, error) {
	v := m.Get(key)
	if v == nil {
		return "", nil
	}
	return v.Text()
}

// Done refuses keys that nobody asked for, naming those that would be read.
func (m *Map) Done() error {
	for i, k := range m.node.keys {
		if !m.asked[k] {
			return m.node.values[i].Errorf("unknown key %q; known here: %s", k, strings.Join(m.known(), ", "))
		}
	}
	return nil
}

func (m *Map) known() []string {
	var out []string
	for k := range m.asked {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

package vault

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"yingbi/crypto"
	"yingbi/internal/fault"
)

// Names, labels and limits of the format, see docs/formats/vault.md.
const (
	manifestFormat = "yingbi-vault-manifest/1"
	manifestLabel  = "vault-manifest" // of the keeper's signature
	keyFile        = "key"
	objectSuffix   = ".sealed"

	maxManifest = 72 << 20 // bytes: more than maxObjects with the longest names take
	maxWrapped  = 4096
	maxObjects  = 100_000 // in a compartment
	maxName     = 200
)

// manifest is a compartment at one version. Its JSON has one spelling.
type manifest struct {
	Format      string    `json:"format"`
	Compartment string    `json:"compartment"`
	Version     uint64    `json:"version"`
	Created     time.Time `json:"created"`
	Destroyed   bool      `json:"destroyed"`
	KeyCheck    string    `json:"key_check"`
	Objects     []entry   `json:"objects"` // sorted by name
}

// entry is one object of a manifest.
type entry struct {
	Name       string        `json:"name"`
	Stored     string        `json:"stored"`     // random; the file is Stored + ".sealed"
	Size       int64         `json:"size"`       // plain bytes
	Sealed     int64         `json:"sealed"`     // bytes of the file
	Root       crypto.Digest `json:"root"`       // of the segment tags
	Commitment crypto.Digest `json:"commitment"` // to SM3 of the plain bytes; zero for a cache
	Opening    []byte        `json:"opening"`    // nonce ‖ SM3, sealed under the data key; empty for a cache
	Created    time.Time     `json:"created"`
}

func (m *manifest) find(name string) (int, bool) {
	return slices.BinarySearchFunc(m.Objects, name, func(e entry, name string) int { return strings.Compare(e.Name, name) })
}

// put adds an object or replaces the one of its name.
func (m *manifest) put(e entry) {
	i, found := m.find(e.Name)
	if found {
		m.Objects[i] = e
	} else {
		m.Objects = slices.Insert(m.Objects, i, e)
	}
}

// encode gives the bytes that are signed.
func (m *manifest) encode() ([]byte, error) {
	if len(m.Objects) > maxObjects {
		return nil, fault.Errorf(fault.Limit, "compartment %s would hold more than %d objects", m.Compartment, maxObjects)
	}
	return json.Marshal(m)
}

// manifestBytes is the file: the signed line, and the line of the signature.
func manifestBytes(body, signature []byte) []byte {
	return fmt.Appendf(body, "\n%s\n", base64.StdEncoding.EncodeToString(signature))
}

// parseManifest reads what encode and manifestBytes wrote, and nothing else. It
// gives the body and signature for the caller to verify.
func parseManifest(file []byte) (m *manifest, body, signature []byte, err error) {
	lines := bytes.Split(file, []byte("\n"))
	if len(lines) != 3 || len(lines[2]) != 0 {
		return nil, nil, nil, errors.New("a manifest has two lines")
	}
	body = lines[0]
	if signature, err = base64.StdEncoding.Strict().DecodeString(string(lines[1])); err != nil {
		return nil, nil, nil, errors.New("the signature is not base64")
	}
	m = new(manifest)
	if err = json.Unmarshal(body, m); err != nil {
		return nil, nil, nil, errors.New("the manifest is not the JSON of one")
	}
	again, err := m.encode()
	if err != nil || !bytes.Equal(again, body) {
		return nil, nil, nil, errors.New("the manifest is not in its one spelling")
	}
	return m, body, signature, m.check()
}

// check refuses what no vault writes.
func (m *manifest) check() error {
	if m.Format != manifestFormat || m.Version == 0 || m.Destroyed && len(m.Objects) > 0 {
		return errors.New("the manifest is not of this format")
	}
	for i, e := range m.Objects {
		if checkName(e.Name) != nil || !isStored(e.Stored) || e.Size < 0 || e.Sealed <= e.Size ||
			i > 0 && m.Objects[i-1].Name >= e.Name {
			return errors.New("the manifest's objects are not in order")
		}
		if cache := e.Commitment == (crypto.Digest{}); cache != (len(e.Opening) == 0) || e.Opening == nil {
			return errors.New("an object of the manifest has half a commitment")
		}
	}
	return nil
}

// isStored reports whether s is 16 random bytes in hex: nothing that climbs out
// of a folder.
func isStored(s string) bool {
	return len(s) == 32 && strings.Trim(s, "0123456789abcdef") == ""
}

// checkName allows the names that callers give to objects.
func checkName(name string) error {
	const first = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	if name == "" || len(name) > maxName || strings.Trim(name, first+"._-/") != "" || strings.Trim(name[:1], first) != "" {
		return fault.Errorf(fault.Internal, "vault: %q is no name of an object: use letters, digits and . _ - / after a letter or digit", name)
	}
	return nil
}

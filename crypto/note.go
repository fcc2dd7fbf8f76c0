package crypto

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"yingbi/internal/fault"

	"golang.org/x/mod/sumdb/note"
)

// noteAlgorithm leads the key bytes of a note key. The signed-note format keeps
// 0xff for algorithms without a number of their own, which name themselves.
const noteAlgorithm = "\xffyingbi/sm2-sm3/v1\n"

var errNoteName = fault.New(fault.Invalid, "a note key's name must be UTF-8, not empty and free of spaces and plus signs")

// noteKey is a note.Signer when it has a private key, else a note.Verifier only.
type noteKey struct {
	name   string
	hash   uint32
	public PublicKey
}

func (k *noteKey) Name() string                { return k.name }
func (k *noteKey) KeyHash() uint32             { return k.hash }
func (k *noteKey) Verify(msg, sig []byte) bool { return k.public.Verify(msg, sig) == nil }

type noteSigner struct {
	noteKey
	signing *SigningKey
}

func (s *noteSigner) Sign(msg []byte) ([]byte, error) { return s.signing.Sign(msg) }

// NoteSigner signs notes (golang.org/x/mod/sumdb/note) under the name with SM2.
func NoteSigner(name string, k *SigningKey) (note.Signer, error) {
	v, err := newNoteKey(name, k.Public())
	if err != nil {
		return nil, err
	}
	return &noteSigner{*v, k}, nil
}

// NoteVerifier verifies notes that NoteSigner signed.
func NoteVerifier(name string, p PublicKey) (note.Verifier, error) {
	return verifier(newNoteKey(name, p))
}

// VerifierKey is the text by which a note key is handed round:
// name+hash+base64(algorithm ‖ compressed point).
func VerifierKey(name string, p PublicKey) string {
	key := noteKeyBytes(p)
	return fmt.Sprintf("%s+%08x+%s", name, noteKeyHash(name, key), base64.StdEncoding.EncodeToString(key))
}

// ParseVerifierKey reads what VerifierKey wrote, and nothing else.
func ParseVerifierKey(s string) (note.Verifier, error) {
	fields := strings.SplitN(s, "+", 3)
	if len(fields) == 3 {
		raw, err := base64.StdEncoding.DecodeString(fields[2])
		point, ok := strings.CutPrefix(string(raw), noteAlgorithm)
		if err == nil && ok {
			p, err := publicKeyFromBytes([]byte(point))
			if err == nil && VerifierKey(fields[0], p) == s {
				return NoteVerifier(fields[0], p)
			}
		}
	}
	return nil, fault.New(fault.Invalid, "not an SM2 note key: expected name+hash+base64, as `yingbi` prints it")
}

func verifier(k *noteKey, err error) (note.Verifier, error) {
	if err != nil {
		return nil, err
	}
	return k, nil
}

func newNoteKey(name string, p PublicKey) (*noteKey, error) {
	if name == "" || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsSpace) || strings.Contains(name, "+") {
		return nil, errNoteName
	}
	if p.IsZero() {
		return nil, fault.New(fault.Invalid, "the public key was never set")
	}
	return &noteKey{name, noteKeyHash(name, noteKeyBytes(p)), p}, nil
}

func noteKeyBytes(p PublicKey) []byte { return append([]byte(noteAlgorithm), p.Bytes()...) }

// noteKeyHash is the first four bytes of SM3(name ‖ "\n" ‖ key), where Ed25519
// note keys have SHA-256.
func noteKeyHash(name string, key []byte) uint32 {
	d := Sum([]byte(name), []byte("\n"), key)
	return binary.BigEndian.Uint32(d[:4])
}

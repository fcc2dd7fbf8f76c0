package keeper

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"yingbi/crypto"
	"yingbi/internal/fault"
)

// header is the first line of the keyring file, in the clear. It is
// authenticated as the context of the sealed second line.
type header struct {
	Format string   `json:"format"`
	Origin string   `json:"origin"`
	Unlock string   `json:"unlock"` // "passphrase", "key file" or "shares"
	Rounds int      `json:"rounds"` // of PBKDF2-HMAC-SM3 for a passphrase, else 0
	Salt   [16]byte `json:"-"`
	Set    shareSet `json:"-"`
	Need   int      `json:"need"` // shares, else 0
	All    int      `json:"all"`
}

const (
	keyringFormat = "yingbi keyring 1"
	maxKeyring    = 128 << 10
	maxKEKs       = 1000
)

// headerLine is header as it is written.
type headerLine struct {
	header
	Salt string `json:"salt"`
	Set  string `json:"set"` // of the shares
}

func (h header) line() ([]byte, error) {
	return json.Marshal(headerLine{h, hex.EncodeToString(h.Salt[:]), hex.EncodeToString(h.Set[:])})
}

// body is what the second line seals. A KEK's version is its place, from 1.
type body struct {
	Signing []byte   `json:"signing"` // PKCS#8 PEM
	KEKs    [][]byte `json:"keks"`
}

// keyring is an open keyring.
type keyring struct {
	header  header
	root    [32]byte
	signing *crypto.SigningKey
	keks    []crypto.Key
}

var errKeyring = fault.New(fault.Integrity, "the keyring file is damaged or of another format: restore it from a backup")

// newHeader describes a keyring that does not exist yet.
func newHeader(s setup) (header, error) {
	h := header{Format: keyringFormat, Origin: s.Origin, Unlock: s.Unlock, Need: s.Need, All: s.All}
	if h.Unlock == byTerminal {
		h.Unlock = byPassphrase
	}
	if h.Unlock == byPassphrase {
		h.Rounds = s.Rounds
	}
	_, err := rand.Read(h.Salt[:])
	if err == nil && h.Unlock == byShares {
		_, err = rand.Read(h.Set[:])
	}
	return h, err
}

// newKeyring makes the keys. Without a name the domain is called after its key.
func newKeyring(h header, material []byte) (*keyring, error) {
	k := &keyring{header: h, root: h.rootKey(material)}
	var err error
	if k.signing, err = crypto.NewSigningKey(); err != nil {
		return nil, err
	}
	if k.header.Origin == "" {
		id := crypto.Sum(k.signing.Public().Bytes())
		k.header.Origin = fmt.Sprintf("yingbi/%x", id[:8])
	}
	if _, err := crypto.NoteVerifier(k.header.Origin, k.signing.Public()); err != nil {
		return nil, err
	}
	return k.rotated()
}

// rotated is k with one more KEK.
func (k *keyring) rotated() (*keyring, error) {
	if len(k.keks) >= maxKEKs {
		return nil, fault.Errorf(fault.Limit, "the keyring has %d key-encryption keys, and takes no more", maxKEKs)
	}
	kek, err := crypto.NewKey()
	next := *k
	next.keks = append(k.keks[:len(k.keks):len(k.keks)], kek)
	return &next, err
}

// rootKey stretches the material into the root. The salt and the way of
// unlocking are bound in.
func (h header) rootKey(material []byte) [32]byte {
	if h.Unlock == byPassphrase {
		slow := crypto.PassphraseKey(material, h.Salt[:], h.Rounds)
		material = slow[:]
	}
	return [32]byte(crypto.Derive(material, h.Salt[:], "yingbi/keeper/root/v1 "+h.Unlock, 32))
}

func (k *keyring) sealingKey() crypto.Key {
	return crypto.Key(crypto.Derive(k.root[:], nil, "yingbi/keeper/keyring/v1", 16))
}

// stateKey authenticates the state file.
func (k *keyring) stateKey() []byte {
	return crypto.Derive(k.root[:], nil, "yingbi/keeper/state/v1", 32)
}

func sealContext(line []byte) string { return "yingbi/keyring/v1\n" + string(line) }

// seal gives the keyring file.
func (k *keyring) seal() ([]byte, error) {
	line, err := k.header.line()
	if err != nil {
		return nil, err
	}
	pem, err := k.signing.MarshalPEM()
	if err != nil {
		return nil, err
	}
	b := body{Signing: pem}
	for _, kek := range k.keks {
		b.KEKs = append(b.KEKs, bytes.Clone(kek[:]))
	}
	plain, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	defer clear(plain)
	sealed, err := crypto.SealBytes(k.sealingKey(), sealContext(line), plain)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "%s\n%s\n", line, base64.StdEncoding.EncodeToString(sealed)), nil
}

// parseKeyring takes the file apart without opening it. Only the spelling that
// seal gives is accepted.
func parseKeyring(file []byte) (header, []byte, error) {
	line, rest, _ := bytes.Cut(file, []byte("\n"))
	var w headerLine
	if len(file) > maxKeyring || json.Unmarshal(line, &w) != nil {
		return header{}, nil, errKeyring
	}
	h := w.header
	_, err1 := hex.Decode(h.Salt[:], []byte(w.Salt)[:min(len(w.Salt), 2*len(h.Salt))])
	_, err2 := hex.Decode(h.Set[:], []byte(w.Set)[:min(len(w.Set), 2*len(h.Set))])
	sealed, err3 := base64.StdEncoding.DecodeString(string(bytes.TrimSuffix(rest, []byte("\n"))))
	if err1 != nil || err2 != nil || err3 != nil || !h.sound() {
		return header{}, nil, errKeyring
	}
	again, err := h.line()
	if err != nil || !bytes.Equal(fmt.Appendf(nil, "%s\n%s\n", again, base64.StdEncoding.EncodeToString(sealed)), file) {
		return header{}, nil, errKeyring
	}
	return h, sealed, nil
}

func (h header) sound() bool {
	if h.Format != keyringFormat || h.Origin == "" || len(h.Origin) > maxOrigin {
		return false
	}
	switch h.Unlock {
	case byPassphrase:
		return h.Rounds >= minRounds && h.Rounds <= maxRounds && h.Need == 0 && h.All == 0
	case byShares:
		return h.Rounds == 0 && h.Need >= 2 && h.Need <= h.All && h.All <= maxShares
	}
	return h.Unlock == byKeyFile && h.Rounds == 0 && h.Need == 0 && h.All == 0
}

// openKeyring opens what parseKeyring gave.
func openKeyring(h header, sealed, material []byte) (*keyring, error) {
	line, err := h.line()
	if err != nil {
		return nil, err
	}
	k := &keyring{header: h, root: h.rootKey(material)}
	plain, err := crypto.OpenBytes(k.sealingKey(), sealContext(line), sealed)
	if err != nil {
		return nil, errLocked
	}
	defer clear(plain)
	var b body
	if json.Unmarshal(plain, &b) != nil || len(b.KEKs) == 0 || len(b.KEKs) > maxKEKs {
		return nil, errKeyring
	}
	if k.signing, err = crypto.ParseSigningKeyPEM(b.Signing); err != nil {
		return nil, errKeyring
	}
	for _, raw := range b.KEKs {
		kek, err := crypto.KeyFromBytes(raw)
		if err != nil {
			return nil, errKeyring
		}
		k.keks = append(k.keks, kek)
	}
	return k, nil
}

// A wrapped data key is 0x01 ‖ KEK version (4, big-endian) ‖ a box of 16 bytes.
const (
	wrapFormat = 0x01
	wrapHead   = 5
)

func wrapContext(version uint32, compartment string) string {
	return fmt.Sprintf("yingbi/wrap/v1 %d %s", version, compartment)
}

// wrap seals a data key for its compartment under the newest KEK.
func (k *keyring) wrap(compartment string, key crypto.Key) ([]byte, error) {
	version := uint32(len(k.keks))
	box, err := crypto.SealBytes(k.keks[version-1], wrapContext(version, compartment), key[:])
	if err != nil {
		return nil, err
	}
	return append(binary.BigEndian.AppendUint32([]byte{wrapFormat}, version), box...), nil
}

var errWrapped = fault.New(fault.Integrity, "the wrapped data key is damaged, or belongs to another compartment or domain")

// unwrap opens a data key and tells the version of its KEK.
func (k *keyring) unwrap(compartment string, wrapped []byte) (crypto.Key, uint32, error) {
	if len(wrapped) < wrapHead || wrapped[0] != wrapFormat {
		return crypto.Key{}, 0, errWrapped
	}
	version := binary.BigEndian.Uint32(wrapped[1:])
	if version == 0 || uint64(version) > uint64(len(k.keks)) {
		return crypto.Key{}, 0, errWrapped
	}
	raw, err := crypto.OpenBytes(k.keks[version-1], wrapContext(version, compartment), wrapped[wrapHead:])
	if err != nil {
		return crypto.Key{}, 0, errWrapped
	}
	defer clear(raw)
	key, err := crypto.KeyFromBytes(raw)
	if err != nil {
		return crypto.Key{}, 0, errWrapped
	}
	return key, version, nil
}

package audit

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"

	"yingbi/crypto"
	"yingbi/internal/fault"

	tlog "github.com/transparency-dev/formats/log"
	"github.com/transparency-dev/merkle/proof"
	"golang.org/x/mod/sumdb/note"
)

// CheckpointSigner signs tree heads. It must remember the last that it signed,
// durably, and refuse a request that does not extend it. When OldSize is not the
// size that it remembers it returns an *[OldSizeError].
type CheckpointSigner interface {
	SignCheckpoint(ctx context.Context, r CheckpointRequest) (signed []byte, err error)
}

// CheckpointRequest asks for a signature over the tree of Size records, and
// proves that it begins with the tree of OldSize records.
type CheckpointRequest struct {
	Size        uint64          `json:"size"`
	Root        crypto.Digest   `json:"root"`
	OldSize     uint64          `json:"oldSize"`
	Consistency []crypto.Digest `json:"consistency"`
}

// OldSizeError says that the signer last signed another size than the request
// started from.
type OldSizeError struct{ Size uint64 }

func (e *OldSizeError) Error() string {
	return fmt.Sprintf("the signer last signed a log of %d records", e.Size)
}

// Check verifies that the tree extends the one of OldSize records whose root is old.
func (r CheckpointRequest) Check(old crypto.Digest) error {
	if r.Size > maxIndex {
		return fault.New(fault.Integrity, "the size of the audit log is out of range")
	}
	if r.OldSize == 0 && old != emptyRoot() || r.Size == 0 && r.Root != emptyRoot() {
		return fault.New(fault.Integrity, "an empty audit log has another root")
	}
	if proof.VerifyConsistency(hasher{}, r.OldSize, r.Size, slicesOf(r.Consistency), old[:], r.Root[:]) != nil {
		return fault.Errorf(fault.Integrity, "the audit log of %d records does not begin with the %d records that were signed before: it was shortened or rewritten", r.Size, r.OldSize)
	}
	return nil
}

// Text is what is signed: origin, size and root (C2SP tlog-checkpoint).
func (r CheckpointRequest) Text(origin string) string {
	return string(tlog.Checkpoint{Origin: origin, Size: r.Size, Hash: r.Root[:]}.Marshal())
}

func emptyRoot() crypto.Digest { return crypto.Digest(hasher{}.EmptyRoot()) }

// checkpoint is a signed tree head that was verified.
type checkpoint struct {
	size   uint64
	root   crypto.Digest
	signed []byte
}

// maxNote is far above a checkpoint with a hundred cosignatures.
const maxNote = 64 << 10

// openCheckpoint accepts a note that v signed, whose every signature line
// verifies (v's or a cosigner's) and which is spelt in the one way that Sign
// spells it, so that no byte of it can differ.
func openCheckpoint(signed []byte, v note.Verifier, cosigners ...note.Verifier) (checkpoint, error) {
	if len(signed) > maxNote {
		return checkpoint{}, errCheckpoint
	}
	n, err := note.Open(signed, note.VerifierList(append([]note.Verifier{v}, cosigners...)...))
	if err != nil || !bytes.Equal(spell(n), signed) {
		return checkpoint{}, errCheckpoint
	}
	own := false
	for _, s := range n.Sigs {
		own = own || s.Name == v.Name() && s.Hash == v.KeyHash()
	}
	if !own {
		return checkpoint{}, errCheckpoint
	}
	return parseBody(n.Text, v.Name(), signed)
}

func parseBody(text, origin string, signed []byte) (checkpoint, error) {
	var body tlog.Checkpoint
	rest, err := body.Unmarshal([]byte(text))
	if err != nil || len(rest) > 0 || len(body.Hash) != len(crypto.Digest{}) ||
		body.Origin != origin || body.Size > maxIndex || string(body.Marshal()) != text {
		return checkpoint{}, errCheckpoint
	}
	return checkpoint{body.Size, crypto.Digest(body.Hash), bytes.Clone(signed)}, nil
}

// spell writes the note from its verified signatures alone.
func spell(n *note.Note) []byte {
	var b bytes.Buffer
	b.WriteString(n.Text + "\n")
	for _, s := range n.Sigs {
		raw, err := base64.StdEncoding.DecodeString(s.Base64)
		if err != nil {
			return nil
		}
		fmt.Fprintf(&b, "— %s %s\n", s.Name, base64.StdEncoding.EncodeToString(raw))
	}
	return b.Bytes()
}

var errCheckpoint error = fault.New(fault.Integrity,
	"a checkpoint of the audit log is damaged, or is not signed by this domain's key alone and its known cosigners")

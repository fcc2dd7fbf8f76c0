package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"

	"yingbi/crypto"
	"yingbi/internal/durable"
	"yingbi/internal/fault"

	"github.com/transparency-dev/merkle/proof"
	"golang.org/x/mod/sumdb/note"
)

// Checkpoint gives a signed checkpoint over all records that were durable when
// it was called, and perhaps more. It is stored durably before it is returned.
func (l *Log) Checkpoint(ctx context.Context) ([]byte, error) {
	c, err := l.covering(ctx, l.Size())
	return bytes.Clone(c.signed), err
}

// covering gives a checkpoint over the first size records. Callers that wait
// here together share the next one.
func (l *Log) covering(ctx context.Context, size uint64) (checkpoint, error) {
	l.signing.Lock()
	defer l.signing.Unlock()
	if l.newest.signed != nil && l.newest.size >= size {
		return l.newest, nil
	}
	return l.sign(ctx)
}

// sign asks the signer, first from the checkpoint at hand, then once more from
// the size that the signer remembers: it may have signed one that a crash kept
// from being stored. The caller holds l.signing.
func (l *Log) sign(ctx context.Context) (checkpoint, error) {
	r, err := l.request(l.newest.size)
	if err != nil {
		return checkpoint{}, err
	}
	signed, err := l.cfg.Signer.SignCheckpoint(ctx, r)
	var old *OldSizeError
	if errors.As(err, &old) {
		if old.Size > r.Size {
			err = fault.Errorf(fault.Integrity, "the audit log was shortened: it has %d records, and its signer has signed %d", r.Size, old.Size)
			return checkpoint{}, l.fail("signing", err)
		}
		if r, err = l.request(old.Size); err == nil {
			signed, err = l.cfg.Signer.SignCheckpoint(ctx, r)
		}
	}
	if err != nil {
		return checkpoint{}, err
	}
	return l.store(r, signed)
}

func (l *Log) request(from uint64) (CheckpointRequest, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed != nil {
		return CheckpointRequest{}, l.failed
	}
	size := l.tree.size()
	path, err := l.tree.consistency(from, size)
	return CheckpointRequest{Size: size, Root: l.tree.root(), OldSize: from, Consistency: path}, err
}

func (l *Log) store(r CheckpointRequest, signed []byte) (checkpoint, error) {
	c, err := openCheckpoint(signed, l.cfg.Verifier)
	if err != nil || c.size != r.Size || c.root != r.Root {
		return checkpoint{}, fault.New(fault.Internal, "the signer of the audit log signed something else than it was asked to")
	}
	if err := durable.WriteFile(l.dir, checkpointName, signed); err != nil {
		return checkpoint{}, l.fail("storing a checkpoint", err)
	}
	l.newest = c
	return c, nil
}

// Proof shows, with the log's public key alone, that a record is in the log.
type Proof struct {
	Index      uint64          `json:"index"`
	Record     []byte          `json:"record"` // canonical JSON, as hashed
	Path       []crypto.Digest `json:"path"`   // inclusion proof (RFC 6962 §2.1.1)
	Checkpoint []byte          `json:"checkpoint"`
}

// Prove gives the proof of a durable record, signing a checkpoint if none covers
// the record yet.
func (l *Log) Prove(ctx context.Context, index uint64) (Proof, error) {
	if size := l.Size(); index >= size {
		return Proof{}, fault.Errorf(fault.NotFound, "the audit log has no record %d: it has %d, counted from 0", index, size)
	}
	record, err := l.record(index)
	if err != nil {
		return Proof{}, l.fail("reading", err)
	}
	c, err := l.covering(ctx, index+1)
	if err != nil {
		return Proof{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	path, err := l.tree.inclusion(index, c.size)
	return Proof{index, record, path, c.signed}, err
}

// Verify checks the proof and gives the record.
func (p Proof) Verify(v note.Verifier) (Record, error) {
	c, err := openCheckpoint(p.Checkpoint, v)
	if err != nil {
		return Record{}, err
	}
	leaf := leafHash(p.Record)
	if proof.VerifyInclusion(hasher{}, p.Index, c.size, leaf[:], slicesOf(p.Path), c.root[:]) != nil {
		return Record{}, fault.New(fault.Integrity, "the proof does not show that the record is in the signed audit log")
	}
	return ParseRecord(p.Record)
}

// ParseProof reads what json.Marshal made of a Proof, and nothing else.
func ParseProof(b []byte) (Proof, error) {
	var p Proof
	d := json.NewDecoder(bytes.NewReader(b))
	if d.Decode(&p) == nil {
		if _, err := d.Token(); err == io.EOF {
			if again, err := json.Marshal(p); err == nil && bytes.Equal(again, b) {
				return p, nil
			}
		}
	}
	return Proof{}, fault.New(fault.Invalid, "not a proof: expected JSON with index, record, path and checkpoint, as the audit log writes it")
}

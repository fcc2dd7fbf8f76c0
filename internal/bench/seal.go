//go:build linux && cgo

package main

import (
	"bytes"
	"context"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/emmansun/gmsm/sm4"

	"yingbi/crypto"
)

const (
	segment     = 64 << 10 // what a Sealer gives to the cipher at a time
	sealContext = "bench|seal"
)

// benchSeal compares sealed streams with bare calls of the SM4-GCM library, segment
// by segment, and two cores with one.
func benchSeal(ctx context.Context, b *bench) ([]Row, error) {
	key, err := crypto.NewKey()
	if err != nil {
		return nil, err
	}
	block, err := sm4.NewCipher(bytes.Repeat([]byte{7}, 16))
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	plain := make([]byte, b.Sealed)
	for i := range plain {
		plain[i] = byte(i * i >> 7)
	}
	sealing, err := b.sealRows(ctx, key, aead, plain)
	if err != nil {
		return nil, err
	}
	opening, err := b.openRows(ctx, key, aead, plain)
	return append(sealing, opening...), err
}

func (b *bench) sealRows(ctx context.Context, key crypto.Key, aead cipher.AEAD, plain []byte) ([]Row, error) {
	sealer := func(cores int) side {
		return timed(fmt.Sprintf("seal on %d", cores), func(context.Context) error {
			return seal(io.Discard, key, plain, cores)
		})
	}
	costs, err := b.contest(ctx, "seal", sealer(1), sealer(2), timed("library", func(context.Context) error {
		out := make([]byte, 0, segment+aead.Overhead())
		for i := range len(plain) / segment {
			aead.Seal(out, nonce(i), plain[i*segment:][:segment], nil)
		}
		return nil
	}))
	return b.coreRows("seal", costs), err
}

func (b *bench) openRows(ctx context.Context, key crypto.Key, aead cipher.AEAD, plain []byte) ([]Row, error) {
	var ours bytes.Buffer
	ours.Grow(len(plain) + len(plain)/segment*aead.Overhead() + 4096)
	if err := seal(&ours, key, plain, 2); err != nil {
		return nil, err
	}
	library := make([]byte, 0, len(plain)+len(plain)/segment*aead.Overhead())
	for i := range len(plain) / segment {
		library = aead.Seal(library, nonce(i), plain[i*segment:][:segment], nil)
	}
	opener := func(cores int) side {
		return timed(fmt.Sprintf("open on %d", cores), func(context.Context) error {
			return open(key, ours.Bytes(), int64(len(plain)), cores)
		})
	}
	costs, err := b.contest(ctx, "open", opener(1), opener(2), timed("library", func(context.Context) error {
		in, out, sealed := bytes.NewReader(library), make([]byte, 0, segment), make([]byte, segment+aead.Overhead())
		for i := range len(library) / len(sealed) { // read as an Opener has to
			if _, err := in.ReadAt(sealed, int64(i*len(sealed))); err != nil {
				return err
			}
			if _, err := aead.Open(out, nonce(i), sealed, nil); err != nil {
				return err
			}
		}
		return nil
	}))
	return b.coreRows("open", costs), err
}

// coreRows makes two rows of the costs of one core, of two, and of the library.
func (b *bench) coreRows(name string, costs [][]cost) []Row {
	if len(costs) != 3 {
		return nil
	}
	one := Row{Name: name, Ours: name + " a stream, one core", Baseline: "SM4-GCM calls of the library on as many bytes, 64 KiB each", Size: bytesOf(b.Sealed), Reach: atLeast(0.95)}
	one.compare(costs[0], costs[2], true)
	two := Row{Name: name + "-two", Ours: name + " a stream, two cores", Baseline: "the same on one core", Size: bytesOf(b.Sealed), Reach: atLeast(1.8)}
	two.compare(costs[1], costs[0], false)
	return []Row{one, two}
}

func seal(w io.Writer, key crypto.Key, plain []byte, cores int) error {
	s, err := crypto.NewSealer(w, key, sealContext)
	if err != nil {
		return err
	}
	s.SetCores(cores)
	if _, err := s.Write(plain); err != nil {
		return err
	}
	return s.Close()
}

func open(key crypto.Key, sealed []byte, size int64, cores int) error {
	o, err := crypto.NewOpener(bytes.NewReader(sealed), int64(len(sealed)), key, sealContext)
	if err != nil {
		return err
	}
	o.SetCores(cores)
	n, err := io.Copy(io.Discard, o.Reader())
	if err == nil && n != size {
		err = errors.New("the opened stream is short")
	}
	return err
}

func nonce(i int) []byte { return binary.BigEndian.AppendUint64(make([]byte, 4), uint64(i)) }

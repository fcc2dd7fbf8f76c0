package vault

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"yingbi/crypto"
	"yingbi/internal/fault"
)

// ScratchOverhead is the room that each piece needs behind its bytes.
const ScratchOverhead = crypto.EphemeralOverhead

// Scratch is a file for what does not fit in memory while something is made. It has
// no name and its key is kept nowhere, so whatever ends the process ends it too: its
// space comes back and nobody can read what the disk still holds. It is safe for
// concurrent use. Close it.
//
// It holds pieces, each sealed for its place. Places are given once, so a piece is
// never written over.
type Scratch struct {
	file *os.File
	key  *crypto.Ephemeral

	mu   sync.Mutex // guards size
	size int64
}

// Scratch makes an empty one beside the compartment's objects.
func (c *Compartment) Scratch() (*Scratch, error) {
	if _, err := c.dataKey(); err != nil {
		return nil, err
	}
	key, err := crypto.NewEphemeral()
	if err != nil {
		return nil, err
	}
	v := c.state.vault
	file, err := os.CreateTemp(filepath.Join(v.files.dir, c.state.folder()), "scratch-*")
	if err != nil {
		return nil, err
	}
	// Killed before the next line, the process leaves an empty file to Collect.
	if err := os.Remove(file.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(err, file.Close())
	}
	return &Scratch{file: file, key: key}, nil
}

// Reserve gives the place of n bytes that are to be written together.
func (s *Scratch) Reserve(n int) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.size += int64(n)
	return s.size - int64(n)
}

// Write seals the pieces of b in place and writes them to a reserved place, once.
// Piece i ends at ends[i], with its ScratchOverhead, and the next one follows.
func (s *Scratch) Write(b []byte, ends []int, place int64) error {
	start := 0
	for _, end := range ends {
		s.key.Seal(b[start:end-ScratchOverhead], uint64(place)+uint64(start))
		start = end
	}
	_, err := s.file.WriteAt(b, place)
	return err
}

// Read fills b with the piece at the place, overhead included, and gives its plain
// bytes, which lie in b. What is not what was written is fault.Integrity.
func (s *Scratch) Read(b []byte, place int64) ([]byte, error) {
	if _, err := s.file.ReadAt(b, place); err != nil {
		return nil, fault.Errorf(fault.Integrity, "vault: a scratch file cannot be read: %v", err)
	}
	return s.key.Open(b, uint64(place))
}

// Close gives the space back.
func (s *Scratch) Close() error { return s.file.Close() }

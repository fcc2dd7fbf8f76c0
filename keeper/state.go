package keeper

import (
	"encoding/binary"
	"encoding/json"
	"io"
	"maps"

	"yingbi/crypto"
	"yingbi/internal/durable"
	"yingbi/internal/fault"
)

// state is what the keeper must not forget.
type state struct {
	Sequence uint64            `json:"sequence"` // of writes
	Size     uint64            `json:"size"`     // of the last checkpoint signed
	Root     crypto.Digest     `json:"root"`
	KEKs     int               `json:"keks"`   // versions in the keyring: an older file is refused
	Counts   map[string]uint64 `json:"counts"` // by action, over the keeper's whole life
}

// A state file is two slots, written in turn, so that one of them is always
// whole. A slot is a length (4, big-endian), JSON, zeros, and HMAC-SM3 of all
// that precedes it.
const (
	slotSize = 8192
	slotMAC  = 32
)

// stateDisk is what the state needs of *os.File.
type stateDisk interface {
	io.ReaderAt
	io.WriterAt
	Sync() error
}

type stateFile struct {
	disk   stateDisk
	key    []byte
	now    state
	broken error // once set, nothing is signed or given out any more
}

var errState = fault.New(fault.Integrity, "the keeper's state file is damaged or belongs to another keyring: restore the keeper's folder from a backup")

// firstState is the file of a new keyring, over an empty log.
func firstState(k *keyring) ([]byte, error) {
	slot, err := encodeSlot(k.stateKey(), state{Root: crypto.Sum(), KEKs: len(k.keks), Counts: map[string]uint64{}})
	return append(slot, make([]byte, slotSize)...), err
}

func encodeSlot(key []byte, s state) ([]byte, error) {
	body, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	if len(body) > slotSize-slotMAC-4 {
		return nil, fault.New(fault.Limit, "the keeper counts too many different acts")
	}
	slot := make([]byte, slotSize-slotMAC)
	binary.BigEndian.PutUint32(slot, uint32(len(body)))
	copy(slot[4:], body)
	return crypto.NewMAC(key).Sum(slot, slot), nil
}

func decodeSlot(key, slot []byte) (s state, ok bool) {
	content := slot[:slotSize-slotMAC]
	n := binary.BigEndian.Uint32(content)
	if !crypto.NewMAC(key).Verify(content, slot[slotSize-slotMAC:]) || n > slotSize-slotMAC-4 {
		return s, false
	}
	return s, json.Unmarshal(content[4:4+n], &s) == nil
}

// openState takes the newer of the slots that are whole.
func openState(disk stateDisk, k *keyring) (*stateFile, error) {
	f := &stateFile{disk: disk, key: k.stateKey()}
	both := make([]byte, 2*slotSize+1)
	n, err := disk.ReadAt(both, 0)
	if err != io.EOF || n != 2*slotSize {
		return nil, errState
	}
	found := false
	for slot := range 2 {
		s, ok := decodeSlot(f.key, both[slot*slotSize:(slot+1)*slotSize])
		if ok && (!found || s.Sequence > f.now.Sequence) {
			f.now, found = s, true
		}
	}
	if !found || f.now.Counts == nil {
		return nil, errState
	}
	if f.now.KEKs > len(k.keks) {
		return nil, fault.New(fault.Integrity, "the keyring file is older than the keeper's state: restore both from the same backup")
	}
	return f, nil
}

// change makes the state durable as edit leaves it, or the keeper useless: after
// a failed write nobody knows which state the disk will show.
func (f *stateFile) change(edit func(*state)) error {
	if f.broken != nil {
		return f.broken
	}
	next := f.now
	next.Counts = maps.Clone(f.now.Counts)
	edit(&next)
	next.Sequence++
	slot, err := encodeSlot(f.key, next)
	if err != nil {
		return err
	}
	if _, err = f.disk.WriteAt(slot, int64(next.Sequence%2)*slotSize); err == nil {
		err = f.disk.Sync()
	}
	if err != nil {
		err = durable.Explain(err)
		f.broken = fault.Errorf(fault.KindOf(err), "the keeper cannot write its state and does nothing more: %w: mend the disk and start again", err)
		return f.broken
	}
	f.now = next
	return nil
}

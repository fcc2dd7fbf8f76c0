package keeper

import (
	"maps"
	"strings"
	"time"

	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/fault"

	"golang.org/x/mod/sumdb/note"
)

// The actions of intents that the keeper acts upon.
const (
	actionCreate = "key.create"
	actionUnwrap = "key.unwrap"
	actionSign   = "sign." // and the label
)

// window is how many records an intent may lie behind the last checkpoint.
const window = 1 << 16

// maxActions bounds the distinct actions that are counted.
const maxActions = 80

// authority decides. It is used by one goroutine.
type authority struct {
	ring     *keyring
	next     *keyring // rotated, not yet stored
	signer   note.Signer
	verifier note.Verifier
	state    *stateFile
	written  bool                // the state, by this process
	floor    uint64              // indices below are spent
	used     map[uint64]struct{} // spent, from floor on
	unwraps  rate
	refused  uint64 // since the start
}

func newAuthority(k *keyring, disk stateDisk, unwrapsPerMinute int, now func() time.Time) (*authority, error) {
	state, err := openState(disk, k)
	if err != nil {
		return nil, err
	}
	a := &authority{
		ring: k, state: state, floor: state.now.Size, used: map[uint64]struct{}{},
		unwraps: rate{perMinute: unwrapsPerMinute, now: now},
	}
	if a.signer, err = crypto.NoteSigner(k.header.Origin, k.signing); err != nil {
		return nil, err
	}
	a.verifier, err = crypto.NoteVerifier(k.header.Origin, k.signing.Public())
	return a, err
}

// answer does what is asked, or says why not.
func (a *authority) answer(r request) response {
	reply, err := a.do(r)
	if err != nil {
		a.refused++
		return refusal(err)
	}
	return reply
}

func (a *authority) do(r request) (response, error) {
	switch {
	case r.Checkpoint != nil:
		return a.checkpoint(*r.Checkpoint)
	case r.Key != nil:
		return a.key(*r.Key)
	case r.Rewrap != nil:
		return a.rewrap(*r.Rewrap)
	case r.Rotate != nil:
		return a.rotate(r.Rotate.Stored)
	case r.Counts != nil:
		counts := maps.Clone(a.state.now.Counts)
		counts["refused"] = a.refused
		return response{Counts: counts}, nil
	}
	return response{}, errRequest
}

// checkpoint signs a log that extends the last one signed. The new size is
// durable before the signature leaves.
func (a *authority) checkpoint(r audit.CheckpointRequest) (response, error) {
	last := a.state.now
	if r.OldSize != last.Size {
		return response{OldSize: &last.Size}, nil
	}
	if err := r.Check(last.Root); err != nil {
		return response{}, err
	}
	if r.Size != last.Size || !a.written { // the state that was found may never have reached the disk
		err := a.state.change(func(s *state) {
			if r.Size != s.Size {
				s.Size, s.Root = r.Size, r.Root
				s.Counts["checkpoint"]++
			}
		})
		if err != nil {
			return response{}, err
		}
		a.written = true
		a.expire()
	}
	signed, err := note.Sign(&note.Note{Text: r.Text(a.ring.header.Origin)}, a.signer)
	return response{Note: signed}, err
}

// expire lets the window follow the log.
func (a *authority) expire() {
	if a.state.now.Size <= a.floor+window {
		return
	}
	a.floor = a.state.now.Size - window
	maps.DeleteFunc(a.used, func(index uint64, _ struct{}) bool { return index < a.floor })
}

// key does what a recorded intent allows, once.
func (a *authority) key(r keyRequest) (response, error) {
	if err := a.known(r); err != nil {
		return response{}, err
	}
	if err := a.intended(r); err != nil {
		return response{}, err
	}
	if r.Action == actionUnwrap && !a.unwraps.take() {
		return response{}, fault.Errorf(fault.Limit, "more than %d data keys were asked for within a minute: wait, and look in the audit log who asks", a.unwraps.perMinute)
	}
	a.used[r.Proof.Index] = struct{}{}
	if err := a.state.change(func(s *state) { s.Counts[r.Action]++ }); err != nil {
		return response{}, err
	}
	switch r.Action {
	case actionCreate:
		return a.create(r.Compartment)
	case actionUnwrap:
		key, _, err := a.ring.unwrap(r.Compartment, r.Wrapped)
		return response{Key: key[:]}, err
	}
	signature, err := a.ring.signing.SignDigest(strings.TrimPrefix(r.Action, actionSign), *r.Message)
	return response{Signature: signature}, err
}

// known refuses what is no act of the keeper's before anything is spent.
func (a *authority) known(r keyRequest) error {
	label, signs := strings.CutPrefix(r.Action, actionSign)
	if signs != (r.Message != nil) || (r.Action == actionUnwrap) != (r.Wrapped != nil) {
		return errRequest
	}
	if signs {
		if err := crypto.CheckLabel(label); err != nil {
			return err
		}
	} else if r.Action != actionCreate && r.Action != actionUnwrap {
		return errRequest
	}
	if _, counted := a.state.now.Counts[r.Action]; !counted && len(a.state.now.Counts) >= maxActions {
		return fault.New(fault.Limit, "the keeper signs under too many different labels")
	}
	return nil
}

// intended verifies the recorded intent behind the request.
func (a *authority) intended(r keyRequest) error {
	record, err := r.Proof.Verify(a.verifier)
	if err != nil {
		return err
	}
	i := r.Proof.Index
	if i >= a.state.now.Size { // signed by this key, unknown to this state
		return fault.New(fault.Integrity, "the keeper's state is older than the audit log: restore the whole domain from one backup")
	}
	if record.Phase != audit.Intent || record.Action != r.Action || record.Target != target(r.Compartment) {
		return fault.New(fault.Denied, "the recorded intent is for another act or another compartment")
	}
	if _, spent := a.used[i]; spent || i < a.floor {
		return fault.Errorf(fault.Denied, "intent %d was used, or is older than the keeper's start: record a new one", i)
	}
	return nil
}

// target is what an audit record about a compartment's key concerns.
func target(compartment string) string { return "key/" + compartment }

func (a *authority) create(compartment string) (response, error) {
	key, err := crypto.NewKey()
	if err != nil {
		return response{}, err
	}
	wrapped, err := a.ring.wrap(compartment, key)
	return response{Key: key[:], Wrapped: wrapped}, err
}

// rewrap moves a wrapped key to the newest KEK. It gives no key away, so it
// takes no intent.
func (a *authority) rewrap(r rewrapRequest) (response, error) {
	key, version, err := a.ring.unwrap(r.Compartment, r.Wrapped)
	if err != nil || int(version) == len(a.ring.keks) {
		return response{Wrapped: r.Wrapped}, err
	}
	defer clear(key[:])
	if err := a.state.change(func(s *state) { s.Counts["key.rewrap"]++ }); err != nil {
		return response{}, err
	}
	wrapped, err := a.ring.wrap(r.Compartment, key)
	return response{Wrapped: wrapped}, err
}

func (a *authority) rotate(stored bool) (response, error) {
	if !stored {
		next, err := a.ring.rotated()
		if err != nil {
			return response{}, err
		}
		file, err := next.seal()
		a.next = next
		return response{Keyring: file, Version: uint32(len(next.keks))}, err
	}
	if a.next == nil {
		return response{}, fault.New(fault.Conflict, "no rotation is under way")
	}
	next := a.next
	if err := a.state.change(func(s *state) { s.KEKs = len(next.keks); s.Counts["key.rotate"]++ }); err != nil {
		return response{}, err
	}
	a.ring, a.next = next, nil
	return response{Version: uint32(len(next.keks))}, nil
}

// rate lets so many acts through in any minute.
type rate struct {
	perMinute int
	now       func() time.Time
	taken     []time.Time // within the last minute, in order
}

func (r *rate) take() bool {
	now := r.now()
	for len(r.taken) > 0 && now.Sub(r.taken[0]) >= time.Minute {
		r.taken = r.taken[1:]
	}
	if len(r.taken) >= r.perMinute {
		return false
	}
	r.taken = append(r.taken, now)
	return true
}

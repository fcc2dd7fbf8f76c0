package keeper

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/fault"
)

// memory is a state file without a disk.
type memory struct {
	b    []byte
	fail bool
}

func (m *memory) ReadAt(p []byte, at int64) (int, error) {
	n := copy(p, m.b[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (m *memory) WriteAt(p []byte, at int64) (int, error) {
	if m.fail {
		return 0, errors.New("no space left on device")
	}
	return copy(m.b[at:], p), nil
}

func (m *memory) Sync() error { return nil }

func testKeyring(t testing.TB) *keyring {
	t.Helper()
	h, err := newHeader(setup{Origin: "test.gov.cn", Unlock: byKeyFile})
	if err != nil {
		t.Fatal(err)
	}
	k, err := newKeyring(h, []byte("material"))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// desk is an authority without a process, and a log that it signs.
type desk struct {
	*authority
	disk *memory
	log  *audit.Log
}

func (d desk) SignCheckpoint(_ context.Context, r audit.CheckpointRequest) ([]byte, error) {
	reply := d.answer(request{Checkpoint: &r})
	if reply.OldSize != nil {
		return nil, &audit.OldSizeError{Size: *reply.OldSize}
	}
	return reply.Note, reply.err()
}

func newDesk(t testing.TB) desk {
	t.Helper()
	k := testKeyring(t)
	blob, err := firstState(k)
	if err != nil {
		t.Fatal(err)
	}
	d := desk{disk: &memory{b: blob}}
	if d.authority, err = newAuthority(k, d.disk, 1000, time.Now); err != nil {
		t.Fatal(err)
	}
	if d.log, _, err = audit.Open(t.TempDir(), audit.Config{Signer: d, Verifier: d.verifier}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.log.Close(context.Background()) })
	return d
}

// intent records and proves an intent for the act.
func (d desk) intent(t testing.TB, action, compartment, phase string) audit.Proof {
	t.Helper()
	i, err := d.log.Append(t.Context(), audit.Record{Actor: "a", Action: action, Phase: phase, Target: target(compartment)})
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.log.Prove(t.Context(), i)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestOnlyTheIntendedAct(t *testing.T) {
	d, other := newDesk(t), newDesk(t)
	const here = "dataset/claims"
	created := d.answer(request{Key: &keyRequest{Action: actionCreate, Compartment: here, Proof: d.intent(t, actionCreate, here, audit.Intent)}})
	if created.Error != nil || len(created.Key) != 16 {
		t.Fatal(created.Error)
	}
	digest := crypto.Sum([]byte("m"))
	good := d.intent(t, actionUnwrap, here, audit.Intent)
	altered := good
	altered.Record = bytes.Replace(good.Record, []byte("claims"), []byte("peopl1"), 1)
	tests := map[string]struct {
		kind fault.Kind
		keyRequest
	}{
		"another log":         {fault.Integrity, keyRequest{actionUnwrap, here, other.intent(t, actionUnwrap, here, audit.Intent), created.Wrapped, nil}},
		"no proof":            {fault.Integrity, keyRequest{actionUnwrap, here, audit.Proof{}, created.Wrapped, nil}},
		"altered record":      {fault.Integrity, keyRequest{actionUnwrap, here, altered, created.Wrapped, nil}},
		"another compartment": {fault.Denied, keyRequest{actionUnwrap, here, d.intent(t, actionUnwrap, "dataset/other", audit.Intent), created.Wrapped, nil}},
		"another act":         {fault.Denied, keyRequest{actionUnwrap, here, d.intent(t, actionCreate, here, audit.Intent), created.Wrapped, nil}},
		"an event":            {fault.Denied, keyRequest{actionUnwrap, here, d.intent(t, actionUnwrap, here, audit.Event), created.Wrapped, nil}},
		"another label":       {fault.Denied, keyRequest{"sign.b", here, d.intent(t, "sign.a", here, audit.Intent), nil, &digest}},
		"no such act":         {fault.Invalid, keyRequest{"key.destroy", here, d.intent(t, "key.destroy", here, audit.Intent), nil, nil}},
		"sign nothing":        {fault.Invalid, keyRequest{"sign.a", here, good, nil, nil}},
		"unwrap nothing":      {fault.Invalid, keyRequest{actionUnwrap, here, good, nil, nil}},
		"bad label":           {fault.Invalid, keyRequest{"sign.A", here, good, nil, &digest}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			reply := d.answer(request{Key: &test.keyRequest})
			wantKind(t, reply.err(), test.kind)
			if reply.Key != nil || reply.Signature != nil || reply.Wrapped != nil {
				t.Fatal("something was given out with the refusal")
			}
		})
	}
	use := request{Key: &keyRequest{actionUnwrap, here, good, created.Wrapped, nil}}
	if reply := d.answer(use); reply.err() != nil || !bytes.Equal(reply.Key, created.Key) {
		t.Fatal(reply.err())
	}
	reply := d.answer(use)
	wantKind(t, reply.err(), fault.Denied)
	if !bytes.Contains([]byte(reply.Error.Text), []byte("was used")) {
		t.Fatal(reply.Error)
	}
}

func TestIntentsOfBeforeARestart(t *testing.T) {
	d := newDesk(t)
	used, unused := d.intent(t, actionCreate, "a", audit.Intent), d.intent(t, actionCreate, "a", audit.Intent)
	if reply := d.answer(request{Key: &keyRequest{Action: actionCreate, Compartment: "a", Proof: used}}); reply.err() != nil {
		t.Fatal(reply.err())
	}
	again, err := newAuthority(d.ring, d.disk, 10, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []audit.Proof{used, unused} {
		reply := again.answer(request{Key: &keyRequest{Action: actionCreate, Compartment: "a", Proof: p}})
		wantKind(t, reply.err(), fault.Denied)
	}
}

func TestForkedLogIsNotSigned(t *testing.T) {
	d := newDesk(t)
	for range 5 {
		d.intent(t, "job.run", "a", audit.Event)
	}
	last := d.state.now
	fork := crypto.Sum([]byte("another log"))
	for name, r := range map[string]audit.CheckpointRequest{
		"same size":        {Size: last.Size, Root: fork, OldSize: last.Size},
		"grown":            {Size: last.Size + 1, Root: fork, OldSize: last.Size, Consistency: []crypto.Digest{last.Root, fork}},
		"without proof":    {Size: last.Size + 1, Root: fork, OldSize: last.Size},
		"shrunk":           {Size: last.Size - 1, Root: fork, OldSize: last.Size},
		"to nothing":       {Size: 0, Root: crypto.Sum(), OldSize: last.Size},
		"larger than JSON": {Size: 1 << 53, Root: last.Root, OldSize: last.Size},
	} {
		t.Run(name, func(t *testing.T) {
			reply := d.answer(request{Checkpoint: &r})
			wantKind(t, reply.err(), fault.Integrity)
			if reply.Note != nil {
				t.Fatal("signed")
			}
		})
	}
	for _, old := range []uint64{0, last.Size - 1, last.Size + 1} {
		reply := d.answer(request{Checkpoint: &audit.CheckpointRequest{Size: 9, Root: fork, OldSize: old}})
		if reply.Note != nil || reply.OldSize == nil || *reply.OldSize != last.Size {
			t.Fatal("from another size", old)
		}
	}
	if d.state.now.Size != last.Size || d.state.now.Root != last.Root {
		t.Fatal("a refusal changed the state")
	}
}

func TestStateOlderThanTheLog(t *testing.T) {
	d := newDesk(t)
	backup := bytes.Clone(d.disk.b)
	proof := d.intent(t, actionCreate, "a", audit.Intent)
	restored, err := newAuthority(d.ring, &memory{b: backup}, 10, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	reply := restored.answer(request{Key: &keyRequest{Action: actionCreate, Compartment: "a", Proof: proof}})
	wantKind(t, reply.err(), fault.Integrity)
}

func TestNothingWithoutDurableState(t *testing.T) {
	d := newDesk(t)
	proof := d.intent(t, actionCreate, "a", audit.Intent)
	d.disk.fail = true
	reply := d.answer(request{Key: &keyRequest{Action: actionCreate, Compartment: "a", Proof: proof}})
	wantKind(t, reply.err(), fault.Internal)
	d.disk.fail = false
	if _, err := d.log.Append(t.Context(), audit.Record{Actor: "a", Action: "b", Phase: audit.Event, Target: "c"}); err != nil {
		t.Fatal(err)
	}
	_, err := d.log.Checkpoint(t.Context())
	wantKind(t, err, fault.Internal)
}

func TestStateSlots(t *testing.T) {
	d := newDesk(t)
	for i := range 4 {
		if err := d.state.change(func(s *state) { s.Counts["x"] = uint64(i) }); err != nil {
			t.Fatal(err)
		}
	}
	newest := d.state.now
	slot := int(newest.Sequence%2) * slotSize
	for _, at := range []int{0, 3, 4, 20, slotSize - slotMAC - 1, slotSize - 1} {
		torn := bytes.Clone(d.disk.b)
		torn[slot+at] ^= 1
		f, err := openState(&memory{b: torn}, d.ring)
		if err != nil || f.now.Sequence != newest.Sequence-1 {
			t.Fatalf("byte %d: %v", at, err)
		}
		torn[slotSize-slot+at] ^= 1
		_, err = openState(&memory{b: torn}, d.ring)
		wantKind(t, err, fault.Integrity)
	}
	for _, size := range []int{0, slotSize, 2*slotSize - 1, 2*slotSize + 1} {
		_, err := openState(&memory{b: append(bytes.Clone(d.disk.b), 0)[:size]}, d.ring)
		wantKind(t, err, fault.Integrity)
	}
	_, err := openState(d.disk, testKeyring(t))
	wantKind(t, err, fault.Integrity)
}

func TestWindowFollowsTheLog(t *testing.T) {
	d := newDesk(t)
	d.used = map[uint64]struct{}{3: {}, window + 5: {}}
	d.state.now.Size = window + 4
	d.expire()
	if d.floor != 4 || len(d.used) != 1 {
		t.Fatal(d.floor, d.used)
	}
}

func TestRate(t *testing.T) {
	now := time.Unix(0, 0)
	r := rate{perMinute: 2, now: func() time.Time { return now }}
	var got []bool
	for _, after := range []time.Duration{0, 30, 0, 29, 1, 0, 30, 60, 0, 0} {
		now = now.Add(after * time.Second)
		got = append(got, r.take())
	}
	if want := "[true true false false true false true true true false]"; fmt.Sprint(got) != want {
		t.Fatal(got)
	}
}

func TestManyLabels(t *testing.T) {
	d := newDesk(t)
	for i := len(d.state.now.Counts); i < maxActions; i++ {
		d.state.now.Counts[fmt.Sprintf("sign.%032d", i)] = 1 << 63
	}
	if err := d.state.change(func(*state) {}); err != nil {
		t.Fatal("the counts do not fit a slot:", err)
	}
	digest := crypto.Sum()
	reply := d.answer(request{Key: &keyRequest{Action: "sign.new", Compartment: "a", Proof: d.intent(t, "sign.new", "a", audit.Intent), Message: &digest}})
	wantKind(t, reply.err(), fault.Limit)
}

func TestRotationInTwoSteps(t *testing.T) {
	d := newDesk(t)
	wantKind(t, d.answer(request{Rotate: &rotateRequest{Stored: true}}).err(), fault.Conflict)
	made := d.answer(request{Rotate: &rotateRequest{}})
	if made.Version != 2 || len(d.ring.keks) != 1 {
		t.Fatal("a KEK is in use before it is stored")
	}
	h, sealed, err := parseKeyring(made.Keyring)
	if err != nil {
		t.Fatal(err)
	}
	stored, err := openKeyring(h, sealed, []byte("material"))
	if err != nil || len(stored.keks) != 2 {
		t.Fatal(err)
	}
	// Killed between storing and using: the newer file opens, and is used.
	if _, err := newAuthority(stored, d.disk, 1, time.Now); err != nil {
		t.Fatal(err)
	}
	if reply := d.answer(request{Rotate: &rotateRequest{Stored: true}}); reply.Version != 2 || len(d.ring.keks) != 2 {
		t.Fatal(reply)
	}
	_, err = newAuthority(testKeyring(t), d.disk, 1, time.Now)
	wantKind(t, err, fault.Integrity)
}

func FuzzRequest(f *testing.F) {
	d := newDesk(f)
	digest := crypto.Sum()
	for _, r := range []request{
		{Setup: &setup{Unlock: byKeyFile}}, {Counts: &struct{}{}}, {Rotate: &rotateRequest{}},
		{Checkpoint: &audit.CheckpointRequest{Root: crypto.Sum(), Consistency: []crypto.Digest{digest}}},
		{Rewrap: &rewrapRequest{"a", []byte{1, 0, 0, 0, 1}}},
		{Key: &keyRequest{Action: "sign.a", Compartment: "a", Proof: d.intent(f, "sign.a", "a", audit.Intent), Message: &digest}},
	} {
		b, err := json.Marshal(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(append(b, ' '))
	}
	f.Add([]byte(`{"counts":{},"rotate":{"stored":true}}`))
	f.Add([]byte(`{"Counts":{}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := parseRequest(b)
		if err != nil {
			return
		}
		if again, err := json.Marshal(r); err != nil || !bytes.Equal(again, b) {
			t.Fatalf("accepted %q, wrote %q (%v)", b, again, err)
		}
		reply := d.answer(r)
		if reply.Key != nil && (r.Key == nil || r.Key.Proof.Checkpoint == nil) {
			t.Fatalf("a key for %q", b)
		}
	})
}

func TestFrames(t *testing.T) {
	for name, b := range map[string][]byte{
		"empty frame": {0, 0, 0, 0}, "too long": {0, 16, 0, 1}, "cut head": {0, 0}, "cut body": {0, 0, 0, 2, '{'},
	} {
		if _, err := readFrame(bytes.NewReader(b)); err == nil || err == io.EOF {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := readFrame(bytes.NewReader(nil)); err != io.EOF {
		t.Error(err)
	}
	var b bytes.Buffer
	if err := writeFrame(&b, response{Wrapped: make([]byte, maxFrame)}); fault.KindOf(err) != fault.Limit || b.Len() != 0 {
		t.Error(err)
	}
}

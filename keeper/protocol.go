package keeper

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"syscall"

	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/durable"
	"yingbi/internal/fault"
)

// A frame is a length of 4 bytes, big-endian, and as many bytes of JSON in the
// one spelling that encoding/json gives it.
const maxFrame = 1 << 20

// request is what the domain process asks. Exactly one field is set.
type request struct {
	Setup      *setup                   `json:"setup,omitempty"` // the first request, and only the first
	Checkpoint *audit.CheckpointRequest `json:"checkpoint,omitempty"`
	Key        *keyRequest              `json:"key,omitempty"`
	Rewrap     *rewrapRequest           `json:"rewrap,omitempty"`
	Rotate     *rotateRequest           `json:"rotate,omitempty"`
	Counts     *struct{}                `json:"counts,omitempty"`
}

// setup founds a keyring (Init) or opens the one in the folder.
type setup struct {
	Init             bool   `json:"init"`
	Origin           string `json:"origin"`
	Unlock           string `json:"unlock"`
	Need             int    `json:"need"` // shares
	All              int    `json:"all"`
	Rounds           int    `json:"rounds"`
	UnwrapsPerMinute int    `json:"unwrapsPerMinute"`
}

// keyRequest is an act that takes a recorded intent. Action is "key.create",
// "key.unwrap" or "sign." and a label.
type keyRequest struct {
	Action      string         `json:"action"`
	Compartment string         `json:"compartment"`
	Proof       audit.Proof    `json:"proof"`
	Wrapped     []byte         `json:"wrapped,omitempty"` // for key.unwrap
	Message     *crypto.Digest `json:"message,omitempty"` // for sign
}

type rewrapRequest struct {
	Compartment string `json:"compartment"`
	Wrapped     []byte `json:"wrapped"`
}

// rotateRequest comes twice: the first makes a keyring with one more KEK, which
// the domain process stores; the second, with Stored, begins to use it.
type rotateRequest struct {
	Stored bool `json:"stored"`
}

// response has Error, or OldSize, or what was asked for.
type response struct {
	Error     *failure          `json:"error,omitempty"`
	OldSize   *uint64           `json:"oldSize,omitempty"` // the checkpoint request started from another size
	Public    *crypto.PublicKey `json:"public,omitempty"`
	Origin    string            `json:"origin,omitempty"`
	Shares    []string          `json:"shares,omitempty"`
	Keyring   []byte            `json:"keyring,omitempty"` // to be stored
	State     []byte            `json:"state,omitempty"`   // to be stored, at Init
	Note      []byte            `json:"note,omitempty"`
	Key       []byte            `json:"key,omitempty"`
	Wrapped   []byte            `json:"wrapped,omitempty"`
	Signature []byte            `json:"signature,omitempty"`
	Version   uint32            `json:"version,omitempty"`
	Counts    map[string]uint64 `json:"counts,omitempty"`
}

type failure struct {
	Kind fault.Kind `json:"kind"`
	Text string     `json:"text"`
	Full bool       `json:"full,omitempty"` // there is no room on the disk
}

func refusal(err error) response {
	return response{Error: &failure{fault.KindOf(err), err.Error(), durable.Full(err)}}
}

func (r response) err() error {
	if r.Error == nil {
		return nil
	}
	if r.Error.Kind > fault.Interrupted {
		r.Error.Kind = fault.Internal
	}
	if r.Error.Full {
		return fault.Errorf(r.Error.Kind, "%s (%w)", r.Error.Text, syscall.ENOSPC)
	}
	return fault.New(r.Error.Kind, r.Error.Text)
}

var errRequest = fault.New(fault.Invalid, "the keeper was sent a request that it does not understand")

// parseRequest accepts the one spelling of a request with exactly one field.
func parseRequest(b []byte) (request, error) {
	var r request
	if json.Unmarshal(b, &r) != nil {
		return request{}, errRequest
	}
	again, err := json.Marshal(r)
	if err != nil || !bytes.Equal(again, b) || r.fields() != 1 {
		return request{}, errRequest
	}
	return r, nil
}

func (r request) fields() int {
	n := 0
	for _, set := range []bool{r.Setup != nil, r.Checkpoint != nil, r.Key != nil, r.Rewrap != nil, r.Rotate != nil, r.Counts != nil} {
		if set {
			n++
		}
	}
	return n
}

func writeFrame(w io.Writer, message any) error {
	body, err := json.Marshal(message)
	if err != nil {
		return err
	}
	defer clear(body) // it may hold a data key
	if len(body) > maxFrame {
		return fault.Errorf(fault.Limit, "a message to or from the keeper has %d bytes, at most %d are sent", len(body), maxFrame)
	}
	frame := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(body)), uint32(len(body)))
	frame = append(frame, body...)
	defer clear(frame)
	_, err = w.Write(frame)
	return err
}

// readFrame gives io.EOF only at a frame's border.
func readFrame(r io.Reader) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(head[:])
	if n == 0 || n > maxFrame {
		return nil, errRequest
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(r, body); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	return body, nil
}

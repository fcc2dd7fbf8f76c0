package keeper

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/durable"
	"yingbi/internal/fault"
	"yingbi/internal/lockdown"
)

// patience is how long a started keeper may take to answer.
const patience = 30 * time.Second

// Keeper is the domain process's side of a keeper process. It may be used by
// many goroutines at once. It is an audit.CheckpointSigner.
type Keeper struct {
	process *lockdown.Process
	dir     string
	public  crypto.PublicKey
	origin  string

	mu     sync.Mutex // one request at a time; guards what follows
	conn   net.Conn
	broken error // once set, the process is gone
}

// Init makes a keyring in cfg.Dir, which must have none, and ends.
func Init(ctx context.Context, cfg Config) (InitResult, error) {
	if err := durable.MakeFolder(cfg.Dir); err != nil {
		return InitResult{}, err
	}
	if _, err := os.Lstat(filepath.Join(cfg.Dir, keyringName)); !errors.Is(err, fs.ErrNotExist) {
		return InitResult{}, fault.New(fault.Conflict, "there is a keyring already: a domain is founded once")
	}
	k, made, err := launch(ctx, cfg, true)
	if err != nil {
		return InitResult{}, err
	}
	defer k.Close()
	// The keyring last: with it the keeper exists.
	if err := durable.WriteFile(cfg.Dir, stateName, made.State); err != nil {
		return InitResult{}, err
	}
	if err := durable.WriteFile(cfg.Dir, keyringName, made.Keyring); err != nil {
		return InitResult{}, err
	}
	return InitResult{*made.Public, made.Origin, made.Shares}, nil
}

// Start starts the keeper of the keyring in cfg.Dir and unlocks it. What does
// not unlock it is refused as fault.Denied, without telling why.
func Start(ctx context.Context, cfg Config) (*Keeper, error) {
	k, ready, err := launch(ctx, cfg, false)
	if err != nil {
		return nil, err
	}
	k.dir, k.public, k.origin = cfg.Dir, *ready.Public, ready.Origin
	return k, nil
}

// Public is the domain's key: it verifies checkpoints and signatures.
func (k *Keeper) Public() crypto.PublicKey { return k.public }

// Origin is the domain's name in checkpoints.
func (k *Keeper) Origin() string { return k.origin }

// PID is the keeper's process id.
func (k *Keeper) PID() int { return k.process.PID }

// SignCheckpoint signs a log that extends the last one signed, and nothing else.
func (k *Keeper) SignCheckpoint(ctx context.Context, r audit.CheckpointRequest) ([]byte, error) {
	reply, err := k.call(ctx, request{Checkpoint: &r})
	if err != nil {
		return nil, err
	}
	if reply.OldSize != nil {
		return nil, &audit.OldSizeError{Size: *reply.OldSize}
	}
	return reply.Note, nil
}

// Signed is how many records the last checkpoint covers that this keeper signed.
func (k *Keeper) Signed(ctx context.Context) (uint64, error) {
	reply, err := k.call(ctx, request{Checkpoint: &audit.CheckpointRequest{OldSize: math.MaxUint64}}) // which no log has
	if err == nil && reply.OldSize == nil {
		err = fault.New(fault.Internal, "the keeper does not say what it signed")
	}
	if err != nil {
		return 0, err
	}
	return *reply.OldSize, nil
}

// Rotate adds a key-encryption key, under which keys are wrapped from now on,
// and gives its version. Rewrap moves the older ones. Neither gives a key away,
// so neither takes an intent; the caller records them as any other act.
func (k *Keeper) Rotate(ctx context.Context) (uint32, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	made, err := k.ask(ctx, request{Rotate: &rotateRequest{}})
	if err != nil {
		return 0, err
	}
	if err := durable.WriteFile(k.dir, keyringName, made.Keyring); err != nil {
		return 0, err
	}
	stored, err := k.ask(context.WithoutCancel(ctx), request{Rotate: &rotateRequest{Stored: true}})
	return stored.Version, err
}

// Rewrap gives the wrapped key under the newest key-encryption key.
func (k *Keeper) Rewrap(ctx context.Context, compartment string, wrapped []byte) ([]byte, error) {
	reply, err := k.call(ctx, request{Rewrap: &rewrapRequest{compartment, wrapped}})
	return reply.Wrapped, err
}

// Counts tells how often each act was done in the life of the keyring, and how
// many requests were refused since the start.
func (k *Keeper) Counts(ctx context.Context) (map[string]uint64, error) {
	reply, err := k.call(ctx, request{Counts: &struct{}{}})
	return reply.Counts, err
}

// Close ends the keeper process.
func (k *Keeper) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.conn.Close()
	if k.broken == nil {
		k.broken = fault.New(fault.Internal, "the keeper was closed")
	}
	grace := time.AfterFunc(5*time.Second, k.process.Kill)
	defer grace.Stop()
	k.process.Wait()
	return nil
}

func (k *Keeper) call(ctx context.Context, r request) (response, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.ask(ctx, r)
}

// ask sends one request and waits for its answer, whatever becomes of ctx: the
// next answer must not be taken for this one. The caller holds k.mu.
func (k *Keeper) ask(ctx context.Context, r request) (response, error) {
	if k.broken != nil {
		return response{}, k.broken
	}
	if err := ctx.Err(); err != nil {
		return response{}, err
	}
	k.conn.SetDeadline(time.Now().Add(patience))
	reply, err := k.exchange(r)
	var refused *fault.Error
	if err != nil && !errors.As(err, &refused) {
		k.broken = fault.Errorf(fault.Internal, "the keeper process is gone (%v): restart the domain and unlock it again", err)
		k.conn.Close()
		k.process.Kill()
		return response{}, k.broken
	}
	return reply, err
}

// exchange gives a *fault.Error only for what was refused, here or there, and
// leaves the connection in step.
func (k *Keeper) exchange(r request) (response, error) {
	if err := writeFrame(k.conn, r); err != nil {
		return response{}, err
	}
	frame, err := readFrame(k.conn)
	if err != nil {
		return response{}, fmt.Errorf("%v", err)
	}
	defer clear(frame)
	var reply response
	if err := json.Unmarshal(frame, &reply); err != nil {
		return response{}, errors.New("its answer cannot be read")
	}
	return reply, reply.err()
}

package keeper

import (
	"context"

	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/fault"
)

// Intent says who wants to use a compartment's key, and what for.
type Intent struct {
	Actor       string
	Compartment string // such as "dataset/claims"
	Purpose     string // a word or two: "ingest", "view"
	Job         string // the job that it is for, or empty
}

// Keys uses keys the one way there is: it records the intent, has it covered by
// a checkpoint, proves it to the keeper, and records the outcome.
type Keys struct {
	keeper *Keeper
	log    *audit.Log
}

// Keys ties the keeper to the log whose checkpoints it signs.
func (k *Keeper) Keys(log *audit.Log) *Keys { return &Keys{k, log} }

// Create makes a data key, and gives it bare and wrapped for the compartment.
func (k *Keys) Create(ctx context.Context, in Intent) (crypto.Key, []byte, error) {
	reply, err := k.do(ctx, in, keyRequest{Action: actionCreate})
	if err != nil {
		return crypto.Key{}, nil, err
	}
	key, err := reply.dataKey()
	return key, reply.Wrapped, err
}

// Unwrap gives the data key that Create wrapped for the same compartment.
func (k *Keys) Unwrap(ctx context.Context, in Intent, wrapped []byte) (crypto.Key, error) {
	if len(wrapped) == 0 {
		return crypto.Key{}, errWrapped
	}
	reply, err := k.do(ctx, in, keyRequest{Action: actionUnwrap, Wrapped: wrapped})
	if err != nil {
		return crypto.Key{}, err
	}
	return reply.dataKey()
}

// Sign signs the message with the domain's key for the purpose that label names;
// crypto.PublicKey.VerifyLabelled checks it. The keeper sees the message's digest alone.
func (k *Keys) Sign(ctx context.Context, in Intent, label string, message []byte) ([]byte, error) {
	if err := crypto.CheckLabel(label); err != nil {
		return nil, err
	}
	digest := crypto.Sum(message)
	reply, err := k.do(ctx, in, keyRequest{Action: actionSign + label, Message: &digest})
	return reply.Signature, err
}

func (k *Keys) do(ctx context.Context, in Intent, r keyRequest) (reply response, err error) {
	if in.Compartment == "" {
		return response{}, fault.New(fault.Invalid, "a key belongs to a compartment: none was named")
	}
	r.Compartment = in.Compartment
	record := audit.Record{Actor: in.Actor, Action: r.Action, Target: target(in.Compartment), Details: map[string]string{}}
	for name, value := range map[string]string{"purpose": in.Purpose, "job": in.Job} {
		if value != "" {
			record.Details[name] = value
		}
	}
	err = k.log.Act(ctx, record, func(intent uint64) error {
		var err error
		if r.Proof, err = k.log.Prove(ctx, intent); err == nil {
			reply, err = k.keeper.call(ctx, request{Key: &r})
		}
		return err
	})
	if err != nil {
		clear(reply.Key)
		return response{}, err
	}
	return reply, nil
}

// dataKey takes the key out of the reply.
func (r response) dataKey() (crypto.Key, error) {
	defer clear(r.Key)
	return crypto.KeyFromBytes(r.Key)
}

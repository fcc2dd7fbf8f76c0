package vaulttest

import (
	"context"

	"yingbi/keeper"
)

// Sign signs as the keeper does, so that crypto.PublicKey.VerifyLabelled takes it.
func (k *Keys) Sign(_ context.Context, intent keeper.Intent, label string, message []byte) ([]byte, error) {
	if _, err := k.call("sign", intent); err != nil {
		return nil, err
	}
	return k.signer.SignLabelled(label, message)
}

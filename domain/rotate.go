package domain

import (
	"context"

	"yingbi/access"
)

// RotateKeys makes a new key-encryption key and wraps the data key of every
// compartment under it. It gives the new key's version and the number of data
// keys. Where it stops half-way both keys open what they wrapped, and the next
// rotation moves the rest.
func (s *Session) RotateKeys(ctx context.Context) (version uint32, moved int, err error) {
	err = s.act(ctx, access.RotateKeys, "keys", nil, func() error {
		if version, err = s.keeper.Rotate(ctx); err != nil {
			return err
		}
		moved, err = s.vault.Rotate(ctx, s.keeper)
		return err
	})
	return version, moved, err
}

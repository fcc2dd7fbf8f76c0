//go:build !linux

package keeper

import (
	"context"

	"yingbi/internal/fault"
)

// Active reports false: the keeper needs Linux.
func Active() bool { return false }

// Main does nothing here.
func Main() {}

func launch(context.Context, Config, bool) (*Keeper, response, error) {
	return nil, response{}, fault.New(fault.Unsupported, "the keeper needs Linux: run the domain there")
}

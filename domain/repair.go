package domain

import (
	"context"
	"os"
	"strconv"

	"yingbi/access"
)

// TightenRights makes what a look found open to others its owner's alone. It is the
// one repair that an opening does not make by itself.
func (s *Session) TightenRights(ctx context.Context, paths []string) error {
	details := map[string]string{"rights": strconv.Itoa(len(paths))}
	return s.act(ctx, access.RepairDomain, "domain", details, func() error {
		for _, path := range paths {
			if err := tighten(s.cfg.path(path)); err != nil {
				return err
			}
		}
		return nil
	})
}

func tighten(path string) error {
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return os.Chmod(path, 0o700)
	case info.Mode().IsRegular():
		return os.Chmod(path, 0o600)
	}
	return nil
}

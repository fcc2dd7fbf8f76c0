//go:build linux && cgo

package lockdown

import (
	"testing"

	"yingbi/internal/testkit"
)

// TestLocksOfAnOrdinaryUser runs the other tests again as an ordinary user, when
// they are run by root.
func TestLocksOfAnOrdinaryUser(t *testing.T) {
	testkit.AsOrdinaryUser(t, "^(TestLocks|TestFoundations|TestChildState|TestKeeperSeesItsFolder|TestCompileIsLockedToo|TestNoProfileHasTheseCalls|TestChildDiesWithItsParent)$",
		map[string]string{hostileEnv: hostileProgram(t)})
}

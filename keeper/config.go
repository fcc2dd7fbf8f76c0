package keeper

import (
	"os"

	"yingbi/crypto"
	"yingbi/internal/fault"
)

// Config says which keeper to make or to start.
type Config struct {
	Exe    string // the yingbi binary; its main calls Main when Active
	Dir    string // the keeper's own folder
	Origin string // the domain's name, which signs checkpoints; at Init empty makes one up, at Start empty accepts any
	Unlock Unlock
	// Shares, at Init: any N of M texts will open the keyring, and Unlock is
	// not used. 2 ≤ N ≤ M ≤ 255; zero for none.
	Shares           struct{ N, M int }
	Rounds           int // of PBKDF2, at Init; 0: crypto.DefaultRounds; at least 100,000
	UnwrapsPerMinute int // data keys given out in a minute; 0: 600
}

// Unlock says where the keeper reads what opens the keyring. Exactly one field
// is set. The descriptors stay the caller's.
type Unlock struct {
	PassphraseFD *os.File // the first line, without its end
	SharesFD     *os.File // shares, one a line
	KeyFile      string   // of mode 0600 or stricter, 32 to 4096 bytes; Init makes it if it is not there
	Terminal     bool     // asks on /dev/tty without echo; the caller turns interrupts into the end of its context
}

// InitResult is what Init made.
type InitResult struct {
	Public crypto.PublicKey
	Origin string
	Shares []string // to be shown once and kept apart
}

// How a keyring is unlocked.
const (
	byPassphrase = "passphrase"
	byKeyFile    = "key file"
	byShares     = "shares"
	byTerminal   = "terminal" // only in a request: a passphrase or shares
)

const (
	minRounds       = 100_000
	maxRounds       = 10_000_000
	defaultUnwraps  = 600
	maxUnwraps      = 1_000_000
	minPassphrase   = 8    // bytes, of a new one
	maxPassphrase   = 1024 // bytes
	maxShares       = 255
	maxSharesInput  = 64 << 10
	minKeyFile      = 32
	maxKeyFile      = 4096
	maxOrigin       = 200
	keyringName     = "keyring"
	stateName       = "state"
	unlockChildFile = 5 // after the socket and the folder
)

func (c *Config) complete(init bool) error {
	if c.Rounds == 0 {
		c.Rounds = crypto.DefaultRounds
	}
	if c.UnwrapsPerMinute == 0 {
		c.UnwrapsPerMinute = defaultUnwraps
	}
	n, m := c.Shares.N, c.Shares.M
	switch {
	case c.Dir == "" || c.Exe == "":
		return fault.New(fault.Internal, "the keeper needs a folder and the path of the binary")
	case c.Rounds < minRounds || c.Rounds > maxRounds:
		return fault.Errorf(fault.Invalid, "the rounds for a passphrase must be %d to %d", minRounds, maxRounds)
	case c.UnwrapsPerMinute < 1 || c.UnwrapsPerMinute > maxUnwraps:
		return fault.Errorf(fault.Invalid, "the keeper's limit must be 1 to %d data keys a minute", maxUnwraps)
	case len(c.Origin) > maxOrigin:
		return fault.Errorf(fault.Invalid, "the domain's name may have %d bytes", maxOrigin)
	case init && (n != 0 || m != 0):
		if n < 2 || m < n || m > maxShares {
			return fault.Errorf(fault.Invalid, "shares must be N of M with 2 ≤ N ≤ M ≤ %d", maxShares)
		}
		return nil
	}
	if c.Unlock.count() != 1 {
		return fault.New(fault.Invalid, "name exactly one way to unlock the keyring: a passphrase, a key file, shares, or the terminal")
	}
	if init && c.Unlock.SharesFD != nil {
		return fault.New(fault.Invalid, "shares are made, not read, when a domain is founded: say how many")
	}
	return nil
}

func (u Unlock) count() int {
	n := 0
	for _, set := range []bool{u.PassphraseFD != nil, u.SharesFD != nil, u.KeyFile != "", u.Terminal} {
		if set {
			n++
		}
	}
	return n
}

func (u Unlock) kind() string {
	switch {
	case u.PassphraseFD != nil:
		return byPassphrase
	case u.SharesFD != nil:
		return byShares
	case u.KeyFile != "":
		return byKeyFile
	}
	return byTerminal
}

package keeper

import (
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"yingbi/internal/fault"
	"yingbi/internal/lockdown"

	"golang.org/x/sys/unix"
)

// Active reports whether this process was started to be the keeper.
func Active() bool { return lockdown.Active() == lockdown.Keeper }

// Main is the keeper process. It never returns: it ends when its socket closes.
//
// The order is what keeps it safe: the constructor has locked it already but for
// seccomp; unlock material and files are read; seccomp closes; only then are
// keys derived and requests about them answered.
func Main() {
	lockdown.Enter()
	// An interrupt is for the domain process, which still needs a last checkpoint.
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGTSTP)
	c := child{socket: os.NewFile(3, "socket"), folder: lockdown.KeeperFolder}
	if err := c.run(); err != nil && !errors.Is(err, io.EOF) {
		os.Exit(1)
	}
	os.Exit(0)
}

type child struct {
	socket *os.File
	folder int
}

func (c *child) run() error {
	frame, err := readFrame(c.socket)
	if err != nil {
		return err
	}
	first, err := parseRequest(frame)
	if err == nil && first.Setup == nil {
		err = errRequest
	}
	if err != nil {
		return writeFrame(c.socket, refusal(err))
	}
	a, reply, err := c.setUp(*first.Setup)
	if err != nil {
		return writeFrame(c.socket, refusal(err))
	}
	if err := writeFrame(c.socket, reply); err != nil || first.Setup.Init {
		return err
	}
	return serve(c.socket, a)
}

// serve answers requests until the socket closes. A frame that breaks the
// framing ends it.
func serve(socket io.ReadWriter, a *authority) error {
	for {
		frame, err := readFrame(socket)
		if err != nil {
			return err
		}
		reply := refusal(errRequest)
		if r, err := parseRequest(frame); err == nil {
			reply = a.answer(r)
		}
		err = writeFrame(socket, reply)
		clear(reply.Key)
		if err != nil {
			return err
		}
	}
}

func (c *child) setUp(s setup) (*authority, response, error) {
	source := os.NewFile(unlockChildFile, "unlock")
	if s.Init {
		reply, err := found(s, source)
		return nil, reply, err
	}
	return c.start(s, source)
}

// found makes a keyring; the domain process stores it.
func found(s setup, source *os.File) (response, error) {
	h, err := newHeader(s)
	if err != nil {
		return response{}, err
	}
	material, shares, err := newMaterial(h, source, s.Unlock == byTerminal)
	if err != nil {
		return response{}, err
	}
	lockdown.Seal(lockdown.Keeper)
	defer clear(material)
	k, err := newKeyring(h, material)
	if err != nil {
		return response{}, err
	}
	public := k.signing.Public()
	reply := response{Public: &public, Origin: k.header.Origin, Shares: shares}
	if reply.Keyring, err = k.seal(); err == nil {
		reply.State, err = firstState(k)
	}
	return reply, err
}

func (c *child) start(s setup, source *os.File) (*authority, response, error) {
	file, err := c.readKeyring()
	if err != nil {
		return nil, response{}, err
	}
	h, sealed, err := parseKeyring(file)
	if err != nil {
		return nil, response{}, err
	}
	if s.Origin != "" && s.Origin != h.Origin {
		return nil, response{}, fault.New(fault.Integrity, "the keyring belongs to a domain of another name")
	}
	material, err := oldMaterial(h, source, s.Unlock)
	if err != nil {
		return nil, response{}, err
	}
	defer clear(material)
	disk, err := c.open(stateName, unix.O_RDWR)
	if err != nil {
		return nil, response{}, errState
	}
	lockdown.Seal(lockdown.Keeper)
	k, err := openKeyring(h, sealed, material)
	if err != nil {
		return nil, response{}, err
	}
	a, err := newAuthority(k, disk, s.UnwrapsPerMinute, time.Now)
	public := k.signing.Public()
	return a, response{Public: &public, Origin: h.Origin}, err
}

func (c *child) open(name string, flags int) (*os.File, error) {
	fd, err := unix.Openat(c.folder, name, flags|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), name), nil
}

func (c *child) readKeyring() ([]byte, error) {
	f, err := c.open(keyringName, unix.O_RDONLY)
	if errors.Is(err, unix.ENOENT) {
		return nil, fault.New(fault.NotFound, "there is no keyring in the keeper's folder: make the domain first, or restore the folder from a backup")
	}
	if err != nil {
		return nil, errKeyring
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxKeyring+1))
}

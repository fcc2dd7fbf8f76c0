package keeper

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"time"

	"yingbi/internal/durable"
	"yingbi/internal/fault"
	"yingbi/internal/lockdown"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// launch starts the process and sends the setup. The reply may take as long as a
// person needs to type, so only ctx ends it.
func launch(ctx context.Context, cfg Config, init bool) (*Keeper, response, error) {
	if err := cfg.complete(init); err != nil {
		return nil, response{}, err
	}
	ask := setup{
		Init: init, Origin: cfg.Origin, Unlock: cfg.Unlock.kind(),
		Rounds: cfg.Rounds, UnwrapsPerMinute: cfg.UnwrapsPerMinute,
	}
	var source *os.File
	var err error
	if init && cfg.Shares.N > 0 {
		ask.Unlock, ask.Need, ask.All = byShares, cfg.Shares.N, cfg.Shares.M
	} else {
		var done func()
		if source, done, err = cfg.Unlock.open(init); err != nil {
			return nil, response{}, err
		}
		defer done()
	}
	k, err := spawn(cfg, source)
	if err != nil {
		return nil, response{}, err
	}
	reply, err := k.setUp(ctx, ask)
	if err != nil {
		k.process.Kill() // it may wait for somebody to type
		k.Close()
		return nil, response{}, err
	}
	return k, reply, nil
}

// open gives the descriptor that the keeper will read from, and what to do when
// it has. The bytes behind it are not read here.
func (u Unlock) open(init bool) (*os.File, func(), error) {
	switch u.kind() {
	case byPassphrase:
		return u.PassphraseFD, func() {}, nil
	case byShares:
		return u.SharesFD, func() {}, nil
	case byKeyFile:
		return openKeyFile(u.KeyFile, init)
	}
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, fault.New(fault.Invalid, "there is no terminal to ask on: give the passphrase or the shares on a descriptor, or a key file")
	}
	state, err := term.GetState(int(tty.Fd()))
	return tty, func() {
		if err == nil {
			term.Restore(int(tty.Fd()), state) // the keeper may have been ended while echo was off
		}
		tty.Close()
	}, nil
}

// openKeyFile makes an empty file at Init if there is none; the keeper fills it.
func openKeyFile(path string, init bool) (*os.File, func(), error) {
	flags := os.O_RDONLY
	if init {
		flags = os.O_RDWR | os.O_CREATE
	}
	f, err := os.OpenFile(path, flags|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, nil, fault.Errorf(fault.Invalid, "the key file cannot be opened: %v", err)
	}
	return f, func() {
		if init {
			durable.SyncFolder(filepath.Dir(path))
		}
		f.Close()
	}, nil
}

// spawn starts the process with its end of the socket, its folder, and the
// source of unlock material.
func spawn(cfg Config, source *os.File) (*Keeper, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "keeper"), os.NewFile(uintptr(pair[1]), "keeper")
	defer ours.Close()
	defer theirs.Close()
	folder, err := os.Open(cfg.Dir)
	if err != nil {
		return nil, fault.Errorf(fault.NotFound, "the keeper's folder cannot be opened: %v", err)
	}
	defer folder.Close()
	files := []*os.File{theirs, folder}
	if source != nil {
		files = append(files, source)
	}
	conn, err := net.FileConn(ours)
	if err != nil {
		return nil, err
	}
	process, err := lockdown.Start(lockdown.Child{Exe: cfg.Exe, Profile: lockdown.Keeper, Files: files})
	if err != nil {
		conn.Close()
		return nil, fault.Errorf(fault.Unsupported, "the keeper process cannot be started: %v", err)
	}
	return &Keeper{conn: conn, process: process}, nil
}

func (k *Keeper) setUp(ctx context.Context, ask setup) (response, error) {
	stop := context.AfterFunc(ctx, func() { k.conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	reply, err := k.exchange(request{Setup: &ask})
	if ctx.Err() != nil {
		return response{}, ctx.Err()
	}
	var refused *fault.Error
	if err == nil || errors.As(err, &refused) {
		return reply, err
	}
	k.process.Kill()
	if step := lockdown.Step(k.process.Wait().ExitCode()); step != "" {
		return response{}, fault.Errorf(fault.Unsupported, "the keeper process cannot be locked: %s failed: see `yingbi doctor`", step)
	}
	return response{}, fault.Errorf(fault.Internal, "the keeper process ended before it was ready: %v", err)
}

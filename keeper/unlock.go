package keeper

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"yingbi/internal/fault"

	"golang.org/x/term"
	"golang.org/x/text/unicode/norm"
)

// errLocked is the one answer to whatever does not open a keyring.
var errLocked = fault.New(fault.Denied, "the keyring stays locked: the passphrase, key file or shares are not the right ones, or too few")

// newMaterial reads what a new keyring shall be unlocked by; with shares it
// makes it. It runs in the keeper.
func newMaterial(h header, source *os.File, terminal bool) (material []byte, shares []string, err error) {
	switch {
	case h.Unlock == byShares:
		return splitSecret(h.Set, h.Need, h.All)
	case h.Unlock == byKeyFile:
		material, err = keyFile(source, true)
	case terminal:
		material, err = newTerminalPassphrase(source)
	default:
		material, err = passphraseLine(source)
	}
	if err == nil && h.Unlock == byPassphrase && len(material) < minPassphrase {
		err = fault.Errorf(fault.Invalid, "a passphrase must have at least %d bytes; four random words are better", minPassphrase)
	}
	return material, nil, err
}

// oldMaterial reads what the keyring with this header is unlocked by.
func oldMaterial(h header, source *os.File, kind string) ([]byte, error) {
	if kind != h.Unlock && (kind != byTerminal || h.Unlock == byKeyFile) {
		return nil, fault.Errorf(fault.Invalid, "this keyring is unlocked with: %s; what was given is: %s", h.Unlock, kind)
	}
	switch {
	case h.Unlock == byKeyFile:
		return keyFile(source, false)
	case h.Unlock == byPassphrase && kind == byTerminal:
		return ask(source, "Passphrase of the domain · 域口令: ")
	case h.Unlock == byPassphrase:
		return passphraseLine(source)
	}
	lines, err := shareLines(source, h.Need, kind == byTerminal)
	if err != nil {
		return nil, err
	}
	secret, ok := joinShares(h.Set, h.Need, lines)
	if !ok {
		return nil, errLocked
	}
	return secret, nil
}

// normal gives a copy of a passphrase in one form, whichever input method typed it.
func normal(passphrase []byte) ([]byte, error) {
	passphrase = bytes.TrimSuffix(passphrase, []byte("\r"))
	if len(passphrase) == 0 || len(passphrase) > maxPassphrase {
		return nil, fault.Errorf(fault.Invalid, "a passphrase of 1 to %d bytes was expected", maxPassphrase)
	}
	return norm.NFC.Append(nil, passphrase...), nil
}

// passphraseLine reads up to the first line's end and not a byte further.
func passphraseLine(r io.Reader) ([]byte, error) {
	line := make([]byte, 0, maxPassphrase+2)
	for one := make([]byte, 1); len(line) < cap(line); {
		n, err := r.Read(one)
		if n == 1 && one[0] == '\n' || n == 0 && err == io.EOF {
			break
		}
		if err != nil && err != io.EOF {
			return nil, fault.Errorf(fault.Invalid, "the passphrase cannot be read from its descriptor: %v", err)
		}
		line = append(line, one[:n]...)
	}
	defer clear(line)
	return normal(line)
}

// ask prompts on the terminal and reads a line without echo.
func ask(tty *os.File, prompt string) ([]byte, error) {
	fmt.Fprint(tty, prompt)
	line, err := term.ReadPassword(int(tty.Fd()))
	fmt.Fprintln(tty)
	if err != nil {
		return nil, fault.Errorf(fault.Invalid, "nothing could be read from the terminal: %v", err)
	}
	defer clear(line)
	return normal(line)
}

func newTerminalPassphrase(tty *os.File) ([]byte, error) {
	first, err := ask(tty, "New passphrase for the domain · 新域口令: ")
	if err != nil {
		return nil, err
	}
	second, err := ask(tty, "Once more · 再次输入: ")
	if err != nil {
		return nil, err
	}
	defer clear(second)
	if subtle.ConstantTimeCompare(first, second) != 1 {
		return nil, fault.New(fault.Invalid, "the two passphrases differ: start again")
	}
	return first, nil
}

// shareLines reads all lines of a descriptor, or as many from a terminal as are needed.
func shareLines(source *os.File, need int, terminal bool) ([]string, error) {
	var lines []string
	if terminal {
		for i := range need {
			line, err := ask(source, fmt.Sprintf("Share %d of %d · 第 %d/%d 份密钥分量: ", i+1, need, i+1, need))
			if err != nil {
				return nil, err
			}
			lines = append(lines, strings.TrimSpace(string(line)))
		}
		return lines, nil
	}
	in := bufio.NewScanner(io.LimitReader(source, maxSharesInput))
	for in.Scan() {
		if line := strings.TrimSpace(in.Text()); line != "" {
			lines = append(lines, line)
		}
	}
	if in.Err() != nil {
		return nil, fault.Errorf(fault.Invalid, "the shares cannot be read from their descriptor: %v", in.Err())
	}
	return lines, nil
}

// keyFile checks the file behind the descriptor and reads it. An empty one is
// filled when a keyring is made, so that the key is known to the keeper alone.
func keyFile(f *os.File, fill bool) ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, fault.Errorf(fault.Invalid, "the key file cannot be read: %v", err)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case !info.Mode().IsRegular():
		return nil, fault.New(fault.Invalid, "the key file is not a regular file")
	case !ok || int(owner.Uid) != os.Geteuid():
		return nil, fault.New(fault.Denied, "the key file belongs to somebody else: it must be the property of whoever runs the domain")
	case info.Mode().Perm()&^0o600 != 0:
		return nil, fault.Errorf(fault.Denied, "the key file has mode %04o, which lets others in: chmod 600 it, and consider whether it was read", info.Mode().Perm())
	case info.Size() == 0 && fill:
		return fillKeyFile(f)
	case info.Size() < minKeyFile || info.Size() > maxKeyFile:
		return nil, fault.Errorf(fault.Invalid, "the key file has %d bytes, %d to %d were expected", info.Size(), minKeyFile, maxKeyFile)
	}
	key, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return nil, fault.Errorf(fault.Invalid, "the key file cannot be read: %v", err)
	}
	return key, nil
}

func fillKeyFile(f *os.File) ([]byte, error) {
	random := make([]byte, 32)
	if _, err := rand.Read(random); err != nil {
		return nil, err
	}
	key := append(hex.AppendEncode(nil, random), '\n')
	if _, err := f.Write(key); err != nil {
		return nil, fault.Errorf(fault.Internal, "the key file cannot be written: %v", err)
	}
	return key, f.Sync()
}

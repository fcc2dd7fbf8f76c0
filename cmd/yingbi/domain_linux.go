//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"yingbi/crypto"
	"yingbi/domain"
	"yingbi/internal/fault"
)

// addDomainVerbs adds what needs a domain folder and so Linux.
func (a *app) addDomainVerbs(root *cobra.Command) {
	root.AddCommand(
		a.initCommand(), a.doctorCommand(), a.datasetCommand(), a.policyCommand(), a.scenarioCommand(),
		a.peopleCommand(), a.jobCommand(), a.reviewCommand(), a.demoCommand(),
	)
	a.addReleaseVerbs(sub(root, "release"))
	a.addAuditVerbs(sub(root, "audit"))
	for _, c := range root.Commands() {
		switch c.Name() {
		case "version", "demo", "completion", "help":
		default:
			a.addDomainFlags(c)
		}
	}
}

func sub(root *cobra.Command, name string) *cobra.Command {
	for _, c := range root.Commands() {
		if c.Name() == name {
			return c
		}
	}
	panic("no command " + name) // a fault of this package's wiring, seen by its first test
}

func (a *app) addDomainFlags(c *cobra.Command) {
	f := c.PersistentFlags()
	f.StringVarP(&a.domain.dir, "domain", "d", os.Getenv("YINGBI_DOMAIN"), a.tr("domain folder (or $YINGBI_DOMAIN)", "域目录（或 $YINGBI_DOMAIN）"))
	f.StringVar(&a.domain.as, "as", os.Getenv("YINGBI_AS"), a.tr("who you are: a registered id (or $YINGBI_AS)", "身份：已注册的编号（或 $YINGBI_AS）"))
	f.StringVar(&a.domain.key, "key", os.Getenv("YINGBI_KEY_FILE"), a.tr("file with your signing key (or $YINGBI_KEY_FILE)", "本人签名密钥文件（或 $YINGBI_KEY_FILE）"))
	f.StringVar(&a.domain.rootKey, "root-key-file", os.Getenv("YINGBI_ROOT_KEY_FILE"),
		a.tr("unlock with this key file, mode 0600 (default: ask for the passphrase)", "用密钥文件解锁，权限须为 0600（默认询问口令）"))
	f.IntVar(&a.domain.passphraseFD, "passphrase-fd", 0, a.tr("unlock with the passphrase from this open descriptor", "从已打开的描述符读取口令解锁"))
	f.IntVar(&a.domain.sharesFD, "shares-fd", 0, a.tr("unlock with shares, one a line, from this open descriptor", "从已打开的描述符逐行读取密钥份额解锁"))
}

// config turns the flags into what opens a domain.
func (a *app) config() (domain.Config, error) {
	cfg := domain.Config{Dir: a.domain.dir}
	if cfg.Dir == "" {
		return cfg, fault.New(fault.Invalid, a.tr("name the domain folder with --domain or $YINGBI_DOMAIN", "请用 --domain 或 $YINGBI_DOMAIN 指定域目录"))
	}
	exe, err := os.Executable()
	if err != nil {
		return cfg, err
	}
	cfg.Exe = exe
	given := 0
	if a.domain.rootKey != "" {
		given++
		cfg.Unlock.KeyFile = a.domain.rootKey
	}
	if a.domain.passphraseFD != 0 {
		given++
		cfg.Unlock.PassphraseFD = os.NewFile(uintptr(a.domain.passphraseFD), "passphrase")
	}
	if a.domain.sharesFD != 0 {
		given++
		cfg.Unlock.SharesFD = os.NewFile(uintptr(a.domain.sharesFD), "shares")
	}
	if given > 1 {
		return cfg, fault.New(fault.Invalid, "give one of --root-key-file, --passphrase-fd and --shares-fd")
	}
	cfg.Unlock.Terminal = given == 0
	return cfg, nil
}

// with opens the domain, logs the person in, runs fn and closes the domain.
func (a *app) with(ctx context.Context, fn func(*domain.Session) error) (err error) {
	if a.domain.as == "" || a.domain.key == "" {
		return fault.New(fault.Invalid, a.tr("say who you are with --as and --key", "请用 --as 与 --key 说明身份"))
	}
	key, err := readSigningKey(a.domain.key)
	if err != nil {
		return err
	}
	cfg, err := a.config()
	if err != nil {
		return err
	}
	d, recovered, err := domain.Open(ctx, cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close(context.WithoutCancel(ctx))) }()
	a.tellRecovery(recovered)
	s, err := d.Login(ctx, a.domain.as, key)
	if err != nil {
		return err
	}
	return fn(s)
}

// tellRecovery says on standard error what the last run left behind.
func (a *app) tellRecovery(r domain.Recovery) {
	if r.Empty() {
		return
	}
	fmt.Fprintln(a.err, a.tr("the last run ended uncleanly; put right:", "上次运行未正常结束，已处理："))
	if r.TornBytes > 0 {
		fmt.Fprintf(a.err, a.tr("  log: %d bytes of a record that was never acknowledged were cut\n", "  日志：截去未确认记录的 %d 字节\n"), r.TornBytes)
	}
	for _, group := range []struct {
		english, chinese string
		items            []string
	}{
		{"act given up", "放弃的操作", r.Abandoned},
		{"job failed", "失败的作业", r.Jobs},
		{"orphan removed", "清除的孤立对象", r.Orphans},
	} {
		for _, item := range group.items {
			fmt.Fprintf(a.err, "  %s: %s\n", a.tr(group.english, group.chinese), printable(item))
		}
	}
}

// readSigningKey reads a person's key from a file that nobody else may read.
func readSigningKey(path string) (*crypto.SigningKey, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fault.Errorf(fault.NotFound, "key file %s: %v", path, errors.Unwrap(err))
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fault.Errorf(fault.Denied, "key file %s may be read by others; run chmod 600 on it", path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return crypto.ParseSigningKeyPEM(b)
}

// writeNew writes a file that must not exist yet.
func writeNew(path string, mode os.FileMode, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, os.ErrExist) {
		return fault.Errorf(fault.Conflict, "%s exists; move it away or name another file", path)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}

// newKeyFile makes a key pair, writes the private half and gives the public.
func newKeyFile(path string) (crypto.PublicKey, error) {
	key, err := crypto.NewSigningKey()
	if err != nil {
		return crypto.PublicKey{}, err
	}
	b, err := key.MarshalPEM()
	if err != nil {
		return crypto.PublicKey{}, err
	}
	return key.Public(), writeNew(path, 0o600, b)
}

// parseShares reads N of M, such as 3/5.
func parseShares(s string) (need, all int, err error) {
	n, m, ok := strings.Cut(s, "/")
	need, err1 := strconv.Atoi(n)
	all, err2 := strconv.Atoi(m)
	if !ok || err1 != nil || err2 != nil || need < 2 || all < need || all > 20 {
		return 0, 0, fault.Errorf(fault.Invalid, "--shares is %q; write how many of how many, such as 3/5 (2 ≤ needed ≤ made ≤ 20)", s)
	}
	return need, all, nil
}

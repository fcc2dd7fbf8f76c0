package main

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"yingbi/crypto"
	"yingbi/internal/fault"
	"yingbi/release"
)

// maxNotice bounds a notice that is read, in bytes; one has some 800.
const maxNotice = 64 << 10

func (a *app) releaseNotice() *cobra.Command {
	var t trust
	c := &cobra.Command{
		Use: "notice FILE", Args: cobra.ExactArgs(1),
		Short:   a.tr("verify a notice of withdrawal offline, with the public key alone", "仅凭公钥离线校验撤回通知"),
		Example: "  yingbi release notice notices/0192….withdrawn.json --name yuxi.gov.cn --public-key domain.pub",
		RunE: func(_ *cobra.Command, args []string) error {
			key, err := t.key(a)
			if err != nil {
				return err
			}
			w, err := a.readNotice(args[0], t.name, key)
			if err != nil {
				return err
			}
			return a.give(w, func() { a.showNotice(w) })
		},
	}
	t.flags(a, c)
	return c
}

func (a *app) readNotice(path, name string, key crypto.PublicKey) (release.Withdrawal, error) {
	b, err := a.readFile(path, maxNotice)
	if err != nil {
		return release.Withdrawal{}, err
	}
	return release.VerifyNotice(b, name, key)
}

func (a *app) showNotice(w release.Withdrawal) {
	a.say("the notice is genuine: the release was withdrawn", "通知真实有效：该出域成果已被撤回")
	a.pairs("  ", [][2]string{
		{a.tr("domain", "域"), w.Domain}, {a.tr("job", "作业"), w.Job}, {a.tr("released", "签发时间"), when(w.Issued)},
		{a.tr("withdrawn", "撤回时间"), when(w.Time)}, {a.tr("by", "撤回人"), w.By + ", " + w.Org}, {a.tr("reason", "原因"), w.Reason},
		{a.tr("certificate", "证书"), "sm3:" + w.Certificate.String()},
	})
}

// checkWithdrawn refuses a release that a notice withdraws; path is a notice or a folder
// of them, each of which must be genuine.
func (a *app) checkWithdrawn(path, folder, name string, key crypto.PublicKey) error {
	files := []string{path}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		if files, err = filepath.Glob(filepath.Join(strings.NewReplacer(`*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path), "*.withdrawn.json")); err != nil {
			return err
		}
	}
	certificate, err := os.ReadFile(filepath.Join(folder, release.CertificateFile)) // verified just before
	if err != nil {
		return err
	}
	for _, file := range files {
		w, err := a.readNotice(file, name, key)
		if err != nil {
			return err
		}
		if w.Withdraws(map[string][]byte{release.CertificateFile: certificate}) {
			return a.fault(fault.Conflict, "the release is genuine, and the domain withdrew it on %s (%s): do not use it any more", "出域成果真实，但域已于 %s 撤回（%s）：不得继续使用",
				w.Time.UTC().Format(time.DateOnly), w.Reason)
		}
	}
	return nil
}

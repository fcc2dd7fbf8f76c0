//go:build linux && cgo

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"yingbi/domain"
	"yingbi/internal/fault"
)

// addDomainVerbs adds what needs a domain folder and so Linux.
func (a *app) addDomainVerbs(root *cobra.Command) {
	root.AddCommand(
		a.initCommand(), a.doctorCommand(), a.keysCommand(), a.peopleCommand(),
		a.datasetCommand(), a.policyCommand(), a.scenarioCommand(),
		a.jobCommand(), a.reviewCommand(), a.answerCommand(), a.demoCommand(),
	)
	a.addAuthorVerbs(root)
	a.addReleaseVerbs(sub(root, "release"))
	a.addAuditVerbs(sub(root, "audit"))
	for _, c := range allCommands(root) {
		switch c.CommandPath() {
		case "yingbi version", "yingbi demo", "yingbi people key", "yingbi release verify", "yingbi audit verify",
			"yingbi sandbox admit", "yingbi sandbox run", "yingbi sandbox sql":
		default:
			if c.RunE != nil {
				a.addDomainFlags(c)
			}
		}
	}
}

// firstSteps tells a first-time user where to begin.
func (a *app) firstSteps() string {
	return a.tr(`

New here? These need nothing but this program:
  yingbi doctor    does this host have every protection that a domain needs?
  yingbi demo      the main job on a synthetic city, told step by step
  yingbi init -h   make a domain of your own`, `

初次使用，以下命令不需要任何准备：
  yingbi doctor    检查主机是否具备所需的全部保护
  yingbi demo      在合成城市上逐步演示完整流程
  yingbi init -h   建立自己的域`)
}

// addDomainFlags adds the flags that choose a domain, a person and a way to unlock.
func (a *app) addDomainFlags(c *cobra.Command) {
	f := c.Flags()
	f.StringVarP(&a.domain.dir, "domain", "d", os.Getenv("YINGBI_DOMAIN"), a.tr("`FOLDER` domain folder (or $YINGBI_DOMAIN)", "`FOLDER` 域目录（或 $YINGBI_DOMAIN）"))
	f.StringVar(&a.domain.rootKey, "root-key-file", os.Getenv("YINGBI_ROOT_KEY_FILE"),
		a.tr("`FILE` unlock with this key file, mode 0600 (or $YINGBI_ROOT_KEY_FILE; default: ask on the terminal)", "`FILE` 用密钥文件解锁，权限须为 0600（或 $YINGBI_ROOT_KEY_FILE；默认在终端询问）"))
	f.IntVar(&a.domain.passphraseFD, "passphrase-fd", -1, a.tr("`N` unlock with the passphrase from this open descriptor", "`N` 从此已打开的描述符读取口令解锁"))
	f.IntVar(&a.domain.sharesFD, "shares-fd", -1, a.tr("`N` unlock with shares, one a line, from this open descriptor", "`N` 从此已打开的描述符逐行读取密钥份额解锁"))
	flags := []string{"domain", "root-key-file", "passphrase-fd", "shares-fd"}
	if c.Name() != "init" {
		f.StringVar(&a.domain.as, "as", os.Getenv("YINGBI_AS"), a.tr("`ID` who you are, by your registered id (or $YINGBI_AS)", "`ID` 本人的登记编号（或 $YINGBI_AS）"))
		f.StringVar(&a.domain.key, "key", os.Getenv("YINGBI_KEY_FILE"), a.tr("`FILE` your signing key (or $YINGBI_KEY_FILE)", "`FILE` 本人签名密钥文件（或 $YINGBI_KEY_FILE）"))
		flags = append(flags, "as", "key")
	}
	for _, name := range flags {
		f.Lookup(name).Annotations = map[string][]string{domainFlag: {}}
	}
}

// config turns the flags into what opens a domain.
func (a *app) config() (domain.Config, error) {
	cfg := domain.Config{Dir: a.domain.dir, Program: version}
	if cfg.Dir == "" {
		return cfg, a.fault(fault.Invalid, "name the domain folder with --domain or $YINGBI_DOMAIN", "请用 --domain 或 $YINGBI_DOMAIN 指定域目录")
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
	if a.domain.passphraseFD >= 0 {
		given++
		if cfg.Unlock.PassphraseFD, err = a.inherited(a.domain.passphraseFD, "--passphrase-fd"); err != nil {
			return cfg, err
		}
	}
	if a.domain.sharesFD >= 0 {
		given++
		if cfg.Unlock.SharesFD, err = a.inherited(a.domain.sharesFD, "--shares-fd"); err != nil {
			return cfg, err
		}
	}
	if given > 1 {
		return cfg, a.fault(fault.Invalid, "give one of --root-key-file (or $YINGBI_ROOT_KEY_FILE), --passphrase-fd and --shares-fd", "--root-key-file（或 $YINGBI_ROOT_KEY_FILE）、--passphrase-fd 与 --shares-fd 只能给出一个")
	}
	cfg.Unlock.Terminal = given == 0
	return cfg, nil
}

// inherited gives a descriptor that the caller left open for us. One that the
// program opened for itself, such as that of epoll, is none.
func (a *app) inherited(fd int, flag string) (*os.File, error) {
	var stat unix.Stat_t
	err := unix.Fstat(fd, &stat)
	if err == nil {
		switch stat.Mode & unix.S_IFMT {
		case unix.S_IFREG, unix.S_IFIFO, unix.S_IFSOCK, unix.S_IFCHR:
			return os.NewFile(uintptr(fd), flag), nil
		}
	}
	return nil, a.fault(fault.Invalid, "%[1]s %[2]d: descriptor %[2]d is not open; open it in the shell, as in: %[1]s %[2]d %[2]d<FILE", "%[1]s %[2]d：描述符 %[2]d 未打开；请在 shell 中打开，例如：%[1]s %[2]d %[2]d<FILE", flag, fd)
}

// with opens the domain, logs the person in, runs fn and closes the domain.
func (a *app) with(ctx context.Context, fn func(*domain.Session) error) error {
	return a.withRecovery(ctx, func(s *domain.Session, _ domain.Recovery) error { return fn(s) })
}

// withRecovery is with for those who need to know what the last run left behind.
func (a *app) withRecovery(ctx context.Context, fn func(*domain.Session, domain.Recovery) error) (err error) {
	cfg, err := a.config()
	if err != nil {
		return err
	}
	if a.domain.as == "" || a.domain.key == "" {
		return a.fault(fault.Invalid, "say who you are with --as and --key (or $YINGBI_AS and $YINGBI_KEY_FILE)", "请用 --as 与 --key（或 $YINGBI_AS 与 $YINGBI_KEY_FILE）说明身份")
	}
	key, err := a.readSigningKey(a.domain.key)
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
	return fn(s, recovered)
}

// tellRecovery says on standard error what the last run left behind.
func (a *app) tellRecovery(r domain.Recovery) {
	if r.Empty() {
		return
	}
	if a.json {
		_ = json.NewEncoder(a.err).Encode(map[string]domain.Recovery{"recovered": r}) // where standard error cannot be written there is nobody left to tell
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
		{"act that was done", "已完成的操作", r.Finished},
		{"act given up", "放弃的操作", r.Abandoned},
		{"job failed", "失败的作业", r.Jobs},
		{"orphan removed", "清除的孤立对象", r.Orphans},
		{"unfinished file removed", "清除的未完成文件", r.Leftovers},
	} {
		for _, item := range group.items {
			fmt.Fprintf(a.err, "  %s: %s\n", a.tr(group.english, group.chinese), printable(item))
		}
	}
}

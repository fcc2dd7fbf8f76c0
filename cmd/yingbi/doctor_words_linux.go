//go:build linux && cgo

package main

import (
	"fmt"
	"strings"
	"time"

	"yingbi/domain"
)

var checkTitles = map[string]string{
	"rights": "访问权限", "space": "剩余空间", "leftovers": "残留文件", "log": "审计日志", "clock": "时钟",
	"keeper": "密钥进程", "vault": "密封库", "orphans": "孤立文件", "database": "元数据库", "acts": "未完操作",
	"reveals": "还原申请", "held": "待审作业", "approvals": "待签发批准", "terms": "期限",
}

func (a *app) checkTitle(check string) string { return a.tr(check, checkTitles[check]) }

func (a *app) healthTitle(h domain.Health) string {
	return a.tr(string(h), map[domain.Health]string{
		domain.Sound: "正常", domain.Mends: "可修复", domain.Notice: "注意", domain.Broken: "损坏", domain.Unseen: "未检查",
	}[h])
}

// showHealth prints a line for each check: what was found, and what to do.
func (a *app) showHealth(h health, missing []string) {
	host := []string{a.tr("host", "主机"), a.healthTitle(domain.Sound), a.tr("every required protection is there", "必需的保护齐备"), ""}
	if len(missing) > 0 {
		host = []string{host[0], a.healthTitle(domain.Broken), a.tr("lacks ", "缺少 ") + strings.Join(missing, ", "), a.tr("see yingbi doctor without a domain", "见不带域的 yingbi doctor")}
	}
	rows := [][]string{host}
	for _, f := range h.Checks {
		found, do := a.words(f)
		rows = append(rows, []string{a.checkTitle(f.Check), a.healthTitle(f.State), found, do})
	}
	a.rows([]string{a.tr("check", "检查项"), a.tr("state", "状态"), a.tr("found", "检测结果"), a.tr("what to do", "处置")}, rows)
}

// words says what a check found and what to do about it.
func (a *app) words(f domain.Finding) (found, do string) {
	switch f.State {
	case domain.Broken:
		return f.Reason, a.tr("restore a backup, see below", "恢复备份，见下")
	case domain.Unseen:
		if f.Check == "keeper" && f.Reason == "the keyring is locked" {
			return a.tr("the keyring is locked", "密钥环未解锁"), a.tr("give --root-key-file or another way to unlock, to compare", "提供 --root-key-file 等解锁方式可核对")
		}
		return f.Reason, ""
	}
	found = a.finding(f)
	switch {
	case f.State == domain.Mends:
		do = a.tr("the next verb, or --repair", "下一条命令或 --repair 处理")
		if f.Check == "rights" {
			do = "--repair"
		}
	case f.State == domain.Notice:
		do = a.advice(f.Check)
	}
	return found, do
}

// finding says what a check found that could be made and found nothing broken.
func (a *app) finding(f domain.Finding) string {
	n := len(f.Items)
	say := func(english, chinese string, args ...any) string { return fmt.Sprintf(a.tr(english, chinese), args...) }
	none := n == 0
	switch f.Check {
	case "rights":
		switch {
		case f.State == domain.Notice:
			return say("%d of another owner than the folder, or no plain files: %s", "%d 项与目录所有者不同或非普通文件：%s", n, some(f.Items))
		case none:
			return say("everything is its owner's alone", "仅所有者可访问")
		}
		return say("%d open to others: %s", "%d 项可被他人访问：%s", n, some(f.Items))
	case "space":
		return say("%s free", "剩余 %s", size(f.Facts["free_bytes"]))
	case "leftovers":
		if none {
			return say("none", "无")
		}
		return say("%d that were being written when a process ended: %s", "%d 个进程结束时尚在写入：%s", n, some(f.Items))
	case "log":
		text := say("%d records, %d of them signed", "%d 条记录，其中 %d 条已签名", f.Facts["records"], f.Facts["signed"])
		if torn := f.Facts["torn_bytes"]; torn > 0 {
			text += say("; behind them %d bytes of a write that was cut short", "；其后有 %d 字节写入未完成", torn)
		}
		return text
	case "clock":
		return a.clockFinding(f, say)
	case "keeper":
		return say("it signed %d records", "已签名 %d 条记录", f.Facts["signed"])
	case "vault":
		return say("%d compartments: manifests signed, objects there at their lengths", "%d 个隔间：清单签名有效，对象齐全", f.Facts["compartments"])
	case "orphans":
		if none {
			return say("none", "无")
		}
		return say("%d files that no manifest names: %s", "%d 个文件不属于任何清单：%s", n, some(f.Items))
	case "database":
		return say("pages, indices and references are sound", "页面、索引与引用完好")
	case "acts":
		if none {
			return say("every act has its outcome, and the database agrees with the log", "每项操作均有结果，数据库与日志一致")
		}
		return say("%d without an end: %s", "%d 项未结束：%s", n, some(f.Items))
	case "reveals", "held", "approvals", "terms":
		return deadlineFinding(f, say)
	}
	return ""
}

// deadlineFinding says what has waited for long or will soon be over.
func deadlineFinding(f domain.Finding, say func(string, string, ...any) string) string {
	n := len(f.Items)
	if n == 0 {
		return say("none", "无")
	}
	switch f.Check {
	case "reveals":
		return say("expired requests to open tokens: %d, %s", "%d 项还原申请已过期：%s", n, some(f.Items))
	case "held":
		return say("jobs that wait for a decision for a month or longer: %d, since: %s", "%d 个作业等待决定已满一个月，起始于：%s", n, some(f.Items))
	case "approvals":
		return say("approvals that lapse within 7 days: %d, %s", "%d 项批准将于 7 日内失效：%s", n, some(f.Items))
	}
	return say("agreements and scenarios that end within 30 days: %d, %s", "%d 项协议与场景将于 30 日内期满：%s", n, some(f.Items))
}

func (a *app) clockFinding(f domain.Finding, say func(string, string, ...any) string) string {
	text := say("not behind the log", "不落后于日志")
	if by := f.Facts["behind_seconds"]; by > 0 {
		text = say("the host is %s behind the log", "主机时钟落后日志 %s", time.Duration(by)*time.Second)
	}
	if back := f.Facts["backward_records"]; back > 0 {
		text += say("; %d records go back in time", "；%d 条记录时间倒退", back)
	}
	if idle := f.Facts["idle_seconds"]; idle > 0 {
		text += say("; last record %s ago", "；最近记录在 %s 前", time.Duration(idle)*time.Second)
	}
	return text
}

// advice says what a person should do.
func (a *app) advice(check string) string {
	switch check {
	case "rights":
		return a.tr("chown to whoever runs the domain; remove what is no plain file", "改归运行域的用户；移除非普通文件")
	case "space":
		return a.tr("make room: a full disk stops all work", "清理空间：磁盘写满将停止一切操作")
	case "clock":
		return a.tr("set the clock; if it was the log's that was wrong: --accept-clock", "校准时钟；若先前的时钟有误：--accept-clock")
	case "reveals":
		return a.tr("the next verb destroys their tokens; who still needs them asks again", "下一条命令销毁其令牌；仍需还原者重新申请")
	case "held":
		return a.tr("a reviewer approves, rejects or returns them", "由审查员批准、驳回或退回")
	case "approvals":
		return a.tr("a reviewer makes the release: yingbi release create", "由审查员签发：yingbi release create")
	case "terms":
		return a.tr("the authority renews what is to go on; jobs in review expire with it", "需延续的由实施机构续签或重新批准；届时在审作业一并过期")
	}
	return ""
}

// remedy says what a repair does, and why it is safe.
func (a *app) remedy(f domain.Finding) string {
	switch f.Check {
	case "rights":
		return a.tr("sets folders to 0700 and files to 0600; the domain needs no other rights", "目录设为 0700、文件设为 0600；域不需要其他权限")
	case "leftovers":
		return a.tr("removes files that were to replace another and never did; the ones in force are whole", "删除尚未替换成功的文件；生效中的文件完整")
	case "log":
		return a.tr("cuts the unfinished write, of which nobody was told, and signs what is whole", "截去未完成且从未确认的写入，并对完整记录签名")
	case "keeper":
		return a.tr("lets the keeper sign the log as it stands, which extends what it signed before", "由密钥进程对日志续签，日志包含其先前所签内容")
	case "orphans":
		return a.tr("removes files that no signed manifest in the log names: half an import, or replaced objects", "删除日志中任何已签清单均未列出的文件：未完成的导入或已被替换的对象")
	case "acts":
		return a.tr("records each as done or as given up, by what the database has, and fails jobs that were running; nothing is repeated", "依据数据库逐项记为已完成或已放弃，运行中的作业记为失败；不重复执行任何操作")
	}
	return ""
}

// whichBackup says which backup to take.
func (a *app) whichBackup(h health) string {
	for _, f := range h.Checks {
		if last := f.Facts["last_unix"]; f.Check == "log" && last > 0 {
			return fmt.Sprintf(a.tr("the log is whole, and one made after %s loses nothing", "日志完整，%s 之后所做的备份不会丢失内容"), when(time.Unix(last, 0)))
		}
	}
	return a.tr("the newest whose trail verifies against the checkpoint that you keep elsewhere", "取其日志能通过另行保存的检查点校验的最新一份")
}

// some names the first few items.
func some(items []string) string {
	const few = 3
	if len(items) <= few {
		return strings.Join(items, ", ")
	}
	return strings.Join(items[:few], ", ") + ", …"
}

// size renders bytes.
func size(n int64) string {
	if n >= 1<<30 {
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
}

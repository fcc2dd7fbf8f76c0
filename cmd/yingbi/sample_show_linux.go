//go:build linux && cgo

package main

import (
	"fmt"
	"strings"
	"time"

	"yingbi/manifest"
	"yingbi/sample"
	"yingbi/sandbox/abi"
)

// steps draws, on a terminal, what a sample run is at.
func (a *app) steps() (begin func(what string), done func()) {
	end := func() {}
	begin = func(what string) {
		end()
		end = a.busy(what)
	}
	return begin, func() { end() }
}

// sampleStep names a step in the reader's language.
func (a *app) sampleStep(s sample.Step) string {
	titles := map[string][2]string{
		sample.Founding: {"found a domain for it", "建立临时域"},
		sample.Making:   {"make sample data: %s", "生成样例数据：%s"},
		sample.Import:   {"import: %s", "导入：%s"},
		sample.Granting: {"set policies, approve the scenario", "设置策略，批准场景"},
		sample.Submit:   {"submit", "提交"},
		sample.Running:  {"run", "运行"},
		sample.Review:   {"review", "审查"},
		abi.TaskCompile: {"compile the module", "编译模块"},
		abi.TaskMap:     {"map", "逐主体运行模块"},
		abi.TaskQuery:   {"compute the tables", "计算统计表"},
		abi.TaskGuest:   {"run the module", "运行模块"},
	}
	title := a.tr(titles[s.What][0], titles[s.What][1])
	if s.Of != "" {
		title = fmt.Sprintf(title, s.Of)
	}
	return title
}

// ofRun reports whether a step is a part of the run.
func ofRun(s sample.Step) bool {
	switch s.What {
	case abi.TaskCompile, abi.TaskMap, abi.TaskQuery, abi.TaskGuest:
		return true
	}
	return false
}

// showSample lays a sample run out for its author: what a reviewer would see of it in
// a domain, and what nobody outside would.
func (a *app) showSample(result *sample.Result, k *sample.Kit, f sampleFlags) {
	r := result.Review
	a.sampleMark()
	name := r.Job.Scenario
	if m, err := manifest.Parse("job.yaml", []byte(r.Manifest)); err == nil { // it was parsed when it was submitted
		name = m.Name
	}
	a.say("job %s: %s", "作业 %s：%s", name, a.state(string(r.Job.State)))
	a.say("scenario %s %s, version %d, of %s", "应用场景 %s %s，第 %d 版，来自 %s", k.Scenario.ID, k.Scenario.Title, k.Version, k.Domain)
	var rows [][]string
	for _, d := range result.Data {
		rows = append(rows, []string{d.Dataset, fmt.Sprint(d.Rows), fmt.Sprint(d.Quarantined)})
	}
	a.heading("Data, made up from the descriptions (seed %d)", "根据说明生成的数据（种子 %d）", f.seed)
	a.indented("  ", []string{a.tr("data set", "数据集"), a.tr("rows", "行数"), a.tr("quarantine", "隔离")}, rows)
	for _, d := range result.Data {
		if len(d.Guessed) > 0 {
			a.say("  the provider of %s declares no values of %s: they are codes such as %s, and no condition on others finds anybody",
				"  %s 的提供部门未声明 %s 的取值：样例为 %s 之类的代码，按其他取值筛选将没有结果", d.Dataset, strings.Join(d.Guessed, ", "), d.Guessed[0]+"-01")
		}
	}
	if r.Failure != nil {
		a.heading("The run failed (%s); nothing would leave", "运行失败（%s），不会有任何内容出域", a.tr(r.Failure.Kind, kindTitles[kindNamed(r.Failure.Kind)]))
		a.showText(r.Failure.Text)
	}
	if r.Report != nil {
		a.heading("%s", "%s", a.class(r.Job.Class))
		a.showOutcome(r, f.all)
	}
	if r.GuestLog != "" {
		a.heading("What the module wrote; in a domain a reviewer alone sees it", "模块输出；在域中仅审查员可见")
		a.showText(r.GuestLog)
	}
	a.heading("Where the time went", "耗时")
	rows = nil
	for _, s := range result.Steps {
		title := a.sampleStep(s)
		if ofRun(s) {
			title = "  " + title
		}
		rows = append(rows, []string{title, s.Took.Round(time.Millisecond).String()})
	}
	a.indented("  ", []string{a.tr("step", "步骤"), a.tr("time", "耗时")}, rows)
	a.sampleMark()
}

// sampleMark stands above and below a sample run, so that no excerpt of a screen
// passes for figures of a domain.
func (a *app) sampleMark() {
	a.heading("══ 样例数据 SAMPLE ══ every figure is made up, and about nobody ══", "══ 样例数据 SAMPLE ══ 所有数字均为生成，与任何人无关 ══")
}

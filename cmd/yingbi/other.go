//go:build !(linux && cgo)

package main

import "github.com/spf13/cobra"

// addDomainVerbs adds what an operator needs to write a job: a domain runs on
// Linux. What is left verifies releases and logs, which needs neither.
func (a *app) addDomainVerbs(root *cobra.Command) {
	c := &cobra.Command{Use: "job", GroupID: groupWork, Short: a.tr("begin jobs; a domain on Linux runs them", "新建作业；由 Linux 上的域运行")}
	c.AddCommand(a.jobNew(), a.needsLinux("run --sample KIT JOB", "run a job over sample data", "以样例数据试运行作业"))
	root.AddCommand(c)
	a.addAuthorVerbs(root)
}

// firstSteps says what this build is for.
func (a *app) firstSteps() string {
	return a.tr("\n\nOn this system it verifies releases and logs; a domain itself runs on Linux.", "\n\n在本系统上可校验出域成果与日志；域本身在 Linux 上运行。")
}

//go:build !(linux && cgo)

package main

import "github.com/spf13/cobra"

// addDomainVerbs adds nothing here: a domain runs on Linux. What is left verifies
// releases and logs, which needs neither.
func (a *app) addDomainVerbs(*cobra.Command) {}

// firstSteps says what this build is for.
func (a *app) firstSteps() string {
	return a.tr("\n\nOn this system it verifies releases and logs; a domain itself runs on Linux.", "\n\n在本系统上可校验出域成果与日志；域本身在 Linux 上运行。")
}

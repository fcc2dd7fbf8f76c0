package main

import (
	"github.com/spf13/cobra"
)

// addEgressVerbs adds the checks of disclosure control on files, for whoever would
// know beforehand what a reviewer's domain will say. They need no domain.
func (a *app) addEgressVerbs(root *cobra.Command) {
	c := &cobra.Command{Use: "egress", GroupID: groupWork, Short: a.tr("check tables for disclosure, without a domain", "检查统计表的泄露风险，无需域")}
	c.AddCommand(a.egressCheck(), a.egressAudit(), a.egressSuppress())
	root.AddCommand(c)
}

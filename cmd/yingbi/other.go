//go:build !(linux && cgo)

package main

import "github.com/spf13/cobra"

// addDomainVerbs adds nothing here: a domain runs on Linux. What is left verifies
// releases and logs, which needs neither.
func (a *app) addDomainVerbs(*cobra.Command) {}

//go:build !linux || !cgo

package lockdown

import (
	"os"

	"yingbi/internal/fault"
)

const unsupported = "cells and the keeper need Linux and a build with cgo: run the domain there"

// Process is a running child.
type Process struct{ PID int }

// Start refuses.
func Start(Child) (*Process, error) { return nil, fault.New(fault.Unsupported, unsupported) }

// Kill does nothing.
func (*Process) Kill() {}

// Done gives nothing.
func (*Process) Done() <-chan struct{} { return nil }

// Wait gives nothing.
func (*Process) Wait() *os.ProcessState { return nil }

// Active reports whether this process was started as a child.
func Active() Profile { return "" }

// Enter is never reached here.
func Enter() Profile { return "" }

// Seal is never reached here.
func Seal(Profile) { os.Exit(1) }

// Probe names the one thing that is missing.
func Probe() []Protection {
	return []Protection{{Name: "linux with cgo", Required: true, Detail: unsupported}}
}

//go:build !linux || !cgo

package cell

// Active reports whether this process was started as a cell. Cells need Linux
// and cgo, so here it never was.
func Active() bool { return false }

// Main is never reached here.
func Main() {}

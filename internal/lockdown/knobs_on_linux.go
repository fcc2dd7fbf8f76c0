//go:build cgo && lockdown_test_knobs

package lockdown

// #include <stdlib.h>
// #include "constructor_linux.h"
import "C"

import "unsafe"

// leftOut tells whether the test program is to run without this lock.
func leftOut(lock string) bool {
	name := C.CString(lock)
	defer C.free(unsafe.Pointer(name))
	return C.yb_left_out(name) != 0
}

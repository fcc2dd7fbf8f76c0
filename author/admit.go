package author

import (
	"context"
	"time"

	"yingbi/internal/fault"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
	"yingbi/sandbox/admission"
)

// Admission says whether a domain would take a module.
type Admission struct {
	Admitted bool     `json:"admitted"`
	Reason   string   `json:"reason"`           // a word; "" is admitted
	Detail   string   `json:"detail,omitempty"` // a sentence: byte, import or limit
	Imports  []Import `json:"imports"`          // of what admission let in
	Exports  []string `json:"exports"`          // in the module's order
	Memory   *Memory  `json:"memory"`           // nil where admission refused
}

// Import is one host call that a module asks for.
type Import struct {
	Module    string `json:"module"`
	Name      string `json:"name"`
	Signature string `json:"signature"` // "(i32 i64) i32"
}

// Memory is what a module declares, in pages of 64 KiB.
type Memory struct {
	Initial uint32  `json:"initial"`
	Maximum *uint32 `json:"maximum"` // nil is none: the job's limit holds
}

// Of the compile cell. A module at the limit of admission takes a minute to
// compile at worst, and the memory is the domain's own.
const (
	compileMemory = 2 << 30
	compileOutput = 256 << 20
	maxPages      = 1 << 16 // all that a module's addresses reach
)

// MaxModule is the longest module that admission takes, in bytes. Who reads a file
// for Admit or Run need not read more than one byte beyond.
func MaxModule() int64 { return int64(admission.DefaultLimits().ModuleBytes) }

// Admit reads a module as a domain does when a job is submitted, and compiles it.
func (c *Checks) Admit(ctx context.Context, module []byte, wall time.Duration) (Admission, error) {
	summary, v := check(module, maxPages)
	if v.Outcome == OK {
		var err error
		if _, v, err = c.compile(ctx, module, maxPages, wall); err != nil {
			return Admission{}, err
		}
		v = v.of(wall)
	}
	a := Admission{Admitted: v.Outcome == OK, Reason: v.Reason, Detail: v.Detail, Imports: []Import{}, Exports: []string{}}
	if summary == nil {
		return a, nil
	}
	for _, i := range summary.Imports {
		a.Imports = append(a.Imports, Import(i))
	}
	a.Exports = append(a.Exports, summary.Exports...)
	a.Memory = &Memory{Initial: summary.MemoryPages}
	if summary.MaxPages > 0 {
		a.Memory.Maximum = &summary.MaxPages
	}
	return a, nil
}

// check is admission for a memory of so many pages.
func check(module []byte, pages uint32) (*admission.Summary, Verdict) {
	lim := admission.DefaultLimits()
	lim.MemoryPages = min(lim.MemoryPages, int(pages))
	summary, err := admission.Check(module, lim)
	if err == nil {
		return summary, Verdict{Outcome: OK}
	}
	reason := map[fault.Kind]string{fault.Invalid: reasonMalformed, fault.Denied: reasonNotAllowed, fault.Limit: reasonLimit}
	return nil, Verdict{Refused, reason[fault.KindOf(err)], err.Error()}
}

// compile turns a module that check has let in into native code.
func (c *Checks) compile(ctx context.Context, module []byte, pages uint32, wall time.Duration) ([]byte, Verdict, error) {
	if wall <= 0 {
		return nil, late(), nil
	}
	code, err := c.cells.Compile(ctx, abi.CompileRequest{MaxPages: pages}, module,
		sandbox.Limits{Memory: compileMemory, Wall: wall, Output: compileOutput})
	v, err := judge(err)
	if v.Reason == string(abi.FailModule) {
		v = Verdict{Refused, reasonCompile, "it is well formed, but does not compile: its instructions do not fit together"}
	}
	return code, v, err
}

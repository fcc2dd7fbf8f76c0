package admission

import (
	"slices"

	"yingbi/internal/hostile"
)

// The builder's words, short: the modules below are read as tables.
var (
	section    = hostile.Sec
	leb        = hostile.Leb
	cat        = hostile.Cat
	vec        = hostile.Vec
	str        = hostile.Str
	times      = hostile.Times
	funcType   = hostile.FuncType
	importFunc = hostile.ImportFunc
	exportOf   = hostile.ExportOf
	code       = hostile.Code
	join       = hostile.Join
	minimal    = hostile.Minimal
	with       = hostile.With
	running    = hostile.Running
	noLocals   = hostile.NoLocals()
)

func exporting(exports ...[]byte) []byte { return with(section(sectionExport, vec(exports...))) }

// refused lists every module that admission must refuse.
func refused() []hostile.Module {
	return slices.Concat(hostile.Malformed(), hostile.Greedy(), hostile.Foreign())
}

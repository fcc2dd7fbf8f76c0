package hostile

import (
	"math"
	"strings"
)

// some is an answer above zero, whatever it is.
const some = math.MinInt32

// probe is one host call with arguments that are wrong or at an edge, and its answer.
type probe struct {
	args []uint64
	want int32
}

// The module's memory is one page: 65,536 bytes.
const (
	end  = 1 << 16
	wild = 0xfffffff0
	top  = 0xffffffff
)

// probes lists them by call. Answers are those of docs/GUEST-ABI.md, where the one
// input is a view named v of a few rows.
func probes() map[string][]probe {
	a := func(args ...uint64) []uint64 { return args }
	const argument, memory, size, order, denied = -1, -2, -3, -4, -5
	const badFile, fault, invalid, seek = 8, 21, 28, 70
	strings := []probe{{a(wild, 0), fault}, {a(0, wild), fault}, {a(end-3, 0), fault}, {a(0, top), fault}, {a(0, 0), 0}, {a(end-4, end-4), 0}}
	nothing := []probe{{a(wild, wild), 0}, {a(top, top), 0}}
	standard := []probe{{a(0), 0}, {a(2), 0}, {a(3), badFile}, {a(top), badFile}}
	return map[string][]probe{
		"yingbi.inputs":       {{a(), 1}},
		"yingbi.input_kind":   {{a(0), 0}, {a(1), argument}, {a(top), argument}, {a(1 << 31), argument}},
		"yingbi.input_name":   {{a(0, 0, 256), 1}, {a(0, wild, 256), memory}, {a(0, 0, top), memory}, {a(0, top, top), memory}, {a(0, end, 0), size}, {a(0, end-1, 1), 1}, {a(0, end-1, 2), memory}, {a(0, 0, 0), size}, {a(1, 0, 256), argument}, {a(top, wild, top), argument}},
		"yingbi.input_next":   {{a(1), argument}, {a(top), argument}, {a(0), some}, {a(0), some}},
		"yingbi.input_read":   {{a(0, 0, end), order}, {a(0, wild, top), order}, {a(1, 0, end), argument}, {a(top, wild, top), argument}},
		"yingbi.input_rewind": {{a(1), argument}, {a(top), argument}, {a(0), 0}},
		"yingbi.query":        {{a(0, 8), denied}, {a(wild, top), denied}, {a(0, 0), denied}},
		"yingbi.emit":         {{a(wild, 3, 0, 8), memory}, {a(0, top, 0, 8), memory}, {a(0, 3, wild, 64), memory}, {a(0, 3, 0, top), memory}, {a(end-1, 2, 0, 8), memory}, {a(0, 3, end-1, 2), memory}, {a(top, top, top, top), memory}, {a(wild, 0x20, wild, 0x20), memory}},
		"yingbi.record":       {{a(0, 0), denied}, {a(top, 1<<63), denied}},
		"yingbi.log":          {{a(wild, 8), memory}, {a(0, top), memory}, {a(top, top), memory}, {a(end-1, 2), memory}, {a(wild, 0x20), memory}, {a(end, 0), 0}, {a(0, 0), 0}, {a(end+1, 0), memory}},

		"wasi_snapshot_preview1.args_get":            nothing,
		"wasi_snapshot_preview1.environ_get":         nothing,
		"wasi_snapshot_preview1.args_sizes_get":      strings,
		"wasi_snapshot_preview1.environ_sizes_get":   strings,
		"wasi_snapshot_preview1.clock_time_get":      {{a(0, 0, wild), fault}, {a(0, 0, end-7), fault}, {a(0, top, end-8), 0}, {a(4, 0, 0), invalid}, {a(top, 0, top), invalid}},
		"wasi_snapshot_preview1.random_get":          {{a(wild, 8), fault}, {a(0, top), fault}, {a(top, top), fault}, {a(end-1, 2), fault}, {a(end, 0), 0}, {a(end-8, 8), 0}},
		"wasi_snapshot_preview1.sched_yield":         {{a(), 0}},
		"wasi_snapshot_preview1.poll_oneoff":         {{a(0, 0, 0, 0), invalid}, {a(0, 0, 1025, 0), invalid}, {a(0, 0, top, 0), invalid}, {a(wild, 0, 1, 0), fault}, {a(0, wild, 1, 0), fault}, {a(0, 0, 1, wild), fault}, {a(0, 0, 1, 0), 0}, {a(0, 16, 1024, 0), 0}, {a(top, top, 1024, top), fault}},
		"wasi_snapshot_preview1.proc_exit":           nil, // it has no answer, see Traps
		"wasi_snapshot_preview1.fd_write":            {{a(1, wild, 1, 0), fault}, {a(1, 0, top, 0), fault}, {a(1, 0, 1025, 0), fault}, {a(1, 0, 0, wild), fault}, {a(0, 0, 1, 0), badFile}, {a(3, 0, 1, 0), badFile}, {a(top, wild, top, wild), badFile}, {a(2, 1024, 1024, 1024), 0}, {a(1, end-8, 1, end-4), 0}},
		"wasi_snapshot_preview1.fd_read":             {{a(0, wild, top, wild), fault}, {a(0, wild, top, 0), 0}, {a(1, 0, 1, 0), badFile}, {a(top, 0, 1, 0), badFile}},
		"wasi_snapshot_preview1.fd_close":            standard,
		"wasi_snapshot_preview1.fd_seek":             {{a(0, 0, 0, wild), seek}, {a(2, 1<<63, 3, 0), seek}, {a(3, 0, 0, 0), badFile}, {a(top, 0, 0, wild), badFile}},
		"wasi_snapshot_preview1.fd_fdstat_get":       {{a(0, wild), fault}, {a(0, end-23), fault}, {a(1, end-24), 0}, {a(3, 0), badFile}, {a(top, wild), badFile}},
		"wasi_snapshot_preview1.fd_fdstat_set_flags": {{a(0, top), 0}, {a(3, 0), badFile}, {a(top, top), badFile}},
		"wasi_snapshot_preview1.fd_prestat_get":      {{a(3, 0), badFile}, {a(0, wild), badFile}, {a(top, top), badFile}},
		"wasi_snapshot_preview1.fd_prestat_dir_name": {{a(3, 0, 0), badFile}, {a(0, wild, top), badFile}},
	}
}

// Probing gives a module that makes each probe of a host call, and then the call with
// every combination of values at an edge, whose answers only the memory's bounds can
// tell. It fails if an answer is another, and logs which, a letter for each probe.
// known is false for a call that has no probes here.
func Probing(module, name, signature string) (m Module, known bool) {
	full := module + "." + name
	list, known := probes()[full]
	params, results, _ := strings.Cut(strings.TrimPrefix(signature, "("), ")")
	types := strings.Fields(params)
	g := guest{calls: []string{full + " " + signature, callLog}, locals: []byte{1, 1, typeI32}}
	for i, p := range list {
		g.run = Cat(g.run, arguments(types, p.args), call(0), differs(p.want), []byte{opIf, noType},
			i32(0x100, uint32('a'+i)), []byte{opI32Store8, 0, 0}, i32(0x100, 1), call(1),
			[]byte{opDrop, opLocalGet, 0}, i32(1), []byte{opI32Add, opLocalSet, 0, opEnd})
	}
	m = Module{Name: "wrong arguments for " + full, Outcome: Fine}
	if ends := full == "yingbi.emit" || results == ""; ends {
		m.Outcome = Output
		if results == "" {
			m.Outcome = Exit
		}
	}
	g.run = Cat(g.run, []byte{opLocalGet, 0, opIf, noType}, i32(1), []byte{opReturn, opEnd}, combinations(types, results != ""), i32(0))
	m.Wasm = g.module()
	return m, known
}

func arguments(types []string, args []uint64) []byte {
	var b []byte
	for i, t := range types {
		if t == "i64" {
			b = Cat(b, i64(args[i]))
		} else {
			b = Cat(b, i32(uint32(args[i])))
		}
	}
	return b
}

// differs turns an answer into 1 if it is another than wanted.
func differs(want int32) []byte {
	if want == some {
		return Cat(i32(1), []byte{opI32LtS})
	}
	return Cat(i32(uint32(want)), []byte{opI32Ne})
}

// combinations makes the call with every combination of edges.
func combinations(types []string, answers bool) []byte {
	edges := []uint64{0, 1, end - 1, end, wild, top}
	var b []byte
	args := make([]uint64, len(types))
	for n := 0; ; n++ {
		rest := n
		for i := range args {
			args[i] = edges[rest%len(edges)]
			rest /= len(edges)
		}
		if rest > 0 {
			return b
		}
		b = Cat(b, arguments(types, args), call(0))
		if answers {
			b = append(b, opDrop)
		}
		if len(types) == 0 {
			return b
		}
	}
}

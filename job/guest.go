package job

import (
	"encoding/hex"
	"errors"
	"os"
	"runtime"
	"time"

	"yingbi/crypto"
	"yingbi/egress"
	"yingbi/internal/fault"
	"yingbi/keeper"
	"yingbi/manifest"
	"yingbi/sandbox"
	"yingbi/sandbox/abi"
)

// What a module may say in one run.
const (
	maxItems     = 64
	maxItemBytes = 16 << 20
	maxLog       = 64 << 10
)

// Limits of the cell that compiles a module: what the largest admitted module
// takes, with room.
var compileLimits = sandbox.Limits{Memory: 2 << 30, Wall: 2 * time.Minute, Output: 256 << 20}

// guest runs the module: over finished tables, whose function is published, or
// over masked rows, whose figures are only compared with the domain's own, checked as
// the coefficients of a regression, or cut short where nobody can check them.
func (r *run) guest() error {
	var result sandbox.GuestResult
	var err error
	r.log, err = r.withCode(func(module, code []byte) ([]byte, error) {
		result, err = r.runGuest(module, code)
		return result.Log, err
	})
	if err != nil {
		return err
	}
	items, err := emittedOnce(result.Items)
	if err != nil {
		return err
	}
	return r.judgeItems(items)
}

// emittedOnce gives what the module said, by name. It says each once: of two it would be
// the module's choice which is judged.
func emittedOnce(all []sandbox.Item) (map[string]*abi.Frame, error) {
	items := map[string]*abi.Frame{}
	for _, item := range all {
		if items[item.Name] != nil {
			return nil, fault.Errorf(fault.Invalid, "the module emitted output %q twice", item.Name)
		}
		items[item.Name] = item.Frame
	}
	return items, nil
}

// withCode hands over the module and its native code. Where no cell can load the code
// that was cached, it was of another processor or compiler, and is made again.
func (r *run) withCode(do func(module, code []byte) (log []byte, err error)) (log []byte, err error) {
	module, err := r.home.Read(r.ctx, objModule, maxObject)
	if err != nil {
		return nil, err
	}
	code, cached, err := r.code(module, false)
	if err != nil {
		return nil, err
	}
	log, err = do(module, code)
	var cell *sandbox.Failure
	if !cached || !errors.As(err, &cell) || cell.Code != abi.FailModule {
		return log, err
	}
	if code, _, err = r.code(module, true); err != nil {
		return log, err
	}
	return do(module, code)
}

// runGuest runs the module in a cell of its own.
func (r *run) runGuest(module, code []byte) (sandbox.GuestResult, error) {
	files, req, err := r.guestInputs(module, code)
	if err != nil {
		return sandbox.GuestResult{}, errors.Join(err, closeAll(files))
	}
	limits := r.limits()
	limits.Memory += guestHost
	result, err := r.service.Runner.Guest(r.ctx, req, files, limits)
	return result, errors.Join(err, closeAll(files))
}

// guestHost is what the host beside a module needs to decode its inputs, in
// bytes: a module may use all the memory that its manifest asks for.
const guestHost = 128 << 20

// keepLog seals what the module wrote before the run failed, for the reviewer.
func (r *run) keepLog() error {
	if len(r.log) == 0 || r.replay {
		return nil
	}
	return r.home.Put(r.ctx, objGuestLog, bytesOf(r.log))
}

func (r *run) guestInputs(module, code []byte) (files []*os.File, req abi.GuestRequest, err error) {
	add := func(name string, b []byte) (fd int, err error) {
		f, err := sandbox.SealedFile(name, bytesOf(b))
		if err == nil {
			files = append(files, f)
		}
		return abi.InputFD + len(files) - 1, err
	}
	guest := r.plan.Guest
	req = abi.GuestRequest{
		SQL: guest.SQL, MaxPages: r.pages(), MaxItems: maxItems, MaxLog: maxLog, MaxItemBytes: maxItemBytes,
		Seed: r.seed(), Now: r.newest,
	}
	if req.ModuleFD, err = add("module", module); err != nil {
		return files, req, err
	}
	if req.CodeFD, err = add("code", code); err != nil {
		return files, req, err
	}
	for _, o := range guest.Outputs {
		req.Outputs = append(req.Outputs, o.Name)
	}
	for _, name := range guest.Tables {
		p := r.report.Published(name)
		if p == nil {
			return files, req, fault.Errorf(fault.Denied, "table %s was refused, so the module that derives from it is not run", name)
		}
		f, err := frameOf(p)
		if err != nil {
			return files, req, err
		}
		b, err := abi.Encode(nil, f)
		if err != nil {
			return files, req, err
		}
		fd, err := add(name, b)
		if err != nil {
			return files, req, err
		}
		req.Tables = append(req.Tables, abi.GuestTable{Name: name, FD: fd})
	}
	views, more, err := r.views.forGuest(r.ctx, guest.Views, abi.InputFD+len(files))
	req.Views = views
	return append(files, more...), req, err
}

// pages is the most memory that the module may have, in pages of 64 KiB. Its
// addresses have 32 bits.
func (r *run) pages() uint32 { return uint32(min(r.manifest.Limits.Memory>>16, 1<<16)) }

// seed gives a module the same randomness for the same job over the same views.
func (r *run) seed() []byte {
	parts := [][]byte{[]byte("yingbi guest seed\x00"), r.manifest.Canonical()}
	for _, in := range r.manifest.Inputs {
		identity := r.views.byName[in.Name].Identity()
		parts = append(parts, identity[:])
	}
	d := crypto.Sum(parts...)
	return d[:]
}

// judgeItems takes the outputs one by one in the order of the manifest. What the
// manifest does not declare, or what does not come, fails the job.
func (r *run) judgeItems(items map[string]*abi.Frame) error {
	if len(items) > len(r.plan.Guest.Outputs) {
		return fault.New(fault.Invalid, "the module emitted an output that the manifest does not declare")
	}
	for _, o := range r.plan.Guest.Outputs {
		frame := items[o.Name]
		if frame == nil {
			return fault.Errorf(fault.Invalid, "the module did not emit output %q", o.Name)
		}
		if o.Compares != "" {
			if err := r.compare(o, answer{frame}); err != nil {
				return err
			}
			continue
		}
		if o.Model != nil {
			if err := r.model(o.Name, answer{frame}); err != nil {
				return err
			}
			continue
		}
		if o.Asserted != nil {
			if err := r.report.Assert(o, answer{frame}); err != nil {
				return err
			}
			continue
		}
		var sources []*egress.Published
		for _, name := range o.Derives {
			sources = append(sources, r.report.Published(name))
		}
		p, err := egress.Admit(o.Name, sources, r.plan.Words, answer{frame})
		if err != nil {
			return err
		}
		r.report.Outputs = append(r.report.Outputs, p)
	}
	return nil
}

func (r *run) compare(o manifest.Output, emitted answer) error {
	for _, t := range r.tables {
		if t.Name == o.Compares {
			c, err := egress.Compare(o.Name, t, emitted)
			if err != nil {
				return err
			}
			r.report.Comparisons = append(r.report.Comparisons, c)
			if c.Agrees() {
				return nil
			}
			return r.alarm("a module's table is not what the rows give", "output", o.Name)
		}
	}
	return fault.Errorf(fault.Internal, "the plan has no table %q to compare with", o.Compares)
}

// modulesCompartment caches native code. Its names are keyed digests, since a
// bare digest would tell whoever has a module that it was used here.
const modulesCompartment = "modules"

// codeVersion changes with the compiler, whose output is no use to another one.
const codeVersion = "wazero/1.12.0/" + runtime.GOARCH

// code gives the native code of a module: from the cache, where it lies sealed
// under a name that only this module has, or fresh from a compile cell.
func (r *run) code(module []byte, recompile bool) (code []byte, cached bool, err error) {
	in := keeper.Intent{Actor: r.actor, Compartment: modulesCompartment, Purpose: "compile", Job: r.job.ID}
	open := r.service.Vault.Create
	if r.service.Vault.Exists(modulesCompartment) {
		open = r.service.Vault.Unlock
	}
	cache, err := open(r.ctx, in)
	if err != nil {
		return nil, false, err
	}
	defer cache.Close()
	key, err := cache.Derive("module code "+codeVersion, 32)
	if err != nil {
		return nil, false, err
	}
	digest := crypto.HMAC(key, module)
	name := hex.EncodeToString(digest[:])
	_, missing := cache.Stat(name)
	if missing == nil && !recompile {
		code, err = cache.Read(r.ctx, name, maxObject)
		return code, true, err
	}
	limits := compileLimits
	limits.Owner = r.job.Org
	if code, err = r.service.Runner.Compile(r.ctx, abi.CompileRequest{MaxPages: r.pages()}, module, limits); err != nil {
		return nil, false, err
	}
	return code, false, cache.Put(r.ctx, name, bytesOf(code))
}

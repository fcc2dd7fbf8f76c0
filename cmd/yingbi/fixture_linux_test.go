//go:build linux && cgo

package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"yingbi/crypto"
	"yingbi/examples/city"
	"yingbi/examples/guests"
	"yingbi/internal/testkit"
)

// cityFiles are the documents of the example domain that scripts use.
var cityFiles = []string{
	"datasets/claims.yaml", "datasets/population.yaml", "datasets/enterprises.yaml",
	"policies/claims.yaml", "policies/population.yaml", "policies/enterprises.yaml", "agreement.yaml", "scenario.yaml",
	"jobs/by_district.yaml", "jobs/logistic.yaml", "jobs/dominance.yaml", "jobs/attack_rows.yaml", "jobs/attack_module.yaml", "jobs/attack_cell.yaml",
}

// fixture is a domain that scripts copy: a city with its people, data, policies
// and scenario, and three jobs.
type fixture struct {
	dir                    string
	name, public           string
	queued, held, released string // ids of jobs
}

// makeFixture makes the domain in dir, which holds afterwards
//
//	domain/ keys/ data/ releases/ trail/   as the demo leaves them
//	docs/                                  the documents of cityFiles
func makeFixture(ctx context.Context, dir, exe string) (f fixture, err error) {
	quiet := newApp(nil, nil, io.Discard, io.Discard)
	t := &tale{app: quiet, exe: exe, dir: dir, people: 1000, keys: map[string]*crypto.SigningKey{}}
	defer func() {
		if t.domain != nil {
			err = errors.Join(err, t.domain.Close(ctx))
		}
	}()
	for _, chapter := range []func(context.Context) error{t.makeCity, t.found, t.importCity, t.grant} {
		if err := chapter(ctx); err != nil {
			return f, err
		}
	}
	f = fixture{dir: dir, name: t.domain.Info.Name, public: t.domain.Info.Public.String()}
	wang, err := t.as(ctx, "wang")
	if err != nil {
		return f, err
	}
	j, err := t.run(ctx, wang, "by_district", "")
	if err != nil {
		return f, err
	}
	f.released = j.ID
	if err := t.release(ctx, wang, j, "by_district", ""); err != nil {
		return f, err
	}
	if j, err = t.run(ctx, wang, "dominance", ""); err != nil {
		return f, err
	}
	f.held = j.ID
	if j, err = t.submit(ctx, wang, "by_district", ""); err != nil {
		return f, err
	}
	f.queued = j.ID
	sun, err := t.as(ctx, "sun")
	if err != nil {
		return f, err
	}
	if _, err := sun.ExportAudit(ctx, t.path("trail")); err != nil {
		return f, err
	}
	return f, writeCityFiles(filepath.Join(dir, "docs"))
}

func writeCityFiles(dir string) error {
	for _, name := range cityFiles {
		b, err := city.File(name, time.Now())
		if err != nil {
			return err
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, b, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// program gives the folder of the built binary, which is named yingbi.
func program(t testing.TB) (exe, folder string) {
	exe = testkit.Binary(t)
	if filepath.Base(exe) != "yingbi" {
		t.Fatalf("the program is %s; scripts call yingbi", exe)
	}
	return exe, filepath.Dir(exe)
}

// buildGuests compiles example modules into dir.
func buildGuests(dir string, names ...string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, name := range names {
		b, err := guests.Build(filepath.Join("..", "..", "examples", "guests"), name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name+".wasm"), b, 0o644); err != nil {
			return err
		}
	}
	return nil
}

package synth

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"yingbi/internal/fault"
)

// The same seed gives the same bytes, whatever the number of workers.
func TestSameSeedSameBytes(t *testing.T) {
	const people = 3*chunkPeople + 17
	dir, truth := makeCity(t, people, 7)
	other, _ := makeCity(t, people, 8)
	for _, workers := range []int{1, 2, 5} {
		again := t.TempDir()
		told, err := Write(t.Context(), Config{People: people, Seed: 7, Dir: again, Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(truth, told) {
			t.Errorf("%d workers: another truth", workers)
		}
		for _, f := range truth.Files {
			if !bytes.Equal(readFile(t, dir, f.Path), readFile(t, again, f.Path)) {
				t.Errorf("%d workers: %s differs", workers, f.Path)
			}
			if bytes.Equal(readFile(t, dir, f.Path), readFile(t, other, f.Path)) {
				t.Errorf("%s is the same for another seed", f.Path)
			}
		}
	}
}

// A row depends on the seed and its number alone.
func TestSmallerCityIsTheBeginning(t *testing.T) {
	large, _ := makeCity(t, blockPeople+3000, 7)
	for _, people := range []int{200, 300, 5000, blockPeople + 1} {
		small, truth := makeCity(t, people, 7)
		for _, f := range truth.Files {
			if !bytes.HasPrefix(readFile(t, large, f.Path), readFile(t, small, f.Path)) {
				t.Errorf("%s of %d people does not begin that of a larger city", f.Path, people)
			}
		}
	}
}

func TestTruthFileHoldsTheTruth(t *testing.T) {
	dir, truth := makeCity(t, 200, 1)
	back, err := ReadTruth(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back, truth) {
		t.Errorf("truth.json holds %+v, want %+v", back, truth)
	}
	if _, err := ReadTruth(t.TempDir()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder without a truth gave %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, TruthFile), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadTruth(dir); err == nil {
		t.Error("half a truth was read")
	}
}

func TestDialects(t *testing.T) {
	dir, _ := makeCity(t, 200, 2)
	firms := readFile(t, dir, EnterprisesFile)
	if !bytes.HasPrefix(firms, []byte("\ufeffuscc,")) || bytes.Count(firms, []byte("\r\n")) != bytes.Count(firms, []byte("\n")) || !bytes.Contains(firms, []byte(`"Yunxi`)) {
		t.Error("enterprises.csv is not as Excel writes it")
	}
	for _, name := range streamFiles() {
		if b := readFile(t, dir, name); !bytes.HasPrefix(b, []byte(headers()[name]+"\n")) || bytes.ContainsAny(b, "\r\"") {
			t.Errorf("%s is not plain UTF-8 with LF", name)
		}
	}
}

func TestProgressEndsWithAllPeople(t *testing.T) {
	var told []int
	_, err := Write(t.Context(), Config{People: 2*chunkPeople + 1, Dir: t.TempDir(), Progress: func(people int) { told = append(told, people) }})
	if err != nil {
		t.Fatal(err)
	}
	if want := []int{chunkPeople, 2 * chunkPeople, 2*chunkPeople + 1}; !reflect.DeepEqual(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []Config{{Dir: "x"}, {People: minPeople - 1, Dir: "x"}, {People: -1, Dir: "x"}, {People: maxPeople + 1, Dir: "x"}, {People: 1000}} {
		if _, err := Write(context.Background(), c); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v gave %v", c, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Write(ctx, Config{People: 20_000, Dir: t.TempDir()}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled context gave %v", err)
	}
	ctx, cancel = context.WithCancel(context.Background())
	defer cancel()
	if _, err := Write(ctx, Config{People: 20_000, Dir: t.TempDir(), Progress: func(int) { cancel() }}); !errors.Is(err, context.Canceled) {
		t.Errorf("a context cancelled on the way gave %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Write(context.Background(), Config{People: 1000, Dir: file}); err == nil {
		t.Error("a file passed for a folder")
	}
}

func TestMoneyText(t *testing.T) {
	for text, want := range map[string]Money{"0.00": 0, "0.05": 5, "12.30": 1230, "88000000000.00": dominantRevenue} {
		var m Money
		if err := m.UnmarshalText([]byte(text)); err != nil || m != want || m.String() != text {
			t.Errorf("%q was read as %d, %v", text, m, err)
		}
	}
	for _, bad := range []string{"", ".", "1", "1.", "1.0", "1.000", ".05", "00.05", "-1.00", "+1.00", "1.0a", "99999999999999999999.00"} {
		var m Money
		if err := m.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q was read as %d", bad, m)
		}
	}
}

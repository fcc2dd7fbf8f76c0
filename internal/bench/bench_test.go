//go:build linux && cgo

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"yingbi/internal/idnum"
	"yingbi/internal/testkit"
)

// TestMain lets this program be the child that a topic starts.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && (os.Args[1] == memoryChild || os.Args[1] == differencingChild) {
		if err := start(context.Background(), os.Args[1:], os.Stdout, os.Stderr); err != nil {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// small is a bench whose rows take next to nothing.
func small(t *testing.T) *bench {
	t.Chdir("../..") // where the sources of the guests are found
	return &bench{
		sizes: sizes{Rows: 20_000, Masked: 12_000, Sealed: 1 << 20, Records: 3, Ciphered: 1000, Looped: 10_000, Turns: 1, LoopTime: 0.001},
		dir:   t.TempDir(), exe: testkit.Binary(t), progress: io.Discard, start: time.Now(),
		files: map[int64]string{},
	}
}

// TestEveryTopicRuns holds that each topic still runs over the packages that it
// measures, that both sides agree on what was computed, and that rows are complete.
func TestEveryTopicRuns(t *testing.T) {
	b := small(t)
	var rows []Row
	for _, topic := range topics() {
		got, err := topic.run(t.Context(), b)
		if err != nil {
			t.Fatalf("%s: %v", topic.name, err)
		}
		rows = append(rows, got...)
	}
	seen := map[string]bool{}
	for _, r := range rows {
		f := r.Figures
		if seen[r.Name] || r.Ours == "" || r.Baseline == "" || r.Size == "" || f.Runs < 1 || f.Unit == "" || f.Judged == "" {
			t.Errorf("%+v", r)
		}
		if (r.Reach == Reach{}) != (r.Holds == nil) {
			t.Errorf("%s was not judged", r.Name)
		}
		seen[r.Name] = true
	}
}

func TestInterruptLeavesNothing(t *testing.T) {
	t.Chdir("../..")
	tmp := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	progress := writerFunc(func(p []byte) (int, error) {
		if bytes.Contains(p, []byte("import 1/")) {
			cancel()
		}
		return len(p), nil
	})
	err := start(ctx, []string{"-scale", "10k", "-only", "import", "-tmp", tmp, "-yingbi", testkit.Binary(t)}, io.Discard, progress)
	if err == nil {
		t.Error("an interrupted run ended well")
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestClaims(t *testing.T) {
	const rows, people = 5000, 700
	var b bytes.Buffer
	w := bufio.NewWriter(&b)
	if err := writeClaims(t.Context(), w, rows, people); err != nil {
		t.Fatal(err)
	}
	w.Flush()
	again := bytes.Clone(b.Bytes())
	records, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(records) != rows+1 {
		t.Fatalf("%d rows, %v", len(records), err)
	}
	ids, numbers := map[string]bool{}, map[string]bool{}
	for _, r := range records[1:] {
		numbers[r[0]], ids[r[1]] = true, true
		if !idnum.ResidentID(r[1]) {
			t.Fatalf("%q is no resident number", r[1])
		}
	}
	if len(numbers) != rows || len(ids) < people*9/10 || len(ids) > people {
		t.Errorf("%d numbers, %d people", len(numbers), len(ids))
	}
	b.Reset()
	if err := writeClaims(t.Context(), w, rows, people); err != nil {
		t.Fatal(err)
	}
	if w.Flush(); !bytes.Equal(b.Bytes(), again) {
		t.Error("another file from the same numbers")
	}
}

func TestContest(t *testing.T) {
	b := &bench{sizes: sizes{Turns: 4}, progress: io.Discard, start: time.Now()}
	var order []string
	one := func(name string) side {
		return side{name, func(context.Context) (cost, error) {
			order = append(order, name)
			return cost{1, 2}, nil
		}}
	}
	costs, err := b.contest(t.Context(), "topic", one("ours"), one("baseline"))
	if err != nil || len(costs[0]) != 4 || len(costs[1]) != 4 || !slices.Equal(order[:4], []string{"ours", "baseline", "ours", "baseline"}) {
		t.Errorf("%v, %v, %v", order, costs, err)
	}
}

func TestCompare(t *testing.T) {
	clocks := func(v ...float64) (out []cost) {
		for _, c := range v {
			out = append(out, cost{c, 1})
		}
		return out
	}
	time := Row{Reach: atMost(1.5)}
	time.compare(clocks(3, 1, 2), clocks(1, 1, 2), false)
	if f := time.Figures; f.Ours != 2 || f.Baseline != 1 || f.Ratio != 2 || f.Low != 1 || f.High != 3 || f.Other != 1 || *time.Holds {
		t.Errorf("%+v", time)
	}
	speed := Row{Reach: atLeast(0.5)}
	speed.compare(clocks(3, 1, 2), clocks(1, 1, 2), false)
	if f := speed.Figures; f.Ratio != 0.5 || !*speed.Holds {
		t.Errorf("%+v", speed)
	}
	memory := Row{Reach: Reach{Most: 1.2, Peak: 100}}
	memory.compareMemory([]memoryPeaks{{Mask: 110}}, []memoryPeaks{{Mask: 100}}, func(p memoryPeaks) float64 { return p.Mask })
	if memory.Figures.Ratio > 1.2 || *memory.Holds {
		t.Errorf("%+v: 110 MiB are more than 100", memory)
	}
}

func TestFlags(t *testing.T) {
	for _, wrong := range [][]string{
		{"-scale", "0"}, {"-scale", "9999"}, {"-scale", "10G"}, {"-scale", "2000M"}, {"-scale", "M"}, {"-scale", "9223372036854775807k"}, {"-only", "nothing"}, {"-only", "seal,"},
		{"-format", "xml"}, {"seal"}, {"-doc", "x.md", "-only", "seal"},
	} {
		if _, err := parse(wrong, io.Discard); err == nil {
			t.Errorf("%q was accepted", wrong)
		}
	}
	o, err := parse([]string{"-scale", "250k", "-only", "mask,seal"}, io.Discard)
	if err != nil || o.scale != 250_000 || !slices.Equal(names(o.topics), []string{"mask", "seal"}) {
		t.Errorf("%+v, %v", o, err)
	}
}

func sampleReport() *Report {
	holds := true
	return &Report{Day: "2026-01-02", Scale: 10_000_000, Rows: []Row{
		{Name: "seal", Ours: "a", Baseline: "b", Size: "1 GiB", Reach: atLeast(0.95), Holds: &holds, Figures: Figures{Unit: "s", Judged: "processor", Runs: 5, Ours: 0.0012, Baseline: 100, Ratio: 1}},
		{Name: "memory", Ours: "c", Baseline: "d", Size: "10M rows", Figures: Figures{Unit: "MiB", Judged: "memory", Runs: 3, Ours: 1, Baseline: 2, Ratio: 0.5}},
	}}
}

func TestReports(t *testing.T) {
	var text, encoded bytes.Buffer
	if err := sampleReport().text(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"≥ 0.95", "1.2 ms", "100 s", "2 MiB", "yes", "scale: 10M rows"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, &text)
		}
	}
	if err := sampleReport().json(&encoded); err != nil {
		t.Fatal(err)
	}
	var back Report
	if err := json.Unmarshal(encoded.Bytes(), &back); err != nil || len(back.Rows) != 2 || back.Rows[1].Holds != nil || back.Rows[0].Reach != atLeast(0.95) {
		t.Errorf("%+v, %v", back, err)
	}
}

func TestDocumentKeepsWhatIsWrittenByHand(t *testing.T) {
	path := filepath.Join(t.TempDir(), "BENCHMARKS.md")
	if err := sampleReport().document(path); err != nil {
		t.Fatal(err)
	}
	first, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(first), firstHand) {
		t.Fatalf("%s, %v", first, err)
	}
	const note = "\n## Shortfalls\n\nThe view: 40% of its time is the keyed order.\n"
	edited := strings.Replace(strings.Replace(string(first), firstHand, note, 1), "| seal |", "| sale |", 1)
	if err := os.WriteFile(path, []byte(edited), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := sampleReport().document(path); err != nil {
		t.Fatal(err)
	}
	second, err := os.ReadFile(path)
	if err != nil || string(second) != strings.Replace(string(first), firstHand, note, 1) {
		t.Errorf("%s, %v", second, err)
	}
	if err := os.WriteFile(path, []byte("# Benchmarks\n\nall by hand\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := sampleReport().document(path); err == nil {
		t.Error("overwrote a document without a part that is kept by hand")
	}
}

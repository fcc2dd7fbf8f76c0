//go:build linux && cgo

package domain

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"yingbi/internal/fault"
	"yingbi/internal/synth"
	"yingbi/job"
)

// identifiers are the columns that no policy keeps: nothing of them may be in
// anything that was made from a view, not even sealed.
var identifiers = []string{"claim", "hospital", "person", "name", "education", "occupation", "employer", "uscc"}

// sampled is how many rows of each file the canary search looks for, besides the
// planted ones and those that went into quarantine.
const sampled = 300

// canaries gives searches for the values of every column of the sampled rows: of
// all columns, and of the identifiers alone. A value is evidence if it has six
// bytes or more, is not the code of a district (six digits that everybody knows,
// and that any digest may hold), and does not stand in a document that the domain
// holds in the clear anyway. So chapters, sexes and small numbers are left out.
func canaries(t testing.TB) (all, identifying *search) {
	t.Helper()

	public := publicText()
	all, identifying = newSearch(), newSearch()
	for _, id := range sortedKeys(cityFiles) {
		lines := csvRows(t, dataFile(id))
		header := lines[0]
		for _, row := range pick(lines[1:], header) {
			for i, value := range row {
				column := "beyond the header"
				if i < len(header) {
					column = header[i]
				}
				value = strings.TrimPrefix(value, "\uFEFF")
				if len(value) < evidence || column == "district" || bytes.Contains(public, []byte(value)) {
					continue
				}
				all.add(column, value)
				if slices.Contains(identifiers, column) {
					identifying.add(column, value)
				}
			}
		}
	}
	return all, identifying
}

// publicText is every document that the domain holds in the clear.
func publicText() []byte {
	var out bytes.Buffer
	for _, path := range []string{"agreement.yaml", "scenario.yaml"} {
		out.Write(document(path))
	}
	for id := range cityFiles {
		out.Write(document("datasets/" + id + ".yaml"))
		out.Write(document("policies/" + id + ".yaml"))
	}
	return out.Bytes()
}

func csvRows(t testing.TB, path string) [][]string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	in := csv.NewReader(bytes.NewReader(b))
	in.FieldsPerRecord = -1
	lines, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// pick takes rows from all over the file, every row of a planted person or firm,
// and every row that is not as its header says or holds what was planted to be
// quarantined.
func pick(lines [][]string, header []string) [][]string {
	planted := []string{common.truth.Chief.ID, common.truth.Dominant.Code}
	for _, c := range common.truth.Cells {
		planted = append(planted, c.People...)
	}
	var out [][]string
	for i, row := range lines {
		bad := len(row) != len(header) || slices.ContainsFunc(row, func(v string) bool {
			return slices.Contains([]string{"1987-02-30", "2024-13-01", "三月八日", "约三百", "120.00元", "约三亿"}, v)
		})
		special := slices.ContainsFunc(row, func(v string) bool { return slices.Contains(planted, v) })
		if bad || special || row[0] == "" || row[1] == "" || i%max(1, len(lines)/sampled) == 0 {
			out = append(out, row)
		}
	}
	return out
}

// TestCanary looks for raw values in every byte that a busy domain leaves behind,
// open and closed: in its folder, in the folder for temporary files, in its log
// messages. TestCanaryFindsWhatIsNotSealed is the control of the search itself.
func TestCanary(t *testing.T) {
	dir := copyCommon(t)
	all, identifying := canaries(t)
	smuggle := guest(t, "hostile-smuggle")
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	var messages bytes.Buffer
	cfg := config(t, dir)
	cfg.Log = slog.New(slog.NewJSONHandler(&messages, &slog.HandlerOptions{Level: slog.LevelDebug}))
	d, _, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{Domain: d, t: t, dir: dir, truth: common.truth}
	t.Cleanup(f.close)

	busy(t, f, smuggle)
	sealedOnly(t, all, dir, temporary)
	looked := map[string]int{}
	for name, b := range f.everyObject() {
		if rows.MatchString(name) {
			continue
		}
		looked[path.Ext(name)]++
		if bytes.HasPrefix(b, []byte("PAR1")) {
			if b, err = parquetText(b); err != nil {
				t.Fatal(err)
			}
		}
		forbidden(name, all, identifying).nowhere(t, name, b)
	}
	if looked[".parquet"] < 5 || looked[".json"] < 10 || looked[".log"] != 1 || looked[".csv"] < 1 {
		t.Errorf("objects that were opened, by kind: %v", looked)
	}
	f.close()
	sealedOnly(t, all, dir, temporary)
	if messages.Len() == 0 {
		t.Error("the domain logged nothing; the test looks at nothing")
	}
	all.nowhere(t, "the messages", messages.Bytes())
}

// busy leaves a bit of everything in the domain: a second version, a failed
// import, jobs held, released, rejected and failed, one whose module logged what
// it saw, and a trail that was read.
func busy(t *testing.T, f *fixture, smuggle []byte) {
	t.Helper()
	if _, err := importFile(t.Context(), f.as("li"), "claims", dataFile("claims")); err != nil {
		t.Fatal(err)
	}
	_, err := importFile(t.Context(), f.as("li"), "enterprises", dataFile("claims")) // another file than described
	wantKind(t, err, fault.Invalid)
	f.held("dominance", nil)
	f.released(f.held("by_district", nil))
	chief := f.held("attack_cell", nil)
	if _, err := f.as("zhao").Reject(t.Context(), chief, "disclosure_risk"); err != nil {
		t.Fatal(err)
	}
	if r := f.review(f.runText([]byte(twice), nil)); r.Job.State != job.Failed {
		t.Fatalf("the job that joins claims with themselves is %s", r.Job.State)
	}
	if r := f.review(f.run("attack_module", smuggle)); r.GuestLog == "" {
		t.Fatalf("the smuggling module left no log: %+v", r.Failure)
	}
	if _, err := f.as("sun").ExportAudit(t.Context(), filepath.Join(f.dir, "..", "trail")); err != nil {
		t.Fatal(err)
	}
}

// sealedOnly holds that no needle is in any file of the folders.
func sealedOnly(t *testing.T, all *search, dir, temporary string) {
	t.Helper()
	var total int64
	for _, folder := range []string{dir, filepath.Join(dir, "..", "trail"), temporary} {
		total += all.sealed(t, folder)
	}
	if total < 1<<20 {
		t.Errorf("only %d bytes were searched", total)
	}
}

// rows are the objects that hold what was imported, which is what the vault is for.
var rows = regexp.MustCompile(`^dataset/[a-z]+ v[0-9]+\.[0-9]{5}\.parquet$`)

// forbidden says what may not be in an object of the vault when it is opened: any
// raw value in quarantine and quality reports, identifiers in everything else
// that was made of rows.
func forbidden(name string, all, identifying *search) *search {
	if strings.Contains(name, ".quarantine.") || strings.Contains(name, ".quality.") {
		return all
	}
	return identifying
}

// TestCanaryFindsWhatIsNotSealed holds that the search of TestCanary finds every
// needle in every form where nothing is sealed: in the raw files, a GBK copy,
// Parquet, and JSON that carries hex and base64.
func TestCanaryFindsWhatIsNotSealed(t *testing.T) {
	f := open(t)
	all, _ := canaries(t)
	dir := t.TempDir()
	var raw bytes.Buffer
	for _, id := range sortedKeys(cityFiles) {
		b, err := os.ReadFile(dataFile(id))
		if err != nil {
			t.Fatal(err)
		}
		raw.Write(b)
	}
	gbk, err := simplifiedchinese.GBK.NewEncoder().Bytes(bytes.ReplaceAll(raw.Bytes(), []byte("\uFEFF"), nil))
	if err != nil {
		t.Fatal(err)
	}
	put := func(name string, b []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("all.csv", raw.Bytes())
	put("gbk.csv", gbk)
	encoded := map[string]string{}
	for name, b := range map[string][]byte{"utf-8": raw.Bytes(), "gbk": gbk} {
		encoded[name+" hex"] = hex.EncodeToString(b)
		encoded[name+" HEX"] = strings.ToUpper(hex.EncodeToString(b))
		for lead := range 3 {
			padded := append(make([]byte, lead), b...)
			encoded[name+" std"+string(rune('0'+lead))] = base64.StdEncoding.EncodeToString(padded)
			encoded[name+" url"+string(rune('0'+lead))] = base64.URLEncoding.EncodeToString(padded)
		}
	}
	b, err := json.Marshal(encoded)
	if err != nil {
		t.Fatal(err)
	}
	put("encoded.json", b)
	parquet := map[int]bool{}
	for name, b := range f.everyObject() {
		if rows.MatchString(name) {
			put(strings.ReplaceAll(name, "/", "-"), b)
			hits, err := all.file(filepath.Join(dir, strings.ReplaceAll(name, "/", "-")))
			if err != nil {
				t.Fatal(err)
			}
			maps.Copy(parquet, hits)
		}
	}
	found, _ := all.folder(t, dir)
	hits := map[int]bool{}
	for _, inFile := range found {
		maps.Copy(hits, inFile)
	}
	missed, inRows := 0, 0
	for n, needle := range all.needles {
		if !hits[n] {
			missed++
			t.Errorf("%s of column %s is not found as %s", needle.value, needle.column, needle.form)
		}
		if needle.form == "utf-8" && parquet[n] {
			inRows++
		}
		if missed > 10 {
			t.Fatal("and more")
		}
	}
	plain := 0
	for _, needle := range all.needles {
		if needle.form == "utf-8" {
			plain++
		}
	}
	bad := f.truth.BadRows[synth.PopulationFile] + f.truth.BadRows[synth.ClaimsFile] + f.truth.BadRows[synth.EnterprisesFile]
	if plain < 3*sampled || plain-inRows > bad*3 {
		t.Errorf("%d of %d values are found in Parquet; %d rows are in quarantine", inRows, plain, bad)
	}
	t.Logf("%d values, %d needles", plain, len(all.needles))
}

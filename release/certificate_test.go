package release

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"yingbi/audit"
	"yingbi/crypto"
	"yingbi/internal/fault"
)

// wholeCertificate is one that a domain signed, in bytes.
func wholeCertificate(t testing.TB) []byte {
	t.Helper()
	return newDomain(t).release(t, func(r *draft) {
		r.cert = func(c *Certificate) { c.Module = &c.Manifest }
	})[CertificateFile]
}

func TestCertificateRoundTrip(t *testing.T) {
	b := wholeCertificate(t)
	c, err := ParseCertificate(b)
	if err != nil {
		t.Fatal(err)
	}
	if c.Format != certificateFormat || c.Module == nil || *c.Module != c.Manifest || c.Question != "费用是否随年龄上升？\n按区县" {
		t.Errorf("read as %+v", c)
	}
	again, err := c.Encode()
	if err != nil || !bytes.Equal(again, b) {
		t.Errorf("encodes again as %s, %v", again, err)
	}
	for _, s := range []string{
		"", "null", "{}", string(b) + "\n", strings.Replace(string(b), ":", ": ", 1),
		strings.Replace(string(b), "certificate/v2", "certificate/v1", 1),
		strings.Replace(string(b), "2026-01-02T12:00:00.345678Z", "2026-01-02T20:00:00.345678+08:00", 1),
		strings.Replace(string(b), `"version":3`, `"version":3.0`, 1),
	} {
		if _, err := ParseCertificate([]byte(s)); err == nil {
			t.Errorf("%.40q was read", s)
		}
	}
}

// TestCertificateMustBeComplete empties each field in turn.
func TestCertificateMustBeComplete(t *testing.T) {
	whole, err := ParseCertificate(wholeCertificate(t))
	if err != nil {
		t.Fatal(err)
	}
	optional := map[string]bool{"Format": true, "Question": true, "Module": true, "Asserted": true, "Decisions": true, "Proof": true, "Conditions": true, "ValidUntil": true} // Verify misses decisions and proof
	fields := reflect.TypeOf(*whole)
	for i := range fields.NumField() {
		c := *whole
		reflect.ValueOf(&c).Elem().Field(i).SetZero()
		if _, err := c.Encode(); (err == nil) != optional[fields.Field(i).Name] {
			t.Errorf("without %s: %v", fields.Field(i).Name, err)
		}
	}
}

func TestCertificateRefusals(t *testing.T) {
	whole, err := ParseCertificate(wholeCertificate(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Certificate){
		"class":             func(c *Certificate) { c.Class = "trusted" },
		"asserted by one":   func(c *Certificate) { c.Class = Asserted },
		"asserted verified": func(c *Certificate) { c.Asserted, c.Reviewers = []string{"by_district"}, 2 },
		"zero module":       func(c *Certificate) { c.Module = new(crypto.Digest) },
		"input without":     func(c *Certificate) { c.Inputs = []Input{{}} },
		"version 0":         func(c *Certificate) { c.Inputs[0].Version = 0 },
		"too many inputs":   func(c *Certificate) { c.Inputs = make([]Input, maxEntries+1) },
		"line break":        func(c *Certificate) { c.Name = "a\nb" },
		"control character": func(c *Certificate) { c.Purpose = "a\x1b[31mb" },
		"bad UTF-8":         func(c *Certificate) { c.Operator = "\xff" },
		"long purpose":      func(c *Certificate) { c.Purpose = strings.Repeat("x", maxProse+1) },
		"year 10000":        func(c *Certificate) { c.Issued = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"no reviewer":       func(c *Certificate) { c.Reviewers = 0 },
		"empty condition":   func(c *Certificate) { c.Conditions = []string{""} },
		"many conditions":   func(c *Certificate) { c.Conditions = slices.Repeat([]string{"x"}, maxConditions+1) },
		"no date":           func(c *Certificate) { c.ValidUntil = "2026-02-30" },
		"empty rule":        func(c *Certificate) { c.Checks.Rules = []string{""} },
	} {
		c := *whole
		c.Inputs = append([]Input(nil), whole.Inputs...)
		change(&c)
		_, err := c.Encode()
		if err == nil || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	c := *whole
	for range maxEntries {
		c.Checks.Rules = append(c.Checks.Rules, "x")
		c.Decisions = append(c.Decisions, SignedDecision{Statement: strings.Repeat("x", maxProse)})
	}
	c.Checks.Rules, c.Decisions = c.Checks.Rules[:maxEntries], c.Decisions[:maxEntries]
	_, err = c.Encode()
	wantKind(t, err, fault.Limit)
}

func TestDecision(t *testing.T) {
	d := approval([]byte("tables"))
	b, err := d.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseDecision(b)
	if err != nil || got.Verdict != Approved || !got.Time.Equal(d.Time) || got.Tables != d.Tables {
		t.Errorf("read as %+v, %v", got, err)
	}
	rejection := Decision{Domain: domainName, Job: jobID, Verdict: Rejected, Reason: "failed_run", Reviewer: "lin", Org: "局", Time: noon}
	if _, err := rejection.Encode(); err != nil {
		t.Errorf("a rejection of a job that made no tables: %v", err)
	}
	for name, change := range map[string]func(*Decision){
		"no domain": func(d *Decision) { d.Domain = "" }, "no job": func(d *Decision) { d.Job = "" },
		"no verdict": func(d *Decision) { d.Verdict = "" }, "other verdict": func(d *Decision) { d.Verdict = "Approved" },
		"no tables": func(d *Decision) { d.Tables = crypto.Digest{} }, "no report": func(d *Decision) { d.Report = crypto.Digest{} },
		"no reviewer": func(d *Decision) { d.Reviewer = "" }, "no org": func(d *Decision) { d.Org = "" },
		"no time": func(d *Decision) { d.Time = time.Time{} }, "long reason": func(d *Decision) { d.Reason = strings.Repeat("x", maxProse+1) },
		"no end": func(d *Decision) { d.Expires = time.Time{} }, "message of an approval": func(d *Decision) { d.Message = "x" },
		"condition of two lines":    func(d *Decision) { d.Conditions = []string{"a\nb"} },
		"conditions of a rejection": func(d *Decision) { d.Verdict, d.Reason, d.ValidUntil = Rejected, "x", "2026-12-31" },
		"rejection without reason":  func(d *Decision) { d.Verdict = Rejected },
	} {
		d := approval([]byte("tables"))
		change(&d)
		if _, err := d.Encode(); err == nil || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = ParseDecision(make([]byte, maxDecision+1))
	wantKind(t, err, fault.Limit)
}

func FuzzParseCertificate(f *testing.F) {
	public, err := crypto.ParsePublicKey("sm2:Awn53zEeVCGhUN19Fh5LxcZyF5-tGDP8B2uwj_NW81Ag") // GB/T 32918.5, annex A.2
	if err != nil {
		f.Fatal(err)
	}
	c := testCertificate(public)
	c.Files, c.FilesCommitment.Value = []File{{TablesFile, 7, crypto.Sum(nil)}}, crypto.Sum(nil)
	c.Decisions = []SignedDecision{{"{}", []byte{1}, public}}
	c.Proof = audit.Proof{Index: 1, Record: []byte("{}"), Path: []crypto.Digest{{1}}}
	b, err := c.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	c.Class, c.Asserted, c.Reviewers = Asserted, []string{"leaves"}, 2
	if b, err = c.Encode(); err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"format":"yingbi/certificate/v2"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := ParseCertificate(b)
		if err != nil {
			return
		}
		again, err := c.Encode()
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("accepted, and encodes again as %q, %v", again, err)
		}
	})
}

func FuzzParseDecision(f *testing.F) {
	for _, d := range []Decision{
		approval([]byte("tables")),
		{Domain: "d", Job: "j", Verdict: Returned, Reason: "poor_quality", Message: "add the year", Reviewer: "r", Org: "o", Time: noon},
		{Domain: "d", Job: "j", Verdict: Rejected, Reason: "a\n\"b\"", Reviewer: "r", Org: "o", Time: noon},
	} {
		b, err := d.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := ParseDecision(b)
		if err != nil {
			return
		}
		again, err := d.Encode()
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("accepted, and encodes again as %q, %v", again, err)
		}
	})
}

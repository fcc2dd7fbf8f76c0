package release

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"yingbi/crypto"
	"yingbi/internal/fault"
)

// TestTermsAreReleased holds that conditions stand in a file of the release, under
// both reviewers' signatures, and that the release verifies with them.
func TestTermsAreReleased(t *testing.T) {
	d := newDomain(t)
	terms := Terms{Conditions: []string{"not_published", "仅限年度报告使用"}, ValidUntil: "2026-01-02"}
	files := d.release(t, func(r *draft) {
		second := r.decisions[0]
		second.Reviewer = "he"
		r.decisions, r.signers = append(r.decisions, second), []string{"lin", "he"}
		r.under(terms)
		with := r.cert
		r.cert = func(c *Certificate) { with(c); c.Reviewers = 2 }
	})
	c, err := VerifyFiles(files, domainName, d.key.Public())
	if err != nil || !c.Terms().Equal(terms) || c.Reviewers != 2 {
		t.Fatalf("%+v, %v", c, err)
	}
	text := string(files[ConditionsFile])
	for _, want := range []string{"1. not to be published or handed on · 不得公开发布或转交第三方\n", "2. 仅限年度报告使用\n", "有效期至: 2026-01-02\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s lacks %q:\n%s", ConditionsFile, want, text)
		}
	}
	files[ConditionsFile] = []byte(strings.Replace(text, "not to be", "may be", 1))
	_, err = VerifyFiles(files, domainName, d.key.Public())
	wantKind(t, err, fault.Integrity)
}

// TestPolicyDecides: a release that no person approved verifies, and says so.
func TestPolicyDecides(t *testing.T) {
	d := newDomain(t)
	c, err := VerifyFiles(d.release(t, func(r *draft) { r.byPolicy("policy:chronic@3") }), domainName, d.key.Public())
	if err != nil || c.Decisions[0].Key != d.key.Public() {
		t.Fatalf("%+v, %v", c, err)
	}
}

// TestLastDay: a release is valid to the end of its last day in China.
func TestLastDay(t *testing.T) {
	terms := Terms{ValidUntil: "2026-01-02"}
	end := time.Date(2026, 1, 2, 16, 0, 0, 0, time.UTC)
	if terms.Over(end.Add(-time.Second)) || !terms.Over(end) || (Terms{}).Over(end) {
		t.Errorf("the last day ends at %v, %v", terms.Over(end.Add(-time.Second)), terms.Over(end))
	}
}

func (d *testDomain) notice(t testing.TB, w Withdrawal, label string) []byte {
	t.Helper()
	statement, err := w.Encode()
	if err != nil {
		t.Fatal(err)
	}
	signature, err := d.key.SignLabelled(label, statement)
	if err != nil {
		t.Fatal(err)
	}
	b, err := EncodeNotice(statement, signature)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func testWithdrawal(d *testDomain, files map[string][]byte) Withdrawal {
	return Withdrawal{
		Domain: domainName, Key: d.key.Public(), Job: jobID, Certificate: crypto.Sum(files[CertificateFile]), Issued: noon,
		Reason: "wrong_data", By: "lin", Org: "玉溪市医保局", Time: noon.Add(time.Hour),
	}
}

func TestNotice(t *testing.T) {
	d := newDomain(t)
	files, other := d.release(t, nil), d.release(t, nil)
	w := testWithdrawal(d, files)
	b := d.notice(t, w, WithdrawalLabel)
	got, err := VerifyNotice(b, domainName, d.key.Public())
	if err != nil || got.Reason != w.Reason || !got.Withdraws(files) || got.Withdraws(other) {
		t.Fatalf("%+v, %v", got, err)
	}
	for name, bad := range map[string][]byte{
		"altered":               bytes.Replace(b, []byte("wrong_data"), []byte("wrong_date"), 1),
		"for another purpose":   d.notice(t, w, CertificateLabel),
		"spaces":                append(bytes.Clone(b), ' '),
		"nothing":               nil,
		"signed by somebody":    newDomain(t).notice(t, w, WithdrawalLabel),
		"a statement of others": d.notice(t, func(w Withdrawal) Withdrawal { w.Domain = "other.example"; return w }(w), WithdrawalLabel),
	} {
		_, err := VerifyNotice(bad, domainName, d.key.Public())
		if fault.KindOf(err) != fault.Integrity {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, change := range map[string]func(*Withdrawal){
		"no reason": func(w *Withdrawal) { w.Reason = "" }, "no certificate": func(w *Withdrawal) { w.Certificate = crypto.Digest{} },
		"no time": func(w *Withdrawal) { w.Time = time.Time{} }, "no key": func(w *Withdrawal) { w.Key = crypto.PublicKey{} },
	} {
		w := w
		change(&w)
		if _, err := w.Encode(); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzVerifyNotice(f *testing.F) {
	d := newDomain(f)
	w := testWithdrawal(d, map[string][]byte{CertificateFile: []byte("x")})
	f.Add(d.notice(f, w, WithdrawalLabel))
	f.Add([]byte(`{"format":"yingbi/withdrawal-notice/v1","statement":"","signature":""}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := VerifyNotice(b, domainName, d.key.Public())
		if err == nil && got != (func() Withdrawal { w := w; w.Format = got.Format; return w })() {
			t.Fatalf("a statement that was never signed: %+v", got)
		}
	})
}

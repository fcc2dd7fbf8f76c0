package history

import (
	"bytes"
	"encoding/json"
	"testing"
)

// FuzzDecode: what is read can be audited, and is written again as it was.
func FuzzDecode(f *testing.F) {
	r := release(f, "", people(1, 30, 2), people(20, 60, 3))
	s, err := r.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(s.Cells, s.Groups, s.Marks)
	f.Add([]byte(`{"format":"yingbi contributors v2","cells":[]}`), []byte{}, []byte{})
	f.Add(bytes.Replace(s.Cells, []byte(`"group":0`), []byte(`"group":7`), 1), s.Groups, s.Marks)
	f.Add(bytes.Replace(s.Cells, []byte(`"first":0`), []byte(`"first":9999`), 1), s.Groups, s.Marks)
	f.Add(bytes.Replace(s.Cells, []byte(`"parts":`), []byte(`"parts":9999`), 1), s.Groups, s.Marks)
	f.Fuzz(func(t *testing.T, cells, groups, marks []byte) {
		read, err := Decode("r", cells, groups, func() ([]byte, error) { return marks, nil })
		if err != nil || len(groups) > 1<<16 || len(read.Cells) > 50 {
			return
		}
		again, err := read.Encode()
		if err != nil || !json.Valid(again.Cells) || len(again.Groups) > 0 != (len(groups) > 0) {
			t.Fatalf("%d bytes of groups, then %d: %v", len(groups), len(again.Groups), err)
		}
		// Marks that do not belong to the groups are an error, and never a panic.
		if _, err := Audit(t.Context(), Config{K: 10, MaxSets: 50}, release(t, "", people(1, 30, 2)), []*Release{read}); err != nil && err != errBroken {
			t.Error(err)
		}
	})
}

// TestBrokenReleases: each way in which the parts may not fit together is refused.
func TestBrokenReleases(t *testing.T) {
	s, err := release(t, "", people(1, 30, 2)).Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, broken := range map[string]Sealed{
		"the format before": {bytes.Replace(s.Cells, []byte("v2"), []byte("v1"), 1), s.Groups, s.Marks},
		"another group":     {bytes.Replace(s.Cells, []byte(`"group":0`), []byte(`"group":1`), 1), s.Groups, s.Marks},
		"no class":          {bytes.Replace(s.Cells, []byte(`"class":1`), []byte(`"class":9`), 1), s.Groups, s.Marks},
		"a group cut":       {s.Cells, s.Groups[:len(s.Groups)-1], s.Marks},
		"a group too much":  {s.Cells, append(bytes.Clone(s.Groups), 0), s.Marks},
		"nothing":           {},
	} {
		if _, err := Decode("r", broken.Cells, broken.Groups, nil); err != errBroken {
			t.Errorf("%s: %v", name, err)
		}
	}
	r, err := Decode("r", s.Cells, s.Groups, func() ([]byte, error) { return s.Marks[:8], nil })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Audit(t.Context(), Config{K: 10}, release(t, "", people(2, 30, 2)), []*Release{r}); err != errBroken {
		t.Errorf("marks cut: %v", err)
	}
	for name, broken := range map[string]Sealed{
		"parts elsewhere":     {bytes.ReplaceAll(s.Cells, []byte(`"parts":`), []byte(`"parts":9999`)), s.Groups, s.Marks},
		"parts too great":     {s.Cells, s.Groups, bytes.Repeat([]byte{255}, len(s.Marks))},
		"the last parts cut":  {s.Cells, s.Groups, s.Marks[:len(s.Marks)-8]},
		"parts before others": {bytes.Replace(s.Cells, []byte(`"parts":`), []byte(`"parts":-9`), 1), s.Groups, s.Marks},
	} {
		r, err := Decode("r", broken.Cells, broken.Groups, func() ([]byte, error) { return broken.Marks, nil })
		if err == nil {
			_, err = Audit(t.Context(), Config{K: 10}, release(t, "", people(100, 200, 2)), []*Release{r})
		}
		if err != errBroken {
			t.Errorf("%s: %v", name, err)
		}
	}
}

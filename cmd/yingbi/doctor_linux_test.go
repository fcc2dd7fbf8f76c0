//go:build linux && cgo

package main

import (
	"io"
	"testing"

	"yingbi/domain"
)

// TestEveryCheckHasItsWords holds every check that a look makes, in every state, to
// words in both languages, and each repair to a reason.
func TestEveryCheckHasItsWords(t *testing.T) {
	states := []domain.Health{domain.Sound, domain.Mends, domain.Notice, domain.Broken, domain.Unseen}
	english := map[string]bool{}
	for _, lang := range []string{"en", "zh"} {
		a := newApp([]string{"--lang", lang}, nil, io.Discard, io.Discard)
		for _, check := range domain.Checks() {
			if a.checkTitle(check) == "" || lang == "zh" && a.checkTitle(check) == check {
				t.Errorf("%s has no title", check)
			}
			for _, state := range states {
				f := domain.Finding{Check: check, State: state, Items: []string{"item"}, Reason: "reason"}
				found, _ := a.words(f)
				if found == "" || a.healthTitle(state) == "" || lang == "zh" && english[found] && found != f.Reason {
					t.Errorf("%s that is %s has no words in %s: %q", check, state, lang, found)
				}
				english[found] = english[found] || lang == "en"
			}
			switch check {
			case "space", "clock", "vault", "database", "reveals", "held", "approvals", "terms": // a repair does nothing about them
				continue
			}
			why := a.remedy(domain.Finding{Check: check})
			if why == "" || lang == "zh" && english[why] {
				t.Errorf("the repair of %s has no reason in %s", check, lang)
			}
			english[why] = english[why] || lang == "en"
		}
	}
}

package masking

import (
	"strings"

	"yingbi/internal/coltype"
	"yingbi/masking/detect"
)

// definition is what the language knows of a rule. check looks at the settings
// alone; compile, or compileBeside for a rule that looks at the row's subject too, or
// compileOverall for one that looks at all rows first, at the column as well.
type definition struct {
	name     string
	settings []setting
	hides    bool                      // leaves nothing that can be read without the secret, so it may stand on a column that identifies a subject
	shows    func(r *rule) int         // characters of a value that stay readable at most; nil: all may, unless it hides
	imitates func(r *rule) detect.Type // whose form the masked values have on purpose; nil: none
	words    bool                      // makes texts of texts, each by itself
	check    func(r *rule) error
	compile  func(r *rule, in Column, s scope) (transform, coltype.Type, error)

	compileBeside func(r *rule, in Column, s scope) (beside, Column, coltype.Type, error) // also which column it looks at; one without a name is none

	compileOverall func(r *rule, in Column, s scope) (*overall, coltype.Type, error)

	open func(r *rule, in Column, s scope) (opener, error) // for whom holds the secret; nil where nobody can
}

// scope is what a rule is compiled for besides its column.
type scope struct {
	dataset  string
	columns  []Column                // of the data set
	secret   []byte                  // of the scenario
	memo     *memo                   // of the Masker
	detector func() *detect.Detector // reads its tables when it is first asked for
}

// definitions lists the rules by name. It is a function because the compilers
// refer back to it for their messages.
func definitions() []definition {
	return []definition{
		{
			name:     "bands",
			settings: []setting{{"bounds", numbersSetting, true}, {"closed", textSetting, true}, {"labels", textsSetting, false}},
			check:    checkBands,
			compile:  compileBands,
		},
		{
			name:     "clamp",
			settings: []setting{{"bottom", boundSetting, false}, {"top", boundSetting, false}},
			check:    checkClamp,
			compile:  compileClamp,
		},
		{name: "constant", hides: true, settings: []setting{{"value", textSetting, true}}, compile: compileConstant},
		{name: "drop", hides: true, compile: compileDrop},
		{
			name:     "fpe",
			hides:    true,
			imitates: func(r *rule) detect.Type { return formatNamed(r.text("format")).kind },
			words:    true,
			settings: []setting{{"format", textSetting, true}, {"kind", textSetting, false}},
			check:    checkFPE,
			compile:  compileFPE,
			open:     openFPE,
		},
		{
			name:     "generalise",
			shows:    func(*rule) int { return 0 },
			words:    true,
			settings: []setting{{"by", textSetting, false}, {"rows", rowsSetting, false}, {"to", textSetting, true}, {"other", textSetting, false}},
			check:    checkGeneralise,
			compile:  compileGeneralise,
		},
		{name: "keep", words: true, compile: compileKeep},
		{
			name:     "mask",
			shows:    func(r *rule) int { return r.count("first") + r.count("last") },
			words:    true,
			settings: []setting{{"first", countSetting, false}, {"last", countSetting, false}},
			compile:  compileMask,
		},
		{
			name:           "microaggregate",
			settings:       []setting{{"k", countSetting, true}, {"group", textSetting, false}, {"centroid", textSetting, false}},
			check:          checkMicroaggregate,
			compileOverall: compileMicroaggregate,
		},
		{
			name:          "noise",
			settings:      []setting{{"width", numberSetting, true}, {"bottom", numberSetting, false}, {"top", numberSetting, false}, {"subject", textSetting, false}},
			check:         checkNoise,
			compileBeside: compileNoise,
		},
		{
			name:     "period",
			settings: []setting{{"to", textSetting, true}, {"zone", textSetting, false}},
			check:    checkPeriod,
			compile:  compilePeriod,
		},
		{
			name:     "prefix",
			shows:    func(r *rule) int { return r.count("length") },
			words:    true,
			settings: []setting{{"length", countSetting, true}},
			check:    checkPrefix,
			compile:  compilePrefix,
		},
		{
			name:     "pseudonym",
			hides:    true,
			words:    true,
			settings: []setting{{"kind", textSetting, false}},
			check:    checkKind,
			compile:  compilePseudonym,
		},
		{name: "redact", words: true, compile: compileRedact},
		{name: "round", settings: []setting{{"to", numberSetting, true}}, check: checkRound, compile: compileRound},
		{
			name:          "shift",
			settings:      []setting{{"days", numberSetting, true}, {"subject", textSetting, false}},
			check:         checkShift,
			compileBeside: compileShift,
		},
		{name: "shuffle", settings: []setting{{"within", textSetting, false}}, compileOverall: compileShuffle},
		{name: "suppress", hides: true, compile: compileSuppress},
		{
			name:     "token",
			hides:    true,
			words:    true,
			settings: []setting{{"kind", textSetting, false}},
			check:    checkKind,
			compile:  compileToken,
			open:     openToken,
		},
	}
}

// define finds a rule by name, or gives all names.
func define(name string) (def definition, names string, ok bool) {
	for _, d := range definitions() {
		if d.name == name {
			return d, "", true
		}
		names += ", " + d.name
	}
	return definition{}, strings.TrimPrefix(names, ", "), false
}

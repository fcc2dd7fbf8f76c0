package sample

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"

	"yingbi/access"
	"yingbi/catalog"
	"yingbi/domain"
	"yingbi/egress"
	"yingbi/internal/fault"
	"yingbi/internal/yamldoc"
	"yingbi/job"
	"yingbi/masking"
)

// kitFormat is the version of a kit that this program reads and writes.
const kitFormat = 1

// The files of a kit besides those of its grants.
const (
	headFile      = "kit.json"
	scenarioFile  = "scenario.yaml"
	agreementFile = "agreement.yaml"
)

func datasetFile(id string) string { return "dataset-" + id + ".yaml" }

func presetFile(name string, version int) string {
	return fmt.Sprintf("preset-%s-v%d.yaml", name, version)
}

func policyFile(id string, version int) string { return fmt.Sprintf("policy-%s-v%d.yaml", id, version) }

// head is what a kit says of itself.
type head struct {
	Format   int           `json:"format"`
	Domain   string        `json:"domain"`            // its name
	Program  string        `json:"program,omitempty"` // version of the program that wrote the kit
	Scenario string        `json:"scenario"`
	Version  int           `json:"version"` // of the scenario
	Preset   egress.Preset `json:"preset"`  // the scenario's rules, with their numbers
}

// Kit is a kit that was read and checked.
type Kit struct {
	Domain    string // whose scenario it is
	Version   int    // of the scenario
	Scenario  *access.Scenario
	Agreement *access.Agreement
	Datasets  []*catalog.Dataset // of the scenario's grants, in their order

	policies                    []*masking.Policy // of the same grants
	scenarioText, agreementText []byte
	policyTexts                 [][]byte
	presetText                  []byte // nil where the preset is one of the program's
}

// Pack gives the files of the kit of a scenario, by their names.
func Pack(k domain.Kit, program string) (map[string][]byte, error) {
	s, err := access.ParseScenario(k.Scenario.ID, k.Scenario.Body)
	if err != nil {
		return nil, err
	}
	h := head{Format: kitFormat, Domain: k.Domain, Program: program, Scenario: s.ID, Version: k.Scenario.Version}
	presetText := []byte(nil)
	if k.Preset != nil {
		presetText = k.Preset.Body
	}
	if h.Preset, err = rules(s, presetText); err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(h, "", "  ")
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{headFile: append(text, '\n'), scenarioFile: k.Scenario.Body, agreementFile: k.Agreement.Body}
	for i, g := range s.Grants {
		files[datasetFile(g.Dataset)] = k.Datasets[i].Body
		files[policyFile(g.Policy, g.PolicyVersion)] = k.Policies[i].Body
	}
	if presetText != nil {
		files[presetFile(s.Preset, s.PresetVersion)] = presetText
	}
	_, err = parse("", func(name string) ([]byte, error) { return files[name], nil })
	return files, err
}

// Read reads a kit from its folder. Other files in it are not looked at.
func Read(dir string) (*Kit, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fault.Errorf(fault.NotFound, "there is no folder %s that can be read; a kit is made in the domain with: yingbi scenario kit", dir)
	}
	defer root.Close()
	return parse(dir, func(name string) ([]byte, error) {
		f, err := root.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fault.Errorf(fault.NotFound, "%s is no kit, or not a whole one: it has no %s; make it again in the domain with: yingbi scenario kit", dir, name)
		}
		if err != nil {
			return nil, fault.Errorf(fault.Invalid, "%s of the kit cannot be read: %v", name, err)
		}
		defer f.Close()
		return io.ReadAll(io.LimitReader(f, yamldoc.MaxBytes+1)) // parsers refuse what is longer
	})
}

// parse reads and checks the files of a kit; dir names them in errors.
func parse(dir string, read func(name string) ([]byte, error)) (*Kit, error) {
	text, err := read(headFile)
	if err != nil {
		return nil, err
	}
	h, err := parseHead(text)
	if err != nil {
		return nil, err
	}
	k := &Kit{Domain: h.Domain, Version: h.Version}
	if k.scenarioText, err = read(scenarioFile); err != nil {
		return nil, err
	}
	if k.Scenario, err = access.ParseScenario(filepath.Join(dir, scenarioFile), k.scenarioText); err != nil {
		return nil, err
	}
	if k.agreementText, err = read(agreementFile); err != nil {
		return nil, err
	}
	if k.Agreement, err = access.ParseAgreement(filepath.Join(dir, agreementFile), k.agreementText); err != nil {
		return nil, err
	}
	if k.Scenario.ID != h.Scenario || k.Scenario.Agreement != k.Agreement.ID {
		return nil, mixed(scenarioFile)
	}
	if s := k.Scenario; s.PresetVersion > 0 {
		if err := access.CheckID("preset", s.Preset); err != nil { // it stands in the name of a file
			return nil, err
		}
		if k.presetText, err = read(presetFile(s.Preset, s.PresetVersion)); err != nil {
			return nil, err
		}
	}
	if err := sameRules(h, k); err != nil {
		return nil, err
	}
	for _, g := range k.Scenario.Grants {
		if err := k.readGrant(dir, g, read); err != nil {
			return nil, err
		}
	}
	return k, nil
}

func parseHead(text []byte) (h head, err error) {
	var newer struct{ Format int }
	if len(text) <= yamldoc.MaxBytes && json.Unmarshal(text, &newer) == nil && newer.Format > kitFormat {
		return h, fault.Errorf(fault.Conflict, "the kit has format %d; this yingbi knows %d: use the newer yingbi that wrote it", newer.Format, kitFormat)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if len(text) > yamldoc.MaxBytes || d.Decode(&h) != nil || d.More() || h.Format != kitFormat {
		return h, fault.Errorf(fault.Invalid, "%s of the kit cannot be read; make it again in the domain with: yingbi scenario kit", headFile)
	}
	return h, nil
}

// sameRules holds that this program would judge as the domain does.
func sameRules(h head, k *Kit) error {
	own, err := rules(k.Scenario, k.presetText)
	if err != nil || !reflect.DeepEqual(own, h.Preset) {
		return fault.Errorf(fault.Conflict, "the domain judges what leaves by rules %q that this yingbi does not have so; use the version of the domain's program, %q", k.Scenario.Preset, h.Program)
	}
	return nil
}

// rules gives the preset of a scenario; text is that of one of the domain's own.
func rules(s *access.Scenario, text []byte) (egress.Preset, error) {
	if s.PresetVersion == 0 {
		return egress.PresetByName(s.Preset)
	}
	p, err := job.ParsePreset(presetFile(s.Preset, s.PresetVersion), text, s.PresetVersion)
	if err == nil && p.Name != s.Preset {
		err = mixed(presetFile(s.Preset, s.PresetVersion))
	}
	return p, err
}

// readGrant reads the data set and the policy of a grant.
func (k *Kit) readGrant(dir string, g access.Grant, read func(name string) ([]byte, error)) error {
	for what, id := range map[string]string{"data set": g.Dataset, "policy": g.Policy} { // they stand in names of files
		if err := access.CheckID(what, id); err != nil {
			return err
		}
	}
	name := datasetFile(g.Dataset)
	text, err := read(name)
	if err != nil {
		return err
	}
	d, err := catalog.ParseDescription(filepath.Join(dir, name), text)
	if err != nil {
		return err
	}
	if d.ID != g.Dataset {
		return mixed(name)
	}
	name = policyFile(g.Policy, g.PolicyVersion)
	if text, err = read(name); err != nil {
		return err
	}
	p, err := masking.ParsePolicy(filepath.Join(dir, name), text)
	if err != nil {
		return err
	}
	if p.ID != g.Policy || p.Version != int64(g.PolicyVersion) || p.Dataset != g.Dataset {
		return mixed(name)
	}
	k.Datasets, k.policies, k.policyTexts = append(k.Datasets, d), append(k.policies, p), append(k.policyTexts, text)
	return nil
}

func mixed(name string) error {
	return fault.Errorf(fault.Invalid, "%s of the kit is not of the same scenario as its other files; make the kit again in the domain with: yingbi scenario kit", name)
}

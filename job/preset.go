package job

import (
	"context"

	"yingbi/egress"
	"yingbi/internal/fault"
)

// ParsePreset reads a version of a preset of the domain's own.
func ParsePreset(file string, body []byte, version int) (egress.Preset, error) {
	p, err := egress.ParsePreset(file, body)
	p.Version = version
	return p, err
}

// preset gives the rules of this name: in a version the domain's own, else the program's.
func (s *Service) preset(ctx context.Context, name string, version int) (egress.Preset, error) {
	if version == 0 {
		return egress.PresetByName(name)
	}
	body, err := s.Documents.DocumentVersion(ctx, DocPreset, name, version)
	if err != nil {
		return egress.Preset{}, err
	}
	return ParsePreset(name, body, version)
}

// preset gives the rules of the run. Where one of the domain's own was taken away, or has
// become looser than what it extends, the fault says so.
func (r *replay) preset() (egress.Preset, error) {
	p, err := r.service.preset(r.ctx, r.was.Preset, r.was.PresetVersion)
	if kind := fault.KindOf(err); kind == fault.Invalid || kind == fault.NotFound {
		return p, differs("the preset: %v", err)
	}
	if err != nil || r.was.PresetDigest == nil {
		return p, err
	}
	digest, err := p.Digest()
	if err == nil && digest != *r.was.PresetDigest {
		err = differs("preset %s: it has other numbers", p)
	}
	return p, err
}

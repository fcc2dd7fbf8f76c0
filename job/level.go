package job

import (
	"context"

	"yingbi/catalog"
	"yingbi/manifest"
)

// level gives the highest level, before masking, of the columns that a job asks for: as
// its run has noted it or, where it was raised since, as the descriptions in force have
// it. 0 is not known, and counts as high.
func (s *Service) level(ctx context.Context, noted int, m *manifest.Manifest) (int, error) {
	if noted == 0 {
		return 0, nil
	}
	for _, in := range m.Inputs {
		body, _, err := s.Documents.Document(ctx, DocDataset, in.Dataset)
		if err != nil {
			return 0, err
		}
		d, err := catalog.ParseDescription(in.Dataset, body)
		if err != nil {
			return 0, err
		}
		for _, column := range in.Columns {
			noted = max(noted, d.LevelOf(column))
		}
	}
	return noted, nil
}

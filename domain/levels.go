package domain

import (
	"context"
	"fmt"
	"strings"

	"yingbi/access"
	"yingbi/catalog"
	"yingbi/internal/fault"
	"yingbi/job"
	"yingbi/view"
)

// maxStatements is how many bytes of what a provider states go into one record.
const maxStatements = 32 << 10

// amendable refuses to change the description of a data set that has rows in anything
// but levels and consents.
func (s *Session) amendable(ctx context.Context, d, old *catalog.Dataset) error {
	versions, err := s.store.Versions(ctx, d.ID)
	if err != nil || len(versions) == 0 || old != nil && d.Amends(old) {
		return err
	}
	return fault.Errorf(fault.Conflict, "data set %s has %d imported versions and keeps its description, but for levels, categories, lowered and raw_use; register the changed one under another id", d.ID, len(versions))
}

// statements gives what the record of a description says besides its digest: levels
// that fall and columns that may stay unmasked, each with its reason. A level falls
// only for a reason that was given for it; old may be nil.
func statements(d, old *catalog.Dataset) (map[string]string, error) {
	out := map[string]string{}
	if changes := d.LoweredFrom(old); len(changes) > 0 {
		if d.Lowered == nil || old != nil && old.Lowered != nil && *old.Lowered == *d.Lowered {
			return nil, fault.Errorf(fault.Invalid, "levels of data set %s would fall (%s): say why in the description, lowered: {reason: …, by: …, date: …}; a reason that was given before does not count again",
				d.ID, catalog.Describe(changes))
		}
		out["lowered"], out["lowered_because"] = catalog.Describe(changes), because(*d.Lowered)
	}
	var consents []string
	for _, u := range d.NewConsents(old) {
		consents = append(consents, fmt.Sprintf("%s: %s; %s", u.Scenario, strings.Join(u.Columns, ", "), because(u.Statement)))
	}
	if consents != nil {
		out["raw_use"] = strings.Join(consents, "\n")
	}
	for _, text := range out {
		if len(text) > maxStatements {
			return nil, fault.Errorf(fault.Limit, "too many columns of data set %s change at once for one record; register the description in steps", d.ID)
		}
	}
	return out, nil
}

func because(s catalog.Statement) string { return fmt.Sprintf("%s (%s, %s)", s.Reason, s.By, s.Date) }

// ColumnLevel is the level of a granted column, as it is stored and behind its mask.
type ColumnLevel struct {
	Dataset, Column string
	Raw, Masked     int
}

// Levels gives those of all columns that a scenario grants, in its order.
func (s *Session) Levels(ctx context.Context, sc *access.Scenario) ([]ColumnLevel, error) {
	if err := s.authorise(ctx, access.ListScenarios, job.DocScenario+"/"+sc.ID); err != nil {
		return nil, err
	}
	return s.grantLevels(ctx, sc)
}

// grantLevels checks the grants of a scenario and gives the levels of their columns.
func (s *Session) grantLevels(ctx context.Context, sc *access.Scenario) ([]ColumnLevel, error) {
	var out []ColumnLevel
	for _, g := range sc.Grants {
		d, p, err := s.checkGrant(ctx, sc.ID, g)
		if err != nil {
			return nil, err
		}
		raw := view.Columns(d)
		for _, granted := range g.Columns {
			for _, c := range raw {
				if c.Name == granted.Name {
					level := d.LevelOf(c.Name)
					out = append(out, ColumnLevel{d.ID, c.Name, level, p.Level(c, level)})
				}
			}
		}
	}
	return out, nil
}

// viewLevels says of each data set the level of its view, which is the highest of its
// granted columns, and what it was before masking: "claims 3 to 2".
func viewLevels(columns []ColumnLevel) string {
	var out []string
	for first := 0; first < len(columns); {
		highest := columns[first]
		for first++; first < len(columns) && columns[first].Dataset == highest.Dataset; first++ {
			highest.Raw, highest.Masked = max(highest.Raw, columns[first].Raw), max(highest.Masked, columns[first].Masked)
		}
		out = append(out, fmt.Sprintf("%s %d to %d", highest.Dataset, highest.Raw, highest.Masked))
	}
	return strings.Join(out, "; ")
}

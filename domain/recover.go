package domain

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"yingbi/audit"
	"yingbi/internal/durable"
	"yingbi/internal/fault"
)

// Recovery tells what Open found and put right after an unclean end.
type Recovery struct {
	TornBytes int64    `json:"torn_bytes,omitempty"` // cut from the end of the log: a record that was never acknowledged
	Finished  []string `json:"finished,omitempty"`   // acts that were done and had no outcome in the log, now closed as done
	Abandoned []string `json:"abandoned,omitempty"`  // intents without an outcome, now closed as abandoned
	Jobs      []string `json:"jobs,omitempty"`       // jobs that were running and have failed, or were half submitted and are refused
	Orphans   []string `json:"orphans,omitempty"`    // objects that no manifest names, now removed
	Leftovers []string `json:"leftovers,omitempty"`  // files that were being written and never in force, now removed
}

// Empty reports whether there was nothing to put right.
func (r Recovery) Empty() bool {
	return r.TornBytes == 0 && len(r.Finished) == 0 && len(r.Abandoned) == 0 && len(r.Jobs) == 0 && len(r.Orphans) == 0 && len(r.Leftovers) == 0
}

// recover compares the database with the log, closes intents that have no
// outcome, fails jobs that were running, and removes files that nothing names.
func (d *Domain) recover(ctx context.Context, r *Recovery) error {
	if d.log.Size() == 0 {
		if err := d.adoptFounder(ctx); err != nil {
			return err
		}
		return d.sweep(ctx, r)
	}
	database, err := inDatabase(ctx, d.store)
	if err != nil {
		return err
	}
	if err := d.closeIntents(ctx, database, r); err != nil {
		return err
	}
	if r.Jobs, err = d.Jobs().Recover(ctx); err != nil {
		return err
	}
	if err := d.sweep(ctx, r); err != nil {
		return err
	}
	d.ledger.reveals.mu.Lock()
	defer d.ledger.reveals.mu.Unlock()
	if err := d.sweepReveals(ctx); err != nil {
		return err
	}
	return d.noteClock(ctx)
}

// sweep records what was cut from the log and what will be removed, and removes it.
func (d *Domain) sweep(ctx context.Context, r *Recovery) (err error) {
	if r.Leftovers, err = leftovers(d.cfg); err != nil {
		return err
	}
	if r.Orphans, err = d.vault.Orphans(ctx); err != nil {
		return err
	}
	details := map[string]string{}
	if r.TornBytes > 0 {
		details["torn_bytes"] = strconv.FormatInt(r.TornBytes, 10)
	}
	for name, list := range map[string][]string{"leftovers": r.Leftovers, "orphans": r.Orphans} {
		if len(list) > 0 {
			details[name] = strconv.Itoa(len(list))
			details[name+".first"] = strings.Join(list[:min(len(list), 20)], " ")
		}
	}
	if len(details) == 0 {
		return nil
	}
	if err := d.event(ctx, "domain", "domain.recover", "domain", details); err != nil {
		return err
	}
	for _, path := range r.Leftovers {
		if err := os.Remove(d.cfg.path(path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	_, err = d.vault.Collect(ctx)
	return err
}

// leftovers lists, relative to the folder, the files that were being written when
// a process ended: small ones that are replaced as a whole. The vault has its own.
func leftovers(cfg Config) ([]string, error) {
	var out []string
	for folder, names := range map[string][]string{".": {infoFile}, "audit": {"log", "checkpoint"}, "keeper": {"keyring", "state"}} {
		found, err := durable.Leftovers(cfg.path(folder), names...)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for _, path := range found {
			out = append(out, filepath.Join(folder, filepath.Base(path)))
		}
	}
	slices.Sort(out)
	return out, nil
}

// adoptFounder makes the founder's registration the first act of the log, when a
// domain is opened for the first time: Init has no log yet.
func (d *Domain) adoptFounder(ctx context.Context) error {
	people, err := d.store.People(ctx)
	if err != nil {
		return err
	}
	if len(people) != 1 {
		return fault.Errorf(fault.Integrity, "a new domain has one founder, and this one has %d people: found it again in an empty folder", len(people))
	}
	return d.log.Act(ctx, registration(people[0], people[0].ID), func(uint64) error { return nil })
}

// closeIntents records the outcome of intents that have none, in their order, if
// with them log and database agree.
func (d *Domain) closeIntents(ctx context.Context, database acts, r *Recovery) error {
	open, err := d.ledger.judge(database)
	if err != nil {
		return err
	}
	for _, i := range open {
		list, result := &r.Abandoned, "abandoned"
		if i.finished {
			list, result = &r.Finished, audit.OK
		}
		*list = append(*list, i.String())
		_, err := d.log.Append(ctx, audit.Record{
			Actor: "domain", Action: i.record.Action, Phase: audit.Outcome, Target: i.record.Target, Ref: &i.index, Result: result,
		})
		if err != nil {
			return err
		}
	}
	d.ledger.open, d.ledger.done = nil, acts{}
	return nil
}

// openIntent is an intent that has no outcome.
type openIntent struct {
	index    uint64
	record   audit.Record
	finished bool // the database has what was intended
}

func (i openIntent) String() string {
	return fmt.Sprintf("%d %s %s", i.index, i.record.Action, i.record.Target)
}

// judge gives the open intents in their order, if with them the log, which was
// replayed, and the database agree.
func (l *ledger) judge(database acts) ([]openIntent, error) {
	var out []openIntent
	for _, index := range slices.Sorted(maps.Keys(l.open)) {
		i := openIntent{index: index, record: l.open[index]}
		if i.finished = l.done.done(i.record, database); i.finished {
			l.done.note(i.record)
		}
		out = append(out, i)
	}
	return out, l.done.check(database)
}

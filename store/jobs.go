package store

import (
	"context"
	"database/sql"

	"yingbi/internal/fault"
	"yingbi/job"
)

const jobColumns = "id, scenario, scenario_version, submitter, org, state, class, reason, module, approvals, created, updated"

// AddJob stores a new job in its state.
func (s *Store) AddJob(ctx context.Context, j job.Job) error {
	_, err := s.exec(ctx, "INSERT INTO jobs ("+jobColumns+") VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
		j.ID, j.Scenario, j.ScenarioVersion, j.Submitter, j.Org, j.State, j.Class, j.Reason, j.Module, j.Approvals, stamp(j.Created), stamp(j.Updated))
	return err
}

// Job finds a job by id.
func (s *Store) Job(ctx context.Context, id string) (job.Job, error) {
	return one(s.db.QueryRowContext(ctx, "SELECT "+jobColumns+" FROM jobs WHERE id = ?", id), "job", id, scanJob)
}

// Jobs lists all jobs, oldest first.
func (s *Store) Jobs(ctx context.Context) ([]job.Job, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT "+jobColumns+" FROM jobs ORDER BY created, id")
	return many(rows, err, scanJob)
}

// MoveJob takes a job one step through its life: j.State becomes step.To, with
// j.Class, j.Reason and j.Updated. A step that the table does not know, or a job
// that is not in step.From, is a fault.Conflict and changes nothing.
func (s *Store) MoveJob(ctx context.Context, j job.Job, step job.Transition) error {
	if !step.From.CanBecome(step.To) {
		return fault.Errorf(fault.Conflict, "a job that is %s cannot become %s", step.From, step.To)
	}
	return s.change(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "UPDATE jobs SET state = ?, class = ?, reason = ?, updated = ? WHERE id = ? AND state = ?",
			step.To, j.Class, j.Reason, stamp(step.At), j.ID, step.From)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil {
			return err
		} else if n != 1 {
			return fault.Errorf(fault.Conflict, "job %s is no longer %s; look at it again", j.ID, step.From)
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO job_transitions (job, seq, from_state, to_state, actor, audit_index, at)
			SELECT ?, coalesce(max(seq), 0) + 1, ?, ?, ?, ?, ? FROM job_transitions WHERE job = ?`,
			j.ID, step.From, step.To, step.Actor, int64(step.Audit), stamp(step.At), j.ID)
		return err
	})
}

// SetApprovals notes how many people have signed for a job that is held or approved.
func (s *Store) SetApprovals(ctx context.Context, id string, n int) error {
	return s.change(ctx, func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "UPDATE jobs SET approvals = ? WHERE id = ? AND state IN (?, ?)", n, id, job.Held, job.Approved)
		if err != nil {
			return err
		}
		if rows, err := result.RowsAffected(); err != nil {
			return err
		} else if rows != 1 {
			return fault.Errorf(fault.Conflict, "job %s is neither %s nor %s any more; look at it again", id, job.Held, job.Approved)
		}
		return nil
	})
}

// Transitions lists the steps of a job's life in order.
func (s *Store) Transitions(ctx context.Context, id string) ([]job.Transition, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT from_state, to_state, actor, audit_index, at FROM job_transitions WHERE job = ? ORDER BY seq", id)
	return many(rows, err, func(row scanner) (job.Transition, error) {
		var t job.Transition
		var index int64
		var at string
		err := row.Scan(&t.From, &t.To, &t.Actor, &index, &at)
		if err != nil {
			return t, err
		}
		t.Audit = uint64(index)
		t.At, err = parseStamp(at)
		return t, err
	})
}

func scanJob(row scanner) (job.Job, error) {
	var j job.Job
	var created, updated string
	err := row.Scan(&j.ID, &j.Scenario, &j.ScenarioVersion, &j.Submitter, &j.Org, &j.State, &j.Class, &j.Reason, &j.Module, &j.Approvals, &created, &updated)
	if err != nil {
		return j, err
	}
	if j.Created, err = parseStamp(created); err != nil {
		return j, err
	}
	j.Updated, err = parseStamp(updated)
	return j, err
}

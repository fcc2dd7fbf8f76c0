package job

import "yingbi/audit"

// alarm records that a module says something else than the domain's own computation, or
// than itself: it erred, or hides something. The record holds no figure and no word of the
// module; name is the manifest's, of a thing of that kind. A replay recomputes what was
// recorded when the job ran.
func (r *run) alarm(what, kind, name string) error {
	if r.replay {
		return nil
	}
	_, err := r.service.Log.Append(r.ctx, audit.Record{
		Actor: "system", Action: "job.alarm", Phase: audit.Event, Target: "job/" + r.job.ID,
		Details: map[string]string{"alarm": what, kind: name},
	})
	return err
}

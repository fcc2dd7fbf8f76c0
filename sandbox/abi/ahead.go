package abi

// Ahead gives the beginning of a request: what a cell can prepare before it knows
// the rest. ok is false for a task that is prepared as a whole.
//
//	guest    the module with its code, without the views of one that has SQL
//	explore  the views and the memory of the engine, without the statement
func (r *Request) Ahead() (beginning Request, ok bool) {
	switch {
	case r.Guest != nil && !r.Guest.SQL:
		g := r.Guest
		return Request{Task: r.Task, Guest: &GuestRequest{ModuleFD: g.ModuleFD, CodeFD: g.CodeFD, MaxPages: g.MaxPages}}, true
	case r.Explore != nil:
		e := r.Explore
		return Request{Task: r.Task, Explore: &ExploreRequest{Views: e.Views, Memory: e.Memory}}, true
	}
	return Request{}, false
}

package view

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"yingbi/vault"
)

// Cached is what a data set's compartment holds of one view. All of it can be made
// again from the version, the policy and the scenario's secret.
type Cached struct {
	View    string    // identity
	Bytes   int64     // of rows and engine files
	Engines int64     // of them, of engine files
	Created time.Time // of what was made last
	objects []string
}

// CachedIn lists the views of a data set's compartment, by identity.
func CachedIn(c *vault.Compartment) ([]Cached, error) {
	byView := map[string]*Cached{}
	for _, name := range c.Names() {
		identity, kind, ok := viewOf(name)
		if !ok {
			continue
		}
		info, err := c.Stat(name)
		if err != nil {
			return nil, err
		}
		v := byView[identity]
		if v == nil {
			v = &Cached{View: identity}
			byView[identity] = v
		}
		v.Bytes += info.Size
		if info.Created.After(v.Created) {
			v.Created = info.Created
		}
		if kind == "engine" {
			v.Engines += info.Size
		}
		v.objects = append(v.objects, name)
	}
	var all []Cached
	for _, v := range byView {
		all = append(all, *v)
	}
	slices.SortFunc(all, func(a, b Cached) int { return strings.Compare(a.View, b.View) })
	return all, nil
}

// viewOf takes the name of a view's object apart: view-<identity>.<rest>.<kind>.
func viewOf(object string) (identity, kind string, ok bool) {
	rest, ok := strings.CutPrefix(object, "view-")
	parts := strings.Split(rest, ".")
	return parts[0], parts[len(parts)-1], ok && len(parts) > 1
}

// Evict removes cached views until the compartment holds at most budget bytes of
// them, those first that were used longest ago; where nobody knows, since they
// were made. Those to keep stay, however large. It gives the views that are gone.
func Evict(ctx context.Context, c *vault.Compartment, budget int64, used map[string]time.Time, keep []string) (gone []string, err error) {
	all, err := CachedIn(c)
	if err != nil {
		return nil, err
	}
	total := int64(0)
	for i, v := range all {
		total += v.Bytes
		if _, known := used[v.View]; !known {
			used[v.View] = all[i].Created
		}
	}
	slices.SortFunc(all, func(a, b Cached) int {
		return cmp.Or(used[a.View].Compare(used[b.View]), strings.Compare(a.View, b.View))
	})
	b := c.Begin()
	defer b.Discard()
	for _, v := range all {
		if total <= budget {
			break
		}
		if slices.Contains(keep, v.View) {
			continue
		}
		for _, name := range v.objects {
			b.Delete(name)
		}
		total -= v.Bytes
		gone = append(gone, v.View)
	}
	if len(gone) == 0 {
		return nil, nil
	}
	return gone, b.Commit(ctx)
}

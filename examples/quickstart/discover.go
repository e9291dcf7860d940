package main

import (
	"context"
	"slices"

	"github.com/clevercloud-go/clevercloud"
)

// A place is what the tour looks at: an owner, its first application, and its operators.
type place struct {
	owner     clevercloud.OwnerID
	name      string
	app       clevercloud.ApplicationID
	pulsar    clevercloud.PulsarID
	operators map[clevercloud.OperatorKind]clevercloud.OperatorID
}

// discover returns the place of the owner with that id or name. For "" it is the first organisation
// that has an application, or else the user's personal space.
func discover(ctx context.Context, client *clevercloud.Client, owner string) (place, error) {
	seen, err := client.Identity.Summary(ctx)
	if err != nil {
		return place{}, err
	}
	found := &seen.User
	if i := slices.IndexFunc(seen.Organisations, hasApplications); i >= 0 {
		found = &seen.Organisations[i]
	}
	if owner != "" {
		if found, err = seen.Owner(owner); err != nil {
			return place{}, err
		}
	}
	p := place{
		owner: found.ID, name: found.Name,
		operators: map[clevercloud.OperatorKind]clevercloud.OperatorID{},
	}
	if hasApplications(*found) {
		p.app = found.Applications[0].ID
	}
	for _, addon := range found.Addons {
		r := clevercloud.Resource{ID: addon.RealID, ProviderID: addon.ProviderID}
		if kind, id, ok := r.Operator(); ok {
			p.operators[kind] = id
		}
		if id, ok := r.PulsarID(); ok {
			p.pulsar = id
		}
	}
	return p, nil
}

func hasApplications(o clevercloud.SummaryOwner) bool { return len(o.Applications) > 0 }

package main

import (
	"context"
	"errors"
	"net/http"

	"github.com/clevercloud-go/clevercloud"
)

// A place is what the tour looks at.
type place struct {
	owner     clevercloud.OwnerID
	name      string
	app       clevercloud.ApplicationID
	pulsar    clevercloud.PulsarID
	operators map[clevercloud.OperatorKind]clevercloud.OperatorID
}

// summary is the part of /v2/summary, which lists what a user can see, that the tour needs.
type summary struct {
	User          summaryOwner   `json:"user"`
	Organisations []summaryOwner `json:"organisations"`
}

type summaryOwner struct {
	ID           clevercloud.OwnerID `json:"id"`
	Name         string              `json:"name"`
	Applications []struct {
		ID clevercloud.ApplicationID `json:"id"`
	} `json:"applications"`
	Addons []struct {
		RealID     string `json:"realId"`
		ProviderID string `json:"providerId"`
	} `json:"addons"`
}

// discover finds what there is to look at, for the owner of that id or the first one that has an application.
func discover(ctx context.Context, client *clevercloud.Client, owner clevercloud.OwnerID) (place, error) {
	var seen summary
	if err := client.Do(ctx, http.MethodGet, "/v2/summary", nil, &seen); err != nil {
		return place{}, err
	}
	owners := append(seen.Organisations, seen.User)
	for _, o := range owners {
		if o.ID == owner || owner == "" && len(o.Applications) > 0 {
			return placeOf(o), nil
		}
	}
	if owner != "" || len(owners) == 0 {
		return place{}, errors.New("no such owner among those that these credentials can see")
	}
	return placeOf(owners[0]), nil
}

func placeOf(o summaryOwner) place {
	p := place{owner: o.ID, name: o.Name, operators: map[clevercloud.OperatorKind]clevercloud.OperatorID{}}
	if len(o.Applications) > 0 {
		p.app = o.Applications[0].ID
	}
	for _, addon := range o.Addons {
		switch addon.ProviderID {
		case "addon-pulsar":
			p.pulsar = clevercloud.PulsarID(addon.RealID)
		case "addon-matomo":
			p.operators[clevercloud.Matomo] = clevercloud.OperatorID(addon.RealID)
		case "keycloak", "metabase", "otoroshi":
			p.operators[clevercloud.OperatorKind(addon.ProviderID)] = clevercloud.OperatorID(addon.RealID)
		}
	}
	return p
}

package clevercloud

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// IdentityService tells whom the credentials are for, and finds what they can see. It is the v2 API's.
type IdentityService service

var (
	identitySelf = operation[none, *Self]{
		id: "identity.self", method: http.MethodGet, idempotent: true, path: "/v2/self",
	}
	identitySummary = operation[none, *summary]{
		id: "identity.resolve", method: http.MethodGet, idempotent: true, path: "/v2/summary",
	}
)

// Self is the user whom the credentials are for.
type Self struct {
	ID    UserID `json:"id,omitzero"`
	Email string `json:"email,omitzero"`
	Name  string `json:"name,omitzero"`
}

// Self returns the user whom the credentials are for.
//
//	GET /v2/self
func (s *IdentityService) Self(ctx context.Context, opts ...CallOption) (*Self, error) {
	return identitySelf.call(ctx, s.client, opts, none{})
}

// A Resource is an application or an add-on, with the ids that calls want.
type Resource struct {
	OwnerID   OwnerID
	OwnerName string
	// ID is the real id: app_…, keycloak_…, postgresql_….
	ID ResourceID
	// AddonID is addon_…; empty for an application.
	AddonID AddonID
	// ProviderID is the kind of add-on as the v2 API names it: keycloak, addon-matomo, addon-pulsar, …; empty for an application.
	ProviderID string
	Name       string
}

// ApplicationID returns the id for calls that want an application's, and whether it is one.
func (r Resource) ApplicationID() (ApplicationID, bool) {
	if r.AddonID != "" {
		return "", false
	}
	return ApplicationID(r.ID), true
}

// Operator returns kind and id for calls that want an operator's, and whether it is one.
func (r Resource) Operator() (OperatorKind, OperatorID, bool) {
	kind := OperatorKind(strings.TrimPrefix(r.ProviderID, "addon-"))
	return kind, OperatorID(r.ID), kind.IsKnown()
}

// PulsarID returns the id for calls that want a Pulsar add-on's, and whether it is one.
func (r Resource) PulsarID() (PulsarID, bool) {
	return PulsarID(r.ID), r.ProviderID == "addon-pulsar"
}

// summary is what a user can see.
type summary struct {
	User          summaryOwner   `json:"user"`
	Organisations []summaryOwner `json:"organisations"`
}

type summaryOwner struct {
	ID           OwnerID `json:"id"`
	Name         string  `json:"name"`
	Applications []struct {
		ID   ResourceID `json:"id"`
		Name string     `json:"name"`
	} `json:"applications"`
	Addons []struct {
		ID         AddonID    `json:"id"`
		RealID     ResourceID `json:"realId"`
		ProviderID string     `json:"providerId"`
		Name       string     `json:"name"`
	} `json:"addons"`
}

// resources lists what an owner has.
func (o summaryOwner) resources() []Resource {
	var all []Resource
	for _, app := range o.Applications {
		all = append(all, Resource{OwnerID: o.ID, OwnerName: o.Name, ID: app.ID, Name: app.Name})
	}
	for _, addon := range o.Addons {
		all = append(all, Resource{
			OwnerID: o.ID, OwnerName: o.Name, ID: addon.RealID, AddonID: addon.ID, ProviderID: addon.ProviderID, Name: addon.Name,
		})
	}
	return all
}

// Resolve finds an application or an add-on by any of its ids (app_…, addon_…, keycloak_…) or by its name, and returns its owner and its
// real id. None is [ErrNotFound]. A name that several have is [ErrConflict], and the error lists their ids.
//
//	GET /v2/summary
func (s *IdentityService) Resolve(ctx context.Context, idOrName string, opts ...CallOption) (*Resource, error) {
	if idOrName == "" {
		return nil, &ValidationError{Operation: identitySummary.id, Argument: "idOrName", Reason: "must not be empty"}
	}
	seen, err := identitySummary.call(ctx, s.client, opts, none{})
	if err != nil {
		return nil, err
	}
	var named []Resource
	for _, owner := range append(seen.Organisations, seen.User) {
		for _, r := range owner.resources() {
			switch idOrName {
			case string(r.ID), string(r.AddonID):
				return &r, nil
			case r.Name:
				named = append(named, r)
			}
		}
	}
	if len(named) == 1 {
		return &named[0], nil
	}
	return nil, unresolved(idOrName, named)
}

func unresolved(idOrName string, named []Resource) error {
	if len(named) == 0 {
		text := fmt.Sprintf("no application or add-on %q among those that these credentials can see", printable(idOrName, 64))
		return &RequestError{Operation: identitySummary.id, err: ErrNotFound, text: text}
	}
	ids := make([]string, len(named))
	for i, r := range named {
		ids[i] = string(r.ID)
	}
	err := errors.New(strings.Join(ids, ", "))
	return &RequestError{Operation: identitySummary.id, err: fmt.Errorf("%w: the name is that of %w", ErrConflict, err)}
}

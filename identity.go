package clevercloud

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/clevercloud-go/clevercloud/internal/redact"
)

// IdentityService tells whose credentials a client has, and lists and finds the organisations,
// applications and add-ons that they give access to. It uses the v2 API.
type IdentityService service

var identitySummary = operation[*Summary]{id: "identity.summary", path: "/v2/summary"}

// Self is the user that the credentials belong to.
type Self struct {
	ID    UserID `json:"id,omitzero"`
	Email string `json:"email,omitzero"`
	Name  string `json:"name,omitzero"`
}

// Self returns the user that the credentials belong to.
//
//	GET /v2/self
func (s *IdentityService) Self(ctx context.Context, opts ...CallOption) (*Self, error) {
	return operation[*Self]{id: "identity.self", path: "/v2/self"}.call(ctx, s.client, opts, none{})
}

// A Resource is an application or an add-on, with the ids that other calls take.
type Resource struct {
	OwnerID   OwnerID
	OwnerName string
	ID        ResourceID // the real id: app_…, keycloak_…, postgresql_…
	AddonID   AddonID    // addon_…; empty for an application
	// ProviderID is the kind of add-on as the v2 API names it, such as keycloak, addon-matomo or
	// postgresql-addon. It is empty for an application.
	ProviderID string
	Name       string
}

// ApplicationID returns the id of an application, and whether r is one.
func (r Resource) ApplicationID() (ApplicationID, bool) {
	if r.AddonID != "" {
		return "", false
	}
	return ApplicationID(r.ID), true
}

// Operator returns the kind and id of an operator, and whether r is one.
func (r Resource) Operator() (OperatorKind, OperatorID, bool) {
	kind := OperatorKind(strings.TrimPrefix(r.ProviderID, "addon-"))
	return kind, OperatorID(r.ID), kind.IsKnown()
}

// PulsarID returns the id of a Pulsar add-on, and whether r is one.
func (r Resource) PulsarID() (PulsarID, bool) {
	return PulsarID(r.ID), r.ProviderID == "addon-pulsar"
}

// A Summary is what the credentials give access to. The user's personal space is in User only.
type Summary struct {
	User          SummaryOwner   `json:"user"`
	Organisations []SummaryOwner `json:"organisations,omitzero"`
}

// A SummaryOwner is an organisation, or the personal space of a user, with what it owns.
type SummaryOwner struct {
	ID           OwnerID              `json:"id,omitzero"`
	Name         string               `json:"name,omitzero"`
	Applications []SummaryApplication `json:"applications,omitzero"`
	Addons       []SummaryAddon       `json:"addons,omitzero"`
}

// A SummaryApplication is an application of a [SummaryOwner].
type SummaryApplication struct {
	ID   ApplicationID `json:"id,omitzero"`
	Name string        `json:"name,omitzero"`
}

// A SummaryAddon is an add-on of a [SummaryOwner].
type SummaryAddon struct {
	ID AddonID `json:"id,omitzero"`
	// RealID is the id that most calls of v4 take, such as postgresql_….
	RealID     ResourceID `json:"realId,omitzero"`
	ProviderID string     `json:"providerId,omitzero"`
	Name       string     `json:"name,omitzero"`
}

// owners lists the user's space and the organisations.
func (s *Summary) owners() []SummaryOwner {
	return append([]SummaryOwner{s.User}, s.Organisations...)
}

// resources lists what an owner has.
func (o SummaryOwner) resources() []Resource {
	var all []Resource
	for _, app := range o.Applications {
		all = append(all, Resource{OwnerID: o.ID, OwnerName: o.Name, ID: ResourceID(app.ID),
			Name: app.Name})
	}
	for _, addon := range o.Addons {
		all = append(all, Resource{
			OwnerID: o.ID, OwnerName: o.Name, ID: addon.RealID, AddonID: addon.ID,
			ProviderID: addon.ProviderID, Name: addon.Name,
		})
	}
	return all
}

func checkName(idOrName string) error {
	return check(identitySummary.id, rule{idOrName == "", "idOrName", "must not be empty"})
}

// Find returns the application or add-on with the given id (app_…, addon_… or a real id such as
// keycloak_…) or name. If there is none, the error matches [ErrNotFound]. If several have that
// name, it matches [ErrConflict] and lists their ids and owners. Nothing is sent.
func (s *Summary) Find(idOrName string) (*Resource, error) {
	if err := checkName(idOrName); err != nil {
		return nil, err
	}
	var named []Resource
	for _, owner := range s.owners() {
		for _, r := range owner.resources() {
			switch idOrName {
			case string(r.ID), string(r.AddonID):
				return &r, nil
			case r.Name:
				named = append(named, r)
			}
		}
	}
	return single("application or add-on", idOrName, named, func(r Resource) string {
		return fmt.Sprintf("%s (%q)", r.ID, redact.Line(cmp.Or(r.OwnerName, string(r.OwnerID)), 64))
	})
}

// Owner returns the organisation or personal space with the given id or name. Its errors are those
// of [Summary.Find]. Nothing is sent.
func (s *Summary) Owner(idOrName string) (*SummaryOwner, error) {
	if err := checkName(idOrName); err != nil {
		return nil, err
	}
	var named []SummaryOwner
	for _, owner := range s.owners() {
		switch idOrName {
		case string(owner.ID):
			return &owner, nil
		case owner.Name:
			named = append(named, owner)
		}
	}
	return single("organisation", idOrName, named, func(o SummaryOwner) string {
		return string(o.ID)
	})
}

// single returns the only one of those that have a name.
func single[T any](kind, name string, named []T, describe func(T) string) (*T, error) {
	switch len(named) {
	case 1:
		return &named[0], nil
	case 0:
		text := fmt.Sprintf("no %s %q among those that these credentials can see", kind,
			redact.Line(name, 64))
		return nil, &RequestError{Operation: identitySummary.id, err: ErrNotFound, text: text}
	}
	described := make([]string, len(named))
	for i, one := range named {
		described[i] = describe(one)
	}
	text := "ambiguous name: " + strings.Join(described, ", ")
	return nil, &RequestError{Operation: identitySummary.id, err: ErrConflict, text: text}
}

// Summary lists the organisations, applications and add-ons that the credentials give access to, in
// one request. Use its Find and Owner methods to look up ids by name.
//
//	GET /v2/summary
func (s *IdentityService) Summary(ctx context.Context, opts ...CallOption) (*Summary, error) {
	seen, err := identitySummary.call(ctx, s.client, opts, none{})
	if err != nil {
		return nil, err
	}
	seen.mergePersonalSpace()
	return seen, nil
}

// mergePersonalSpace takes the personal space, which the API lists as an organisation too, out of
// the organisations. What it owns may be in either place, or in both.
func (s *Summary) mergePersonalSpace() {
	i := slices.IndexFunc(s.Organisations, func(o SummaryOwner) bool { return o.ID == s.User.ID })
	if i < 0 || s.User.ID == "" {
		return
	}
	twin := s.Organisations[i]
	s.Organisations = slices.Delete(s.Organisations, i, i+1)
	for _, app := range twin.Applications {
		same := func(a SummaryApplication) bool { return a.ID == app.ID }
		if !slices.ContainsFunc(s.User.Applications, same) {
			s.User.Applications = append(s.User.Applications, app)
		}
	}
	for _, addon := range twin.Addons {
		same := func(a SummaryAddon) bool { return a.ID == addon.ID }
		if !slices.ContainsFunc(s.User.Addons, same) {
			s.User.Addons = append(s.User.Addons, addon)
		}
	}
}

// Resolve finds an application or an add-on by id or by name, as [Summary.Find] does. For more than
// one lookup use Summary, which takes one request for all of them.
//
//	GET /v2/summary
func (s *IdentityService) Resolve(
	ctx context.Context, idOrName string, opts ...CallOption,
) (*Resource, error) {
	if err := checkName(idOrName); err != nil {
		return nil, err
	}
	seen, err := s.Summary(ctx, opts...)
	if err != nil {
		return nil, err
	}
	return seen.Find(idOrName)
}

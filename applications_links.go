package clevercloud

import (
	"context"
	"net/http"
)

var (
	applicationsListLinkedAddons = operation[none, []Addon]{
		id: "applications.list-linked-addons", method: http.MethodGet,
		path: oneApplicationPath + "/addons",
	}
	applicationsLinkAddon = operation[linkedAddon, none]{
		id: "applications.link-addon", method: http.MethodPost, idempotent: true,
		path: oneApplicationPath + "/addons",
	}
	applicationsUnlinkAddon = operation[none, none]{
		id: "applications.unlink-addon", method: http.MethodDelete, idempotent: true,
		path: oneApplicationPath + "/addons/{addonId}",
	}
	applicationsListDependencies = operation[none, []Application]{
		id: "applications.list-dependencies", secretResult: true, method: http.MethodGet,
		path: oneApplicationPath + "/dependencies",
	}
	applicationsAddDependency = operation[none, none]{
		id: "applications.add-dependency", method: http.MethodPut,
		path: oneApplicationPath + "/dependencies/{dependencyId}",
	}
	applicationsRemoveDependency = operation[none, none]{
		id: "applications.remove-dependency", method: http.MethodDelete, idempotent: true,
		path: oneApplicationPath + "/dependencies/{dependencyId}",
	}
)

// ListLinkedAddons returns the add-ons whose variables an application gets.
//
//	GET /v2/organisations/{ownerId}/applications/{applicationId}/addons
func (s *ApplicationsService) ListLinkedAddons(
	ctx context.Context, owner OwnerID, app ApplicationID, opts ...CallOption,
) ([]Addon, error) {
	return applicationsListLinkedAddons.call(ctx, s.client, opts, none{}, string(owner), string(app))
}

type linkedAddon AddonID

func (id linkedAddon) encode(d *draft) error {
	return d.jsonWith(id, "addonId", string(id))
}

// LinkAddon gives an application the variables of an add-on, from the next deployment on. It takes
// the ID that begins with addon_. The add-on must belong to the same owner. If it does not, the
// error matches [ErrForbidden]. LinkAddon is idempotent.
//
//	POST /v2/organisations/{ownerId}/applications/{applicationId}/addons
func (s *ApplicationsService) LinkAddon(
	ctx context.Context, owner OwnerID, app ApplicationID, addon AddonID, opts ...CallOption,
) error {
	_, err := applicationsLinkAddon.call(
		ctx, s.client, opts, linkedAddon(addon), string(owner), string(app))
	return err
}

// UnlinkAddon takes the variables of an add-on from an application, from the next deployment on. It
// takes the ID that begins with addon_. If the add-on is not linked, the error matches
// [ErrNotFound], which may be the work of an earlier attempt of the same call.
//
//	DELETE /v2/organisations/{ownerId}/applications/{applicationId}/addons/{addonId}
func (s *ApplicationsService) UnlinkAddon(
	ctx context.Context, owner OwnerID, app ApplicationID, addon AddonID, opts ...CallOption,
) error {
	_, err := applicationsUnlinkAddon.call(
		ctx, s.client, opts, none{}, string(owner), string(app), string(addon))
	return err
}

// ListDependencies returns the applications whose exposed variables an application gets.
//
//	GET /v2/organisations/{ownerId}/applications/{applicationId}/dependencies
func (s *ApplicationsService) ListDependencies(
	ctx context.Context, owner OwnerID, app ApplicationID, opts ...CallOption,
) ([]Application, error) {
	return applicationsListDependencies.call(ctx, s.client, opts, none{}, string(owner), string(app))
}

// AddDependency gives app the variables that dependency exposes, from the next deployment on. See
// [ApplicationsService.SetExposedEnv].
//
// The API rejects a dependency that already exists. So AddDependency is retried only if the request
// did not reach the API or was rate limited.
//
//	PUT /v2/organisations/{ownerId}/applications/{applicationId}/dependencies/{dependencyId}
func (s *ApplicationsService) AddDependency(
	ctx context.Context, owner OwnerID, app, dependency ApplicationID, opts ...CallOption,
) error {
	_, err := applicationsAddDependency.call(
		ctx, s.client, opts, none{}, string(owner), string(app), string(dependency))
	return err
}

// RemoveDependency takes the variables that dependency exposes from app, from the next deployment
// on. If there is no such dependency, the error matches [ErrNotFound], which may be the work of an
// earlier attempt of the same call.
//
//	DELETE /v2/organisations/{ownerId}/applications/{applicationId}/dependencies/{dependencyId}
func (s *ApplicationsService) RemoveDependency(
	ctx context.Context, owner OwnerID, app, dependency ApplicationID, opts ...CallOption,
) error {
	_, err := applicationsRemoveDependency.call(
		ctx, s.client, opts, none{}, string(owner), string(app), string(dependency))
	return err
}

package clevercloud

import (
	"context"
	"net/http"
)

var (
	applicationsEnv = operation[none, []EnvVar]{
		id: "applications.env", secretResult: true, method: http.MethodGet,
		path: oneApplicationPath + "/env",
	}
	applicationsSetEnv = operation[wholeEnv, none]{
		id: "applications.set-env", secretResult: true, method: http.MethodPut, idempotent: true,
		path: oneApplicationPath + "/env",
	}
	applicationsExposedEnv = operation[none, envFromObject]{
		id: "applications.exposed-env", secretResult: true, method: http.MethodGet,
		path: oneApplicationPath + "/exposed_env",
	}
	applicationsSetExposedEnv = operation[wholeEnv, none]{
		id: "applications.set-exposed-env", method: http.MethodPut,
		path: oneApplicationPath + "/exposed_env",
	}
)

// Env returns the variables of an application, without those of its linked add-ons and
// dependencies.
//
//	GET /v2/organisations/{ownerId}/applications/{applicationId}/env
func (s *ApplicationsService) Env(
	ctx context.Context, owner OwnerID, app ApplicationID, opts ...CallOption,
) ([]EnvVar, error) {
	return applicationsEnv.call(ctx, s.client, opts, none{}, string(owner), string(app))
}

// SetEnv replaces all variables of an application. A variable that env leaves out is removed, and
// an empty env removes all. Names must be unique. The change acts at the next deployment. SetEnv is
// idempotent.
//
// To change one variable, read the list with Env, change it and set it. The API has no versions:
// of two programs that do so at the same time one loses its change.
//
// The API takes any value. With [WithQuery]("check", "true") it validates the variables that the
// platform itself reads, such as CC_HEALTH_CHECK_PATH. If it rejects one, nothing is set, the error
// matches [ErrBadRequest], and [APIError.Fields] says for each variable what is wrong.
//
//	PUT /v2/organisations/{ownerId}/applications/{applicationId}/env
func (s *ApplicationsService) SetEnv(
	ctx context.Context, owner OwnerID, app ApplicationID, env []EnvVar, opts ...CallOption,
) error {
	_, err := applicationsSetEnv.call(ctx, s.client, opts, env, string(owner), string(app))
	return err
}

// ExposedEnv returns the variables that an application gives to those that depend on it, sorted by
// name. See [ApplicationsService.AddDependency].
//
//	GET /v2/organisations/{ownerId}/applications/{applicationId}/exposed_env
func (s *ApplicationsService) ExposedEnv(
	ctx context.Context, owner OwnerID, app ApplicationID, opts ...CallOption,
) ([]EnvVar, error) {
	return applicationsExposedEnv.call(ctx, s.client, opts, none{}, string(owner), string(app))
}

// SetExposedEnv replaces all variables that an application gives to those that depend on it. A
// variable that env leaves out is removed, and an empty env removes all. Names must be unique.
//
// The API deploys every dependent application again. So SetExposedEnv is retried only if the
// request did not reach the API or was rate limited.
//
//	PUT /v2/organisations/{ownerId}/applications/{applicationId}/exposed_env
func (s *ApplicationsService) SetExposedEnv(
	ctx context.Context, owner OwnerID, app ApplicationID, env []EnvVar, opts ...CallOption,
) error {
	_, err := applicationsSetExposedEnv.call(ctx, s.client, opts, env, string(owner), string(app))
	return err
}

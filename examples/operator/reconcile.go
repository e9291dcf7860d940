package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/examples/internal/atomicfile"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

// A spec is the wanted state. In a Kubernetes operator it is the spec of a resource.
type spec struct {
	owner    clevercloud.OwnerID
	name     string // identifies the add-on, so it must be used once only
	provider string
	plan     string // a slug
	zone     clevercloud.ZoneName
	envFile  string
	deleted  bool
}

// A status is what a pass leaves for the next one. A Kubernetes operator stores it in the status of
// its resource, so that it survives a restart.
type status struct {
	// id is empty until the add-on is known.
	id clevercloud.AddonID
	// attempted is when an add-on was created, or may have been.
	attempted time.Time
}

// settle is how long a new add-on may be missing from the list. Until then, none is created again.
const settle = time.Minute

// errSettling reports that a pass can neither create nor give up.
var errSettling = errors.New("the add-on may have been created, but is not listed yet")

// An operator makes the state of one add-on that of its spec.
type operator struct {
	*term.Screen
	client *clevercloud.Client
	spec   spec
	status status
}

// reconcile makes one pass. It does at most one write, and can be called again after any error. It
// returns true once the add-on is as wanted.
func (o *operator) reconcile(ctx context.Context) (bool, error) {
	addon, err := o.find(ctx)
	switch {
	case err != nil:
		return false, err
	case o.spec.deleted && addon != nil:
		return false, o.delete(ctx, addon)
	case o.spec.deleted:
		if err := os.Remove(o.spec.envFile); !errors.Is(err, fs.ErrNotExist) {
			return err == nil, err
		}
		return true, nil
	case addon == nil:
		return false, o.create(ctx)
	case addon.Provider.ID != o.spec.provider:
		return false, fmt.Errorf("%s is named %q but its provider is %s, not %s",
			addon.ID, addon.Name, addon.Provider.ID, o.spec.provider)
	}
	return true, o.publish(ctx, addon)
}

// find returns the add-on, nil if there is none.
func (o *operator) find(ctx context.Context) (*clevercloud.Addon, error) {
	addons, err := o.client.Addons.List(ctx, o.spec.owner)
	if err != nil {
		return nil, err
	}
	addons = slices.DeleteFunc(addons, func(a clevercloud.Addon) bool {
		return a.Name != o.spec.name && a.ID != o.status.id
	})
	switch {
	case len(addons) == 1:
		if o.status.id != addons[0].ID {
			o.Printf("found %s %s\n", addons[0].ID, o.Foreign(addons[0].Name))
		}
		o.status = status{id: addons[0].ID}
		return &addons[0], nil
	case len(addons) > 1: // made by hand, perhaps; to choose one would be a guess
		return nil, fmt.Errorf("%d add-ons are named %q; rename all but one",
			len(addons), o.spec.name)
	case time.Since(o.status.attempted) < settle:
		return nil, errSettling
	}
	o.status = status{}
	return nil, nil
}

// create orders the add-on. If the order may have been applied, the next passes look for the name
// instead of ordering again.
func (o *operator) create(ctx context.Context) error {
	providers, err := o.client.Addons.ListProviders(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(providers, func(p clevercloud.AddonProvider) bool {
		return p.ID == o.spec.provider
	})
	if i < 0 {
		return fmt.Errorf("there is no provider %q", o.spec.provider)
	}
	plan, ok := providers[i].Plan(o.spec.plan)
	if !ok {
		return fmt.Errorf("%s has no plan %q", o.spec.provider, o.spec.plan)
	}
	attempted := time.Now()
	addon, err := o.client.Addons.Create(ctx, o.spec.owner, clevercloud.AddonInput{
		Name: o.spec.name, ProviderID: o.spec.provider, PlanID: plan.ID, Zone: o.spec.zone,
	})
	if err == nil {
		o.Printf("created %s %s\n", addon.ID, o.Foreign(addon.Name))
		o.status.id = addon.ID
	}
	if err == nil || errors.Is(err, clevercloud.ErrMaybeApplied) {
		o.status.attempted = attempted
	}
	return err
}

// delete deletes the add-on. The next pass checks that it is gone.
func (o *operator) delete(ctx context.Context, addon *clevercloud.Addon) error {
	err := o.client.Addons.Delete(ctx, o.spec.owner, addon.ID)
	if err != nil && !errors.Is(err, clevercloud.ErrNotFound) {
		return err
	}
	o.Printf("deleted %s %s\n", addon.ID, o.Foreign(addon.Name))
	return nil
}

// publish writes the environment to a file that a shell can read, as an operator would to a Secret.
func (o *operator) publish(ctx context.Context, addon *clevercloud.Addon) error {
	env, err := o.client.Addons.Env(ctx, o.spec.owner, addon.ID)
	if err != nil {
		return err
	}
	lines := make([]string, len(env))
	for i, v := range env {
		value := strings.ReplaceAll(v.Value.Reveal(), "'", `'\''`)
		lines[i] = fmt.Sprintf("%s='%s'\n", v.Name, value)
	}
	text := strings.Join(slices.Sorted(slices.Values(lines)), "")
	if old, err := os.ReadFile(o.spec.envFile); err == nil && string(old) == text {
		return nil
	}
	if err := atomicfile.WriteString(o.spec.envFile, text); err != nil {
		return err
	}
	o.Printf("wrote %d variables to %s\n", len(env), o.spec.envFile)
	return nil
}

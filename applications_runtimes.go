package clevercloud

import (
	"context"
	"net/http"
	"strings"
)

var applicationsListRuntimes = operation[none, []Runtime]{
	id: "applications.list-runtimes", method: http.MethodGet, path: "/v2/products/instances",
}

// Runtime is a version of a language or platform that applications can run on.
type Runtime struct {
	Type    string         `json:"type,omitzero"`
	Version string         `json:"version,omitzero"`
	Name    string         `json:"name,omitzero"`
	Variant RuntimeVariant `json:"variant,omitzero"`

	Description string `json:"description,omitzero"`
	// Enabled reports whether applications can be created with it.
	Enabled    bool `json:"enabled"`
	ComingSoon bool `json:"comingSoon"`
	// MaxInstances bounds the instances of an application.
	MaxInstances int      `json:"maxInstances"`
	Tags         []string `json:"tags,omitzero"`
	// Deployments are the ways to deploy, such as git.
	Deployments []string `json:"deployments,omitzero"`
	// Flavors are the sizes that instances can have.
	Flavors       []Flavor `json:"flavors,omitzero"`
	DefaultFlavor Flavor   `json:"defaultFlavor,omitzero"`
	// BuildFlavor is the default size of a separate build.
	BuildFlavor Flavor `json:"buildFlavor,omitzero"`
}

// RuntimeVariant is a kind of application that a type of instance can run.
type RuntimeVariant struct {
	// ID is a UUID.
	ID string `json:"id,omitzero"`
	// Slug is a short name, such as node, go, docker or static-apache.
	Slug       string `json:"slug,omitzero"`
	Name       string `json:"name,omitzero"`
	DeployType string `json:"deployType,omitzero"`
	// Logo is the URL of an image.
	Logo string `json:"logo,omitzero"`
}

// Flavor is a size of instances.
type Flavor struct {
	// Name is what requests take, such as pico, XS or 2XL. They take it in any case.
	Name string `json:"name,omitzero"`
	// Mem is the memory in MB.
	Mem  int `json:"mem"`
	CPUs int `json:"cpus"`
	GPUs int `json:"gpus"`
	Disk int `json:"disk,omitzero"`
	// Price is in whole units of the currency, not in cents.
	Price           Amount       `json:"price,omitzero"`
	Available       bool         `json:"available"`
	Microservice    bool         `json:"microservice"`
	MachineLearning bool         `json:"machine_learning"`
	Nice            int          `json:"nice"`
	PriceID         string       `json:"price_id,omitzero"`
	Memory          FlavorMemory `json:"memory,omitzero"`
	CPUFactor       float64      `json:"cpuFactor,omitzero"`
	MemFactor       float64      `json:"memFactor,omitzero"`
}

// FlavorMemory is the memory of a [Flavor].
type FlavorMemory struct {
	// Unit is that of Value, such as B.
	Unit  string `json:"unit,omitzero"`
	Value int64  `json:"value"`
	// Formatted is for a person, such as 2 GiB.
	Formatted string `json:"formatted,omitzero"`
}

// ListRuntimes returns what applications can run on. It works without credentials. The list is long
// and changes rarely, so keep it. See [FindRuntime].
//
// With [WithQuery]("for", owner) it returns what an owner may use.
//
//	GET /v2/products/instances
func (s *ApplicationsService) ListRuntimes(
	ctx context.Context, opts ...CallOption,
) ([]Runtime, error) {
	return applicationsListRuntimes.call(ctx, s.client, opts, none{})
}

// FindRuntime returns the newest of the runtimes that are enabled and whose variant has the given
// slug, such as node or go, and whether there is one. The case does not matter.
func FindRuntime(runtimes []Runtime, slug string) (newest Runtime, found bool) {
	for _, r := range runtimes {
		wanted := r.Enabled && strings.EqualFold(r.Variant.Slug, slug)
		if wanted && (!found || r.Version > newest.Version) {
			newest, found = r, true
		}
	}
	return newest, found
}

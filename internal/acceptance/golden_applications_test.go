package acceptance_test

import (
	"context"

	"github.com/clevercloud-go/clevercloud"
)

var goldenApplications = map[string]func(context.Context, *clevercloud.Client) error{
	"all applications": golden((*applications).List, "orga_1"),
	"one application":  golden((*applications).Get, "orga_1", "app_1"),
	"new application with what is needed only": golden(
		(*applications).Create, "orga_1", clevercloud.ApplicationInput{
			Name: "api", Zone: "par", InstanceType: "node", InstanceVersion: "20240101",
			InstanceVariant: "00000000-0000-4000-8000-0000000000b1", MinFlavor: "XS",
		}),
	"new application with everything": golden(
		(*applications).Create, "orga_1", clevercloud.ApplicationInput{
			Name: "api", Description: "the API", Zone: "par", Deploy: clevercloud.DeployTypeFTP,
			Shutdownable: true, InstanceType: "node", InstanceVersion: "20240101",
			InstanceVariant:  "00000000-0000-4000-8000-0000000000b1",
			InstanceLifetime: clevercloud.ApplicationLifetimeTask,
			MinInstances:     2, MaxInstances: 4, MinFlavor: "S", MaxFlavor: "M",
			SeparateBuild: true, BuildFlavor: "L", StickySessions: true, Homogeneous: true,
			CancelOnPush: true, ForceHTTPS: clevercloud.ForceHTTPSEnabled, Branch: "main",
			OAuthService: "github",
			OAuthApp:     clevercloud.OAuthApplication{Owner: "acme", Name: "api"},
			Tags:         []string{"env:prod"},
			Env:          []clevercloud.EnvVar{{Name: "PORT", Value: "8080"}, {Name: "KEY", Value: `a"b`}},
		}),
	"application renamed": golden((*applications).Update,
		"orga_1", "app_1", clevercloud.ApplicationPatch{Name: "web"}),
	"application with everything changed": golden((*applications).Update,
		"orga_1", "app_1", clevercloud.ApplicationPatch{
			Name: "web", Description: clevercloud.Value(""), Zone: "rbx",
			Deploy: clevercloud.DeployTypeGit, Shutdownable: clevercloud.Value(false),
			InstanceType: "node", InstanceVersion: "20240101",
			InstanceVariant:  "00000000-0000-4000-8000-0000000000b1",
			InstanceLifetime: clevercloud.ApplicationLifetimeRegular,
			MinInstances:     3, MaxInstances: 3, MinFlavor: "M", MaxFlavor: "L",
			SeparateBuild: clevercloud.Value(false), BuildFlavor: clevercloud.Value(""),
			StickySessions: clevercloud.Value(false), Homogeneous: clevercloud.Value(false),
			CancelOnPush: clevercloud.Value(false), ForceHTTPS: clevercloud.ForceHTTPSDisabled,
			Branch: "next", Archived: clevercloud.Value(false), Favourite: clevercloud.Value(true),
			Tags: clevercloud.Value[[]string](nil), Env: clevercloud.Value[[]clevercloud.EnvVar](nil),
		}),
	"environment in an update": golden((*applications).Update,
		"orga_1", "app_1", clevercloud.ApplicationPatch{
			Tags: clevercloud.Value([]string{"env:dev"}),
			Env:  clevercloud.Value([]clevercloud.EnvVar{{Name: "KEY", Value: "s3cret"}}),
		}),
	"application deleted": golden((*applications).Delete, "orga_1", "app_1"),
	"application deployed": golden(
		(*applications).Deploy, "orga_1", "app_1", clevercloud.DeployInput{}),
	"commit deployed without cache": golden((*applications).Deploy,
		"orga_1", "app_1", clevercloud.DeployInput{
			Commit: "3f2a0000000000000000000000000000000000aa", WithoutCache: true,
		}),
	"application stopped": golden((*applications).Stop, "orga_1", "app_1"),
	"deployment cancelled": golden(
		(*applications).CancelDeployment, "orga_1", "app_1", "deployment_1"),
	"environment": golden((*applications).Env, "orga_1", "app_1"),
	"environment set": golden((*applications).SetEnv,
		"orga_1", "app_1", []clevercloud.EnvVar{{Name: "PORT", Value: "8080"}, {Name: "KEY"}}),
	"environment cleared": golden((*applications).SetEnv, "orga_1", "app_1"),
	"environment checked": func(ctx context.Context, c *clevercloud.Client) error {
		return c.Applications.SetEnv(ctx, "orga_1", "app_1",
			[]clevercloud.EnvVar{{Name: "PORT", Value: "8080"}}, clevercloud.WithQuery("check", "true"))
	},
	"exposed environment": golden((*applications).ExposedEnv, "orga_1", "app_1"),
	"exposed environment set": golden((*applications).SetExposedEnv,
		"orga_1", "app_1", []clevercloud.EnvVar{{Name: "URL", Value: "https://api.example"}}),
	"domains":          golden((*applications).ListDomains, "orga_1", "app_1"),
	"domain added":     golden((*applications).AddDomain, "orga_1", "app_1", "www.example.org/api/"),
	"domain removed":   golden((*applications).RemoveDomain, "orga_1", "app_1", "*.example.org"),
	"tcp redirections": golden((*applications).ListTCPRedirections, "orga_1", "app_1"),
	"tcp redirection added": golden(
		(*applications).AddTCPRedirection, "orga_1", "app_1", "default"),
	"tcp redirection removed": golden(
		(*applications).RemoveTCPRedirection, "orga_1", "app_1", "default", 5131),
	"linked add-ons":     golden((*applications).ListLinkedAddons, "orga_1", "app_1"),
	"add-on linked":      golden((*applications).LinkAddon, "orga_1", "app_1", "addon_1"),
	"add-on unlinked":    golden((*applications).UnlinkAddon, "orga_1", "app_1", "addon_1"),
	"dependencies":       golden((*applications).ListDependencies, "orga_1", "app_1"),
	"dependency added":   golden((*applications).AddDependency, "orga_1", "app_1", "app_2"),
	"dependency removed": golden((*applications).RemoveDependency, "orga_1", "app_1", "app_2"),
	"runtimes":           golden((*applications).ListRuntimes),
	"runtimes for an owner": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Applications.ListRuntimes(ctx, clevercloud.WithQuery("for", "orga_1"))
		return err
	},
}

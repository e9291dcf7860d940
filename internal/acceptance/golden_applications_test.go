package acceptance_test

import (
	"context"

	"github.com/clevercloud-go/clevercloud"
)

var goldenApplications = map[string]func(context.Context, *clevercloud.Client) error{
	"all applications": golden((*clevercloud.ApplicationsService).List, "orga_1"),
	"one application":  golden((*clevercloud.ApplicationsService).Get, "orga_1", "app_1"),
	"new application with what is needed only": golden(
		(*clevercloud.ApplicationsService).Create, "orga_1", clevercloud.ApplicationInput{
			Name: "api", Zone: "par", InstanceType: "node", InstanceVersion: "20240101",
			InstanceVariant: "00000000-0000-4000-8000-0000000000b1", MinFlavor: "XS",
		}),
	"new application with everything": golden(
		(*clevercloud.ApplicationsService).Create, "orga_1", clevercloud.ApplicationInput{
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
	"application renamed": golden((*clevercloud.ApplicationsService).Update,
		"orga_1", "app_1", clevercloud.ApplicationPatch{Name: "web"}),
	"application with everything changed": golden((*clevercloud.ApplicationsService).Update,
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
	"environment in an update": golden((*clevercloud.ApplicationsService).Update,
		"orga_1", "app_1", clevercloud.ApplicationPatch{
			Tags: clevercloud.Value([]string{"env:dev"}),
			Env:  clevercloud.Value([]clevercloud.EnvVar{{Name: "KEY", Value: "s3cret"}}),
		}),
	"application deleted": golden((*clevercloud.ApplicationsService).Delete, "orga_1", "app_1"),
	"application deployed": golden(
		(*clevercloud.ApplicationsService).Deploy, "orga_1", "app_1", clevercloud.DeployInput{}),
	"commit deployed without cache": golden((*clevercloud.ApplicationsService).Deploy,
		"orga_1", "app_1", clevercloud.DeployInput{
			Commit: "3f2a0000000000000000000000000000000000aa", WithoutCache: true,
		}),
	"application stopped": golden((*clevercloud.ApplicationsService).Stop, "orga_1", "app_1"),
	"deployment cancelled": golden(
		(*clevercloud.ApplicationsService).CancelDeployment, "orga_1", "app_1", "deployment_1"),
	"environment": golden((*clevercloud.ApplicationsService).Env, "orga_1", "app_1"),
	"environment set": golden((*clevercloud.ApplicationsService).SetEnv,
		"orga_1", "app_1", []clevercloud.EnvVar{{Name: "PORT", Value: "8080"}, {Name: "KEY"}}),
	"environment cleared": golden((*clevercloud.ApplicationsService).SetEnv, "orga_1", "app_1"),
	"environment checked": func(ctx context.Context, c *clevercloud.Client) error {
		return c.Applications.SetEnv(ctx, "orga_1", "app_1",
			[]clevercloud.EnvVar{{Name: "PORT", Value: "8080"}}, clevercloud.WithQuery("check", "true"))
	},
	"exposed environment": golden((*clevercloud.ApplicationsService).ExposedEnv, "orga_1", "app_1"),
	"exposed environment set": golden((*clevercloud.ApplicationsService).SetExposedEnv,
		"orga_1", "app_1", []clevercloud.EnvVar{{Name: "URL", Value: "https://api.example"}}),
	"domains": golden((*clevercloud.ApplicationsService).ListDomains, "orga_1", "app_1"),
	"domain added": golden(
		(*clevercloud.ApplicationsService).AddDomain, "orga_1", "app_1", "www.example.org/api/"),
	"domain removed": golden(
		(*clevercloud.ApplicationsService).RemoveDomain, "orga_1", "app_1", "*.example.org"),
	"tcp redirections": golden(
		(*clevercloud.ApplicationsService).ListTCPRedirections, "orga_1", "app_1"),
	"tcp redirection added": golden(
		(*clevercloud.ApplicationsService).AddTCPRedirection, "orga_1", "app_1", "default"),
	"tcp redirection removed": golden(
		(*clevercloud.ApplicationsService).RemoveTCPRedirection, "orga_1", "app_1", "default", 5131),
	"linked add-ons": golden(
		(*clevercloud.ApplicationsService).ListLinkedAddons, "orga_1", "app_1"),
	"add-on linked": golden(
		(*clevercloud.ApplicationsService).LinkAddon, "orga_1", "app_1", "addon_1"),
	"add-on unlinked": golden(
		(*clevercloud.ApplicationsService).UnlinkAddon, "orga_1", "app_1", "addon_1"),
	"dependencies": golden((*clevercloud.ApplicationsService).ListDependencies, "orga_1", "app_1"),
	"dependency added": golden(
		(*clevercloud.ApplicationsService).AddDependency, "orga_1", "app_1", "app_2"),
	"dependency removed": golden(
		(*clevercloud.ApplicationsService).RemoveDependency, "orga_1", "app_1", "app_2"),
	"runtimes": golden((*clevercloud.ApplicationsService).ListRuntimes),
	"runtimes for an owner": func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Applications.ListRuntimes(ctx, clevercloud.WithQuery("for", "orga_1"))
		return err
	},
}

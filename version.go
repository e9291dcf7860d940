package clevercloud

import (
	"runtime"
	"runtime/debug"
	"strings"
)

const modulePath = "github.com/clevercloud-go/clevercloud"

// userAgent names the program, this module at its version, and Go: "acme/2.1 clevercloud-go/1.0.0 (go1.25.1; linux/amd64)".
func userAgent(product string) string {
	sdk := "clevercloud-go/" + version(debug.ReadBuildInfo()) + " (" + runtime.Version() + "; " + runtime.GOOS + "/" + runtime.GOARCH + ")"
	return strings.TrimSpace(product + " " + sdk)
}

// version is the module's, from the build information of the program that it is part of. One that is replaced by a folder has none.
func version(info *debug.BuildInfo, ok bool) string {
	if !ok {
		return "unknown"
	}
	for _, module := range append(info.Deps, &info.Main) {
		if module.Path != modulePath {
			continue
		}
		if module.Replace != nil {
			module = module.Replace
		}
		if module.Version != "" && module.Version != "(devel)" {
			return strings.TrimPrefix(module.Version, "v")
		}
	}
	return "devel"
}

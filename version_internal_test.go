package clevercloud

import (
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestVersion_OfTheModuleInTheProgram(t *testing.T) {
	t.Parallel()
	module := func(path, version string, replace *debug.Module) debug.Module {
		return debug.Module{Path: path, Version: version, Replace: replace}
	}
	other := module("example.com/other", "v7.0.0", nil)
	folder, fork := module("../", "", nil), module("example.com/fork", "v1.2.4", nil)
	const commit = "0.0.0-20260102030405-0123456789ab"
	for name, tc := range map[string]struct {
		main, dep debug.Module
		want      string
	}{
		"a dependency":           {other, module(modulePath, "v1.2.3", nil), "1.2.3"},
		"a commit":               {other, module(modulePath, "v"+commit, nil), commit},
		"replaced by a folder":   {other, module(modulePath, "v1.2.3", &folder), "devel"},
		"replaced by a fork":     {other, module(modulePath, "v1.2.3", &fork), "1.2.4"},
		"itself, unversioned":    {module(modulePath, "(devel)", nil), other, "devel"},
		"itself":                 {module(modulePath, "v1.2.3+dirty", nil), other, "1.2.3+dirty"},
		"not among the modules":  {other, other, "devel"},
		"a path that begins so":  {other, module(modulePath+"/bench", "v1.2.3", nil), "devel"},
		"a fork under its names": {other, fork, "devel"},
	} {
		info := &debug.BuildInfo{Main: tc.main, Deps: []*debug.Module{&other, &tc.dep}}

		assert.Equal(t, tc.want, version(info, true), name)
	}
	assert.Equal(t, "unknown", version(nil, false))
}

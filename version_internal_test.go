package clevercloud

import (
	"runtime/debug"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestVersion_OfTheModuleInTheProgram(t *testing.T) {
	t.Parallel()
	other := &debug.Module{Path: "example.com/other", Version: "v7.0.0"}
	for name, tc := range map[string]struct {
		main, dep debug.Module
		want      string
	}{
		"a dependency":           {dep: debug.Module{Path: modulePath, Version: "v1.2.3"}, want: "1.2.3"},
		"a commit":               {dep: debug.Module{Path: modulePath, Version: "v0.0.0-20260102030405-0123456789ab"}, want: "0.0.0-20260102030405-0123456789ab"},
		"replaced by a folder":   {dep: debug.Module{Path: modulePath, Version: "v1.2.3", Replace: &debug.Module{Path: "../"}}, want: "devel"},
		"replaced by a fork":     {dep: debug.Module{Path: modulePath, Version: "v1.2.3", Replace: &debug.Module{Path: "example.com/fork", Version: "v1.2.4"}}, want: "1.2.4"},
		"itself, unversioned":    {main: debug.Module{Path: modulePath, Version: "(devel)"}, want: "devel"},
		"itself":                 {main: debug.Module{Path: modulePath, Version: "v1.2.3+dirty"}, want: "1.2.3+dirty"},
		"not among the modules":  {want: "devel"},
		"a path that begins so":  {dep: debug.Module{Path: modulePath + "/bench", Version: "v1.2.3"}, want: "devel"},
		"a fork under its names": {dep: debug.Module{Path: "example.com/fork", Version: "v1.2.3"}, want: "devel"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			info := &debug.BuildInfo{Main: tc.main, Deps: []*debug.Module{other, &tc.dep}}

			assert.Equal(t, tc.want, version(info, true))
		})
	}
	assert.Equal(t, "unknown", version(nil, false))
}

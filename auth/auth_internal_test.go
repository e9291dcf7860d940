package auth

import (
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The place depends on the system, so the others are only reachable from here.
func TestConfigPath(t *testing.T) {
	for _, tc := range []struct {
		name, goos, file, xdg, appData, home string
		want                                 []string
		wantErr                              string
	}{
		{name: "Linux", goos: "linux", home: "/home/u", appData: "/no", want: []string{"/home/u", ".config", "clever-cloud", "clever-tools.json"}},
		{name: "macOS is no exception", goos: "darwin", home: "/Users/u", want: []string{"/Users/u", ".config", "clever-cloud", "clever-tools.json"}},
		{name: "XDG", goos: "darwin", home: "/Users/u", xdg: "/x", want: []string{"/x", "clever-cloud", "clever-tools.json"}},
		{name: "Windows", goos: "windows", home: "/no", xdg: "/no", appData: "/a", want: []string{"/a", "clever-cloud", "clever-tools.json"}},
		{name: "file", goos: "windows", file: "/some/file", appData: "/a", want: []string{"/some/file"}},
		{name: "Windows without APPDATA", goos: "windows", home: "/no", wantErr: "APPDATA is not set"},
		{name: "no home", goos: "linux", wantErr: "neither XDG_CONFIG_HOME nor a home directory: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Setenv("CONFIGURATION_FILE", tc.file)
			t.Setenv("XDG_CONFIG_HOME", tc.xdg)
			t.Setenv("APPDATA", tc.appData)
			t.Setenv("HOME", tc.home)

			got, err := configPath(tc.goos)

			if tc.wantErr != "" {
				require.ErrorContains(t, err, tc.wantErr)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, filepath.Join(tc.want...), got)
		})
	}
}

func TestFromCleverTools_WithoutAHome(t *testing.T) {
	for _, name := range []string{"CONFIGURATION_FILE", "XDG_CONFIG_HOME", "APPDATA", "HOME", "USERPROFILE"} {
		t.Setenv(name, "")
	}

	_, err := FromCleverTools("")

	require.ErrorIs(t, err, ErrNoCredentials)
	assert.Regexp(t, "^auth: no credentials: configuration file of clever-tools: (neither XDG_CONFIG_HOME nor a home directory: .|APPDATA)", err.Error())
}

func TestFlow_Client(t *testing.T) {
	t.Parallel()
	given := &http.Client{Timeout: time.Second}

	assert.Equal(t, 30*time.Second, Flow{}.client().Timeout)
	assert.Equal(t, time.Second, Flow{HTTPClient: given}.client().Timeout)
	assert.NotSame(t, http.DefaultClient, Flow{}.client())
	assert.NotSame(t, given, Flow{HTTPClient: given}.client())
	assert.Nil(t, given.CheckRedirect)
}

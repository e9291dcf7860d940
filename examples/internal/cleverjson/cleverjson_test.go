package cleverjson_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud/examples/internal/cleverjson"
)

const (
	shop  = `{"app_id":"app_1","org_id":"orga_1","deploy_url":"x","name":"Shop","alias":"shop"}`
	admin = `{"app_id":"app_2","name":"Admin","alias":"admin"}`
)

func TestFind(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text, alias, want, wantErr string
	}{
		"the only one":     {`{"apps":[` + shop + `]}`, "", "app_1", ""},
		"by alias":         {`{"apps":[` + shop + `,` + admin + `]}`, "admin", "app_2", ""},
		"the default":      {`{"apps":[` + shop + `,` + admin + `],"default":"app_2"}`, "", "app_2", ""},
		"alias wins":       {`{"apps":[` + shop + `,` + admin + `],"default":"app_2"}`, "shop", "app_1", ""},
		"several":          {`{"apps":[` + shop + `,` + admin + `]}`, "", "", "the aliases shop, admin"},
		"unknown alias":    {`{"apps":[` + shop + `]}`, "other", "", `the alias "other"`},
		"ambiguous alias":  {`{"apps":[` + shop + `,` + shop + `]}`, "shop", "", "2 applications"},
		"default has gone": {`{"apps":[` + shop + `],"default":"app_9"}`, "", "", `app_id "app_9"`},
		"no id":            {`{"apps":[{"alias":"shop"}]}`, "", "", "no app_id"},
		"empty":            {`{"apps":[]}`, "", "", "no applications"},
		"cut":              {`{"apps":[`, "", "", "unexpected end of JSON input"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := filepath.Join(dir, ".clever.json")
			require.NoError(t, os.WriteFile(file, []byte(tc.text), 0o600))
			below := filepath.Join(dir, "cmd", "shop")
			require.NoError(t, os.MkdirAll(below, 0o700))
			for _, from := range []string{dir, below} {
				app, err := cleverjson.Find(from, tc.alias)
				if tc.wantErr != "" {
					require.ErrorContains(t, err, tc.wantErr)
					assert.ErrorContains(t, err, file)
					continue
				}
				require.NoError(t, err)
				assert.EqualValues(t, tc.want, app.ID)
			}
		})
	}
}

func TestFind_Owner(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := []byte(`{"apps":[` + shop + `]}`)
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".clever.json"), text, 0o600))

	app, err := cleverjson.Find(dir, "")

	require.NoError(t, err)
	assert.Equal(t, cleverjson.Application{
		ID: "app_1", OwnerID: "orga_1", Name: "Shop", Alias: "shop",
	}, app)
}

func TestFind_NotLinked(t *testing.T) {
	t.Parallel()
	_, err := cleverjson.Find(t.TempDir(), "")
	require.ErrorIs(t, err, cleverjson.ErrNotLinked)
}

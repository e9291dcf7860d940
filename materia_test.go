package clevercloud_test

import (
	"net/http"
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMateria_GetDatabase(t *testing.T) {
	t.Parallel()
	full := clevercloud.MateriaDatabase{
		ID: "kv_01J9ZR0000000000000000000A", ClusterID: "materiakv-par",
		OwnerID: "orga_00000000-0000-4000-8000-000000000001",
		Kind:    clevercloud.MateriaKindKV, Plan: clevercloud.MateriaPlanAlpha,
		Host: "materiakv.example.com", Port: 6379, Token: "example-materia-token", TokenID: "9c1e",
		Status: clevercloud.MateriaStatusProvisioned,
	}
	unknown := full
	unknown.Kind, unknown.Plan, unknown.Status = "TIMESERIES", "GRAND", "SUSPENDED"
	all := map[string]clevercloud.MateriaDatabase{
		"materia/full.json":    full,
		"materia/minimal.json": {ID: full.ID, Status: clevercloud.MateriaStatusProvisioning},
		"materia/nulls.json":   {ID: full.ID, Status: clevercloud.MateriaStatusToDelete},
		"materia/unknown.json": unknown,
	}
	testkit.Covers(t, "materia/*.json", all)
	for name, want := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, mock := testkit.MockClient(t)
			testkit.Always(mock, http.StatusOK, testkit.Fixture(t, name))

			got, err := client.Materia.GetDatabase(t.Context(), "orga_1", want.ID)

			require.NoError(t, err)
			assert.Equal(t, &want, got)
			testkit.RoundTrip{Unknown: []string{"replicas"}, Secret: []string{"token"}}.
				Check(t, testkit.Fixture(t, name), got)
			for _, text := range testkit.Texts(got) {
				assert.NotContains(t, text, "example-materia-token")
			}
			known := name != "materia/unknown.json"
			assert.Equal(t, known, got.Status.IsKnown())
			assert.Equal(t, known && want.Kind != "", got.Kind.IsKnown())
			assert.Equal(t, known && want.Plan != "", got.Plan.IsKnown())
		})
	}
}

package clevercloud_test

import (
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
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
	all := map[string]clevercloud.MateriaDatabase{
		"materia/full.json":  full,
		"materia/nulls.json": {ID: full.ID, Status: clevercloud.MateriaStatusToDelete},
	}
	trip := testkit.RoundTrip{Unknown: []string{"replicas"}, Secret: []string{"token"}}
	checkFixtures(t, "materia/*.json", all, trip,
		(*clevercloud.MateriaService).GetDatabase, []any{"orga_1", "kv_1"})
	for _, text := range testkit.Texts(full) {
		assert.NotContains(t, text, "example-materia-token")
	}
	checkKnown[clevercloud.MateriaKind](t, "KV")
	checkKnown[clevercloud.MateriaPlan](t, "ALPHA", "BASE")
	checkKnown[clevercloud.MateriaStatus](t, "PROVISIONING", "PROVISIONED", "TO_DELETE", "DELETING",
		"DELETED")
}

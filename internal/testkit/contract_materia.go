package testkit

import (
	"net/http"

	"github.com/clevercloud-go/clevercloud"
)

var materiaOperations = []Operation{
	{
		ID: "materia.get-database", Method: http.MethodGet,
		Path:    "/v4/materia/organisations/{ownerId}/materia/databases/{databaseId}",
		OK:      "materia/full.json",
		Foreign: `{"status":{}}`, At: "/status",
		Func: (*clevercloud.MateriaService).GetDatabase,
	},
}

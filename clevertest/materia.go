package clevertest

import (
	"strings"
)

var materiaRoutes = []route{{
	id:      "materia.get-database",
	pattern: "GET /v4/materia/organisations/{ownerId}/materia/databases/{addonId}",
	answer:  of(realAddon("kv"), (*Server).getMateriaDatabase),
}}

// getMateriaDatabase follows the add-on: a new one takes a step to be provisioned.
func (s *Server) getMateriaDatabase(c *call, a *addon) (reply, error) {
	if a.ownerID != c.PathValue("ownerId") {
		return reply{}, notFound("database", a.realID)
	}
	status := "PROVISIONED"
	if s.now().Sub(a.created) < s.cfg.step {
		status = "PROVISIONING"
	}
	return ok(map[string]any{
		"id": a.realID, "clusterId": "materiakv-" + a.zone, "ownerId": a.ownerID, "kind": "KV",
		"plan": strings.ToUpper(a.plan),
		"host": "materiakv.eu-fr-1.services.clever-cloud.com", "port": 6379,
		"token": a.derived("token"), "tokenId": a.derived("id")[:4], "status": status,
	})
}

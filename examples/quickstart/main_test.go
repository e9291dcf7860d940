package main

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/clevercloud-go/clevercloud/examples/internal/testenv"
)

func TestQuickstart_Demo(t *testing.T) {
	for name, args := range map[string][]string{"asked": {"-demo"}, "no credentials": nil} {
		t.Run(name, func(t *testing.T) {
			testenv.Anonymous(t)
			if args != nil {
				testenv.HalfConfigured(t)
			}

			status, out, notes := testenv.Run(t, "quickstart", quickstart, args...)

			assert.Equal(t, 0, status, notes)
			for _, want := range []string{
				"Zones", "par ", "Invoices", "PAID", "Deployments", "SUCCEEDED", "Instances", "INDEX",
				"keycloak", "Load balancers", "Operators", "otoroshi", "Storage policies",
				"[redacted]", "404 not found", "in ng_", "retention: unlimited 20160 minutes",
			} {
				assert.Contains(t, out, want)
			}
			assert.NotContains(t, out, "not-shown")
			headings := regexp.MustCompile(`(?m)^\n(\S.*)$`).FindAllString(out, -1)
			assert.Len(t, headings, 13)
			for _, heading := range headings {
				assert.Contains(t, heading, "(made up)")
			}
		})
	}
}

func TestQuickstart_WithCredentialsOnlyReads(t *testing.T) {
	server := testenv.LoggedIn(t)
	id := string(server.OwnerID)
	for _, args := range [][]string{nil, {"-owner", id}, {"-owner", "Atelier Numérique"}} {
		status, out, _ := testenv.Run(t, "quickstart", quickstart, args...)

		assert.Equal(t, 0, status)
		assert.Contains(t, out, id)
		assert.NotContains(t, out, "made up")
	}
	for _, request := range server.Requests() {
		assert.Equal(t, "GET", request.Method)
	}
	status, _, notes := testenv.Run(t, "quickstart", quickstart, "-owner", "orga_unknown")
	assert.Equal(t, 2, status)
	assert.Contains(t, notes, "orga_unknown")
}

func TestQuickstart_NeverPretends(t *testing.T) {
	testenv.NeverPretends(t, "quickstart", quickstart, "-owner", "orga_1")
	testenv.Mistakes(t, "quickstart", quickstart, map[string]string{
		"-owner orga_1 -demo": "leave out -owner", "": testenv.HalfConfigured(t),
	})
}

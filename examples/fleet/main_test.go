package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
	"github.com/clevercloud-go/clevercloud/examples/internal/testenv"
)

// newFleet returns an API with instances of three owners, two of them of one name, and one that is not counted of each kind.
func newFleet(t *testing.T) (server *clevertest.Server, second clevercloud.OwnerID) {
	server = clevertest.NewServer()
	t.Cleanup(server.Close)
	second = server.AddOrganisation("=Atelier Numérique")
	server.AddOrganisation("Nothing")
	add := func(owner clevercloud.OwnerID, zone clevercloud.ZoneName, flavors ...string) {
		app := server.AddApplication(clevertest.Application{OwnerID: owner, Zone: zone})
		server.AddDeployment(app, clevertest.Deployment{})
		for _, flavor := range flavors {
			server.AddInstances(app, clevertest.Instance{Flavor: flavor})
		}
		server.AddInstances(app, clevertest.Instance{Flavor: "3XL", BuildVM: true}, clevertest.Instance{Flavor: "3XL", State: "DELETED"},
			clevertest.Instance{Flavor: "3XL", State: "STOPPING"})
	}
	add(second, "rbx", "M", "XS", "XS")
	add(second, "mtl", "XL", "new-size")
	add(second, "mtl", "XL")
	add(clevercloud.OwnerID(server.UserID), "par", "pico")
	add(server.AddOrganisation("Camille Durand"), "par", "pico")
	return server, second
}

// fleet runs the program against a server.
func fleet(t *testing.T, server *clevertest.Server, args ...string) (code int, out, notes string) {
	t.Helper()
	testenv.LoggedIn(t, server)
	var o, n bytes.Buffer
	code = run(t.Context(), args, &term.Screen{Out: &o, Notes: &n})
	assert.NotContains(t, o.String()+n.String(), server.Token.Reveal())
	assert.NotContains(t, o.String()+n.String(), "\x1b")
	return code, o.String(), n.String()
}

func TestFleet_Table(t *testing.T) {
	server, _ := newFleet(t)

	code, out, notes := fleet(t, server)

	assert.Equal(t, 0, code)
	assert.Empty(t, notes)
	assert.Len(t, server.RequestsTo("identity.summary"), 1)
	assert.Equal(t, strings.TrimPrefix(`
ORGANISATION        ZONE  pico  XS  S  M  XL  new-size  TOTAL
=Atelier Numérique  mtl      .   .  .  .   2         1      3
                    rbx      .   2  .  1   .         .      3
Atelier Numérique   par      .   .  7  .   .         .      7
Camille Durand      par      1   .  .  .   .         .      1
Camille Durand      par      1   .  .  .   .         .      1
TOTAL                        2   2  7  1   2         1     15
`, "\n"), out)
}

func TestFleet_CSV(t *testing.T) {
	server, second := newFleet(t)

	code, out, _ := fleet(t, server, "-csv")

	assert.Equal(t, 0, code)
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 1+7)
	assert.Equal(t, []string{"organisation_id", "organisation", "zone", "flavor", "instances"}, rows[0])
	assert.Equal(t, []string{string(second), "'=Atelier Numérique", "mtl", "XL", "2"}, rows[1])
}

func TestFleet_JSON(t *testing.T) {
	server, second := newFleet(t)

	code, out, _ := fleet(t, server, "-json", "-jobs", "1")

	assert.Equal(t, 0, code)
	var lines []map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &lines))
	require.Len(t, lines, 7)
	assert.Equal(t, map[string]any{
		"organisation_id": string(second), "organisation": "=Atelier Numérique", "zone": "mtl", "flavor": "XL", "instances": 2.0,
	}, lines[0])
}

func TestFleet_OneFailureHidesNothingElse(t *testing.T) {
	server, second := newFleet(t)
	server.Inject(
		clevertest.Fault{Path: "/v2/organisations/" + string(server.OwnerID) + "/applications", Status: http.StatusForbidden, Times: -1},
		clevertest.Fault{Path: "/v4/orchestration/organisations/" + string(second) + "/applications/*/instances", Status: http.StatusNotFound},
	)

	code, out, notes := fleet(t, server, "-jobs", "1")

	assert.Equal(t, 1, code)
	lines := strings.Split(strings.TrimSpace(notes), "\n")
	require.Len(t, lines, 3)
	assert.Contains(t, lines[0], "=Atelier Numérique, app-")
	assert.Contains(t, lines[0], "orchestration.list-instances: 404")
	assert.Contains(t, lines[1], "Atelier Numérique: clevercloud: applications.list: 403")
	assert.Equal(t, "The counts do not include what could not be read.", lines[2])
	assert.Equal(t, strings.TrimPrefix(`
ORGANISATION        ZONE  pico  XL  new-size  TOTAL
=Atelier Numérique  mtl      .   2         1      3
Camille Durand      par      1   .         .      1
Camille Durand      par      1   .         .      1
TOTAL                        2   2         1      5
`, "\n"), out)
}

func TestFleet_ErrorsAndUsage(t *testing.T) {
	server := clevertest.NewServer()
	defer server.Close()
	for _, args := range [][]string{{"-csv", "-json"}, {"-jobs", "0"}, {"more"}, {"-nothing"}} {
		code, out, notes := fleet(t, server, args...)
		assert.Equal(t, 2, code, args)
		assert.Empty(t, out)
		assert.NotEmpty(t, notes)
	}
	code, _, notes := fleet(t, server, "-h")
	assert.Equal(t, 0, code)
	assert.Contains(t, notes, "-json")
	server.Inject(clevertest.Fault{Path: "identity.summary", Status: http.StatusUnauthorized})
	code, out, notes := fleet(t, server)
	assert.Equal(t, 2, code)
	assert.Empty(t, out)
	assert.Contains(t, notes, "fleet: clevercloud: identity.summary: 401")
}

func TestFleet_NothingThere(t *testing.T) {
	t.Parallel()
	for show, want := range map[string]func(*census) error{
		"No instances.\n": func(c *census) error { c.table(); return c.Err() },
		"[]\n":            (*census).json,
		"organisation_id,organisation,zone,flavor,instances\n": (*census).csv,
	} {
		var out bytes.Buffer
		require.NoError(t, want(&census{Screen: &term.Screen{Out: &out, Notes: &out}}))
		assert.Equal(t, show, out.String())
	}
}

func TestRun_Demo(t *testing.T) {
	testenv.HalfConfigured(t)
	var out, notes bytes.Buffer
	screen := &term.Screen{Out: &out, Notes: &notes, Terminal: true, Live: true, Colour: true}

	assert.Equal(t, 0, run(t.Context(), []string{"-demo"}, screen))

	assert.Contains(t, out.String(), "\x1b[1mORGANISATION")
	assert.Contains(t, out.String(), "\x1b[90m.\x1b[0m")
	assert.Contains(t, notes.String(), "These are made-up instances")
	assert.Contains(t, notes.String(), "10/10 applications\r\x1b[K")
	closed := &term.Screen{Out: testenv.ClosedPipe{}, Notes: new(bytes.Buffer)}
	assert.Equal(t, 2, run(t.Context(), []string{"-demo"}, closed))
}

func TestRun_Interrupted(t *testing.T) {
	server := clevertest.NewServer()
	defer server.Close()
	testenv.LoggedIn(t, server)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, notes bytes.Buffer

	assert.Equal(t, 130, run(ctx, nil, &term.Screen{Out: &out, Notes: &notes}))

	assert.Empty(t, out.String())
	assert.Equal(t, "Interrupted.\n", notes.String())
}

func TestRun_NeverPretends(t *testing.T) {
	testenv.NeverPretends(t, "fleet", func(screen *term.Screen) int {
		return run(t.Context(), nil, screen)
	})
}

package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
	"github.com/clevercloud-go/clevercloud/examples/internal/testenv"
)

// newFleet returns an API with instances of three owners, two of them of one name, and one of each
// kind that is not counted.
func newFleet(t *testing.T) (server *clevertest.Server, second clevercloud.OwnerID) {
	t.Helper()
	server = testenv.LoggedIn(t)
	second = server.AddOrganisation("=Atelier Numérique")
	server.AddOrganisation("Nothing")
	add := func(owner clevercloud.OwnerID, zone clevercloud.ZoneName, flavors ...string) {
		app := server.AddApplication(clevertest.Application{OwnerID: owner, Zone: zone})
		server.AddDeployment(app, clevertest.Deployment{})
		for _, flavor := range flavors {
			server.AddInstances(app, clevertest.Instance{Flavor: flavor})
		}
		server.AddInstances(app, clevertest.Instance{Flavor: "3XL", BuildVM: true},
			clevertest.Instance{Flavor: "3XL", State: "DELETED"},
			clevertest.Instance{Flavor: "3XL", State: "STOPPING"})
	}
	add(second, "rbx", "M", "XS", "XS")
	add(second, "mtl", "XL", "new-size")
	add(second, "mtl", "XL")
	add(clevercloud.OwnerID(server.UserID), "par", "pico")
	add(server.AddOrganisation("Camille Durand"), "par", "pico")
	return server, second
}

func run(t *testing.T, args ...string) (status int, out, notes string) {
	t.Helper()
	return testenv.Run(t, "fleet", fleet, args...)
}

func TestFleet_Table(t *testing.T) {
	server, _ := newFleet(t)
	server.AddInstances(server.ApplicationID, clevertest.Instance{Flavor: "\x1b[2Jodd"})

	code, out, notes := run(t)

	assert.Equal(t, 0, code)
	assert.Empty(t, notes)
	assert.Len(t, server.RequestsTo("identity.summary"), 1)
	assert.Equal(t, strings.TrimPrefix(`
ORGANISATION        ZONE  pico  XS  S  M  XL  odd  new-size  TOTAL
=Atelier Numérique  mtl      .   .  .  .   2    .         1      3
                    rbx      .   2  .  1   .    .         .      3
Atelier Numérique   par      .   .  7  .   .    1         .      8
Camille Durand      par      1   .  .  .   .    .         .      1
Camille Durand      par      1   .  .  .   .    .         .      1
TOTAL                        2   2  7  1   2    1         1     16
`, "\n"), out)
}

func TestFleet_CSV(t *testing.T) {
	_, second := newFleet(t)

	code, out, _ := run(t, "-csv")

	assert.Equal(t, 0, code)
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 1+7)
	assert.Equal(t,
		[]string{"organisation_id", "organisation", "zone", "flavor", "instances"}, rows[0])
	assert.Equal(t, []string{string(second), "'=Atelier Numérique", "mtl", "XL", "2"}, rows[1])
}

func TestFleet_JSON(t *testing.T) {
	_, second := newFleet(t)

	code, out, _ := run(t, "-json", "-jobs", "1")

	assert.Equal(t, 0, code)
	var lines []map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &lines))
	require.Len(t, lines, 7)
	assert.Equal(t, map[string]any{
		"organisation_id": string(second), "organisation": "=Atelier Numérique", "zone": "mtl",
		"flavor": "XL", "instances": 2.0,
	}, lines[0])
}

func TestFleet_OneFailureHidesNothingElse(t *testing.T) {
	server, second := newFleet(t)
	server.Inject(
		clevertest.Fault{
			Path:   "/v2/organisations/" + string(server.OwnerID) + "/applications",
			Status: http.StatusForbidden, Times: -1,
		},
		clevertest.Fault{
			Path:   "/v4/orchestration/organisations/" + string(second) + "/**",
			Status: http.StatusNotFound,
		},
	)

	code, out, notes := run(t, "-jobs", "1")

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

func TestFleet_Errors(t *testing.T) {
	server := testenv.LoggedIn(t)
	testenv.Mistakes(t, "fleet", fleet, map[string]string{
		"-jobs 0": "-jobs", "more": "more", "-csv -json": "use at most one of -csv and -json",
	})
	server.Inject(clevertest.Fault{Path: "identity.summary", Status: http.StatusUnauthorized})
	status, out, notes := run(t)
	assert.Equal(t, 2, status)
	assert.Empty(t, out)
	assert.Contains(t, notes, "fleet: clevercloud: identity.summary: 401")
	testenv.NeverPretends(t, "fleet", fleet)
}

func TestFleet_NothingThere(t *testing.T) {
	t.Parallel()
	for want, show := range map[string]func(*census) error{
		"No instances.\n": (*census).table, "[]\n": (*census).json,
		"organisation_id,organisation,zone,flavor,instances\n": (*census).csv,
	} {
		var out bytes.Buffer
		require.NoError(t, show(&census{Screen: &term.Screen{Out: &out}}))
		assert.Equal(t, want, out.String())
	}
}

func TestFleet_Demo(t *testing.T) {
	testenv.HalfConfigured(t)
	var out, notes bytes.Buffer
	screen := &term.Screen{Out: &out, Notes: &notes, Terminal: true, Live: true, Colour: true}

	assert.Equal(t, 0, cli.Run(t.Context(), "fleet", fleet, screen, "-demo"))

	assert.Contains(t, out.String(), "\x1b[1mORGANISATION")
	assert.Contains(t, out.String(), " \x1b[90m.\x1b[0m")
	assert.Contains(t, notes.String(), "These are made-up instances")
	assert.Contains(t, notes.String(), "10/10  applications\r\x1b[K")
	for _, args := range [][]string{{"-demo"}, {"-demo", "-json"}, {"-demo", "-csv"}} {
		closed := &term.Screen{Out: testenv.ClosedPipe{}, Notes: new(bytes.Buffer)}
		assert.Equal(t, 2, cli.Run(t.Context(), "fleet", fleet, closed, args...))
	}
}

package clevertest_test

import (
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func TestServer_UnknownRoutes(t *testing.T) {
	t.Parallel()
	p := start(t)

	for _, path := range []string{"/", "/v4", "/v4/oops", "/v4/products/zones/", "/v4//products/zones", "/v4/products/../products/zones"} {
		a := p.expect(404, "GET", path)
		assert.Equal(t, "text/html; charset=utf-8", a.Header.Get("Content-Type"))
		assert.NotEmpty(t, a.Header.Get("Sozu-Id"))
	}
	a := p.expect(405, "DELETE", "/v4/products/zones")
	assert.Equal(t, "GET, HEAD", a.Header.Get("Allow"))
	a.like("errors/ovd_unauthorized.json")
}

func TestServer_Requests(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.get("/v4/products/zones?tag=a%20b")
	p.signed().send("POST", p.drains(), fixture(t, "drains/create_request_raw_http.json"))
	p.get("/nowhere")

	got := p.Requests()

	require.Len(t, got, 3)
	assert.Equal(t, "zones.list", got[0].Route)
	assert.Equal(t, "tag=a%20b", got[0].Query)
	assert.Equal(t, "Bearer [redacted]", got[0].Header.Get("Authorization"))
	assert.Equal(t, "drains.create", got[1].Route)
	assert.Equal(t, "POST", got[1].Method)
	assert.Equal(t, p.drains(), got[1].Path)
	assert.Equal(t, "OAuth [redacted]", got[1].Header.Get("Authorization"))
	assert.JSONEq(t, fixture(t, "drains/create_request_raw_http.json"), string(got[1].Body))
	assert.Empty(t, got[2].Route)
	p.ResetRequests()
	assert.Empty(t, p.Requests())
}

func TestServer_Ids(t *testing.T) {
	t.Parallel()
	one, two, three := start(t), start(t), start(t, clevertest.WithSeed(2))

	assert.Equal(t, one.OwnerID, two.OwnerID)
	assert.NotEqual(t, one.OwnerID, three.OwnerID)
	uuid := `[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`
	for prefix, id := range map[string]string{
		"orga_": string(one.OwnerID), "user_": string(one.UserID), "app_": string(one.ApplicationID), "keycloak_": string(one.KeycloakID),
		"deployment_": string(one.DeploymentID), "": string(one.InstanceID), "pulsar_": string(one.PulsarID), "addon_": string(one.AddonID),
	} {
		assert.Regexp(t, regexp.MustCompile("^"+prefix+uuid), id)
	}
}

func TestServer_Options(t *testing.T) {
	t.Parallel()

	assert.Panics(t, func() { clevertest.NewServer(clevertest.WithAddr("0.0.0.0:0")) })
	assert.Panics(t, func() { clevertest.NewServer(clevertest.WithAddr("example.com:80")) })
	assert.Panics(t, func() { clevertest.NewServer(clevertest.WithAddr("127.0.0.1")) })
	p := start(t, clevertest.WithAddr("localhost:0"))
	assert.True(t, strings.HasPrefix(p.URL, "http://"))
	now := time.Date(2031, 2, 3, 4, 5, 6, 0, time.UTC)
	assert.Equal(t, now, start(t, clevertest.WithClock(func() time.Time { return now })).Now())
}

func TestServer_CloseTwice(t *testing.T) {
	t.Parallel()
	s := clevertest.NewServer()
	s.Close()
	s.Close()
	_, err := http.Get(s.URL)
	assert.Error(t, err)
}

func TestServer_Body(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.expect(413, "POST", p.drains(), strings.Repeat("x", 9<<20))
}

func TestServer_Concurrency(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithStepDuration(time.Millisecond))
	body := fixture(t, "drains/create_request_raw_http.json")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, path := range []string{p.deployments(), p.instances(), p.invoices(), p.drains(), "/v2/summary"} {
				if resp, err := p.try("GET", path); assert.NoError(t, err) {
					assert.Equal(t, 200, resp.StatusCode)
					_ = resp.Body.Close()
				}
			}
			if resp, err := p.try("POST", p.drains(), body); assert.NoError(t, err) {
				_ = resp.Body.Close()
			}
			p.AddDeployment(p.ApplicationID, clevertest.Deployment{State: "QUEUED"})
			p.AppendLogs(p.ApplicationID, clevertest.LogEntry{Message: "x"})
			p.Advance(time.Millisecond)
			_ = p.Requests()
		})
	}
	wg.Wait()
	assert.Len(t, p.ok(p.drains()).list(), 8)
}

func TestServer_RequestsTo(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.ok("/v4/products/zones")
	p.ok("/v4/products/zones/par")
	p.get("/nowhere")
	paths := func(want string) []string {
		found := []string{}
		for _, r := range p.RequestsTo(want) {
			found = append(found, r.Path)
		}
		return found
	}

	assert.Equal(t, []string{"/v4/products/zones/par"}, paths("zones.get"))
	assert.Equal(t, []string{"/v4/products/zones", "/v4/products/zones/par"}, paths("/v4/**"))
	assert.Equal(t, []string{"/nowhere"}, paths("/nowhere"))
	assert.Len(t, paths(""), 3)
	assert.Equal(t, []string{}, paths("billing.get-invoice"))
	assert.PanicsWithValue(t, `clevertest: path "zone.get" is neither a route nor a path`, func() { p.RequestsTo("zone.get") })
}

// What auth.Default makes of the environment works, with the token and, without it, with the pair.
func TestServer_Environ(t *testing.T) {
	server := clevertest.NewServer()
	defer server.Close()
	t.Setenv("CC_API_TOKEN", "")
	for _, variable := range server.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
	for _, scheme := range []string{"Bearer", "OAuth"} {
		credentials, err := auth.Default()
		require.NoError(t, err)
		client, err := clevercloud.New(clevercloud.WithAuth(credentials))
		require.NoError(t, err)

		self, err := client.Identity.Self(t.Context())

		require.NoError(t, err)
		assert.Equal(t, server.UserID, self.ID)
		requests := server.Requests()
		assert.Equal(t, scheme+" [redacted]", requests[len(requests)-1].Header.Get("Authorization"))
		t.Setenv("CLEVER_API_TOKEN", "")
	}
}

func TestServer_Pipes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := clevertest.NewServer(clevertest.WithPipes())
		began := time.Now()
		drain, err := server.Client().Drains.Create(t.Context(), server.OwnerID, server.ApplicationID, clevercloud.DrainInput{
			Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/in"},
		})
		require.NoError(t, err)

		_, err = server.Client().Drains.WaitForStatus(t.Context(), server.OwnerID, server.ApplicationID, drain.ID,
			clevercloud.DrainStatusEnabled, clevercloud.DrainWait{})

		require.NoError(t, err)
		assert.GreaterOrEqual(t, time.Since(began), 2*time.Second)
		resp, err := server.HTTPClient().Get(server.URL + "/v4/products/zones/par")
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		server.Close()
		_, err = server.Client(clevercloud.WithMaxRetries(0)).Zones.Get(t.Context(), "par")
		assert.ErrorIs(t, err, net.ErrClosed)
	})
}

// Credentials that come to the wrong one of two hosts are refused.
func TestServer_Bridge(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithBridge())
	bridge := p
	bridge.base = p.BridgeURL
	require.NotEqual(t, p.URL, p.BridgeURL)

	bridge.ok("/v2/self")
	p.expect(401, "GET", "/v2/self") // a token for the API
	p.signed().ok("/v2/self")
	bridge.signed().expect(401, "GET", "/v2/self")
	bridge.signed().ok("/api-tokens")
	p.signed().expect(401, "GET", "/api-tokens")
	bridge.expect(401, "GET", "/api-tokens")
	p.with("Authorization", "").ok("/v4/products/zones")
	assert.Contains(t, p.Environ(), "AUTH_BRIDGE_HOST="+p.BridgeURL)
	one := start(t)
	assert.Equal(t, one.URL, one.BridgeURL)
}

func TestServer_BridgeOverPipes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := clevertest.NewServer(clevertest.WithBridge(), clevertest.WithPipes())
		client := server.Client()
		_, err := client.Identity.Self(t.Context())
		require.NoError(t, err)
		_, err = client.Tokens.List(t.Context())
		require.NoError(t, err)
		token := clevercloud.WithAuth(auth.Bearer(server.Token))
		_, err = server.Client(token).Identity.Self(t.Context())
		require.ErrorIs(t, err, clevercloud.ErrUnauthorized)
		bridge := clevercloud.WithBaseURL(server.BridgeURL)
		_, err = server.Client(token, bridge).Identity.Self(t.Context())
		require.NoError(t, err)
		server.Close()
	})
}

func TestServer_Handle(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.Handle("GET /v4/things/{id}", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("thing " + r.PathValue("id")))
	}))
	p.Handle("POST /v4/things", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(w, r.Body)
	}))
	p.Handle("GET /v4/products/zones", http.NotFoundHandler())

	assert.Equal(t, "thing a/b", p.ok("/v4/things/a%2Fb").Body)
	assert.Equal(t, "sent", p.send("POST", "/v4/things", "sent").Body)
	p.expect(404, "GET", "/v4/products/zones") // it takes precedence
	p.ok("/v4/products/zones/par")
	p.expect(404, "DELETE", "/v4/things")

	require.Len(t, p.RequestsTo("GET /v4/things/{id}"), 1)
	assert.Equal(t, "sent", string(p.RequestsTo("POST /v4/things")[0].Body))
	p.Inject(clevertest.Fault{Path: "GET /v4/things/{id}", Status: 503})
	p.expect(503, "GET", "/v4/things/1")
	p.Inject(clevertest.Fault{Path: "/v4/things/*", Body: "spoilt"})
	assert.Equal(t, "spoilt", p.ok("/v4/things/1").Body)
	assert.Panics(t, func() { p.Handle("GET /v4/things/{other}", http.NotFoundHandler()) })

	p.Handle("GET /v4/flow", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("flow"))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	p.Inject(clevertest.Fault{Path: "/v4/flow", Mode: clevertest.Cut, CutAfter: 4})
	resp, err := p.try("GET", "/v4/flow")
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	flow, err := io.ReadAll(resp.Body)
	assert.Equal(t, "flow", string(flow))
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF, "a flush does not wait for more")
}

func TestServer_Names(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithNames("Ada", "Acme"))

	assert.Equal(t, "Ada", p.ok("/v2/self").object()["name"])
	assert.Equal(t, []any{"Ada", "Acme"}, p.ok("/v2/organisations").pluck("name"))
	half := start(t, clevertest.WithNames("", "Acme"))
	assert.Equal(t, "Camille Durand", half.ok("/v2/self").object()["name"])
}

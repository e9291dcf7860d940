package clevercloud_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func ExampleNew() {
	client, err := clevercloud.New(
		clevercloud.WithAuth(auth.Bearer("your-api-token")),
		clevercloud.WithUserAgent("acme-deployer/2.1"),
		clevercloud.WithTimeout(20*time.Second),
	)
	fmt.Println(client != nil, err)

	_, err = clevercloud.New(clevercloud.WithBaseURL("http://api.example.com"))
	fmt.Println(err)
	// Output:
	// true <nil>
	// clevercloud: WithBaseURL: must be https, or http to a loopback address
}

func ExampleClient_With() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	impatient, err := client.With(clevercloud.WithMaxRetries(0), clevercloud.WithTimeout(time.Second))
	if err != nil {
		fmt.Println(err)
		return
	}
	server.Inject(clevertest.Fault{Path: "zones.list", Status: http.StatusServiceUnavailable, Times: 1})
	_, err = impatient.Zones.List(context.Background(), clevercloud.ZoneQuery{})
	fmt.Println(errors.Is(err, clevercloud.ErrUnavailable))
	// Output: true
}

func ExampleClient_Do() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	var self struct {
		Email string `json:"email"`
	}
	if err := client.Do(context.Background(), http.MethodGet, "/v2/self", nil, &self); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(self.Email == server.Email)
	// Output: true
}

func ExampleWithResponse() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client(clevercloud.WithRetry(clevercloud.RetryPolicy{MinWait: time.Millisecond}))
	server.Inject(clevertest.Fault{Path: "zones.get", Status: http.StatusBadGateway, Times: 2})

	var meta clevercloud.Response
	zone, err := client.Zones.Get(context.Background(), "par", clevercloud.WithResponse(&meta))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(zone.City, meta.StatusCode, meta.Attempts, meta.RequestID != "")
	// Output: Paris 200 3 true
}

func ExampleWithMiddleware() {
	server := clevertest.NewServer()
	defer server.Close()
	count := func(next http.RoundTripper) http.RoundTripper {
		return roundTripFunc(func(req *http.Request) (*http.Response, error) {
			fmt.Println(clevercloud.OperationFromContext(req.Context()))
			return next.RoundTrip(req)
		})
	}
	client := server.Client(clevercloud.WithMiddleware(count))

	_, _ = client.Zones.Get(context.Background(), "par")
	_, _ = client.Billing.ListInvoices(context.Background(), server.OwnerID, clevercloud.InvoiceQuery{})
	// Output:
	// zones.get
	// billing.list-invoices
}

type roundTripFunc func(*http.Request) (*http.Response, error)

func (f roundTripFunc) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// The kind of credentials chooses the address: the bridge for a token. Most programs take what [auth.Default] finds.
func ExampleWithAuth() {
	for _, credentials := range []auth.Authenticator{
		auth.Bearer("your-api-token"),
		auth.OAuth1{ConsumerKey: "ck", ConsumerSecret: "cs", Token: "t", TokenSecret: "ts"},
	} {
		client, err := clevercloud.New(clevercloud.WithAuth(credentials))
		fmt.Println(client != nil, err, credentials.(auth.Located).APIBaseURL())
	}
	// Output:
	// true <nil> https://api-bridge.clever-cloud.com
	// true <nil> https://api.clever-cloud.com
}

func ExampleWithBaseURL() {
	server := clevertest.NewServer()
	defer server.Close()

	client, err := clevercloud.New(clevercloud.WithBaseURL(server.URL), clevercloud.WithAuth(auth.Bearer(server.Token)))
	if err != nil {
		fmt.Println(err)
		return
	}
	self, err := client.Identity.Self(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(self.Email)
	// Output: camille@example.com
}

// The idle connections and the proxy are those of the transport.
func ExampleWithHTTPClient() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client(clevercloud.WithHTTPClient(&http.Client{
		Transport: &http.Transport{MaxConnsPerHost: 2, IdleConnTimeout: 10 * time.Second},
	}))
	defer client.CloseIdleConnections()

	_, err := client.Zones.Get(context.Background(), "par")
	fmt.Println(err)
	// Output: <nil>
}

func ExampleWithRetry() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client(clevercloud.WithRetry(clevercloud.RetryPolicy{
		MaxRetries: 2, MinWait: time.Millisecond, MaxWait: 20 * time.Millisecond,
	}))
	server.Inject(clevertest.Fault{Status: http.StatusServiceUnavailable, Times: -1})

	_, err := client.Zones.List(context.Background(), clevercloud.ZoneQuery{})
	var apiErr *clevercloud.APIError
	if errors.As(err, &apiErr) {
		fmt.Println(apiErr.StatusCode, "after", apiErr.Attempts, "attempts")
	}
	// Output: 503 after 3 attempts
}

// For one call, here: do not try again.
func ExampleWithMaxRetries() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()
	server.Inject(clevertest.Fault{Status: http.StatusBadGateway})

	_, err := client.Zones.List(context.Background(), clevercloud.ZoneQuery{}, clevercloud.WithMaxRetries(0))
	fmt.Println(errors.Is(err, clevercloud.ErrUnavailable))
	// Output: true
}

// WithTimeout bounds an attempt, the context the whole call.
func ExampleWithTimeout() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client(clevercloud.WithTimeout(20*time.Millisecond), clevercloud.WithMaxRetries(0))
	server.Inject(clevertest.Fault{Latency: time.Minute})

	_, err := client.Zones.List(context.Background(), clevercloud.ZoneQuery{})
	fmt.Println(errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded))
	// Output: true false
}

func ExampleWithLogger() {
	server := clevertest.NewServer()
	defer server.Close()
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{
		Level: slog.LevelDebug,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			switch a.Key {
			case "operation", "method", "path", "attempt", "status":
				return a
			}
			return slog.Attr{} // what differs between runs
		},
	}))
	client := server.Client(clevercloud.WithLogger(logger), clevercloud.WithRetry(clevercloud.RetryPolicy{MinWait: time.Millisecond}))
	server.Inject(clevertest.Fault{Status: http.StatusBadGateway})

	_, _ = client.Zones.Get(context.Background(), "par")
	// Output:
	// operation=zones.get method=GET path=/v4/products/zones/{name} attempt=1 status=502
	// operation=zones.get method=GET path=/v4/products/zones/{name} attempt=2 status=200
}

func ExampleWithHeader() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	_, err := client.Zones.List(context.Background(), clevercloud.ZoneQuery{}, clevercloud.WithHeader("X-Trace", "4bf92f35"))
	fmt.Println(err, server.Requests()[0].Header.Get("X-Trace"))
	// Output: <nil> 4bf92f35
}

// A parameter that this module does not know yet.
func ExampleWithQuery() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	_, err := client.Orchestration.ListDeployments(context.Background(), server.OwnerID, server.ApplicationID, clevercloud.DeploymentQuery{Limit: 5},
		clevercloud.WithQuery("includeApplicationConfiguration", "true"))
	fmt.Println(err, server.Requests()[0].Query)
	// Output: <nil> limit=5&includeApplicationConfiguration=true
}

func ExampleWithUserAgent() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client(clevercloud.WithUserAgent("acme-deployer/2.1"))

	_, err := client.Zones.List(context.Background(), clevercloud.ZoneQuery{})
	product, rest, _ := strings.Cut(server.Requests()[0].Header.Get("User-Agent"), " ")
	fmt.Println(err, product, strings.HasPrefix(rest, "clevercloud-go/"))
	// Output: <nil> acme-deployer/2.1 true
}

// Anything that encodes to JSON is a body; a writer gets the answer as it comes.
func ExampleClient_Do_body() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()
	path := "/v4/addon-providers/addon-pulsar/addons/" + string(server.PulsarID) + "/storage-policies"

	body := map[string]any{"retentionPolicies": map[string]any{"durationInDays": 30}}
	var answer strings.Builder
	if err := client.Do(context.Background(), http.MethodPatch, path, body, &answer); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.Contains(answer.String(), `"durationInDays":30`))
	// Output: true
}

// Any event stream of the API, with its data as it came.
func ExampleClient_Events() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	path := "/v4/logs/organisations/" + string(server.OwnerID) + "/applications/" + string(server.ApplicationID) + "/logs?limit=1"
	for event, err := range client.Events(context.Background(), path+"&since=2020-01-01T00:00:00Z", clevercloud.EventQuery{}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(event.Name, event.ID != "", json.Valid(event.Data))
	}
	// Output: APPLICATION_LOG true true
}

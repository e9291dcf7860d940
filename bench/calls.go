package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/google/go-github/v75/github"
	"github.com/hashicorp/go-retryablehttp"
	"github.com/hetznercloud/hcloud-go/v2/hcloud"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
)

// A Caller gets one zone, or a list of drains, from the API at base, over transport.
type Caller struct {
	Name string
	// New prepares what a program prepares once. Calls of what it returns may be concurrent.
	New func(base string, transport http.RoundTripper) (Calls, error)
}

// Calls are the calls that are compared. They return an error also for an answer that is not the expected one.
type Calls struct{ Zone, Drains func(context.Context) error }

// The callers that others are compared with.
const (
	SDK            = "SDK, bearer"
	Plain          = "net/http + encoding/json"
	PlainNoTimeout = Plain + ", no timeout"
)

// Callers returns all ways of making a call.
func Callers() []Caller {
	return []Caller{
		{SDK, sdk(auth.Bearer(token))},
		{"SDK, OAuth 1 PLAINTEXT", sdk(oauth(auth.Plaintext))},
		{"SDK, OAuth 1 HMAC-SHA1", sdk(oauth(auth.HMACSHA1))},
		{"SDK, OAuth 1 HMAC-SHA512", sdk(oauth(auth.HMACSHA512))},
		{Plain, plain(&http.Client{Timeout: time.Minute})},
		{PlainNoTimeout, plain(&http.Client{})},
		{"go-retryablehttp + encoding/json", retryable},
		{"hcloud-go's request layer", hetzner},
		{"go-github's request layer", gitHub},
	}
}

func oauth(method auth.Method) auth.OAuth1 {
	return auth.OAuth1{
		ConsumerKey: "consumer-key-of-40-characters-aaaaaaaaaaa", ConsumerSecret: "consumer-secret-of-40-characters-aaaaaaa",
		Token: "token-of-32-characters-aaaaaaaaaa", TokenSecret: "token-secret-of-32-characters-aa", Method: method,
	}
}

const token = "token-of-36-characters-aaaaaaaaaaaaaa"

func sdk(credentials auth.Authenticator) func(string, http.RoundTripper) (Calls, error) {
	return func(base string, transport http.RoundTripper) (Calls, error) {
		c, err := clevercloud.New(clevercloud.WithAuth(credentials), clevercloud.WithBaseURL(base),
			clevercloud.WithHTTPClient(&http.Client{Transport: transport}))
		return Calls{
			Zone: func(ctx context.Context) error {
				z, err := c.Zones.Get(ctx, "par")
				return check(err, func() bool { return z.Name == "par" })
			},
			Drains: func(ctx context.Context) error {
				drains, err := c.Drains.List(ctx, "orga_1", "app_1", clevercloud.DrainQuery{})
				return check(err, func() bool { return len(drains) == ListLength && drains[1].Recipient != nil })
			},
		}, err
	}
}

func check(err error, ok func() bool) error {
	if err == nil && !ok() {
		return fmt.Errorf("an unexpected answer")
	}
	return err
}

// zone and drain are the SDK's types for encoding/json alone.
type zone struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"`
	Country     string   `json:"country"`
	CountryCode string   `json:"countryCode"`
	City        string   `json:"city"`
	DisplayName string   `json:"displayName"`
	Lat         float64  `json:"lat"`
	Lon         float64  `json:"lon"`
	OutboundIPs []string `json:"outboundIPs"`
	Tags        []string `json:"tags"`
}

type drain struct {
	ID         string `json:"id"`
	OwnerID    string `json:"tenantId"`
	ResourceID string `json:"resourceId"`
	Kind       string `json:"kind"`
	Recipient  struct {
		Type                            string `json:"type"`
		URL                             string `json:"url"`
		Username                        string `json:"username"`
		Password                        string `json:"password"`
		Index                           string `json:"index"`
		APIKey                          string `json:"apiKey"`
		Token                           string `json:"token"`
		TLSVerification                 string `json:"tlsVerification"`
		RFC5424StructuredDataParameters string `json:"rfc5424StructuredDataParameters"`
	} `json:"recipient"`
	Status struct {
		ID          string    `json:"id"`
		DrainID     string    `json:"drainId"`
		Status      string    `json:"status"`
		Date        time.Time `json:"date"`
		AuthorID    string    `json:"authorId"`
		ErrorReason string    `json:"errorReason"`
	} `json:"status"`
	Execution struct {
		Status        string    `json:"status"`
		LastError     string    `json:"lastError"`
		Attempt       int       `json:"attempt"`
		MaxAttempt    int       `json:"maxAttempt"`
		LastAttemptAt time.Time `json:"lastAttemptAt"`
		NextAttemptAt time.Time `json:"nextAttemptAt"`
		RetryingSince time.Time `json:"retryingSince"`
	} `json:"execution"`
	Backlog *struct {
		MsgRateOut       float64 `json:"msgRateOut"`
		MsgThroughputOut float64 `json:"msgThroughputOut"`
		MsgBacklog       int64   `json:"msgBacklog"`
	} `json:"backlog"`
}

// callsOf makes calls of a function that gets a path and decodes the answer.
func callsOf(get func(ctx context.Context, path string, out any) error) Calls {
	return Calls{
		Zone: func(ctx context.Context) error {
			var z zone
			err := get(ctx, "/v4/products/zones/par", &z)
			return check(err, func() bool { return z.Name == "par" })
		},
		Drains: func(ctx context.Context) error {
			var drains []drain
			err := get(ctx, drainsPath, &drains)
			return check(err, func() bool { return len(drains) == ListLength && drains[1].Recipient.URL != "" })
		},
	}
}

// maxBody is the SDK's bound on a result.
const maxBody = 256 << 20

// plain is what a careful person writes by hand: one client, a request with the context, three headers, the status checked, the body
// bounded, read to its end and closed, then decoded.
func plain(client *http.Client) func(string, http.RoundTripper) (Calls, error) {
	return func(base string, transport http.RoundTripper) (Calls, error) {
		own := *client
		own.Transport = transport
		return callsOf(func(ctx context.Context, path string, out any) error {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+path, nil)
			if err != nil {
				return err
			}
			req.Header.Set("Authorization", "Bearer "+token)
			req.Header.Set("Accept", "application/json")
			req.Header.Set("User-Agent", "bench/1.0")
			resp, err := own.Do(req)
			if err != nil {
				return err
			}
			return readJSON(resp, out)
		}), nil
	}
}

func readJSON(resp *http.Response, out any) error {
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %.200s", resp.Status, body)
	}
	return json.Unmarshal(body, out)
}

func retryable(base string, transport http.RoundTripper) (Calls, error) {
	client := retryablehttp.NewClient()
	client.Logger = nil
	client.HTTPClient = &http.Client{Transport: transport, Timeout: time.Minute}
	return callsOf(func(ctx context.Context, path string, out any) error {
		req, err := retryablehttp.NewRequestWithContext(ctx, http.MethodGet, base+path, nil)
		if err != nil {
			return err
		}
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Accept", "application/json")
		req.Header.Set("User-Agent", "bench/1.0")
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		return readJSON(resp, out)
	}), nil
}

// hetzner and gitHub are two respected SDKs. Their own services want their own answers; what is under these takes any path and any type.
func hetzner(base string, transport http.RoundTripper) (Calls, error) {
	client := hcloud.NewClient(hcloud.WithEndpoint(base), hcloud.WithToken(token),
		hcloud.WithHTTPClient(&http.Client{Transport: transport, Timeout: time.Minute}))
	get := func(ctx context.Context, path string, out any) error {
		req, err := client.NewRequest(ctx, http.MethodGet, path, nil)
		if err != nil {
			return err
		}
		_, err = client.Do(req, out)
		return err
	}
	calls := callsOf(get)
	// It reads every answer as an object, for its pagination.
	calls.Drains = func(ctx context.Context) error {
		var answer struct {
			Drains []drain `json:"drains"`
		}
		err := get(ctx, wrappedDrainsPath, &answer)
		return check(err, func() bool { return len(answer.Drains) == ListLength })
	}
	return calls, nil
}

func gitHub(base string, transport http.RoundTripper) (Calls, error) {
	client := github.NewClient(&http.Client{Transport: transport, Timeout: time.Minute}).WithAuthToken(token)
	u, err := url.Parse(base + "/")
	client.BaseURL = u
	return callsOf(func(ctx context.Context, path string, out any) error {
		req, err := client.NewRequest(http.MethodGet, path[1:], nil)
		if err != nil {
			return err
		}
		_, err = client.Do(ctx, req, out)
		return err
	}), err
}

// A Signature signs a request.
type Signature struct {
	Name string
	Sign func() error
}

// Signatures are those of OAuth 1, of a request with a query.
func Signatures() []Signature {
	var all []Signature
	for _, method := range []auth.Method{auth.Plaintext, auth.HMACSHA1, auth.HMACSHA512} {
		credentials := oauth(method)
		req, err := http.NewRequest(http.MethodGet, "https://api.clever-cloud.com"+drainsPath+"?status=ENABLED&executionStatus=RUNNING", nil)
		all = append(all, Signature{method.String(), func() error {
			if err != nil {
				return err
			}
			return credentials.Authenticate(req)
		}})
	}
	return all
}

package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/google/go-github/v75/github"
	"github.com/hetznercloud/hcloud-go/v2/hcloud"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
)

// calls are the two calls that are compared. They return an error also for an unexpected answer.
type calls struct{ zone, drains func(context.Context) error }

// Calls compares ways of getting one zone, and ways of getting a list of drains, from the server at
// base. An empty base is memory.
func Calls(base string) (zone, drains Group, err error) {
	where, transport := "over loopback", http.RoundTripper(NewTransport())
	if base == "" {
		base, where, transport = "https://api.example.com", "in memory", memory{}
	}
	zone = Group{Title: "One zone " + where, Items: 1, Turns: 5}
	drains = Group{Title: fmt.Sprintf("%d drains %s", listLength, where), Items: 1, Turns: 2}
	debug := &slog.HandlerOptions{Level: slog.LevelDebug}
	logger := slog.New(slog.NewTextHandler(io.Discard, debug))
	var meta clevercloud.Response
	for _, caller := range []struct {
		name string
		make func(base string, transport http.RoundTripper) (calls, error)
	}{
		{SDK, sdk(nil)},
		{SDKLogger, sdk(nil, clevercloud.WithLogger(logger))},
		{SDKMeta, sdk([]clevercloud.CallOption{clevercloud.WithResponse(&meta)})},
		{ByHand, byHand},
		{Dropped, dropped},
		{Tokens, tokens},
		{"hcloud-go's request layer", hetzner},
		{"go-github's request layer", gitHub},
	} {
		c, err := caller.make(base, transport)
		if err != nil {
			return zone, drains, err
		}
		add := func(g *Group, call func(context.Context) error) {
			run := func() error { return call(context.Background()) }
			g.Contenders = append(g.Contenders, Contender{caller.name, run})
		}
		add(&zone, c.zone)
		add(&drains, c.drains)
	}
	return zone, drains, nil
}

const token = "token-of-36-characters-aaaaaaaaaaaaaa"

func sdk(
	opts []clevercloud.CallOption, more ...clevercloud.ClientOption,
) func(string, http.RoundTripper) (calls, error) {
	return func(base string, transport http.RoundTripper) (calls, error) {
		c, err := clevercloud.New(append(more, clevercloud.WithAuth(auth.Bearer(token)),
			clevercloud.WithBaseURL(base),
			clevercloud.WithHTTPClient(&http.Client{Transport: transport}))...)
		return calls{
			zone: func(ctx context.Context) error {
				z, err := c.Zones.Get(ctx, "par", opts...)
				return check(err, func() bool { return z.Name == "par" })
			},
			drains: func(ctx context.Context) error {
				drains, err := c.Drains.List(
					ctx, "orga_1", "app_1", clevercloud.DrainQuery{}, opts...)
				return check(err, func() bool {
					return len(drains) == listLength && drains[1].Recipient != nil
				})
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

// getting makes calls of a function that gets a path and decodes the answer.
func getting(get func(ctx context.Context, path string, out any) error) calls {
	return calls{
		zone: func(ctx context.Context) error {
			var z zone
			err := get(ctx, zonePath, &z)
			return check(err, func() bool { return z.Name == "par" })
		},
		drains: func(ctx context.Context) error {
			var drains []drain
			err := get(ctx, drainsPath, &drains)
			return check(err, func() bool {
				return len(drains) == listLength && drains[1].Recipient.URL != ""
			})
		},
	}
}

// maxBody is the SDK's bound on a result that is not read one by one.
const maxBody = 32 << 20

// plain is what a careful person writes by hand: one client, a request with the context, three
// headers, and then what read does with the response.
func plain(
	base string, transport http.RoundTripper, read func(*http.Response, any) error,
) func(context.Context, string, any) error {
	client := &http.Client{Transport: transport}
	return func(ctx context.Context, path string, out any) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+path, nil)
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
		defer resp.Body.Close()
		return read(resp, out)
	}
}

// readJSON bounds the body, reads it to its end and decodes it.
func readJSON(resp *http.Response, out any) error {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %.200s", resp.Status, body)
	}
	return json.Unmarshal(body, out)
}

func byHand(base string, transport http.RoundTripper) (calls, error) {
	return getting(plain(base, transport, readJSON)), nil
}

// dropped and tokens are floors: the exchange without decoding, and with the least of it.
func dropped(base string, transport http.RoundTripper) (calls, error) {
	return floor(plain(base, transport, func(resp *http.Response, _ any) error {
		_, err := io.Copy(io.Discard, resp.Body)
		return err
	})), nil
}

func tokens(base string, transport http.RoundTripper) (calls, error) {
	read := func(resp *http.Response, _ any) error { return walk(resp) }
	return floor(plain(base, transport, read)), nil
}

func floor(get func(context.Context, string, any) error) calls {
	return calls{
		zone:   func(ctx context.Context) error { return get(ctx, zonePath, nil) },
		drains: func(ctx context.Context) error { return get(ctx, drainsPath, nil) },
	}
}

// hetzner and gitHub are two respected SDKs. What is under their services takes any path and type.
func hetzner(base string, transport http.RoundTripper) (calls, error) {
	client := hcloud.NewClient(hcloud.WithEndpoint(base), hcloud.WithToken(token),
		hcloud.WithHTTPClient(&http.Client{Transport: transport}))
	get := func(ctx context.Context, path string, out any) error {
		req, err := client.NewRequest(ctx, http.MethodGet, path, nil)
		if err != nil {
			return err
		}
		_, err = client.Do(req, out)
		return err
	}
	c := getting(get)
	// It reads every answer as an object, for its pagination.
	c.drains = func(ctx context.Context) error {
		var answer struct {
			Drains []drain `json:"drains"`
		}
		err := get(ctx, wrappedDrainsPath, &answer)
		return check(err, func() bool { return len(answer.Drains) == listLength })
	}
	return c, nil
}

func gitHub(base string, transport http.RoundTripper) (calls, error) {
	client := github.NewClient(&http.Client{Transport: transport}).WithAuthToken(token)
	u, err := url.Parse(base + "/")
	client.BaseURL = u
	return getting(func(ctx context.Context, path string, out any) error {
		req, err := client.NewRequest(http.MethodGet, path[1:], nil)
		if err != nil {
			return err
		}
		_, err = client.Do(ctx, req, out)
		return err
	}), err
}

// Signatures are those of OAuth 1, of a request with a query.
func Signatures() []Contender {
	var all []Contender
	for _, method := range []auth.Method{auth.Plaintext, auth.HMACSHA1, auth.HMACSHA512} {
		credentials := auth.OAuth1{
			ConsumerKey:    "consumer-key-of-40-characters-aaaaaaaaaaa",
			ConsumerSecret: "consumer-secret-of-40-characters-aaaaaaa",
			Token:          "token-of-32-characters-aaaaaaaaaa",
			TokenSecret:    "token-secret-of-32-characters-aa", Method: method,
		}
		req, err := http.NewRequest(http.MethodGet,
			"https://api.clever-cloud.com"+drainsPath+"?status=ENABLED&executionStatus=RUNNING",
			nil)
		all = append(all, Contender{method.String(), func() error {
			if err != nil {
				return err
			}
			return credentials.Authenticate(req)
		}})
	}
	return all
}

package clevercloud

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/origin"
	"github.com/clevercloud-go/clevercloud/internal/transport"
)

// Defaults of what can be set by an option.
const (
	// DefaultBaseURL is where the API answers to OAuth 1 credentials, and to anonymous requests.
	DefaultBaseURL = "https://api.clever-cloud.com"

	defaultTimeout    = 60 * time.Second
	defaultMaxRetries = 4
	defaultMinWait    = 500 * time.Millisecond
	defaultMaxWait    = 30 * time.Second
)

// A ClientOption configures a [Client].
type ClientOption interface {
	applyClient(*config) error
}

// A CallOption configures one call.
type CallOption interface {
	applyCall(*callConfig) error
}

// An Option is a [CallOption] that is also a [ClientOption]: given to [New], it is the default of all
// calls.
type Option interface {
	ClientOption
	CallOption
}

// config is what a client is made of. It is copied, never changed, once a client has it.
type config struct {
	baseURL        *url.URL
	bridgeURL      *url.URL
	auth           auth.Authenticator
	httpClient     *http.Client
	middleware     []func(http.RoundTripper) http.RoundTripper
	retry          RetryPolicy
	logger         *slog.Logger
	userAgent      string
	drainTypeNames DrainTypeNames
	drainPaths     DrainPaths
	call           callConfig
}

// callConfig is what can differ between calls.
type callConfig struct {
	maxRetries *int
	timeout    *time.Duration
	header     http.Header
	query      [][2]string
	response   *Response
	idempotent bool
}

// apply adds the options of one call. c is the call's own.
func (c *callConfig) apply(opts []CallOption) error {
	for _, opt := range opts {
		if opt == nil {
			return &ValidationError{Argument: "opts", Reason: "must not hold a nil option"}
		}
		if err := opt.applyCall(c); err != nil {
			return err
		}
	}
	return nil
}

type clientOption func(*config) error

func (o clientOption) applyClient(c *config) error { return o(c) }

type callOption func(*callConfig) error

func (o callOption) applyCall(c *callConfig) error { return o(c) }

type option struct{ callOption }

func (o option) applyClient(c *config) error { return o.callOption(&c.call) }

// WithAuth sets the credentials: [auth.Bearer], an [auth.OAuth1], what [auth.Default] finds, or an
// [auth.Authenticator] of your own. Without it, the client is anonymous. The credentials determine
// the API's address unless [WithBaseURL] sets it, see [auth.Located].
//
// [New] and [Client.With] return an error if the credentials are an [auth.Checker] that reports a
// mistake, such as an empty token, a line break in a token, or an OAuth 1 token without a consumer.
func WithAuth(a auth.Authenticator) ClientOption {
	return clientOption(func(c *config) error {
		if a == nil {
			return refused("WithAuth", "must not be nil; leave the option out for an anonymous client")
		}
		if checker, ok := a.(auth.Checker); ok {
			if err := checker.Check(); err != nil {
				return refused("WithAuth", strings.TrimPrefix(err.Error(), "auth: "))
			}
		}
		c.auth = a
		return nil
	})
}

// WithBaseURL sets the address of the API, in place of the one that goes with the credentials (for a token
// https://api-bridge.clever-cloud.com, else [DefaultBaseURL]). It is https, or http to this machine. A trailing slash is ignored, a path
// is put before that of each operation; user, query and fragment are refused.
func WithBaseURL(address string) ClientOption {
	return clientOption(func(c *config) error {
		u, err := origin.Parse(address)
		if err != nil {
			return refused("WithBaseURL", err.Error())
		}
		c.baseURL = u
		return nil
	})
}

// WithBridgeURL sets the address of the bridge, where [TokensService] works. Without it that is https://api-bridge.clever-cloud.com, or the
// base URL if that is not [DefaultBaseURL]. The rules are those of [WithBaseURL].
func WithBridgeURL(address string) ClientOption {
	return clientOption(func(c *config) error {
		u, err := origin.Parse(address)
		if err != nil {
			return refused("WithBridgeURL", err.Error())
		}
		c.bridgeURL = u
		return nil
	})
}

// WithHTTPClient sets the transport, cookie jar, redirect policy and timeout to use. The client is copied, never changed. Its transport
// is innermost: the only place that sees credentials. Its Timeout, which would cut streams and downloads, becomes that of [WithTimeout].
func WithHTTPClient(hc *http.Client) ClientOption {
	return clientOption(func(c *config) error {
		if hc == nil {
			return refused("WithHTTPClient", "must not be nil")
		}
		own := *hc
		if own.Timeout > 0 {
			c.call.timeout = &own.Timeout
		}
		c.httpClient = &own
		return nil
	})
}

// WithMiddleware wraps every attempt of every call, before credentials are added; [OperationFromContext] and [AttemptFromContext] tell
// from the request's context what it is part of. Given more than once, the first is outermost.
func WithMiddleware(wrap func(http.RoundTripper) http.RoundTripper) ClientOption {
	return clientOption(func(c *config) error {
		if wrap == nil {
			return refused("WithMiddleware", "must not be nil")
		}
		c.middleware = append(slices.Clip(c.middleware), wrap)
		return nil
	})
}

// OperationFromContext returns the id of the operation, drains.get for example, whose request carries ctx; "" for any other context.
func OperationFromContext(ctx context.Context) string { return transport.OperationOf(ctx) }

// AttemptFromContext returns which attempt of its call the request that carries ctx is, from 1; 0 for any other context.
func AttemptFromContext(ctx context.Context) int { return transport.AttemptOf(ctx) }

// A RetryPolicy bounds the attempts of a call and the waits between them. A wait is random between nothing and MinWait, doubled with
// each attempt up to MaxWait; a Retry-After header replaces it, up to MaxWait too.
type RetryPolicy struct {
	// MaxRetries is the number of attempts after the first. 0 is the default, 4; a negative number is
	// none.
	MaxRetries int
	// MinWait bounds the first wait; 0 is the default, 500 ms.
	MinWait time.Duration
	// MaxWait bounds all waits; 0 is the default, 30 s.
	MaxWait time.Duration
}

// callRetries is the policy of calls where an option leaves something out.
func callRetries() RetryPolicy {
	return RetryPolicy{MaxRetries: defaultMaxRetries, MinWait: defaultMinWait, MaxWait: defaultMaxWait}
}

// noRetries is a negative MaxRetries: zero is the default.
const noRetries = -1

// or fills in zero fields from defaults and refuses what makes no sense.
func (p RetryPolicy) or(defaults RetryPolicy) (RetryPolicy, string) {
	if p.MinWait < 0 || p.MaxWait < 0 {
		return p, "waits must not be negative"
	}
	if p.MaxRetries = cmp.Or(p.MaxRetries, defaults.MaxRetries); p.MaxRetries < 0 {
		p.MaxRetries = noRetries
	}
	if p.MinWait == 0 {
		p.MinWait = defaults.MinWait
		if p.MaxWait > 0 {
			p.MinWait = min(p.MinWait, p.MaxWait)
		}
	}
	if p.MaxWait == 0 {
		p.MaxWait = max(defaults.MaxWait, p.MinWait)
	}
	if p.MinWait > p.MaxWait {
		return p, fmt.Sprintf("MinWait must not be over MaxWait, got %v and %v", p.MinWait, p.MaxWait)
	}
	return p, ""
}

// WithRetry sets how often and after what waits calls are repeated. Which calls may be repeated is not a matter of policy: reads, and
// writes that are harmless to repeat, after connection errors and the statuses 408, 425, 429, 500, 502, 503 and 504; other writes only
// when no connection was made or the API answered 429.
func WithRetry(policy RetryPolicy) ClientOption {
	return clientOption(func(c *config) error {
		filled, reason := policy.or(callRetries())
		if reason != "" {
			return refused("WithRetry", reason)
		}
		c.retry, c.call.maxRetries = filled, nil
		return nil
	})
}

// WithLogger sets where debug lines go, one for each attempt: operation, method, path template, attempt, status, duration, request id
// and a few response headers. No credential, query or body is logged, and an id only as part of a path given to [Client.Do]. Without it nothing is.
func WithLogger(logger *slog.Logger) ClientOption {
	return clientOption(func(c *config) error {
		if logger == nil {
			return refused("WithLogger", "must not be nil")
		}
		c.logger = logger
		return nil
	})
}

// WithUserAgent puts product, "acme-deployer/2.1" for example, before this SDK's own name in the User-Agent header.
func WithUserAgent(product string) ClientOption {
	return clientOption(func(c *config) error {
		if product == "" || !transport.ValidHeaderValue(product) {
			return refused("WithUserAgent", "must be printable text on one line")
		}
		c.userAgent = product
		return nil
	})
}

// WithDrainTypeNames sets how recipient types are spelled in requests; see [DrainTypeNames].
func WithDrainTypeNames(names DrainTypeNames) ClientOption {
	return clientOption(func(c *config) error {
		if names != ContractDrainTypeNames && names != CurrentDrainTypeNames {
			return refused("WithDrainTypeNames", "must be ContractDrainTypeNames or CurrentDrainTypeNames")
		}
		c.drainTypeNames = names
		return nil
	})
}

// WithDrainPaths sets by which of the API's two families of paths drains are called; see [DrainPaths].
func WithDrainPaths(paths DrainPaths) ClientOption {
	return clientOption(func(c *config) error {
		if paths != AutomaticDrainPaths && paths != ApplicationDrainPaths && paths != ResourceDrainPaths {
			return refused("WithDrainPaths", "must be AutomaticDrainPaths, ApplicationDrainPaths or ResourceDrainPaths")
		}
		c.drainPaths = paths
		return nil
	})
}

// WithMaxRetries sets the number of attempts after the first; 0 is one attempt in all.
func WithMaxRetries(n int) Option {
	return option{func(c *callConfig) error {
		if n < 0 {
			return refused("WithMaxRetries", fmt.Sprintf("must not be negative, got %d", n))
		}
		c.maxRetries = &n
		return nil
	}}
}

// WithTimeout bounds each attempt; the default is 60 s, 0 is no bound. A download, a sequence or a stream is not cut by it: there it
// bounds the wait for the headers, and then (streams have [LogQuery.IdleTimeout] for this) each wait for more of the body.
func WithTimeout(perAttempt time.Duration) Option {
	return option{func(c *callConfig) error {
		if perAttempt < 0 {
			return refused("WithTimeout", fmt.Sprintf("must not be negative, got %v", perAttempt))
		}
		c.timeout = &perAttempt
		return nil
	}}
}

// WithHeader adds a request header, in place of an earlier one of that name. Authorization (see [WithAuth]), User-Agent (see
// [WithUserAgent]) and those that belong to the connection are refused.
func WithHeader(key, value string) Option {
	return option{func(c *callConfig) error {
		name := http.CanonicalHeaderKey(key)
		if !transport.ValidHeaderName(key) || reservedHeader(name) {
			return refused("WithHeader", fmt.Sprintf("%q is not a header that can be set", key))
		}
		if !transport.ValidHeaderValue(value) {
			return refused("WithHeader", fmt.Sprintf("the value of %s must be printable text on one line", name))
		}
		if c.header = maps.Clone(c.header); c.header == nil {
			c.header = http.Header{}
		}
		c.header[name] = []string{value}
		return nil
	}}
}

// WithQuery adds a parameter to the URL's query, beside those of the call. It may be given more than once, also for the same key.
func WithQuery(key, value string) Option {
	return option{func(c *callConfig) error {
		if key == "" {
			return refused("WithQuery", "key must not be empty")
		}
		c.query = append(slices.Clip(c.query), [2]string{key, value})
		return nil
	}}
}

// WithResponse fills r with the status, headers, request id, body, attempts and duration of a call,
// also if the call fails.
func WithResponse(r *Response) CallOption {
	return callOption(func(c *callConfig) error {
		if r == nil {
			return refused("WithResponse", "must not be nil")
		}
		c.response = r
		return nil
	})
}

// WithIdempotent says that a repeat of this call does no harm: it is retried even after an attempt that
// may have been applied, like a call that is idempotent by itself.
func WithIdempotent() CallOption {
	return callOption(func(c *callConfig) error {
		c.idempotent = true
		return nil
	})
}

// A Response is what came back beside the result. Ask for it with [WithResponse].
type Response struct {
	// StatusCode is the HTTP status of the last response, 0 if there was none.
	StatusCode int
	// Header is the last response's, nil if there was none. It may hold what the API considers secret.
	Header http.Header
	// RequestID is the Sozu-Id header. Quote it to Clever Cloud's support.
	RequestID string
	// Attempts counts the requests, 0 if an argument was rejected.
	Attempts int
	// Duration is the time from the call to its end, with the waits between attempts. For a download, a
	// sequence or a stream it ends with the headers.
	Duration time.Duration
	// Body is the JSON of the result or of the error as it came, so that fields newer than this package
	// can be read. It is nil for a download, a sequence or a stream. It can hold secrets, so that a
	// Response prints, logs and marshals with the size of its body only.
	Body []byte
}

// printedResponse is what may be shown of a Response.
type printedResponse struct {
	StatusCode int           `json:"statusCode"`
	RequestID  string        `json:"requestId"`
	Attempts   int           `json:"attempts"`
	Duration   time.Duration `json:"duration"`
	BodySize   int           `json:"bodySize"`
}

func (r Response) printed() printedResponse {
	return printedResponse{r.StatusCode, r.RequestID, r.Attempts, r.Duration, len(r.Body)}
}

// Format prints r under any verb without its headers and its body.
func (r Response) Format(f fmt.State, verb rune) {
	fmt.Fprintf(f, fmt.FormatString(f, verb), r.printed())
}

// LogValue logs r without its headers and its body.
func (r Response) LogValue() slog.Value { return slog.AnyValue(r.printed()) }

// MarshalJSON writes r without its headers and its body.
func (r Response) MarshalJSON() ([]byte, error) { return json.Marshal(r.printed()) }

func refused(option, reason string) error { return &ValidationError{Argument: option, Reason: reason} }

func reservedHeader(name string) bool {
	switch name {
	case "Authorization", "Proxy-Authorization", "User-Agent", "Host", "Content-Length", "Transfer-Encoding", "Connection", "Trailer",
		"Te", "Upgrade", "Accept-Encoding", "Last-Event-Id":
		return true
	}
	return false
}

const modulePath = "github.com/clevercloud-go/clevercloud"

// userAgent names the program, this module at its version, and Go: "acme/2.1 clevercloud-go/1.0.0 (go1.25.1; linux/amd64)".
func userAgent(product string) string {
	sdk := "clevercloud-go/" + version(debug.ReadBuildInfo()) + " (" + runtime.Version() + "; " + runtime.GOOS + "/" + runtime.GOARCH + ")"
	return strings.TrimSpace(product + " " + sdk)
}

// version is the module's, from the build information of the program that it is part of. One that is replaced by a folder has none.
func version(info *debug.BuildInfo, ok bool) string {
	if !ok {
		return "unknown"
	}
	for _, module := range append(info.Deps, &info.Main) {
		if module.Path != modulePath {
			continue
		}
		if module.Replace != nil {
			module = module.Replace
		}
		if module.Version != "" && module.Version != "(devel)" {
			return strings.TrimPrefix(module.Version, "v")
		}
	}
	return "devel"
}

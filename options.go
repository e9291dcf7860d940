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

// Defaults of the options.
const (
	// DefaultBaseURL is the API's address for OAuth 1 credentials and for anonymous requests.
	DefaultBaseURL = "https://api.clever-cloud.com"

	defaultTimeout = 60 * time.Second
	defaultMaxWait = 30 * time.Second
)

// ClientOption configures a [Client]. Any [Option], such as [WithTimeout], is one.
type ClientOption interface {
	applyClient(*config) error
}

// CallOption configures one call. Any [Option], such as [WithTimeout], is one.
type CallOption interface {
	applyCall(*callConfig) error
}

// Option configures one call, or all calls of a [Client] if it is given to [New].
type Option interface {
	ClientOption
	CallOption
}

// config holds the settings of a client. It is copied and never changed.
type config struct {
	transport.Config   // its UserAgent is the product alone
	baseURL, bridgeURL *url.URL
	auth               auth.Authenticator
	drainTypeNames     DrainTypeNames
	drainPaths         DrainPaths
	call               callConfig
}

// callConfig holds the settings that can differ between calls.
type callConfig struct {
	retry      RetryPolicy
	timeout    *time.Duration
	header     http.Header
	query      [][2]string
	response   *Response
	idempotent bool
}

type clientOption func(*config) error

func (o clientOption) applyClient(c *config) error { return o(c) }

type callOption func(*callConfig) error

func (o callOption) applyCall(c *callConfig) error { return o(c) }

type option struct{ callOption }

func (o option) applyClient(c *config) error { return o.callOption(&c.call) }

// WithAuth sets the credentials: [auth.Bearer], an [auth.OAuth1], the result of [auth.Default], or
// an [auth.Authenticator] of your own. Without it, the client is anonymous. The credentials
// determine the API's address unless [WithBaseURL] sets it, see [auth.Located].
//
// [New] and [Client.With] return an error if an [auth.Checker] reports a mistake, such as an empty
// token, a line break in a token, or an OAuth 1 token without a consumer.
func WithAuth(a auth.Authenticator) ClientOption {
	return clientOption(func(c *config) error {
		if isNil(a) {
			return refused("WithAuth", "must not be nil; omit it for an anonymous client")
		}
		if checker, ok := a.(auth.Checker); ok {
			if err := checker.Check(); err != nil {
				return refused("WithAuth", strings.TrimPrefix(err.Error(), "auth: "))
			}
		}
		c.auth, c.Authenticate = a, a.Authenticate
		return nil
	})
}

// WithBaseURL sets the address of the API. The default follows the credentials:
// https://api-bridge.clever-cloud.com for a token, [DefaultBaseURL] otherwise. It must be https, or
// http to a loopback address. Its path is a prefix of every operation's path. User information,
// query and fragment are rejected.
func WithBaseURL(address string) ClientOption {
	return clientOption(func(c *config) (err error) {
		c.baseURL, err = parseAddress("WithBaseURL", address)
		return err
	})
}

// WithBridgeURL sets the address of the bridge, which [TokensService] uses. The default is the base
// URL if that is not [DefaultBaseURL], and https://api-bridge.clever-cloud.com otherwise. The rules
// of [WithBaseURL] apply.
func WithBridgeURL(address string) ClientOption {
	return clientOption(func(c *config) (err error) {
		c.bridgeURL, err = parseAddress("WithBridgeURL", address)
		return err
	})
}

func parseAddress(option, address string) (*url.URL, error) {
	u, err := origin.Parse(address)
	if err != nil {
		return nil, refused(option, err.Error())
	}
	return u, nil
}

// WithHTTPClient sets the transport, cookie jar, redirect policy and timeout. The client is copied.
// Its transport is the only part that sees credentials. Its Timeout, which would cut streams and
// downloads, is used as that of [WithTimeout].
//
// A transport of yours should set MaxIdleConnsPerHost, for concurrent calls,
// MaxResponseHeaderBytes, and SendPingTimeout and PingTimeout in HTTP2: without pings, retries
// reuse a dead HTTP/2 connection.
func WithHTTPClient(hc *http.Client) ClientOption {
	return clientOption(func(c *config) error {
		if hc == nil {
			return refused("WithHTTPClient", "must not be nil")
		}
		own := *hc
		if own.Timeout > 0 {
			c.call.timeout = &own.Timeout
		}
		c.HTTPClient = &own
		return nil
	})
}

// WithMiddleware wraps every attempt of every call, before credentials are added. In the request's
// context, [OperationFromContext] and [AttemptFromContext] identify the attempt. The first
// middleware is the outermost. The time it takes counts against [WithTimeout].
func WithMiddleware(wrap func(http.RoundTripper) http.RoundTripper) ClientOption {
	return clientOption(func(c *config) error {
		if wrap == nil {
			return refused("WithMiddleware", "must not be nil")
		}
		c.Middleware = append(slices.Clip(c.Middleware), wrap)
		return nil
	})
}

// OperationFromContext returns the operation of a request with this context, such as "drains.get".
// It returns "" for any other context.
func OperationFromContext(ctx context.Context) string { return transport.OperationOf(ctx) }

// AttemptFromContext returns the number of the attempt of a request with this context, from 1. It
// returns 0 for any other context.
func AttemptFromContext(ctx context.Context) int { return transport.AttemptOf(ctx) }

// RetryPolicy configures retries. The delay before a retry is random. It is at most MinWait at
// first, and the maximum doubles with each attempt up to MaxWait (exponential backoff with full
// jitter). A Retry-After header takes precedence. If it asks for more than MaxWait, or more than
// the context has left, the call is not retried.
type RetryPolicy struct {
	// MaxRetries is the number of attempts after the first. 0 is the default of 4. A negative
	// number disables retries.
	MaxRetries int
	// MinWait is the longest first delay. 0 is the default of 500 ms, or MaxWait if that is shorter.
	MinWait time.Duration
	// MaxWait is the longest delay. 0 is the default of 30 seconds, or MinWait if that is longer.
	MaxWait time.Duration
}

// callRetries is the default policy of calls.
func callRetries() RetryPolicy {
	return RetryPolicy{MaxRetries: 4, MinWait: 500 * time.Millisecond, MaxWait: defaultMaxWait}
}

// or replaces zero fields by defaults. It returns why the policy is invalid, if it is.
func (p RetryPolicy) or(defaults RetryPolicy) (filled RetryPolicy, reason string) {
	if p.MinWait < 0 || p.MaxWait < 0 {
		return p, "waits must not be negative"
	}
	p.MaxRetries = cmp.Or(p.MaxRetries, defaults.MaxRetries)
	p.MaxWait = cmp.Or(p.MaxWait, max(defaults.MaxWait, p.MinWait))
	p.MinWait = cmp.Or(p.MinWait, min(defaults.MinWait, p.MaxWait))
	if p.MinWait > p.MaxWait {
		reason = fmt.Sprintf("MinWait must not be over MaxWait, got %v and %v",
			p.MinWait, p.MaxWait)
	}
	return p, reason
}

// WithRetry sets the number of retries and their delays. It does not change which failures are
// retried, see [IsTransient].
func WithRetry(policy RetryPolicy) ClientOption {
	return clientOption(func(c *config) error {
		filled, reason := policy.or(callRetries())
		if reason != "" {
			return refused("WithRetry", reason)
		}
		c.call.retry = filled
		return nil
	})
}

// WithLogger logs one debug line per attempt: operation, method, path template, attempt, status,
// duration, request ID and a few response headers. Credentials, queries and bodies are not logged,
// nor are IDs, except in a path given to [Client.Do].
func WithLogger(logger *slog.Logger) ClientOption {
	return clientOption(func(c *config) error {
		if logger == nil {
			return refused("WithLogger", "must not be nil")
		}
		c.Logger = logger
		return nil
	})
}

// WithUserAgent puts product, such as "acme-deployer/2.1", at the beginning of the User-Agent
// header.
func WithUserAgent(product string) ClientOption {
	return clientOption(func(c *config) error {
		if product == "" || !transport.ValidHeaderValue(product) {
			return refused("WithUserAgent", "must be printable text on one line")
		}
		c.UserAgent = product
		return nil
	})
}

// WithDrainTypeNames sets the spelling of recipient types in requests, see [DrainTypeNames].
func WithDrainTypeNames(names DrainTypeNames) ClientOption {
	return clientOption(func(c *config) error {
		if !isOneOf(names, ContractDrainTypeNames, CurrentDrainTypeNames) {
			return refused("WithDrainTypeNames",
				"must be ContractDrainTypeNames or CurrentDrainTypeNames")
		}
		c.drainTypeNames = names
		return nil
	})
}

// WithDrainPaths selects one of the API's two sets of paths for drains, see [DrainPaths].
func WithDrainPaths(paths DrainPaths) ClientOption {
	return clientOption(func(c *config) error {
		if !isOneOf(paths, AutomaticDrainPaths, ApplicationDrainPaths, ResourceDrainPaths) {
			return refused("WithDrainPaths",
				"must be AutomaticDrainPaths, ApplicationDrainPaths or ResourceDrainPaths")
		}
		c.drainPaths = paths
		return nil
	})
}

// WithMaxRetries sets the number of attempts after the first. 0 disables retries.
func WithMaxRetries(n int) Option {
	return option{func(c *callConfig) error {
		if n < 0 {
			return refused("WithMaxRetries", fmt.Sprintf("must not be negative, got %d", n))
		}
		c.retry.MaxRetries = n
		return nil
	}}
}

// WithTimeout bounds each attempt. The default is 60 seconds, 0 is no limit. For a download, a
// sequence or a stream it bounds the wait for the headers, and then each wait for more of the body.
// Streams have [LogQuery.IdleTimeout] for the latter. Bound a whole call by its context.
func WithTimeout(perAttempt time.Duration) Option {
	return option{func(c *callConfig) error {
		if perAttempt < 0 {
			return refused("WithTimeout", fmt.Sprintf("must not be negative, got %v", perAttempt))
		}
		c.timeout = &perAttempt
		return nil
	}}
}

// WithHeader sets a request header. It rejects Authorization (see [WithAuth]), User-Agent (see
// [WithUserAgent]) and the headers of the connection.
func WithHeader(key, value string) Option {
	return option{func(c *callConfig) error {
		name := http.CanonicalHeaderKey(key)
		reserved := isOneOf(name, "Authorization", "Proxy-Authorization", "User-Agent", "Host",
			"Content-Length", "Transfer-Encoding", "Connection", "Trailer", "Te", "Upgrade",
			"Accept-Encoding", "Last-Event-Id")
		if reserved || !transport.ValidHeaderName(key) {
			return refused("WithHeader", fmt.Sprintf("%q is not a header that can be set", key))
		}
		if !transport.ValidHeaderValue(value) {
			return refused("WithHeader",
				fmt.Sprintf("the value of %s must be printable text on one line", name))
		}
		if c.header = maps.Clone(c.header); c.header == nil {
			c.header = http.Header{}
		}
		c.header[name] = []string{value}
		return nil
	}}
}

// WithQuery adds a query parameter to those of the call. It can be given more than once for the
// same key.
func WithQuery(key, value string) Option {
	return option{func(c *callConfig) error {
		if key == "" {
			return refused("WithQuery", "key must not be empty")
		}
		c.query = append(slices.Clip(c.query), [2]string{key, value})
		return nil
	}}
}

// WithResponse fills r with the status, headers, request ID, body, attempts and duration of a call,
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

// WithIdempotent declares that repeating this call does no harm. The call is then retried even
// after an attempt that may have been applied.
func WithIdempotent() CallOption {
	return callOption(func(c *callConfig) error {
		c.idempotent = true
		return nil
	})
}

// Response describes the response to a call, see [WithResponse].
type Response struct {
	// StatusCode is the HTTP status of the last response, 0 if there was none.
	StatusCode int
	// Header is that of the last response, nil if there was none. It may hold secrets.
	Header http.Header
	// RequestID is the Sozu-Id header. Quote it to Clever Cloud's support.
	RequestID string
	// Attempts is the number of requests, 0 if an argument was rejected.
	Attempts int
	// Duration includes the delays between attempts. For a download, a sequence or a stream it ends
	// with the headers.
	Duration time.Duration
	// Body is the JSON of the result or of the error, for fields that this package does not know
	// yet. It is nil for a download, a sequence or a stream. It may hold secrets: printing, logging
	// or encoding a Response shows only its size.
	Body []byte
}

// printedResponse is the part of a Response that may be shown.
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

// Format prints r without its headers and body.
func (r Response) Format(f fmt.State, verb rune) {
	fmt.Fprintf(f, fmt.FormatString(f, verb), r.printed())
}

// LogValue logs r without its headers and body.
func (r Response) LogValue() slog.Value { return slog.AnyValue(r.printed()) }

// MarshalJSON encodes r without its headers and body.
func (r Response) MarshalJSON() ([]byte, error) { return json.Marshal(r.printed()) }

// refused returns the error for an argument of an option.
func refused(option, reason string) error {
	return &ValidationError{Argument: option, Reason: reason}
}

const modulePath = "github.com/clevercloud-go/clevercloud"

// userAgent names the program, this module and Go, such as "acme/2.1 clevercloud-go/1.0.0
// (go1.26.8; linux/amd64)".
func userAgent(product string) string {
	sdk := fmt.Sprintf("clevercloud-go/%s (%s; %s/%s)",
		version(debug.ReadBuildInfo()), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return strings.TrimSpace(product + " " + sdk)
}

// version returns the module's version from the program's build information, "devel" if it was
// replaced by a folder.
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

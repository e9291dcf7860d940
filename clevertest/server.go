package clevertest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
)

// maxRequests bounds what [Server.Requests] remembers, maxRequestBody one request's body.
const (
	maxRequests    = 10_000
	maxRequestBody = 8 << 20
)

// Server is a running API. [NewServer] sets its exported fields, which must not be changed.
type Server struct {
	// URL is the base URL, such as http://127.0.0.1:8080. BridgeURL is the base URL of the bridge,
	// which accepts API tokens. They are the same unless [WithBridge] is given.
	URL       string
	BridgeURL string

	// OwnerID is the initial organisation. UserID is the user that the credentials belong to, who
	// has no application.
	OwnerID clevercloud.OwnerID
	UserID  clevercloud.UserID
	// ForbiddenOwnerID is an organisation that the credentials give no access to.
	ForbiddenOwnerID clevercloud.OwnerID
	// Email and Password are the user's login, which the creation of an API token asks for.
	Email    string
	Password string

	// ApplicationID is the initial application, named shop, with deployments, instances and logs.
	ApplicationID clevercloud.ApplicationID
	// DeploymentID is its live deployment, FailedDeploymentID an older one that failed.
	DeploymentID       clevercloud.DeploymentID
	FailedDeploymentID clevercloud.DeploymentID
	// InstanceID is an instance that is up.
	InstanceID clevercloud.InstanceID

	// The initial operators, by their real IDs, are named sso, stats, bi and gateway.
	KeycloakID clevercloud.OperatorID
	MatomoID   clevercloud.OperatorID
	MetabaseID clevercloud.OperatorID
	OtoroshiID clevercloud.OperatorID
	// PulsarID is the real ID of the initial Pulsar add-on, named bus, and PulsarClusterID its
	// cluster.
	PulsarID        clevercloud.PulsarID
	PulsarClusterID string
	// AddonID and ResourceID are the two IDs of the initial PostgreSQL add-on, named shop-db, which
	// has logs. Its plan is dev, a shared one, so it cannot join a network group; one of
	// [Server.AddAddon] with Plan xs_sml can.
	AddonID    clevercloud.AddonID
	ResourceID clevercloud.ResourceID

	// InvoiceNumber is a paid invoice, UnpaidInvoiceNumber a pending one, CreditNoteNumber a credit
	// note.
	InvoiceNumber       clevercloud.InvoiceNumber
	UnpaidInvoiceNumber clevercloud.InvoiceNumber
	CreditNoteNumber    clevercloud.InvoiceNumber

	// OAuth1 and Token are credentials of the user. Both work.
	OAuth1 auth.OAuth1
	Token  auth.Secret

	cfg        config
	mux        *http.ServeMux
	own        *http.ServeMux // of [Server.Handle]
	http       *http.Server
	httpClient *http.Client
	piped      bool              // nothing but httpClient reaches the server
	routes     map[string]*route // by id

	closing   chan struct{}
	closeOnce sync.Once
	running   sync.WaitGroup // the accept loop and every connection
	streams   atomic.Int64

	mu sync.Mutex // guards all below
	state
	offset   time.Duration
	tasks    []*task
	timer    *time.Timer
	requests []Request
	faults   []*Fault
	// unknownID is the status that answers a resumption from an unknown event, 0 for none.
	unknownID int
	// generation is closed by Redeploy, moved by Advance; both are then replaced.
	generation chan struct{}
	moved      chan struct{}
	rng        *rand.Rand
}

// state is what the API knows, in the order of the domains.
type state struct {
	owners    map[string]*owner
	apps      []*application
	addons    []*addon
	operators map[string]*operator
	pulsars   map[string]*pulsar
	invoices  []*invoice
	zones     []*zone
	drains    []*drain
	tokens    []*apiToken
	oauth     oauthStore
	topics    map[string]*topic
	links     []link

	networkGroups []*networkGroup
	kubernetes    []*kubeCluster
	configs       map[string][]variable // by real id
}

// NewServer starts an API on a free port of 127.0.0.1. Call Close to stop it. NewServer panics if
// it cannot listen.
func NewServer(opts ...Option) *Server {
	cfg := newConfig(opts)
	listeners := cfg.listen()
	s := &Server{
		URL:        baseURL(listeners[0]),
		BridgeURL:  baseURL(listeners[len(listeners)-1]),
		cfg:        cfg,
		mux:        http.NewServeMux(),
		own:        http.NewServeMux(),
		routes:     make(map[string]*route),
		closing:    make(chan struct{}),
		generation: make(chan struct{}),
		moved:      make(chan struct{}),
		rng:        rand.New(rand.NewPCG(cfg.seed, 0)),
	}
	s.httpClient, s.piped = newHTTPClient(listeners)
	s.mount()
	s.seed()
	s.start(listeners)
	return s
}

func baseURL(l net.Listener) string { return "http://" + l.Addr().String() }

func (s *Server) start(listeners []net.Listener) {
	s.http = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: time.Minute,
		ErrorLog:          log.New(io.Discard, "", 0),
		ConnState:         s.count,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, c)
		},
		BaseContext: func(l net.Listener) context.Context {
			return context.WithValue(context.Background(), hostKey{}, baseURL(l))
		},
	}
	for _, listener := range listeners {
		// The error is always ErrServerClosed or the listener's end.
		s.running.Go(func() { _ = s.http.Serve(listener) })
	}
}

type (
	connKey struct{}
	hostKey struct{}
)

// takesTokens and takesOAuth say which credentials the host of a request is for.
func (s *Server) takesTokens(c *call) bool {
	return !s.cfg.bridge || c.Context().Value(hostKey{}) == s.BridgeURL
}

func (s *Server) takesOAuth(c *call) bool {
	return !s.cfg.bridge || s.takesTokens(c) == (familyOf(c.URL.Path) == familyBridge)
}

// count follows the connections, so that Close can wait for their goroutines.
func (s *Server) count(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.running.Add(1)
	case http.StateClosed:
		s.running.Done()
	default: // busy or idle: no goroutine comes or goes
	}
}

// Close stops the server. It closes all connections, open log streams included, and waits for their
// end.
func (s *Server) Close() {
	s.closeOnce.Do(func() {
		close(s.closing)
		s.mu.Lock()
		if s.timer != nil {
			s.timer.Stop()
		}
		s.mu.Unlock()
		_ = s.http.Close()
		s.httpClient.CloseIdleConnections()
	})
	s.running.Wait()
}

// Request is a request that the server received.
type Request struct {
	// Route is the name of the operation, such as "drains.create". It is empty if no route serves
	// the method and path.
	Route  string
	Method string
	// Path is the escaped path, Query the raw query.
	Path  string
	Query string
	// Header has [redacted] in place of credentials.
	Header http.Header
	Body   []byte
	// Time is the time of arrival by the server's clock.
	Time time.Time
}

// Requests returns the requests received so far, oldest first. It keeps the last 10,000.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// RequestsTo returns the requests to a route, such as "drains.create", or to paths that match a
// pattern of [Fault]. It panics if nothing can match path.
func (s *Server) RequestsTo(path string) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mustMatch(path)
	return filter(s.requests, func(r Request) bool { return matchesPath(path, r.Route, r.Path) })
}

// ResetRequests forgets the requests received so far.
func (s *Server) ResetRequests() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
}

func (s *Server) record(c *call, routeID string) {
	header := c.Header.Clone()
	if header.Get("Authorization") != "" {
		scheme, _, _ := strings.Cut(header.Get("Authorization"), " ")
		header.Set("Authorization", scheme+" [redacted]")
	}
	if len(s.requests) == maxRequests {
		s.requests = slices.Delete(s.requests, 0, maxRequests/10)
	}
	s.requests = append(s.requests, Request{
		Route: routeID, Method: c.Method, Path: c.URL.EscapedPath(), Query: c.URL.RawQuery,
		Header: header, Body: c.body, Time: s.now(),
	})
}

// Handle adds a route, which takes precedence over the server's own. The pattern is one of
// [http.ServeMux], such as "GET /v4/things/{id}". Requests are recorded, and matched by faults,
// with the pattern as the name of their route. Credentials are not checked. The handler must return
// when its request's context is done, since Close waits for it. Handle panics if the pattern is
// invalid or conflicts with an earlier one.
func (s *Server) Handle(pattern string, handler http.Handler) {
	s.own.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		s.serve(w, r, pattern, func(c *call) { handler.ServeHTTP(c.w, c.Request) })
	})
}

// ServeHTTP handles a request, so that a Server can be mounted elsewhere as an [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Sozu-Id", sozuID())
	if r.URL.EscapedPath() != path.Clean(r.URL.EscapedPath()) {
		s.unrouted(w, r, http.StatusNotFound)
		return
	}
	if _, pattern := s.own.Handler(r); pattern != "" {
		s.own.ServeHTTP(w, r)
		return
	}
	if h, pattern := s.mux.Handler(r); pattern == "" {
		probe := &statusProbe{header: w.Header()}
		h.ServeHTTP(probe, r)
		s.unrouted(w, r, probe.status)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// statusProbe learns from net/http's own answer whether the path or the method is unknown.
type statusProbe struct {
	header http.Header
	status int
}

func (p *statusProbe) Header() http.Header         { return p.header }
func (p *statusProbe) Write(b []byte) (int, error) { return len(b), nil }
func (p *statusProbe) WriteHeader(status int)      { p.status = status }

func (s *Server) unrouted(w http.ResponseWriter, r *http.Request, status int) {
	s.serve(w, r, "", func(c *call) {
		p := problemOf(status)
		if status == http.StatusNotFound && !strings.HasPrefix(r.URL.Path, "/v2/") {
			p.forced = familyGateway
		}
		p.write(c)
	})
}

// serve is the path of all requests: it records the request, and handles it unless a fault applies.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, routeID string, handle func(*call)) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequestBody))
	id := "request_http_" + uuidFrom(rand.Uint64(), rand.Uint64())
	c := &call{Request: r, w: w, body: body, id: id}
	s.mu.Lock()
	s.record(c, routeID)
	fault := s.takeFault(r, routeID)
	s.mu.Unlock()
	if err != nil {
		p := problemOf(http.StatusBadRequest)
		if errors.As(err, new(*http.MaxBytesError)) {
			p = problemOf(http.StatusRequestEntityTooLarge)
		}
		p.write(c)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	s.withFault(c, fault, handle)
}

// answer runs the handler of a route with the lock held. If it panics with a [problem], that is the
// response.
func (s *Server) answer(c *call, rt *route) (r response) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() {
		switch p := recover().(type) {
		case nil:
		case *problem:
			r = p
		default:
			panic(p)
		}
	}()
	s.settle()
	if !rt.public {
		s.admit(c)
	}
	return rt.answer(s, c)
}

// admit panics with a [problem] unless the credentials are valid and may see the owner in the path.
func (s *Server) admit(c *call) {
	c.user = s.authenticate(c)
	if id := c.PathValue("ownerId"); id != "" {
		s.wantVisible(c, id)
	}
}

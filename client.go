package clevercloud

import (
	"net/http"
	"net/url"
	"time"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/origin"
	"github.com/clevercloud-go/clevercloud/internal/transport"
)

// A Client talks to the Clever Cloud API through its services. It is safe for concurrent use and holds connections worth keeping: make
// one with [New] and share it. Derive one with other settings by [Client.With]. The zero value is of no use.
type Client struct {
	// Billing is invoices and their documents.
	Billing *BillingService
	// Drains is the forwarding of logs elsewhere.
	Drains *DrainsService
	// Identity is who the credentials are for, and what they can see.
	Identity *IdentityService
	// Kubernetes manages Kubernetes clusters. Experimental: see [KubernetesService].
	Kubernetes *KubernetesService
	// LoadBalancers is the addresses that a domain of an application points to.
	LoadBalancers *LoadBalancersService
	// Logs is the log streams.
	Logs *LogsService
	// NetworkGroups manages private networks of applications, add-ons and other machines.
	NetworkGroups *NetworkGroupsService
	// Operators is Keycloak, Matomo, Metabase and Otoroshi.
	Operators *OperatorsService
	// Orchestration is deployments and instances.
	Orchestration *OrchestrationService
	// Pulsar is the storage policies of Pulsar add-ons.
	Pulsar *PulsarService
	// Tokens is API tokens.
	Tokens *TokensService
	// Zones is the places where things run.
	Zones *ZonesService

	// core is behind a function, out of fmt's reach: printing a client, under whatever verb, shows no credential.
	core func() *core
}

// service is what every service is made of.
type service struct{ client *Client }

// core is what the services of a client share.
type core struct {
	config    config
	base      *url.URL
	bridge    *url.URL
	userAgent string
	transport *transport.Transport
}

// New returns a client. Without options it is anonymous, repeats what may be repeated up to 4 times and prints nothing. A bad option is
// an error here, a [*ValidationError] that names it, and not at the first call.
func New(opts ...ClientOption) (*Client, error) {
	return newClient(config{httpClient: ownHTTPClient()}, opts)
}

// With returns a client with the settings of c, changed by opts. It shares the connections of c, which stays as it is.
func (c *Client) With(opts ...ClientOption) (*Client, error) {
	return newClient(c.core().config, opts)
}

// CloseIdleConnections closes connections that no call is using. A client that is dropped without it keeps them for 90 seconds.
func (c *Client) CloseIdleConnections() { c.core().config.httpClient.CloseIdleConnections() }

func newClient(conf config, opts []ClientOption) (*Client, error) {
	if conf.retry == (RetryPolicy{}) {
		conf.retry = callRetries()
	}
	for _, opt := range opts {
		if opt == nil {
			return nil, refused("opts", "must not hold a nil option")
		}
		if err := opt.applyClient(&conf); err != nil {
			return nil, err
		}
	}
	base, bridge, err := addresses(conf)
	if err != nil {
		return nil, err
	}
	t := transport.Config{HTTPClient: conf.httpClient, Middleware: conf.middleware, Logger: conf.logger}
	if conf.auth != nil {
		t.Authenticate = conf.auth.Authenticate
	}
	shared := &core{config: conf, base: base, bridge: bridge, userAgent: userAgent(conf.userAgent), transport: transport.New(t)}
	c := &Client{core: func() *core { return shared }}
	s := service{c}
	c.Billing = (*BillingService)(&s)
	c.Drains = (*DrainsService)(&s)
	c.Identity = (*IdentityService)(&s)
	c.Kubernetes = (*KubernetesService)(&s)
	c.LoadBalancers = (*LoadBalancersService)(&s)
	c.Logs = (*LogsService)(&s)
	c.NetworkGroups = (*NetworkGroupsService)(&s)
	c.Operators = (*OperatorsService)(&s)
	c.Orchestration = (*OrchestrationService)(&s)
	c.Pulsar = (*PulsarService)(&s)
	c.Tokens = (*TokensService)(&s)
	c.Zones = (*ZonesService)(&s)
	return c, nil
}

// addresses returns where the API and the bridge are: by option, by the credentials, or where Clever Cloud has them.
func addresses(conf config) (base, bridge *url.URL, err error) {
	if base = conf.baseURL; base == nil {
		if base, err = defaultBaseURL(conf.auth); err != nil {
			return nil, nil, err
		}
	}
	switch {
	case conf.bridgeURL != nil:
		return base, conf.bridgeURL, nil
	case base.String() != DefaultBaseURL:
		return base, base, nil
	}
	bridge, err = origin.Parse(auth.BridgeBaseURL)
	return base, bridge, err
}

func defaultBaseURL(a auth.Authenticator) (*url.URL, error) {
	address := DefaultBaseURL
	if l, ok := a.(auth.Located); ok && l.APIBaseURL() != "" {
		address = l.APIBaseURL()
	}
	u, err := origin.Parse(address)
	if err != nil {
		return nil, refused("WithAuth", "the address of the API that goes with the credentials "+err.Error())
	}
	return u, nil
}

// ownHTTPClient has a connection pool of its own, so that neither the program's other traffic nor its
// changes to the default transport meet this client's. HTTP/2 connections that are silent are checked
// by a ping, so that a dead one is given up and not used for every retry.
func ownHTTPClient() *http.Client {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return &http.Client{Transport: http.DefaultTransport}
	}
	own := t.Clone()
	own.MaxIdleConnsPerHost = own.MaxIdleConns
	own.MaxResponseHeaderBytes = 1 << 20
	own.HTTP2 = &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingTimeout}
	return &http.Client{Transport: own}
}

const (
	pingAfter   = 3 * time.Second
	pingTimeout = 5 * time.Second
)

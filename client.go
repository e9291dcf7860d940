package clevercloud

import (
	"net/http"
	"net/url"
	"time"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/origin"
	"github.com/clevercloud-go/clevercloud/internal/transport"
)

// Client is a client for the Clever Cloud API. Its fields are services, with one method per
// operation.
//
// A Client is safe for concurrent use. It keeps a connection pool: create one with [New] and share
// it. [Client.With] derives clients with other settings. The zero value is not usable.
type Client struct {
	// Addons manages add-ons, such as databases.
	Addons *AddonsService
	// Applications manages applications.
	Applications *ApplicationsService
	// Billing lists and downloads invoices.
	Billing *BillingService
	// ConfigProviders manages configuration providers and their variables.
	ConfigProviders *ConfigProvidersService
	// Drains manages log drains, which forward logs to another system.
	Drains *DrainsService
	// Identity finds the owner and the IDs that other calls take.
	Identity *IdentityService
	// Kubernetes manages Kubernetes clusters. Experimental: see [KubernetesService].
	Kubernetes *KubernetesService
	// LoadBalancers returns the addresses to point domains to.
	LoadBalancers *LoadBalancersService
	// Logs streams logs.
	Logs *LogsService
	// Materia reads Materia KV databases.
	Materia *MateriaService
	// Metrics reads metrics and traffic statistics, and makes tokens to read them elsewhere.
	Metrics *MetricsService
	// NetworkGroups manages private networks of applications, add-ons and other machines.
	NetworkGroups *NetworkGroupsService
	// Operators manages Keycloak, Matomo, Metabase and Otoroshi.
	Operators *OperatorsService
	// Orchestration reads deployments and instances.
	Orchestration *OrchestrationService
	// Pulsar manages the storage policies of Pulsar add-ons.
	Pulsar *PulsarService
	// Tokens manages API tokens.
	Tokens *TokensService
	// Zones lists the regions.
	Zones *ZonesService

	// core is a function to hide its result from fmt, so that printing a client shows no
	// credential.
	core func() *core
}

// service is the representation of every service.
type service struct{ client *Client }

// core is what the services of a client share.
type core struct {
	config    config
	base      *url.URL
	bridge    *url.URL
	transport *transport.Transport
}

// New returns a client. Without options it is anonymous, retries transient failures up to 4 times
// and prints nothing. A mistake in the options is a [*ValidationError].
func New(opts ...ClientOption) (*Client, error) {
	conf := config{call: callConfig{retry: callRetries()}}
	conf.HTTPClient = ownHTTPClient()
	return newClient(conf, opts)
}

// With returns a client with the settings of c, changed by opts. It shares the connections of c and
// does not change c.
//
// A multi-tenant program derives a client per tenant by With and [WithAuth]. The API's address
// follows the credentials.
func (c *Client) With(opts ...ClientOption) (*Client, error) {
	return newClient(c.core().config, opts)
}

// CloseIdleConnections closes the connections that no call is using. The client's own pool also
// closes them after 90 seconds.
func (c *Client) CloseIdleConnections() { c.core().config.HTTPClient.CloseIdleConnections() }

func newClient(conf config, opts []ClientOption) (*Client, error) {
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
	layers := conf.Config
	layers.UserAgent = userAgent(conf.UserAgent)
	shared := &core{conf, base, bridge, transport.New(layers)}
	c := &Client{core: func() *core { return shared }}
	s := service{c}
	c.Addons = (*AddonsService)(&s)
	c.Applications = (*ApplicationsService)(&s)
	c.Billing = (*BillingService)(&s)
	c.ConfigProviders = (*ConfigProvidersService)(&s)
	c.Drains = (*DrainsService)(&s)
	c.Identity = (*IdentityService)(&s)
	c.Kubernetes = (*KubernetesService)(&s)
	c.LoadBalancers = (*LoadBalancersService)(&s)
	c.Logs = (*LogsService)(&s)
	c.Materia = (*MateriaService)(&s)
	c.Metrics = (*MetricsService)(&s)
	c.NetworkGroups = (*NetworkGroupsService)(&s)
	c.Operators = (*OperatorsService)(&s)
	c.Orchestration = (*OrchestrationService)(&s)
	c.Pulsar = (*PulsarService)(&s)
	c.Tokens = (*TokensService)(&s)
	c.Zones = (*ZonesService)(&s)
	return c, nil
}

// addresses returns the base URLs of the API and of the bridge. Options take precedence over
// credentials, and these over the defaults.
func addresses(conf config) (base, bridge *url.URL, err error) {
	if base = conf.baseURL; base == nil {
		address := DefaultBaseURL
		if l, ok := conf.auth.(auth.Located); ok && l.APIBaseURL() != "" {
			address = l.APIBaseURL()
		}
		if base, err = origin.Parse(address); err != nil {
			return nil, nil, refused("WithAuth", "the base URL of the credentials "+err.Error())
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

// ownHTTPClient has a connection pool of its own, separate from the program's other requests and
// from changes to the default transport. Pings find dead HTTP/2 connections, so that a retry does
// not reuse one.
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

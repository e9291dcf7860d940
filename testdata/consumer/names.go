package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

// Compiled, and not run: each is one way of using the module.
var _ = []any{
	credentials, authenticator{}, clientOptions, callOptions, anyEndpoint, kinds, details, drainError, billing, orchestration, waiting, loadBalancers,
	followLogs, otherStreams, drains, ownerDrains, drainStates, recipients, operators, zones, pulsar, identity, tokens, values, ids, embedded,
	configProviders, prices, metrics,
}

// place is where a program works.
type place struct {
	client *clevercloud.Client
	owner  clevercloud.OwnerID
	app    clevercloud.ApplicationID
	w      io.Writer
}

func credentials(ctx context.Context) (auth.Authenticator, error) {
	if found, err := auth.Default(); !errors.Is(err, auth.ErrNoCredentials) && !errors.Is(err, auth.ErrExpired) {
		return found, err
	}
	if found, err := auth.FromEnvironment(); err == nil {
		return found, nil
	}
	if found, err := auth.FromCleverTools(""); err == nil {
		return found, nil
	}
	flow := auth.Flow{ConsumerKey: "key", ConsumerSecret: "secret", BaseURL: "https://api.clever-cloud.com", HTTPClient: http.DefaultClient}
	request, err := flow.RequestToken(ctx, "http://127.0.0.1:8080/")
	if err != nil {
		return nil, err
	}
	fmt.Println(flow.AuthorizeURL(request.Token))
	access, err := flow.AccessToken(ctx, request.Token, request.Secret, "verifier")
	if err != nil {
		return nil, err
	}
	signed := auth.OAuth1{
		ConsumerKey: flow.ConsumerKey, ConsumerSecret: flow.ConsumerSecret, Token: access.Token, TokenSecret: access.TokenSecret,
		Method: auth.HMACSHA512,
	}
	for _, method := range []auth.Method{auth.Plaintext, auth.HMACSHA512, auth.HMACSHA1} {
		signed.Method = method
	}
	var secret auth.Secret = "t0k3n"
	fmt.Println(secret, len(secret.Reveal()))
	return firstOf(auth.Bearer(secret), signed), nil
}

func firstOf(all ...auth.Authenticator) auth.Authenticator { return all[0] }

// authenticator is a program's own.
type authenticator struct{}

func (authenticator) Authenticate(req *http.Request) error {
	req.Header.Set("Authorization", "Bearer "+req.Host)
	return nil
}

func clientOptions() (*clevercloud.Client, error) {
	count := func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			slog.Info(clevercloud.OperationFromContext(req.Context()), "attempt", clevercloud.AttemptFromContext(req.Context()))
			return next.RoundTrip(req)
		})
	}
	options := []clevercloud.ClientOption{
		clevercloud.WithAuth(authenticator{}),
		clevercloud.WithBaseURL("https://api.clever-cloud.com/"),
		clevercloud.WithHTTPClient(&http.Client{Timeout: time.Minute}),
		clevercloud.WithMiddleware(count),
		clevercloud.WithLogger(slog.Default()),
		clevercloud.WithUserAgent("acme/1.0"),
		clevercloud.WithDrainTypeNames(clevercloud.ContractDrainTypeNames),
		clevercloud.WithRetry(clevercloud.RetryPolicy{MaxRetries: 2, MinWait: time.Second, MaxWait: time.Minute}),
	}
	client, err := clevercloud.New(options...)
	if err != nil {
		return nil, err
	}
	names := []clevercloud.DrainTypeNames{clevercloud.ContractDrainTypeNames, clevercloud.CurrentDrainTypeNames}
	return client.With(clevercloud.WithDrainTypeNames(names[1]), clevercloud.WithTimeout(time.Second))
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func callOptions(ctx context.Context, p place) error {
	var meta clevercloud.Response
	options := []clevercloud.CallOption{
		clevercloud.WithMaxRetries(0), clevercloud.WithTimeout(5 * time.Second), clevercloud.WithHeader("X-Trace", "1"),
		clevercloud.WithQuery("debug", "true"), clevercloud.WithResponse(&meta),
	}
	_, err := p.client.Zones.List(ctx, clevercloud.ZoneQuery{}, options...)
	fmt.Fprintln(p.w, meta.StatusCode, meta.Header.Get("Date"), meta.RequestID, meta.Attempts, meta.Duration)
	return err
}

func anyEndpoint(ctx context.Context, p place) error {
	var self struct{ ID clevercloud.UserID }
	if err := p.client.Do(ctx, http.MethodGet, "/v2/self", nil, &self); err != nil {
		return err
	}
	if err := p.client.Do(ctx, http.MethodPost, "/v2/things?dry=true", map[string]string{"name": "x"}, nil); err != nil {
		return err
	}
	return p.client.Do(ctx, http.MethodGet, "/v2/summary", nil, p.w)
}

func kinds(err error) string {
	for name, kind := range map[string]error{
		"bad request": clevercloud.ErrBadRequest, "unauthorized": clevercloud.ErrUnauthorized, "forbidden": clevercloud.ErrForbidden,
		"not found": clevercloud.ErrNotFound, "conflict": clevercloud.ErrConflict, "rate limited": clevercloud.ErrRateLimited,
		"over quota": clevercloud.ErrQuotaExceeded, "unavailable": clevercloud.ErrUnavailable, "refused": clevercloud.ErrInvalidArgument,
		"too large": clevercloud.ErrEventTooLarge,
	} {
		if errors.Is(err, kind) {
			return name
		}
	}
	return ""
}

func details(w io.Writer, err error) {
	var (
		answer     *clevercloud.APIError
		decode     *clevercloud.DecodeError
		refusal    *clevercloud.ValidationError
		deployment *clevercloud.DeploymentError
		entry      *clevercloud.LogDecodeError
	)
	switch {
	case errors.As(err, &answer):
		for _, field := range answer.Fields {
			fmt.Fprintln(w, field.Name, field.Value, field.Reason)
		}
		fmt.Fprintln(w, answer.StatusCode, answer.Code, answer.Message, answer.RequestID, answer.APIRequestID, string(answer.Context),
			answer.Operation, answer.Method, answer.Path, answer.Attempts, answer.RetryAfter.Seconds(), answer.Header.Get("Server"), len(answer.Body))
	case errors.As(err, &decode):
		fmt.Fprintln(w, decode.Operation, decode.Path, decode.RequestID, len(decode.Body), errors.Unwrap(decode))
	case errors.As(err, &refusal):
		fmt.Fprintln(w, refusal.Operation, refusal.Argument, refusal.Reason)
	case errors.As(err, &deployment):
		fmt.Fprintln(w, deployment.Deployment.ID, deployment.Deployment.State)
	case errors.As(err, &entry):
		fmt.Fprintln(w, entry.ID, len(entry.Data), errors.Unwrap(entry))
	}
}

func drainError() []clevercloud.FieldError {
	return []clevercloud.FieldError{{Name: "recipient.url", Value: "x", Reason: "must be absolute"}}
}

func billing(ctx context.Context, p place) error {
	year := clevercloud.InvoiceQuery{Limit: 12, Since: time.Now().AddDate(-1, 0, 0), Until: time.Now()}
	unpaid, err := p.client.Billing.ListUnpaidInvoices(ctx, p.owner)
	if err != nil {
		return err
	}
	listed, err := p.client.Billing.ListInvoices(ctx, p.owner, year)
	if err != nil {
		return err
	}
	for _, i := range append(listed, unpaid...) {
		var tax clevercloud.Money = i.TotalTax
		var rate clevercloud.Amount = i.VATPercent
		fmt.Fprintln(p.w, i.Number, i.Kind, i.OwnerID, i.Address, i.EmissionDate, i.PayDate, i.Status, i.Currency, i.PriceFactor, i.Discount,
			i.TotalTaxExcluded.DefaultDisplay, i.Category, i.PaymentProvider, i.TransactionID, i.CustomerOrderID,
			tax.Currency, tax.Amount, tax.AmountFormatted, tax.DefaultDisplay, rate.String(), rate.Float64())
	}
	for invoice, err := range p.client.Billing.Invoices(ctx, p.owner, year) {
		if err != nil {
			return err
		}
		if invoice.Status != clevercloud.InvoiceStatusPaid || !invoice.Status.IsKnown() {
			continue
		}
		detail, err := p.client.Billing.GetInvoice(ctx, p.owner, invoice.Number)
		if err != nil {
			return err
		}
		var whole *clevercloud.InvoiceDetail = detail
		var status clevercloud.InvoiceStatus = whole.Status
		var plain clevercloud.Invoice = detail.Invoice
		fmt.Fprintln(p.w, status)
		fmt.Fprintln(p.w, plain.Number == detail.Number)
		pdf, err := p.client.Billing.DownloadInvoicePDF(ctx, p.owner, invoice.Number, p.w)
		if err != nil {
			return err
		}
		html, err := p.client.Billing.DownloadInvoiceHTML(ctx, p.owner, invoice.Number, p.w)
		if err != nil {
			return err
		}
		var written int64 = pdf + html
		fmt.Fprintln(p.w, written)
	}
	return nil
}

func orchestration(ctx context.Context, p place) error {
	deployments, err := p.client.Orchestration.ListDeployments(ctx, p.owner, p.app, clevercloud.DeploymentQuery{
		Limit: 10, Order: clevercloud.OrderDesc, Actions: []clevercloud.DeploymentAction{clevercloud.DeploymentActionDeploy},
	})
	if err != nil {
		return err
	}
	for _, d := range deployments {
		again, err := p.client.Orchestration.GetDeployment(ctx, p.owner, p.app, d.ID)
		if err != nil {
			return err
		}
		var state clevercloud.DeploymentState = again.State
		fmt.Fprintln(p.w, state.IsKnown(), again.OwnerID, d.ApplicationID, d.StartDate, d.State.IsTerminal(), d.Steps, d.Version, d.Origin, d.HasDedicatedBuild)
	}
	query := clevercloud.InstanceQuery{
		DeploymentID: deployments[0].ID, Limit: 100, ExcludeDeleted: true, Since: time.Now().Add(-time.Hour), Until: time.Now(),
		Order: clevercloud.OrderAsc, IncludeStates: []clevercloud.InstanceState{clevercloud.InstanceStateUp},
		ExcludeStates: []clevercloud.InstanceState{clevercloud.InstanceStateDeleted},
	}
	listed, err := p.client.Orchestration.ListInstances(ctx, p.owner, p.app, query)
	if err != nil {
		return err
	}
	for _, i := range listed {
		fmt.Fprintln(p.w, i.ID, i.OwnerID, i.ApplicationID, i.DeploymentID, i.Name, i.Flavor, i.Index, i.State, i.HypervisorID, i.CreationDate,
			i.DeletionDate, i.Network, i.IsBuildVM)
	}
	for instance, err := range p.client.Orchestration.Instances(ctx, p.owner, p.app, query) {
		if err != nil {
			return err
		}
		again, err := p.client.Orchestration.GetInstance(ctx, p.owner, p.app, instance.ID)
		if err != nil {
			return err
		}
		var one *clevercloud.Instance = again
		fmt.Fprintln(p.w, one.State.IsTerminal(), one.State.IsKnown())
	}
	return nil
}

func waiting(ctx context.Context, p place, id clevercloud.DeploymentID) (*clevercloud.Deployment, error) {
	return p.client.Orchestration.WaitForDeployment(ctx, p.owner, p.app, id, clevercloud.DeploymentWait{
		Interval: time.Second, MaxInterval: time.Minute,
		OnChange: func(d clevercloud.Deployment) { fmt.Fprintln(p.w, d.State == clevercloud.DeploymentStateSucceeded) },
	})
}

func loadBalancers(ctx context.Context, p place, addon clevercloud.AddonID) error {
	lists := []func() ([]clevercloud.LoadBalancer, error){
		func() ([]clevercloud.LoadBalancer, error) {
			return p.client.LoadBalancers.GetDefault(ctx, p.owner, p.app)
		},
		func() ([]clevercloud.LoadBalancer, error) {
			return p.client.LoadBalancers.GetPrivate(ctx, p.owner, p.app)
		},
		func() ([]clevercloud.LoadBalancer, error) {
			return p.client.LoadBalancers.GetAddonDefault(ctx, p.owner, addon)
		},
		func() ([]clevercloud.LoadBalancer, error) {
			return p.client.LoadBalancers.GetAddonPrivate(ctx, p.owner, addon)
		},
	}
	for _, list := range lists {
		balancers, err := list()
		if err != nil {
			return err
		}
		for _, b := range balancers {
			fmt.Fprintln(p.w, b.ID, b.Name, b.ZoneID, b.DNS.CNAME, b.DNS.A)
		}
	}
	return nil
}

func followLogs(ctx context.Context, p place) error {
	query := clevercloud.LogQuery{
		DeploymentID: "deployment_1", InstanceIDs: []clevercloud.InstanceID{"1"}, Since: time.Now().Add(-time.Hour), Until: time.Now(),
		Fields: []string{"date", "message"}, Filter: "error", Limit: 1 << 40, Services: []string{"all"},
		ThrottleElements: 2000, ThrottlePer: 100 * time.Millisecond, IdleTimeout: 10 * time.Second, QuietTimeout: time.Minute,
		MaxEventSize: 1 << 20, KeepRaw: true, Reconnect: clevercloud.RetryPolicy{MaxRetries: 10},
		OnReconnect: func(r clevercloud.Reconnect) { fmt.Fprintln(p.w, r.Err, r.Attempt, r.Wait, r.LastEventID) },
	}
	for e, err := range p.client.Logs.Stream(ctx, p.owner, p.app, query) {
		if err != nil {
			return err
		}
		var entry clevercloud.LogEntry = e
		fmt.Fprintln(p.w, entry.ID, e.Date, e.Message, e.Service, e.Severity, e.Priority, e.Facility, e.PID, e.Zone, e.Region, e.ApplicationID,
			e.CommitID, e.DeploymentID, e.InstanceID, e.Version, e.Hostname, string(e.Raw()))
	}
	return nil
}

func otherStreams(ctx context.Context, p place, addon clevercloud.ResourceID) error {
	for entry, err := range p.client.Logs.StreamResource(ctx, p.owner, addon, clevercloud.LogQuery{Limit: 1}) {
		if err != nil {
			return err
		}
		fmt.Fprintln(p.w, entry.Message)
	}
	for entry, err := range p.client.Logs.StreamAccess(ctx, p.owner, p.app, clevercloud.LogQuery{Limit: 1}) {
		if err != nil {
			return err
		}
		fmt.Fprintln(p.w, entry.BytesOut)
	}
	return nil
}

func drains(ctx context.Context, p place) error {
	created, err := p.client.Drains.Create(ctx, p.owner, p.app, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: clevercloud.DatadogRecipient{URL: "https://http-intake.logs.datadoghq.com/v1/input/k3y"},
	})
	if err != nil {
		return err
	}
	if _, err := p.client.Drains.WaitForStatus(ctx, p.owner, p.app, created.ID, clevercloud.DrainStatusEnabled, clevercloud.DrainWait{}); err != nil {
		return err
	}
	for _, act := range []func(context.Context, clevercloud.OwnerID, clevercloud.ApplicationID, clevercloud.DrainID, ...clevercloud.CallOption) (*clevercloud.Drain, error){
		p.client.Drains.Get, p.client.Drains.Disable, p.client.Drains.Enable, p.client.Drains.ResetCursor, p.client.Drains.Delete,
	} {
		if _, err := act(ctx, p.owner, p.app, created.ID); err != nil {
			return err
		}
	}
	if _, err := p.client.Drains.Check(ctx, p.owner, p.app, created.ID); err != nil {
		return err
	}
	command, err := p.client.Drains.TestCommand(ctx, p.owner, p.app, created.ID)
	if err != nil {
		return err
	}
	_, err = p.client.Drains.DeleteAll(ctx, p.owner, p.app)
	fmt.Fprintln(p.w, command)
	return err
}

func ownerDrains(ctx context.Context, p place) error {
	input := clevercloud.DrainInput{
		Kind: clevercloud.DrainKindAuditLog, Recipient: clevercloud.RawRecipient{URL: "https://audit.example.com/in"}, SkipCheck: true,
	}
	created, err := p.client.Drains.CreateForOwner(ctx, p.owner, input)
	if err != nil {
		return err
	}
	listed, err := p.client.Drains.ListForOwner(ctx, p.owner, clevercloud.DrainQuery{})
	if err != nil {
		return err
	}
	for _, drain := range listed {
		fmt.Fprintln(p.w, clevercloud.SameTarget(drain.Recipient, input.Recipient))
	}
	if _, err := p.client.Drains.GetForOwner(ctx, p.owner, created.ID); err != nil {
		return err
	}
	_, err = p.client.Drains.DeleteForOwner(ctx, p.owner, created.ID)
	return err
}

func drainStates(ctx context.Context, p place) error {
	listed, err := p.client.Drains.List(ctx, p.owner, p.app, clevercloud.DrainQuery{
		Statuses:                 []clevercloud.DrainStatus{clevercloud.DrainStatusEnabled},
		ExecutionStatuses:        []clevercloud.DrainExecutionStatus{clevercloud.DrainExecutionStatusRunning},
		ExcludeExecutionStatuses: []clevercloud.DrainExecutionStatus{clevercloud.DrainExecutionStatusRetrying},
	})
	for _, d := range listed {
		for _, kind := range []clevercloud.DrainKind{clevercloud.DrainKindLog, clevercloud.DrainKindAccessLog, clevercloud.DrainKindAuditLog} {
			fmt.Fprintln(p.w, d.Kind == kind)
		}
		fmt.Fprintln(p.w, d.ID, d.OwnerID, d.ResourceID, d.Recipient, d.Status, d.Execution, d.Backlog)
	}
	return err
}

func recipients() []clevercloud.DrainRecipient {
	return []clevercloud.DrainRecipient{
		clevercloud.RawRecipient{URL: "https://logs.example.com", Username: "me", Password: "s3cret"},
		clevercloud.DatadogRecipient{URL: "https://http-intake.logs.datadoghq.com/v1/input/k3y"},
		clevercloud.ElasticsearchRecipient{URL: "https://es.example.com", Index: "logs", Username: "me", Password: "s3cret", TLSVerification: "DEFAULT"},
		clevercloud.NewRelicRecipient{URL: "https://log-api.newrelic.com/log/v1", APIKey: "k3y"},
		clevercloud.OVHTCPRecipient{URL: "tcp://ovh.example.com:6514", Token: "t0k3n", RFC5424StructuredDataParameters: `a="b"`},
		clevercloud.SyslogTCPRecipient{URL: "tcp://syslog.example.com:601", Token: "t0k3n", RFC5424StructuredDataParameters: `a="b"`},
		clevercloud.SyslogUDPRecipient{URL: "udp://syslog.example.com:514", Token: "t0k3n", RFC5424StructuredDataParameters: `a="b"`},
		clevercloud.BetterStackRecipient{URL: "https://in.logs.betterstack.com", SourceToken: "t0k3n"},
		clevercloud.SplunkRecipient{URL: "https://splunk.example.com", Token: "t0k3n", Index: "main", SourceType: "clever", TLSVerification: "TRUSTFUL"},
		clevercloud.UnknownRecipient{Type: "Pigeon", Raw: json.RawMessage(`{"url":"coo://roof"}`)},
	}
}

func operators(ctx context.Context, p place, id clevercloud.OperatorID) error {
	for _, kind := range []clevercloud.OperatorKind{clevercloud.Keycloak, clevercloud.Matomo, clevercloud.Metabase, clevercloud.Otoroshi} {
		o, err := p.client.Operators.Get(ctx, kind, id)
		if err != nil {
			return err
		}
		fmt.Fprintln(p.w, o.ResourceID, o.AddonID, o.Name, o.OwnerID, o.Plan, o.Version, o.JavaVersion, o.PHPVersion, o.AccessURL,
			o.InitialCredentials, o.API, o.AvailableVersions, o.Resources, o.Features, o.EnvVars)
		attached, err := p.client.Operators.AttachNetworkGroup(ctx, kind, id)
		if err != nil {
			return err
		}
		updated, err := p.client.Operators.UpdateVersion(ctx, kind, id, "26.0")
		if err != nil {
			return err
		}
		versions, err := p.client.Operators.CheckVersion(ctx, kind, id)
		if err != nil {
			return err
		}
		var operator clevercloud.Operator = *attached
		fmt.Fprintln(p.w, operator.Name, updated.Version, versions)
		if err := errors.Join(
			p.client.Operators.Reboot(ctx, kind, id), p.client.Operators.Rebuild(ctx, kind, id), p.client.Operators.DetachNetworkGroup(ctx, kind, id),
		); err != nil {
			return err
		}
	}
	_, err := p.client.Operators.OtoroshiConfig(ctx, id, p.w)
	return err
}

func zones(ctx context.Context, p place) error {
	listed, err := p.client.Zones.List(ctx, clevercloud.ZoneQuery{Tag: "region:eu", OwnerID: p.owner})
	if err != nil {
		return err
	}
	for _, z := range listed {
		fmt.Fprintln(p.w, z.ID, z.Name, z.Country, z.CountryCode, z.City, z.DisplayName, z.Lat, z.Lon, z.OutboundIPs, z.Tags)
	}
	paris, err := p.client.Zones.Get(ctx, clevercloud.ZoneName("par"))
	if err != nil {
		return err
	}
	var zone clevercloud.Zone = *paris
	fmt.Fprintln(p.w, zone.City)
	return nil
}

func pulsar(ctx context.Context, p place, id clevercloud.PulsarID) error {
	policies, err := p.client.Pulsar.GetStoragePolicies(ctx, id)
	if err != nil {
		return err
	}
	for _, policy := range []*clevercloud.StoragePolicy{policies.Retention, policies.Offload} {
		if policy != nil && policy.SizeInMB != nil {
			fmt.Fprintln(p.w, *policy.SizeInMB, policy.DurationInDays, policy.SizeInBytes, policy.DurationInMinutes)
		}
	}
	policies, err = p.client.Pulsar.UpdateStoragePolicies(ctx, id, clevercloud.StoragePoliciesPatch{
		Retention: clevercloud.StoragePolicyPatch{SizeInMB: clevercloud.Value[int64](1024), DurationInDays: clevercloud.Null[int64]()},
		Offload:   clevercloud.StoragePolicyPatch{SizeInBytes: clevercloud.Value(int64(1 << 30)), DurationInMinutes: clevercloud.Null[int64]()},
	})
	if err != nil {
		return err
	}
	var updated clevercloud.StoragePolicies = *policies
	addon, err := p.client.Pulsar.Get(ctx, id)
	if err != nil {
		return err
	}
	renewed, err := p.client.Pulsar.RenewToken(ctx, id)
	if err != nil {
		return err
	}
	cluster, err := p.client.Pulsar.GetCluster(ctx, "c3")
	fmt.Fprintln(p.w, updated.Retention, addon, renewed, cluster)
	return err
}

func identity(ctx context.Context, p place) error {
	self, err := p.client.Identity.Self(ctx)
	if err != nil {
		return err
	}
	resource, err := p.client.Identity.Resolve(ctx, "shop")
	fmt.Fprintln(p.w, self, resource)
	return err
}

func tokens(ctx context.Context, p place) error {
	created, err := p.client.Tokens.Create(ctx, clevercloud.APITokenInput{Name: "ci"})
	if err != nil {
		return err
	}
	listed, err := p.client.Tokens.List(ctx)
	if err != nil {
		return err
	}
	one, err := p.client.Tokens.Get(ctx, created.ID)
	if err != nil {
		return err
	}
	fmt.Fprintln(p.w, len(listed), one.Name)
	patch := clevercloud.APITokenPatch{
		Name: clevercloud.Value("CI"), Description: clevercloud.Null[string](),
	}
	if err := p.client.Tokens.Update(ctx, created.ID, patch); err != nil {
		return err
	}
	return p.client.Tokens.Revoke(ctx, created.ID)
}

func configProviders(ctx context.Context, p place, id clevercloud.ConfigProviderID) error {
	provider, err := p.client.ConfigProviders.Get(ctx, id)
	if err != nil {
		return err
	}
	env, err := p.client.ConfigProviders.GetEnv(ctx, provider.ID)
	if err != nil {
		return err
	}
	env = append(env, clevercloud.EnvVar{Name: "API_KEY", Value: auth.Secret("k3y")})
	_, err = p.client.ConfigProviders.SetEnv(ctx, id, env)
	return err
}

func prices(ctx context.Context, p place) error {
	credits, err := p.client.Billing.GetCredits(ctx, p.owner)
	if err != nil {
		return err
	}
	own, err := p.client.Billing.GetPriceSystem(ctx, p.owner, "par")
	if err != nil {
		return err
	}
	public, err := p.client.Billing.GetPublicPriceSystem(ctx, "par", "EUR")
	if err != nil {
		return err
	}
	fmt.Fprintln(p.w, credits.FreeCredit.Cmp(own.Runtime[0].Price))
	fmt.Fprintln(p.w, public.Countable[0].PricePlans[0].Price)
	return nil
}

func metrics(ctx context.Context, p place, kv clevercloud.MateriaID) error {
	app := clevercloud.ResourceID(p.app)
	q := clevercloud.MetricsQuery{
		Only: []string{"cpu"}, Interval: time.Minute, Span: time.Hour, End: time.Now(), Fill: true,
	}
	series, err := p.client.Metrics.ListSeries(ctx, p.owner, app, q)
	if err != nil {
		return err
	}
	requests, err := p.client.Metrics.ListRequests(ctx, p.owner, clevercloud.RequestQuery{
		ApplicationID: p.app,
	})
	if err != nil {
		return err
	}
	codes, err := p.client.Metrics.ListStatusCodes(ctx, p.owner, clevercloud.RequestQuery{})
	if err != nil {
		return err
	}
	point := series[0].Data[0]
	fmt.Fprintln(p.w, point.Timestamp.Unix(), point.Value.Float64(), len(requests), len(codes))
	in := clevercloud.MetricsTokenInput{Applications: []string{"metrics"}, TTL: 5 * 24 * time.Hour}
	if _, err := p.client.Metrics.CreateReadToken(ctx, p.owner, in); err != nil {
		return err
	}
	token, err := p.client.Metrics.CreateResourceReadToken(ctx, p.owner, app, in)
	if err != nil {
		return err
	}
	database, err := p.client.Materia.GetDatabase(ctx, p.owner, kv)
	fmt.Fprintln(p.w, token.ExpiresAt, database)
	return err
}

func values(w io.Writer) {
	var size clevercloud.Optional[int64] = clevercloud.Value(int64(3))
	n, ok := size.Get()
	fmt.Fprintln(w, n, ok, size.IsNull(), size.IsZero())
}

func ids() (
	clevercloud.OwnerID, clevercloud.ApplicationID, clevercloud.AddonID, clevercloud.DeploymentID, clevercloud.InstanceID, clevercloud.DrainID,
	clevercloud.InvoiceNumber, clevercloud.OperatorID, clevercloud.PulsarID, clevercloud.ZoneName, clevercloud.NetworkGroupID, clevercloud.UserID,
	clevercloud.Order,
) {
	return "orga_1", "app_1", "addon_1", "deployment_1", "instance_1", "drain_1", "F20250101-000001", "keycloak_1", "pulsar_1", "par", "ng_1", "user_1",
		clevercloud.OrderAsc
}

func embedded(w io.Writer) {
	api := clevertest.NewServer(clevertest.WithSeed(2))
	defer api.Close()
	api.Inject(clevertest.Fault{Path: "zones.list", Status: http.StatusServiceUnavailable})
	app := api.AddApplication(clevertest.Application{Name: "api"})
	api.AppendLogs(app, clevertest.LogEntry{Message: "hello"})
	front := httptest.NewServer(api)
	defer front.Close()
	fmt.Fprintln(w, api.URL, api.OwnerID, api.ApplicationID, api.OAuth1, api.Token, len(api.Requests()))
	var client *clevercloud.Client = api.Client(clevercloud.WithBaseURL(front.URL))
	client.CloseIdleConnections()
}

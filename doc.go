// Package clevercloud is a client for the Clever Cloud API, version 4: invoices, deployments and instances, load balancers, log streams,
// log drains, operators (Keycloak, Matomo, Metabase, Otoroshi), zones and Pulsar policies.
//
// # Quick start
//
//	credentials, err := auth.Default() // CLEVER_API_TOKEN, or what clever-tools has stored
//	if err != nil {
//		return err
//	}
//	client, err := clevercloud.New(clevercloud.WithAuth(credentials))
//	if err != nil {
//		return err
//	}
//	for invoice, err := range client.Billing.Invoices(ctx, owner, clevercloud.InvoiceQuery{}) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(invoice.Number, invoice.Status, invoice.TotalTaxExcluded.DefaultDisplay)
//	}
//
// A [Client] is safe for concurrent use and keeps its connections: make one and share it. Its services are its fields, one per domain of
// the API reference, with one method per operation. The owner is an organisation or a user: orga_… or user_…. [IdentityService.Resolve]
// goes from the name of an application or an add-on, or from any of its ids, to its owner and the id that calls want.
//
// # Credentials
//
// Package [github.com/clevercloud-go/clevercloud/auth] has them: a token ([auth.Bearer]), OAuth 1 ([auth.OAuth1]), what the environment
// or clever-tools holds ([auth.Default]). Nothing is read unless asked for: [New] without [WithAuth] is anonymous, which is enough for
// [ZonesService]. Credentials go to the origin of the base URL only, and for
// [TokensService] to that of the bridge, never along with a redirect. Secrets are of type [auth.Secret] and print as [redacted], in
// results as well.
//
// # Calls
//
// A method takes a context, the ids in the order of the path, then a Query, an Input or a Patch by value if there is one, and call
// options. A Query goes to the URL, an Input or a Patch to the body; a field left zero is not sent. It returns a result, never nil
// without an error, or a list, never nil on success.
//
//	drains, err := client.Drains.List(ctx, owner, app, clevercloud.DrainQuery{}, clevercloud.WithTimeout(5*time.Second))
//
// Every [CallOption] is also a [ClientOption] that sets the default of all calls. [Client.With] derives a client with other settings
// that shares the connections. An endpoint that no service has is called by [Client.Do].
//
// # Errors
//
// An answer outside 2xx is an [*APIError]. Tell its kind by [errors.Is] and the errors of this package, its details by [errors.As]:
//
//	_, err := client.Drains.Get(ctx, owner, app, "drain_1")
//	var refusal *clevercloud.APIError
//	switch {
//	case errors.Is(err, clevercloud.ErrNotFound):
//		fmt.Println("no such drain")
//	case errors.As(err, &refusal):
//		fmt.Println(refusal.StatusCode, refusal.Code, refusal.Message, refusal.RequestID)
//	case err != nil:
//		fmt.Println(err) // no answer, or one that cannot be read
//	}
//
// A [*ValidationError] is an argument refused before anything was sent, a [*DecodeError] an answer that is not what the operation returns.
// What else goes wrong wraps its cause: a context's end, a [net.OpError], an [os.ErrDeadlineExceeded] for an attempt that took longer than
// [WithTimeout]. Each text is one line that names the operation and holds no secret and no query.
//
// # Retries
//
// What failed in passing is tried again, up to 4 times, after a random wait of at most 500 ms that doubles up to 30 s, or after what the
// API asks for by Retry-After. [WithRetry] and [WithMaxRetries] change this. What may be tried again does not depend on them:
//
//	                                                 connection not made   429   408 425 500 502 503 504, connection broken
//	reads; drain delete, enable, disable, reset;
//	network group detach; storage policies;
//	token revoke                                     yes                   yes   yes
//	drain create and check; operator reboot, rebuild
//	and update; network group attach; Pulsar and API
//	token create; Do with POST and the like          yes                   yes   no: it may have been carried out
//
// A wait that would outlast the context's deadline is not begun: the call fails at once with the API's answer, which is then
// [context.DeadlineExceeded], too.
//
// # Lists and sequences
//
// ListInvoices and ListInstances return slices. Invoices and Instances are sequences for range: the first decodes as it reads, in memory
// for one invoice; the second goes on where the API's limit of 1000 ends a list. An error is the last value of a sequence.
//
// # Log streams
//
// [LogsService.Stream] follows an application's logs through lost connections and redeployments of the API, each entry once, in the order of the API:
//
//	for entry, err := range client.Logs.Stream(ctx, owner, app, clevercloud.LogQuery{Since: time.Now().Add(-time.Hour)}) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(entry.Date.Format(time.TimeOnly), entry.Message)
//	}
//
// # Money, null and unknown values
//
// An [Amount] is the exact decimal that the API wrote. An enum is a string type that may hold values newer than its constants: IsKnown
// tells. What is null or absent is the zero value, or a nil pointer where zero would mean something else. In a request [Optional] tells a
// field to leave from one to clear. Unknown fields are ignored.
//
// # Testing
//
// Package [github.com/clevercloud-go/clevercloud/clevertest] is the API inside your test, with state, checked credentials and faults on
// request:
//
//	server := clevertest.NewServer()
//	defer server.Close()
//
//	invoices, err := server.Client().Billing.ListInvoices(t.Context(), server.OwnerID, clevercloud.InvoiceQuery{})
//
// # Debugging
//
// [WithLogger] writes one debug line per attempt, [WithResponse] gives status, headers and attempts of one call, [WithMiddleware] sees each
// request and response. The API's support wants the request id, which is in errors and in [Response].
//
// # More
//
// The folder docs of this module has a page each on credentials, errors and retries, the log stream, testing, moving over from the official
// clients, and where the API differs from its reference.
package clevercloud

// Package clevercloud is a client for the Clever Cloud API, version 4, and for the parts of
// version 2 that tools need.
//
// # Quick start
//
//	credentials, err := auth.Default() // CLEVER_API_TOKEN, or the login of clever-tools
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
// A [Client] is safe for concurrent use and keeps a connection pool: create one and share it. Its
// fields are services with one method per operation. An owner is an organisation (orga_…) or a
// user (user_…). To list organisations, applications and add-ons, use [IdentityService.Summary].
// To find the owner and the ID of one by its name, use [IdentityService.Resolve].
//
// # Credentials
//
// Package [github.com/clevercloud-go/clevercloud/auth] provides API tokens ([auth.Bearer]), OAuth
// 1 ([auth.OAuth1]) and what the environment or clever-tools holds ([auth.Default]). [New]
// without [WithAuth] reads nothing and is anonymous, which is enough for [ZonesService].
//
// Credentials are sent only to the origin of the base URL, and for [TokensService] to that of the
// bridge. A redirect to another origin is followed without them. Secrets have the type
// [auth.Secret] and print as [redacted], also in results.
//
// A multi-tenant program derives a client per tenant by [Client.With] and [WithAuth]. These
// clients share one connection pool.
//
// # Calls
//
// A method takes a context, the IDs in the order of the path, a Query, Input or Patch by value if
// the operation has one, and call options. A Query goes to the URL, an Input or a Patch to the
// body. A zero field is not sent.
//
//	drains, err := client.Drains.List(
//		ctx, owner, app, clevercloud.DrainQuery{}, clevercloud.WithTimeout(5*time.Second))
//
// Options such as [WithTimeout] apply to one call, or to all calls of a client if given to [New].
// [WithResponse] returns the status, headers, request ID and body of a call.
//
// [Client.Do] calls an endpoint that no method covers. An [Endpoint] is such a call with types
// and a name. [WaitUntil] polls until a value is as wanted.
//
// # Errors
//
// A method returns a result or an error. A list without elements is not nil. The types of errors
// are:
//
//   - [*APIError]: the API responded with a status other than 2xx.
//   - [*RequestError]: there was no usable response. It wraps the cause, such as a [net.OpError],
//     an [os.ErrDeadlineExceeded] for an attempt that timed out, or the error of the context.
//   - [*DecodeError]: the response was not the expected result.
//   - [*ValidationError]: an argument was invalid. Nothing was sent.
//
// Compare with [ErrNotFound] and the other errors of this package by [errors.Is]:
//
//	_, err := client.Drains.Get(ctx, owner, app, "drain_1")
//	var apiErr *clevercloud.APIError
//	switch {
//	case errors.Is(err, clevercloud.ErrNotFound):
//		fmt.Println("no such drain")
//	case errors.As(err, &apiErr):
//		fmt.Println(apiErr.StatusCode, apiErr.Code, apiErr.Message, apiErr.RequestID)
//	case err != nil:
//		fmt.Println(err) // no response, or one that cannot be decoded
//	}
//
// A write whose error matches [ErrMaybeApplied] may have been applied: check before calling
// again. [IsTransient] reports whether the same call may succeed later. The text of an error is
// one line without secrets and without the query.
//
// # Retries
//
// Transient failures are retried up to 4 times: connection errors, timeouts, and the statuses
// 408, 425, 429, 500, 502, 503 and 504. The delay is random, at most 500 ms at first, and the
// maximum doubles with each attempt up to 30 seconds (exponential backoff with jitter). A
// Retry-After header, such as that of a rate limit, takes precedence. If it asks for more than 30
// seconds or more than the context has left, the call returns the API's response at once.
// [WithRetry], [WithMaxRetries] and [WithTimeout] change these numbers.
//
// Only idempotent calls are retried after the request may have reached the API: reads, and writes
// that set a state, such as [DrainsService.Delete]. Calls that create something, such as
// [DrainsService.Create], are retried only if the request was not sent or was rate limited. The
// same goes for POST, PUT, PATCH and DELETE by [Client.Do]. [WithIdempotent] makes a call
// idempotent.
//
// # Lists and sequences
//
// Methods that return a slice read the whole response, at most 32 MiB. The API has no pagination.
// [BillingService.Invoices] decodes a list of any length as it arrives, and
// [OrchestrationService.Instances] continues where the API ends a list. Both return sequences for
// range. An error is the last value.
//
// # Streams
//
// [LogsService.Stream] returns log entries as they arrive. It reconnects, resumes after the last
// entry, and delivers each entry once:
//
//	query := clevercloud.LogQuery{Since: time.Now().Add(-time.Hour)}
//	for entry, err := range client.Logs.Stream(ctx, owner, app, query) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(entry.Date.Format(time.TimeOnly), entry.Message)
//	}
//
// # Values
//
// An [Amount] is the exact decimal that the API sent. Enums are string types that can hold values
// newer than their constants, see their IsKnown methods. An absent or null field is the zero value,
// or a nil pointer where zero has a meaning. Unknown fields are ignored, and [Response].Body has
// them. In a request, an [Optional] field can be left as it is, set or cleared.
//
// # Testing
//
// Package [github.com/clevercloud-go/clevercloud/clevertest] runs a stateful Clever Cloud API in
// process, with faults on demand:
//
//	server := clevertest.NewServer()
//	defer server.Close()
//
//	invoices, err := server.Client().Billing.ListInvoices(
//		t.Context(), server.OwnerID, clevercloud.InvoiceQuery{})
//
// # Stability
//
// A declaration whose comment has a paragraph that begins with "Experimental:" may change in any
// minor version, and so may the methods and constants of such a type, and what the paragraph names.
//
// # More
//
// [WithLogger] logs each attempt, and [WithMiddleware] wraps it. The docs folder has pages on
// credentials, errors, streams, testing, many tenants, and providers and operators.
package clevercloud

package acceptance_test

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestContract_Request(t *testing.T) {
	testkit.ForEachOperation(t, func(t *testing.T, o testkit.Operation) {
		client, mock := testkit.MockClient(t)
		sent := o.Answer(t, mock)
		ids, _ := o.IDs(`a/b?c%d é#;.`)

		_, err := o.Call(t.Context(), client, ids)

		require.NoError(t, err)
		got := sent.Only(t)
		assert.Equal(t, o.Method, got.Method)
		path := o.Path
		if o.Fixed != "" {
			path = strings.Replace(path, testkit.Placeholder.FindString(path), o.Fixed, 1)
		}
		path = strings.Replace(path, "{applicationId}", "app_{applicationId}", 1)
		path = strings.Replace(path, "{port}", "5131", 1)
		assert.Equal(t, "/prefix"+testkit.Placeholder.ReplaceAllLiteralString(path, `a%2Fb%3Fc%25d%20%C3%A9%23%3B.`), got.Path)
		assert.Equal(t, o.Query, got.Query)
	})
}

func TestContract_BadPathArgumentIsRefusedUnsent(t *testing.T) {
	testkit.ForEachOperation(t, func(t *testing.T, o testkit.Operation) {
		client, mock := testkit.MockClient(t)
		sent := o.Answer(t, mock)
		for bad, reason := range map[string]string{"": "must not be empty", ".": `must not be "."`, "..": `must not be ".."`} {
			ids, names := o.IDs("fine")
			for i, name := range names {
				if i == 0 && o.Fixed != "" || name == "port" {
					continue
				}
				ids[i] = bad

				got, err := o.Call(t.Context(), client, ids)

				var refusal *clevercloud.ValidationError
				require.ErrorAs(t, err, &refusal, "%s = %q", name, bad)
				assert.Equal(t, &clevercloud.ValidationError{Operation: o.ID, Argument: name, Reason: reason}, refusal)
				require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
				assert.Nil(t, got)
				ids[i] = "fine"
			}
		}
		assert.Zero(t, sent.Count(), "requests sent")
	})
}

// answered performs o with an API that answers so.
func answered(t *testing.T, o testkit.Operation, status int, kind, body string) (any, error) {
	t.Helper()
	client, mock := testkit.MockClient(t)
	testkit.Record(mock, status, kind, body)
	ids, _ := o.IDs("fine")
	return o.Call(t.Context(), client, ids)
}

func TestContract_NotFound(t *testing.T) {
	testkit.ForEachOperation(t, func(t *testing.T, o testkit.Operation) {
		body := testkit.Fixture(t, "errors/ovd_not_found_resource.json")

		got, err := answered(t, o, http.StatusNotFound, "application/json", body)

		require.ErrorIs(t, err, clevercloud.ErrNotFound)
		assert.Nil(t, got)
		var failed *clevercloud.APIError
		require.ErrorAs(t, err, &failed)
		want := *failed
		want.StatusCode, want.Code, want.Message = 404, "clever.core.not-found", "Resource not found"
		want.APIRequestID = "request_http_5e20b9d4-7f61-4c83-a0d5-91e6c4f7b832"
		want.RequestID, want.Attempts = "01K3EXAMPLE", 1
		want.Operation, want.Method, want.Path = o.ID, o.Method, o.Path
		assert.Equal(t, &want, failed)
		text := err.Error()
		assert.True(t, strings.HasPrefix(text, "clevercloud: "+o.ID+": 404 not found: Resource not found"), text)
		assert.True(t, strings.HasSuffix(text, " (clever.core.not-found, sozu-id 01K3EXAMPLE)"), text)
		ids, names := o.IDs("fine")
		for i, name := range names {
			if i == 0 {
				ids[0] = cmp.Or(o.Fixed, ids[0])
			}
			assert.Contains(t, text, name+" "+ids[i], "the ids that it was about")
		}
	})
}

func TestContract_ProxyErrorInHTML(t *testing.T) {
	testkit.ForEachOperation(t, func(t *testing.T, o testkit.Operation) {
		page := testkit.Fixture(t, "errors/gateway_503.html")

		got, err := answered(t, o, http.StatusServiceUnavailable, "text/html; charset=utf-8", page)

		require.ErrorIs(t, err, clevercloud.ErrUnavailable)
		assert.Nil(t, got)
		var failed *clevercloud.APIError
		require.ErrorAs(t, err, &failed)
		assert.Empty(t, failed.Code+failed.Message)
		assert.Equal(t, page, string(failed.Body))
		assert.NotContains(t, err.Error(), "<")
	})
}

// secretResults are the operations that answer with secrets.
var secretResults = map[string]bool{
	"operators.get": true, "operators.attach-network-group": true, "operators.update-version": true, "pulsar.get": true,
	"pulsar.renew-token": true, "tokens.create": true, "tokens.list": true, "tokens.get": true, "drains.check": true,
	"network-groups.wireguard-configuration-url": true, "kubernetes.kubeconfig-url": true,
	"addons.env": true, "addons.get-details": true, "applications.list": true, "applications.get": true,
	"applications.create": true, "applications.update": true, "applications.env": true,
	"applications.exposed-env": true, "applications.list-dependencies": true,
	"config-providers.get": true, "config-providers.get-env": true,
	"config-providers.set-env": true, "materia.get-database": true,
	"metrics.create-read-token": true, "metrics.create-resource-read-token": true,
}

func TestContract_ForeignBody(t *testing.T) {
	testkit.ForEachOperation(t, func(t *testing.T, o testkit.Operation) {
		if o.Foreign == "" {
			return // the body is not read, or its fault is not final
		}
		for _, tc := range []struct{ name, kind, body, at string }{
			{"JSON of another shape", "application/json", o.Foreign, o.At},
			{"a page where JSON was asked for", "text/html", "<!DOCTYPE html><title>sign in</title>", ""},
			{"nothing", "", "", ""},
			{"cut short", "application/json", `{"i`, ""},
		} {
			if o.Accept == tc.kind || o.Accept != "" && tc.kind == "" && tc.body != "" {
				continue
			}
			got, err := answered(t, o, http.StatusOK, tc.kind, tc.body)

			if tc.body == "" && o.Bare { // a drain need not come back
				require.NoError(t, err)
				assert.NotNil(t, got)
				continue
			}
			var undecoded *clevercloud.DecodeError
			require.ErrorAs(t, err, &undecoded, tc.name)
			assert.Equal(t, o.ID, undecoded.Operation, tc.name)
			assert.Equal(t, tc.at, undecoded.Path, tc.name)
			assert.Equal(t, "01K3EXAMPLE", undecoded.RequestID, tc.name)
			assert.Nil(t, got, tc.name)
			switch {
			case secretResults[o.ID]:
				assert.Empty(t, undecoded.Body, tc.name)
			case o.Accept == "":
				assert.Equal(t, tc.body, string(undecoded.Body), tc.name)
			}
			assert.True(t, strings.HasPrefix(err.Error(), "clevercloud: "+o.ID+": decode response: "), err.Error())
		}
	})
}

func TestContract_EmptyAnswer(t *testing.T) {
	testkit.ForEachOperation(t, func(t *testing.T, o testkit.Operation) {
		got, err := answered(t, o, http.StatusNoContent, "", "")

		switch {
		case o.Bare:
			require.NoError(t, err)
			assert.Equal(t, &clevercloud.Drain{ID: "fine"}, got)
		case o.ID == "applications.deploy": // has begun, and its id is optional
			require.NoError(t, err)
			assert.Empty(t, got)
		case o.OK == "":
			require.NoError(t, err)
		default:
			require.ErrorAs(t, err, new(*clevercloud.DecodeError))
			assert.Nil(t, got)
		}
	})
}

func TestContract_ContextEnds(t *testing.T) {
	testkit.ForEachOperation(t, func(t *testing.T, o testkit.Operation) {
		client, mock := testkit.MockClient(t)
		cause := errors.New("changed my mind")
		ctx, cancel := context.WithCancelCause(t.Context())
		mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) {
			cancel(cause)
			return nil, context.Canceled
		})
		ids, _ := o.IDs("fine")

		got, err := o.Call(ctx, client, ids)

		require.ErrorIs(t, err, context.Canceled)
		assert.Nil(t, got)
		assert.True(t, strings.HasPrefix(err.Error(), "clevercloud: "+o.ID+": context canceled"), err.Error())

		var missing context.Context
		_, err = o.Call(missing, client, ids)
		assert.Equal(t, &clevercloud.ValidationError{Operation: o.ID, Argument: "ctx", Reason: "must not be nil"}, err)
	})
}

// A failure that leaves open whether the API has acted is repeated for what may be done twice, and only for that.
func TestContract_Repeats(t *testing.T) {
	testkit.ForEachOperation(t, func(t *testing.T, o testkit.Operation) {
		for _, tc := range []struct {
			name string
			// status is the API's answer, 0 is one that is lost.
			status int
			// safe is a failure after which the API cannot have acted.
			safe bool
		}{
			{"lost answer", 0, false},
			{"unavailable", http.StatusServiceUnavailable, false},
			{"too many requests", http.StatusTooManyRequests, true},
		} {
			client, mock := testkit.MockClient(t, promptly, clevercloud.WithMaxRetries(2))
			attempts := 0
			mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
				attempts++
				assert.Equal(t, o.Method, req.Method)
				if tc.status == 0 {
					return nil, io.ErrUnexpectedEOF
				}
				return testkit.Answer(req, tc.status, "application/json", "{}"), nil
			})
			ids, _ := o.IDs("fine")

			got, err := o.Call(t.Context(), client, ids)

			require.Error(t, err, tc.name)
			assert.Nil(t, got, tc.name)
			want := 3
			if o.Once && !tc.safe {
				want = 1
			}
			assert.Equal(t, want, attempts, tc.name)
			write := o.Method != http.MethodGet
			assert.Equal(t, write && !tc.safe, errors.Is(err, clevercloud.ErrMaybeApplied), "%s: %v", tc.name, err)
			if tc.status == 0 {
				assert.Equal(t, write, strings.Contains(err.Error(), "the request may have been applied"), "%v", err)
			}
		}
	})
}

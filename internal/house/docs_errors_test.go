package house_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The code of docs/errors-and-retries.md.

func TestDocs_Errors(t *testing.T) {
	t.Parallel()
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client(clevercloud.WithMaxRetries(0))
	input := clevercloud.DrainInput{Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/in"}}
	create := func(owner clevercloud.OwnerID) error {
		return createWithAnExplanation(t.Context(), client, owner, server.ApplicationID, input)
	}

	assert.NoError(t, create(server.OwnerID))
	assert.ErrorIs(t, create(""), clevercloud.ErrInvalidArgument)
	assert.ErrorContains(t, create(server.ForbiddenOwnerID), "to the support")
	server.Inject(
		clevertest.Fault{Path: "drains.create", Status: http.StatusForbidden, Body: `{"code":"clever.core.quota-exceeded","error":"too many"}`},
		clevertest.Fault{Path: "drains.create", Mode: clevertest.Drop},
	)
	assert.EqualError(t, create(server.OwnerID), "no room for another drain")
	assert.ErrorContains(t, create(server.OwnerID), "the request may have been applied")
}

func createWithAnExplanation(ctx context.Context, client *clevercloud.Client, owner clevercloud.OwnerID, app clevercloud.ApplicationID, input clevercloud.DrainInput) error {
	_, err := client.Drains.Create(ctx, owner, app, input)
	var apiErr *clevercloud.APIError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, clevercloud.ErrInvalidArgument):
		return err // nothing was sent
	case errors.Is(err, clevercloud.ErrQuotaExceeded):
		return errors.New("no room for another drain")
	case errors.As(err, &apiErr):
		for _, field := range apiErr.Fields {
			fmt.Println(field.Name, field.Value, field.Reason)
		}
		return fmt.Errorf("rejected, quote %s to the support: %w", apiErr.RequestID, err)
	default:
		return err // no response: it may have been created, see below
	}
}

func TestDocs_WhatMayHaveHappened(t *testing.T) {
	t.Parallel()
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()
	input := clevercloud.DrainInput{Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com/in"}}
	create := func() error { return createOrFind(t.Context(), client, server.OwnerID, server.ApplicationID, input) }

	server.Inject(clevertest.Fault{Path: "drains.create", Mode: clevertest.Drop})
	require.Error(t, create(), "it was not created")
	server.Inject(clevertest.Fault{Path: "drains.create", Mode: clevertest.Cut, CutAfter: clevertest.BeforeHeaders})
	require.NoError(t, create(), "it was created")
	assert.Len(t, server.RequestsTo("drains.create"), 2)
}

func createOrFind(ctx context.Context, client *clevercloud.Client, owner clevercloud.OwnerID, app clevercloud.ApplicationID, input clevercloud.DrainInput) error {
	_, err := client.Drains.Create(ctx, owner, app, input)
	if !errors.Is(err, clevercloud.ErrMaybeApplied) {
		return err
	}
	drains, listErr := client.Drains.List(ctx, owner, app, clevercloud.DrainQuery{})
	if listErr != nil {
		return errors.Join(err, listErr)
	}
	for _, drain := range drains {
		if clevercloud.SameTarget(drain.Recipient, input.Recipient) {
			return nil // it was created
		}
	}
	return err
}

// A transport of the caller's own has the settings of the client's.
func TestDocs_OwnTransport(t *testing.T) {
	t.Parallel()
	credentials := auth.Bearer("your-api-token")

	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = transport.MaxIdleConns // for concurrent calls to one host
	transport.MaxResponseHeaderBytes = 1 << 20
	transport.HTTP2 = &http.HTTP2Config{SendPingTimeout: 3 * time.Second, PingTimeout: 5 * time.Second}
	client, err := clevercloud.New(
		clevercloud.WithAuth(credentials), clevercloud.WithHTTPClient(&http.Client{Transport: transport}))

	require.NoError(t, err)
	require.NotNil(t, client)
	source, err := os.ReadFile("client.go")
	require.NoError(t, err)
	for _, setting := range []string{
		"MaxIdleConnsPerHost = own.MaxIdleConns", "MaxResponseHeaderBytes = 1 << 20",
		"HTTP2 = &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingTimeout}",
	} {
		assert.Contains(t, string(source), "own."+setting)
	}
	assert.Contains(t, string(source), "pingAfter   = "+duration(transport.HTTP2.SendPingTimeout))
	assert.Contains(t, string(source), "pingTimeout = "+duration(transport.HTTP2.PingTimeout))
}

func duration(d time.Duration) string { return fmt.Sprintf("%d * time.Second", int(d.Seconds())) }

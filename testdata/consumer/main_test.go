package main

import (
	"errors"
	"testing"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func TestDrain(t *testing.T) {
	api := clevertest.NewServer()
	defer api.Close()
	api.Inject(clevertest.Fault{Path: "drains.list", Status: 503})
	client := api.Client(clevercloud.WithRetry(clevercloud.RetryPolicy{MinWait: 1, MaxWait: 1}))

	drain, err := client.Drains.Create(t.Context(), api.OwnerID, api.ApplicationID, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com"},
	})
	if err != nil {
		t.Fatal(err)
	}
	drains, err := client.Drains.List(t.Context(), api.OwnerID, api.ApplicationID, clevercloud.DrainQuery{})
	if err != nil || len(drains) != 1 || drains[0].ID != drain.ID {
		t.Fatal(drains, err)
	}
	if _, err := client.Drains.Get(t.Context(), api.OwnerID, api.ApplicationID, "drain_none"); !errors.Is(err, clevercloud.ErrNotFound) {
		t.Fatal(err)
	}
}

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

	drains, owner, app := client.Drains, api.OwnerID, api.ApplicationID
	drain, err := drains.Create(t.Context(), owner, app, clevercloud.DrainInput{
		Kind:      clevercloud.DrainKindLog,
		Recipient: clevercloud.RawRecipient{URL: "https://logs.example.com"},
	})
	if err != nil {
		t.Fatal(err)
	}
	all, err := drains.List(t.Context(), owner, app, clevercloud.DrainQuery{})
	if err != nil || len(all) != 1 || all[0].ID != drain.ID {
		t.Fatal(all, err)
	}
	_, err = drains.Get(t.Context(), owner, app, "drain_none")
	if !errors.Is(err, clevercloud.ErrNotFound) {
		t.Fatal(err)
	}
}

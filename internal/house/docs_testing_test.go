package house_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/stretchr/testify/assert"
)

// The code of docs/testing.md.

// mute disables the drains of an application that cannot deliver and returns their number.
func mute(
	ctx context.Context, client *clevercloud.Client,
	owner clevercloud.OwnerID, app clevercloud.ApplicationID,
) (int, error) {
	drains, err := client.Drains.List(ctx, owner, app, clevercloud.DrainQuery{})
	if err != nil {
		return 0, err
	}
	muted := 0
	for _, drain := range drains {
		if drain.Execution.Status != clevercloud.DrainExecutionStatusRetrying {
			continue
		}
		if _, err := client.Drains.Disable(ctx, owner, app, drain.ID); err != nil {
			return muted, err
		}
		muted++
	}
	return muted, nil
}

func TestMute(t *testing.T) {
	api := clevertest.NewServer(clevertest.WithStepDuration(0))
	defer api.Close()
	client := api.Client()
	// A host under .invalid cannot be reached.
	for _, url := range []string{"https://logs.example.com/in", "https://logs.invalid/in"} {
		_, err := client.Drains.Create(t.Context(), api.OwnerID, api.ApplicationID, clevercloud.DrainInput{
			Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: url},
		})
		if err != nil {
			t.Fatal(err)
		}
	}

	muted, err := mute(t.Context(), client, api.OwnerID, api.ApplicationID)

	if muted != 1 || err != nil {
		t.Fatal(muted, err)
	}
	if n := len(api.RequestsTo("drains.disable")); n != 1 {
		t.Fatal("disabled", n)
	}
}

func TestMute_Outage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := clevertest.NewServer(clevertest.WithPipes())
		defer api.Close()
		api.Inject(clevertest.Fault{
			Path: "drains.list", Status: http.StatusServiceUnavailable,
			RetryAfter: 20 * time.Second, Times: 3,
		})

		_, err := mute(t.Context(), api.Client(), api.OwnerID, api.ApplicationID)

		if err != nil {
			t.Fatal(err) // a minute of virtual time has passed
		}
	})
}

func TestDocs_Inject(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := clevertest.NewServer(clevertest.WithPipes())
		defer api.Close()
		began := time.Now()

		api.Inject(clevertest.Fault{
			Path: "drains.list", Status: http.StatusServiceUnavailable,
			RetryAfter: 2 * time.Second, Times: 2,
		})

		_, err := mute(t.Context(), api.Client(), api.OwnerID, api.ApplicationID)
		assert.NoError(t, err)
		assert.Equal(t, 4*time.Second, time.Since(began))
		assert.Len(t, api.RequestsTo("drains.list"), 3)
	})
}

package house_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The code of docs/providers.md.

// settings are what users of a provider configure. All are optional.
type settings struct {
	Token    auth.Secret
	Endpoint string
}

// configure returns the client of a provider.
func configure(s settings, version string, logger *slog.Logger) (*clevercloud.Client, error) {
	var credentials auth.Authenticator = auth.Bearer(s.Token)
	if s.Token == "" {
		found, err := auth.Default()
		if err != nil {
			return nil, err
		}
		credentials = found
	}
	opts := []clevercloud.ClientOption{
		clevercloud.WithAuth(credentials),
		clevercloud.WithUserAgent("your-provider/" + version),
		clevercloud.WithLogger(logger),
	}
	if s.Endpoint != "" {
		opts = append(opts, clevercloud.WithBaseURL(s.Endpoint))
	}
	return clevercloud.New(opts...)
}

// drainState is what a provider stores of a drain.
type drainState struct {
	Owner clevercloud.OwnerID
	App   clevercloud.ApplicationID
	ID    clevercloud.DrainID
	URL   string
	// Password is a sensitive attribute.
	Password string
}

// read updates the state. It returns nil if the drain is gone.
func read(ctx context.Context, client *clevercloud.Client, state drainState) (*drainState, error) {
	drain, err := client.Drains.Get(ctx, state.Owner, state.App, state.ID)
	if errors.Is(err, clevercloud.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if recipient, ok := drain.Recipient.(clevercloud.RawRecipient); ok {
		state.URL = recipient.URL
		if !recipient.Password.IsMasked() { // a masked secret says nothing
			state.Password = recipient.Password.Reveal()
		}
	}
	return &state, nil
}

// remove deletes a drain and waits until it is gone. A drain that is gone already is no error.
func remove(ctx context.Context, client *clevercloud.Client, state drainState) error {
	_, err := client.Drains.Delete(ctx, state.Owner, state.App, state.ID)
	if err == nil {
		_, err = clevercloud.WaitUntil(ctx,
			func(ctx context.Context) (*drainState, error) { return read(ctx, client, state) },
			func(left *drainState) (bool, error) { return left == nil, nil },
			clevercloud.Wait{Interval: 2 * time.Second})
	}
	if errors.Is(err, clevercloud.ErrNotFound) {
		return nil
	}
	return err
}

func TestDocs_Providers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := clevertest.NewServer(clevertest.WithPipes())
		defer api.Close()
		client := api.Client()
		drain, err := client.Drains.Create(t.Context(), api.OwnerID, api.ApplicationID, clevercloud.DrainInput{
			Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{
				URL: "https://logs.example.com/in", Username: "u", Password: "not-a-real-password",
			},
		})
		require.NoError(t, err)
		state := drainState{Owner: api.OwnerID, App: api.ApplicationID, ID: drain.ID, Password: "not-a-real-password"}

		found, err := read(t.Context(), client, state)
		require.NoError(t, err)
		assert.Equal(t, "https://logs.example.com/in", found.URL)
		assert.Equal(t, "not-a-real-password", found.Password, "a mask does not replace it")

		require.NoError(t, remove(t.Context(), client, state))
		require.NoError(t, remove(t.Context(), client, state), "it is gone already")
		found, err = read(t.Context(), client, state)
		require.NoError(t, err)
		assert.Nil(t, found)

		api.Inject(clevertest.Fault{Path: "drains.get", Status: http.StatusForbidden})
		_, err = read(t.Context(), client, state)
		assert.ErrorIs(t, err, clevercloud.ErrForbidden)
	})
}

func TestDocs_ProvidersConfigure(t *testing.T) {
	api := clevertest.NewServer()
	defer api.Close()
	var lines bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&lines, &slog.HandlerOptions{Level: slog.LevelDebug}))

	client, err := configure(settings{Token: api.Token, Endpoint: api.URL}, "1.2.3", logger)
	require.NoError(t, err)
	_, err = client.Identity.Self(t.Context())
	require.NoError(t, err)
	sent := api.RequestsTo("identity.self")
	require.Len(t, sent, 1)
	assert.Contains(t, sent[0].Header.Get("User-Agent"), "your-provider/1.2.3 clevercloud-go/")
	assert.Contains(t, lines.String(), "identity.self")
	assert.NotContains(t, lines.String(), api.Token.Reveal())

	setenv(t, api)
	client, err = configure(settings{}, "1.2.3", logger)
	require.NoError(t, err)
	_, err = client.Identity.Self(t.Context())
	require.NoError(t, err, "the environment has credentials and address")
}

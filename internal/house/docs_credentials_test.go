package house_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The code of docs/credentials.md.

func TestDocs_Credentials(t *testing.T) {
	t.Run("API token", func(t *testing.T) {
		client, err := clevercloud.New(clevercloud.WithAuth(auth.Bearer("your-api-token")))
		require.NoError(t, err)
		assert.NotNil(t, client)
	})
	t.Run("OAuth 1", func(t *testing.T) {
		client, err := clevercloud.New(clevercloud.WithAuth(auth.OAuth1{
			ConsumerKey: "your-consumer-key", ConsumerSecret: "its-secret",
			Token: "token-of-a-user", TokenSecret: "its-secret",
			Method: auth.HMACSHA512, // the default, PLAINTEXT, sends the secrets over TLS
		}))
		require.NoError(t, err)
		assert.NotNil(t, client)
	})

	server := clevertest.NewServer()
	defer server.Close()

	t.Run("what the machine holds", func(t *testing.T) {
		for _, name := range []string{
			"CLEVER_API_TOKEN", "CC_API_TOKEN", "CLEVER_TOKEN", "CLEVER_SECRET", "CC_OAUTH_TOKEN", "CC_OAUTH_SECRET",
			"OAUTH_CONSUMER_KEY", "OAUTH_CONSUMER_SECRET", "CC_CONSUMER_KEY", "CC_CONSUMER_SECRET",
		} {
			t.Setenv(name, "")
		}
		t.Setenv("CONFIGURATION_FILE", filepath.Join(t.TempDir(), "none.json"))
		assert.ErrorIs(t, fromTheMachine(t.Context()), auth.ErrNoCredentials)
		t.Setenv("CLEVER_TOKEN", "half-of-a-pair")
		assert.ErrorContains(t, fromTheMachine(t.Context()), "found CLEVER_TOKEN in the environment but not CLEVER_SECRET")
		assert.NotErrorIs(t, fromTheMachine(t.Context()), auth.ErrNoCredentials)
		t.Setenv("CLEVER_SECRET", "secret")
		consumer := auth.Consumer{Key: "your-consumer-key", Secret: "its-secret", Fallback: true}
		credentials, err := consumer.Default()
		require.NoError(t, err)
		assert.Equal(t, "your-consumer-key", credentials.(auth.OAuth1).ConsumerKey)
		t.Setenv("CLEVER_SECRET", "secret\n")
		assert.ErrorContains(t, fromTheMachine(t.Context()), "CLEVER_SECRET in the environment contains a line break at byte 6 of 7")
		setenv(t, server)
		assert.NoError(t, fromTheMachine(t.Context()))
	})

	t.Run("a token for a program, and one that is rotated", func(t *testing.T) {
		token, err := tokenForAProgram(t.Context(), server.Client(), server.Email, auth.Secret(server.Password))
		require.NoError(t, err)
		file := filepath.Join(t.TempDir(), "token")
		client, err := clevercloud.New(clevercloud.WithAuth(rotatedToken{file}), clevercloud.WithBaseURL(server.URL))
		require.NoError(t, err)

		_, err = client.Identity.Self(t.Context())
		require.ErrorIs(t, err, os.ErrNotExist)
		require.NoError(t, os.WriteFile(file, []byte(token.Reveal()+"\n"), 0o600))
		_, err = client.Identity.Self(t.Context())
		assert.NoError(t, err)
		assert.Equal(t, auth.BridgeBaseURL, rotatedToken{}.APIBaseURL())
	})
}

func fromTheMachine(ctx context.Context) error {
	credentials, err := auth.Default()
	var incomplete *auth.IncompleteError
	switch {
	case errors.As(err, &incomplete):
		return err // half-configured: the text says what is missing
	case errors.Is(err, auth.ErrExpired):
		return errors.New("run clever login")
	case errors.Is(err, auth.ErrNoCredentials):
		return err // the text lists the places that were searched
	case err != nil:
		return err // a flawed value: the text names the variable and the byte
	}
	client, err := clevercloud.New(clevercloud.WithAuth(credentials))
	if err != nil {
		return err
	}
	_, err = client.Identity.Self(ctx)
	return err
}

func tokenForAProgram(ctx context.Context, client *clevercloud.Client, email string, password auth.Secret) (auth.Secret, error) {
	token, err := client.Tokens.Create(ctx, clevercloud.APITokenInput{
		Name: "deployer", Email: email, Password: password, ExpirationDate: time.Now().AddDate(0, 6, 0),
	})
	if err != nil {
		return "", err
	}
	return token.Token, nil // the only time that the API shows it
}

// rotatedToken is a file that another program updates.
type rotatedToken struct{ file string }

func (r rotatedToken) Authenticate(req *http.Request) error {
	text, err := os.ReadFile(r.file)
	if err != nil {
		return err
	}
	return auth.Bearer(auth.Secret(strings.TrimSpace(string(text)))).Authenticate(req)
}

func (r rotatedToken) APIBaseURL() string { return auth.BridgeBaseURL }

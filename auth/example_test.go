package auth_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/clevercloud-go/clevercloud/auth"
)

func ExampleBearer() {
	req, _ := http.NewRequest(http.MethodGet, auth.BridgeBaseURL+"/v2/self", nil)
	credentials := auth.Bearer("example-api-token-value")

	if err := credentials.Authenticate(req); err != nil {
		fmt.Println(err)
		return
	}

	fmt.Println(req.Header.Get("Authorization"))
	fmt.Println(credentials)
	// Output:
	// Bearer example-api-token-value
	// auth.Bearer([redacted])
}

func ExampleOAuth1() {
	req, _ := http.NewRequest(http.MethodGet, auth.DefaultBaseURL+"/v2/self", nil)
	credentials := auth.OAuth1{
		ConsumerKey: "example-consumer-key", ConsumerSecret: "example-consumer-secret",
		Token: "example-token", TokenSecret: "example-secret",
	}

	if err := credentials.Authenticate(req); err != nil {
		fmt.Println(err)
		return
	}

	fmt.Println(req.Header.Get("Authorization"))
	fmt.Println(credentials)
	// Output:
	// OAuth oauth_consumer_key="example-consumer-key", oauth_token="example-token", oauth_signature="example-consumer-secret%26example-secret"
	// {example-consumer-key [redacted] example-token [redacted] PLAINTEXT }
}

func ExampleSecret() {
	settings := struct {
		User     string
		Password auth.Secret
		Other    auth.Secret
	}{"camille", "hunter2", ""}

	fmt.Printf("%+v\n", settings)
	fmt.Println(settings.Password.Reveal())
	// Output:
	// {User:camille Password:[redacted] Other:}
	// hunter2
}

func ExampleConsumer_FromCleverTools() {
	// The program knows the consumer pair that the token was issued to.
	consumer := auth.Consumer{Key: "example-consumer-key", Secret: "example-consumer-secret"}
	_ = os.Setenv("CONFIGURATION_FILE", "../testdata/auth/clever_tools_legacy_min.json")
	defer os.Unsetenv("CONFIGURATION_FILE")

	credentials, err := consumer.FromCleverTools("")
	switch {
	case errors.Is(err, auth.ErrExpired), errors.Is(err, auth.ErrNoCredentials):
		fmt.Println("run: clever login")
	case err != nil:
		fmt.Println(err)
	default:
		fmt.Println(credentials.(auth.OAuth1).Token)
	}
	// Output: example-oauth-token
}

// A program that has a consumer pair of its own lets a pair on the machine take precedence: the
// user's token may have been issued to that one.
func ExampleConsumer_Default() {
	_ = os.Setenv("CLEVER_TOKEN", "example-token")
	_ = os.Setenv("CLEVER_SECRET", "example-secret")
	defer os.Unsetenv("CLEVER_TOKEN")
	defer os.Unsetenv("CLEVER_SECRET")
	consumer := auth.Consumer{Key: "own-key", Secret: "own-secret", Fallback: true}

	credentials, err := consumer.Default()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(credentials)

	_ = os.Setenv("OAUTH_CONSUMER_KEY", "machines-key")
	_ = os.Setenv("OAUTH_CONSUMER_SECRET", "machines-secret")
	defer os.Unsetenv("OAUTH_CONSUMER_KEY")
	defer os.Unsetenv("OAUTH_CONSUMER_SECRET")
	if credentials, err = consumer.Default(); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(credentials)
	// Output:
	// {own-key [redacted] example-token [redacted] PLAINTEXT }
	// {machines-key [redacted] example-token [redacted] PLAINTEXT }
}

func ExampleSecret_IsMasked() {
	for _, password := range []auth.Secret{"hunter2", "********", ""} {
		fmt.Println(password.IsMasked())
	}
	// Output:
	// false
	// true
	// false
}

func ExampleFlow() {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/v2/oauth/request_token":
			_, _ = io.WriteString(w,
				"oauth_token=temporary&oauth_token_secret=example&oauth_callback_confirmed=true")
		case "/v2/oauth/access_token":
			_, _ = io.WriteString(w, "oauth_token=granted&oauth_token_secret=example"+
				"&expiration_date=2026-01-15T09:30:00.000Z")
		}
	}))
	defer api.Close()
	req := httptest.NewRequest(http.MethodGet, "https://app.example.com/login", nil)
	flow := auth.Flow{
		ConsumerKey: "example-consumer-key", ConsumerSecret: "example-consumer-secret",
		BaseURL: api.URL,
	}

	temporary, err := flow.RequestToken(req.Context(), "https://app.example.com/callback")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("send the browser to", flow.AuthorizeURL(temporary.Token)[len(api.URL):])
	// Later, in the handler of the callback, whose query holds oauth_token and oauth_verifier.
	access, err := flow.AccessToken(req.Context(), temporary.Token, temporary.Secret, "verifier")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(access.Token, "until", access.ExpirationDate.Format("2 January 2006"))
	// Output:
	// send the browser to /v2/oauth/authorize?oauth_token=temporary
	// granted until 15 January 2026
}

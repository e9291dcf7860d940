package clevercloud_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// layerSpellings are the ways in which a secret may be written.
func layerSpellings(secret string) []string {
	quoted, _ := json.Marshal(secret)
	goQuoted := fmt.Sprintf("%q", secret)
	return []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret), string(quoted[1 : len(quoted)-1]), goQuoted[1 : len(goQuoted)-1],
		"canary-7c1e", "Y2FuYXJ5LTdj", "NhbmFyeS03Y", "jYW5hcnktN2", // and base64 of it wherever it begins
	}
}

// layerNoCanary fails if the canary shows in anything that can be made of err.
func layerNoCanary(t *testing.T, err error) {
	t.Helper()
	for i, text := range layerTexts(err) {
		for _, spelling := range layerSpellings(layerCanary) {
			require.NotContains(t, text, spelling, "text %d", i)
		}
	}
}

// layerTexts is v in all the ways that it may get into a log.
func layerTexts(v any) []string {
	texts := []string{fmt.Sprint(v), fmt.Sprintf("%v", v), fmt.Sprintf("%+v", v), fmt.Sprintf("%#v", v), fmt.Sprintf("%s", v), fmt.Sprintf("%q", v), fmt.Sprintf("%x", v)}
	encoded, _ := json.Marshal(v)
	texts = append(texts, string(encoded))
	for _, word := range bytes.FieldsFunc(encoded, func(r rune) bool { return strings.ContainsRune(`"{}[],:`, r) }) {
		if plain, err := base64.StdEncoding.DecodeString(string(word)); err == nil {
			texts = append(texts, string(plain)) // encoding/json's []byte
		}
	}
	switch e := v.(type) {
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			texts = append(texts, layerTexts(inner)...)
		}
	case error:
		if inner := errors.Unwrap(e); inner != nil {
			texts = append(texts, layerTexts(inner)...)
		}
	}
	return texts
}

// layerScheme authenticates with a header of any form.
type layerScheme struct{ name, value string }

func (s layerScheme) Authenticate(req *http.Request) error {
	req.Header.Set(s.name, s.value)
	return nil
}

// layerDoors are the ways for a secret into a request.
func layerDoors() map[string]func(opts ...clevercloud.ClientOption) (*clevercloud.Client, func(context.Context, *clevercloud.Client) error, error) {
	type door = func(opts ...clevercloud.ClientOption) (*clevercloud.Client, func(context.Context, *clevercloud.Client) error, error)
	list := func(ctx context.Context, c *clevercloud.Client) error {
		_, err := c.Zones.List(ctx, clevercloud.ZoneQuery{})
		return err
	}
	with := func(a auth.Authenticator) door {
		return func(opts ...clevercloud.ClientOption) (*clevercloud.Client, func(context.Context, *clevercloud.Client) error, error) {
			c, err := clevercloud.New(append(opts, clevercloud.WithAuth(a))...)
			return c, list, err
		}
	}
	drain := func(r clevercloud.DrainRecipient) door {
		return func(opts ...clevercloud.ClientOption) (*clevercloud.Client, func(context.Context, *clevercloud.Client) error, error) {
			c, err := clevercloud.New(opts...)
			return c, func(ctx context.Context, c *clevercloud.Client) error {
				_, err := c.Drains.Create(ctx, "orga_1", "app_1", clevercloud.DrainInput{Kind: clevercloud.DrainKindLog, Recipient: r})
				return err
			}, err
		}
	}
	token := func(change func(*clevercloud.APITokenInput)) door {
		return func(opts ...clevercloud.ClientOption) (*clevercloud.Client, func(context.Context, *clevercloud.Client) error, error) {
			c, err := clevercloud.New(opts...)
			return c, func(ctx context.Context, c *clevercloud.Client) error {
				in := exampleTokenInput
				change(&in)
				_, err := c.Tokens.Create(ctx, in)
				return err
			}, err
		}
	}
	plaintext := url.PathEscape(url.PathEscape("consumer-secret")+"&"+url.PathEscape(layerASCII)) + `"`
	plaintext = strings.ReplaceAll(plaintext, "&", "%26")
	return map[string]door{
		"a token":               with(layerToken(layerASCII)),
		"a token of auth":       with(auth.Bearer(auth.Secret(layerASCII))),
		"OAuth 1 by hand":       with(layerScheme{"Authorization", `OAuth oauth_consumer_key="k", oauth_signature="` + plaintext}),
		"OAuth 1 of auth":       with(auth.OAuth1{ConsumerKey: "k", ConsumerSecret: "consumer-secret", Token: "t", TokenSecret: layerASCII}),
		"a header of one's own": with(layerScheme{"X-Api-Key", layerASCII}),
		"a drain's password":    drain(clevercloud.RawRecipient{URL: "https://logs.test", Username: "u", Password: layerASCII}),
		"a drain's API key":     drain(clevercloud.NewRelicRecipient{URL: "https://logs.test", APIKey: layerASCII}),
		"a drain's token":       drain(clevercloud.SplunkRecipient{URL: "https://logs.test", Token: layerASCII}),
		"a drain's URL":         drain(clevercloud.RawRecipient{URL: "https://u:" + url.PathEscape(layerASCII) + "@logs.test/"}),
		"Datadog's URL":         drain(clevercloud.DatadogRecipient{URL: "https://intake.test/v1/input/" + url.PathEscape(layerASCII)}),
		"a user's password":     token(func(in *clevercloud.APITokenInput) { in.Password = layerASCII }),
		"a user's code":         token(func(in *clevercloud.APITokenInput) { in.MFACode = layerASCII }),
		"Datadog's query":       drain(clevercloud.DatadogRecipient{URL: "https://intake.test/v1/input?dd-api-key=" + url.QueryEscape(layerASCII)}),
	}
}

// layerASCII is the canary for where a secret is a token.
const layerASCII = "canary-7c1e/a+b=c"

// layerEchoes are servers that give back what they were sent, each in another place.
func layerEchoes() map[string]func(req *http.Request, sent string) (*http.Response, error) {
	body := func(status int, text string, headers ...string) func(*http.Request) (*http.Response, error) {
		return func(req *http.Request) (*http.Response, error) {
			return layerAnswer(req, status, text, headers...), nil
		}
	}
	return map[string]func(*http.Request, string) (*http.Response, error){
		"an error's text": func(req *http.Request, sent string) (*http.Response, error) {
			text, _ := json.Marshal(map[string]any{
				"message": "you sent " + sent, "code": sent, "apiRequestId": sent,
				"fields": map[string]string{"authorization": sent}, "context": map[string]any{"fieldName": sent, "fieldValue": sent},
			})
			return body(400, string(text))(req)
		},
		"an error's text, escaped otherwise": func(req *http.Request, sent string) (*http.Response, error) {
			text, _ := json.Marshal(sent)
			return body(400, `{"message": `+strings.NewReplacer("/", `\/`, "+", `\u002B`, "-", `\u002d`).Replace(string(text))+`}`)(req)
		},
		"an error page": func(req *http.Request, sent string) (*http.Response, error) {
			return body(503, "<pre>"+sent, "Content-Type", "text/html")(req)
		},
		"an error in base64": func(req *http.Request, sent string) (*http.Response, error) {
			return body(500, base64.StdEncoding.EncodeToString([]byte(sent)))(req)
		},
		"headers of an error": func(req *http.Request, sent string) (*http.Response, error) {
			return body(404, "", layerEchoHeaders(sent)...)(req)
		},
		"headers of a success": func(req *http.Request, sent string) (*http.Response, error) {
			return body(200, "[1", layerEchoHeaders(sent)...)(req)
		},
		"a result of another kind": func(req *http.Request, sent string) (*http.Response, error) {
			text, _ := json.Marshal([]any{map[string]any{"name": map[string]any{sent: sent}}})
			return body(200, string(text))(req)
		},
		"a result that is no JSON": func(req *http.Request, sent string) (*http.Response, error) { return body(200, "<"+sent)(req) },
		"a redirect": func(req *http.Request, sent string) (*http.Response, error) {
			return body(302, sent, "Location", "ftp://x/"+url.PathEscape(sent))(req)
		},
		"a redirect to no URL": func(req *http.Request, sent string) (*http.Response, error) {
			return body(302, sent, "Location", "https://["+sent)(req)
		},
		"what is no HTTP": func(_ *http.Request, sent string) (*http.Response, error) {
			return nil, fmt.Errorf("net/http: HTTP/1.x transport connection broken: malformed HTTP response %q", sent)
		},
		"a body that breaks off": func(req *http.Request, sent string) (*http.Response, error) {
			resp := layerAnswer(req, 200, "")
			resp.Body = io.NopCloser(errReader{fmt.Errorf("malformed MIME header line: %s", sent)})
			return resp, nil
		},
	}
}

func layerEchoHeaders(sent string) []string {
	return []string{"Sozu-Id", sent, "Server", sent, "Content-Type", sent, "Retry-After", sent, "Date", sent, "X-Echo", url.QueryEscape(sent)}
}

func TestLeak_NothingThatWasSentComesBack(t *testing.T) {
	t.Parallel()
	for name, door := range layerDoors() {
		for place, echo := range layerEchoes() {
			t.Run(name+" in "+place, func(t *testing.T) {
				t.Parallel()
				var debug bytes.Buffer
				level := &slog.HandlerOptions{Level: slog.LevelDebug - 100}
				logger := slog.New(fanOut{slog.NewTextHandler(&debug, level), slog.NewJSONHandler(&debug, level)})
				carried := false
				hops := layerTripper(func(req *http.Request) (*http.Response, error) {
					sent := ""
					for _, name := range []string{"Authorization", "X-Api-Key"} {
						sent += req.Header.Get(name)
					}
					if req.Body != nil {
						text, _ := io.ReadAll(req.Body)
						sent += string(text)
					}
					carried = carried || strings.Contains(sent, "canary-7c1e")
					return echo(req, sent)
				})
				client, call, err := door(
					clevercloud.WithBaseURL(layerBase), clevercloud.WithHTTPClient(&http.Client{Transport: hops}), clevercloud.WithLogger(logger),
					clevercloud.WithRetry(clevercloud.RetryPolicy{MaxRetries: 1, MinWait: 1, MaxWait: 1}),
				)
				require.NoError(t, err)
				var meta clevercloud.Response
				client, err = client.With(clevercloud.WithResponse(&meta))
				require.NoError(t, err)

				err = call(t.Context(), client)

				require.Error(t, err)
				require.True(t, carried, "the secret was in the request")
				require.NotEmpty(t, debug.String())
				texts := append(layerTexts(err), debug.String())
				texts = append(texts, layerTexts(meta)...)
				texts = append(texts, layerTexts(client)...)
				texts = append(texts, fmt.Sprintf("%+v %#v", *client, *client))
				var answer *clevercloud.APIError
				if errors.As(err, &answer) {
					texts = append(texts, string(answer.Body), string(answer.Context), fmt.Sprint(answer.Header, answer.Fields, answer.Code, answer.Message))
				}
				var foreign *clevercloud.DecodeError
				if errors.As(err, &foreign) {
					texts = append(texts, string(foreign.Body), foreign.Path, foreign.RequestID)
				}
				for i, text := range texts {
					for _, spelling := range layerSpellings(layerASCII) {
						require.NotContains(t, text, spelling, "text %d", i)
					}
				}
			})
		}
	}
}

// fanOut is a handler that writes with two.
type fanOut [2]slog.Handler

func (f fanOut) Enabled(context.Context, slog.Level) bool { return true }
func (f fanOut) Handle(ctx context.Context, r slog.Record) error {
	return errors.Join(f[0].Handle(ctx, r), f[1].Handle(ctx, r))
}
func (f fanOut) WithAttrs(a []slog.Attr) slog.Handler {
	return fanOut{f[0].WithAttrs(a), f[1].WithAttrs(a)}
}
func (f fanOut) WithGroup(n string) slog.Handler { return fanOut{f[0].WithGroup(n), f[1].WithGroup(n)} }

// layerFresh is credentials that are other ones each time.
type layerFresh struct{ n *int }

func (f layerFresh) Authenticate(req *http.Request) error {
	*f.n++
	req.Header.Set("Authorization", fmt.Sprintf("Bearer canary-7c1e-%d", *f.n))
	return nil
}

func TestLeak_CredentialsOfAnEarlierAttempt(t *testing.T) {
	t.Parallel()
	n := 0
	client := layerOver(t, func(req *http.Request) (*http.Response, error) {
		if n == 1 {
			return layerAnswer(req, 503, req.Header.Get("Authorization"), "X-Echo", req.Header.Get("Authorization")), nil
		}
		return nil, io.ErrUnexpectedEOF
	}, clevercloud.WithAuth(layerFresh{&n}))

	_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{}, clevercloud.WithMaxRetries(1))

	var answer *clevercloud.APIError
	require.ErrorAs(t, err, &answer)
	assert.Equal(t, "[redacted]", string(answer.Body))
	layerNoCanary(t, err)
}

func TestLeak_RefusedArguments(t *testing.T) {
	t.Parallel()
	client := layerOver(t, func(*http.Request) (*http.Response, error) { return nil, errors.New("sent") })
	_, fromURL := clevercloud.New(clevercloud.WithBaseURL("https://user:canary-7c1e@api.test"))
	_, fromBadURL := clevercloud.New(clevercloud.WithBaseURL("https://user:canary-7c1e@api.test:port"))
	_, fromDrain := client.Drains.Create(t.Context(), "orga_1", "app_1", clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog, Recipient: clevercloud.RawRecipient{URL: "https://u:canary-7c1e@[::1", Password: layerASCII},
	})
	_, fromHeader := clevercloud.New(clevercloud.WithHeader("X-Key", "canary-7c1e\r\n"))
	fromPath := client.Do(t.Context(), http.MethodGet, "//u:canary-7c1e@x/", nil, nil)
	fromBody := client.Do(t.Context(), http.MethodPost, "/x", struct{ S auth.Secret }{layerASCII}, nil)

	for _, err := range []error{fromURL, fromBadURL, fromDrain, fromHeader, fromPath, fromBody} {
		require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
		layerNoCanary(t, err)
	}
}

func TestLeak_DebugLines(t *testing.T) {
	t.Parallel()
	var lines []map[string]any
	logger := slog.New(slog.NewJSONHandler(layerSink(func(line []byte) {
		var attrs map[string]any
		require.NoError(t, json.Unmarshal(line, &attrs))
		lines = append(lines, attrs)
	}), &slog.HandlerOptions{Level: slog.LevelDebug}))
	sent := 0
	client := layerOver(t, func(req *http.Request) (*http.Response, error) {
		switch sent++; sent {
		case 1:
			return layerAnswer(req, 503, "busy", "Sozu-Id", "S1", "Set-Cookie", "c=1", "Retry-After", "0"), nil
		case 2:
			return nil, errors.New("reset")
		}
		return layerAnswer(req, 200, `{"name": "par"}`, "Sozu-Id", "S3", "Content-Type", "application/json"), nil
	}, clevercloud.WithLogger(logger), clevercloud.WithAuth(layerToken("token")))

	_, err := client.Zones.Get(t.Context(), "par", clevercloud.WithQuery("tag", "private"))

	require.NoError(t, err)
	require.Len(t, lines, 3, "one for each attempt")
	for i, line := range lines {
		assert.Equal(t, "DEBUG", line["level"])
		assert.Equal(t, "zones.get", line["operation"])
		assert.Equal(t, "GET", line["method"])
		assert.Equal(t, "/v4/products/zones/{name}", line["path"])
		assert.EqualValues(t, i+1, line["attempt"])
		assert.Contains(t, line, "duration")
		text, _ := json.Marshal(line)
		for _, private := range []string{"private", "token", "busy", "par\"", "Set-Cookie", "api.layer.test"} {
			assert.NotContains(t, string(text), private)
		}
	}
	assert.EqualValues(t, 503, lines[0]["status"])
	assert.Equal(t, "S1", lines[0]["request_id"])
	assert.Equal(t, map[string]any{"Retry-After": "0"}, lines[0]["header"])
	assert.Equal(t, "reset", lines[1]["error"])
	assert.NotContains(t, lines[1], "status")
	assert.EqualValues(t, 200, lines[2]["status"])
	assert.Equal(t, "S3", lines[2]["request_id"])
	assert.NotContains(t, lines[2], "error")
}

type layerSink func([]byte)

func (s layerSink) Write(p []byte) (int, error) { s(p); return len(p), nil }

func TestLeak_NothingAboveDebug(t *testing.T) {
	t.Parallel()
	for _, level := range []slog.Level{slog.LevelDebug + 1, slog.LevelInfo, slog.LevelError} {
		var out bytes.Buffer
		client := layerOver(t, func(req *http.Request) (*http.Response, error) { return layerAnswer(req, 503, ""), nil },
			clevercloud.WithLogger(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: level}))), clevercloud.WithTimeout(time.Second))

		_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})

		require.Error(t, err)
		assert.Empty(t, out.String())
	}
}

// What a secret of any characters is echoed as, in one of the usual ways, is removed whole.
func TestLeak_Spellings(t *testing.T) {
	t.Parallel()
	quoted, err := json.Marshal(layerCanary)
	require.NoError(t, err)
	for _, text := range []string{
		layerCanary, url.QueryEscape(layerCanary), url.PathEscape(layerCanary), string(quoted), fmt.Sprintf("%q", layerCanary),
		base64.StdEncoding.EncodeToString([]byte(layerCanary)), base64.URLEncoding.EncodeToString([]byte("x" + layerCanary)),
		base64.RawStdEncoding.EncodeToString([]byte("user:" + layerCanary + ":")), base64.StdEncoding.EncodeToString([]byte("Bearer " + layerCanary)),
	} {
		client := layerOver(t, func(req *http.Request) (*http.Response, error) {
			return layerAnswer(req, 400, "<"+text+">", "X-Echo", text), nil
		}, clevercloud.WithAuth(layerToken(layerCanary)))

		_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{})

		var answer *clevercloud.APIError
		require.ErrorAs(t, err, &answer)
		assert.Contains(t, string(answer.Body), "[redacted]")
		assert.Contains(t, answer.Header.Get("X-Echo"), "[redacted]")
		layerNoCanary(t, err)
	}
}

// What cannot be decoded of a result that holds secrets is in no error.
func TestLeak_UndecodableResults(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(context.Context, *clevercloud.Client) error{
		"tokens.create": func(ctx context.Context, c *clevercloud.Client) error {
			_, err := c.Tokens.Create(ctx, clevercloud.APITokenInput{Email: "e", Password: "p", Name: "n", ExpirationDate: time.Now()})
			return err
		},
		"pulsar.renew-token": func(ctx context.Context, c *clevercloud.Client) error {
			_, err := c.Pulsar.RenewToken(ctx, "pulsar_1")
			return err
		},
		"operators.get": func(ctx context.Context, c *clevercloud.Client) error {
			_, err := c.Operators.Get(ctx, clevercloud.Keycloak, "keycloak_1")
			return err
		},
	} {
		client, mock := newTestClient(t)
		always(mock, http.StatusOK, `{"token":"hush","apiToken":"hush","initialCredentials":{"password":"hush"},"name":5,"creation_date":5}`)

		err := call(t.Context(), client)

		var undecoded *clevercloud.DecodeError
		require.ErrorAs(t, err, &undecoded, name)
		assert.NotContains(t, fmt.Sprintf("%+v %s %q", *undecoded, undecoded.Body, err), "hush", name)
	}
}

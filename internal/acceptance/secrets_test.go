package acceptance_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An exit that shows the canary in any way would be noticed.
func TestSecrets_TheSearchFindsIt(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{testkit.CanaryToken, testkit.CanaryText} {
		quoted, err := json.Marshal(secret)
		require.NoError(t, err)
		for _, leak := range []string{
			secret, string(quoted), fmt.Sprintf("%q", secret), fmt.Sprintf("%+q", secret), fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret),
			fmt.Sprint([]byte(secret)), fmt.Sprintf("%#v", []byte(secret)), url.QueryEscape(secret), url.PathEscape(secret), html.EscapeString(secret),
			base64.StdEncoding.EncodeToString([]byte(secret)), base64.URLEncoding.EncodeToString([]byte(" " + secret)),
			base64.RawStdEncoding.EncodeToString([]byte("u:" + secret)), strings.ReplaceAll(secret, "-", `\u002D`), strings.ReplaceAll(secret, "-", `\\x2d`),
			strings.ReplaceAll(secret, "y", "%2579"), secret[:len(testkit.Canary)], secret[len(secret)-len(testkit.CanaryTail):],
		} {
			assert.NotNil(t, testkit.Spellings().In([]byte("before "+leak+" after")), leak)
		}
	}
	assert.Nil(t, testkit.Spellings().In([]byte("[redacted] canary")))
}

// A secretTable counts what was searched, by door and by exit.
type secretTable struct {
	mu    sync.Mutex
	doors map[string]*secretCount
	exits map[string]*secretCount
}

type secretCount struct {
	pairs map[string]bool
	texts int
	bytes int
	finds int
}

func newSecretTable() *secretTable {
	return &secretTable{doors: map[string]*secretCount{}, exits: map[string]*secretCount{}}
}

// search looks for the canary in texts that came out of exit after it had gone in by door.
func (s *secretTable) search(t *testing.T, door, exit string, texts ...[]byte) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for counts, names := range map[*map[string]*secretCount][2]string{&s.doors: {door, exit}, &s.exits: {exit, door}} {
		count := (*counts)[names[0]]
		if count == nil {
			count = &secretCount{pairs: map[string]bool{}}
			(*counts)[names[0]] = count
		}
		count.pairs[names[1]] = true
		count.texts += len(texts)
		for _, text := range texts {
			count.bytes += len(text)
			if testkit.Spellings().In(text) != nil {
				count.finds++
			}
		}
	}
	for _, text := range texts {
		if found := testkit.Spellings().In(text); found != nil {
			t.Errorf("%s by %s: %q in %.2000q", door, exit, found, text)
			return
		}
	}
}

// report writes the table where RELIABILITY_REPORT says.
func (s *secretTable) report(t *testing.T) {
	t.Helper()
	path := os.Getenv("RELIABILITY_REPORT")
	if path == "" {
		return
	}
	var b strings.Builder
	total := secretCount{pairs: map[string]bool{}}
	table := func(first, second string, counts map[string]*secretCount) {
		fmt.Fprintf(&b, "| %s | %s | Texts | Bytes | Finds |\n| --- | --: | --: | --: | --: |\n", first, second)
		for _, name := range slices.Sorted(maps.Keys(counts)) {
			c := counts[name]
			fmt.Fprintf(&b, "| %s | %d | %d | %d | %d |\n", name, len(c.pairs), c.texts, c.bytes, c.finds)
		}
	}
	// Refusals have one exit each.
	refused, others := &secretCount{pairs: map[string]bool{}}, map[string]*secretCount{}
	arguments := 0
	for name, c := range s.doors {
		if len(c.pairs) > 1 || !c.pairs["a refusal"] {
			others[name] = c
			continue
		}
		arguments++
		refused.pairs["a refusal"] = true
		refused.texts, refused.bytes, refused.finds = refused.texts+c.texts, refused.bytes+c.bytes, refused.finds+c.finds
	}
	others[fmt.Sprintf("%d refused arguments, options and stored credentials", arguments)] = refused
	table("In by", "Exits", others)
	b.WriteString("\n")
	table("Out by", "Doors", s.exits)
	for name, c := range s.doors {
		for exit := range c.pairs {
			total.pairs[name+exit] = true
		}
		total.texts, total.bytes, total.finds = total.texts+c.texts, total.bytes+c.bytes, total.finds+c.finds
	}
	fmt.Fprintf(&b, "\n%d doors, %d exits, %d pairs of them; %d texts of %d bytes searched in %d spellings; %d finds.\n",
		len(s.doors), len(s.exits), len(total.pairs), total.texts, total.bytes, len(testkit.Spellings()), total.finds)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	require.NoError(t, err)
	defer f.Close()
	_, err = f.WriteString(b.String())
	require.NoError(t, err)
}

// A secretDoor is a way for a secret into a request.
type secretDoor struct {
	auth auth.Authenticator
	call func(context.Context, *clevercloud.Client, ...clevercloud.CallOption) error
	// unsent says that the secret does not get as far as a request.
	unsent bool
}

func authDoor(a auth.Authenticator) secretDoor {
	return secretDoor{auth: a, call: func(ctx context.Context, c *clevercloud.Client, opts ...clevercloud.CallOption) error {
		_, err := c.Zones.List(ctx, clevercloud.ZoneQuery{}, opts...)
		return err
	}}
}

func drainDoor(r clevercloud.DrainRecipient) secretDoor {
	in := clevercloud.DrainInput{Kind: clevercloud.DrainKindLog, Recipient: r}
	return secretDoor{call: func(ctx context.Context, c *clevercloud.Client, opts ...clevercloud.CallOption) error {
		_, err := c.Drains.Create(ctx, "orga_1", "app_1", in, opts...)
		return err
	}}
}

func tokenDoor(password, code auth.Secret) secretDoor {
	in := testkit.TokenInput
	in.Password, in.MFACode = password, code
	return secretDoor{call: func(ctx context.Context, c *clevercloud.Client, opts ...clevercloud.CallOption) error {
		_, err := c.Tokens.Create(ctx, in, opts...)
		return err
	}}
}

// errNothingRead is for calls that read no result, and so succeed whatever it is.
var errNothingRead = errors.New("no result is read")

// secretDoors are the ways for what the SDK knows to be secret.
func secretDoors() map[string]secretDoor {
	plaintext := url.PathEscape(url.PathEscape("consumer-secret")+"&"+url.PathEscape(testkit.CanaryToken)) + `"`
	plaintext = strings.ReplaceAll(plaintext, "&", "%26")
	doors := map[string]secretDoor{
		"a token":                   authDoor(testkit.Token(testkit.CanaryToken)),
		"OAuth 1's consumer":        authDoor(auth.OAuth1{ConsumerKey: "k", ConsumerSecret: testkit.CanaryToken, Token: "t", TokenSecret: testkit.CanaryToken}),
		"Elasticsearch's password":  drainDoor(clevercloud.ElasticsearchRecipient{URL: "https://logs.test/_bulk", Index: "i", Username: "u", Password: testkit.CanaryText}),
		"OVH's token":               drainDoor(clevercloud.OVHTCPRecipient{URL: "tcp://logs.test:6514", Token: testkit.CanaryText}),
		"OVH's parameter":           drainDoor(clevercloud.OVHTCPRecipient{URL: "tcp://logs.test:6514", RFC5424StructuredDataParameters: `X-OVH-TOKEN="` + testkit.CanaryToken + `"`}),
		"a syslog token":            drainDoor(clevercloud.SyslogTCPRecipient{URL: "tcp://logs.test:6514", Token: testkit.CanaryText}),
		"a syslog token for UDP":    drainDoor(clevercloud.SyslogUDPRecipient{URL: "udp://logs.test:514", Token: testkit.CanaryText}),
		"Better Stack's token":      drainDoor(clevercloud.BetterStackRecipient{URL: "https://logs.test", SourceToken: testkit.CanaryText}),
		"the user of a drain's URL": drainDoor(clevercloud.RawRecipient{URL: "https://" + url.PathEscape(testkit.CanaryToken) + "@logs.test/"}),
		"an unknown drain's token":  drainDoor(clevercloud.UnknownRecipient{Type: "KAFKA", Raw: testkit.MustJSON(map[string]any{"a": map[string]any{"token": testkit.CanaryText}})}),
		"an unknown drain's URL":    drainDoor(clevercloud.UnknownRecipient{Type: "KAFKA", Raw: testkit.MustJSON(map[string]any{"to": "https://u:" + url.PathEscape(testkit.CanaryToken) + "@logs.test/"})}),
		"a token of auth":           authDoor(auth.Bearer(auth.Secret(testkit.CanaryToken))),
		"OAuth 1 by hand":           authDoor(layerScheme{"Authorization", `OAuth oauth_consumer_key="k", oauth_signature="` + plaintext}),
		"OAuth 1 of auth":           authDoor(auth.OAuth1{ConsumerKey: "k", ConsumerSecret: "consumer-secret", Token: "t", TokenSecret: testkit.CanaryToken}),
		"a header of one's own":     authDoor(layerScheme{"X-Api-Key", testkit.CanaryToken}),
		"a drain's password":        drainDoor(clevercloud.RawRecipient{URL: "https://logs.test", Username: "u", Password: testkit.CanaryToken}),
		"a drain's API key":         drainDoor(clevercloud.NewRelicRecipient{URL: "https://logs.test", APIKey: testkit.CanaryToken}),
		"a drain's token":           drainDoor(clevercloud.SplunkRecipient{URL: "https://logs.test", Token: testkit.CanaryToken}),
		"a drain's URL":             drainDoor(clevercloud.RawRecipient{URL: "https://u:" + url.PathEscape(testkit.CanaryToken) + "@logs.test/"}),
		"Datadog's URL":             drainDoor(clevercloud.DatadogRecipient{URL: "https://intake.test/v1/input/" + url.PathEscape(testkit.CanaryToken)}),
		"an environment": {call: func(ctx context.Context, c *clevercloud.Client, opts ...clevercloud.CallOption) error {
			err := c.Applications.SetEnv(ctx, "orga_1", "app_1", []clevercloud.EnvVar{{Name: "KEY", Value: testkit.CanaryText}}, opts...)
			return cmp.Or(err, errNothingRead)
		}},
		"an exposed environment": {call: func(ctx context.Context, c *clevercloud.Client, opts ...clevercloud.CallOption) error {
			err := c.Applications.SetExposedEnv(ctx, "orga_1", "app_1", []clevercloud.EnvVar{{Name: "KEY", Value: testkit.CanaryToken}}, opts...)
			return cmp.Or(err, errNothingRead)
		}},
		"a new application's environment": {call: func(ctx context.Context, c *clevercloud.Client, opts ...clevercloud.CallOption) error {
			_, err := c.Applications.Create(ctx, "orga_1", testkit.ApplicationInput, opts...)
			return err
		}},
		"an application's new environment": {call: func(ctx context.Context, c *clevercloud.Client, opts ...clevercloud.CallOption) error {
			_, err := c.Applications.Update(ctx, "orga_1", "app_1", clevercloud.ApplicationPatch{
				Env: clevercloud.Value([]clevercloud.EnvVar{{Name: "KEY", Value: testkit.CanaryToken}}),
			}, opts...)
			return err
		}},
		"a user's password": tokenDoor(testkit.CanaryText, ""),
		"a user's code":     tokenDoor("p", testkit.CanaryToken),
		"Datadog's query":   drainDoor(clevercloud.DatadogRecipient{URL: "https://intake.test/v1/input?dd-api-key=" + url.QueryEscape(testkit.CanaryToken)}),
		"a configuration provider": {call: func(ctx context.Context, c *clevercloud.Client, opts ...clevercloud.CallOption) error {
			env := []clevercloud.EnvVar{{Name: "A", Value: testkit.CanaryText}}
			_, err := c.ConfigProviders.SetEnv(ctx, "config_1", env, opts...)
			return cmp.Or(err, errNothingRead)
		}},
	} // The secrets of an HMAC are keys and stay here.
	hmac := authDoor(auth.OAuth1{ConsumerKey: "k", ConsumerSecret: testkit.CanaryToken, Token: "t", TokenSecret: testkit.CanaryToken, Method: auth.HMACSHA512})
	hmac.unsent = true
	doors["OAuth 1, HMAC-SHA512"] = hmac
	return doors
}

// secretEchoes are servers that give back what they were sent, each in another place.
func secretEchoes() map[string]func(req *http.Request, sent string) (*http.Response, error) {
	body := func(status int, text string, headers ...string) func(*http.Request) (*http.Response, error) {
		return func(req *http.Request) (*http.Response, error) {
			return testkit.Response(req, status, text, headers...), nil
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
			var echo []string
			for _, secret := range []string{testkit.CanaryToken, testkit.CanaryText} {
				if strings.Contains(sent, secret) {
					text := []byte(secret)
					echo = append(echo, base64.StdEncoding.EncodeToString(text), base64.URLEncoding.EncodeToString(text))
				}
			}
			return body(500, strings.Join(echo, " "))(req)
		},
		"headers of an error": func(req *http.Request, sent string) (*http.Response, error) {
			return body(404, "", echoHeaders(sent)...)(req)
		},
		"headers of a success": func(req *http.Request, sent string) (*http.Response, error) {
			return body(200, "[1", echoHeaders(sent)...)(req)
		},
		"a result of another kind": func(req *http.Request, sent string) (*http.Response, error) {
			text, _ := json.Marshal([]any{map[string]any{"name": map[string]any{sent: sent}}})
			return body(200, string(text))(req)
		},
		"a result that is no JSON": func(req *http.Request, sent string) (*http.Response, error) { return body(200, "<"+sent)(req) },
		"an error in a query": func(req *http.Request, sent string) (*http.Response, error) {
			return body(409, url.QueryEscape(sent), "X-Echo", url.QueryEscape(sent))(req)
		},
		"a redirect in circles": func(req *http.Request, sent string) (*http.Response, error) {
			return body(307, sent, "Location", req.URL.Path+"?"+url.QueryEscape(sent))(req)
		},
		"a redirect that is followed": func(req *http.Request, sent string) (*http.Response, error) {
			if strings.HasPrefix(req.URL.Path, "/echo/") {
				return body(404, "")(req)
			}
			return body(302, "", "Location", "/echo/"+url.PathEscape(sent))(req)
		},
		"a redirect elsewhere": func(req *http.Request, sent string) (*http.Response, error) {
			if req.URL.Host == "elsewhere.test" {
				return nil, fmt.Errorf("malformed HTTP response for %q", req.URL.String())
			}
			return body(302, sent, "Location", "https://elsewhere.test/?"+url.QueryEscape(sent))(req)
		},
		"a middleware's error": func(req *http.Request, sent string) (*http.Response, error) {
			return nil, &net.OpError{Op: "write", Net: sent, Err: errors.New(sent)}
		},
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
			resp := testkit.Response(req, 200, "")
			resp.Body = io.NopCloser(iotest.ErrReader(fmt.Errorf("malformed MIME header line: %s", sent)))
			return resp, nil
		},
	}
}

func echoHeaders(sent string) []string {
	return []string{"Sozu-Id", sent, "Server", sent, "Content-Type", sent, "Retry-After", sent, "Date", sent, "X-Echo", url.QueryEscape(sent)}
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

// secretSilences are servers that tell nothing, and ends of a call that come from this side: there is nothing to remove, and nothing may be
// added.
func secretSilences() map[string]func(req *http.Request, _ string) (*http.Response, error) {
	fails := func(err error) func(*http.Request, string) (*http.Response, error) {
		return func(*http.Request, string) (*http.Response, error) { return nil, err }
	}
	answers := func(status int, text string, headers ...string) func(*http.Request, string) (*http.Response, error) {
		return func(req *http.Request, _ string) (*http.Response, error) {
			return testkit.Response(req, status, text, headers...), nil
		}
	}
	return map[string]func(*http.Request, string) (*http.Response, error){
		"a connection refused":  fails(&net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}),
		"a connection reset":    fails(&net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}),
		"a certificate refused": fails(&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}),
		"a timeout": func(req *http.Request, _ string) (*http.Response, error) {
			<-req.Context().Done()
			return nil, req.Context().Err()
		},
		"401":                answers(401, `{"message":"who are you"}`),
		"429, waited for":    answers(429, "", "Retry-After", "3600"),
		"a page":             answers(503, "<html>", "Content-Type", "text/html"),
		"no JSON":            answers(200, "<"),
		"a foreign result":   answers(200, `[[5]]`),
		"a refused redirect": answers(302, "", "Location", "ftp://x/"),
	}
}

// secretQuiet are doors for what the SDK does not know to be secret: it is not shown by itself, but not removed from an echo either.
func secretQuiet() map[string]secretDoor {
	zones := func(own ...clevercloud.CallOption) secretDoor {
		return secretDoor{call: func(ctx context.Context, c *clevercloud.Client, opts ...clevercloud.CallOption) error {
			_, err := c.Zones.List(ctx, clevercloud.ZoneQuery{}, append(own, opts...)...)
			return err
		}}
	}
	do := func(method, path string, in any, own ...clevercloud.CallOption) secretDoor {
		return secretDoor{call: func(ctx context.Context, c *clevercloud.Client, opts ...clevercloud.CallOption) error {
			var out struct{ Name string }
			return c.Do(ctx, method, path, in, &out, append(own, opts...)...)
		}}
	}
	return map[string]secretDoor{
		"WithHeader":   zones(clevercloud.WithHeader("X-Api-Key", testkit.CanaryToken)),
		"WithQuery":    zones(clevercloud.WithQuery("key", testkit.CanaryText), clevercloud.WithQuery(testkit.CanaryToken, "value")),
		"a filter":     zones(clevercloud.WithQuery("tag", testkit.CanaryText)),
		"Do's query":   do(http.MethodGet, "/v2/x?key="+url.QueryEscape(testkit.CanaryToken), nil),
		"Do's body":    do(http.MethodPost, "/v2/x", map[string]any{"password": testkit.CanaryText}),
		"Do's headers": do(http.MethodPut, "/v2/x", nil, clevercloud.WithHeader("X-Api-Key", testkit.CanaryToken), clevercloud.WithQuery("q", testkit.CanaryToken)),
		"an owner's id": {call: func(ctx context.Context, c *clevercloud.Client, opts ...clevercloud.CallOption) error {
			_, err := c.Drains.Get(ctx, testkit.CanaryToken, testkit.CanaryToken, testkit.CanaryToken, opts...)
			return err
		}},
		"a log filter": {call: func(ctx context.Context, c *clevercloud.Client, opts ...clevercloud.CallOption) error {
			for _, err := range c.Logs.Stream(ctx, "orga_1", "app_1", clevercloud.LogQuery{Filter: testkit.CanaryText, Reconnect: clevercloud.RetryPolicy{MaxRetries: 1, MinWait: 1, MaxWait: 1}}, opts...) {
				if err != nil {
					return err
				}
			}
			return nil
		}},
	}
}

// storedNames are the variables that credentials are looked for in.
var storedNames = []string{
	"CLEVER_API_TOKEN", "CC_API_TOKEN", "CLEVER_TOKEN", "CLEVER_SECRET", "CC_OAUTH_TOKEN", "CC_OAUTH_SECRET", "OAUTH_CONSUMER_KEY",
	"OAUTH_CONSUMER_SECRET", "CC_CONSUMER_KEY", "CC_CONSUMER_SECRET", "API_HOST", "AUTH_BRIDGE_HOST", "CONFIGURATION_FILE",
}

// storedDoors are the credentials that the environment and the file of clever-tools hold.
func storedDoors(t *testing.T) map[string]auth.Authenticator {
	t.Helper()
	file := filepath.Join(t.TempDir(), "clever-tools.json")
	require.NoError(t, os.WriteFile(file, testkit.MustJSON(map[string]any{
		"version": 1, "profiles": []any{map[string]any{
			"alias": "default", "token": "t", "secret": testkit.CanaryToken, "overrides": map[string]string{"OAUTH_CONSUMER_KEY": "k", "OAUTH_CONSUMER_SECRET": testkit.CanaryToken},
		}},
	}), 0o600))
	stored := map[string]auth.Authenticator{}
	look := func(name string, from func() (auth.Authenticator, error), set map[string]string) {
		for _, variable := range storedNames {
			t.Setenv(variable, set[variable])
		}
		a, err := from()
		require.NoError(t, err, name)
		stored[name] = a
	}
	look("CLEVER_API_TOKEN", auth.FromEnvironment, map[string]string{"CLEVER_API_TOKEN": testkit.CanaryToken})
	look("CC_API_TOKEN", auth.Default, map[string]string{"CC_API_TOKEN": testkit.CanaryToken})
	look("CLEVER_SECRET", auth.FromEnvironment, map[string]string{
		"CLEVER_TOKEN": "t", "CLEVER_SECRET": testkit.CanaryToken, "OAUTH_CONSUMER_KEY": "k", "OAUTH_CONSUMER_SECRET": testkit.CanaryToken,
	})
	look("the clever-tools file", func() (auth.Authenticator, error) { return auth.FromCleverTools("") }, map[string]string{"CONFIGURATION_FILE": file})
	return stored
}

// A secretCall is one call by a door, and what its server does.
type secretCall struct {
	name, exit string
	door       secretDoor
	answer     func(req *http.Request, sent string) (*http.Response, error)
}

// echoed is what the server says of a body: the body itself, or its texts, which it
// encodes in its own way.
func (c secretCall) echoed(body []byte) string {
	var v any
	if c.exit == "an error page" || json.Unmarshal(body, &v) != nil {
		return string(body)
	}
	return " " + string(dumpOf(v))
}

// run makes the call and searches what can be made of its end.
func (c secretCall) run(t *testing.T, table *secretTable) {
	t.Helper()
	var debug bytes.Buffer
	level := &slog.HandlerOptions{Level: slog.LevelDebug - 100, AddSource: true}
	logger := slog.New(fanOut{slog.NewTextHandler(&debug, level), slog.NewJSONHandler(&debug, level)})
	carried := false
	hops := testkit.RoundTripFunc(func(req *http.Request) (*http.Response, error) {
		sent := ""
		for _, name := range []string{"Authorization", "X-Api-Key"} {
			sent += req.Header.Get(name)
		}
		carried = carried || testkit.Spellings().In([]byte(sent+req.URL.String())) != nil
		if req.Body != nil {
			text, _ := io.ReadAll(req.Body)
			sent += c.echoed(text)
		}
		carried = carried || testkit.Spellings().In([]byte(sent)) != nil
		return c.answer(req, sent)
	})
	var meta clevercloud.Response
	client, err := clevercloud.New(
		clevercloud.WithBaseURL(testkit.Base), clevercloud.WithHTTPClient(&http.Client{Transport: hops}), clevercloud.WithLogger(logger),
		clevercloud.WithRetry(clevercloud.RetryPolicy{MaxRetries: 1, MinWait: 1, MaxWait: 1}),
		clevercloud.WithTimeout(time.Millisecond),
	)
	require.NoError(t, err)
	if c.door.auth != nil {
		client, err = client.With(clevercloud.WithAuth(c.door.auth))
		require.NoError(t, err)
	}

	err = c.door.call(t.Context(), client, clevercloud.WithResponse(&meta))

	require.Error(t, err, "%s by %s", c.name, c.exit)
	require.True(t, carried || c.door.unsent, "%s: the secret was in the request", c.name)
	require.NotEmpty(t, debug.String())
	if meta.StatusCode/100 == 2 {
		meta = clevercloud.Response{} // it holds what the API sent
	}
	texts := textsOf(err)
	texts = append(texts, textsOf(meta)...)
	texts = append(texts, textsOf(client)...)
	texts = append(texts, fmt.Appendf(nil, "%+v %#v", *client, *client))
	texts = append(texts, dumpOf(err), dumpOf(meta))
	var answer *clevercloud.APIError
	if errors.As(err, &answer) {
		texts = append(texts, textsOf(*answer)...)
	}
	var foreign *clevercloud.DecodeError
	if errors.As(err, &foreign) {
		texts = append(texts, textsOf(*foreign)...)
	}
	// All of the buffer's memory, also what has been overwritten or not been used.
	texts = append(texts, debug.Bytes()[:cap(debug.Bytes())])
	table.search(t, c.name, c.exit, texts...)
}

// textsOf is v in all the ways that it may get into a log.
func textsOf(v any) [][]byte {
	var texts [][]byte
	for _, text := range testkit.Texts(v) {
		texts = append(texts, []byte(text))
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("it", "it", v)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("it", "it", v)
	return append(texts, log.Bytes())
}

// dumpOf is all that a debugger finds in the memory that v leads to, unexported fields included.
func dumpOf(v any) []byte {
	var out bytes.Buffer
	seen := map[any]bool{}
	var walk func(v reflect.Value, depth int)
	walk = func(v reflect.Value, depth int) {
		if depth > 30 {
			return
		}
		switch v.Kind() {
		case reflect.String:
			out.WriteString(v.String() + "\n")
		case reflect.Pointer, reflect.Interface:
			if v.IsNil() || v.Kind() == reflect.Pointer && seen[v.Pointer()] {
				return
			}
			if v.Kind() == reflect.Pointer {
				seen[v.Pointer()] = true
			}
			walk(v.Elem(), depth+1)
		case reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i), depth+1)
			}
		case reflect.Slice, reflect.Array:
			if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
				out.Write(v.Bytes()[:v.Cap()])
				out.WriteByte('\n')
				return
			}
			for i := range v.Len() {
				walk(v.Index(i), depth+1)
			}
		case reflect.Map:
			for entries := v.MapRange(); entries.Next(); {
				walk(entries.Key(), depth+1)
				walk(entries.Value(), depth+1)
			}
		}
	}
	walk(reflect.ValueOf(v), 0)
	return out.Bytes()
}

// A secret goes in by every door, and is looked for in all that comes out. RELIABILITY_REPORT takes the figures.
func TestSecrets(t *testing.T) {
	table := newSecretTable()
	stored := storedDoors(t)
	t.Run("what is sent", func(t *testing.T) { secretsSent(t, table, stored) })
	t.Run("what is refused", func(t *testing.T) { secretsRefused(t, table) })
	t.Run("what comes back", func(t *testing.T) { secretsReturned(t, table) })
	t.Run("what a redirect holds", func(t *testing.T) { secretsInLocations(t, table) })
	t.Run("what a flow sends", func(t *testing.T) { secretsOfFlow(t, table) })
	t.Run("what a crash leaves", func(t *testing.T) { secretsInCrashes(t, table) })
	t.Run("what the suite prints", func(t *testing.T) { secretsOfTheSuite(t, table) })
	table.report(t)
}

// secretsSent is for what a caller gives: nothing that a call ends with shows it, not where the server gives it back in the ways of the exits,
// not where a connection fails, not in any form of the error, its parts, the debug lines or their memory.
func secretsSent(t *testing.T, table *secretTable, stored map[string]auth.Authenticator) {
	var calls []secretCall
	add := func(name string, door secretDoor, exits map[string]func(*http.Request, string) (*http.Response, error)) {
		for exit, answer := range exits {
			calls = append(calls, secretCall{name, exit, door, answer})
		}
	}
	doors := secretDoors()
	for name, a := range stored {
		doors[name] = authDoor(a)
	}
	for name, door := range doors {
		add(name, door, secretEchoes())
		add(name, door, secretSilences())
	}
	for name, door := range secretQuiet() {
		add(name, door, secretSilences())
	}
	for shard := range 4 {
		t.Run(fmt.Sprint(shard), func(t *testing.T) {
			t.Parallel()
			for i := shard; i < len(calls); i += 4 {
				calls[i].run(t, table)
			}
		})
	}
}

// secretsRefused is for arguments, options and stored credentials that are refused: an error says what is wrong, and quotes nothing.
func secretsRefused(t *testing.T, table *secretTable) {
	client := testkit.ClientOver(t, func(*http.Request) (*http.Response, error) { t.Error("sent"); return nil, errors.New("sent") }, clevercloud.WithMaxRetries(0))
	address := "https://user:" + url.PathEscape(testkit.CanaryToken) + "@api.test"
	option := func(opts ...clevercloud.ClientOption) error { _, err := clevercloud.New(opts...); return err }
	create := func(in clevercloud.DrainInput) error {
		_, err := client.Drains.Create(t.Context(), "orga_1", "app_1", in)
		return err
	}
	call := func(a auth.Authenticator, path string) error {
		with, err := client.With(clevercloud.WithAuth(a))
		if err != nil {
			return err
		}
		return with.Do(t.Context(), http.MethodGet, path, nil, nil)
	}
	refusals := map[string]error{
		"WithBaseURL":                   option(clevercloud.WithBaseURL(address)),
		"WithBaseURL, no URL":           option(clevercloud.WithBaseURL(address + ":port")),
		"WithBaseURL's query":           option(clevercloud.WithBaseURL("https://api.test/?key=" + testkit.CanaryToken)),
		"WithBridgeURL":                 option(clevercloud.WithBridgeURL(address)),
		"the credentials' URL":          option(clevercloud.WithAuth(auth.OAuth1{ConsumerKey: "k", ConsumerSecret: testkit.CanaryToken, Token: "t", TokenSecret: "s", BaseURL: address})),
		"a token secret with a blank":   call(auth.OAuth1{ConsumerKey: "k", ConsumerSecret: testkit.CanaryToken, Token: "t", TokenSecret: testkit.CanaryText}, "/x"),
		"WithHeader, two lines":         option(clevercloud.WithHeader("X-Key", testkit.CanaryToken+"\r\n")),
		"WithHeader's Authorization":    option(clevercloud.WithHeader("Authorization", "Bearer "+testkit.CanaryToken)),
		"WithUserAgent, two lines":      option(clevercloud.WithUserAgent(testkit.CanaryToken + "\n")),
		"a token with a line break":     call(auth.Bearer(testkit.CanaryToken+"\n"), "/x"),
		"OAuth 1 without a key":         call(auth.OAuth1{ConsumerSecret: testkit.CanaryToken, Token: "t", TokenSecret: testkit.CanaryText}, "/x"),
		"OAuth 1 without a token":       call(auth.OAuth1{ConsumerKey: "k", ConsumerSecret: testkit.CanaryToken, TokenSecret: testkit.CanaryText}, "/x"),
		"OAuth 1's method":              call(auth.OAuth1{ConsumerKey: "k", ConsumerSecret: testkit.CanaryToken, Token: "t", TokenSecret: testkit.CanaryText, Method: 9}, "/x"),
		"a query that cannot be signed": call(auth.OAuth1{ConsumerKey: "k", ConsumerSecret: "s", Token: "t", TokenSecret: "s", Method: auth.HMACSHA512}, "/x?key="+testkit.CanaryToken+"%zz"),
		"a drain's bad URL":             create(clevercloud.DrainInput{Kind: "LOG", Recipient: clevercloud.RawRecipient{URL: "https://u:" + testkit.Canary + "@[::1", Password: testkit.CanaryText}}),
		"a drain without a kind":        create(clevercloud.DrainInput{Recipient: clevercloud.SplunkRecipient{URL: "https://x.test", Token: testkit.CanaryText}}),
		"a drain without a URL":         create(clevercloud.DrainInput{Kind: "LOG", Recipient: clevercloud.NewRelicRecipient{APIKey: testkit.CanaryText}}),
		"a drain that is no JSON":       create(clevercloud.DrainInput{Kind: "LOG", Recipient: clevercloud.UnknownRecipient{Type: "X", Raw: []byte(`{"token":"` + testkit.CanaryToken)}}),
		"an environment with a name twice": client.Applications.SetEnv(t.Context(), "orga_1", "app_1", []clevercloud.EnvVar{
			{Name: "A", Value: testkit.CanaryText}, {Name: "A", Value: testkit.CanaryToken},
		}),
		"a token input without a name": func() error {
			_, err := client.Tokens.Create(t.Context(), clevercloud.APITokenInput{Email: "e", Password: testkit.CanaryText, MFACode: testkit.CanaryToken})
			return err
		}(),
		"Do with a host":          client.Do(t.Context(), http.MethodGet, "//u:"+testkit.CanaryToken+"@x/", nil, nil),
		"Do with an escape":       client.Do(t.Context(), http.MethodGet, "/x?key="+testkit.CanaryToken+" %zz", nil, nil),
		"Do with a method":        client.Do(t.Context(), testkit.CanaryToken+"\n", "/x", nil, nil),
		"Do with a Secret":        client.Do(t.Context(), http.MethodPost, "/x", struct{ S auth.Secret }{testkit.CanaryToken}, nil),
		"Do with a recipient":     client.Do(t.Context(), http.MethodPost, "/x", []any{clevercloud.RawRecipient{Password: testkit.CanaryToken}}, nil),
		"Do with bytes":           client.Do(t.Context(), http.MethodPost, "/x", []byte(testkit.CanaryToken), nil),
		"Do with what is no JSON": client.Do(t.Context(), http.MethodPost, "/x", map[string]any{"password": testkit.CanaryToken, "f": func() {}}, nil),
	}
	maps.Copy(refusals, storedRefusals(t, address))
	for name, err := range refusals {
		require.Error(t, err, name)
		table.search(t, name, "a refusal", append(textsOf(err), dumpOf(err))...)
	}
}

// storedRefusals are errors of credentials that the environment or the file of clever-tools holds in part, or broken.
func storedRefusals(t *testing.T, address string) map[string]error {
	t.Helper()
	refusals := map[string]error{}
	file := filepath.Join(t.TempDir(), "clever-tools.json")
	consumer := map[string]string{"OAUTH_CONSUMER_KEY": "k", "OAUTH_CONSUMER_SECRET": testkit.CanaryToken}
	for name, set := range map[string]map[string]string{
		"CLEVER_API_TOKEN, two lines":   {"CLEVER_API_TOKEN": testkit.CanaryToken + "\n"},
		"AUTH_BRIDGE_HOST":              {"CLEVER_API_TOKEN": testkit.CanaryToken, "AUTH_BRIDGE_HOST": address},
		"API_HOST":                      {"CLEVER_TOKEN": "t", "CLEVER_SECRET": testkit.CanaryToken, "OAUTH_CONSUMER_KEY": "k", "OAUTH_CONSUMER_SECRET": testkit.CanaryToken, "API_HOST": address},
		"CLEVER_SECRET, two lines":      {"CLEVER_TOKEN": "t", "CLEVER_SECRET": testkit.CanaryToken + "\n"},
		"a profile's secret, two lines": {"file": `{"token":"t","secret":"` + testkit.CanaryToken + `\n"}`},
		"a secret without its token":    {"CLEVER_SECRET": testkit.CanaryToken},
		"a token without a consumer":    {"CC_OAUTH_TOKEN": "t", "CC_OAUTH_SECRET": testkit.CanaryToken},
		"half a consumer":               {"CLEVER_TOKEN": "t", "CLEVER_SECRET": testkit.CanaryToken, "CC_CONSUMER_SECRET": testkit.CanaryToken},
		"a file that breaks off":        {"file": `{"token":"t","secret":"` + testkit.CanaryToken},
		"a file that is no object":      {"file": `["` + testkit.CanaryToken + `"]`},
		"a file of another version":     {"file": `{"version":2,"profiles":[{"token":"` + testkit.CanaryToken + `"}]}`},
		"a profile without a token":     {"file": `{"version":1,"profiles":[{"alias":"a","secret":"` + testkit.CanaryToken + `"}]}`},
		"a profile's odd secret":        {"file": `{"version":1,"profiles":[{"alias":"a","token":"t","secret":{"x":"` + testkit.CanaryToken + `"}}]}`},
		"a profile that has expired":    {"file": `{"token":"t","secret":"` + testkit.CanaryToken + `","expirationDate":"2001-01-01T00:00:00Z"}`},
		"a profile's API_HOST": {"file": `{"version":1,"profiles":[{"alias":"a","token":"t","secret":"` + testkit.CanaryToken + `","overrides":{"API_HOST":"` + address +
			`","OAUTH_CONSUMER_KEY":"k","OAUTH_CONSUMER_SECRET":"` + testkit.CanaryToken + `"}}]}`},
	} {
		text, ofFile := set["file"]
		if ofFile && !strings.Contains(name, "API_HOST") {
			set = maps.Clone(consumer)
		}
		for _, variable := range storedNames {
			t.Setenv(variable, set[variable])
		}
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		t.Setenv("CONFIGURATION_FILE", file)
		_, refusals[name] = auth.Default()
	}
	return refusals
}

// secretsReturned is for what the API hands out: a result shows it only to who asks it to, and an answer that cannot be read not at all.
func secretsReturned(t *testing.T, table *secretTable) {
	quoted := string(testkit.MustJSON(testkit.CanaryText))
	drain := func(recipient string) string { return `{"id":"drain_1","recipient":` + recipient + `}` }
	type call = func(context.Context, *clevercloud.Client) (any, error)
	getDrain := call(func(ctx context.Context, c *clevercloud.Client) (any, error) {
		return c.Drains.Get(ctx, "orga_1", "app_1", "drain_1")
	})
	getOperator := call(func(ctx context.Context, c *clevercloud.Client) (any, error) {
		return c.Operators.Get(ctx, clevercloud.Otoroshi, "otoroshi_1")
	})
	for _, door := range []struct {
		name, body string
		call       call
		// masked says that the API masks it, so that the beginning of an answer that cannot be read is kept.
		masked bool
	}{
		{name: "an operator's password", body: `{"initialCredentials":{"user":"u","password":` + quoted + `}}`, call: getOperator},
		{name: "an operator's API", body: `{"api":{"user":"u","secret":` + quoted + `}}`, call: getOperator},
		{name: "an operator's environment", body: `{"envVars":{"A":` + quoted + `}}`, call: getOperator},
		{name: "an operator in a network", body: `{"envVars":{"A":` + quoted + `}}`, call: func(ctx context.Context, c *clevercloud.Client) (any, error) {
			return c.Operators.AttachNetworkGroup(ctx, clevercloud.Otoroshi, "otoroshi_1")
		}},
		{name: "an operator's new version", body: `{"envVars":{"A":` + quoted + `}}`, call: func(ctx context.Context, c *clevercloud.Client) (any, error) {
			return c.Operators.UpdateVersion(ctx, clevercloud.Otoroshi, "otoroshi_1", "2")
		}},
		{name: "a Pulsar token", body: `{"token":` + quoted + `}`, call: func(ctx context.Context, c *clevercloud.Client) (any, error) { return c.Pulsar.Get(ctx, "pulsar_1") }},
		{name: "a new Pulsar token", body: `{"token":` + quoted + `}`, call: func(ctx context.Context, c *clevercloud.Client) (any, error) {
			return c.Pulsar.RenewToken(ctx, "pulsar_1")
		}},
		{name: "a configuration provider", body: `{"env":[{"name":"A","value":` + quoted + `}]}`, call: func(ctx context.Context, c *clevercloud.Client) (any, error) {
			return c.ConfigProviders.Get(ctx, "config_1")
		}},
		{name: "a configuration provider's variables", body: `[{"name":"A","value":` + quoted + `}]`, call: func(ctx context.Context, c *clevercloud.Client) (any, error) {
			return c.ConfigProviders.GetEnv(ctx, "config_1")
		}},
		{name: "a Materia database", body: `{"token":` + quoted + `}`, call: func(ctx context.Context, c *clevercloud.Client) (any, error) {
			return c.Materia.GetDatabase(ctx, "orga_1", "kv_1")
		}},
		{name: "a read token", body: `{"token":` + quoted + `}`, call: func(ctx context.Context, c *clevercloud.Client) (any, error) {
			return c.Metrics.CreateReadToken(ctx, "orga_1", clevercloud.MetricsTokenInput{})
		}},
		{name: "a new API token", body: `{"apiToken":` + quoted + `}`, call: func(ctx context.Context, c *clevercloud.Client) (any, error) {
			return c.Tokens.Create(ctx, testkit.TokenInput)
		}},
		{name: "an add-on's environment", body: `[{"name":"A","value":` + quoted + `}]`, call: func(ctx context.Context, c *clevercloud.Client) (any, error) {
			return c.Addons.Env(ctx, "orga_1", "addon_1")
		}},
		{name: "an add-on's details", body: `{"password":` + quoted + `,"kibana_password":` + quoted + `,"apm_password":` + quoted + `,"apm_auth_token":` + quoted + `,"read_only_users":[{"password":` + quoted + `}]}`, call: func(ctx context.Context, c *clevercloud.Client) (any, error) {
			return c.Addons.GetDetails(ctx, "postgresql-addon", "addon_1")
		}},
		{name: "an application", body: `{"id":"app_1","webhookSecret":` + quoted + `,"env":[{"name":"A","value":` + quoted + `}]}`, call: func(ctx context.Context, c *clevercloud.Client) (any, error) {
			return c.Applications.Get(ctx, "orga_1", "app_1")
		}},
		{name: "an exposed environment", body: `{"A":` + quoted + `}`, call: func(ctx context.Context, c *clevercloud.Client) (any, error) {
			return c.Applications.ExposedEnv(ctx, "orga_1", "app_1")
		}},
		{name: "a drain's check", body: `{"ok":true,"http":{"request":{"headers":` + quoted + `}}}`, call: func(ctx context.Context, c *clevercloud.Client) (any, error) {
			return c.Drains.Check(ctx, "orga_1", "app_1", "drain_1")
		}},
		{name: "a drain's test command", body: "curl -H " + testkit.CanaryText, call: func(ctx context.Context, c *clevercloud.Client) (any, error) {
			return c.Drains.TestCommand(ctx, "orga_1", "app_1", "drain_1")
		}},
		{name: "a stored drain's password", masked: true, call: getDrain, body: drain(`{"type":"RAW_HTTP","url":"https://u:` + testkit.CanaryToken + `@x.test/?k=` + testkit.CanaryToken + `","password":` + quoted + `}`)},
		{name: "a stored drain's key", masked: true, call: getDrain, body: drain(`{"type":"NEWRELIC","url":"https://x.test","apiKey":` + quoted + `}`)},
		{name: "a stored drain's token", masked: true, call: getDrain, body: drain(`{"type":"OVH_TCP","url":"tcp://x.test:1","token":` + quoted + `,"rfc5424StructuredDataParameters":"X-OVH-TOKEN=\"` + testkit.CanaryToken + `\""}`)},
		{name: "a stored Datadog's URL", masked: true, call: getDrain, body: drain(`{"type":"DATADOG","url":"https://x.test/v1/input/` + testkit.CanaryToken + `"}`)},
		{name: "a stored drain of an unknown type", masked: true, call: getDrain, body: drain(`{"type":"KAFKA","auth":{"sasl":[` + quoted + `]},"to":"https://u:` + testkit.CanaryToken + `@x.test"}`)},
	} {
		var debug bytes.Buffer
		level := &slog.HandlerOptions{Level: slog.LevelDebug - 100}
		body := ""
		client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) { return testkit.Response(req, 200, body), nil },
			clevercloud.WithMaxRetries(0), clevercloud.WithLogger(slog.New(fanOut{slog.NewTextHandler(&debug, level), slog.NewJSONHandler(&debug, level)})))

		body = door.body
		got, err := door.call(t.Context(), client)
		require.NoError(t, err, door.name)
		require.NotNil(t, testkit.Spellings().In(dumpOf(got)), "%s: the result has the secret", door.name)
		var texts [][]byte
		for _, held := range []any{got, reflect.Indirect(reflect.ValueOf(got)).Interface(), []any{got}, map[string]any{"it": got}, struct{ It any }{got}, &struct{ It any }{got}} {
			texts = append(texts, textsOf(held)...)
		}
		table.search(t, door.name, "a result", texts...)
		if door.masked || body[0] != '{' {
			continue
		}
		for exit, broken := range map[string]string{"a result that is cut": body[:len(body)-1], "a result of another shape": "[" + body + "," + body + "]"} {
			body = broken
			_, err := door.call(t.Context(), client)
			require.Error(t, err, "%s by %s", door.name, exit)
			texts := append(textsOf(err), dumpOf(err))
			var foreign *clevercloud.DecodeError
			require.ErrorAs(t, err, &foreign)
			table.search(t, door.name, exit, append(texts, append(textsOf(*foreign), debug.Bytes()[:cap(debug.Bytes())])...)...)
		}
	}
}

// secretsInLocations is for a user in the address that a redirect leads to: it is not followed, and the error does not show him.
func secretsInLocations(t *testing.T, table *secretTable) {
	escaped := url.PathEscape(testkit.CanaryToken)
	for door, location := range map[string]string{
		"a Location's password": "https://user:" + escaped + "@api.example.test/x", "a Location's user": "https://" + escaped + "@elsewhere.test/",
		"a Location's other password": "//user:" + testkit.Canary + "+" + testkit.CanaryTail + "@elsewhere.test", "a Location that is no URL": "https://user:" + testkit.Canary + "@[::1",
	} {
		var debug bytes.Buffer
		var meta clevercloud.Response
		client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
			return testkit.Response(req, 302, `<a href="`+html.EscapeString(location)+`">Found</a>`, "Location", location, "Refresh", "0; url="+location), nil
		}, clevercloud.WithLogger(slog.New(slog.NewTextHandler(&debug, &slog.HandlerOptions{Level: slog.LevelDebug}))))

		_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{}, clevercloud.WithResponse(&meta))

		var answer *clevercloud.APIError
		require.ErrorAs(t, err, &answer, door)
		require.Equal(t, 302, answer.StatusCode)
		texts := append(textsOf(err), textsOf(*answer)...)
		texts = append(append(texts, textsOf(meta)...), dumpOf(err), dumpOf(meta), debug.Bytes()[:cap(debug.Bytes())])
		table.search(t, door, "a redirect", texts...)
	}
}

// secretsOfFlow is for the steps to an OAuth 1 token, where the secrets are in a form.
func secretsOfFlow(t *testing.T, table *secretTable) {
	for exit, echo := range secretEchoes() {
		flow := auth.Flow{ConsumerKey: "k", ConsumerSecret: testkit.CanaryToken, HTTPClient: &http.Client{Transport: testkit.RoundTripFunc(func(req *http.Request) (*http.Response, error) {
			form, _ := io.ReadAll(req.Body)
			return echo(req, string(form))
		})}}
		_, first := flow.RequestToken(t.Context(), "https://app.test/done")
		_, last := flow.AccessToken(t.Context(), "token", testkit.CanaryToken, testkit.CanaryToken)
		for door, err := range map[string]error{"a flow's consumer": first, "a flow's token and verifier": last} {
			require.Error(t, err, exit)
			table.search(t, door, exit, append(textsOf(err), dumpOf(err))...)
		}
	}
}

// secretCrashes end a program, or have it print what went wrong, with secrets in its memory.
func secretCrashes() map[string]func() {
	client := func(opts ...clevercloud.ClientOption) *clevercloud.Client {
		c, err := clevercloud.New(append([]clevercloud.ClientOption{clevercloud.WithBaseURL(testkit.Base), clevercloud.WithAuth(auth.Bearer(testkit.CanaryToken)), clevercloud.WithMaxRetries(0)}, opts...)...)
		if err != nil {
			panic(err)
		}
		return c
	}
	over := func(f testkit.RoundTripFunc) clevercloud.ClientOption {
		return clevercloud.WithHTTPClient(&http.Client{Transport: f})
	}
	create := func(c *clevercloud.Client) error {
		_, err := c.Drains.Create(context.Background(), "orga_1", "app_1", clevercloud.DrainInput{Kind: "LOG", Recipient: clevercloud.SplunkRecipient{URL: "https://x.test", Token: testkit.CanaryText}})
		return err
	}
	echoed := func() error {
		return create(client(over(func(req *http.Request) (*http.Response, error) {
			body, _ := io.ReadAll(req.Body)
			return testkit.Response(req, 400, string(body)+req.Header.Get("Authorization")), nil
		})))
	}
	return map[string]func(){
		"a panic in a middleware": func() {
			_ = create(client(clevercloud.WithMiddleware(func(http.RoundTripper) http.RoundTripper {
				return testkit.RoundTripFunc(func(*http.Request) (*http.Response, error) { panic("boom") })
			})))
		},
		"a panic in a transport": func() { _ = create(client(over(func(*http.Request) (*http.Response, error) { panic("boom") }))) },
		"a panic in the body of a loop": func() {
			c := client(over(func(req *http.Request) (*http.Response, error) {
				return testkit.Response(req, 200, "event:APPLICATION_LOG\ndata:{}\n\n", "Content-Type", "text/event-stream"), nil
			}))
			for range c.Logs.Stream(context.Background(), "orga_1", "app_1", clevercloud.LogQuery{Filter: testkit.CanaryToken}) {
				panic("boom")
			}
		},
		"a panic while a stream opens": func() {
			for range client(over(func(*http.Request) (*http.Response, error) { panic("boom") })).Logs.Stream(context.Background(), "o", "a", clevercloud.LogQuery{}) {
				break
			}
		},
		"a panic with the error":         func() { panic(echoed()) },
		"a panic with the client":        func() { panic(client()) },
		"a panic with a Secret":          func() { panic(auth.Secret(testkit.CanaryText)) },
		"a panic with OAuth 1":           func() { panic(auth.OAuth1{ConsumerSecret: testkit.CanaryToken, TokenSecret: testkit.CanaryText}) },
		"a panic with a token":           func() { panic(auth.Bearer(testkit.CanaryToken)) },
		"a panic with a recipient":       func() { panic(fmt.Sprintf("%+v", clevercloud.SplunkRecipient{Token: testkit.CanaryText})) },
		"a panic with a result":          func() { panic(clevercloud.PulsarAddon{Token: testkit.CanaryText}) },
		"a proxy that cannot be reached": func() { panic(create(client())) },
	}
}

// TestSecretsCrash is the program that crashes.
func TestSecretsCrash(t *testing.T) {
	crash, ok := secretCrashes()[os.Getenv("SECRETS_CRASH")]
	if !ok {
		t.Skip("run by TestSecrets")
	}
	crash()
}

// secretsInCrashes is for what a program prints that ends in a panic: the stacks of all goroutines, with what the runtime knows of their
// arguments. Without RELIABILITY_REPORT it is some of them, since each takes a process.
func secretsInCrashes(t *testing.T, table *secretTable) {
	quick := []string{"a panic in a middleware", "a panic with the error", "a proxy that cannot be reached"}
	for name := range secretCrashes() {
		if os.Getenv("RELIABILITY_REPORT") == "" && !slices.Contains(quick, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// A request to a base URL that is not this machine's goes to the proxy, or nowhere.
			proxy := "http://user:" + url.PathEscape(testkit.CanaryToken) + "@127.0.0.1:1"
			crash := exec.Command(os.Args[0], "-test.run=^TestSecretsCrash$")
			crash.Env = append(os.Environ(), "SECRETS_CRASH="+name, "GOTRACEBACK=all", "HTTPS_PROXY="+proxy, "https_proxy="+proxy, "NO_PROXY=", "no_proxy=")

			out, err := crash.CombinedOutput()

			require.Error(t, err)
			require.Contains(t, string(out), "panic: ")
			require.Contains(t, string(out), "goroutine ")
			table.search(t, "what a program that crashes holds", name, out)
		})
	}
}

// secretsOfTheSuite is for what the suite printed, run with the canary in all variables that credentials are read from. SECRETS_SUITE is a
// file with it.
func secretsOfTheSuite(t *testing.T, table *secretTable) {
	path := os.Getenv("SECRETS_SUITE")
	if path == "" {
		t.Skip("needs SECRETS_SUITE")
	}
	out, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(out), "--- PASS: TestSecrets")
	table.search(t, "the environment of the suite", "its whole output", out)
}

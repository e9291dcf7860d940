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
			secret, string(quoted), fmt.Sprintf("%q", secret), fmt.Sprintf("%+q", secret),
			fmt.Sprintf("%x", secret), fmt.Sprintf("%X", secret), fmt.Sprint([]byte(secret)),
			fmt.Sprintf("%#v", []byte(secret)), url.QueryEscape(secret), url.PathEscape(secret),
			html.EscapeString(secret), base64.StdEncoding.EncodeToString([]byte(secret)),
			base64.URLEncoding.EncodeToString([]byte(" " + secret)),
			base64.RawStdEncoding.EncodeToString([]byte("u:" + secret)),
			strings.ReplaceAll(secret, "-", `\u002D`), strings.ReplaceAll(secret, "-", `\\x2d`),
			strings.ReplaceAll(secret, "y", "%2579"),
			secret[:len(testkit.Canary)], secret[len(secret)-len(testkit.CanaryTail):],
		} {
			assert.NotNil(t, testkit.Spellings().In([]byte("before "+leak+" after")), leak)
		}
	}
	assert.Nil(t, testkit.Spellings().In([]byte("[redacted] canary")))
}

// A secretTable counts what was searched, by door and exit.
type secretTable struct {
	mu    sync.Mutex
	pairs map[secretPair]secretCount
}

type secretPair struct{ door, exit string }

type secretCount struct{ pairs, texts, bytes, finds int }

// search looks for the canary in texts that came out of exit after it had gone in by door.
func (s *secretTable) search(t *testing.T, door, exit string, texts ...[]byte) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	pair := secretPair{door, exit}
	count := s.pairs[pair]
	count.pairs = 1
	for _, text := range texts {
		count.texts++
		count.bytes += len(text)
		if found := testkit.Spellings().In(text); found != nil {
			count.finds++
			t.Errorf("%s by %s: %q in %.2000q", door, exit, found, text)
		}
	}
	s.pairs[pair] = count
}

// sums adds up the counts of the pairs with the same name.
func (s *secretTable) sums(name func(secretPair) string) map[string]secretCount {
	sums := map[string]secretCount{}
	for pair, c := range s.pairs {
		sum := sums[name(pair)]
		sums[name(pair)] = secretCount{
			sum.pairs + c.pairs, sum.texts + c.texts, sum.bytes + c.bytes, sum.finds + c.finds,
		}
	}
	return sums
}

// markdown returns the table by doors and by exits. Rejections have one exit each, and are one
// door.
func (s *secretTable) markdown() string {
	const refusal = "a refusal"
	doors := s.sums(func(p secretPair) string { return p.door })
	exits := s.sums(func(p secretPair) string { return p.exit })
	all := s.sums(func(secretPair) string { return "" })[""]
	refused := fmt.Sprintf("%d refused arguments, options and stored credentials", exits[refusal].pairs)
	var b strings.Builder
	table := func(first, second string, counts map[string]secretCount) {
		fmt.Fprintf(&b, "| %s | %s | Texts | Bytes | Finds |\n| --- | --: | --: | --: | --: |\n", first, second)
		for _, name := range slices.Sorted(maps.Keys(counts)) {
			c := counts[name]
			fmt.Fprintf(&b, "| %s | %d | %d | %d | %d |\n", name, c.pairs, c.texts, c.bytes, c.finds)
		}
		b.WriteString("\n")
	}
	others := s.sums(func(p secretPair) string {
		if p.exit == refusal {
			return refused
		}
		return p.door
	})
	one := others[refused]
	one.pairs = 1
	others[refused] = one
	table("In by", "Exits", others)
	table("Out by", "Doors", exits)
	fmt.Fprintf(&b, "%d doors, %d exits, %d pairs of them; %d texts of %d bytes searched in %d spellings; %d finds.\n",
		len(doors), len(exits), all.pairs, all.texts, all.bytes, len(testkit.Spellings()), all.finds)
	return b.String()
}

// A secretDoor is a way for a secret into a request.
type secretDoor struct {
	auth auth.Authenticator
	// call sends it; hostileRead if nil.
	call call
	// unsent says that the secret is never in a request.
	unsent bool
}

func drainDoor(r clevercloud.DrainRecipient) secretDoor {
	in := clevercloud.DrainInput{Kind: clevercloud.DrainKindLog, Recipient: r}
	return secretDoor{call: invoke((*drains).Create, "orga_1", "app_1", in)}
}

func tokenDoor(password, code auth.Secret) secretDoor {
	in := testkit.TokenInput
	in.Password, in.MFACode = password, code
	return secretDoor{call: invoke((*tokens).Create, in)}
}

// unreadDoor is for a call that reads no result, and so succeeds with any body.
func unreadDoor(method any, args ...any) secretDoor {
	perform := invoke(method, args...)
	return secretDoor{call: func(ctx context.Context, c *clevercloud.Client, opts ...clevercloud.CallOption) error {
		return cmp.Or(perform(ctx, c, opts...), errors.New("no result is read"))
	}}
}

const (
	canary     = testkit.CanaryToken
	canaryText = testkit.CanaryText
)

func oneVariable(value auth.Secret) []clevercloud.EnvVar {
	return []clevercloud.EnvVar{{Name: "KEY", Value: value}}
}

// secretDoors are the ways for what the SDK knows to be secret.
func secretDoors() map[string]secretDoor {
	const logs, tcp, udp = "https://logs.test", "tcp://logs.test:6514", "udp://logs.test:514"
	path, query := url.PathEscape(canary), url.QueryEscape(canary)
	unknown := func(key string, value any) secretDoor {
		raw := testkit.MustJSON(map[string]any{key: value})
		return drainDoor(clevercloud.UnknownRecipient{Type: "KAFKA", Raw: raw})
	}
	plaintext := url.PathEscape(url.PathEscape("consumer-secret")+"&"+path) + `"`
	signature := `OAuth oauth_consumer_key="k", oauth_signature="` + strings.ReplaceAll(plaintext, "&", "%26")
	header := func(name, value string) auth.Authenticator {
		return authFunc(func(req *http.Request) error { req.Header.Set(name, value); return nil })
	}
	consumer := auth.OAuth1{ConsumerKey: "k", ConsumerSecret: canary, Token: "t", TokenSecret: canary}
	token, hmac := consumer, consumer
	token.ConsumerSecret, hmac.Method = "consumer-secret", auth.HMACSHA512
	return map[string]secretDoor{
		"a token":               {auth: testkit.Token(canary)},
		"a token of auth":       {auth: auth.Bearer(canary)},
		"a header of one's own": {auth: header("X-Api-Key", canary)},
		"OAuth 1 by hand":       {auth: header("Authorization", signature)},
		"OAuth 1's consumer":    {auth: consumer},
		"OAuth 1 of auth":       {auth: token},
		// The secrets of an HMAC are keys and stay here.
		"OAuth 1, HMAC-SHA512": {auth: hmac, unsent: true},

		"a drain's password":        drainDoor(clevercloud.RawRecipient{URL: logs, Username: "u", Password: canary}),
		"a drain's URL":             drainDoor(clevercloud.RawRecipient{URL: "https://u:" + path + "@logs.test/"}),
		"the user of a drain's URL": drainDoor(clevercloud.RawRecipient{URL: "https://" + path + "@logs.test/"}),
		"Datadog's URL":             drainDoor(clevercloud.DatadogRecipient{URL: logs + "/v1/input/" + path}),
		"Datadog's query":           drainDoor(clevercloud.DatadogRecipient{URL: logs + "/v1/input?dd-api-key=" + query}),
		"Elasticsearch's password": drainDoor(clevercloud.ElasticsearchRecipient{
			URL: logs + "/_bulk", Index: "i", Username: "u", Password: canaryText,
		}),
		"a drain's API key":    drainDoor(clevercloud.NewRelicRecipient{URL: logs, APIKey: canary}),
		"a drain's token":      drainDoor(clevercloud.SplunkRecipient{URL: logs, Token: canary}),
		"Better Stack's token": drainDoor(clevercloud.BetterStackRecipient{URL: logs, SourceToken: canaryText}),
		"OVH's token":          drainDoor(clevercloud.OVHTCPRecipient{URL: tcp, Token: canaryText}),
		"OVH's parameter": drainDoor(clevercloud.OVHTCPRecipient{
			URL: tcp, RFC5424StructuredDataParameters: `X-OVH-TOKEN="` + canary + `"`,
		}),
		"a syslog token":           drainDoor(clevercloud.SyslogTCPRecipient{URL: tcp, Token: canaryText}),
		"a syslog token for UDP":   drainDoor(clevercloud.SyslogUDPRecipient{URL: udp, Token: canaryText}),
		"an unknown drain's token": unknown("a", map[string]any{"token": canaryText}),
		"an unknown drain's URL":   unknown("to", "https://u:"+path+"@logs.test/"),

		"a user's password":        tokenDoor(canaryText, ""),
		"a user's code":            tokenDoor("p", canary),
		"an environment":           unreadDoor((*applications).SetEnv, "orga_1", "app_1", oneVariable(canaryText)),
		"an exposed environment":   unreadDoor((*applications).SetExposedEnv, "orga_1", "app_1", oneVariable(canary)),
		"a configuration provider": unreadDoor((*configProviders).SetEnv, "config_1", oneVariable(canaryText)),
		"a new application's environment": {
			call: invoke((*applications).Create, "orga_1", testkit.ApplicationInput),
		},
		"an application's new environment": {call: invoke((*applications).Update, "orga_1", "app_1",
			clevercloud.ApplicationPatch{Env: clevercloud.Value(oneVariable(canary))})},
	}
}

// A secretServer answers a request. sent are the secrets in it.
type secretServer = func(req *http.Request, sent string) (*http.Response, error)

// echoes answers with text and headers in which placeholders stand for what was sent: unchanged, in
// JSON, in JSON with other escapes, in a query, in a path, and its secrets in base64.
func echoes(status int, text string, headers ...string) secretServer {
	return func(req *http.Request, sent string) (*http.Response, error) {
		quoted := string(testkit.MustJSON(sent))
		quoted = quoted[1 : len(quoted)-1]
		odd := strings.NewReplacer("/", `\/`, "+", `\u002B`, "-", `\u002d`).Replace(quoted)
		var encoded []string
		for _, secret := range []string{canary, canaryText} {
			if strings.Contains(sent, secret) {
				encoded = append(encoded, base64.StdEncoding.EncodeToString([]byte(secret)),
					base64.URLEncoding.EncodeToString([]byte(secret)))
			}
		}
		fill := strings.NewReplacer("{sent}", sent, "{json}", quoted, "{odd}", odd,
			"{query}", url.QueryEscape(sent), "{path}", url.PathEscape(sent),
			"{base64}", strings.Join(encoded, " "), "{here}", req.URL.Path)
		filled := make([]string, len(headers))
		for i, header := range headers {
			filled[i] = fill.Replace(header)
		}
		return testkit.Response(req, status, fill.Replace(text), filled...), nil
	}
}

// secretEchoes are servers that give back what they were sent, each in another place.
func secretEchoes() map[string]secretServer {
	headers := []string{
		"Sozu-Id", "{sent}", "Server", "{sent}", "Content-Type", "{sent}", "Retry-After", "{sent}",
		"Date", "{sent}", "X-Echo", "{query}",
	}
	return map[string]secretServer{
		"an error's text": echoes(400, `{"message":"you sent {json}","code":"{json}","apiRequestId":"{json}",`+
			`"fields":{"authorization":"{json}"},"context":{"fieldName":"{json}","fieldValue":"{json}"}}`),
		"an error's text, escaped otherwise": echoes(400, `{"message": "{odd}"}`),
		"an error page":                      echoes(503, "<pre>{sent}", "Content-Type", "text/html"),
		"an error in base64":                 echoes(500, "{base64}"),
		"an error in a query":                echoes(409, "{query}", "X-Echo", "{query}"),
		"headers of an error":                echoes(404, "", headers...),
		"headers of a success":               echoes(200, "[1", headers...),
		"a result of another kind":           echoes(200, `[{"name":{"{json}":"{json}"}}]`),
		"a result that is no JSON":           echoes(200, "<{sent}"),
		"a redirect":                         echoes(302, "{sent}", "Location", "ftp://x/{path}"),
		"a redirect to no URL":               echoes(302, "{sent}", "Location", "https://[{sent}"),
		"a redirect in circles":              echoes(307, "{sent}", "Location", "{here}?{query}"),
		"a redirect that is followed": func(req *http.Request, sent string) (*http.Response, error) {
			if strings.HasPrefix(req.URL.Path, "/echo/") {
				return echoes(404, "")(req, sent)
			}
			return echoes(302, "", "Location", "/echo/{path}")(req, sent)
		},
		"a redirect elsewhere": func(req *http.Request, sent string) (*http.Response, error) {
			if req.URL.Host == "elsewhere.test" {
				return nil, fmt.Errorf("malformed HTTP response for %q", req.URL.String())
			}
			return echoes(302, "{sent}", "Location", "https://elsewhere.test/?{query}")(req, sent)
		},
		"a middleware's error": func(_ *http.Request, sent string) (*http.Response, error) {
			return nil, &net.OpError{Op: "write", Net: sent, Err: errors.New(sent)}
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

// debugTo writes all log records to w, as text and as JSON.
func debugTo(w io.Writer) *slog.Logger {
	opts := &slog.HandlerOptions{Level: slog.LevelDebug - 100, AddSource: true}
	return slog.New(slog.NewMultiHandler(slog.NewTextHandler(w, opts), slog.NewJSONHandler(w, opts)))
}

// secretSilences are servers that echo nothing, and calls that end on the client's side. There is
// nothing to redact, and no secret may be added.
func secretSilences() map[string]secretServer {
	fails := func(err error) secretServer {
		return func(*http.Request, string) (*http.Response, error) { return nil, err }
	}
	return map[string]secretServer{
		"a connection refused":  fails(&net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}),
		"a connection reset":    fails(&net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}),
		"a certificate refused": fails(&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}),
		"a timeout": func(req *http.Request, _ string) (*http.Response, error) {
			<-req.Context().Done()
			return nil, req.Context().Err()
		},
		"401":                echoes(401, `{"message":"who are you"}`),
		"429, waited for":    echoes(429, "", "Retry-After", "3600"),
		"a page":             echoes(503, "<html>", "Content-Type", "text/html"),
		"no JSON":            echoes(200, "<"),
		"a foreign result":   echoes(200, `[[5]]`),
		"a refused redirect": echoes(302, "", "Location", "ftp://x/"),
	}
}

// secretQuiet are doors for what the SDK does not know to be secret. The SDK does not show it, but
// does not remove it from an echo either.
func secretQuiet() map[string]secretDoor {
	zones := func(own ...clevercloud.CallOption) secretDoor {
		return secretDoor{call: with(hostileRead, own...)}
	}
	literal := func(method, path string, in any, own ...clevercloud.CallOption) secretDoor {
		return secretDoor{call: with(do(method, path, in, new(struct{ Name string })), own...)}
	}
	key := clevercloud.WithHeader("X-Api-Key", canary)
	return map[string]secretDoor{
		"WithHeader":    zones(key),
		"WithQuery":     zones(clevercloud.WithQuery("key", canaryText), clevercloud.WithQuery(canary, "value")),
		"a filter":      zones(clevercloud.WithQuery("tag", canaryText)),
		"Do's query":    literal(http.MethodGet, "/v2/x?key="+url.QueryEscape(canary), nil),
		"Do's body":     literal(http.MethodPost, "/v2/x", map[string]any{"password": canaryText}),
		"Do's headers":  literal(http.MethodPut, "/v2/x", nil, key, clevercloud.WithQuery("q", canary)),
		"an owner's id": {call: invoke((*drains).Get, canary, canary, canary)},
		"a log filter": {call: followed((*logs).Stream, "orga_1", "app_1", clevercloud.LogQuery{
			Filter: canaryText, Reconnect: clevercloud.RetryPolicy{MaxRetries: 1, MinWait: 1, MaxWait: 1},
		})},
	}
}

// storedNames are the variables that credentials are looked for in.
var storedNames = []string{
	"CLEVER_API_TOKEN", "CC_API_TOKEN", "CLEVER_TOKEN", "CLEVER_SECRET", "CC_OAUTH_TOKEN", "CC_OAUTH_SECRET", "OAUTH_CONSUMER_KEY",
	"OAUTH_CONSUMER_SECRET", "CC_CONSUMER_KEY", "CC_CONSUMER_SECRET", "API_HOST", "AUTH_BRIDGE_HOST", "CONFIGURATION_FILE",
}

// setStored sets these variables and unsets all others in which credentials are looked for.
func setStored(t *testing.T, set map[string]string) {
	t.Helper()
	for _, variable := range storedNames {
		t.Setenv(variable, set[variable])
	}
}

// storedDoors are the credentials that the environment and the file of clever-tools hold.
func storedDoors(t *testing.T) map[string]secretDoor {
	t.Helper()
	file := filepath.Join(t.TempDir(), "clever-tools.json")
	consumer := map[string]string{"OAUTH_CONSUMER_KEY": "k", "OAUTH_CONSUMER_SECRET": canary}
	require.NoError(t, os.WriteFile(file, testkit.MustJSON(map[string]any{
		"version": 1, "profiles": []any{map[string]any{
			"alias": "default", "token": "t", "secret": canary, "overrides": consumer,
		}},
	}), 0o600))
	secret := map[string]string{"CLEVER_TOKEN": "t", "CLEVER_SECRET": canary}
	maps.Copy(secret, consumer)
	stored := map[string]secretDoor{}
	for name, set := range map[string]map[string]string{
		"CLEVER_API_TOKEN": {"CLEVER_API_TOKEN": canary}, "CC_API_TOKEN": {"CC_API_TOKEN": canary},
		"CLEVER_SECRET": secret, "the clever-tools file": {"CONFIGURATION_FILE": file},
	} {
		setStored(t, set)
		a, err := auth.Default()
		require.NoError(t, err, name)
		stored[name] = secretDoor{auth: a}
	}
	return stored
}

// A secretCall is one call by a door, and what its server does.
type secretCall struct {
	name, exit string
	door       secretDoor
	answer     secretServer
}

// echoed returns what the server echoes of a body: the body itself, or its texts, which the server
// encodes in its own way.
func (c secretCall) echoed(body []byte) string {
	var v any
	if c.exit == "an error page" || json.Unmarshal(body, &v) != nil {
		return string(body)
	}
	return " " + string(dumpOf(v))
}

// run makes the call and searches its result and error.
func (c secretCall) run(t *testing.T, table *secretTable) {
	t.Helper()
	var debug bytes.Buffer
	var meta clevercloud.Response
	carried := false
	client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		sent := req.Header.Get("Authorization") + req.Header.Get("X-Api-Key")
		carried = carried || testkit.Spellings().In([]byte(sent+req.URL.String())) != nil
		if req.Body != nil {
			text, _ := io.ReadAll(req.Body)
			sent += c.echoed(text)
		}
		carried = carried || testkit.Spellings().In([]byte(sent)) != nil
		return c.answer(req, sent)
	}, clevercloud.WithLogger(debugTo(&debug)), clevercloud.WithMaxRetries(1), clevercloud.WithTimeout(time.Millisecond))
	if c.door.auth != nil {
		var err error
		client, err = client.With(clevercloud.WithAuth(c.door.auth))
		require.NoError(t, err)
	}
	perform := c.door.call
	if perform == nil {
		perform = hostileRead
	}

	err := perform(t.Context(), client, clevercloud.WithResponse(&meta))

	require.Error(t, err, "%s by %s", c.name, c.exit)
	require.True(t, carried || c.door.unsent, "%s: the secret was in the request", c.name)
	require.NotEmpty(t, debug.String())
	if meta.StatusCode/100 == 2 {
		meta = clevercloud.Response{} // it holds what the API sent
	}
	texts := append(failureTexts(err), fmt.Appendf(nil, "%+v %#v", *client, *client))
	texts = append(append(texts, textsOf(meta)...), dumpOf(meta))
	texts = append(append(texts, textsOf(client)...), memoryOf(&debug))
	table.search(t, c.name, c.exit, texts...)
}

// failureTexts returns an error, and the value that it may point to, in all ways to print them.
func failureTexts(err error) [][]byte {
	texts := append(textsOf(err), dumpOf(err))
	var answer *clevercloud.APIError
	if errors.As(err, &answer) {
		texts = append(texts, textsOf(*answer)...)
	}
	var foreign *clevercloud.DecodeError
	if errors.As(err, &foreign) {
		texts = append(texts, textsOf(*foreign)...)
	}
	return texts
}

// memoryOf returns all memory of a buffer, used or not.
func memoryOf(b *bytes.Buffer) []byte { return b.Bytes()[:cap(b.Bytes())] }

// textsOf returns v in all the ways that it may get into a log.
func textsOf(v any) [][]byte {
	var texts [][]byte
	for _, text := range testkit.Texts(v) {
		texts = append(texts, []byte(text))
	}
	var log bytes.Buffer
	debugTo(&log).Info("it", "it", v)
	return append(texts, log.Bytes())
}

// dumpOf returns all values that can be reached from v, unexported fields included.
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

// A secret goes in by every door, and is looked for in all that comes out. RELIABILITY_REPORT takes
// the figures.
func TestSecrets(t *testing.T) {
	table := &secretTable{pairs: map[secretPair]secretCount{}}
	doors := storedDoors(t)
	maps.Copy(doors, secretDoors())
	t.Run("what is sent", func(t *testing.T) { secretsSent(t, table, doors) })
	t.Run("what is refused", func(t *testing.T) { secretsRefused(t, table) })
	t.Run("what comes back", func(t *testing.T) { secretsReturned(t, table) })
	t.Run("what a redirect holds", func(t *testing.T) { secretsInLocations(t, table) })
	t.Run("what a flow sends", func(t *testing.T) { secretsOfFlow(t, table) })
	t.Run("what a crash leaves", func(t *testing.T) { secretsInCrashes(t, table) })
	t.Run("what the suite prints", func(t *testing.T) { secretsOfTheSuite(t, table) })
	report(t, table.markdown())
}

// secretsSent is for secrets that the caller gives. No result, error, part of an error, debug line
// or memory of these shows one, whether the server echoes it at one of the exits or the connection
// fails.
func secretsSent(t *testing.T, table *secretTable, doors map[string]secretDoor) {
	var calls []secretCall
	add := func(doors map[string]secretDoor, exits map[string]secretServer) {
		for name, door := range doors {
			for exit, answer := range exits {
				calls = append(calls, secretCall{name, exit, door, answer})
			}
		}
	}
	add(doors, secretEchoes())
	add(doors, secretSilences())
	add(secretQuiet(), secretSilences())
	for shard := range 4 {
		t.Run(fmt.Sprint(shard), func(t *testing.T) {
			t.Parallel()
			for i := shard; i < len(calls); i += 4 {
				calls[i].run(t, table)
			}
		})
	}
}

// secretsRefused is for arguments, options and stored credentials that are rejected. The error says
// what is wrong, and quotes nothing.
func secretsRefused(t *testing.T, table *secretTable) {
	const post = http.MethodPost
	address := "https://user:" + url.PathEscape(canary) + "@api.test"
	refusals := storedRefusals(t, address)
	for name, option := range refusedOptions(address) {
		_, refusals[name] = clevercloud.New(option)
	}
	client := testkit.ClientOver(t, func(*http.Request) (*http.Response, error) {
		t.Error("sent")
		return nil, errors.New("sent")
	}, clevercloud.WithMaxRetries(0))
	create := func(in clevercloud.DrainInput) call { return invoke((*drains).Create, "orga_1", "app_1", in) }
	whole := auth.OAuth1{ConsumerKey: "k", ConsumerSecret: canary, Token: "t", TokenSecret: "s"}
	blank, keyless, tokenless, unknown, hmac := whole, whole, whole, whole, whole
	blank.TokenSecret, keyless.ConsumerKey, tokenless.Token = canaryText, "", ""
	unknown.Method, hmac.Method = 9, auth.HMACSHA512
	for name, perform := range map[string]call{
		"a query that cannot be signed": as(hmac, "/x?key="+canary+"%zz"),
		"a token with a line break":     as(auth.Bearer(canary+"\n"), "/x"),
		"a token secret with a space":   as(blank, "/x"),
		"OAuth 1 without a key":         as(keyless, "/x"),
		"OAuth 1 without a token":       as(tokenless, "/x"),
		"OAuth 1's method":              as(unknown, "/x"),
		"a drain's bad URL": create(clevercloud.DrainInput{Kind: "LOG", Recipient: clevercloud.RawRecipient{
			URL: "https://u:" + testkit.Canary + "@[::1", Password: canaryText,
		}}),
		"a drain without a kind": create(clevercloud.DrainInput{
			Recipient: clevercloud.SplunkRecipient{URL: "https://x.test", Token: canaryText},
		}),
		"a drain without a URL": create(clevercloud.DrainInput{
			Kind: "LOG", Recipient: clevercloud.NewRelicRecipient{APIKey: canaryText},
		}),
		"a drain that is no JSON": create(clevercloud.DrainInput{
			Kind: "LOG", Recipient: clevercloud.UnknownRecipient{Type: "X", Raw: []byte(`{"token":"` + canary)},
		}),
		"an environment with a name twice": invoke((*applications).SetEnv, "orga_1", "app_1",
			append(oneVariable(canaryText), oneVariable(canary)...)),
		"a token input without a name": invoke((*tokens).Create,
			clevercloud.APITokenInput{Email: "e", Password: canaryText, MFACode: canary}),
		"Do with a host":          do(http.MethodGet, "//u:"+canary+"@x/", nil, nil),
		"Do with an escape":       do(http.MethodGet, "/x?key="+canary+" %zz", nil, nil),
		"Do with a method":        do(canary+"\n", "/x", nil, nil),
		"Do with a Secret":        do(post, "/x", struct{ S auth.Secret }{canary}, nil),
		"Do with a recipient":     do(post, "/x", []any{clevercloud.RawRecipient{Password: canary}}, nil),
		"Do with bytes":           do(post, "/x", []byte(canary), nil),
		"Do with what is no JSON": do(post, "/x", map[string]any{"password": canary, "f": func() {}}, nil),
	} {
		refusals[name] = perform(t.Context(), client)
	}
	for name, err := range refusals {
		require.Error(t, err, name)
		table.search(t, name, "a refusal", append(textsOf(err), dumpOf(err))...)
	}
}

// as calls an endpoint with credentials.
func as(a auth.Authenticator, path string) call {
	return func(ctx context.Context, c *clevercloud.Client, opts ...clevercloud.CallOption) error {
		authenticated, err := c.With(clevercloud.WithAuth(a))
		if err != nil {
			return err
		}
		return authenticated.Do(ctx, http.MethodGet, path, nil, nil, opts...)
	}
}

func refusedOptions(address string) map[string]clevercloud.ClientOption {
	return map[string]clevercloud.ClientOption{
		"WithBaseURL":                clevercloud.WithBaseURL(address),
		"WithBaseURL, no URL":        clevercloud.WithBaseURL(address + ":port"),
		"WithBaseURL's query":        clevercloud.WithBaseURL("https://api.test/?key=" + canary),
		"WithBridgeURL":              clevercloud.WithBridgeURL(address),
		"WithHeader, two lines":      clevercloud.WithHeader("X-Key", canary+"\r\n"),
		"WithHeader's Authorization": clevercloud.WithHeader("Authorization", "Bearer "+canary),
		"WithUserAgent, two lines":   clevercloud.WithUserAgent(canary + "\n"),
		"the credentials' URL": clevercloud.WithAuth(auth.OAuth1{
			ConsumerKey: "k", ConsumerSecret: canary, Token: "t", TokenSecret: "s", BaseURL: address,
		}),
	}
}

// storedRefusals are errors of credentials that the environment or the file of clever-tools holds
// in part, or broken.
func storedRefusals(t *testing.T, address string) map[string]error {
	t.Helper()
	refusals := map[string]error{}
	for name, set := range map[string]map[string]string{
		"CLEVER_API_TOKEN, two lines": {"CLEVER_API_TOKEN": canary + "\n"},
		"AUTH_BRIDGE_HOST":            {"CLEVER_API_TOKEN": canary, "AUTH_BRIDGE_HOST": address},
		"API_HOST": {"CLEVER_TOKEN": "t", "CLEVER_SECRET": canary, "OAUTH_CONSUMER_KEY": "k",
			"OAUTH_CONSUMER_SECRET": canary, "API_HOST": address},
		"CLEVER_SECRET, two lines":   {"CLEVER_TOKEN": "t", "CLEVER_SECRET": canary + "\n"},
		"a secret without its token": {"CLEVER_SECRET": canary},
		"a token without a consumer": {"CC_OAUTH_TOKEN": "t", "CC_OAUTH_SECRET": canary},
		"half a consumer":            {"CLEVER_TOKEN": "t", "CLEVER_SECRET": canary, "CC_CONSUMER_SECRET": canary},
	} {
		setStored(t, set)
		_, refusals[name] = auth.Default()
	}
	file := filepath.Join(t.TempDir(), "clever-tools.json")
	consumer := map[string]string{
		"OAUTH_CONSUMER_KEY": "k", "OAUTH_CONSUMER_SECRET": canary, "CONFIGURATION_FILE": file,
	}
	overrides := fmt.Sprintf(`{"API_HOST":%q,"OAUTH_CONSUMER_KEY":"k","OAUTH_CONSUMER_SECRET":%q}`, address, canary)
	for name, text := range map[string]string{
		"a profile's secret, two lines": `{"token":"t","secret":"CANARY\n"}`,
		"a file that breaks off":        `{"token":"t","secret":"CANARY`,
		"a file that is no object":      `["CANARY"]`,
		"a file of another version":     `{"version":2,"profiles":[{"token":"CANARY"}]}`,
		"a profile without a token":     `{"version":1,"profiles":[{"alias":"a","secret":"CANARY"}]}`,
		"a profile's odd secret":        `{"version":1,"profiles":[{"alias":"a","token":"t","secret":{"x":"CANARY"}}]}`,
		"a profile that has expired":    `{"token":"t","secret":"CANARY","expirationDate":"2001-01-01T00:00:00Z"}`,
		"a profile's API_HOST": `{"version":1,"profiles":[` +
			`{"alias":"a","token":"t","secret":"CANARY","overrides":` + overrides + `}]}`,
	} {
		require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(text, "CANARY", canary)), 0o600))
		setStored(t, consumer)
		_, refusals[name] = auth.Default()
	}
	return refusals
}

// secretsReturned is for secrets that the API returns. A result shows one only on request, and the
// error for a response that cannot be decoded never does. {text} and {token} in a body are the
// canary.
func secretsReturned(t *testing.T, table *secretTable) {
	operations := map[string]testkit.Operation{}
	for _, o := range testkit.Contract {
		operations[o.ID] = o
	}
	fill := strings.NewReplacer("{text}", string(testkit.MustJSON(canaryText)), "{token}", canary)
	for _, door := range []struct{ name, operation, body string }{
		{"an operator's password", "operators.get", `{"initialCredentials":{"user":"u","password":{text}}}`},
		{"an operator's API", "operators.get", `{"api":{"user":"u","secret":{text}}}`},
		{"an operator's environment", "operators.get", `{"envVars":{"A":{text}}}`},
		{"an operator in a network", "operators.attach-network-group", `{"envVars":{"A":{text}}}`},
		{"an operator's new version", "operators.update-version", `{"envVars":{"A":{text}}}`},
		{"a Pulsar token", "pulsar.get", `{"token":{text}}`},
		{"a new Pulsar token", "pulsar.renew-token", `{"token":{text}}`},
		{"a configuration provider", "config-providers.get", `{"env":[{"name":"A","value":{text}}]}`},
		{"a configuration provider's variables", "config-providers.get-env", `[{"name":"A","value":{text}}]`},
		{"a Materia database", "materia.get-database", `{"token":{text}}`},
		{"a read token", "metrics.create-read-token", `{"token":{text}}`},
		{"a new API token", "tokens.create", `{"apiToken":{text}}`},
		{"an add-on's environment", "addons.env", `[{"name":"A","value":{text}}]`},
		{"an add-on's details", "addons.get-details", `{"password":{text},"kibana_password":{text},` +
			`"apm_password":{text},"apm_auth_token":{text},"read_only_users":[{"password":{text}}]}`},
		{"an application", "applications.get",
			`{"id":"app_1","webhookSecret":{text},"env":[{"name":"A","value":{text}}]}`},
		{"an exposed environment", "applications.exposed-env", `{"A":{text}}`},
		{"a drain's check", "drains.check", `{"ok":true,"http":{"request":{"headers":{text}}}}`},
		{"a drain's test command", "drains.test-command", "curl -H " + canaryText},
		{"a stored drain's password", "drains.get", `{"id":"drain_1","recipient":{"type":"RAW_HTTP",` +
			`"url":"https://u:{token}@x.test/?k={token}","password":{text}}}`},
		{"a stored drain's key", "drains.get",
			`{"id":"drain_1","recipient":{"type":"NEWRELIC","url":"https://x.test","apiKey":{text}}}`},
		{"a stored drain's token", "drains.get", `{"id":"drain_1","recipient":{"type":"OVH_TCP","url":"tcp://x.test:1",` +
			`"token":{text},"rfc5424StructuredDataParameters":"X-OVH-TOKEN=\"{token}\""}}`},
		{"a stored Datadog's URL", "drains.get",
			`{"id":"drain_1","recipient":{"type":"DATADOG","url":"https://x.test/v1/input/{token}"}}`},
		{"a stored drain of an unknown type", "drains.get", `{"id":"drain_1","recipient":{"type":"KAFKA",` +
			`"auth":{"sasl":[{text}]},"to":"https://u:{token}@x.test"}}`},
	} {
		var debug bytes.Buffer
		body := fill.Replace(door.body)
		client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
			return testkit.Response(req, 200, body), nil
		}, clevercloud.WithMaxRetries(0), clevercloud.WithLogger(debugTo(&debug)))
		o := operations[door.operation]
		ids, _ := o.IDs("fine")

		got, err := o.Call(t.Context(), client, ids)
		require.NoError(t, err, door.name)
		require.NotNil(t, testkit.Spellings().In(dumpOf(got)), "%s: the result has the secret", door.name)
		var texts [][]byte
		for _, held := range []any{
			got, reflect.Indirect(reflect.ValueOf(got)).Interface(), []any{got}, map[string]any{"it": got},
			struct{ It any }{got}, &struct{ It any }{got},
		} {
			texts = append(texts, textsOf(held)...)
		}
		table.search(t, door.name, "a result", texts...)
		// The API masks stored secrets, so an error keeps the beginning of a response.
		if strings.Contains(door.name, " stored ") || body[0] != '{' {
			continue
		}
		for exit, broken := range map[string]string{
			"a result that is cut":      body[:len(body)-1],
			"a result of another shape": "[" + body + "," + body + "]",
		} {
			body = broken
			_, err := o.Call(t.Context(), client, ids)
			require.ErrorAs(t, err, new(*clevercloud.DecodeError), "%s by %s", door.name, exit)
			table.search(t, door.name, exit, append(failureTexts(err), memoryOf(&debug))...)
		}
	}
}

// secretsInLocations is for user information in the address of a redirect. The redirect is not
// followed, and the error does not show it.
func secretsInLocations(t *testing.T, table *secretTable) {
	escaped := url.PathEscape(canary)
	for door, location := range map[string]string{
		"a Location's password":       "https://user:" + escaped + "@api.example.test/x",
		"a Location's user":           "https://" + escaped + "@elsewhere.test/",
		"a Location's other password": "//user:" + testkit.Canary + "+" + testkit.CanaryTail + "@elsewhere.test",
		"a Location that is no URL":   "https://user:" + testkit.Canary + "@[::1",
	} {
		var debug bytes.Buffer
		var meta clevercloud.Response
		client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
			return testkit.Response(req, 302, `<a href="`+html.EscapeString(location)+`">Found</a>`,
				"Location", location, "Refresh", "0; url="+location), nil
		}, clevercloud.WithLogger(debugTo(&debug)))

		_, err := client.Zones.List(t.Context(), clevercloud.ZoneQuery{}, clevercloud.WithResponse(&meta))

		require.ErrorAs(t, err, new(*clevercloud.APIError), door)
		require.Equal(t, 302, meta.StatusCode)
		texts := append(failureTexts(err), textsOf(meta)...)
		table.search(t, door, "a redirect", append(texts, dumpOf(meta), memoryOf(&debug))...)
	}
}

// secretsOfFlow is for the steps to an OAuth 1 token, where the secrets are in a form.
func secretsOfFlow(t *testing.T, table *secretTable) {
	for exit, echo := range secretEchoes() {
		over := testkit.RoundTripFunc(func(req *http.Request) (*http.Response, error) {
			form, _ := io.ReadAll(req.Body)
			return echo(req, string(form))
		})
		flow := auth.Flow{ConsumerKey: "k", ConsumerSecret: canary, HTTPClient: &http.Client{Transport: over}}
		_, first := flow.RequestToken(t.Context(), "https://app.test/done")
		_, last := flow.AccessToken(t.Context(), "token", canary, canary)
		for door, err := range map[string]error{"a flow's consumer": first, "a flow's token and verifier": last} {
			require.Error(t, err, exit)
			table.search(t, door, exit, append(textsOf(err), dumpOf(err))...)
		}
	}
}

// secretCrashes end a program, or have it print what went wrong, with secrets in its memory.
func secretCrashes() map[string]func() {
	client := func(opts ...clevercloud.ClientOption) *clevercloud.Client {
		c, err := clevercloud.New(append([]clevercloud.ClientOption{clevercloud.WithBaseURL(testkit.Base),
			clevercloud.WithAuth(auth.Bearer(canary)), clevercloud.WithMaxRetries(0)}, opts...)...)
		if err != nil {
			panic(err)
		}
		return c
	}
	over := func(f testkit.RoundTripFunc) *clevercloud.Client {
		return client(clevercloud.WithHTTPClient(&http.Client{Transport: f}))
	}
	boom := testkit.RoundTripFunc(func(*http.Request) (*http.Response, error) { panic("boom") })
	create := func(c *clevercloud.Client) error {
		_, err := c.Drains.Create(context.Background(), "orga_1", "app_1", clevercloud.DrainInput{
			Kind: "LOG", Recipient: clevercloud.SplunkRecipient{URL: "https://x.test", Token: canaryText},
		})
		return err
	}
	follow := func(c *clevercloud.Client) {
		for range c.Logs.Stream(context.Background(), "o", "a", clevercloud.LogQuery{Filter: canary}) {
			panic("boom")
		}
	}
	return map[string]func(){
		"a panic in a middleware": func() {
			_ = create(client(clevercloud.WithMiddleware(func(http.RoundTripper) http.RoundTripper { return boom })))
		},
		"a panic in a transport":       func() { _ = create(over(boom)) },
		"a panic while a stream opens": func() { follow(over(boom)) },
		"a panic in the body of a loop": func() {
			follow(over(func(req *http.Request) (*http.Response, error) {
				return testkit.Response(req, 200, "event:APPLICATION_LOG\ndata:{}\n\n",
					"Content-Type", "text/event-stream"), nil
			}))
		},
		"a panic with the error": func() {
			panic(create(over(func(req *http.Request) (*http.Response, error) {
				body, _ := io.ReadAll(req.Body)
				return testkit.Response(req, 400, string(body)+req.Header.Get("Authorization")), nil
			})))
		},
		"a panic with the client":        func() { panic(client()) },
		"a panic with a Secret":          func() { panic(auth.Secret(canaryText)) },
		"a panic with OAuth 1":           func() { panic(auth.OAuth1{ConsumerSecret: canary, TokenSecret: canaryText}) },
		"a panic with a token":           func() { panic(auth.Bearer(canary)) },
		"a panic with a recipient":       func() { panic(fmt.Sprintf("%+v", clevercloud.SplunkRecipient{Token: canaryText})) },
		"a panic with a result":          func() { panic(clevercloud.PulsarAddon{Token: canaryText}) },
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

// secretsInCrashes is for what a program prints when it panics: the stacks of all goroutines, with
// their arguments. Each crash takes a process, so the short run has only some of them.
func secretsInCrashes(t *testing.T, table *secretTable) {
	quick := []string{"a panic in a middleware", "a panic with the error", "a proxy that cannot be reached"}
	for name := range secretCrashes() {
		if !long() && !slices.Contains(quick, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// A request to a base URL that is not this machine's goes to the proxy, or nowhere.
			proxy := "http://user:" + url.PathEscape(canary) + "@127.0.0.1:1"
			crash := exec.Command(os.Args[0], "-test.run=^TestSecretsCrash$")
			crash.Env = append(os.Environ(), "SECRETS_CRASH="+name, "GOTRACEBACK=all",
				"HTTPS_PROXY="+proxy, "https_proxy="+proxy, "NO_PROXY=", "no_proxy=")

			out, err := crash.CombinedOutput()

			require.Error(t, err)
			require.Contains(t, string(out), "panic: ")
			require.Contains(t, string(out), "goroutine ")
			table.search(t, "what a program that crashes holds", name, out)
		})
	}
}

// secretsOfTheSuite is for the output of the test suite, run with the canary in all variables that
// credentials are read from. SECRETS_SUITE names the file of the output.
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

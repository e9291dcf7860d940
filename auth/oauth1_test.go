package auth_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud/auth"
)

func exampleOAuth1(method auth.Method) auth.OAuth1 {
	return auth.OAuth1{
		ConsumerKey: "key", ConsumerSecret: "cs", Token: "token", TokenSecret: "ts", Method: method,
	}
}

// fields takes the header apart, and fails unless it has exactly the form that the API asks for.
func fields(t *testing.T, header string) map[string]string {
	t.Helper()
	require.Regexp(t, `^OAuth [a-z_]+="[A-Za-z0-9._~%-]*"(, [a-z_]+="[A-Za-z0-9._~%-]*")*$`, header)
	found := map[string]string{}
	pairs := regexp.MustCompile(`([a-z_]+)="([^"]*)"`)
	for _, match := range pairs.FindAllStringSubmatch(header, -1) {
		value, err := url.PathUnescape(match[2])
		require.NoError(t, err)
		require.NotContains(t, found, match[1])
		found[match[1]] = value
	}
	return found
}

func TestOAuth1_Plaintext(t *testing.T) {
	t.Parallel()
	// RFC 5849, 2.3: consumer and token of the example, without its verifier.
	credentials := auth.OAuth1{
		ConsumerKey: "jd83jd92dhsh93js", ConsumerSecret: "ja893SD9", Token: "hdk48Djdsa",
		TokenSecret: "xyz4992k83j47x0b",
	}
	req := httptest.NewRequest(http.MethodGet, "https://api.example.com/v2/self?q=%zz", nil)
	req.Header.Set("Authorization", "Bearer old")

	err := credentials.Authenticate(req)

	require.NoError(t, err)
	assert.Equal(t, []string{
		`OAuth oauth_consumer_key="jd83jd92dhsh93js", oauth_token="hdk48Djdsa", ` +
			`oauth_signature="ja893SD9%26xyz4992k83j47x0b"`,
	}, req.Header.Values("Authorization"))
}

func TestOAuth1_EachAttemptIsFresh(t *testing.T) {
	t.Parallel()
	for method, size := range map[auth.Method]int{auth.HMACSHA512: 88, auth.HMACSHA1: 28} {
		t.Run(method.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				req := httptest.NewRequest(http.MethodGet, "https://api.example.com/v2/self", nil)
				seen := map[string]bool{}
				for i := range 100 {
					require.NoError(t, exampleOAuth1(method).Authenticate(req))

					got := fields(t, req.Header.Get("Authorization"))
					nonce, signature := got["oauth_nonce"], got["oauth_signature"]
					require.Len(t, signature, size)
					require.GreaterOrEqual(t, len(nonce), 16)
					require.False(t, seen[nonce] || seen[signature])
					seen[nonce], seen[signature] = true, true
					require.Equal(t, map[string]string{
						"oauth_consumer_key": "key", "oauth_token": "token", "oauth_version": "1.0",
						"oauth_signature_method": method.String(),
						// The bubble's clock starts in 2000.
						"oauth_timestamp": strconv.Itoa(946684800 + i), "oauth_nonce": nonce,
						"oauth_signature": signature,
					}, got)
					time.Sleep(time.Second) // Virtual.
				}
			})
		})
	}
}

type closeRecorder struct {
	io.Reader
	closed bool
}

func (c *closeRecorder) Close() error {
	c.closed = true
	return nil
}

// That a form is signed right is compared elsewhere.
func TestOAuth1_SignsFormsOnly(t *testing.T) {
	t.Parallel()
	for contentType, want := range map[string]bool{
		"application/x-www-form-urlencoded":               true,
		"Application/X-WWW-Form-URLEncoded;charset=utf-8": true,
		"application/x-www-form-urlencoded ; charset":     true,
		"application/json":                                false,
		"multipart/form-data; boundary=x":                 false,
		"application/x-www-form-urlencoded-not":           false,
		"":                                                false,
	} {
		req := httptest.NewRequest(http.MethodPost, "https://api.example.com/",
			strings.NewReader("a=1&b=2"))
		req.Header.Set("Content-Type", contentType)
		copied := &closeRecorder{Reader: strings.NewReader("a=1&b=2")}
		read := false
		req.GetBody = func() (io.ReadCloser, error) { read = true; return copied, nil }

		require.NoError(t, exampleOAuth1(auth.HMACSHA1).Authenticate(req))

		assert.Equal(t, []bool{want, want}, []bool{read, copied.closed}, contentType)
		rest, err := io.ReadAll(req.Body)
		require.NoError(t, err)
		assert.Equal(t, "a=1&b=2", string(rest), "the body was read")
	}
}

func TestOAuth1_FormsThatCannotBeSigned(t *testing.T) {
	t.Parallel()
	post := func(body io.Reader) *http.Request {
		req := httptest.NewRequest(http.MethodPost, "https://api.example.com/", body)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return req
	}
	for want, getBody := range map[string]func() (io.ReadCloser, error){
		"the request has no GetBody to read it twice": nil,
		"there is no copy": func() (io.ReadCloser, error) {
			return nil, errors.New("there is no copy")
		},
		"broken": func() (io.ReadCloser, error) {
			return io.NopCloser(iotest.ErrReader(errors.New("broken"))), nil
		},
		"a % is not followed by two hexadecimal digits": func() (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader("a=%2")), nil
		},
	} {
		req := post(strings.NewReader("a=1"))
		req.GetBody = getBody

		err := exampleOAuth1(auth.HMACSHA512).Authenticate(req)

		require.EqualError(t, err, "auth: cannot sign the form body: "+want)
		assert.Empty(t, req.Header.Get("Authorization"))
		assert.NoError(t, exampleOAuth1(auth.Plaintext).Authenticate(req),
			"of no interest to PLAINTEXT")
	}
	for _, body := range []io.ReadCloser{nil, http.NoBody} {
		req := post(nil)
		req.Body, req.GetBody = body, nil
		assert.NoError(t, exampleOAuth1(auth.HMACSHA512).Authenticate(req))
	}
}

func TestOAuth1_NamesWhatIsFlawed(t *testing.T) {
	t.Parallel()
	values := flaws()
	values[""] = "is empty"
	for value, what := range values {
		for name, change := range map[string]func(*auth.OAuth1){
			"ConsumerKey " + what: func(o *auth.OAuth1) { o.ConsumerKey = value },
			"ConsumerSecret " + what: func(o *auth.OAuth1) {
				o.ConsumerSecret = auth.Secret(value)
			},
			"Token " + what: func(o *auth.OAuth1) { o.Token = value },
			"TokenSecret " +
				what: func(o *auth.OAuth1) { o.TokenSecret = auth.Secret(value) },
			"unknown signature method 3": func(o *auth.OAuth1) { o.Method = 3 },
		} {
			for _, method := range []auth.Method{auth.Plaintext, auth.HMACSHA512} {
				credentials := exampleOAuth1(method)
				change(&credentials)
				req := httptest.NewRequest(http.MethodGet, "https://api.example.com/", nil)

				err := credentials.Check()

				require.EqualError(t, err, "auth: OAuth1: "+name)
				requireNoCanary(t, err.Error())
				require.EqualError(t, credentials.Authenticate(req), err.Error())
				require.Empty(t, req.Header)
			}
		}
	}
	assert.NoError(t, exampleOAuth1(auth.HMACSHA512).Check())
}

func TestOAuth1_RefusesURLsItCannotSign(t *testing.T) {
	t.Parallel()
	for name, u := range map[string]*url.URL{
		"none": nil, "no host": {Path: "/v2/self"},
		"opaque": {Scheme: "https", Opaque: "//api.example.com/%2f"},
	} {
		err := exampleOAuth1(auth.HMACSHA512).Authenticate(&http.Request{URL: u})

		assert.EqualError(t, err, "auth: cannot sign a request whose URL has no host or is opaque",
			name)
	}
	for _, query := range []string{"a=100%", "%G0=", "%0G=", "%g0=", "%/0=", "%:0=", "%@0="} {
		req := httptest.NewRequest(http.MethodGet, "https://api.example.com/", nil)
		req.URL.RawQuery = query
		assert.EqualError(t, exampleOAuth1(auth.HMACSHA1).Authenticate(req),
			"auth: cannot sign the query: a % is not followed by two hexadecimal digits", query)
	}
}

func TestMethod_String(t *testing.T) {
	t.Parallel()

	assert.Equal(t, "PLAINTEXT HMAC-SHA512 HMAC-SHA1 Method(3)",
		fmt.Sprint(auth.Plaintext, auth.HMACSHA512, auth.HMACSHA1, auth.Method(3)))
	assert.Equal(t, auth.Plaintext, auth.OAuth1{}.Method)
}

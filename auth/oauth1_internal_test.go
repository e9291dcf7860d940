package auth

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"hash"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// rfcRequest is the worked example of RFC 5849, 3.4.1.1: two queries and a form that between them hold each oddity.
func rfcRequest(t *testing.T) *http.Request {
	t.Helper()
	const address = "http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b"
	req, err := http.NewRequest(http.MethodPost, address, strings.NewReader("c2&a3=2+q"))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return req
}

func TestBaseString_OfTheRFC(t *testing.T) {
	t.Parallel()
	protocol := []param{
		{"oauth_consumer_key", "9djdj82h48djs9d2"},
		{"oauth_token", "kkk9d7dh3k39sjv7"},
		{"oauth_signature_method", "HMAC-SHA1"},
		{"oauth_timestamp", "137131201"},
		{"oauth_nonce", "7d8f3e4a"},
	}

	got, err := baseString(rfcRequest(t), protocol)

	require.NoError(t, err)
	assert.Equal(t, "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26"+
		"oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26"+
		"oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7", string(got))
}

// The three signed requests of RFC 5849, 1.2. The first two carry a parameter that Authenticate never sends.
func TestSign_OfTheRFC(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, method, url string
		secret            Secret
		protocol          []param
		want              string
	}{
		{
			name: "temporary credentials", method: http.MethodPost, url: "https://photos.example.net/initiate",
			protocol: []param{
				{"oauth_consumer_key", "dpf43f3p2l4k3l03"}, {"oauth_signature_method", "HMAC-SHA1"}, {"oauth_timestamp", "137131200"},
				{"oauth_nonce", "wIjqoS"}, {"oauth_callback", "http://printer.example.com/ready"},
			},
			want: "74KNZJeDHnMBp0EMJ9ZHt/XKycU=",
		},
		{
			name: "token credentials", method: http.MethodPost, url: "https://photos.example.net/token", secret: "hdhd0244k9j7ao03",
			protocol: []param{
				{"oauth_consumer_key", "dpf43f3p2l4k3l03"}, {"oauth_token", "hh5s93j4hdidpola"}, {"oauth_signature_method", "HMAC-SHA1"},
				{"oauth_timestamp", "137131201"}, {"oauth_nonce", "walatlh"}, {"oauth_verifier", "hfdp7dh39dks9884"},
			},
			want: "gKgrFCywp7rO0OXSjdot/IHF7IU=",
		},
		{
			name: "resource", method: http.MethodGet, secret: "pfkkdhi9sl3r4s00",
			url: "http://photos.example.net/photos?file=vacation.jpg&size=original",
			protocol: []param{
				{"oauth_consumer_key", "dpf43f3p2l4k3l03"}, {"oauth_token", "nnch734d00sl2jdk"}, {"oauth_signature_method", "HMAC-SHA1"},
				{"oauth_timestamp", "137131202"}, {"oauth_nonce", "chapoH"},
			},
			want: "MdpQcU8iPSUjWoN/UDMsK2sui9I=",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			credentials := OAuth1{ConsumerSecret: "kd94hf93k423kf44", TokenSecret: tc.secret, Method: HMACSHA1}

			for i, p := range tc.protocol {
				tc.protocol[i].value = escape(p.value)
			}

			got, err := credentials.sign(httptest.NewRequest(tc.method, tc.url, nil), tc.protocol)

			require.NoError(t, err)
			assert.Equal(t, tc.want, got)
		})
	}
}

func TestBaseString_URIs(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ url, host, want string }{
		{"https://api.example.com", "", "GET&https%3A%2F%2Fapi.example.com%2F&"},
		{"HTTPS://API.Example.com:443/V2/Self", "", "GET&https%3A%2F%2Fapi.example.com%2FV2%2FSelf&"},
		{"http://localhost:80/", "", "GET&http%3A%2F%2Flocalhost%2F&"},
		{"http://localhost:443/", "", "GET&http%3A%2F%2Flocalhost%3A443%2F&"},
		{"https://api.example.com:8443/r%20v/a%2Fb", "", "GET&https%3A%2F%2Fapi.example.com%3A8443%2Fr%2520v%2Fa%252Fb&"},
		{"http://127.0.0.1:8080/x", "API.example.com:80", "GET&http%3A%2F%2Fapi.example.com%2Fx&"},
		{"https://api.élan.example/x", "", "GET&https%3A%2F%2Fapi.xn--lan-9la.example%2Fx&"},
		{"https://api.élan.example:8443/x", "", "GET&https%3A%2F%2Fapi.xn--lan-9la.example%3A8443%2Fx&"},
		{"https://127.0.0.1/x", "api.élan.example:443", "GET&https%3A%2F%2Fapi.xn--lan-9la.example%2Fx&"},
		{"http://[fe80::1%25eth0]:8080/x", "", "GET&http%3A%2F%2F%5Bfe80%3A%3A1%5D%3A8080%2Fx&"},
		{"http://[::1]:8080/x", "", "GET&http%3A%2F%2F%5B%3A%3A1%5D%3A8080%2Fx&"},
	} {
		req, err := http.NewRequest("", tc.url, nil)
		require.NoError(t, err)
		if tc.host != "" {
			req.Host = tc.host
		}
		req.Method = "" // which net/http sends as GET

		got, err := baseString(req, nil)

		require.NoError(t, err)
		assert.Equal(t, tc.want, string(got), tc.url)
	}
}

func TestBaseString_Queries(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ query, want string }{
		{"", ""},
		{"a", "a="},
		{"a=", "a="},
		{"=", "="},
		{"=a", "=a"},
		{"a=b=c", "a=b%3Dc"},
		{"&&a=1&", "a=1"},
		{"a=2&a=10&a=1", "a=1&a=10&a=2"},
		{"a=1&a-b=1", "a=1&a-b=1"}, // By name first: as whole pairs a-b would win.
		{"b=1&B=1&%62=0", "B=1&b=0&b=1"},
		{"q=a+b%20c%2Bd", "q=a%20b%20c%2Bd"},
		{"since=2025-01-01T00:00:00.000Z", "since=2025-01-01T00%3A00%3A00.000Z"},
		{"%7e=%7E~", "~=~~"},
		{"é=%C3%A9", "%C3%A9=%C3%A9"},
		{"a;b=1", "a%3Bb=1"},
		{"%c3=%e9", "%C3=%E9"},
		{"%Ff=%fF", "%FF=%FF"},
	} {
		req := httptest.NewRequest(http.MethodGet, "https://api.example.com/", nil)
		req.URL.RawQuery = tc.query

		got, err := baseString(req, nil)

		require.NoError(t, err)
		_, list, _ := strings.Cut(string(got), "%2F&")
		list, err = url.PathUnescape(list)
		require.NoError(t, err)
		assert.Equal(t, tc.want, list, tc.query)
	}
}

// naiveEscape is RFC 5849, 3.6.
func naiveEscape(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		if strings.IndexByte("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// naive is RFC 5849, 3.4 written a second time, for clarity only and with nothing of the package.
func naive(method, scheme, host, path, query, form string, protocol map[string]string) (string, error) {
	type entry struct{ name, value string }
	var entries []entry
	for name, value := range protocol {
		entries = append(entries, entry{naiveEscape(name), naiveEscape(value)})
	}
	for _, piece := range append(strings.Split(query, "&"), strings.Split(form, "&")...) {
		if piece == "" {
			continue
		}
		halves := append(strings.SplitN(piece, "=", 2), "")
		name, err := url.QueryUnescape(halves[0])
		if err != nil {
			return "", err
		}
		value, err := url.QueryUnescape(halves[1])
		if err != nil {
			return "", err
		}
		entries = append(entries, entry{naiveEscape(name), naiveEscape(value)})
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.value, b.value)) })
	var joined []string
	for _, e := range entries {
		joined = append(joined, e.name+"="+e.value)
	}
	uri := strings.ToLower(scheme) + "://" + strings.ToLower(host) + path
	return strings.ToUpper(method) + "&" + naiveEscape(uri) + "&" + naiveEscape(strings.Join(joined, "&")), nil
}

func naiveSignature(digest func() hash.Hash, consumerSecret, tokenSecret, base string) string {
	mac := hmac.New(digest, []byte(naiveEscape(consumerSecret)+"&"+naiveEscape(tokenSecret)))
	_, _ = mac.Write([]byte(base))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// A verifier is the server's side: it has the secrets, and of a request only what came over the wire.
type verifier struct{ consumerSecret, tokenSecret string }

// verify checks a request as RFC 5849, 3.2 says, with nothing of the package.
func (v verifier) verify(t *testing.T, scheme string, wire []byte) {
	t.Helper()
	req, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(wire)))
	if err != nil {
		return // What cannot be read is answered with 400, whatever its signature.
	}
	form, err := io.ReadAll(req.Body)
	require.NoError(t, err)
	protocol := headerParameters(t, req.Header.Get("Authorization"))
	signature := protocol["oauth_signature"]
	delete(protocol, "oauth_signature")
	require.Equal(t, "ké-y", protocol["oauth_consumer_key"])
	require.Equal(t, "t&=", protocol["oauth_token"])
	if protocol["oauth_signature_method"] == "" {
		require.Len(t, protocol, 2)
		require.Equal(t, naiveEscape(v.consumerSecret)+"&"+naiveEscape(v.tokenSecret), signature)
		return
	}
	require.Len(t, protocol, 6)
	path, query, _ := strings.Cut(req.RequestURI, "?")
	host := strings.TrimSuffix(strings.ToLower(req.Host), map[string]string{"https": ":443", "http": ":80"}[scheme])
	base, err := naive(req.Method, scheme, host, path, query, string(form), protocol)
	require.NoError(t, err)
	digest := map[string]func() hash.Hash{"HMAC-SHA1": sha1.New, "HMAC-SHA512": sha512.New}[protocol["oauth_signature_method"]]
	require.NotNil(t, digest)
	require.Equal(t, naiveSignature(digest, v.consumerSecret, v.tokenSecret, base), signature, base)
}

// headerParameters reads the header of RFC 5849, 3.5.1.
func headerParameters(t *testing.T, header string) map[string]string {
	t.Helper()
	list, ok := strings.CutPrefix(header, "OAuth ")
	require.True(t, ok, header)
	params := map[string]string{}
	for _, part := range strings.Split(list, ", ") {
		name, quoted, _ := strings.Cut(part, "=")
		value, err := url.PathUnescape(strings.Trim(quoted, `"`))
		require.NoError(t, err, header)
		require.NotContains(t, params, name)
		params[name] = value
	}
	return params
}

// addresses are hosts as a base URL may spell them.
var addresses = []string{
	"https://api.élan.example", "https://api.ÉLAN.example:443", "http://[fe80::1%25eth0]:8080", "http://bücher.example:80",
	"https://api.example.com", "https://API.Example.com:443", "http://localhost:80", "http://127.0.0.1:8080", "https://[::1]:443", "https://api.example.com:80",
}

// compare signs one request in each way, sends it over a wire, and has the verifier look at it. A query or a form that is not encoded as
// one is refused, by both.
func compare(t *testing.T, method string, address uint8, path, query, form, consumerSecret, tokenSecret string) {
	t.Helper()
	base := addresses[int(address)%len(addresses)]
	scheme, _, _ := strings.Cut(base, ":")
	flawed := check("", consumerSecret) != nil || check("", tokenSecret) != nil
	for _, kind := range []Method{Plaintext, HMACSHA1, HMACSHA512} {
		req, err := http.NewRequest(method, base, strings.NewReader(form))
		if err != nil {
			return // No method.
		}
		req.URL.Path, req.URL.RawQuery = "/"+path, query
		if plain, err := url.PathUnescape(path); err == nil {
			req.URL.Path, req.URL.RawPath = "/"+plain, "/"+path
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
		_, wantErr := naive(method, scheme, "", "", query, form, nil)

		err = OAuth1{ConsumerKey: "ké-y", ConsumerSecret: Secret(consumerSecret), Token: "t&=", TokenSecret: Secret(tokenSecret), Method: kind}.Authenticate(req)

		if flawed || kind != Plaintext && wantErr != nil {
			require.Error(t, err)
			require.Empty(t, req.Header.Get("Authorization"))
			continue
		}
		require.NoError(t, err)
		var wire bytes.Buffer
		if req.Write(&wire) == nil {
			verifier{consumerSecret, tokenSecret}.verify(t, scheme, wire.Bytes())
		}
	}
}

func TestSign_EqualsTheNaiveImplementation(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5849, 1))
	pieces := []string{"a", "b", "A", "-", "~", "=", "&", "+", "%20", "%2b", "%3D", "%26", "%C3%A9", "é", ";", "/", "?", ":", "1", "&&", "%"}
	text := func(pieces []string) string {
		var b strings.Builder
		for range random.IntN(24) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		return b.String()
	}
	for i := range 300 {
		compare(t, http.MethodPost, uint8(i), text(pieces), text(pieces[:len(pieces)-1]), text(pieces[:len(pieces)-1]), "a-b/é~", "c&d=+")
	}
	for i := range 50 {
		compare(t, http.MethodPut, uint8(i), "", text(pieces), text(pieces), text(pieces)+"s", text(pieces)+"s")
	}
}

// A server that follows RFC 5849 finds the signature of any request to be right, by what came over the wire.
func FuzzSign(f *testing.F) {
	f.Add("POST", uint8(0), "request", "b5=%3D%253D&a3=a&c%40=&a2=r%20b", "c2&a3=2+q", "a-b/é~", "c&d=+")
	f.Add("GET", uint8(1), "v4/drains/é", "a-b=1&a=1&a=", "", "s", "\x00\xff")
	f.Add("patch", uint8(2), "", "%zz", "%", "%", "&")
	f.Add("DELETE", uint8(3), "a%2Fb/%2e%2e/%e9;x=1,2", "a;b=1&oauth_token=t&since=2025-01-01T00:00:00.000Z", "+", "~", "-._")
	f.Add("OPTIONS", uint8(4), "/*", "&&=&=a&é=%C3%A9", "a=1&a=10&a=2", "%26", "=")
	f.Fuzz(compare)
}

// What a signature may cost: allocations, and bytes. Less is better, more needs a reason.
const (
	hmacBudget = 20
	hmacBytes  = 3500
)

func listRequest(t testing.TB) *http.Request {
	t.Helper()
	const address = "https://api.clever-cloud.com/v4/logs/organisations/orga_3f1c9a52-7b0e-4d6a-9c41-5e8f20b7d913/" +
		"applications/app_c0b7e1f4-2d93-4a68-8e57-19f6a3d40b72/logs?since=2025-01-01T00%3A00%3A00.000Z&limit=100&service=a&service=b"
	req, err := http.NewRequest(http.MethodGet, address, nil)
	require.NoError(t, err)
	return req
}

func TestSign_Allocations(t *testing.T) {
	req := listRequest(t)
	for _, method := range []Method{HMACSHA512, HMACSHA1} {
		credentials := OAuth1{ConsumerKey: "key", ConsumerSecret: "secret", Token: "token", TokenSecret: "secret", Method: method}

		got := testing.AllocsPerRun(200, func() { _ = credentials.Authenticate(req) })

		assert.LessOrEqual(t, got, float64(hmacBudget), method.String())
		assert.Positive(t, got)
		assert.LessOrEqual(t, bytesPerRun(200, func() { _ = credentials.Authenticate(req) }), uint64(hmacBytes))
	}
}

func bytesPerRun(runs int, f func()) uint64 {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		f()
	}
	runtime.ReadMemStats(&after)
	return (after.TotalAlloc - before.TotalAlloc) / uint64(runs)
}

func BenchmarkOAuth1(b *testing.B) {
	for _, method := range []Method{Plaintext, HMACSHA512, HMACSHA1} {
		b.Run(method.String(), func(b *testing.B) {
			req := listRequest(b)
			credentials := OAuth1{ConsumerKey: "key", ConsumerSecret: "secret", Token: "token", TokenSecret: "secret", Method: method}
			b.ReportAllocs()
			for b.Loop() {
				if err := credentials.Authenticate(req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

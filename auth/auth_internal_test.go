package auth

import (
	"cmp"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The place depends on the system, so the others are only reachable from here.
func TestConfigPath(t *testing.T) {
	below := func(dir ...string) string {
		return filepath.Join(append(dir, "clever-cloud", "clever-tools.json")...)
	}
	for _, tc := range []struct{ goos, file, xdg, appData, home, want, wantErr string }{
		{goos: "linux", home: "/home/u", appData: "/no", want: below("/home/u", ".config")},
		{goos: "darwin", home: "/Users/u", want: below("/Users/u", ".config")},
		{goos: "darwin", home: "/Users/u", xdg: "/x", want: below("/x")},
		{goos: "windows", home: "/no", xdg: "/no", appData: "/a", want: below("/a")},
		{goos: "windows", file: "/some/file", appData: "/a", want: "/some/file"},
		{goos: "windows", home: "/no", wantErr: "APPDATA is not set"},
		{goos: "linux", wantErr: "neither XDG_CONFIG_HOME nor a home directory: "},
	} {
		t.Run(tc.goos+" "+tc.want+tc.wantErr, func(t *testing.T) {
			t.Setenv("CONFIGURATION_FILE", tc.file)
			t.Setenv("XDG_CONFIG_HOME", tc.xdg)
			t.Setenv("APPDATA", tc.appData)
			t.Setenv("HOME", tc.home)

			got, err := configPath(tc.goos)

			assert.Equal(t, tc.want, got)
			if tc.wantErr == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tc.wantErr)
		})
	}
	// Without these variables, no system has a place for the file.
	_, err := FromCleverTools("")
	require.ErrorIs(t, err, ErrNoCredentials)
	assert.Regexp(t, "^auth: no credentials: configuration file of clever-tools: "+
		"(neither XDG_CONFIG_HOME nor a home directory: .|APPDATA)", err.Error())
}

func TestFlow_Client(t *testing.T) {
	t.Parallel()
	given := &http.Client{Timeout: time.Second}

	assert.Equal(t, 30*time.Second, Flow{}.client().Timeout)
	assert.Equal(t, time.Second, Flow{HTTPClient: given}.client().Timeout)
	assert.NotSame(t, http.DefaultClient, Flow{}.client())
	assert.NotSame(t, given, Flow{HTTPClient: given}.client())
	assert.Nil(t, given.CheckRedirect)
}

// params reads pairs as the RFC writes them, but escapes them.
func params(text string) []param {
	var list []param
	for pair := range strings.FieldsSeq(text) {
		name, value, _ := strings.Cut(pair, "=")
		list = append(list, param{escape(name), escape(value)})
	}
	return list
}

// The worked example of RFC 5849, 3.4.1.1: a query and a form that between them hold each oddity.
func TestBaseString_OfTheRFC(t *testing.T) {
	t.Parallel()
	const address = "http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b"
	req, err := http.NewRequest(http.MethodPost, address, strings.NewReader("c2&a3=2+q"))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")

	got, err := baseString(req, params("oauth_consumer_key=9djdj82h48djs9d2 "+
		"oauth_token=kkk9d7dh3k39sjv7 oauth_signature_method=HMAC-SHA1 "+
		"oauth_timestamp=137131201 oauth_nonce=7d8f3e4a"))

	require.NoError(t, err)
	assert.Equal(t, "POST&http%3A%2F%2Fexample.com%2Frequest&"+
		"a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26"+
		"oauth_consumer_key%3D9djdj82h48djs9d2%26"+
		"oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26"+
		"oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7", string(got))
}

// The three signed requests of RFC 5849, 1.2. The first two carry a parameter that Authenticate
// never sends.
func TestSign_OfTheRFC(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		method, url, protocol string
		secret                Secret
		want                  string
	}{
		{
			http.MethodPost, "https://photos.example.net/initiate",
			"oauth_timestamp=137131200 oauth_nonce=wIjqoS " +
				"oauth_callback=http://printer.example.com/ready",
			"", "74KNZJeDHnMBp0EMJ9ZHt/XKycU=",
		},
		{
			http.MethodPost, "https://photos.example.net/token",
			"oauth_token=hh5s93j4hdidpola oauth_timestamp=137131201 oauth_nonce=walatlh " +
				"oauth_verifier=hfdp7dh39dks9884",
			"hdhd0244k9j7ao03", "gKgrFCywp7rO0OXSjdot/IHF7IU=",
		},
		{
			http.MethodGet, "http://photos.example.net/photos?file=vacation.jpg&size=original",
			"oauth_token=nnch734d00sl2jdk oauth_timestamp=137131202 oauth_nonce=chapoH",
			"pfkkdhi9sl3r4s00", "MdpQcU8iPSUjWoN/UDMsK2sui9I=",
		},
	} {
		o := OAuth1{ConsumerSecret: "kd94hf93k423kf44", TokenSecret: tc.secret, Method: HMACSHA1}
		const common = "oauth_consumer_key=dpf43f3p2l4k3l03 oauth_signature_method=HMAC-SHA1 "

		got, err := o.sign(httptest.NewRequest(tc.method, tc.url, nil), params(common+tc.protocol))

		require.NoError(t, err)
		assert.Equal(t, tc.want, got)
	}
}

func TestBaseString(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{ // the URL and, behind a blank, the Host header
		"https://api.example.com":                    "https://api.example.com/ ",
		"HTTPS://API.Example.com:443/V2/Self":        "https://api.example.com/V2/Self ",
		"http://localhost:80/":                       "http://localhost/ ",
		"http://localhost:443/":                      "http://localhost:443/ ",
		"https://api.example.com:8443/r%20v/a%2Fb":   "https://api.example.com:8443/r%20v/a%2Fb ",
		"http://127.0.0.1:8080/x API.example.com:80": "http://api.example.com/x ",
		"https://api.élan.example/x":                 "https://api.xn--lan-9la.example/x ",
		"https://api.élan.example:8443/x":            "https://api.xn--lan-9la.example:8443/x ",
		"https://127.0.0.1/x api.élan.example:443":   "https://api.xn--lan-9la.example/x ",
		"http://[fe80::1%25eth0]:8080/x":             "http://[fe80::1]:8080/x ",
		"http://[::1]:8080/x":                        "http://[::1]:8080/x ",
		"http://a/?a":                                "http://a/ a=",
		"http://a/?a=":                               "http://a/ a=",
		"http://a/?=":                                "http://a/ =",
		"http://a/?=a":                               "http://a/ =a",
		"http://a/?a=b=c":                            "http://a/ a=b%3Dc",
		"http://a/?&&a=1&":                           "http://a/ a=1",
		"http://a/?a=2&a=10&a=1":                     "http://a/ a=1&a=10&a=2",
		// By name first: as whole pairs, a-b would win.
		"http://a/?a=1&a-b=1":                      "http://a/ a=1&a-b=1",
		"http://a/?b=1&B=1&%62=0":                  "http://a/ B=1&b=0&b=1",
		"http://a/?q=a+b%20c%2Bd":                  "http://a/ q=a%20b%20c%2Bd",
		"http://a/?since=2025-01-01T00:00:00.000Z": "http://a/ since=2025-01-01T00%3A00%3A00.000Z",
		"http://a/?%7e=%7E~":                       "http://a/ ~=~~",
		"http://a/?é=%C3%A9":                       "http://a/ %C3%A9=%C3%A9",
		"http://a/?a;b=1":                          "http://a/ a%3Bb=1",
		"http://a/?%c3=%e9":                        "http://a/ %C3=%E9",
		"http://a/?%Ff=%fF":                        "http://a/ %FF=%FF",
	} {
		address, host, _ := strings.Cut(sent, " ")
		req, err := http.NewRequest("", address, nil)
		require.NoError(t, err)
		req.Host = cmp.Or(host, req.Host)
		req.Method = "" // which net/http sends as GET

		got, err := baseString(req, nil)

		require.NoError(t, err)
		uri, list, _ := strings.Cut(want, " ")
		assert.Equal(t, "GET&"+url.QueryEscape(uri)+"&"+url.QueryEscape(list), string(got), sent)
	}
}

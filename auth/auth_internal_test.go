package auth

import (
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
	for _, tc := range []struct{ name, goos, file, xdg, appData, home, want, wantErr string }{
		{name: "Linux", goos: "linux", home: "/home/u", appData: "/no", want: below("/home/u", ".config")},
		{name: "macOS is no exception", goos: "darwin", home: "/Users/u", want: below("/Users/u", ".config")},
		{name: "XDG", goos: "darwin", home: "/Users/u", xdg: "/x", want: below("/x")},
		{name: "Windows", goos: "windows", home: "/no", xdg: "/no", appData: "/a", want: below("/a")},
		{name: "file", goos: "windows", file: "/some/file", appData: "/a", want: filepath.Join("/some/file")},
		{name: "Windows without APPDATA", goos: "windows", home: "/no", wantErr: "APPDATA is not set"},
		{name: "no home", goos: "linux", wantErr: "neither XDG_CONFIG_HOME nor a home directory: "},
	} {
		t.Run(tc.name, func(t *testing.T) {
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
	// The variables are unset again, so that there is no place on any system.
	_, err := FromCleverTools("")
	require.ErrorIs(t, err, ErrNoCredentials)
	assert.Regexp(t, "^auth: no credentials: configuration file of clever-tools: (neither XDG_CONFIG_HOME nor a home directory: .|APPDATA)", err.Error())
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

// The worked example of RFC 5849, 3.4.1.1: two queries and a form that between them hold each oddity.
func TestBaseString_OfTheRFC(t *testing.T) {
	t.Parallel()
	const address = "http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b"
	req, err := http.NewRequest(http.MethodPost, address, strings.NewReader("c2&a3=2+q"))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")

	got, err := baseString(req, params("oauth_consumer_key=9djdj82h48djs9d2 oauth_token=kkk9d7dh3k39sjv7 "+
		"oauth_signature_method=HMAC-SHA1 oauth_timestamp=137131201 oauth_nonce=7d8f3e4a"))

	require.NoError(t, err)
	assert.Equal(t, "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26"+
		"oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26"+
		"oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7", string(got))
}

// The three signed requests of RFC 5849, 1.2. The first two carry a parameter that Authenticate never sends.
func TestSign_OfTheRFC(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		method, url, protocol string
		secret                Secret
		want                  string
	}{
		{
			http.MethodPost, "https://photos.example.net/initiate",
			"oauth_timestamp=137131200 oauth_nonce=wIjqoS oauth_callback=http://printer.example.com/ready",
			"", "74KNZJeDHnMBp0EMJ9ZHt/XKycU=",
		},
		{
			http.MethodPost, "https://photos.example.net/token",
			"oauth_token=hh5s93j4hdidpola oauth_timestamp=137131201 oauth_nonce=walatlh oauth_verifier=hfdp7dh39dks9884",
			"hdhd0244k9j7ao03", "gKgrFCywp7rO0OXSjdot/IHF7IU=",
		},
		{
			http.MethodGet, "http://photos.example.net/photos?file=vacation.jpg&size=original",
			"oauth_token=nnch734d00sl2jdk oauth_timestamp=137131202 oauth_nonce=chapoH",
			"pfkkdhi9sl3r4s00", "MdpQcU8iPSUjWoN/UDMsK2sui9I=",
		},
	} {
		credentials := OAuth1{ConsumerSecret: "kd94hf93k423kf44", TokenSecret: tc.secret, Method: HMACSHA1}
		protocol := params("oauth_consumer_key=dpf43f3p2l4k3l03 oauth_signature_method=HMAC-SHA1 " + tc.protocol)

		got, err := credentials.sign(httptest.NewRequest(tc.method, tc.url, nil), protocol)

		require.NoError(t, err)
		assert.Equal(t, tc.want, got)
	}
}

func TestBaseString(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ url, host, want string }{
		{url: "https://api.example.com", want: "https://api.example.com/ "},
		{url: "HTTPS://API.Example.com:443/V2/Self", want: "https://api.example.com/V2/Self "},
		{url: "http://localhost:80/", want: "http://localhost/ "},
		{url: "http://localhost:443/", want: "http://localhost:443/ "},
		{url: "https://api.example.com:8443/r%20v/a%2Fb", want: "https://api.example.com:8443/r%20v/a%2Fb "},
		{url: "http://127.0.0.1:8080/x", host: "API.example.com:80", want: "http://api.example.com/x "},
		{url: "https://api.élan.example/x", want: "https://api.xn--lan-9la.example/x "},
		{url: "https://api.élan.example:8443/x", want: "https://api.xn--lan-9la.example:8443/x "},
		{url: "https://127.0.0.1/x", host: "api.élan.example:443", want: "https://api.xn--lan-9la.example/x "},
		{url: "http://[fe80::1%25eth0]:8080/x", want: "http://[fe80::1]:8080/x "},
		{url: "http://[::1]:8080/x", want: "http://[::1]:8080/x "},
		{url: "http://a/?a", want: "http://a/ a="},
		{url: "http://a/?a=", want: "http://a/ a="},
		{url: "http://a/?=", want: "http://a/ ="},
		{url: "http://a/?=a", want: "http://a/ =a"},
		{url: "http://a/?a=b=c", want: "http://a/ a=b%3Dc"},
		{url: "http://a/?&&a=1&", want: "http://a/ a=1"},
		{url: "http://a/?a=2&a=10&a=1", want: "http://a/ a=1&a=10&a=2"},
		{url: "http://a/?a=1&a-b=1", want: "http://a/ a=1&a-b=1"}, // By name first: as whole pairs a-b would win.
		{url: "http://a/?b=1&B=1&%62=0", want: "http://a/ B=1&b=0&b=1"},
		{url: "http://a/?q=a+b%20c%2Bd", want: "http://a/ q=a%20b%20c%2Bd"},
		{url: "http://a/?since=2025-01-01T00:00:00.000Z", want: "http://a/ since=2025-01-01T00%3A00%3A00.000Z"},
		{url: "http://a/?%7e=%7E~", want: "http://a/ ~=~~"},
		{url: "http://a/?é=%C3%A9", want: "http://a/ %C3%A9=%C3%A9"},
		{url: "http://a/?a;b=1", want: "http://a/ a%3Bb=1"},
		{url: "http://a/?%c3=%e9", want: "http://a/ %C3=%E9"},
		{url: "http://a/?%Ff=%fF", want: "http://a/ %FF=%FF"},
	} {
		req, err := http.NewRequest("", tc.url, nil)
		require.NoError(t, err)
		if tc.host != "" {
			req.Host = tc.host
		}
		req.Method = "" // which net/http sends as GET

		got, err := baseString(req, nil)

		require.NoError(t, err)
		uri, list, _ := strings.Cut(tc.want, " ")
		assert.Equal(t, "GET&"+url.QueryEscape(uri)+"&"+url.QueryEscape(list), string(got), tc.url)
	}
}

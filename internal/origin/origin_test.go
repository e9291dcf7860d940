package origin

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://api.example.com":         "https://api.example.com",
		"HTTPS://api.example.com/":        "https://api.example.com",
		"https://api.example.com:8443/a/": "https://api.example.com:8443/a",
		"https://api.example.com/a%2Fb//": "https://api.example.com/a%2Fb",
		"http://localhost:8080":           "http://localhost:8080",
		"http://LOCALHOST":                "http://LOCALHOST",
		"http://127.8.9.10:1":             "http://127.8.9.10:1",
		"http://[::1]:8080/":              "http://[::1]:8080",
	} {
		got, err := Parse(address)

		require.NoError(t, err, address)
		assert.Equal(t, want, got.String())
	}
}

func TestParse_Refuses(t *testing.T) {
	t.Parallel()
	const (
		absolute = "must be an absolute URL such as https://api.clever-cloud.com"
		user     = "must not hold a user or a password"
		query    = "must not hold a query or a fragment"
		unsafe   = "must be https, or http to a loopback address"
	)
	for address, want := range map[string]string{
		"":                             absolute,
		"api.example.com":              absolute,
		"//api.example.com":            unsafe,
		"https:///path":                absolute,
		"https://:443":                 absolute,
		"https:opaque":                 absolute,
		"javascript:alert(1)":          absolute,
		"https://api.example.com/%zz":  absolute,
		"https://[api.example.com":     absolute,
		"https://user@api.example.com": user,
		"http://u:p@localhost":         user,
		"https://api.example.com?":     query,
		"https://api.example.com?a=1":  query,
		"https://api.example.com#a":    query,
		"http://api.example.com":       unsafe,
		"http://localhost.example.com": unsafe,
		"http://127.0.0.1.example.com": unsafe,
		"http://10.0.0.1":              unsafe,
		"http://0.0.0.0":               unsafe,
		"ftp://localhost":              unsafe,
	} {
		_, err := Parse(address)

		assert.EqualError(t, err, want, address)
	}
}

func TestSame(t *testing.T) {
	t.Parallel()
	base := parse(t, "https://api.example.com/v4")
	for address, want := range map[string]bool{
		"https://api.example.com":         true,
		"https://api.example.com:443/x":   true,
		"HTTPS://API.example.com./":       true,
		"https://u:p@api.example.com":     true,
		"http://api.example.com":          false,
		"http://api.example.com:443":      false,
		"https://api.example.com:8443":    false,
		"https://api.example.com.evil.eu": false,
		"https://evil.api.example.com":    false,
		"https://evil.eu/api.example.com": false,
		"https://api.example.com@evil.eu": false,
		"https://example.com":             false,
	} {
		assert.Equal(t, want, Same(base, parse(t, address)), address)
		assert.Equal(t, want, Same(parse(t, address), base), address)
	}
	assert.True(t, Same(base, &url.URL{Scheme: "HTTPS", Host: "api.example.com"}))
	assert.True(t, Same(parse(t, "http://127.0.0.1"), parse(t, "http://127.0.0.1:80/")))
	assert.True(t, Same(parse(t, "http://[::1]:8080"), parse(t, "http://[::1]:8080/")))
	assert.False(t, Same(parse(t, "http://127.0.0.1:80"), parse(t, "http://127.0.0.1:81/")))
	assert.False(t, Same(parse(t, "http://localhost"), parse(t, "http://127.0.0.1/")))
	assert.False(t, Same(parse(t, "ftp://127.0.0.1"), parse(t, "ftp://127.0.0.1:80/")))
}

func TestSafe(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"https://api.example.com": true, "http://[::1]:1": true, "http://api.example.com": false,
		"https://": false, "http://": false, "ws://localhost": false,
	} {
		assert.Equal(t, want, Safe(parse(t, address)), address)
	}
}

func parse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	return u
}

package main

import (
	"html"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud/clevertest"
)

// newDesk returns an API, and the address of its page and of what tests ask for.
func newDesk(t *testing.T) (*clevertest.Server, string) {
	t.Helper()
	api := clevertest.NewServer(clevertest.WithLogEntries(0))
	t.Cleanup(api.Close)
	control, err := serveControl(api)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, control.Close()) })
	return api, "http://" + control.Addr
}

// request returns a request that a test changes before it sends it.
func request(t *testing.T, method, address, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	require.NoError(t, err)
	return r
}

// send returns the status and the body of a response. Redirects are followed.
func send(t *testing.T, r *http.Request) (int, string) {
	t.Helper()
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(text)
}

func get(t *testing.T, address string) (int, string) {
	t.Helper()
	return send(t, request(t, http.MethodGet, address, ""))
}

// button is what a browser sends when somebody presses one.
func button(t *testing.T, page, form string) *http.Request {
	t.Helper()
	r := request(t, http.MethodPost, page+"/", form)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", page)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return r
}

func zoneStatus(t *testing.T, api *clevertest.Server) int {
	t.Helper()
	status, _ := get(t, api.URL+"/v4/products/zones/par")
	return status
}

// logged returns the log of the application.
func logged(t *testing.T, api *clevertest.Server) string {
	t.Helper()
	r := request(t, http.MethodGet, api.URL+"/v4/logs/organisations/"+string(api.OwnerID)+
		"/applications/"+string(api.ApplicationID)+"/logs?limit=1&since=2020-01-01T00:00:00Z", "")
	r.Header.Set("Authorization", "Bearer "+api.Token.Reveal())
	_, entries := send(t, r)
	return entries
}

func TestPage_Shows(t *testing.T) {
	t.Parallel()
	api, page := newDesk(t)
	require.Equal(t, 200, zoneStatus(t, api))

	status, text := get(t, api.URL+"/") // redirects to the page

	require.Equal(t, 200, status)
	text = html.UnescapeString(text)
	for _, variable := range append(api.Environ(), "CLEVERTEST_CONTROL="+page) {
		assert.Contains(t, text, "export "+variable+"\n")
	}
	for _, h := range holdings(api) {
		assert.Contains(t, text, h.Value)
	}
	assert.Contains(t, text, `<iframe src="/calls"`)
	_, calls := get(t, page+"/calls")
	assert.Contains(t, calls, `<meta http-equiv="refresh" content="1">`)
	assert.Contains(t, calls, "2 calls")
	assert.Contains(t, calls, "<td>zones.get</td>")
	assert.Contains(t, calls, "<td>/v4/products/zones/par</td>")
}

func TestPage_ShowsNoSecretOfTheCaller(t *testing.T) {
	t.Parallel()
	const secret = "canary-4711"
	api, page := newDesk(t)
	address := api.URL + "/v4/products/zones?since=now&filter=" + secret + "&oauth_token=" + secret
	r := request(t, http.MethodPost, address, `{"password":"`+secret+`"}`)
	for _, name := range []string{"Authorization", "X-Api-Key", "User-Agent", "Cookie"} {
		r.Header.Set(name, secret)
	}
	send(t, r)
	get(t, api.URL+"/services/"+secret) // a webhook that was sent here by mistake

	_, calls := get(t, page+"/calls")

	assert.NotContains(t, calls, secret)
	assert.Contains(t, calls, "<td>filter oauth_token since</td><td>26 B</td>")
	assert.Contains(t, calls, "<td>/…</td>")
}

func TestPage_ForeignTextIsEscaped(t *testing.T) {
	t.Parallel()
	api, page := newDesk(t)
	get(t, api.URL+"/v4/<script>alert(1)</script>?<img>=1")

	resp, err := http.Get(page + "/calls")
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)

	assert.NotContains(t, string(text), "<script>")
	assert.NotContains(t, string(text), "<img>")
	policy := resp.Header.Get("Content-Security-Policy")
	assert.Contains(t, policy, "default-src 'none'")
	nonce, _, _ := strings.Cut(policy[strings.LastIndex(policy, "nonce-")+6:], "'")
	assert.Contains(t, string(text), `<style nonce="`+nonce+`">`)
}

func TestPage_Buttons(t *testing.T) {
	t.Parallel()
	api, page := newDesk(t)
	press := func(form string) int {
		status, _ := send(t, button(t, page, form))
		return status
	}
	_, text := get(t, page)
	for form, next := range map[string]int{"do=503": 503, "do=429": 429} {
		assert.Contains(t, text, `value="`+strings.TrimPrefix(form, "do=")+`"`)
		assert.Equal(t, 200, press(form), "the page again")
		assert.Equal(t, []int{next, 200}, []int{zoneStatus(t, api), zoneStatus(t, api)})
		press(form)
		press("do=clear")
		assert.Equal(t, 200, zoneStatus(t, api))
	}
	press("do=lost")
	_, err := http.DefaultClient.Do(request(t, "POST", api.URL+"/v2/self", ""))
	require.Error(t, err)
	before := api.Now()
	press("advance=1h")
	assert.GreaterOrEqual(t, api.Now().Sub(before), time.Hour)
	press("do=log&message=from+the+page")
	assert.Contains(t, logged(t, api), "from the page")
	assert.Equal(t, 200, press("do=redeploy"))
	assert.Equal(t, 200, press("do=slow"))
	press("do=forget")
	assert.Empty(t, api.Requests())
	for _, form := range []string{"", "do=stop", "advance=-1h", "advance=soon"} {
		assert.Equal(t, 400, press(form), form)
	}
}

// What another web page can send: forms and simple requests to this address, and with DNS
// rebinding whatever it likes to a name of its own.
func TestPage_RefusesOtherPages(t *testing.T) {
	t.Parallel()
	api, page := newDesk(t)
	before := api.Now()
	for name, change := range map[string]func(r *http.Request){
		"another site":         func(r *http.Request) { setSite(r, "cross-site") },
		"another port":         func(r *http.Request) { setSite(r, "same-site") },
		"a page without names": func(r *http.Request) { setOrigin(r, "null") },
		"an old browser":       func(r *http.Request) { setOrigin(r, "https://evil.example") },
		"a rebound name": func(r *http.Request) {
			r.Host = "evil.example:80"
			r.Header.Set("Origin", "http://evil.example:80")
		},
	} {
		for _, path := range []string{"/", "/faults", "/clock?advance=1h", "/redeploy", "/logs"} {
			t.Run(name+" to "+path, func(t *testing.T) {
				r := button(t, page, "advance=1h")
				target, err := url.Parse(page + path)
				require.NoError(t, err)
				r.URL = target
				change(r)
				status, _ := send(t, r)
				assert.Equal(t, 403, status)
			})
		}
	}
	for _, path := range []string{"/", "/requests", "/calls"} {
		r := request(t, http.MethodGet, page+path, "")
		r.Host = "evil.example"
		status, text := send(t, r)
		assert.Equal(t, 403, status, "a rebound name does not read either")
		assert.NotContains(t, text, api.Token.Reveal())
	}
	assert.Less(t, api.Now().Sub(before), time.Hour)
	assert.Equal(t, 200, zoneStatus(t, api))
}

func setSite(r *http.Request, site string) { r.Header.Set("Sec-Fetch-Site", site) }

func setOrigin(r *http.Request, origin string) {
	r.Header.Del("Sec-Fetch-Site")
	r.Header.Set("Origin", origin)
}

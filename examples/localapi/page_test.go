package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
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
	return resp.StatusCode, html.UnescapeString(string(text))
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
	for _, variable := range append(api.Environ(), "CLEVERTEST_CONTROL="+page) {
		assert.Contains(t, text, "export "+variable+"\n")
	}
	for _, h := range holdings(api) {
		assert.Contains(t, text, h.Value)
	}
	assert.Contains(t, text, "<td>zones.get</td>")
	assert.Contains(t, text, "<td>/v4/products/zones/par</td>")
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

	_, text := get(t, page)

	assert.NotContains(t, text, secret)
	assert.Contains(t, text, "<td>filter=… oauth_token=… since=now</td><td>26 B</td>")
	assert.Contains(t, text, "<td>/…</td>")
}

func TestPage_ForeignTextIsEscaped(t *testing.T) {
	t.Parallel()
	api, page := newDesk(t)
	get(t, api.URL+"/v4/<script>alert(1)</script>?since=<img>")

	resp, err := http.Get(page)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)

	assert.NotContains(t, string(text), "<script>alert")
	assert.NotContains(t, string(text), "<img>")
	policy := resp.Header.Get("Content-Security-Policy")
	assert.Contains(t, policy, "default-src 'none'")
	nonce, _, _ := strings.Cut(policy[strings.LastIndex(policy, "nonce-")+6:], "'")
	assert.Contains(t, string(text), `<script nonce="`+nonce+`">`)
}

func TestPage_Buttons(t *testing.T) {
	t.Parallel()
	api, page := newDesk(t)
	press := func(form string) (int, string) { return send(t, button(t, page, form)) }
	zones := func() []int { return []int{zoneStatus(t, api), zoneStatus(t, api)} }
	for preset, next := range map[string]int{"503": 503, "429": 429, "slow": 200} {
		status, text := press("preset=" + preset)
		assert.Equal(t, 200, status)
		assert.Contains(t, text, notes["fault"])
		if preset == "slow" {
			press("do=clear")
		}
		assert.Equal(t, []int{next, 200}, zones())
	}
	press("preset=lost")
	_, err := http.DefaultClient.Do(request(t, http.MethodPost, api.URL+"/v2/self", ""))
	require.Error(t, err)
	press("do=fault&path=+zones.get+&method=get&status=418&times=-1")
	assert.Equal(t, []int{418, 418}, zones())
	press("do=clear")
	assert.Equal(t, []int{200, 200}, zones())
	before := api.Now()
	press("do=clock&advance=1h")
	assert.GreaterOrEqual(t, api.Now().Sub(before), time.Hour)
	press("do=log&message=from+the+page")
	assert.Contains(t, logged(t, api), "from the page")
	_, text := press("do=redeploy")
	assert.Contains(t, text, notes["redeploy"])
	press("do=forget")
	assert.Empty(t, api.Requests())
	for _, form := range []string{
		"", "do=stop", "do=fault&path=zones.lst", "do=fault&status=many", "do=fault&status=5",
		"do=fault&latency=soon", "do=clock&advance=-1h", "do=clock&advance=soon",
	} {
		status, text := press(form)
		assert.Equal(t, 400, status, form)
		assert.NotEmpty(t, text, form)
		assert.Equal(t, 200, zoneStatus(t, api), form)
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
				r := button(t, page, "do=clock&advance=1h")
				target, err := url.Parse(page + path)
				require.NoError(t, err)
				r.URL = target
				change(r)
				status, _ := send(t, r)
				assert.Equal(t, 403, status)
			})
		}
	}
	t.Run("a rebound name does not read either", func(t *testing.T) {
		for _, path := range []string{"/", "/requests", "/live"} {
			r := request(t, http.MethodGet, page+path, "")
			r.Host = "evil.example"
			status, text := send(t, r)
			assert.Equal(t, 403, status)
			assert.NotContains(t, text, api.Token.Reveal())
		}
	})
	assert.Less(t, api.Now().Sub(before), time.Hour)
	assert.Equal(t, 200, zoneStatus(t, api))
}

func setSite(r *http.Request, site string) { r.Header.Set("Sec-Fetch-Site", site) }

func setOrigin(r *http.Request, origin string) {
	r.Header.Del("Sec-Fetch-Site")
	r.Header.Set("Origin", origin)
}

func TestPage_Live(t *testing.T) {
	t.Parallel()
	api, page := newDesk(t)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, page+"/live", nil)
	require.NoError(t, err)
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer resp.Body.Close()
	assert.Equal(t, "text/event-stream", resp.Header.Get("Content-Type"))
	lines := bufio.NewScanner(resp.Body)
	require.True(t, lines.Scan())
	assert.Contains(t, lines.Text(), "0 calls")

	require.Equal(t, 200, zoneStatus(t, api))

	for lines.Scan() && !strings.Contains(lines.Text(), "zones.get") {
		if lines.Text() != "" {
			assert.True(t, strings.HasPrefix(lines.Text(), "data: "), lines.Text())
		}
	}
	assert.Contains(t, lines.Text(), "zones.get", lines.Err())
}

// A real browser, if there is one: the page comes up, its script may run, calls appear while it is
// open, and a button does what it says. A button on a page of another origin does not.
func TestPage_InABrowser(t *testing.T) {
	t.Parallel()
	api, page := newDesk(t)
	tab := openBrowser(t, api.URL)
	tab.until(t, `document.querySelector("#variables")?.innerText`, "CLEVERTEST_CONTROL="+page)

	require.Equal(t, 200, zoneStatus(t, api))
	tab.until(t, `document.querySelector("#calls").innerText`, "zones.get")
	tab.eval(t, `document.querySelector("button[value='503']").click()`)
	tab.until(t, `document.querySelector(".note")?.innerText`, notes["fault"])
	assert.Equal(t, []int{503, 200}, []int{zoneStatus(t, api), zoneStatus(t, api)})

	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<form method="post" action="%s/">
			<button name="preset" value="503">X</button></form>`, page)
	}))
	defer other.Close()
	tab.eval(t, fmt.Sprintf(`location = %q`, other.URL))
	tab.until(t, `document.querySelector("button").innerText`, "X")
	tab.eval(t, `document.querySelector("button").click()`)
	tab.until(t, `document.body.innerText`, "cross-origin")
	assert.Equal(t, 200, zoneStatus(t, api))
}

// A tab of a headless browser, driven through the pipes that it offers for this.
type tab struct {
	commands io.Writer
	answers  *bufio.Reader
	session  string
	last     int
}

// openBrowser skips the test if no browser is installed.
func openBrowser(t *testing.T, address string) *tab {
	t.Helper()
	var program string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil && program == "" {
			program = found
		}
	}
	if program == "" {
		t.Skip("no Chromium is installed")
	}
	theirIn, commands, err := os.Pipe()
	require.NoError(t, err)
	answers, theirOut, err := os.Pipe()
	require.NoError(t, err)
	profile, err := os.MkdirTemp("", "localapi")
	require.NoError(t, err)
	browser := exec.Command(program, "--headless", "--no-sandbox", "--disable-gpu",
		"--disable-dev-shm-usage", "--no-first-run", "--user-data-dir="+profile,
		"--remote-debugging-pipe")
	browser.ExtraFiles = []*os.File{theirIn, theirOut}
	require.NoError(t, browser.Start())
	require.NoError(t, theirIn.Close())
	require.NoError(t, theirOut.Close())
	b := &tab{commands: commands, answers: bufio.NewReader(answers)}
	t.Cleanup(func() {
		b.call(t, "Browser.close", nil, nil)
		_ = browser.Wait()
		_, _ = commands.Close(), answers.Close()
		_ = os.RemoveAll(profile) // some of its processes may still write
	})
	var target struct{ TargetID string }
	b.call(t, "Target.createTarget", map[string]any{"url": address}, &target)
	var attached struct{ SessionID string }
	which := map[string]any{"targetId": target.TargetID, "flatten": true}
	b.call(t, "Target.attachToTarget", which, &attached)
	b.session = attached.SessionID
	return b
}

// call sends a command and decodes its result, if there is one.
func (b *tab) call(t *testing.T, method string, params map[string]any, result any) {
	t.Helper()
	b.last++
	command := map[string]any{"id": b.last, "method": method, "params": params}
	if b.session != "" && !strings.HasPrefix(method, "Browser.") {
		command["sessionId"] = b.session
	}
	text, err := json.Marshal(command)
	require.NoError(t, err)
	_, err = b.commands.Write(append(text, 0))
	require.NoError(t, err)
	for {
		text, err := b.answers.ReadBytes(0)
		require.NoError(t, err)
		var answer struct {
			ID     int
			Result json.RawMessage
		}
		require.NoError(t, json.Unmarshal(text[:len(text)-1], &answer))
		if answer.ID != b.last {
			continue // an event
		}
		if result != nil && answer.Result != nil {
			require.NoError(t, json.Unmarshal(answer.Result, result))
		}
		return
	}
}

// eval returns the value of an expression as text, empty while a page loads.
func (b *tab) eval(t *testing.T, expression string) string {
	t.Helper()
	var got struct{ Result struct{ Value any } }
	params := map[string]any{"expression": expression, "returnByValue": true}
	b.call(t, "Runtime.evaluate", params, &got)
	return fmt.Sprint(got.Result.Value)
}

// until waits for an expression to have a value that contains some text.
func (b *tab) until(t *testing.T, expression, want string) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	late := time.After(20 * time.Second)
	for got := b.eval(t, expression); !strings.Contains(got, want); got = b.eval(t, expression) {
		select {
		case <-tick.C:
		case <-late:
			require.Fail(t, "too late", "%s is %s, not %s", expression, got, want)
		}
	}
}

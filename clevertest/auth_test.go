package clevertest_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"hash"
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

func TestAuth_Refusals(t *testing.T) {
	t.Parallel()
	p := start(t)
	for _, tc := range []struct{ name, header, shape string }{
		{"nothing", "", "errors/ovd_unauthorized.json"},
		{"another scheme", "Basic eDp5", "errors/ovd_unauthorized.json"},
		{"unknown token", "Bearer nope", "errors/bridge_invalid_token.json"},
		{"no quotes", "OAuth oauth_token=x", "errors/ovd_unauthorized.json"},
		{"a stray %", p.signed().header.Get("Authorization") + `, oauth_nonce="%x"`, "errors/ovd_unauthorized.json"},
		{"a parameter twice", p.signed().header.Get("Authorization") + `, oauth_token="x"`, "errors/ovd_unauthorized.json"},
		{"unknown consumer", `OAuth oauth_consumer_key="x", oauth_token="` + p.OAuth1.Token + `", oauth_signature="x%26x"`, "errors/ovd_unauthorized.json"},
		{"unknown oauth token", `OAuth oauth_consumer_key="` + p.OAuth1.ConsumerKey + `", oauth_token="x", oauth_signature="x%26x"`, "errors/ovd_unauthorized.json"},
		{"wrong secret", strings.Replace(p.signed().header.Get("Authorization"), "%26", "%26x", 1), "errors/ovd_unauthorized.json"},
		{"unknown method", p.signed().header.Get("Authorization") + `, oauth_signature_method="RSA-SHA1"`, "errors/ovd_unauthorized.json"},
		{"unknown version", p.signed().header.Get("Authorization") + `, oauth_version="2.0"`, "errors/ovd_unauthorized.json"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a := p.with("Authorization", tc.header).expect(401, "GET", p.deployments())
			a.like(tc.shape)
			assert.NotEmpty(t, a.Header.Get("Sozu-Id"))
		})
	}
	t.Run("v2", func(t *testing.T) {
		a := p.with("Authorization", "").expect(401, "GET", "/v2/self")
		a.like("errors/v2_unauthorized.json")
	})
}

func TestAuth_Plaintext(t *testing.T) {
	t.Parallel()
	p := start(t).signed()

	p.ok(p.deployments())
	p.with("Authorization", p.header.Get("Authorization")+`, oauth_signature_method="PLAINTEXT", oauth_version="1.0"`).ok(p.deployments())
	link := "?authorization=" + url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(p.header.Get("Authorization"))))
	p.with("Authorization", "").ok(p.invoices() + "/" + string(p.InvoiceNumber) + ".html" + link)
}

// sign makes an HMAC header for a GET, by hand: pairs are the query's, already encoded and sorted with the protocol's.
func (p peer) sign(method, path, nonce, timestamp string, newHash func() hash.Hash, before, after string) peer {
	enc := url.QueryEscape // enough for what these tests sign
	params := before + "oauth_consumer_key=" + p.OAuth1.ConsumerKey + "&oauth_nonce=" + nonce + "&oauth_signature_method=" + method
	if timestamp != "" {
		params += "&oauth_timestamp=" + timestamp
	}
	params += "&oauth_token=" + p.OAuth1.Token + after
	mac := hmac.New(newHash, []byte(p.OAuth1.ConsumerSecret.Reveal()+"&"+p.OAuth1.TokenSecret.Reveal()))
	mac.Write([]byte("GET&" + enc(p.URL+path) + "&" + enc(params)))
	header := fmt.Sprintf(`OAuth oauth_consumer_key="%s", oauth_token="%s", oauth_signature_method="%s", oauth_nonce="%s", oauth_signature="%s"`,
		p.OAuth1.ConsumerKey, p.OAuth1.Token, method, nonce, enc(base64.StdEncoding.EncodeToString(mac.Sum(nil))))
	if timestamp != "" {
		header += `, oauth_timestamp="` + timestamp + `"`
	}
	return p.with("Authorization", header)
}

func TestAuth_HMAC(t *testing.T) {
	t.Parallel()
	for method, newHash := range map[string]func() hash.Hash{"HMAC-SHA1": sha1.New, "HMAC-SHA512": sha512.New} {
		t.Run(method, func(t *testing.T) {
			p := start(t)
			sign := func(nonce, timestamp, before, after string) peer {
				return p.sign(method, p.deployments(), nonce, timestamp, newHash, before, after)
			}
			once := sign("n1", "1700000000", "", "")
			once.ok(p.deployments())
			once.expect(401, "GET", p.deployments()) // a nonce is for one use
			sign("n1", "1700000001", "", "").ok(p.deployments())
			assert.Equal(t, 401, sign("n2", "", "", "").get(p.deployments()).Status, "no timestamp")
			assert.Equal(t, 401, sign("", "1700000000", "", "").get(p.deployments()).Status, "no nonce")

			query := "?x=a%20b&limit=2&action=REPLACE&action=DEPLOY"
			sign("n3", "1700000000", "action=DEPLOY&action=REPLACE&limit=2&", "&x=a%20b").ok(p.deployments() + query)
			assert.Equal(t, 401, sign("n4", "1700000000", "", "").get(p.deployments()+query).Status, "the query is signed")
		})
	}
}

func TestAuth_Owners(t *testing.T) {
	t.Parallel()
	p := start(t)

	foreign := p.expect(403, "GET", p.of("billing", p.ForbiddenOwnerID)+"/invoices")
	foreign.like("errors/ovd_resource_operation.json")
	unknown := p.expect(404, "GET", "/v4/billing/organisations/orga_x/invoices")
	unknown.like("errors/ovd_not_found_resource.json")
	p.expect(403, "GET", "/v2/organisations/"+string(p.ForbiddenOwnerID))
}

func TestTokens(t *testing.T) {
	t.Parallel()
	p := start(t).signed()
	create := func(expires time.Time, password string) answer {
		return p.send("POST", "/api-tokens", fmt.Sprintf(
			`{"email":%q,"password":%q,"name":"CI","description":"pipeline","expirationDate":%q}`, p.Email, password, expires.Format(time.RFC3339)))
	}

	p.ok("/api-tokens").like("auth/api_tokens_list.json")
	made := create(time.Now().AddDate(0, 1, 0), p.Password)
	require.Equal(t, 200, made.Status, made.Body)
	made.like("auth/api_token_created.json")
	bearer := p.with("Authorization", "Bearer "+made.object()["apiToken"].(string))
	bearer.ok(p.deployments())
	assert.NotContains(t, p.ok("/api-tokens").Body, made.object()["apiToken"])

	id := made.object()["apiTokenId"].(string)
	p.expect(204, "PUT", "/api-tokens/"+id, `{"name":"new","description":"d"}`)
	assert.Contains(t, p.ok("/api-tokens").pluck("name"), "new")
	p.Advance(60 * 24 * time.Hour)
	bearer.get(p.deployments()).like("errors/bridge_invalid_token.json")
	assert.Contains(t, p.ok("/api-tokens").pluck("state"), "EXPIRED")
	p.expect(204, "DELETE", "/api-tokens/"+id)
	p.expect(404, "DELETE", "/api-tokens/"+id)

	assert.Equal(t, 401, create(time.Now().AddDate(0, 4, 0), "wrong").Status)
	for _, expires := range []time.Time{time.Now().AddDate(3, 0, 0), time.Now().AddDate(0, 0, -1)} {
		assert.Equal(t, 400, create(expires, p.Password).Status)
	}
	assert.Equal(t, 401, start(t).get("/api-tokens").Status, "an API token does not manage API tokens")
}

func TestOAuthDance(t *testing.T) {
	t.Parallel()
	p := start(t).with("Authorization", "")
	consumer := "oauth_consumer_key=" + p.OAuth1.ConsumerKey
	form := func(path, body string) url.Values {
		a := p.with("Content-Type", "application/x-www-form-urlencoded").send("POST", path+"?"+body)
		require.Equal(t, 200, a.Status, a.Body)
		values, err := url.ParseQuery(a.Body)
		require.NoError(t, err)
		return values
	}

	request := form("/v2/oauth/request_token_query",
		consumer+"&oauth_signature="+p.OAuth1.ConsumerSecret.Reveal()+"%26&oauth_callback=http%3A%2F%2F127.0.0.1%3A9%2Fcb")
	assert.Equal(t, "true", request.Get("oauth_callback_confirmed"))

	authorized := p.expect(302, "GET", "/v2/oauth/authorize?oauth_token="+request.Get("oauth_token"))
	callback, err := url.Parse(authorized.Header.Get("Location"))
	require.NoError(t, err)
	assert.Equal(t, "127.0.0.1:9", callback.Host)

	bearing := func(token url.Values) peer {
		return p.with("Authorization", `OAuth oauth_consumer_key="`+p.OAuth1.ConsumerKey+
			`", oauth_token="`+token.Get("oauth_token")+`", oauth_signature="`+
			p.OAuth1.ConsumerSecret.Reveal()+"%26"+token.Get("oauth_token_secret")+`"`)
	}
	bearing(request).expect(401, "GET", "/v2/self") // a request token is not a token

	step3 := consumer + "&oauth_token=" + request.Get("oauth_token") + "&oauth_signature=" + p.OAuth1.ConsumerSecret.Reveal() + "%26" +
		request.Get("oauth_token_secret") + "&oauth_verifier="
	p.expect(401, "POST", "/v2/oauth/access_token_query?"+step3+"wrong")
	forged := strings.Replace(step3, "&oauth_signature=", "&oauth_signature=x", 1) +
		callback.Query().Get("oauth_verifier")
	p.expect(401, "POST", "/v2/oauth/access_token_query?"+forged)
	access := form("/v2/oauth/access_token_query", step3+callback.Query().Get("oauth_verifier"))
	assert.NotEmpty(t, access.Get("expiration_date"))
	p.expect(401, "POST", "/v2/oauth/access_token_query?"+step3) // a request token is for one use

	bearing(access).ok("/v2/oauth/rights")
	p.expect(404, "GET", "/v2/self/cli_tokens")
	p.ok("/v2/self/cli_tokens?cli_token=x").like("auth/cli_tokens.json")
}

func TestOAuthDance_Form(t *testing.T) {
	t.Parallel()
	p := start(t).with("Authorization", "")
	req, err := http.NewRequestWithContext(t.Context(), "POST", p.URL+"/v2/oauth/request_token", strings.NewReader(url.Values{
		"oauth_consumer_key": {p.OAuth1.ConsumerKey}, "oauth_signature": {p.OAuth1.ConsumerSecret.Reveal() + "&"}, "oauth_callback": {"oob"},
	}.Encode()))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, 200, resp.StatusCode)
	values, err := url.ParseQuery(string(body))
	require.NoError(t, err)
	shown := p.ok("/v2/oauth/authorize?oauth_token=" + values.Get("oauth_token"))
	assert.Contains(t, shown.Body, "Verifier: ", "without a callback it is typed in")
	p.expect(401, "POST", "/v2/oauth/request_token_query?oauth_consumer_key=x")
	p.expect(401, "GET", "/v2/oauth/authorize?oauth_token=x")
}

func TestV2(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithStepDuration(0))
	orga := "/v2/organisations/" + string(p.OwnerID)
	app := orga + "/applications/" + string(p.ApplicationID)

	summary := p.ok("/v2/summary").object()
	assert.Equal(t, string(p.UserID), at(summary, "user", "id"))
	personal := summary["organisations"].([]any)[0].(map[string]any)
	assert.Equal(t, string(p.UserID), personal["id"], "the personal space is an organisation too")
	assert.NotContains(t, personal, "providers")
	seeded := summary["organisations"].([]any)[1].(map[string]any)
	assert.Equal(t, string(p.OwnerID), seeded["id"])
	addons := map[string]any{}
	for _, a := range seeded["addons"].([]any) {
		addons[at(a, "realId").(string)] = at(a, "providerId")
	}
	assert.Equal(t, map[string]any{
		string(p.KeycloakID): "keycloak", string(p.MatomoID): "addon-matomo", string(p.MetabaseID): "metabase", string(p.OtoroshiID): "otoroshi",
		string(p.PulsarID): "addon-pulsar", string(p.ResourceID): "postgresql-addon",
	}, addons)

	assert.Equal(t, p.Email, p.ok("/v2/self").object()["email"])
	assert.Greater(t, p.ok("/v2/self/tokens/current").object()["expirationDate"], float64(p.Now().UnixMilli()))
	assert.Equal(t, []any{string(p.UserID), string(p.OwnerID)}, p.ok("/v2/organisations").pluck("id"))
	assert.Equal(t, string(p.OwnerID), p.ok(orga).object()["id"])
	assert.Equal(t, string(p.ApplicationID), p.ok(orga + "/applications").pluck("id")[0])
	assert.Equal(t, "shop", p.ok(app).object()["name"])
	p.ok(app + "/deployments").like("deployments/v2_list_legacy.json")
	assert.Equal(t, []any{"OK", "CANCELLED"}, p.ok(app+"/deployments?limit=2").pluck("state"))
	assert.Equal(t, []any{"FAIL"}, p.ok(app+"/deployments?limit=1&offset=2").pluck("state"))
	assert.Equal(t, "FAIL", p.ok(app + "/deployments/" + string(p.FailedDeploymentID)).object()["state"])
	assert.Len(t, p.ok(app+"/instances").list(), 3)
	assert.Len(t, p.ok(orga+"/addons").list(), 6)
	assert.Equal(t, "shop-db", p.ok(orga + "/addons/" + string(p.AddonID)).object()["name"])
	assert.Empty(t, p.ok("/v2/self/applications").list())
	assert.Empty(t, p.ok("/v2/self/addons").list())

	missing := p.expect(404, "GET", orga+"/applications/app_x")
	missing.like("errors/v2_error.json")
	assert.Equal(t, 4004.0, missing.object()["id"])
	unknown := p.expect(404, "GET", "/v2/unknown")
	unknown.like("errors/v2_error.json")

	redeployed := p.expect(200, "POST", app+"/instances")
	assert.Equal(t, "SUCCEEDED", p.ok(p.deployments() + "/" + redeployed.object()["deploymentId"].(string)).object()["state"])
	p.expect(200, "DELETE", app+"/instances")
	assert.Empty(t, p.ok(p.instances()+"?excludeDeleted=true").list())
	held := p.AddDeployment(p.ApplicationID, clevertest.Deployment{State: "WORK_IN_PROGRESS", Hold: true})
	p.send("DELETE", app+"/deployments/"+string(held)+"/instances").like("errors/v2_success_body.json")
	assert.Equal(t, "CANCELLED", p.ok(p.deployments() + "/" + string(held)).object()["state"])
	p.send("DELETE", app+"/deployments/"+string(p.DeploymentID)+"/instances")
	assert.Equal(t, "SUCCEEDED", p.ok(p.deployments() + "/" + string(p.DeploymentID)).object()["state"])
}

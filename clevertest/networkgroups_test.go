package clevertest_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

const (
	groupID     = "ng_11111111-2222-4333-8444-555555555555"
	externalID  = "external_00000000-0000-4000-8000-00000000000d"
	groupDomain = ".m." + groupID + ".cc-ng.cloud"
)

func (p peer) groups() string {
	return p.v4("networkgroups") + "/networkgroups"
}

// group is the body of a creation; more follows its label.
func (p peer) group(more string) string {
	return `{"id":"` + groupID + `","ownerId":"` + string(p.OwnerID) + `","label":"backend"` + more + `}`
}

func member(id, kind string) string {
	return `{"id":"` + id + `","label":"one","domainName":"` + id + groupDomain + `","kind":"` + kind + `"}`
}

// grouped starts a server with one group, which has the application and an external member.
func grouped(t *testing.T) (p peer, path string) {
	t.Helper()
	p = start(t, clevertest.WithStepDuration(time.Minute))
	path = p.groups() + "/" + groupID
	body := p.group(
		`,"members":[` + member(string(p.ApplicationID), "APPLICATION") + "," + member(externalID,
			"EXTERNAL") + "]",
	)
	require.Equal(t, 202, p.send("POST", p.groups(), body).Status)
	p.Advance(2 * time.Minute)
	return p, path
}

// external adds an external peer and waits for it.
func (p peer) external(path, more string) string {
	p.t.Helper()
	a := p.send("POST", path+"/external-peers",
		`{"publicKey":"b3RoZXI=","label":"laptop","parentMember":"`+externalID+`",`+more+`}`)
	require.Equal(p.t, 200, a.Status, a.Body)
	p.Advance(time.Minute)
	return a.object()["peerId"].(string)
}

func TestNetworkGroups_AreCreatedAndDeletedInAWhile(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithStepDuration(time.Minute))
	path := p.groups() + "/" + groupID
	body := p.group(
		`,"tags":["env:prod"],"members":[` + member(string(p.ApplicationID), "application") + "]",
	)
	assert.Empty(t, p.ok(p.groups()).list())

	created := p.expect(202, "POST", p.groups(), body)

	assert.Empty(t, created.Body)
	p.expect(404, "GET", path)
	assert.Empty(t, p.ok(p.groups()).list())
	p.expect(409, "POST", p.groups(), body)
	label := strings.Replace(body, groupID, "ng_99999999-2222-4333-8444-555555555555", 1)
	p.expect(409, "POST", p.groups(), label) // the label is in flight
	p.Advance(time.Minute)
	assert.Empty(t, p.ok(path).object()["members"])
	first := p.ok(path).object()["version"].(float64)
	p.Advance(time.Minute)
	got := p.ok(path)
	assert.Equal(t, "APPLICATION", at(got.object()["members"].([]any)[0], "kind"))
	assert.Len(t, got.object()["peers"], 2, "one for each instance that is up")
	assert.Greater(t, got.object()["version"], first)
	assert.Equal(t, []any{groupID}, p.ok(p.groups()).pluck("id"))
	p.expect(409, "POST", p.groups(), body)
	p.expect(202, "POST", p.groups(), label) // the label is free again

	p.expect(204, "DELETE", path)
	p.ok(path)
	p.Advance(time.Minute)
	p.expect(404, "GET", path)
	p.expect(404, "DELETE", path)
}

func TestNetworkGroups_Shape(t *testing.T) {
	t.Parallel()
	p, path := grouped(t)
	p.external(path, `"peerRole":"SERVER","ip":"203.0.113.7","port":51820`)

	p.ok(path).likeText("group", `{"id":"ng_1","ownerId":"orga_1","label":"backend",
		"description":null,"networkIp":"10.105.0.0/16","lastAllocatedIp":"10.105.0.7",
		"tags":["env:prod"],"version":12,"members":[{"id":"app_1","label":"api","domainName":"a",
		"kind":"APPLICATION"}],"peers":[{"type":"CleverPeer","id":"1","label":"api-0",
		"publicKey":"k","hostname":"h","parentMember":"app_1","hv":"hv",
		"endpoint":{"type":"ClientEndpoint","ngIp":"10.105.0.3"}},{"type":"ExternalPeer","id":"1",
		"label":"laptop","publicKey":"k","hostname":"h","parentMember":"external_1",
		"endpoint":{"type":"ServerEndpoint","ngTerm":{"host":"10.105.0.9","port":51820},
		"publicTerm":{"host":"203.0.113.7","port":51820}}}]}`)
}

func TestNetworkGroups_CreateRefuses(t *testing.T) {
	t.Parallel()
	p := start(t)
	app := string(p.ApplicationID)
	swap := func(old, with string) string { return strings.Replace(p.group(""), old, with, 1) }
	with := func(member string) string { return p.group(`,"members":[` + member + `]`) }
	fine := member(app, "APPLICATION")
	p.rejects(p.groups(), [][2]string{
		{swap(groupID, ""), "id"},
		{swap(groupID, "ng_x"), "id"},
		{swap(string(p.OwnerID), ""), "ownerId"},
		{swap(string(p.OwnerID), string(p.UserID)), "ownerId"},
		{swap("backend", ""), "label"},
		{swap("backend", strings.Repeat("x", 129)), "label"},
		{p.group(`,"tags":null`), "tags"},
		{p.group(`,"members":null`), "members"},
		{with("null"), "members"},
		{with(strings.Replace(fine, "cc-ng.cloud", "example.org", 1)), "domainName"},
		{with(strings.Replace(fine, app+groupDomain, ".cc-ng.cloud", 1)), "domainName"},
		{with(member("app_x", "APPLICATION")), "id"},
		{with(member(app, "ADDON")), "kind"},
		{with(member(string(p.AddonID), "ADDON")), "id"},    // not the real id
		{with(member(string(p.ResourceID), "ADDON")), "id"}, // on a shared plan
		{with(member(string(p.KeycloakID), "ADDON")), "id"},
	})
	unlikely := with(strings.Replace(fine, "cc-ng.cloud", "example.org", 1))
	assert.NotContains(t, p.expect(400, "POST", p.groups(), unlikely).Body, "suffix")
	p.expect(400, "POST", p.groups(), `{`)
	foreign := strings.Replace(p.groups(), string(p.OwnerID), string(p.ForbiddenOwnerID), 1)
	p.expect(403, "POST", foreign, p.group(""))
	assert.Empty(t, p.ok(p.groups()).list())

	p.must("POST", p.groups(), p.group(""))
	p.Advance(time.Hour)
	other := strings.Replace(p.groups(), string(p.OwnerID), string(p.AddOrganisation("Two")), 1)
	p.ok(p.groups() + "/" + groupID)
	p.expect(404, "GET", other+"/"+groupID)
	assert.Empty(t, p.ok(other).list())
}

func TestNetworkGroups_CreationThatFails(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithStepDuration(time.Minute))
	p.Inject(clevertest.Fault{Path: "network-groups.create", Fail: true})

	p.expect(202, "POST", p.groups(), p.group(""))
	p.Advance(time.Hour)

	p.expect(404, "GET", p.groups()+"/"+groupID)
	p.expect(202, "POST", p.groups(), p.group("")) // the id is free again
}

func TestNetworkGroups_MembersAndPeersThatFail(t *testing.T) {
	t.Parallel()
	p, path := grouped(t)
	for _, route := range []string{"remove-member", "add-external-peer", "delete"} {
		p.Inject(clevertest.Fault{Path: "network-groups." + route, Fail: true})
	}
	id := p.external(path, `"peerRole":"CLIENT"`)
	p.send("DELETE", path+"/members/"+externalID)
	p.send("DELETE", path)
	p.Advance(time.Hour)

	p.ok(path + "/members/" + externalID)
	p.expect(404, "GET", path+"/peers/"+id)
}

func TestNetworkGroups_Members(t *testing.T) {
	t.Parallel()
	p, path := grouped(t)
	_, database := p.order("postgresql-addon", "xs_sml")
	one := path + "/members/" + database

	for range 2 {
		p.expect(202, "POST", path+"/members", member(database, "ADDON"))
	}
	p.expect(404, "GET", one)
	p.Advance(time.Minute)
	p.ok(one).likeText("member", `{"id":"x","label":"x","domainName":"x","kind":"ADDON"}`)
	assert.Equal(t, []any{string(p.ApplicationID), externalID, database},
		p.ok(path+"/members").pluck("id"))
	peers := p.ok(path + "/peers").pluck("parentMember")
	assert.Equal(t, []any{string(p.ApplicationID), string(p.ApplicationID), database}, peers)

	p.expect(204, "DELETE", one)
	p.ok(one)
	p.Advance(time.Minute)
	p.expect(404, "GET", one)
	p.expect(404, "DELETE", one)
	assert.Len(t, p.ok(path+"/peers").list(), 2)

	p.expect(400, "POST", path+"/members", member("app_x", "APPLICATION"))
	p.expect(400, "POST", path+"/members", `[]`)
	for _, tail := range []string{"", "/members", "/members/x", "/peers", "/peers/x", "/peers/x/wireguard/configuration"} {
		p.expect(404, "GET", p.groups()+"/ng_x"+tail)
	}
}

func TestNetworkGroups_ExternalPeers(t *testing.T) {
	t.Parallel()
	p, path := grouped(t)

	id := p.external(path, `"peerRole":"CLIENT"`)
	server := p.external(
		path, `"peerRole":"SERVER","ip":"203.0.113.7","port":51820,"hostname":"gate"`,
	)

	assert.NotContains(t, id, "_")
	got := p.ok(path + "/peers/" + id).object()
	has(t, got, "type", "ExternalPeer", "parentMember", externalID,
		"endpoint.type", "ClientEndpoint")
	got = p.ok(path + "/peers/" + server).object()
	has(t, got, "hostname", "gate", "endpoint.publicTerm.host", "203.0.113.7")

	for _, tc := range []struct {
		body   string
		status int
	}{
		{`{"publicKey":"k","parentMember":"` + externalID + `"}`, 400},
		{`{"peerRole":"CLIENT","parentMember":"` + externalID + `"}`, 400},
		{`{"peerRole":"SERVER","publicKey":"k","parentMember":"` + externalID + `"}`, 400},
		{`{"peerRole":"CLIENT","publicKey":"k","parentMember":"external_x"}`, 404},
		{`{"peerRole":"CLIENT","publicKey":"k","parentMember":"` + string(p.ApplicationID) + `"}`, 400},
		{`?`, 400},
	} {
		assert.Equal(t, tc.status, p.send("POST", path+"/external-peers", tc.body).Status, tc.body)
	}
	late := p.send("DELETE", path+"/members/"+externalID).Status
	assert.Equal(t, 204, late)
	orphan := p.external(path, `"peerRole":"CLIENT"`)
	p.expect(404, "GET", path+"/peers/"+orphan)
	p.expect(404, "GET", path+"/peers/"+server)
	p.send("POST", path+"/members", member(externalID, "EXTERNAL"))
	p.Advance(time.Minute)
	id = p.external(path, `"peerRole":"CLIENT"`)
	server = p.external(path, `"peerRole":"SERVER","ip":"203.0.113.7","port":51820`)
	own := p.ok(path + "/peers").list()[0]["id"].(string)
	p.expect(404, "DELETE", path+"/external-peers/"+own) // the platform's own
	p.expect(204, "DELETE", path+"/external-peers/"+id)
	p.Advance(time.Minute)
	p.expect(404, "GET", path+"/peers/"+id)
	p.expect(204, "DELETE", path+"/members/"+externalID)
	p.Advance(time.Minute)
	p.expect(404, "GET", path+"/peers/"+server) // gone with its member
}

func TestNetworkGroups_WireGuard(t *testing.T) {
	t.Parallel()
	p, path := grouped(t)
	text := p.with("Accept", "text/plain")
	config := path + "/peers/" + p.external(
		path, `"peerRole":"CLIENT"`,
	) + "/wireguard/configuration"

	first := text.ok(config)

	assert.Equal(t, "text/plain; charset=utf-8", first.Header.Get("Content-Type"))
	assert.Contains(t, first.Body, "[Interface]\nPrivateKey = ")
	assert.Equal(t, 2, strings.Count(first.Body, "[Peer]"))
	old, err := base64.StdEncoding.DecodeString(p.ok(config).object()["configuration"].(string))
	require.NoError(t, err)
	assert.Equal(t, first.Body, string(old), "another media type brings JSON")
	p.external(path, `"peerRole":"SERVER","ip":"203.0.113.7","port":51820`)
	assert.Regexp(t, `\n\[Peer\]\nPublicKey = b3RoZXI=\nAllowedIPs = 10\.[0-9.]+/32\n`+
		`Endpoint = 203.0.113.7:51820\n`, text.ok(config).Body)

	link := strings.TrimPrefix(p.ok(config + "/presigned-url").object()["url"].(string), p.URL)
	stranger := p.with("Authorization", "")
	assert.Equal(t, text.ok(config).Body, stranger.ok(link).Body)
	stranger.expect(401, "GET", config)
	_, token, _ := strings.Cut(link, "?")
	stranger.expect(401, "GET", path+"?"+token) // the link opens nothing else
	p.Advance(time.Hour)
	stranger.expect(401, "GET", link)
}

func TestNetworkGroups_Streams(t *testing.T) {
	t.Parallel()
	p, path := grouped(t)
	peerID := p.external(path, `"peerRole":"CLIENT"`)
	config := p.follow(path + "/peers/" + peerID + "/wireguard/configuration/stream")
	group := p.follow(path + "/stream")
	read := func(tl *tail) map[string]any {
		t.Helper()
		e, open := tl.next()
		require.True(t, open)
		return decode(t, e.Data).(map[string]any)
	}

	first, whole := read(config), read(group)
	assert.Equal(t, p.ok(path).object(), whole)
	assert.Equal(t, whole["version"], first["version"])
	text, err := base64.StdEncoding.DecodeString(first["configuration"].(string))
	require.NoError(t, err)
	assert.Contains(t, string(text), "[Interface]")
	p.external(path, `"peerRole":"CLIENT"`)
	assert.Greater(t, read(config)["version"], first["version"])
	assert.Len(t, read(group)["peers"], 4)

	p.send("DELETE", path+"/external-peers/"+peerID)
	p.Advance(time.Minute)
	e, _ := config.next()
	assert.Equal(t, "END_OF_STREAM", e.Name)
	_, open := config.next()
	assert.False(t, open)
	assert.Len(t, read(group)["peers"], 3)
	p.send("DELETE", path)
	p.Advance(time.Minute)
	e, _ = group.next()
	assert.Equal(t, "END_OF_STREAM", e.Name)
	p.expect(404, "GET", path+"/stream")
	p.expect(404, "GET", path+"/peers/x/wireguard/configuration/stream")
}

func TestNetworkGroups_StreamsHaveHeartbeats(t *testing.T) {
	t.Parallel()
	p := start(t, clevertest.WithHeartbeat(2*time.Millisecond))
	tl := p.follow(
		p.groups() + "/" + string(p.AddNetworkGroup(clevertest.NetworkGroup{})) + "/stream",
	)

	first, _ := tl.next()
	assert.NotEqual(t, "HEARTBEAT", first.Name)
	assert.Equal(t, "HEARTBEAT", (<-tl.events).Name)
}

func TestNetworkGroups_Search(t *testing.T) {
	t.Parallel()
	p, path := grouped(t)
	p.external(path, `"peerRole":"CLIENT"`)
	second := string(
		p.AddNetworkGroup(
			clevertest.NetworkGroup{
				Label:   "Backend 2",
				Members: []clevercloud.ResourceID{clevercloud.ResourceID(p.ApplicationID)},
			},
		),
	)

	assert.Equal(t, []any{"NetworkGroup", "NetworkGroup"},
		p.ok(p.groups()+"/search?query=BACKEND").pluck("type"))
	assert.Equal(t, []any{"ExternalPeer"}, p.ok(p.groups()+"/search?query=laptop").pluck("type"))
	app := p.ok(p.groups() + "/search?query=" + string(p.ApplicationID)).list()
	require.Len(t, app, 2, "once for each group")
	assert.NotEqual(t, app[0]["domainName"], app[1]["domainName"])
	assert.Equal(t, []any{second}, p.ok(p.groups()+"/search?query="+second).pluck("id"))
	types := p.ok(p.groups() + "/search?query=e").pluck("type")
	assert.Subset(t, types, []any{"NetworkGroup", "Member", "ExternalPeer"})
	ids := p.ok(p.groups() + "/search?query=e").pluck("id")
	assert.Contains(t, ids, externalID)
	twice := 0
	for _, id := range ids {
		if id == externalID {
			twice++
		}
	}
	assert.Equal(t, 2, twice, "by its id and by its label")
	assert.Empty(t, p.ok(p.groups()+"/search?query=nowhere").list())
	p.expect(400, "GET", p.groups()+"/search")
}

func TestNetworkGroups_SuffixesWantNoCredentials(t *testing.T) {
	t.Parallel()
	p := start(t)

	a := p.with("Authorization", "").ok("/networkgroup/configuration")

	assert.JSONEq(t, `{"dnsSuffixes":["cc-ng.cloud"]}`, a.Body)
	p.expect(404, "GET", "/v4/networkgroup/configuration")
}

func TestNetworkGroups_Seed(t *testing.T) {
	t.Parallel()
	p := start(t)
	id := p.AddNetworkGroup(clevertest.NetworkGroup{
		Description: "d", Tags: []string{"a"},
		Members: []clevercloud.ResourceID{clevercloud.ResourceID(p.ApplicationID), externalID},
	})

	got := p.ok(p.groups() + "/" + string(id)).object()

	has(t, got, "label", "backend", "description", "d")
	assert.Len(t, got["members"], 2)
	assert.Len(t, got["peers"], 2)
	assert.Panics(t, func() {
		p.AddNetworkGroup(clevertest.NetworkGroup{Members: []clevercloud.ResourceID{"app_x"}})
	})
}

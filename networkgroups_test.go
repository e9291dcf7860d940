package clevercloud_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A script is an API that gives prepared answers in turn, the last one again and again, and keeps
// the requests. It has no sockets, so that it works in a synctest bubble.
type script struct {
	answers []scripted
	heard   []string
	bodies  []string
	accepts []string
}

type scripted struct {
	status int
	body   string
	// lost stands for an answer that does not arrive.
	lost bool
}

func (s *script) RoundTrip(req *http.Request) (*http.Response, error) {
	body := ""
	if req.Body != nil {
		text, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		body = string(text)
	}
	n := min(len(s.heard), len(s.answers)-1)
	s.heard = append(s.heard, req.Method+" "+req.URL.RequestURI())
	s.bodies = append(s.bodies, body)
	s.accepts = append(s.accepts, req.Header.Get("Accept"))
	answer := s.answers[n]
	if answer.lost {
		return nil, io.ErrUnexpectedEOF
	}
	kind := req.Header.Get("Accept")
	if answer.status >= 400 {
		kind = "application/json"
	}
	return &http.Response{
		StatusCode: answer.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: req,
		Header:        http.Header{"Content-Type": {kind}},
		ContentLength: int64(len(answer.body)), Body: io.NopCloser(strings.NewReader(answer.body)),
	}, nil
}

// scriptedClient returns a client that sends each call once to an API with these answers.
func scriptedClient(t *testing.T, answers ...scripted) (*clevercloud.Client, *script) {
	t.Helper()
	s := &script{answers: answers}
	client, err := clevercloud.New(
		clevercloud.WithHTTPClient(&http.Client{Transport: s}), clevercloud.WithMaxRetries(0))
	require.NoError(t, err)
	return client, s
}

// only keeps the error of a call.
func only[T any](_ T, err error) error { return err }

type networkGroups = clevercloud.NetworkGroupsService

const ngPath = "/v4/networkgroups/organisations/orga_1/networkgroups"

func TestNetworkGroups_Get(t *testing.T) {
	t.Parallel()

	group, err := fixtureClient(t, "networkgroups/group_full.json").NetworkGroups.
		Get(t.Context(), "orga_1", "ng_1")

	require.NoError(t, err)
	assert.Equal(t, clevercloud.OwnerID("orga_00000000-0000-4000-8000-000000000001"), group.OwnerID)
	assert.Equal(t, "shop and its database", group.Description)
	assert.Equal(t, int64(12), group.Version)
	require.Len(t, group.Members, 3)
	assert.Equal(t, clevercloud.NetworkGroupMember{
		ID:         "postgresql_00000000-0000-4000-8000-00000000000b",
		DomainName: "db.cc-ng.cloud", Kind: clevercloud.NetworkGroupMemberKindAddon,
	}, group.Members[1])
	require.Len(t, group.Peers, 2)
	assert.Equal(t, clevercloud.NetworkGroupPeerTypeClever, group.Peers[0].Type)
	assert.Equal(t, "hv-par0-001", group.Peers[0].HV)
	assert.Equal(t, clevercloud.NetworkGroupEndpoint{
		Type: clevercloud.NetworkGroupEndpointTypeClient, NGIP: "10.105.0.3",
	}, group.Peers[0].Endpoint)
	assert.Equal(t, clevercloud.NetworkGroupEndpoint{
		Type:       clevercloud.NetworkGroupEndpointTypeServer,
		NGTerm:     clevercloud.NetworkGroupAddress{Host: "10.105.0.9", Port: 51820},
		PublicTerm: clevercloud.NetworkGroupAddress{Host: "203.0.113.7", Port: 51820},
	}, group.Peers[1].Endpoint)
}

func TestNetworkGroups_RoundTrips(t *testing.T) {
	t.Parallel()
	checkFixtures[any](t, "networkgroups/group_*.json", nil, testkit.RoundTrip{
		Unknown: []string{"quarantined", "members.weight"},
	}, (*networkGroups).Get, []any{"orga_1", "ng_1"},
		`"LoadBalancer"`, `"LOADBALANCER"`, `"Function"`, `"FUNCTION"`)
}

func TestNetworkGroups_UnknownValues(t *testing.T) {
	t.Parallel()

	group, err := fixtureClient(t, "networkgroups/group_unknown.json").NetworkGroups.
		Get(t.Context(), "orga_1", "ng_1")

	require.NoError(t, err)
	assert.Equal(t, clevercloud.NetworkGroupMemberKindLoadBalancer, group.Members[0].Kind)
	assert.Equal(t, clevercloud.NetworkGroupMemberKind("FUNCTION"), group.Members[1].Kind)
	assert.Equal(t, "probe", group.Peers[0].Label)
	assert.Equal(t, "10.105.0.4", group.Peers[0].Endpoint.NGIP)
	checkKnown[clevercloud.NetworkGroupOwnership](t, "CUSTOMER", "PLATFORM")
	checkKnown[clevercloud.NetworkGroupMemberKind](
		t, "APPLICATION", "ADDON", "EXTERNAL", "LOADBALANCER")
	checkKnown[clevercloud.NetworkGroupPeerType](t, "CleverPeer", "ExternalPeer")
	checkKnown[clevercloud.NetworkGroupEndpointType](t, "ClientEndpoint", "ServerEndpoint")
	checkKnown[clevercloud.NetworkGroupComponentType](
		t, "NetworkGroup", "Member", "CleverPeer", "ExternalPeer")
}

func TestNetworkGroups_Search(t *testing.T) {
	t.Parallel()
	wire := testkit.Fixture(t, "networkgroups/search.json")
	client, _ := scriptedClient(
		t, scripted{status: 200, body: wire}, scripted{status: 200, body: "[]"})

	found, err := client.NetworkGroups.Search(t.Context(), "orga_1", "LAPTOP")

	require.NoError(t, err)
	require.Len(t, found, 5, "what is equal in every field comes once")
	assert.Equal(t, "laptops", found[0].Group.Label)
	assert.Equal(t, clevercloud.NetworkGroupMemberKindExternal, found[1].Member.Kind)
	assert.Equal(t, "laptop.other.cc-ng.cloud", found[2].Member.DomainName)
	assert.Equal(t, "10.105.0.9", found[3].Peer.Endpoint.NGIP)
	assert.False(t, found[4].Type.IsKnown())
	assert.Equal(t, "dock_1", found[4].ID)
	assert.Nil(t, found[4].Group)
	assert.Nil(t, found[4].Member)
	assert.Nil(t, found[4].Peer)

	var elements []json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(wire), &elements))
	encoded, err := json.Marshal(found[4])
	require.NoError(t, err)
	assert.JSONEq(t, string(elements[5]), string(encoded))

	found, err = client.NetworkGroups.Search(t.Context(), "orga_1", "x")
	require.NoError(t, err)
	assert.NotNil(t, found)
}

func TestNetworkGroups_Secrets(t *testing.T) {
	t.Parallel()
	checkSecretFile(t, "networkgroups/wireguard.conf",
		func(c *clevercloud.Client) (auth.Secret, error) {
			return c.NetworkGroups.WireGuardConfiguration(t.Context(), "orga_1", "ng_1", "p")
		},
		func(c *clevercloud.Client) (auth.Secret, error) {
			return c.NetworkGroups.WireGuardConfigurationURL(t.Context(), "orga_1", "ng_1", "p")
		})
}

func TestNetworkGroups_Answers(t *testing.T) {
	t.Parallel()
	client, _ := scriptedClient(t, scripted{status: 200, body: `{"peerId":"peer-1"}`},
		scripted{status: 200, body: `{"dnsSuffixes":["cc-ng.cloud"]}`},
		scripted{status: 200, body: "{}"})

	peer, err := client.NetworkGroups.AddExternalPeer(t.Context(), "orga_1", "ng_1",
		clevercloud.ExternalPeerInput{PublicKey: "a2V5", ParentMember: "external_1"})
	require.NoError(t, err)
	suffixes, err := client.NetworkGroups.DNSSuffixes(t.Context())
	require.NoError(t, err)
	none, err := client.NetworkGroups.DNSSuffixes(t.Context())
	require.NoError(t, err)

	assert.Equal(t, clevercloud.PeerID("peer-1"), peer)
	assert.Equal(t, []string{"cc-ng.cloud"}, suffixes)
	assert.Equal(t, []string{}, none)
}

func TestNetworkGroups_RejectedUnsent(t *testing.T) {
	t.Parallel()
	type peer = clevercloud.ExternalPeerInput
	add := (*networkGroups).AddExternalPeer
	checkRejected(t, map[string][]any{
		"network-groups.add-member: Member.ID must not be empty": {
			(*networkGroups).AddMember, "orga_1", "ng_1",
		},
		"network-groups.add-member: Member.ID must be the add-on's real ID, such as postgresql_…, " +
			"not addon_…": {
			(*networkGroups).AddMember, "orga_1", "ng_1",
			clevercloud.NetworkGroupMember{ID: "addon_1"},
		},
		"network-groups.add-external-peer: PublicKey must not be empty": {
			add, "orga_1", "ng_1", peer{ParentMember: "external_1"},
		},
		"network-groups.add-external-peer: ParentMember must not be empty": {
			add, "orga_1", "ng_1", peer{PublicKey: "a2V5"},
		},
		"network-groups.create: Label must not be empty": {(*networkGroups).Create, "orga_1"},
		"network-groups.create: Member.ID must not be empty": {
			(*networkGroups).Create, "orga_1", clevercloud.NetworkGroupInput{
				Label: "x", Members: []clevercloud.NetworkGroupMember{{}},
			},
		},
		"network-groups.get: networkGroupId must not be empty": {(*networkGroups).Get, "orga_1"},
	})
	for _, server := range []peer{{}, {IP: "203.0.113.7"}, {Port: 51820}} {
		server.PublicKey, server.ParentMember, server.Role = "a2V5", "external_1", "SERVER"
		checkRejected(t, map[string][]any{
			"network-groups.add-external-peer: IP and Port must not be empty for a SERVER": {
				add, "orga_1", "ng_1", server,
			},
		})
	}
}

func TestNetworkGroups_Create(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		found := scripted{status: 200, body: testkit.Fixture(t, "networkgroups/group_full.json")}
		client, api := scriptedClient(t, scripted{status: 202}, scripted{status: 404},
			scripted{status: 404}, found)
		start, laptop := time.Now(), clevercloud.NewExternalMember("laptop")
		assert.Equal(t, clevercloud.NetworkGroupMemberKindExternal, laptop.Kind)

		group, err := client.NetworkGroups.Create(t.Context(), "orga_1", clevercloud.NetworkGroupInput{
			Label: "backend", Description: "shop", Tags: []string{"env:prod"},
			Members: []clevercloud.NetworkGroupMember{
				{ID: "app_1"}, {ID: "external_1"}, {ID: "redis_1"},
				{ID: "redis_2", Kind: "NEW", DomainName: "db.example"}, laptop,
			},
		})

		require.NoError(t, err)
		assert.Equal(t, "backend", group.Label)
		assert.Equal(t, 2*time.Second, time.Since(start), "a look each second")
		var sent struct {
			ID, OwnerID, Label, Description string
			Tags                            []string
			Members                         []clevercloud.NetworkGroupMember
		}
		require.NoError(t, json.Unmarshal([]byte(api.bodies[0]), &sent))
		uuid := `[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`
		assert.Regexp(t, regexp.MustCompile("^ng_"+uuid), sent.ID)
		assert.Equal(t, "orga_1", sent.OwnerID)
		assert.Equal(t, []string{"env:prod"}, sent.Tags)
		domain := ".m." + sent.ID + ".cc-ng.cloud"
		assert.Equal(t, []clevercloud.NetworkGroupMember{
			{ID: "app_1", Kind: "APPLICATION", DomainName: "app_1" + domain},
			{ID: "external_1", Kind: "EXTERNAL", DomainName: "external_1" + domain},
			{ID: "redis_1", Kind: "ADDON", DomainName: "redis_1" + domain},
			{ID: "redis_2", Kind: "NEW", DomainName: "db.example"},
		}, sent.Members[:4])
		assert.Equal(t, clevercloud.NetworkGroupMemberKindExternal, sent.Members[4].Kind)
		assert.Regexp(t, regexp.MustCompile("^external_"+uuid), string(sent.Members[4].ID))
		get := "GET " + ngPath + "/" + sent.ID
		assert.Equal(t, []string{"POST " + ngPath, get, get, get}, api.heard)
	})
}

func TestNetworkGroups_CreateSettles(t *testing.T) {
	t.Parallel()
	lost, unavailable := scripted{lost: true}, scripted{status: 503}
	missing, conflict := scripted{status: 404}, scripted{status: 409}
	found := scripted{status: 200, body: `{"id":"ng_1"}`}
	post, get := "POST "+ngPath, "GET "+ngPath+"/ng_1"
	for name, tc := range map[string]struct {
		answers []scripted
		heard   []string
		is      error
	}{
		"the lost request was applied": {
			answers: []scripted{lost, found}, heard: []string{post, get},
		},
		"the lost request was not applied": {
			answers: []scripted{lost, missing, {status: 202}, missing, found},
			heard:   []string{post, get, post, get, get},
		},
		"unavailable twice": {
			answers: []scripted{unavailable, missing, unavailable, missing, {status: 202}, found},
			heard:   []string{post, get, post, get, post, get},
		},
		"the lost request was still being applied": {
			answers: []scripted{lost, missing, conflict, missing, found},
			heard:   []string{post, get, post, get, get},
		},
		"refused": {
			answers: []scripted{conflict}, heard: []string{post}, is: clevercloud.ErrConflict,
		},
		"refused the second time": {
			answers: []scripted{lost, missing, {status: 403}}, heard: []string{post, get, post},
			is: clevercloud.ErrForbidden,
		},
		"unknown owner": {
			answers: []scripted{missing}, heard: []string{post}, is: clevercloud.ErrNotFound,
		},
		"cannot be settled": {
			answers: []scripted{lost, {status: 401}}, heard: []string{post, get},
			is: clevercloud.ErrMaybeApplied,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, api := scriptedClient(t, tc.answers...)

				group, err := client.NetworkGroups.Create(t.Context(), "orga_1",
					clevercloud.NetworkGroupInput{ID: "ng_1", Label: "x"})

				assert.Equal(t, tc.heard, api.heard)
				for i, body := range api.bodies {
					if strings.HasPrefix(api.heard[i], "POST") {
						assert.JSONEq(t,
							`{"id":"ng_1","ownerId":"orga_1","label":"x","members":[]}`, body)
					}
				}
				if tc.is != nil {
					require.ErrorIs(t, err, tc.is)
					assert.Nil(t, group)
					assert.NotContains(t, err.Error(), "\n")
					return
				}
				require.NoError(t, err)
				assert.Equal(t, clevercloud.NetworkGroupID("ng_1"), group.ID)
			})
		})
	}
}

func TestNetworkGroups_CreateGivesUp(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		answers  []scripted
		is       error
		accepted bool
	}{
		{[]scripted{{status: 202}, {status: 404}}, clevercloud.ErrNotFound, true},
		{ // there is another group with this label
			[]scripted{{lost: true}, {status: 404}, {status: 409}, {status: 404}},
			clevercloud.ErrConflict, false,
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			client, _ := scriptedClient(t, tc.answers...)
			start := time.Now()

			_, err := client.NetworkGroups.Create(t.Context(), "orga_1",
				clevercloud.NetworkGroupInput{ID: "ng_1", Label: "x"})

			require.ErrorIs(t, err, tc.is)
			assert.Equal(t, tc.accepted, errors.Is(err, clevercloud.ErrMaybeApplied), "%v", err)
			assert.InDelta(t, 30, time.Since(start).Seconds(), 1)
		})
	}
}

func TestNetworkGroups_CreateStopsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, _ := scriptedClient(t, scripted{status: 202}, scripted{status: 404})
		cause := errors.New("changed my mind")
		ctx, cancel := context.WithTimeoutCause(t.Context(), 5*time.Second, cause)
		defer cancel()

		_, err := client.NetworkGroups.Create(ctx, "orga_1",
			clevercloud.NetworkGroupInput{ID: "ng_1", Label: "x"})

		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, cause)
		require.ErrorIs(t, err, clevercloud.ErrMaybeApplied)
	})
}

// A value that cannot be read is an error in what is known, and only there.
func TestNetworkGroups_ForeignValues(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		`{"peers":[{"type":"CleverPeer","id":[]}]}`:                                             false,
		`{"peers":[{"id":[],"type":"CleverPeer"}]}`:                                             false,
		`{"peers":["CleverPeer"]}`:                                                              false,
		`{"peers":[{"type":"FuturePeer","id":[]}]}`:                                             true,
		`{"peers":[{"type":"FuturePeer","endpoint":{"ngTerm":"h:1"}}]}`:                         true,
		`{"peers":[{"endpoint":{"type":"RelayEndpoint","ngTerm":"h:1"}}]}`:                      true,
		`{"peers":[{"type":"CleverPeer","endpoint":{"type":"RelayEndpoint","ngTerm":"h:1"}}]}`:  true,
		`{"peers":[{"type":"CleverPeer","endpoint":{"type":"ServerEndpoint","ngTerm":"h:1"}}]}`: false,
	} {
		client, _ := scriptedClient(t, scripted{status: 200, body: body})

		_, err := client.NetworkGroups.Get(t.Context(), "orga_1", "ng_1")

		assert.Equal(t, want, err == nil, "%s: %v", body, err)
	}
}

// What is no JSON at all is an error, for a program that decodes by itself too.
func TestNetworkGroups_NoJSON(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"", " ", "{", "["} {
		require.Error(t, new(clevercloud.NetworkGroupPeer).UnmarshalJSON([]byte(data)), data)
	}
}

// A connection that is lost brings the current configuration again, which is not delivered twice.
func TestNetworkGroups_WatchWireGuardConfiguration(t *testing.T) {
	t.Parallel()
	event := func(name string, version int, file string) string {
		return fmt.Sprintf("event:%s\ndata:{\"version\":%d,\"configuration\":%q,\"more\":1}\n\n",
			name, version, base64.StdEncoding.EncodeToString([]byte(file)))
	}
	const heartbeat = "event:HEARTBEAT\ndata:\n\n"
	synctest.Test(t, func(t *testing.T) {
		client, api := scriptedClient(t,
			scripted{status: 200, body: event("ANY", 1, "one") + heartbeat + event("", 2, "two")},
			scripted{status: http.StatusServiceUnavailable, body: "{}"},
			scripted{status: http.StatusOK, body: heartbeat + event("ANY", 2, "two") +
				"event:ANY\ndata:{\"version\":3,\"configuration\":\"s3cret\"}\n\n" +
				"event:ANY\ndata:{\"version\":4}\n\n" + "event:ANY\ndata:{\"s3cret\":\n\n" +
				"event:ANY\ndata:[\"s3cret\"]\n\n" + // and base64 in lines, as MIME has it:
				"event:ANY\ndata:{\"version\":5,\"configuration\":\"Zml2\\r\\nZQ==\\n\"}\n\n" +
				"event:END_OF_STREAM\ndata:\n\n"},
		)
		var files []string
		var failures []error

		for file, err := range client.NetworkGroups.WatchWireGuardConfiguration(
			t.Context(), "orga_1", "ng_1", "peer 1",
		) {
			if err != nil {
				require.ErrorAs(t, err, new(*clevercloud.LogDecodeError))
				assert.Empty(t, file)
				failures = append(failures, err)
				continue
			}
			files = append(files, file.Reveal())
		}

		assert.Equal(t, []string{"one", "two", "five"}, files)
		causes := []string{
			"illegal base64 data at input byte 4", "expected a configuration",
			"not JSON: unexpected EOF", "expected object, got array",
		}
		require.Len(t, failures, len(causes))
		for i, err := range failures {
			assert.EqualError(t, err, "clevercloud: network-groups.watch-wireguard-configuration: "+
				"unreadable entry: "+causes[i])
			assert.NotContains(t, fmt.Sprintf("%v %+v", err, err), "s3cret")
		}
		want := "GET /v4/networkgroups/organisations/orga_1/networkgroups/ng_1/peers/peer%201" +
			"/wireguard/configuration/stream"
		assert.Equal(t, []string{want, want, want}, api.heard)
		assert.Equal(t, "text/event-stream", api.accepts[0])
	})
}

func TestNetworkGroups_WatchWireGuardConfigurationEnds(t *testing.T) {
	t.Parallel()
	client, api := scriptedClient(t, scripted{status: http.StatusNotFound, body: `{"code":"x"}`})
	watch := func(peer clevercloud.PeerID) (errs []error) {
		for file, err := range client.NetworkGroups.WatchWireGuardConfiguration(
			t.Context(), "orga_1", "ng_1", peer,
		) {
			assert.Empty(t, file)
			errs = append(errs, err)
		}
		return errs
	}
	gone := watch("peer-1")
	require.Len(t, gone, 1)
	require.ErrorIs(t, gone[0], clevercloud.ErrNotFound)
	require.Len(t, api.heard, 1)
	unnamed := watch("")
	require.Len(t, unnamed, 1)
	require.EqualError(t, unnamed[0],
		"clevercloud: network-groups.watch-wireguard-configuration: peerId must not be empty")
	require.Len(t, api.heard, 1, "nothing is sent")
}

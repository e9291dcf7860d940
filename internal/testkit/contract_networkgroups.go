package testkit

import (
	"net/http"

	"github.com/clevercloud-go/clevercloud"
)

const networkGroupsTemplate = "/v4/networkgroups/organisations/{ownerId}/networkgroups"

var networkGroupsOperations = []Operation{
	{
		ID: "network-groups.list", Method: http.MethodGet,
		Path:    networkGroupsTemplate,
		OK:      "networkgroups/groups.json",
		Foreign: `[{"id":[]}]`, At: "/0/id",
		Func: (*clevercloud.NetworkGroupsService).List,
	},
	{
		ID: "network-groups.get", Method: http.MethodGet,
		Path:    networkGroupsTemplate + "/{networkGroupId}",
		OK:      "networkgroups/group_full.json",
		Foreign: `{"members":[{"id":[]}]}`, At: "/members/0/id",
		Func: (*clevercloud.NetworkGroupsService).Get,
	},
	{
		ID: "network-groups.search", Method: http.MethodGet,
		Path:    networkGroupsTemplate + "/search",
		OK:      "networkgroups/search.json",
		Foreign: `[{"type":"Member","id":[]}]`, At: "/0/id",
		Func: (*clevercloud.NetworkGroupsService).Search,
	},
	{
		ID: "network-groups.delete", Method: http.MethodDelete,
		Path: networkGroupsTemplate + "/{networkGroupId}",
		Func: (*clevercloud.NetworkGroupsService).Delete,
	},
	{
		ID: "network-groups.list-members", Method: http.MethodGet,
		Path:    networkGroupsTemplate + "/{networkGroupId}/members",
		OK:      "networkgroups/members.json",
		Foreign: `[{"id":[]}]`, At: "/0/id",
		Func: (*clevercloud.NetworkGroupsService).ListMembers,
	},
	{
		ID: "network-groups.get-member", Method: http.MethodGet,
		Path:    networkGroupsTemplate + "/{networkGroupId}/members/{memberId}",
		OK:      "networkgroups/member.json",
		Foreign: `{"kind":[]}`, At: "/kind",
		Func: (*clevercloud.NetworkGroupsService).GetMember,
	},
	{
		ID: "network-groups.add-member", Method: http.MethodPost,
		Path: networkGroupsTemplate + "/{networkGroupId}/members",
		Func: (*clevercloud.NetworkGroupsService).AddMember,
		Args: []any{clevercloud.NetworkGroupMember{ID: "app_1"}},
	},
	{
		ID: "network-groups.remove-member", Method: http.MethodDelete,
		Path: networkGroupsTemplate + "/{networkGroupId}/members/{memberId}",
		Func: (*clevercloud.NetworkGroupsService).RemoveMember,
	},
	{
		ID: "network-groups.get-peer", Method: http.MethodGet,
		Path:    networkGroupsTemplate + "/{networkGroupId}/peers/{peerId}",
		OK:      "networkgroups/peer.json",
		Foreign: `{"type":"CleverPeer","id":[]}`, At: "/id",
		Func: (*clevercloud.NetworkGroupsService).GetPeer,
	},
	{
		ID: "network-groups.add-external-peer", Method: http.MethodPost,
		Path:    networkGroupsTemplate + "/{networkGroupId}/external-peers",
		OK:      "networkgroups/added_peer.json",
		Foreign: `{"peerId":[]}`, At: "/peerId",
		Once: true,
		Func: (*clevercloud.NetworkGroupsService).AddExternalPeer,
		Args: []any{clevercloud.ExternalPeerInput{PublicKey: "a2V5", ParentMember: "external_1"}},
	},
	{
		ID: "network-groups.remove-external-peer", Method: http.MethodDelete,
		Path: networkGroupsTemplate + "/{networkGroupId}/external-peers/{peerId}",
		Func: (*clevercloud.NetworkGroupsService).RemoveExternalPeer,
	},
	{
		ID: "network-groups.wireguard-configuration", Method: http.MethodGet,
		Path:    networkGroupsTemplate + "/{networkGroupId}/peers/{peerId}/wireguard/configuration",
		OK:      "networkgroups/wireguard.conf",
		Foreign: `{}`,
		Accept:  "text/plain",
		Func:    (*clevercloud.NetworkGroupsService).WireGuardConfiguration,
	},
	{
		ID: "network-groups.wireguard-configuration-url", Method: http.MethodGet,
		Path:    networkGroupsTemplate + "/{networkGroupId}/peers/{peerId}/wireguard/configuration/presigned-url",
		OK:      "networkgroups/presigned.json",
		Foreign: `{"url":[]}`, At: "/url",
		Func: (*clevercloud.NetworkGroupsService).WireGuardConfigurationURL,
	},
	{
		ID: "network-groups.dns-suffixes", Method: http.MethodGet,
		Path:    "/networkgroup/configuration",
		OK:      "networkgroups/configuration.json",
		Foreign: `{"dnsSuffixes":{}}`, At: "/dnsSuffixes",
		Func: (*clevercloud.NetworkGroupsService).DNSSuffixes,
	},
}

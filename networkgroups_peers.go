package clevercloud

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"iter"

	"github.com/clevercloud-go/clevercloud/auth"
)

// A PeerID names a peer of a network group. It has no prefix.
type PeerID string

// A NetworkGroupPeer is a machine in a network group: an instance of an application or an add-on,
// or an external peer.
type NetworkGroupPeer struct {
	Type      NetworkGroupPeerType `json:"type,omitzero"` // tells which of the other fields are set
	ID        PeerID               `json:"id,omitzero"`
	Label     string               `json:"label,omitzero"`     // may be empty
	PublicKey string               `json:"publicKey,omitzero"` // a WireGuard key in base64
	Hostname  string               `json:"hostname,omitzero"`
	// ParentMember is the member that the peer belongs to.
	ParentMember ResourceID `json:"parentMember,omitzero"`
	ParentEvent  string     `json:"parentEvent,omitzero"` // may be empty
	// HV is the hypervisor of a Clever Cloud peer.
	HV       string               `json:"hv,omitzero"`
	Endpoint NetworkGroupEndpoint `json:"endpoint,omitzero"`
	// Raw is the peer's JSON, for what an unknown type has beyond the fields above.
	Raw json.RawMessage `json:"-"`
}

// UnmarshalJSON reads a peer, and what it can of one of an unknown type.
func (p *NetworkGroupPeer) UnmarshalJSON(data []byte) error {
	type plain NetworkGroupPeer
	return unmarshalUnion(data, (*plain)(p), &p.Type, &p.Raw)
}

// MarshalJSON returns Raw.
func (p NetworkGroupPeer) MarshalJSON() ([]byte, error) { return p.Raw.MarshalJSON() }

// A NetworkGroupPeerType tells where a peer runs. Other values may appear.
type NetworkGroupPeerType string

// The known types: a machine of the platform, and one outside of it.
const (
	NetworkGroupPeerTypeClever   NetworkGroupPeerType = "CleverPeer"
	NetworkGroupPeerTypeExternal NetworkGroupPeerType = "ExternalPeer"
)

// IsKnown reports whether t is one of the constants of this package.
func (t NetworkGroupPeerType) IsKnown() bool {
	return isOneOf(t, NetworkGroupPeerTypeClever, NetworkGroupPeerTypeExternal)
}

// A NetworkGroupEndpoint is the address of a peer.
type NetworkGroupEndpoint struct {
	// Type tells which of the other fields are set.
	Type NetworkGroupEndpointType `json:"type,omitzero"`
	// NGIP is the address in the group of a peer that only connects to others.
	NGIP string `json:"ngIp,omitzero"`
	// NGTerm and PublicTerm are the addresses of a peer that accepts connections, in the group
	// and outside of it.
	NGTerm     NetworkGroupAddress `json:"ngTerm,omitzero"`
	PublicTerm NetworkGroupAddress `json:"publicTerm,omitzero"`
}

// UnmarshalJSON reads an endpoint, and what it can of one of an unknown type.
func (e *NetworkGroupEndpoint) UnmarshalJSON(data []byte) error {
	type plain NetworkGroupEndpoint
	return unmarshalUnion(data, (*plain)(e), &e.Type, nil)
}

// A NetworkGroupEndpointType tells whether a peer accepts connections. Other values may appear.
type NetworkGroupEndpointType string

// The known types.
const (
	NetworkGroupEndpointTypeClient NetworkGroupEndpointType = "ClientEndpoint"
	NetworkGroupEndpointTypeServer NetworkGroupEndpointType = "ServerEndpoint"
)

// IsKnown reports whether t is one of the constants of this package.
func (t NetworkGroupEndpointType) IsKnown() bool {
	return isOneOf(t, NetworkGroupEndpointTypeClient, NetworkGroupEndpointTypeServer)
}

// A NetworkGroupAddress is a host, usually an IP address, and a port.
type NetworkGroupAddress struct {
	Host string `json:"host,omitzero"`
	Port int    `json:"port,omitzero"`
}

// GetPeer returns a peer of a network group.
//
//	GET /v4/networkgroups/organisations/{ownerId}/networkgroups/{networkGroupId}/peers/{peerId}
func (s *NetworkGroupsService) GetPeer(
	ctx context.Context, owner OwnerID, id NetworkGroupID, peer PeerID, opts ...CallOption,
) (*NetworkGroupPeer, error) {
	return operation[*NetworkGroupPeer]{id: "network-groups.get-peer", path: peerPath}.
		call(ctx, s.client, opts, none{}, string(owner), string(id), string(peer))
}

// An ExternalPeerInput describes a machine outside the platform that joins a network group.
type ExternalPeerInput struct {
	// Role is CLIENT for a peer that only connects to others, and SERVER for one that accepts
	// connections. Empty is CLIENT.
	Role string `json:"peerRole"`
	// PublicKey is the peer's WireGuard key in base64. It is required.
	PublicKey string `json:"publicKey"`
	Label     string `json:"label,omitzero"`
	// ParentMember is the external member that the peer belongs to. It is required.
	ParentMember ResourceID `json:"parentMember"`
	// IP and Port are where a SERVER accepts connections.
	IP       string `json:"ip,omitzero"`
	Port     int    `json:"port,omitzero"`
	Hostname string `json:"hostname,omitzero"`
}

func (in ExternalPeerInput) encode(d *draft) error {
	if in.Role == "SERVER" && (in.IP == "" || in.Port == 0) {
		return &ValidationError{Argument: "IP and Port", Reason: "must not be empty for a SERVER"}
	}
	in.Role = cmp.Or(in.Role, "CLIENT")
	return d.jsonRequiring(in, "PublicKey", in.PublicKey, "ParentMember", string(in.ParentMember))
}

type addedPeer struct {
	ID PeerID `json:"peerId"`
}

// AddExternalPeer adds a machine outside the platform to a network group and returns the ID of the
// new peer. The member that it belongs to must be in the group: see [NewExternalMember]. If there
// is no such group or member, the error matches [ErrNotFound]. AddExternalPeer is not idempotent,
// see [ErrMaybeApplied].
//
//	POST /v4/networkgroups/organisations/{ownerId}/networkgroups/{networkGroupId}/external-peers
func (s *NetworkGroupsService) AddExternalPeer(
	ctx context.Context, owner OwnerID, id NetworkGroupID, in ExternalPeerInput,
	opts ...CallOption,
) (PeerID, error) {
	added, err := operation[addedPeer]{
		id: "network-groups.add-external-peer", method: "POST",
		path: networkGroupPath + "/external-peers",
	}.call(ctx, s.client, opts, in, string(owner), string(id))
	return added.ID, err
}

// RemoveExternalPeer removes an external peer from a network group. Its parent member stays. It is
// idempotent. If the group has no such peer, the error matches [ErrNotFound].
//
//	DELETE /v4/networkgroups/organisations/{ownerId}/networkgroups/{networkGroupId}/external-peers/{peerId}
func (s *NetworkGroupsService) RemoveExternalPeer(
	ctx context.Context, owner OwnerID, id NetworkGroupID, peer PeerID, opts ...CallOption,
) error {
	return operation[none]{
		id: "network-groups.remove-external-peer", method: "DELETE",
		path: networkGroupPath + "/external-peers/{peerId}", idempotent: true,
	}.do(ctx, s.client, opts, none{}, string(owner), string(id), string(peer))
}

// WireGuardConfiguration returns the WireGuard configuration file of a peer. It changes whenever
// a peer joins or leaves the group.
//
//	GET /v4/networkgroups/organisations/{ownerId}/networkgroups/{networkGroupId}/peers/{peerId}/wireguard/configuration
func (s *NetworkGroupsService) WireGuardConfiguration(
	ctx context.Context, owner OwnerID, id NetworkGroupID, peer PeerID, opts ...CallOption,
) (auth.Secret, error) {
	return operation[auth.Secret]{
		id: "network-groups.wireguard-configuration", path: wireGuardPath, accept: "text/plain",
		secretResult: true,
	}.text(ctx, s.client, opts, none{}, string(owner), string(id), string(peer))
}

// presignedURL is an address that needs no credentials.
type presignedURL struct {
	URL auth.Secret `json:"url"`
}

// WireGuardConfigurationURL returns an address of a peer's WireGuard configuration file that
// works without credentials, for 60 minutes.
//
//	GET /v4/networkgroups/organisations/{ownerId}/networkgroups/{networkGroupId}/peers/{peerId}/wireguard/configuration/presigned-url
func (s *NetworkGroupsService) WireGuardConfigurationURL(
	ctx context.Context, owner OwnerID, id NetworkGroupID, peer PeerID, opts ...CallOption,
) (auth.Secret, error) {
	presigned, err := operation[presignedURL]{
		id: "network-groups.wireguard-configuration-url", path: wireGuardPath + "/presigned-url",
		secretResult: true,
	}.call(ctx, s.client, opts, none{}, string(owner), string(id), string(peer))
	return presigned.URL, err
}

// wireGuardConfiguration is a configuration file as the stream has it.
type wireGuardConfiguration struct {
	Version int64  `json:"version"`
	Base64  string `json:"configuration"`
	File    []byte `json:"-"`
}

// UnmarshalJSON decodes the file itself, since the JSON decoder rejects base64 with line breaks.
func (w *wireGuardConfiguration) UnmarshalJSON(data []byte) error {
	type plain wireGuardConfiguration
	err := unmarshal(data, (*plain)(w))
	if err == nil && w.Base64 == "" {
		err = errors.New("expected a configuration")
	}
	if err == nil {
		w.File, err = base64.StdEncoding.DecodeString(w.Base64)
	}
	return err
}

// WatchWireGuardConfiguration returns the WireGuard configuration file of a peer, first the current
// one and then each new one, until the peer or its group is gone. The request is sent when
// iteration starts.
//
// The stream is read like those of [LogsService]: it treats a silent connection as lost, reconnects
// with exponential backoff, and does not deliver a configuration again. A configuration that cannot
// be decoded is reported as a [*LogDecodeError], and iteration continues with the next one.
//
//	GET /v4/networkgroups/organisations/{ownerId}/networkgroups/{networkGroupId}/peers/{peerId}/wireguard/configuration/stream
func (s *NetworkGroupsService) WatchWireGuardConfiguration(
	ctx context.Context, owner OwnerID, id NetworkGroupID, peer PeerID, opts ...CallOption,
) iter.Seq2[auth.Secret, error] {
	o := operation[wireGuardConfiguration]{
		id: "network-groups.watch-wireguard-configuration", path: wireGuardPath + "/stream",
		accept: mediaEventStream, secretResult: true,
	}
	return func(yield func(auth.Secret, error) bool) {
		var last wireGuardConfiguration
		for next, err := range o.events(
			ctx, s.client, EventQuery{}, nil, opts, none{}, string(owner), string(id), string(peer),
		) {
			if err == nil && next.Version == last.Version && bytes.Equal(next.File, last.File) {
				continue
			}
			if err == nil {
				last = next
			}
			if !yield(auth.Secret(next.File), err) {
				return
			}
		}
	}
}

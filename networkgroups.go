package clevercloud

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/clevercloud-go/clevercloud/internal/query"
)

// NetworkGroupsService manages network groups, private networks that join applications, add-ons
// and machines outside the platform over WireGuard.
//
// Creations, additions and removals are asynchronous: the API accepts them first and carries them
// out within seconds. Use [WaitUntil] with a Get method to wait for the result.
//
// See https://www.clever-cloud.com/developers/doc/develop/network-groups/.
type NetworkGroupsService service

const (
	networkGroupsPath = "/v4/networkgroups/organisations/{ownerId}/networkgroups"
	networkGroupPath  = networkGroupsPath + "/{networkGroupId}"
	memberPath        = networkGroupPath + "/members/{memberId}"
	peerPath          = networkGroupPath + "/peers/{peerId}"
	wireGuardPath     = peerPath + "/wireguard/configuration"
)

// A NetworkGroup is a private network with its members, and the peers that they consist of.
type NetworkGroup struct {
	ID      NetworkGroupID `json:"id,omitzero"`
	OwnerID OwnerID        `json:"ownerId,omitzero"`
	Label   string         `json:"label,omitzero"`
	// DNSSanitizedLabel is the label as it can stand in a domain name. It may be empty.
	DNSSanitizedLabel string `json:"dnsSanitizedLabel,omitzero"`
	Description       string `json:"description,omitzero"`
	// NetworkIP is the range of the group's addresses, in CIDR notation.
	NetworkIP       string `json:"networkIp,omitzero"`
	LastAllocatedIP string `json:"lastAllocatedIp,omitzero"`
	// Ownership is empty where the API does not tell.
	Ownership NetworkGroupOwnership `json:"ownership,omitzero"`
	Tags      []string              `json:"tags,omitzero"`
	Version   int64                 `json:"version"` // grows with every change of the group
	// Members are what has been added to the group: applications, add-ons and external members.
	Members []NetworkGroupMember `json:"members,omitzero"`
	Peers   []NetworkGroupPeer   `json:"peers,omitzero"` // the machines of the members
}

// A NetworkGroupOwnership tells who made a network group. Other values may appear.
type NetworkGroupOwnership string

// The known values.
const (
	NetworkGroupOwnershipCustomer NetworkGroupOwnership = "CUSTOMER"
	NetworkGroupOwnershipPlatform NetworkGroupOwnership = "PLATFORM"
)

// IsKnown reports whether o is one of the constants of this package.
func (o NetworkGroupOwnership) IsKnown() bool {
	return isOneOf(o, NetworkGroupOwnershipCustomer, NetworkGroupOwnershipPlatform)
}

// A NetworkGroupMember is an application, an add-on or something outside the platform that is in
// a network group.
type NetworkGroupMember struct {
	// ID is an application's ID, or an add-on's real ID, such as postgresql_….
	// IDs of external members are made by [NewExternalMember].
	ID    ResourceID `json:"id,omitzero"`
	Label string     `json:"label,omitzero"` // may be empty
	// DomainName is where the other members reach this one. It ends in one of the suffixes that
	// [NetworkGroupsService.DNSSuffixes] lists. When a member is added, an empty name stands for
	// the usual one, <member>.m.<group>.cc-ng.cloud.
	DomainName string `json:"domainName,omitzero"`
	// Kind may be empty when a member is added. It then follows from the ID.
	Kind NetworkGroupMemberKind `json:"kind,omitzero"`
}

// NewExternalMember returns a member for a machine outside the platform, with a random ID. Add it
// with [NetworkGroupsService.AddMember] before the peers that belong to it.
func NewExternalMember(label string) NetworkGroupMember {
	return NetworkGroupMember{
		ID: ResourceID("external_" + newUUID()), Label: label, Kind: NetworkGroupMemberKindExternal,
	}
}

// completed is m with its defaults, as a member of group.
func (m NetworkGroupMember) completed(group NetworkGroupID) (NetworkGroupMember, error) {
	prefix, _, _ := strings.Cut(string(m.ID), "_")
	switch {
	case m.ID == "":
		return m, &ValidationError{Argument: "Member.ID", Reason: "must not be empty"}
	case prefix == "addon":
		return m, &ValidationError{
			Argument: "Member.ID",
			Reason:   "must be the add-on's real ID, such as postgresql_…, not addon_…",
		}
	case m.Kind != "":
	case prefix == "app":
		m.Kind = NetworkGroupMemberKindApplication
	case prefix == "external":
		m.Kind = NetworkGroupMemberKindExternal
	default:
		m.Kind = NetworkGroupMemberKindAddon
	}
	if m.DomainName == "" {
		m.DomainName = fmt.Sprintf("%s.m.%s.cc-ng.cloud", m.ID, group)
	}
	return m, nil
}

// A NetworkGroupMemberKind tells what a member is. It is decoded in upper case, however the API
// spells it. Other values may appear.
type NetworkGroupMemberKind string

// The known kinds.
const (
	NetworkGroupMemberKindApplication  NetworkGroupMemberKind = "APPLICATION"
	NetworkGroupMemberKindAddon        NetworkGroupMemberKind = "ADDON"
	NetworkGroupMemberKindExternal     NetworkGroupMemberKind = "EXTERNAL"
	NetworkGroupMemberKindLoadBalancer NetworkGroupMemberKind = "LOADBALANCER"
)

// IsKnown reports whether k is one of the constants of this package.
func (k NetworkGroupMemberKind) IsKnown() bool {
	return isOneOf(k, NetworkGroupMemberKindApplication, NetworkGroupMemberKindAddon,
		NetworkGroupMemberKindExternal, NetworkGroupMemberKindLoadBalancer)
}

// UnmarshalText reads a kind in any case.
func (k *NetworkGroupMemberKind) UnmarshalText(text []byte) error {
	*k = NetworkGroupMemberKind(strings.ToUpper(string(text)))
	return nil
}

// A NetworkGroupComponent is something that a search has found: a group, a member or a peer.
type NetworkGroupComponent struct {
	// Type tells which of Group, Member and Peer is set. All are nil for an unknown type.
	Type  NetworkGroupComponentType `json:"type"`
	ID    string                    `json:"id"`
	Label string                    `json:"label"`

	Group  *NetworkGroup       `json:"-"`
	Member *NetworkGroupMember `json:"-"`
	Peer   *NetworkGroupPeer   `json:"-"`
	Raw    json.RawMessage     `json:"-"` // the component's JSON
}

// A NetworkGroupComponentType is the kind of a search result. Other values may appear.
type NetworkGroupComponentType string

// The known types.
const (
	NetworkGroupComponentTypeGroup        NetworkGroupComponentType = "NetworkGroup"
	NetworkGroupComponentTypeMember       NetworkGroupComponentType = "Member"
	NetworkGroupComponentTypeCleverPeer   NetworkGroupComponentType = "CleverPeer"
	NetworkGroupComponentTypeExternalPeer NetworkGroupComponentType = "ExternalPeer"
)

// IsKnown reports whether t is one of the constants of this package.
func (t NetworkGroupComponentType) IsKnown() bool {
	return isOneOf(t, NetworkGroupComponentTypeGroup, NetworkGroupComponentTypeMember,
		NetworkGroupComponentTypeCleverPeer, NetworkGroupComponentTypeExternalPeer)
}

// UnmarshalJSON reads a component by its type.
func (c *NetworkGroupComponent) UnmarshalJSON(data []byte) error {
	type plain NetworkGroupComponent
	*c = NetworkGroupComponent{}
	if err := unmarshalUnion(data, (*plain)(c), &c.Type, &c.Raw); err != nil {
		return err
	}
	switch c.Type {
	case NetworkGroupComponentTypeGroup:
		return unmarshal(data, &c.Group)
	case NetworkGroupComponentTypeMember:
		return unmarshal(data, &c.Member)
	case NetworkGroupComponentTypeCleverPeer, NetworkGroupComponentTypeExternalPeer:
		return unmarshal(data, &c.Peer)
	}
	return nil
}

// MarshalJSON returns Raw.
func (c NetworkGroupComponent) MarshalJSON() ([]byte, error) { return c.Raw.MarshalJSON() }

// List returns the network groups of an owner, with their members and peers.
//
//	GET /v4/networkgroups/organisations/{ownerId}/networkgroups
func (s *NetworkGroupsService) List(
	ctx context.Context, owner OwnerID, opts ...CallOption,
) ([]NetworkGroup, error) {
	return operation[[]NetworkGroup]{id: "network-groups.list", path: networkGroupsPath}.
		call(ctx, s.client, opts, none{}, string(owner))
}

// Get returns a network group. While the group is being created, the error matches [ErrNotFound].
//
//	GET /v4/networkgroups/organisations/{ownerId}/networkgroups/{networkGroupId}
func (s *NetworkGroupsService) Get(
	ctx context.Context, owner OwnerID, id NetworkGroupID, opts ...CallOption,
) (*NetworkGroup, error) {
	return operation[*NetworkGroup]{id: "network-groups.get", path: networkGroupPath}.
		call(ctx, s.client, opts, none{}, string(owner), string(id))
}

type networkGroupSearch string

func (q networkGroupSearch) encode(d *draft) error {
	query.Text(&d.query, "query", q)
	return nil
}

// Search returns the groups, members and peers whose ID or label contains text, in any case.
// A component that the API returns more than once comes once. A member of several groups comes
// once for each of them, under different domain names.
//
//	GET /v4/networkgroups/organisations/{ownerId}/networkgroups/search
func (s *NetworkGroupsService) Search(
	ctx context.Context, owner OwnerID, text string, opts ...CallOption,
) ([]NetworkGroupComponent, error) {
	found, err := operation[[]NetworkGroupComponent]{
		id: "network-groups.search", path: networkGroupsPath + "/search",
	}.call(ctx, s.client, opts, networkGroupSearch(text), string(owner))
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(found, func(c NetworkGroupComponent) bool {
		key := jsontext.Value(bytes.Clone(c.Raw))
		_ = key.Canonicalize()
		again := seen[string(key)]
		seen[string(key)] = true
		return again
	}), nil
}

// A NetworkGroupInput describes a network group to create.
type NetworkGroupInput struct {
	// ID is ng_ and a UUID. If it is empty, Create makes one.
	ID NetworkGroupID `json:"id"`
	// Label is required. It has at most 128 characters.
	Label       string               `json:"label"`
	Description string               `json:"description,omitzero"`
	Tags        []string             `json:"tags,omitzero"`
	Members     []NetworkGroupMember `json:"members"`
}

// networkGroupCreation is a NetworkGroupInput with its ID and its owner.
type networkGroupCreation struct {
	NetworkGroupInput
	OwnerID OwnerID `json:"ownerId"`
}

func (in networkGroupCreation) encode(d *draft) error {
	in.Members = append([]NetworkGroupMember{}, in.Members...)
	for i, m := range in.Members {
		var err error
		if in.Members[i], err = m.completed(in.ID); err != nil {
			return err
		}
	}
	return d.jsonRequiring(in, "Label", in.Label)
}

// createPatience is how long a new group may take to appear.
const createPatience = 30 * time.Second

// Create creates a network group and returns it as soon as it can be read, which takes a few
// seconds. Its members may still be joining.
//
// Create is idempotent, because the ID of the group is made here. After a lost response or a
// status 5xx it looks for the group and sends the request again, with the same ID, if the group
// is not there. It gives up after 30 s. If the API has accepted the group but does not show it by
// then, the error matches [ErrMaybeApplied] and [ErrNotFound].
//
//	POST /v4/networkgroups/organisations/{ownerId}/networkgroups
func (s *NetworkGroupsService) Create(
	ctx context.Context, owner OwnerID, in NetworkGroupInput, opts ...CallOption,
) (*NetworkGroup, error) {
	if in.ID == "" {
		in.ID = NetworkGroupID("ng_" + newUUID())
	}
	creation := networkGroupCreation{in, owner}
	o := operation[none]{id: "network-groups.create", method: "POST", path: networkGroupsPath}
	_, err := o.call(ctx, s.client, opts, creation, string(owner))
	if err != nil && !errors.Is(err, ErrMaybeApplied) {
		return nil, err
	}
	for deadline := time.Now().Add(createPatience); ; {
		group, missing := s.Get(ctx, owner, in.ID, opts...)
		if missing == nil {
			return group, nil
		}
		if !errors.Is(missing, ErrNotFound) || time.Now().After(deadline) {
			if err == nil {
				err = &RequestError{Operation: o.id, MaybeApplied: true, err: missing}
			}
			return nil, err
		}
		if errors.Is(err, ErrMaybeApplied) {
			_, err = o.call(ctx, s.client, opts, creation, string(owner))
			if err != nil && !errors.Is(err, ErrMaybeApplied) && !errors.Is(err, ErrConflict) {
				return nil, err
			}
		}
		if ended := sleep(ctx, time.Second); ended != nil {
			return nil, &RequestError{
				Operation: o.id, MaybeApplied: true, err: ended, text: endText(ctx),
			}
		}
	}
}

// Delete deletes a network group. Deletion is asynchronous: Get returns the group until it is done.
// It is idempotent. If there is no such group, the error matches [ErrNotFound].
//
//	DELETE /v4/networkgroups/organisations/{ownerId}/networkgroups/{networkGroupId}
func (s *NetworkGroupsService) Delete(
	ctx context.Context, owner OwnerID, id NetworkGroupID, opts ...CallOption,
) error {
	return operation[none]{
		id: "network-groups.delete", method: "DELETE", path: networkGroupPath, idempotent: true,
	}.do(ctx, s.client, opts, none{}, string(owner), string(id))
}

// ListMembers returns the members of a network group.
//
//	GET /v4/networkgroups/organisations/{ownerId}/networkgroups/{networkGroupId}/members
func (s *NetworkGroupsService) ListMembers(
	ctx context.Context, owner OwnerID, id NetworkGroupID, opts ...CallOption,
) ([]NetworkGroupMember, error) {
	return operation[[]NetworkGroupMember]{
		id: "network-groups.list-members", path: networkGroupPath + "/members",
	}.call(ctx, s.client, opts, none{}, string(owner), string(id))
}

// GetMember returns a member of a network group.
//
//	GET /v4/networkgroups/organisations/{ownerId}/networkgroups/{networkGroupId}/members/{memberId}
func (s *NetworkGroupsService) GetMember(
	ctx context.Context, owner OwnerID, id NetworkGroupID, member ResourceID, opts ...CallOption,
) (*NetworkGroupMember, error) {
	return operation[*NetworkGroupMember]{id: "network-groups.get-member", path: memberPath}.
		call(ctx, s.client, opts, none{}, string(owner), string(id), string(member))
}

// networkGroupAddition is a member and the group to add it to.
type networkGroupAddition struct {
	NetworkGroupMember
	group NetworkGroupID
}

func (in networkGroupAddition) encode(d *draft) error {
	member, err := in.completed(in.group)
	if err != nil {
		return err
	}
	return d.json(member)
}

// AddMember adds a member to a network group. Adding a member that is in the group already does
// nothing, so it is idempotent. A domain name under another suffix than those of
// [NetworkGroupsService.DNSSuffixes] is [ErrBadRequest].
//
// Add-ons on a shared plan cannot join. Those that were deployed before 2024 can after a restart
// or a migration.
//
//	POST /v4/networkgroups/organisations/{ownerId}/networkgroups/{networkGroupId}/members
func (s *NetworkGroupsService) AddMember(
	ctx context.Context, owner OwnerID, id NetworkGroupID, member NetworkGroupMember,
	opts ...CallOption,
) error {
	return operation[none]{
		id: "network-groups.add-member", method: "POST", path: networkGroupPath + "/members",
		idempotent: true,
	}.do(ctx, s.client, opts, networkGroupAddition{member, id}, string(owner), string(id))
}

// RemoveMember removes a member from a network group. Remove the peers of an external member first.
// It is idempotent. If the group has no such member, the error matches [ErrNotFound].
//
//	DELETE /v4/networkgroups/organisations/{ownerId}/networkgroups/{networkGroupId}/members/{memberId}
func (s *NetworkGroupsService) RemoveMember(
	ctx context.Context, owner OwnerID, id NetworkGroupID, member ResourceID, opts ...CallOption,
) error {
	return operation[none]{
		id: "network-groups.remove-member", method: "DELETE", path: memberPath, idempotent: true,
	}.do(ctx, s.client, opts, none{}, string(owner), string(id), string(member))
}

type networkGroupConfiguration struct {
	DNSSuffixes []string `json:"dnsSuffixes"`
}

// DNSSuffixes returns the suffixes that domain names of members can have, such as cc-ng.cloud. It
// needs no credentials. If the platform does not tell, the error matches [ErrNotFound].
//
//	GET /networkgroup/configuration
func (s *NetworkGroupsService) DNSSuffixes(
	ctx context.Context, opts ...CallOption,
) ([]string, error) {
	configuration, err := operation[networkGroupConfiguration]{
		id: "network-groups.dns-suffixes", path: "/networkgroup/configuration",
	}.call(ctx, s.client, opts, none{})
	if err != nil {
		return nil, err
	}
	return append([]string{}, configuration.DNSSuffixes...), nil
}

// newUUID returns a random UUID.
func newUUID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// unmarshalUnion decodes an object into out, and keeps its JSON in raw unless that is nil. Which
// fields the object has depends on its type, a field of out. If the type is unknown, fields that
// cannot be decoded are not an error, so that a newer type does not fail a whole list.
func unmarshalUnion(
	data []byte, out any, typ interface{ IsKnown() bool }, raw *json.RawMessage,
) error {
	err := unmarshal(data, out)
	if err != nil && json.Valid(data) && data[0] == '{' {
		_ = json.Unmarshal(data, out) // continues after a value of another type
		if !typ.IsKnown() {
			err = nil
		}
	}
	if raw != nil {
		*raw = bytes.Clone(data)
	}
	return err
}

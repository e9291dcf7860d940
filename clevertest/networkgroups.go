package clevertest

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
)

const networkGroupBase = "/v4/networkgroups/organisations/{ownerId}/networkgroups"

func networkGroupRoutes() []route {
	const (
		group     = "/{networkGroupId}"
		member    = group + "/members/{memberId}"
		peer      = group + "/peers/{peerId}"
		wireguard = peer + "/wireguard/configuration"
	)
	groupOf, memberOf := (*Server).networkGroupOf, (*Server).groupMemberOf
	peerOf := (*Server).groupPeerOf
	return append(under("network-groups", networkGroupBase, []row{
		{"list", "GET", "", (*Server).listNetworkGroups},
		{"create", "POST", "", (*Server).createNetworkGroup},
		{"search", "GET", "/search", (*Server).searchNetworkGroups},
		{"get", "GET", group, with(groupOf, jsonOf((*networkGroup).wire))},
		{"delete", "DELETE", group, with(groupOf, (*Server).deleteNetworkGroup)},
		{"list-members", "GET", group + "/members", with(groupOf, (*Server).listGroupMembers)},
		{"add-member", "POST", group + "/members", with(groupOf, (*Server).addGroupMember)},
		{"get-member", "GET", member, with(memberOf, jsonOf((*groupMember).wire))},
		{"remove-member", "DELETE", member, with(memberOf, (*Server).removeGroupMember)},
		{"list-peers", "GET", group + "/peers", with(groupOf, (*Server).listGroupPeers)},
		{"get-peer", "GET", peer, with(peerOf, jsonOf((*groupPeer).wire))},
		{"add-external-peer", "POST", group + "/external-peers",
			with(groupOf, (*Server).addExternalPeer)},
		{"remove-external-peer", "DELETE", group + "/external-peers/{peerId}",
			with(peerOf, (*Server).removeExternalPeer)},
		{"wireguard-configuration", "GET", wireguard, with(peerOf, (*Server).getWireGuard)},
		{"wireguard-configuration-url", "GET", wireguard + "/presigned-url",
			with(peerOf, func(s *Server, c *call, _ *groupPeer) response {
				return s.presign(c, strings.TrimSuffix(c.URL.Path, "/presigned-url"))
			})},
		{"watch", "GET", group + "/stream", streamOf(groupEvents)},
		{"watch-wireguard-configuration", "GET", wireguard + "/stream", streamOf(wireGuardEvents)},
	}), public(under("network-groups", "/networkgroup", []row{
		{"dns-suffixes", "GET", "/configuration", func(*Server, *call) response {
			return ok(map[string][]string{"dnsSuffixes": dnsSuffixes})
		}},
	}))...)
}

var (
	dnsSuffixes    = []string{"cc-ng.cloud"}
	networkGroupID = regexp.MustCompile(`^ng_` + uuidPattern + `$`)
	externalID     = regexp.MustCompile(`^external_` + uuidPattern + `$`)
	networkable    = []string{"elasticsearch", "mongodb", "mysql", "postgresql", "redis"}
)

const uuidPattern = `[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`

// NetworkGroup is a network group to add. Empty fields get plausible values.
type NetworkGroup struct {
	OwnerID     clevercloud.OwnerID // the seeded organisation
	Label       string
	Description string // null when empty
	Tags        []string
	// Members are applications and add-ons by their real IDs, or IDs of the form external_UUID.
	Members []clevercloud.ResourceID
}

type networkGroup struct {
	id, ownerID, label, description string
	tags                            []string
	version                         int
	addresses                       int // given so far
	members                         []*groupMember
	peers                           []*groupPeer
	ready                           bool
}

type groupMember struct {
	group      *networkGroup
	ID         string `json:"id"`
	Label      string `json:"label"`
	DomainName string `json:"domainName"`
	Kind       string `json:"kind"`
}

type groupPeer struct {
	group              *networkGroup
	id, label, parent  string
	public, private    string // keys
	hostname, hv, ngIP string
	host               string // where a server among the external peers is reached
	port               int
}

func (g *networkGroup) wire() map[string]any {
	return map[string]any{
		"id": g.id, "ownerId": g.ownerID, "label": g.label, "description": nullable(g.description),
		"networkIp": "10.105.0.0/16", "lastAllocatedIp": address(g.addresses), "tags": g.tags,
		"members": list(g.members, (*groupMember).wire), "peers": list(g.peers, (*groupPeer).wire),
		"version": g.version,
	}
}

func (m *groupMember) wire() map[string]any {
	return map[string]any{
		"id": m.ID, "label": nullable(m.Label), "domainName": m.DomainName, "kind": m.Kind,
	}
}

func (p *groupPeer) wire() map[string]any {
	endpoint := map[string]any{"type": "ClientEndpoint", "ngIp": p.ngIP}
	if p.host != "" {
		term := func(host string) map[string]any {
			return map[string]any{"host": host, "port": p.port}
		}
		endpoint = map[string]any{
			"type": "ServerEndpoint", "ngTerm": term(p.ngIP), "publicTerm": term(p.host),
		}
	}
	w := map[string]any{
		"type": "ExternalPeer", "id": p.id, "label": nullable(p.label), "publicKey": p.public,
		"hostname": p.hostname, "parentMember": p.parent, "endpoint": endpoint,
	}
	if p.hv != "" {
		w["type"], w["hv"] = "CleverPeer", p.hv
	}
	return w
}

// address is the n-th address of a group; its network has the zeroth.
func address(n int) string { return fmt.Sprintf("10.105.%d.%d", n>>8&255, n&255) }

// networkGroupOf finds the group in a path. One that is still being created is not found.
func (s *Server) networkGroupOf(c *call) *networkGroup {
	id := c.PathValue("networkGroupId")
	return find(s.networkGroupsOf(c), "networkgroup", id,
		func(g *networkGroup) bool { return g.id == id })
}

func (s *Server) networkGroupsOf(c *call) []*networkGroup {
	return filter(s.networkGroups, func(g *networkGroup) bool {
		return g.ready && g.ownerID == c.PathValue("ownerId")
	})
}

func (s *Server) groupMemberOf(c *call) *groupMember {
	return s.networkGroupOf(c).member(c.PathValue("memberId"))
}

func (g *networkGroup) member(id string) *groupMember {
	return find(g.members, "member", id, func(m *groupMember) bool { return m.ID == id })
}

func (s *Server) groupPeerOf(c *call) *groupPeer {
	id := c.PathValue("peerId")
	return find(s.networkGroupOf(c).peers, "peer", id,
		func(p *groupPeer) bool { return p.id == id })
}

func (s *Server) listNetworkGroups(c *call) response {
	return ok(list(s.networkGroupsOf(c), (*networkGroup).wire))
}

func (s *Server) listGroupMembers(_ *call, g *networkGroup) response {
	return ok(list(g.members, (*groupMember).wire))
}

func (s *Server) listGroupPeers(_ *call, g *networkGroup) response {
	return ok(list(g.peers, (*groupPeer).wire))
}

// createNetworkGroup rejects an id that is taken, or a label that is on its way. The group is there
// a step later, its members another.
func (s *Server) createNetworkGroup(c *call) response {
	body := struct {
		ID          string         `json:"id"`
		OwnerID     string         `json:"ownerId"`
		Label       string         `json:"label"`
		Description string         `json:"description"`
		Tags        []string       `json:"tags"`
		Members     []*groupMember `json:"members"`
	}{Tags: []string{}, Members: []*groupMember{}}
	c.decode(&body)
	wrong := complaints{}
	wrong.unless(networkGroupID.MatchString(body.ID), "id", body.ID, "expected ng_ and a UUID")
	wrong.unless(body.OwnerID == c.PathValue("ownerId"), "ownerId", body.OwnerID,
		"expected the owner in the path")
	wrong.unless(body.Label != "" && len(body.Label) <= 128, "label", body.Label,
		"expected 1 to 128 characters")
	wrong.unless(body.Tags != nil, "tags", "null", "expected a list")
	wrong.unless(body.Members != nil, "members", "null", "expected a list")
	for _, m := range body.Members {
		s.checkGroupMember(body.OwnerID, m, wrong)
	}
	wrong.check()
	for _, g := range s.networkGroups {
		if g.id == body.ID || !g.ready && g.ownerID == body.OwnerID && g.label == body.Label {
			return conflict("There is a network group " + g.id + " already")
		}
	}
	g := &networkGroup{
		id: body.ID, ownerID: body.OwnerID, label: body.Label, description: body.Description,
		tags: body.Tags, version: 1,
	}
	s.networkGroups = append(s.networkGroups, g)
	if c.fails {
		s.after(s.now(), s.cfg.step, func(time.Time) {
			s.networkGroups = without(s.networkGroups, g)
		})
	}
	s.soon(c, func(at time.Time) {
		g.ready = true
		s.publishGroup(g)
		s.after(at, s.cfg.step, func(time.Time) { s.joinGroup(g, body.Members...) })
	})
	return reply{status: http.StatusAccepted}
}

// checkGroupMember does not say which suffixes are right.
func (s *Server) checkGroupMember(ownerID string, m *groupMember, wrong complaints) {
	if m == nil {
		wrong.unless(false, "members", "null", "expected a member")
		return
	}
	kind, reason := s.memberKind(ownerID, m.ID)
	wrong.unless(reason == "", "id", m.ID, reason)
	wrong.unless(reason != "" || strings.EqualFold(m.Kind, kind), "kind", m.Kind,
		"is not the kind of "+m.ID)
	wrong.unless(slices.ContainsFunc(dnsSuffixes, func(suffix string) bool {
		label, found := strings.CutSuffix(m.DomainName, "."+suffix)
		return found && label != ""
	}), "domainName", m.DomainName, "is not a valid FQDN")
	m.Kind = kind
}

// memberKind says what an id is in a group, or why it cannot be in one.
func (s *Server) memberKind(ownerID, id string) (kind, reason string) {
	if externalID.MatchString(id) {
		return "EXTERNAL", ""
	}
	if app := s.appNamed(id); app != nil && string(app.OwnerID) == ownerID {
		return "APPLICATION", ""
	}
	for _, a := range s.addonsOf(ownerID) {
		prefix, _, _ := strings.Cut(a.realID, "_")
		switch {
		case a.id == id:
			return "", "expected the real id of the add-on"
		case a.realID != id:
		case !slices.Contains(networkable, prefix) || a.plan.slug == "dev":
			return "", "this add-on cannot join a network group"
		default:
			return "ADDON", ""
		}
	}
	return "", "unknown resource"
}

// joinGroup adds members that are not there yet, and the peers of each: the instances of an
// application, the machine of an add-on.
func (s *Server) joinGroup(g *networkGroup, members ...*groupMember) {
	for _, m := range members {
		if slices.ContainsFunc(g.members, func(o *groupMember) bool { return o.ID == m.ID }) {
			continue
		}
		m.group = g
		g.members = append(g.members, m)
		switch app := s.appNamed(m.ID); {
		case app != nil:
			for _, i := range app.instances {
				if i.State == up {
					s.addGroupPeer(g, &groupPeer{label: i.Name, parent: m.ID, hv: "hv-par0-001"})
				}
			}
		case m.Kind == "ADDON":
			s.addGroupPeer(g, &groupPeer{label: m.Label, parent: m.ID, hv: "hv-par0-002"})
		}
		s.publishGroup(g)
	}
}

func (s *Server) addGroupPeer(g *networkGroup, p *groupPeer) {
	key := func() string { return base64.StdEncoding.EncodeToString([]byte(s.uuid()[:32])) }
	p.id, p.group, p.private = orElse(p.id, s.uuid()), g, key()
	p.public = orElse(p.public, key())
	p.hostname = orElse(p.hostname, p.id[:8]+".m."+g.id+"."+dnsSuffixes[0])
	g.addresses++
	p.ngIP = address(g.addresses)
	g.peers = append(g.peers, p)
}

// publishGroup gives a group its next version, and tells who watches it or the configuration of one
// of its peers.
func (s *Server) publishGroup(g *networkGroup) {
	g.version++
	s.publish(groupEvents, g.id, g.wire())
	for _, p := range g.peers {
		s.publish(wireGuardEvents, p.id, p.configuration())
	}
}

func (s *Server) deleteNetworkGroup(c *call, g *networkGroup) response {
	s.soon(c, func(time.Time) {
		s.networkGroups = without(s.networkGroups, g)
		s.endTopic(groupEvents, g.id)
		for _, p := range g.peers {
			s.endTopic(wireGuardEvents, p.id)
		}
	})
	return noContent()
}

// addGroupMember takes a member that is there already without a word.
func (s *Server) addGroupMember(c *call, g *networkGroup) response {
	m := new(groupMember)
	c.decode(m)
	wrong := complaints{}
	s.checkGroupMember(g.ownerID, m, wrong)
	wrong.check()
	s.soon(c, func(time.Time) { s.joinGroup(g, m) })
	return reply{status: http.StatusAccepted}
}

// removeGroupMember removes the peers of the member, too.
func (s *Server) removeGroupMember(c *call, m *groupMember) response {
	s.soon(c, func(time.Time) {
		m.group.members = without(m.group.members, m)
		s.dropPeers(m.group, func(p *groupPeer) bool { return p.parent == m.ID })
	})
	return noContent()
}

func (s *Server) dropPeers(g *networkGroup, which func(*groupPeer) bool) {
	g.peers = slices.DeleteFunc(g.peers, func(p *groupPeer) bool {
		if which(p) {
			s.endTopic(wireGuardEvents, p.id)
		}
		return which(p)
	})
	s.publishGroup(g)
}

func (s *Server) addExternalPeer(c *call, g *networkGroup) response {
	var body struct {
		Role      string `json:"peerRole"`
		PublicKey string `json:"publicKey"`
		Label     string `json:"label"`
		Parent    string `json:"parentMember"`
		IP        string `json:"ip"`
		Port      int    `json:"port"`
		Hostname  string `json:"hostname"`
	}
	c.decode(&body)
	server := body.Role == "SERVER"
	wrong := complaints{}
	wrong.unless(server || body.Role == "CLIENT", "peerRole", body.Role,
		"expected CLIENT or SERVER")
	wrong.unless(body.PublicKey != "", "publicKey", "", "is required")
	wrong.unless(!server || body.IP != "", "ip", "", "is required of a server")
	wrong.unless(!server || body.Port > 0, "port", strconv.Itoa(body.Port),
		"is required of a server")
	wrong.check()
	parent := g.member(body.Parent)
	if !strings.EqualFold(parent.Kind, "EXTERNAL") {
		return badField("parentMember", body.Parent, "expected an external member")
	}
	p := &groupPeer{
		id: s.uuid(), label: body.Label, parent: parent.ID, public: body.PublicKey,
		hostname: orElse(body.Hostname, body.Label),
	}
	if server {
		p.host, p.port = body.IP, body.Port
	}
	s.soon(c, func(time.Time) {
		if slices.Contains(g.members, parent) {
			s.addGroupPeer(g, p)
			s.publishGroup(g)
		}
	})
	return ok(map[string]string{"peerId": p.id})
}

func (s *Server) removeExternalPeer(c *call, p *groupPeer) response {
	if p.hv != "" {
		return notFound("external peer", p.id)
	}
	s.soon(c, func(time.Time) {
		s.dropPeers(p.group, func(other *groupPeer) bool { return other == p })
	})
	return noContent()
}

func (p *groupPeer) configuration() map[string]any {
	text := base64.StdEncoding.EncodeToString([]byte(p.wireGuard()))
	return map[string]any{"version": p.group.version, "configuration": text}
}

// wireGuard is the file for the peer: its own key and address, then the other peers.
func (p *groupPeer) wireGuard() string {
	var b strings.Builder
	fmt.Fprintf(&b, "[Interface]\nPrivateKey = %s\nAddress = %s/16\n", p.private, p.ngIP)
	for _, other := range p.group.peers {
		if other != p {
			fmt.Fprintf(&b, "\n[Peer]\nPublicKey = %s\nAllowedIPs = %s/32\n", other.public,
				other.ngIP)
			if other.host != "" {
				fmt.Fprintf(&b, "Endpoint = %s:%d\n", other.host, other.port)
			}
		}
	}
	return b.String()
}

// getWireGuard answers with text to those who accept it and to those who follow a link, else with
// JSON.
func (s *Server) getWireGuard(c *call, p *groupPeer) response {
	if strings.Contains(c.Header.Get("Accept"), "text/plain") ||
		c.URL.Query().Has("authorization") {
		return textReply(plainText, p.wireGuard())
	}
	return ok(p.configuration())
}

// searchNetworkGroups lists what matches by its id and by its label twice.
func (s *Server) searchNetworkGroups(c *call) response {
	text := strings.ToLower(c.URL.Query().Get("query"))
	if text == "" {
		return badField("query", "", "is required")
	}
	found := []map[string]any{}
	match := func(kind, id, label string, wire map[string]any) {
		for _, name := range []string{id, label} {
			if strings.Contains(strings.ToLower(name), text) {
				wire["type"] = orElse(kind, fmt.Sprint(wire["type"]))
				found = append(found, wire)
			}
		}
	}
	for _, g := range s.networkGroupsOf(c) {
		match("NetworkGroup", g.id, g.label, g.wire())
		for _, m := range g.members {
			match("Member", m.ID, m.Label, m.wire())
		}
		for _, p := range g.peers {
			match("", p.id, p.label, p.wire())
		}
	}
	return ok(found)
}

// AddNetworkGroup adds a network group with its members and their peers and returns its ID. It
// panics if something cannot be a member.
func (s *Server) AddNetworkGroup(n NetworkGroup) clevercloud.NetworkGroupID {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := &networkGroup{
		id: "ng_" + s.uuid(), ownerID: string(orElse(n.OwnerID, s.OwnerID)),
		label: orElse(n.Label, "backend"), description: n.Description,
		tags: append([]string{}, n.Tags...), ready: true,
	}
	s.networkGroups = append(s.networkGroups, g)
	s.publishGroup(g)
	for _, id := range n.Members {
		kind, reason := s.memberKind(g.ownerID, string(id))
		if reason != "" {
			panic("clevertest: " + string(id) + ": " + reason)
		}
		s.joinGroup(g, &groupMember{
			ID: string(id), Kind: kind,
			DomainName: string(id) + ".m." + g.id + "." + dnsSuffixes[0],
		})
	}
	return clevercloud.NetworkGroupID(g.id)
}

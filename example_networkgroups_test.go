package clevercloud_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

// addNetworkGroup adds a group with the application of an embedded API.
func addNetworkGroup(server *clevertest.Server) clevercloud.NetworkGroupID {
	return server.AddNetworkGroup(clevertest.NetworkGroup{
		Label:   "backend",
		Members: []clevercloud.ResourceID{clevercloud.ResourceID(server.ApplicationID)},
	})
}

func ExampleNetworkGroupsService_List() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := addNetworkGroup(server)

	groups, err := client.NetworkGroups.List(ctx, server.OwnerID)
	if err != nil {
		log.Fatal(err)
	}
	group := groups[0]
	fmt.Println(group.Label, group.ID == id, len(group.Members), len(group.Peers))
	// Output: backend true 1 2
}

func ExampleNetworkGroupsService_Get() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := addNetworkGroup(server)

	group, err := client.NetworkGroups.Get(ctx, server.OwnerID, id)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(group.Label, group.NetworkIP)
	for _, peer := range group.Peers {
		fmt.Println(peer.Type, peer.Endpoint.NGIP)
	}
	// Output:
	// backend 10.105.0.0/16
	// CleverPeer 10.105.0.1
	// CleverPeer 10.105.0.2
}

func ExampleNetworkGroupsService_Search() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	server.AddNetworkGroup(clevertest.NetworkGroup{Label: "backend"})

	found, err := client.NetworkGroups.Search(ctx, server.OwnerID, "BACK")
	if err != nil {
		log.Fatal(err)
	}
	for _, component := range found {
		if component.Group != nil {
			fmt.Println(component.Group.Label, component.Group.NetworkIP)
		}
	}
	// Output: backend 10.105.0.0/16
}

func ExampleNetworkGroupsService_Create() {
	server := clevertest.NewServer(clevertest.WithStepDuration(0))
	defer server.Close()
	client, ctx := server.Client(), context.Background()

	group, err := client.NetworkGroups.Create(ctx, server.OwnerID, clevercloud.NetworkGroupInput{
		Label: "backend",
		Members: []clevercloud.NetworkGroupMember{
			{ID: clevercloud.ResourceID(server.ApplicationID), Label: "shop"},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(group.Label, group.Members[0].Label, group.Members[0].Kind)
	// Output: backend shop APPLICATION
}

func ExampleNetworkGroupsService_Delete() {
	server := clevertest.NewServer(clevertest.WithStepDuration(0))
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := server.AddNetworkGroup(clevertest.NetworkGroup{Label: "backend"})

	if err := client.NetworkGroups.Delete(ctx, server.OwnerID, id); err != nil {
		log.Fatal(err)
	}
	// The group is gone when it is not found any more.
	_, err := client.NetworkGroups.Get(ctx, server.OwnerID, id)
	fmt.Println(errors.Is(err, clevercloud.ErrNotFound))
	// Output: true
}

func ExampleNetworkGroupsService_ListMembers() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := addNetworkGroup(server)

	members, err := client.NetworkGroups.ListMembers(ctx, server.OwnerID, id)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(members[0].Kind, members[0].ID == clevercloud.ResourceID(server.ApplicationID))
	// Output: APPLICATION true
}

func ExampleNetworkGroupsService_GetMember() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := addNetworkGroup(server)

	member, err := client.NetworkGroups.GetMember(
		ctx, server.OwnerID, id, clevercloud.ResourceID(server.ApplicationID))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.HasSuffix(member.DomainName, ".cc-ng.cloud"))
	// Output: true
}

func ExampleNetworkGroupsService_AddMember() {
	server := clevertest.NewServer(clevertest.WithStepDuration(5 * time.Millisecond))
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := server.AddNetworkGroup(clevertest.NetworkGroup{Label: "backend"})

	laptop := clevercloud.NewExternalMember("laptop")
	if err := client.NetworkGroups.AddMember(ctx, server.OwnerID, id, laptop); err != nil {
		log.Fatal(err)
	}
	// The member is there when it is found.
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	get := func(ctx context.Context) (*clevercloud.NetworkGroupMember, error) {
		return client.NetworkGroups.GetMember(ctx, server.OwnerID, id, laptop.ID)
	}
	found := func(*clevercloud.NetworkGroupMember) (bool, error) { return true, nil }
	member, err := clevercloud.WaitUntil(ctx, get, found, clevercloud.Wait{
		Interval: time.Millisecond, NotFoundGrace: 30 * time.Second,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(member.Label, member.Kind)
	// Output: laptop EXTERNAL
}

func ExampleNetworkGroupsService_RemoveMember() {
	server := clevertest.NewServer(clevertest.WithStepDuration(0))
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := addNetworkGroup(server)

	err := client.NetworkGroups.RemoveMember(
		ctx, server.OwnerID, id, clevercloud.ResourceID(server.ApplicationID))
	if err != nil {
		log.Fatal(err)
	}
	members, err := client.NetworkGroups.ListMembers(ctx, server.OwnerID, id)
	fmt.Println(len(members), err)
	// Output: 0 <nil>
}

func ExampleNetworkGroupsService_GetPeer() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := addNetworkGroup(server)

	group, err := client.NetworkGroups.Get(ctx, server.OwnerID, id)
	if err != nil {
		log.Fatal(err)
	}
	peer, err := client.NetworkGroups.GetPeer(ctx, server.OwnerID, id, group.Peers[0].ID)
	if err != nil {
		log.Fatal(err)
	}
	switch peer.Type {
	case clevercloud.NetworkGroupPeerTypeClever:
		fmt.Println("on the platform, at", peer.Endpoint.NGIP)
	case clevercloud.NetworkGroupPeerTypeExternal:
		fmt.Println("elsewhere, at", peer.Endpoint.PublicTerm.Host)
	}
	// Output: on the platform, at 10.105.0.1
}

func ExampleNetworkGroupsService_AddExternalPeer() {
	server := clevertest.NewServer(clevertest.WithStepDuration(0))
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	laptop := clevercloud.NewExternalMember("laptop")
	id := server.AddNetworkGroup(clevertest.NetworkGroup{
		Label: "backend", Members: []clevercloud.ResourceID{laptop.ID},
	})

	peer, err := client.NetworkGroups.AddExternalPeer(ctx, server.OwnerID, id,
		clevercloud.ExternalPeerInput{
			PublicKey: "dGhlIHB1YmxpYyBrZXkgb2YgdGhlIGxhcHRvcCEhISE=", Label: "laptop",
			ParentMember: laptop.ID,
		})
	if err != nil {
		log.Fatal(err)
	}
	added, err := client.NetworkGroups.GetPeer(ctx, server.OwnerID, id, peer)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(added.Type, added.Label, added.Endpoint.NGIP)
	// Output: ExternalPeer laptop 10.105.0.1
}

func ExampleNetworkGroupsService_RemoveExternalPeer() {
	server := clevertest.NewServer(clevertest.WithStepDuration(0))
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	laptop := clevercloud.NewExternalMember("laptop")
	id := server.AddNetworkGroup(clevertest.NetworkGroup{
		Label: "backend", Members: []clevercloud.ResourceID{laptop.ID},
	})

	peer, err := client.NetworkGroups.AddExternalPeer(ctx, server.OwnerID, id,
		clevercloud.ExternalPeerInput{
			PublicKey: "dGhlIHB1YmxpYyBrZXkgb2YgdGhlIGxhcHRvcCEhISE=", Label: "laptop",
			ParentMember: laptop.ID,
		})
	if err != nil {
		log.Fatal(err)
	}

	if err := client.NetworkGroups.RemoveExternalPeer(ctx, server.OwnerID, id, peer); err != nil {
		log.Fatal(err)
	}
	_, err = client.NetworkGroups.GetPeer(ctx, server.OwnerID, id, peer)
	fmt.Println(errors.Is(err, clevercloud.ErrNotFound))
	// Output: true
}

func ExampleNetworkGroupsService_WireGuardConfiguration() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := addNetworkGroup(server)

	group, err := client.NetworkGroups.Get(ctx, server.OwnerID, id)
	if err != nil {
		log.Fatal(err)
	}
	file, err := client.NetworkGroups.WireGuardConfiguration(
		ctx, server.OwnerID, id, group.Peers[0].ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(file)
	first, _, _ := strings.Cut(file.Reveal(), "\n")
	fmt.Println(first)
	// Output:
	// [redacted]
	// [Interface]
}

func ExampleNetworkGroupsService_WireGuardConfigurationURL() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := addNetworkGroup(server)

	group, err := client.NetworkGroups.Get(ctx, server.OwnerID, id)
	if err != nil {
		log.Fatal(err)
	}
	address, err := client.NetworkGroups.WireGuardConfigurationURL(
		ctx, server.OwnerID, id, group.Peers[0].ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(address, strings.HasPrefix(address.Reveal(), server.URL))
	// Output: [redacted] true
}

// A machine outside the platform keeps its configuration up to date.
func ExampleNetworkGroupsService_WatchWireGuardConfiguration() {
	server := clevertest.NewServer(clevertest.WithStepDuration(time.Millisecond))
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	laptop := clevercloud.NewExternalMember("laptop")
	id := server.AddNetworkGroup(clevertest.NetworkGroup{
		Label: "backend", Members: []clevercloud.ResourceID{laptop.ID},
	})
	peer, err := client.NetworkGroups.AddExternalPeer(ctx, server.OwnerID, id,
		clevercloud.ExternalPeerInput{
			PublicKey: "dGhlIHB1YmxpYyBrZXkgb2YgdGhlIGxhcHRvcCEhISE=", ParentMember: laptop.ID,
		})
	if err != nil {
		log.Fatal(err)
	}
	server.Advance(time.Second)

	for file, err := range client.NetworkGroups.WatchWireGuardConfiguration(
		ctx, server.OwnerID, id, peer,
	) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(file, strings.Count(file.Reveal(), "[Peer]"), "other peers")
		// The end of the group is the end of the stream.
		if err := client.NetworkGroups.Delete(ctx, server.OwnerID, id); err != nil {
			log.Fatal(err)
		}
	}
	// Output: [redacted] 0 other peers
}

// The suffixes need no credentials.
func ExampleNetworkGroupsService_DNSSuffixes() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()

	fmt.Println(client.NetworkGroups.DNSSuffixes(ctx))
	// Output: [cc-ng.cloud] <nil>
}

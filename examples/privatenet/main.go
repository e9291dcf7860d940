// Privatenet joins an application, a database and this machine in a network group, and writes the
// WireGuard file with which this machine connects to it.
//
//	go run ./examples/privatenet -app shop -db shop-db [-label shop] [-out wg.conf]
//	go run ./examples/privatenet -demo
//
//	ng_4b0e… is in 10.105.0.0/16.
//	shop: app_7977….m.ng_4b0e….cc-ng.cloud
//	orders: postgresql_1d4a….m.ng_4b0e….cc-ng.cloud
//	wg-quick up wg.conf
//
// Application and database are given by name or ID. The key of this machine is made here, and only
// its public half is sent. The file is readable by its owner only; "wg-quick up ./wg.conf" uses it.
//
// If a step fails, the group is deleted again. The exit status is 0, 2 after an error, missing
// credentials included, or 130 when interrupted.
//
// With -demo the group is one of the embedded API, and gone at the end.
package main

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/atomicfile"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/connect"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

// A plan is what the command line says.
type plan struct {
	*term.Screen
	client              *clevercloud.Client
	app, db, label, out string
	wait                clevercloud.Wait
}

func main() {
	cli.Main("privatenet", privatenet(
		clevercloud.Wait{MaxInterval: time.Second, NotFoundGrace: 30 * time.Second}))
}

func privatenet(wait clevercloud.Wait) cli.Program {
	return func(c *cli.Command) func(context.Context) error {
		p := &plan{Screen: c.Screen, wait: wait}
		c.StringVar(&p.app, "app", "", "application, by name or ID")
		c.StringVar(&p.db, "db", "", "database, by name or ID")
		c.StringVar(&p.label, "label", "privatenet", "name of the network group")
		c.StringVar(&p.out, "out", "wg.conf", "`file` to write")
		demo := c.Demo()
		return func(ctx context.Context) error {
			switch {
			case *demo && p.app+p.db != "":
				return errors.New("-demo has an application and a database; leave out -app and -db")
			case *demo:
				return p.demo(ctx)
			}
			var err error
			if p.client, err = connect.Client(); err != nil {
				return err
			}
			if p.app == "" || p.db == "" {
				return errors.New("-app and -db are required")
			}
			return p.join(ctx)
		}
	}
}

// demo joins an application and a database of an API inside this program.
func (p *plan) demo(ctx context.Context) error {
	server := clevertest.NewServer(clevertest.WithStepDuration(200 * time.Millisecond))
	defer server.Close()
	p.Notef("This is a made-up group of the embedded API.")
	server.AddAddon(clevertest.Addon{Name: "orders", Plan: "xs_sml"})
	p.client, p.app, p.db = server.Client(), string(server.ApplicationID), "orders"
	return p.join(ctx)
}

// join creates the group and connects this machine to it.
func (p *plan) join(ctx context.Context) (err error) {
	owner, members, err := p.members(ctx)
	if err != nil {
		return err
	}
	p.Status("creating the network group %s", p.label)
	group, err := p.client.NetworkGroups.Create(ctx, owner, clevercloud.NetworkGroupInput{
		Label: p.label, Description: "made by privatenet", Members: members,
	})
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			p.undo(ctx, owner, group.ID)
		}
	}()
	configuration, err := p.connect(ctx, owner, group.ID)
	if err != nil {
		return err
	}
	if err := atomicfile.WriteString(p.out, configuration.Reveal()); err != nil {
		return err
	}
	p.Notef("%s is in %s.", group.ID, group.NetworkIP)
	for _, member := range members {
		p.Notef("%s: %s.m.%s.cc-ng.cloud", member.Label, member.ID, group.ID)
	}
	p.Printf("wg-quick up %s\n", p.out)
	return p.Err()
}

// undo deletes a group, even after the end of ctx.
func (p *plan) undo(
	ctx context.Context, owner clevercloud.OwnerID, id clevercloud.NetworkGroupID,
) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	if err := p.client.NetworkGroups.Delete(ctx, owner, id); err != nil {
		p.Notef("%s is left: %v", id, err)
	}
}

// members finds the application and the database.
func (p *plan) members(
	ctx context.Context,
) (owner clevercloud.OwnerID, members []clevercloud.NetworkGroupMember, err error) {
	for _, name := range []string{p.app, p.db} {
		found, err := p.client.Identity.Resolve(ctx, name)
		switch {
		case err != nil:
			return "", nil, err
		case owner != "" && found.OwnerID != owner:
			return "", nil, fmt.Errorf("%s and %s do not belong to the same owner", p.app, p.db)
		}
		owner = found.OwnerID
		members = append(members, clevercloud.NetworkGroupMember{ID: found.ID, Label: found.Name})
	}
	return owner, members, nil
}

// connect adds this machine to the group and returns its WireGuard file.
func (p *plan) connect(
	ctx context.Context, owner clevercloud.OwnerID, id clevercloud.NetworkGroupID,
) (auth.Secret, error) {
	p.Status("adding this machine")
	groups := p.client.NetworkGroups
	key, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		return "", err
	}
	laptop := clevercloud.NewExternalMember("laptop")
	if err := groups.AddMember(ctx, owner, id, laptop); err != nil {
		return "", err
	}
	if err := found(ctx, p.wait, func(ctx context.Context) error {
		_, err := groups.GetMember(ctx, owner, id, laptop.ID)
		return err
	}); err != nil {
		return "", err
	}
	peer, err := groups.AddExternalPeer(ctx, owner, id, clevercloud.ExternalPeerInput{
		Label: laptop.Label, ParentMember: laptop.ID,
		PublicKey: base64.StdEncoding.EncodeToString(key.PublicKey().Bytes()),
	})
	if err != nil {
		return "", err
	}
	var configuration auth.Secret
	err = found(ctx, p.wait, func(ctx context.Context) (err error) {
		configuration, err = groups.WireGuardConfiguration(ctx, owner, id, peer)
		return err
	})
	return withKey(configuration, key), err
}

// found calls get until what was just added is there.
func found(ctx context.Context, w clevercloud.Wait, get func(context.Context) error) error {
	_, err := clevercloud.WaitUntil(ctx,
		func(ctx context.Context) (bool, error) { return true, get(ctx) },
		func(bool) (bool, error) { return true, nil }, w)
	return err
}

// withKey puts the private key into a WireGuard file: the API does not know it.
func withKey(configuration auth.Secret, key *ecdh.PrivateKey) auth.Secret {
	var b strings.Builder
	for line := range strings.Lines(configuration.Reveal()) {
		name, _, _ := strings.Cut(line, "=")
		if strings.TrimSpace(name) != "PrivateKey" {
			b.WriteString(line)
		}
		if strings.TrimSpace(line) == "[Interface]" {
			b.WriteString("PrivateKey = " + base64.StdEncoding.EncodeToString(key.Bytes()) + "\n")
		}
	}
	return auth.Secret(b.String())
}

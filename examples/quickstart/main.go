// Quickstart walks through every domain of the SDK.
//
//	go run ./examples/quickstart [-owner orga_…] [-demo]
//
// With credentials (CLEVER_API_TOKEN, or those of clever-tools) it reads from Clever Cloud and
// changes nothing. With -demo it starts the embedded API, tries the writes as well, and says with
// each heading that the data is made up. It does the same if it is run without -owner on a machine
// that has no trace of credentials. The exit status is 2 after an error.
//
//	Zones (made up)
//	  NAME  CITY   COUNTRY  POSITION    TAGS
//	  par   Paris  FR       48.87,2.33  for:applications infra:clever-cloud region:eu
//
//	A drain, created and deleted (made up)
//	  drain_b920…  CREATED  RawRecipient{… Username:shipper Password:[redacted]}
//	  now: clevercloud: drains.get: 404 not found: …
package main

import (
	"context"
	"errors"
	"io"

	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/connect"
)

func main() { cli.Main("quickstart", quickstart) }

func quickstart(c *cli.Command) func(context.Context) error {
	c.Interrupted = 2
	owner := c.String("owner", "", "organisation or user to read, by id or name "+
		"(default: the first organisation with an application)")
	demo := c.Demo()
	return func(ctx context.Context) error {
		switch {
		case *demo && *owner != "":
			return errors.New("-demo has an owner of its own; leave out -owner")
		case *demo || *owner == "" && connect.Untouched():
			return embedded(ctx, c)
		}
		client, err := connect.Client()
		if err != nil {
			return err
		}
		c.Printf("Reading from Clever Cloud; nothing is changed.\n")
		t := &tour{ctx: ctx, w: c, client: client}
		if t.place, err = discover(ctx, client, *owner); err != nil {
			return err
		}
		return errors.Join(t.reads(), c.Err())
	}
}

// embedded runs the tour against an API inside this program.
func embedded(ctx context.Context, w io.Writer) error {
	server := clevertest.NewServer()
	defer server.Close()
	io.WriteString(w, "This is the embedded API with made-up data.\n"+
		"For your own, set CLEVER_API_TOKEN: clever tokens create quickstart\n")
	t := &tour{ctx: ctx, w: w, client: server.Client(), mark: " (made up)"}
	var err error
	if t.place, err = discover(ctx, t.client, string(server.OwnerID)); err != nil {
		return err
	}
	if err := t.reads(); err != nil {
		return err
	}
	return t.writes()
}

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
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/connect"
)

func main() {
	owner := flag.String("owner", "", "organisation or user to read, by id or name "+
		"(default: the first organisation with an application)")
	demo := flag.Bool("demo", false, connect.DemoUsage)
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "quickstart: unexpected argument %q\n", flag.Arg(0))
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, *owner, *demo); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(2)
	}
}

func run(ctx context.Context, w io.Writer, owner string, demo bool) error {
	switch {
	case demo && owner != "":
		return errors.New("-demo has an owner of its own; leave out -owner")
	case demo || owner == "" && connect.Untouched():
		return embedded(ctx, w)
	}
	client, err := connect.Client()
	if err != nil {
		return err
	}
	fmt.Fprintln(w, "Reading from Clever Cloud; nothing is changed.")
	t := &tour{ctx: ctx, w: w, client: client}
	if t.place, err = discover(ctx, client, owner); err != nil {
		return err
	}
	return t.reads()
}

// embedded runs the tour against an API inside this program.
func embedded(ctx context.Context, w io.Writer) error {
	server := clevertest.NewServer()
	defer server.Close()
	fmt.Fprintln(w, "This is the embedded API with made-up data.")
	fmt.Fprintln(w, "For your own, set CLEVER_API_TOKEN: clever tokens create quickstart")
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

// Quickstart walks through every domain of the SDK.
//
//	go run ./examples/quickstart
//
// With credentials (CLEVER_API_TOKEN, or what clever-tools has stored) it reads from Clever Cloud, for the owner given by -owner or the
// first one found, and changes nothing. Without, it starts the embedded API and tries the writes as well. The exit status is 2 after an error,
// such as credentials that are only half configured.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func main() {
	owner := flag.String("owner", "", "organisation or user to read, orga_… or user_… (default: the first one found)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, clevercloud.OwnerID(*owner)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func run(ctx context.Context, w io.Writer, owner clevercloud.OwnerID) error {
	credentials, err := auth.Default()
	switch {
	case errors.Is(err, auth.ErrNoCredentials):
		return embedded(ctx, w)
	case err != nil:
		return err
	}
	client, err := clevercloud.New(clevercloud.WithAuth(credentials))
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
	fmt.Fprintln(w, "No credentials found, so this is the embedded API with made-up data.")
	fmt.Fprintln(w, "For your own, set CLEVER_API_TOKEN: clever tokens create quickstart")
	t := &tour{ctx: ctx, w: w, client: server.Client(), place: place{
		owner: server.OwnerID, name: "made-up organisation", app: server.ApplicationID, pulsar: server.PulsarID,
		operators: map[clevercloud.OperatorKind]clevercloud.OperatorID{
			clevercloud.Keycloak: server.KeycloakID, clevercloud.Matomo: server.MatomoID,
			clevercloud.Metabase: server.MetabaseID, clevercloud.Otoroshi: server.OtoroshiID,
		},
	}}
	if err := t.reads(); err != nil {
		return err
	}
	return t.writes()
}

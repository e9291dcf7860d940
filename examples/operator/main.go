// Operator keeps an add-on as it is wanted: it creates it if it is missing, writes its environment
// to a file, and deletes it if asked. It is the reconcile loop of a Kubernetes operator, without
// Kubernetes.
//
//	go run ./examples/operator -owner orga_… -name orders-db [-provider postgresql-addon]
//	    [-plan dev] [-zone par] [-env orders-db.env] [-every 1m]
//	go run ./examples/operator -owner orga_… -name orders-db -delete
//	go run ./examples/operator -demo
//
//	This is the embedded API. The first response to a create is lost on purpose.
//	clevercloud: addons.create: EOF; the request may have been applied
//	found addon_b920… orders-db
//	wrote 6 variables to made-up-orders-db.env
//	deleted addon_b920… orders-db
//
// The add-on is found by its name, which must be used once only. Creating it is not idempotent, and
// a new one can be missing from the list for a moment. So after a create that worked, or whose
// response was lost, the loop looks for the name for a minute before it creates again: a database
// is never ordered twice.
//
// The loop runs every -every, and sooner after an error that may pass, see IsTransient. With
// -delete it ends when the add-on is gone. The exit status is 0, also when interrupted, and 2 after
// wrong usage or without credentials.
package main

import (
	"cmp"
	"context"
	"errors"
	"path/filepath"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/connect"
)

func main() { cli.Main("operator", program) }

func program(c *cli.Command) func(context.Context) error {
	o := &operator{Screen: c.Screen}
	owner := c.String("owner", "", "organisation or user, by ID or name")
	c.StringVar(&o.spec.name, "name", "", "name of the add-on")
	c.StringVar(&o.spec.provider, "provider", "postgresql-addon", "kind of add-on")
	c.StringVar(&o.spec.plan, "plan", "dev", "slug of the plan")
	c.StringVar((*string)(&o.spec.zone), "zone", "par", "zone")
	c.StringVar(&o.spec.envFile, "env", "", "`file` for the environment (default: NAME.env)")
	c.BoolVar(&o.spec.deleted, "delete", false, "delete the add-on")
	every := c.Duration("every", time.Minute, "how often to look")
	demo := c.Demo()
	return func(ctx context.Context) (err error) {
		switch {
		case *every <= 0:
			err = errors.New("-every must be positive")
		case *demo && *owner+o.spec.name != "":
			err = errors.New("-demo has an add-on of its own; leave out -owner and -name")
		case *demo:
			err = o.demo(ctx)
		default:
			err = o.start(ctx, *owner, *every)
		}
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
}

func (o *operator) start(ctx context.Context, owner string, every time.Duration) error {
	var err error
	if o.client, err = connect.Client(); err != nil {
		return err
	}
	if owner == "" || o.spec.name == "" {
		return errors.New("-owner and -name are required")
	}
	o.spec.envFile = cmp.Or(o.spec.envFile, filepath.Base(o.spec.name)+".env")
	seen, err := o.client.Identity.Summary(ctx)
	if err != nil {
		return err
	}
	found, err := seen.Owner(owner)
	if err != nil {
		return err
	}
	o.spec.owner = found.ID
	return o.loop(ctx, every, o.spec.deleted)
}

// loop reconciles until ctx ends or, if once, until the add-on is as wanted. What fails is printed
// and tried again.
func (o *operator) loop(ctx context.Context, every time.Duration, once bool) error {
	backoff := time.Second
	for {
		done, err := o.reconcile(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		wait := every
		switch {
		case err == nil && done && once:
			return o.Err()
		case err == nil && done:
			backoff = time.Second
		case err == nil: // a write worked; the next pass looks at what came of it
			wait = min(time.Second, every)
		default:
			o.Notef("%v", err)
			if clevercloud.IsTransient(err) || errors.Is(err, clevercloud.ErrMaybeApplied) ||
				errors.Is(err, errSettling) {
				wait = min(backoff, every)
				backoff = min(2*backoff, every)
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// demo creates and deletes an add-on of an API inside this program.
func (o *operator) demo(ctx context.Context) error {
	server := clevertest.NewServer()
	defer server.Close()
	server.Inject(clevertest.Fault{
		Path: "addons.create", Mode: clevertest.Cut, CutAfter: clevertest.BeforeHeaders,
	})
	o.Notef("This is the embedded API. The first response to a create is lost on purpose.")
	o.client, o.spec.owner, o.spec.name = server.Client(), server.OwnerID, "orders-db"
	o.spec.envFile = cmp.Or(o.spec.envFile, "made-up-orders-db.env")
	if err := o.loop(ctx, time.Second, true); err != nil {
		return err
	}
	o.spec.deleted = true
	return o.loop(ctx, time.Second, true)
}

// Firstcall is the program of the README: it lists the applications that the credentials can see.
//
//	go run ./examples/firstcall
//
//	orga_f24ac1bc-9799-41b7-b853-149eaea90f06 Atelier Numérique
//		 app_79778756-7a68-485b-bbf3-8d45a15e32cb shop
//	user_0329edab-29a1-4799-9653-604a8c07d016 Camille Durand
//
// The exit status is 2 after an error, missing credentials included.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
)

func main() {
	if err := list(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func list(ctx context.Context) error {
	credentials, err := auth.Default() // CLEVER_API_TOKEN, or the login of clever-tools
	if err != nil {
		return err
	}
	client, err := clevercloud.New(clevercloud.WithAuth(credentials))
	if err != nil {
		return err
	}
	summary, err := client.Identity.Summary(ctx)
	if err != nil {
		return err
	}
	for _, owner := range append(summary.Organisations, summary.User) {
		fmt.Println(owner.ID, owner.Name)
		for _, app := range owner.Applications {
			fmt.Println("\t", app.ID, app.Name)
		}
	}
	return nil
}

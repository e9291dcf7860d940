// Firstcall is the program of the README: it lists the applications that the credentials can see.
package main

import (
	"context"
	"fmt"
	"log"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
)

func main() {
	credentials, err := auth.Default() // CLEVER_API_TOKEN, or the login of clever-tools
	if err != nil {
		log.Fatal(err)
	}
	client, err := clevercloud.New(clevercloud.WithAuth(credentials))
	if err != nil {
		log.Fatal(err)
	}
	summary, err := client.Identity.Summary(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	for _, owner := range append(summary.Organisations, summary.User) {
		fmt.Println(owner.ID, owner.Name)
		for _, app := range owner.Applications {
			fmt.Println("\t", app.ID, app.Name)
		}
	}
}

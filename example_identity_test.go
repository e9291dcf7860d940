package clevercloud_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func ExampleIdentityService_Self() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	self, err := client.Identity.Self(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(self.ID == server.UserID, self.Email == server.Email)
	// Output: true true
}

func ExampleIdentityService_Resolve() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	resource, err := client.Identity.Resolve(context.Background(), "sso")
	if err != nil {
		log.Fatal(err)
	}
	if kind, id, ok := resource.Operator(); ok {
		fmt.Println(kind, id == server.KeycloakID, resource.OwnerID == server.OwnerID)
	}

	_, err = client.Identity.Resolve(context.Background(), "nothing of that name")
	fmt.Println(errors.Is(err, clevercloud.ErrNotFound))
	// Output:
	// keycloak true true
	// true
}

// One request is enough for any number of names.
func ExampleIdentityService_Summary() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	summary, err := client.Identity.Summary(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	for _, name := range []string{"shop", "shop-db"} {
		resource, err := summary.Find(name)
		if err != nil {
			log.Fatal(err)
		}
		id, _, _ := strings.Cut(string(resource.ID), "_")
		fmt.Println(resource.Name, "of", resource.OwnerName+":", id)
	}
	// Output:
	// shop of Atelier Numérique: app
	// shop-db of Atelier Numérique: postgresql
}

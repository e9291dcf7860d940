package clevercloud_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

// The token is there once: keep it.
func ExampleTokensService_Create() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	token, err := client.Tokens.Create(context.Background(), clevercloud.APITokenInput{
		Email: server.Email, Password: auth.Secret(server.Password), Name: "CI", ExpirationDate: time.Now().AddDate(0, 6, 0),
	})
	if err != nil {
		log.Fatal(err)
	}

	other, err := client.With(clevercloud.WithAuth(auth.Bearer(token.Token)))
	if err != nil {
		log.Fatal(err)
	}
	self, err := other.Identity.Self(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token.Token, self.ID == server.UserID)
	// Output: [redacted] true
}

// createToken creates a token of the user of server.
func createToken(server *clevertest.Server) *clevercloud.APIToken {
	token, err := server.Client().Tokens.Create(context.Background(), clevercloud.APITokenInput{
		Email: server.Email, Password: auth.Secret(server.Password), Name: "CI",
		Description: "used by the pipeline", ExpirationDate: time.Now().AddDate(0, 6, 0),
	})
	if err != nil {
		log.Fatal(err)
	}
	return token
}

func ExampleTokensService_List() {
	server := clevertest.NewServer()
	defer server.Close()
	client, token := server.Client(), createToken(server)

	tokens, err := client.Tokens.List(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	for _, t := range tokens {
		if t.ID == token.ID {
			fmt.Println(t.Name, t.State, t.Token == "")
		}
	}
	// Output: CI ACTIVE true
}

func ExampleTokensService_Get() {
	server := clevertest.NewServer()
	defer server.Close()
	client, created := server.Client(), createToken(server)

	token, err := client.Tokens.Get(context.Background(), created.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token.Name, token.State, token.Token == "")
	// Output: CI ACTIVE true
}

// What the patch leaves out stays as it is.
func ExampleTokensService_Update() {
	server := clevertest.NewServer()
	defer server.Close()
	client, created := server.Client(), createToken(server)

	err := client.Tokens.Update(context.Background(), created.ID, clevercloud.APITokenPatch{
		Name: clevercloud.Value("CI of the shop"),
	})
	if err != nil {
		log.Fatal(err)
	}
	token, err := client.Tokens.Get(context.Background(), created.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s, %s\n", token.Name, token.Description)
	// Output: CI of the shop, used by the pipeline
}

func ExampleTokensService_Revoke() {
	server := clevertest.NewServer()
	defer server.Close()
	client, token := server.Client(), createToken(server)

	if err := client.Tokens.Revoke(context.Background(), token.ID); err != nil {
		log.Fatal(err)
	}
	fmt.Println(errors.Is(client.Tokens.Revoke(context.Background(), token.ID), clevercloud.ErrNotFound))
	// Output: true
}

// API tokens are managed at an address of their own, with the user's OAuth 1 credentials.
func ExampleWithBridgeURL() {
	server := clevertest.NewServer()
	defer server.Close()
	bridge := clevertest.NewServer()
	defer bridge.Close()
	client := server.Client(clevercloud.WithBridgeURL(bridge.URL))

	_, err := client.Tokens.List(context.Background())
	fmt.Println(err, len(server.RequestsTo("tokens.list")), len(bridge.RequestsTo("tokens.list")))
	// Output: <nil> 0 1
}

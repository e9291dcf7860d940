package clevercloud_test

import (
	"context"
	"fmt"
	"log"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func ExampleConfigProvidersService_Get() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := clevercloud.ConfigProviderID(
		server.AddConfigProvider("settings", map[string]string{"API_URL": "https://api.example.com"}))

	provider, err := client.ConfigProviders.Get(ctx, id)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(provider.OwnerID == server.OwnerID, provider.Env)
	// Output: true [{API_URL [redacted]}]
}

func ExampleConfigProvidersService_GetEnv() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := clevercloud.ConfigProviderID(
		server.AddConfigProvider("settings", map[string]string{"API_URL": "https://api.example.com"}))

	env, err := client.ConfigProviders.GetEnv(ctx, id)
	if err != nil {
		log.Fatal(err)
	}
	for _, v := range env {
		fmt.Println(v.Name, v.Value.Reveal())
	}
	// Output: API_URL https://api.example.com
}

// SetEnv takes all variables. To add one, append it to those that there are.
func ExampleConfigProvidersService_SetEnv() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	id := clevercloud.ConfigProviderID(
		server.AddConfigProvider("settings", map[string]string{"A": "1"}))

	env, err := client.ConfigProviders.GetEnv(ctx, id)
	if err != nil {
		log.Fatal(err)
	}
	env = append(env, clevercloud.EnvVar{Name: "B", Value: "2"})
	env, err = client.ConfigProviders.SetEnv(ctx, id, env)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(env)
	// Output: [{A [redacted]} {B [redacted]}]
}

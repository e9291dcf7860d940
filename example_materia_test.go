package clevercloud_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

// A database that was just created is provisioned within seconds.
func ExampleMateriaService_GetDatabase() {
	server := clevertest.NewServer(clevertest.WithStepDuration(10 * time.Millisecond))
	defer server.Close()
	client, ctx := server.Client(), context.Background()
	_, id := server.AddAddon(clevertest.Addon{ProviderID: "kv", Name: "cache"})

	database, err := clevercloud.WaitUntil(ctx,
		func(ctx context.Context) (*clevercloud.MateriaDatabase, error) {
			return client.Materia.GetDatabase(ctx, server.OwnerID, clevercloud.MateriaID(id))
		},
		func(d *clevercloud.MateriaDatabase) (bool, error) {
			return d.Status == clevercloud.MateriaStatusProvisioned, nil
		},
		clevercloud.Wait{Interval: 5 * time.Millisecond},
	)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(database.Kind, database.Status, database.Port, database.Token)
	// Output: KV PROVISIONED 6379 [redacted]
}

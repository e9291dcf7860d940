// Hcloud is a hello world that could make a call with hcloud-go.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/hetznercloud/hcloud-go/v2/hcloud"
)

func main() {
	if len(os.Args) > 1 {
		client := hcloud.NewClient(hcloud.WithEndpoint(os.Args[1]))
		location, _, err := client.Location.GetByName(context.Background(), "fsn1")
		fmt.Println(location, err)
	}
	fmt.Println("hello")
}

// Hello is a hello world that could make a call with the SDK.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/clevercloud-go/clevercloud"
)

func main() {
	if len(os.Args) > 1 {
		client, err := clevercloud.New(clevercloud.WithBaseURL(os.Args[1]))
		if err != nil {
			return
		}
		zone, err := client.Zones.Get(context.Background(), "par")
		fmt.Println(zone, err)
	}
	fmt.Println("hello")
}

// Github is a hello world that could make a call with go-github.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/google/go-github/v75/github"
)

func main() {
	if len(os.Args) > 1 {
		repository, _, err := github.NewClient(nil).Repositories.Get(context.Background(), os.Args[1], os.Args[1])
		fmt.Println(repository, err)
	}
	fmt.Println("hello")
}

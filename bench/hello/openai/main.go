// Openai is a hello world that could make a call with openai-go.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

func main() {
	if len(os.Args) > 1 {
		client := openai.NewClient(option.WithBaseURL(os.Args[1]))
		model, err := client.Models.Get(context.Background(), "gpt")
		fmt.Println(model, err)
	}
	fmt.Println("hello")
}

// R3labs is a hello world that could read a stream with r3labs/sse.
package main

import (
	"fmt"
	"os"

	"github.com/r3labs/sse/v2"
)

func main() {
	if len(os.Args) > 1 {
		_ = sse.NewClient(os.Args[1]).SubscribeRaw(func(event *sse.Event) { fmt.Println(event) })
	}
	fmt.Println("hello")
}

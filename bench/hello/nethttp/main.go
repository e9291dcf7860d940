// Nethttp is a hello world that could make a call.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
)

func main() {
	if len(os.Args) > 1 {
		resp, err := http.Get(os.Args[1])
		if err != nil {
			return
		}
		defer resp.Body.Close()
		var zone struct{ Name string }
		_ = json.NewDecoder(resp.Body).Decode(&zone)
		fmt.Println(zone.Name)
	}
	fmt.Println("hello")
}

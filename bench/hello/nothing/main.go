// Nothing is a hello world.
package main

import "fmt"

func main() { fmt.Println("hello") }

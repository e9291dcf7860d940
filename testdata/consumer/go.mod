module example.com/consumer

go 1.26

replace github.com/clevercloud-go/clevercloud => ../../

require github.com/clevercloud-go/clevercloud v0.9.0

require (
	github.com/go-json-experiment/json v1.27.2 // indirect
	github.com/hashicorp/go-cleanhttp v0.5.2 // indirect
	github.com/hashicorp/go-retryablehttp v0.7.8 // indirect
)

module github.com/clevercloud-go/clevercloud/examples/logslog

go 1.26

replace github.com/clevercloud-go/clevercloud => ../../

require (
	github.com/clevercloud-go/clevercloud v0.0.0-00010101000000-000000000000
	github.com/stretchr/testify v1.12.1
)

require (
	github.com/go-json-experiment/json v1.27.2 // indirect
	github.com/hashicorp/go-cleanhttp v0.5.2 // indirect
	github.com/hashicorp/go-retryablehttp v0.7.8 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
)

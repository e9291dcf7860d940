module github.com/clevercloud-go/clevercloud/bench

go 1.25.0

replace github.com/clevercloud-go/clevercloud => ../

require (
	github.com/clevercloud-go/clevercloud v0.0.0-00010101000000-000000000000
	github.com/launchdarkly/eventsource v1.11.0
	github.com/r3labs/sse/v2 v2.10.0
	github.com/tmaxmax/go-sse v0.11.0
)

require (
	github.com/hashicorp/go-cleanhttp v0.5.2 // indirect
	github.com/hashicorp/go-retryablehttp v0.7.8 // indirect
	go.yaml.in/yaml/v3 v3.0.6 // indirect
	golang.org/x/net v0.58.0 // indirect
	gopkg.in/cenkalti/backoff.v1 v1.1.0 // indirect
)

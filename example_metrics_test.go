package clevercloud_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func ExampleMetricsService_ListSeries() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()

	app := clevercloud.ResourceID(server.ApplicationID)
	series, err := client.Metrics.ListSeries(ctx, server.OwnerID, app, clevercloud.MetricsQuery{
		Only: []string{"cpu"}, Interval: time.Minute, Span: 3 * time.Minute,
		End: time.Date(2026, 9, 11, 10, 0, 0, 0, time.UTC),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range series {
		for _, point := range s.Data {
			fmt.Println(s.Name, point.Timestamp.Format(time.TimeOnly), point.Value, s.Unit)
		}
	}
	// Output:
	// cpu 09:58:00 38.3 percent
	// cpu 09:59:00 39.3 percent
	// cpu 10:00:00 0.3 percent
}

func ExampleMetricsService_ListRequests() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()

	places, err := client.Metrics.ListRequests(ctx, server.OwnerID, clevercloud.RequestQuery{
		ApplicationID: server.ApplicationID,
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, place := range places {
		fmt.Println(place.Lat, place.Long, place.AccessCount)
	}
	// Output: 47.2173 -1.5534 40
}

func ExampleMetricsService_LiveRequests() {
	server := clevertest.NewServer()
	defer server.Close()
	app := clevercloud.ResourceID(server.ApplicationID)
	visit := func(next http.RoundTripper) http.RoundTripper { // once the stream is open
		return roundTripFunc(func(req *http.Request) (*http.Response, error) {
			defer server.AppendAccessLogs(app, clevertest.AccessLogEntry{})
			return next.RoundTrip(req)
		})
	}
	client := server.Client(clevercloud.WithMiddleware(visit))
	q := clevercloud.LiveRequestQuery{ApplicationID: server.ApplicationID}

	for places, err := range client.Metrics.LiveRequests(context.Background(), server.OwnerID, q) {
		if err != nil {
			log.Fatal(err)
		}
		for _, place := range places {
			fmt.Println(place.City, place.AccessCount)
		}
		break
	}
	// Output: Nantes 1
}

func ExampleMetricsService_ListStatusCodes() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()

	periods, err := client.Metrics.ListStatusCodes(ctx, server.OwnerID, clevercloud.RequestQuery{})
	if err != nil {
		log.Fatal(err)
	}
	var all, failed int64
	for _, period := range periods {
		for _, status := range period.Statuses {
			all += status.Count
			if status.Code >= 500 {
				failed += status.Count
			}
		}
	}
	fmt.Println(all, failed < all)
	// Output: 40 true
}

func ExampleMetricsService_CreateReadToken() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()

	token, err := client.Metrics.CreateReadToken(ctx, server.OwnerID, clevercloud.MetricsTokenInput{
		Applications: []string{"metrics"}, TTL: 24 * time.Hour,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token.Scope, token.Applications, token.ExpiresAt.Sub(token.CreatedAt), token.Token)
	// Output: READ [metrics] 24h0m0s [redacted]
}

func ExampleMetricsService_CreateResourceReadToken() {
	server := clevertest.NewServer()
	defer server.Close()
	client, ctx := server.Client(), context.Background()

	token, err := client.Metrics.CreateResourceReadToken(
		ctx, server.OwnerID, server.ResourceID, clevercloud.MetricsTokenInput{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token.Applications, token.Token)
	// Output: [metrics.accesslogs] [redacted]
}

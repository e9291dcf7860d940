package main

import (
	"context"
	"fmt"
	"time"

	"github.com/clevercloud-go/clevercloud/clevertest"
)

// embedded tails an API inside this program, which logs a line now and then until ctx ends.
func embedded(ctx context.Context, t *tail) error {
	server := clevertest.NewServer()
	defer server.Close()
	t.owner, t.app = string(server.OwnerID), string(server.ApplicationID)
	t.Notef("No credentials found, so this is the embedded API with made-up entries. Ctrl-C ends it.")

	done := make(chan struct{})
	defer func() { <-done }()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		defer close(done)
		chatter(ctx, server)
	}()
	return t.run(ctx, server.Client())
}

// chatter makes the application log.
func chatter(ctx context.Context, server *clevertest.Server) {
	ticks := time.NewTicker(700 * time.Millisecond)
	defer ticks.Stop()
	for n := 1; ; n++ {
		entry := clevertest.LogEntry{Service: "bas-deploy", Message: fmt.Sprintf("GET /products/%d 200 %d ms", n%17, 3+n*7%40)}
		if n%9 == 0 {
			entry.Severity, entry.Message = "err", fmt.Sprintf("GET /products/%d 500: upstream timed out", n%17)
		}
		server.AppendLogs(server.ApplicationID, entry)
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
	}
}

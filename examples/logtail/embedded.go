package main

import (
	"context"
	"fmt"
	"time"

	"github.com/clevercloud-go/clevercloud/clevertest"
)

// embedded tails an API inside this program, which logs a line now and then until ctx ends.
func (t *tail) embedded(ctx context.Context) error {
	server := clevertest.NewServer(clevertest.WithLogEntries(0))
	defer server.Close()
	t.owner, t.app = string(server.OwnerID), string(server.ApplicationID)
	t.Notef("This is the embedded API with made-up entries. Ctrl-C ends it.")

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
		text, severity := fmt.Sprintf("200 %d ms", 3+n*7%40), ""
		if n%9 == 0 {
			text, severity = "500: upstream timed out", "err"
		}
		server.AppendLogs(server.ApplicationID, clevertest.LogEntry{
			Service: "bas-deploy", Severity: severity,
			Message: fmt.Sprintf("[made up] GET /products/%d %s", n%17, text),
		})
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
	}
}

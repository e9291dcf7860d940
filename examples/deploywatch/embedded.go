package main

import (
	"context"
	"time"

	"github.com/clevercloud-go/clevercloud/clevertest"
)

// embedded follows a deployment of an API inside this program, which builds and logs as one of a small web shop would.
func (w *watch) embedded(ctx context.Context) int {
	server := clevertest.NewServer(clevertest.WithStepDuration(4 * time.Second))
	defer server.Close()
	w.Notef("No credentials found, so this is the embedded API with a made-up deployment.")
	w.owner, w.app = server.OwnerID, server.ApplicationID
	w.deployment = server.AddDeployment(w.app, clevertest.Deployment{State: "QUEUED", CommitID: "c0ffee42b7d90581fae6c3d4b2097e5f8a1c6d27"})

	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.build(ctx, server)
	}()
	defer func() { cancel(); <-done }()
	return w.run(ctx, server.Client())
}

// build makes the deployment log.
func (w *watch) build(ctx context.Context, server *clevertest.Server) {
	pause := time.NewTicker(700 * time.Millisecond)
	defer pause.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
		if line := n - 5; line >= 0 && line < len(made) {
			server.AppendLogs(w.app, clevertest.LogEntry{DeploymentID: w.deployment, Message: made[line]})
		}
	}
}

var made = [...]string{
	"go: downloading github.com/jackc/pgx/v5 v5.7.2",
	"go build -trimpath -o bin/shop ./cmd/shop",
	"\x1b[32mok\x1b[0m   shop/internal/cart      0.012s",
	"\x1b[32mok\x1b[0m   shop/internal/orders    0.044s",
	"listening on :8080",
	"GET / 200 4 ms",
	"GET /cart 200 9 ms",
}

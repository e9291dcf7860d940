package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

// demonstrate forwards the logs of two applications of an API inside this program, which log as they
// go.
func (o *options) demonstrate(ctx context.Context) error {
	folder, err := os.MkdirTemp("", "logforward")
	if err != nil {
		return err
	}
	o.state = folder
	if o.to == "" {
		o.to = folder
	}
	api := clevertest.NewServer(clevertest.WithLogEntries(0))
	defer api.Close()
	o.apps = []string{string(api.ApplicationID), string(api.AddApplication(clevertest.Application{Name: "api"}))}
	o.notef("forwarding made-up logs to %s", o.to)

	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		o.log(ctx, api)
	}()
	defer func() {
		cancel()
		<-done
	}()
	return o.forward(ctx, api.Client())
}

// log has both applications log.
func (o *options) log(ctx context.Context, api *clevertest.Server) {
	pause := time.NewTicker(200 * time.Millisecond)
	defer pause.Stop()
	for n := 4001; ; n++ {
		shop := clevertest.LogEntry{Message: fmt.Sprintf("level=info msg=\"order accepted\" order=%d", n)}
		gateway := clevertest.LogEntry{Message: fmt.Sprintf("POST /orders/%d 201 in 12 ms", n)}
		api.AppendLogs(clevercloud.ApplicationID(o.apps[0]), shop)
		api.AppendLogs(clevercloud.ApplicationID(o.apps[1]), gateway)
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
	}
}

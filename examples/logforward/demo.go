package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

// demonstrate forwards the logs of two applications of an API inside this program.
func (o *options) demonstrate(ctx context.Context) error {
	folder, err := os.MkdirTemp("", "logforward")
	if err != nil {
		return err
	}
	o.state = folder
	if o.to == "" {
		o.to = folder
	} else {
		defer os.RemoveAll(folder)
	}
	api := clevertest.NewServer(clevertest.WithLogEntries(0))
	defer api.Close()
	second := api.AddApplication(clevertest.Application{Name: "api"})
	o.apps = []string{string(api.ApplicationID), string(second)}
	o.Notef("This is the embedded API: made-up logs go to %s.", o.to)

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

// log has both applications log, until ctx is done.
func (o *options) log(ctx context.Context, api *clevertest.Server) {
	pause := time.NewTicker(200 * time.Millisecond)
	defer pause.Stop()
	for n := 4001; ; n++ {
		for _, app := range o.apps {
			message := fmt.Sprintf("[made up] order accepted: %d", n)
			api.AppendLogs(clevercloud.ApplicationID(app), clevertest.LogEntry{Message: message})
		}
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
	}
}

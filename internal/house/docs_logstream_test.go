package house_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The code of docs/log-stream.md.

func TestDocs_Streams(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := clevertest.NewServer(clevertest.WithPipes(), clevertest.WithLogEntries(2))
		defer server.Close()
		server.AppendLogs(server.ApplicationID, clevertest.LogEntry{Data: "not JSON"})
		client := server.Client()
		for _, follow := range []func(context.Context) error{
			func(ctx context.Context) error {
				return printLogs(ctx, client, server.OwnerID, server.ApplicationID)
			},
			func(ctx context.Context) error { return printEvents(ctx, client, server.OwnerID) },
		} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			assert.ErrorIs(t, follow(ctx), context.DeadlineExceeded)
			cancel()
		}
	})
}

func TestDocs_LogStreamOfThePast(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := clevertest.NewServer(clevertest.WithPipes(), clevertest.WithLazyUntil(), clevertest.WithLogEntries(100))
		defer server.Close()
		from, to := server.Now().Add(-time.Hour), server.Now()

		query := clevercloud.LogQuery{
			Since: from, Until: to, QuietTimeout: 10 * time.Second, Compress: true,
			ThrottleElements: 2000, ThrottlePer: 100 * time.Millisecond,
		}

		n := 0
		for _, err := range server.Client().Logs.Stream(t.Context(), server.OwnerID, server.ApplicationID, query) {
			require.NoError(t, err)
			n++
		}
		assert.Greater(t, n, 90)
	})
}

func TestDocs_LogStreamReconnects(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := clevertest.NewServer(clevertest.WithPipes(), clevertest.WithLogEntries(10))
		defer server.Close()
		server.Inject(clevertest.Fault{Path: "logs.stream", Mode: clevertest.Cut, CutAfter: 2000})
		var log bytes.Buffer
		logger := slog.New(slog.NewTextHandler(&log, nil))

		query := clevercloud.LogQuery{
			Since:     time.Now().Add(-time.Hour),
			Reconnect: clevercloud.RetryPolicy{MaxRetries: 20, MinWait: time.Second, MaxWait: time.Minute},
			OnReconnect: func(lost clevercloud.Reconnect) {
				logger.Warn("log stream lost", "stream", lost.Operation, "cause", lost.Err, "attempt", lost.Attempt,
					"wait", lost.Wait, "resumes after", lost.LastEventID)
			},
		}

		n := 0
		for _, err := range server.Client().Logs.Stream(t.Context(), server.OwnerID, server.ApplicationID, query) {
			require.NoError(t, err)
			if n++; n == 8 {
				break
			}
		}
		assert.Contains(t, log.String(), "attempt=1")
		assert.Len(t, server.RequestsTo("logs.stream"), 2)
	})
}

func printLogs(ctx context.Context, client *clevercloud.Client, owner clevercloud.OwnerID, app clevercloud.ApplicationID) error {
	query := clevercloud.LogQuery{Since: time.Now().Add(-time.Hour)}
	for entry, err := range client.Logs.Stream(ctx, owner, app, query) {
		var unreadable *clevercloud.LogDecodeError
		switch {
		case errors.As(err, &unreadable):
			continue // one entry is not a JSON object; the stream continues with the next one
		case err != nil:
			return err // the last value: reconnecting cannot fix it
		}
		fmt.Println(entry.Date.Format(time.TimeOnly), entry.Message)
	}
	return nil
}

func TestDocs_LogStreamAcrossRestarts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := clevertest.NewServer(clevertest.WithPipes(), clevertest.WithLogEntries(10))
		defer server.Close()
		server.AppendLogs(server.ApplicationID,
			clevertest.LogEntry{Data: "not JSON"}, clevertest.LogEntry{}, clevertest.LogEntry{})
		file := filepath.Join(t.TempDir(), "position")
		full := errors.New("the disk is full")
		var handled []string
		follow := func(most int) error {
			return forward(t.Context(), server.Client(), server.OwnerID, server.ApplicationID, file, func(e clevercloud.LogEntry) error {
				if len(handled) == most {
					return full
				}
				handled = append(handled, e.ID)
				return nil
			})
		}

		require.ErrorIs(t, follow(4), full)
		require.ErrorIs(t, follow(10), full)

		assert.Len(t, handled, 10)
		slices.Sort(handled)
		assert.Len(t, slices.Compact(handled), 10)
	})
}

func forward(
	ctx context.Context, client *clevercloud.Client, owner clevercloud.OwnerID, app clevercloud.ApplicationID,
	file string, handle func(clevercloud.LogEntry) error,
) error {
	kept, _ := os.ReadFile(file) // the ID of the last entry that was handled, or nothing
	query := clevercloud.LogQuery{LastEventID: string(kept), Since: time.Now().Add(-24 * time.Hour)}
	for entry, err := range client.Logs.Stream(ctx, owner, app, query) {
		var unreadable *clevercloud.LogDecodeError
		switch {
		case errors.As(err, &unreadable):
			continue // to return here would meet the same entry in each run
		case err != nil:
			return err
		}
		if err := handle(entry); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(entry.ID), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func printEvents(ctx context.Context, client *clevercloud.Client, owner clevercloud.OwnerID) error {
	path := "/v4/stats/organisations/" + string(owner) + "/requests-live"
	for event, err := range client.Events(ctx, path, clevercloud.EventQuery{}) {
		if err != nil {
			return err
		}
		fmt.Println(event.Name, string(event.Data))
	}
	return nil
}

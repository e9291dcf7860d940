package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/testenv"
)

// collector is a handler that keeps records, and fails or calls back when told to.
type collector struct {
	slog.Handler
	records []slog.Record
	after   int
	then    func() error
}

func (c *collector) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelInfo
}

func (c *collector) Handle(_ context.Context, r slog.Record) error {
	if c.then != nil && len(c.records) == c.after {
		if err := c.then(); err != nil {
			return err
		}
	}
	c.records = append(c.records, r)
	return nil
}

func (c *collector) messages() []string {
	var all []string
	for _, r := range c.records {
		all = append(all, r.Message)
	}
	return all
}

// newFollower follows until the log is quiet.
func newFollower(t *testing.T) (*clevertest.Server, *follower, *collector) {
	t.Helper()
	api := clevertest.NewServer(clevertest.WithLogEntries(0),
		clevertest.WithHeartbeat(10*time.Millisecond))
	t.Cleanup(api.Close)
	c := &collector{}
	return api, &follower{
		handler: c, owner: api.OwnerID, app: api.ApplicationID,
		state: filepath.Join(t.TempDir(), "state.json"),
		query: clevercloud.LogQuery{
			Since: api.Now().Add(-time.Hour), QuietTimeout: 50 * time.Millisecond,
		},
	}, c
}

func TestFollower_RecordsKeepWhatEntriesSay(t *testing.T) {
	t.Parallel()
	api, f, c := newFollower(t)
	date := api.Now().Add(-time.Minute).Truncate(time.Millisecond)
	api.AppendLogs(api.ApplicationID,
		clevertest.LogEntry{
			Message: "bad\n", Severity: "err", Date: date, InstanceID: "i-1", Zone: "par",
		},
		clevertest.LogEntry{Message: "chatty", Severity: "debug"},
		clevertest.LogEntry{Data: "no JSON"},
	)

	require.NoError(t, f.run(t.Context(), api.Client()))

	require.Len(t, c.records, 2, c.messages())
	bad := c.records[0]
	attrs := map[string]string{}
	bad.Attrs(func(a slog.Attr) bool { attrs[a.Key] = a.Value.String(); return true })
	assert.Equal(t, "bad", bad.Message)
	assert.Equal(t, slog.LevelError, bad.Level)
	assert.True(t, date.Equal(bad.Time), bad.Time)
	assert.Equal(t, string(api.ApplicationID), attrs["app"])
	assert.Equal(t, "i-1", attrs["instance"])
	assert.Equal(t, "par", attrs["zone"])
	assert.Contains(t, c.records[1].Message, "unreadable entry")
	assert.Equal(t, slog.LevelWarn, c.records[1].Level)

	require.NoError(t, f.run(t.Context(), api.Client()))
	assert.Len(t, c.records, 2, "an unreadable entry is passed like any other")
}

func TestFollower_ResumesWhereItStopped(t *testing.T) {
	t.Parallel()
	api, f, c := newFollower(t)
	now := api.Now()
	log := func(message string, date time.Time) {
		api.AppendLogs(api.ApplicationID, clevertest.LogEntry{Message: message, Date: date})
	}
	log("long ago", now.Add(-10*time.Minute))
	log("first", now)
	require.NoError(t, f.run(t.Context(), api.Client()))
	log("late", now.Add(-5*time.Second))
	log("third", now.Add(time.Second))

	require.NoError(t, f.run(t.Context(), api.Client()))
	require.NoError(t, f.run(t.Context(), api.Client()))

	assert.Equal(t, []string{"long ago", "first", "late", "third"}, c.messages())
	left, err := filepath.Glob(filepath.Join(filepath.Dir(f.state), "*"))
	require.NoError(t, err)
	assert.Equal(t, []string{f.state}, left)
}

func TestFollower_NothingLoggedBeforeTheFirstStop(t *testing.T) {
	t.Parallel()
	api, f, c := newFollower(t)
	f.query.Since = time.Time{}
	log := func(message string, age time.Duration) {
		api.AppendLogs(api.ApplicationID,
			clevertest.LogEntry{Message: message, Date: api.Now().Add(-age)})
	}
	log("before", time.Minute)
	require.NoError(t, f.run(t.Context(), api.Client()))
	log("meanwhile", 0)

	require.NoError(t, f.run(t.Context(), api.Client()))

	assert.Equal(t, []string{"meanwhile"}, c.messages())
}

// An API that has forgotten the ID gives the last hour again: at least once, not never.
func TestFollower_APositionThatTheAPIForgot(t *testing.T) {
	t.Parallel()
	for _, status := range []int{0, http.StatusGone} {
		api, f, c := newFollower(t)
		f.query.Since = api.Now().Add(-3 * time.Hour)
		for message, age := range map[string]time.Duration{"old": 2 * time.Hour, "first": 0} {
			entry := clevertest.LogEntry{Message: message, Date: api.Now().Add(-age)}
			api.AppendLogs(api.ApplicationID, entry)
			require.NoError(t, f.run(t.Context(), api.Client()))
		}
		c.records = nil
		api.ForgetEvents(status)
		api.AppendLogs(api.ApplicationID, clevertest.LogEntry{Message: "second"})

		require.NoError(t, f.run(t.Context(), api.Client()))

		assert.NotContains(t, c.messages(), "old")
		assert.Contains(t, c.messages(), "second")
	}
}

func TestFollower_AnEntryThatWasNotHandledComesAgain(t *testing.T) {
	t.Parallel()
	api, f, c := newFollower(t)
	for _, message := range []string{"first", "second", "third"} {
		api.AppendLogs(api.ApplicationID, clevertest.LogEntry{Message: message})
	}
	full := errors.New("disk full")
	c.after, c.then = 1, func() error { return full }
	require.ErrorIs(t, f.run(t.Context(), api.Client()), full)
	c.then = nil

	require.NoError(t, f.run(t.Context(), api.Client()))

	assert.Equal(t, []string{"first", "second", "third"}, c.messages())
}

func TestFollower_AnInterruptIsNoError(t *testing.T) {
	t.Parallel()
	api, f, c := newFollower(t)
	f.query.QuietTimeout = 0
	api.AppendLogs(api.ApplicationID, clevertest.LogEntry{Message: "first"})
	ctx, interrupt := context.WithCancel(t.Context())
	c.then = func() error { interrupt(); return nil }

	require.NoError(t, f.run(ctx, api.Client()))

	at, err := loadPosition(f.state)
	require.NoError(t, err)
	assert.NotEmpty(t, at.ID)
}

func TestLevel_GoesUpWithSeverity(t *testing.T) {
	t.Parallel()
	severities := []string{"debug", "info", "notice", "warning", "err", "crit", "alert", "emerg"}
	for i, severity := range severities[1:] {
		assert.Greater(t, level(severity), level(severities[i]), severity)
	}
	assert.Equal(t, slog.LevelInfo, level(""))
	assert.Equal(t, slog.LevelInfo, level("new"))
}

func TestLogslog_Demo(t *testing.T) {
	testenv.HalfConfigured(t)

	status, out, notes := testenv.Run(t, "logslog", logslog, "-demo", "-json")

	require.Equal(t, 0, status, notes)
	var levels []string
	for dec := json.NewDecoder(strings.NewReader(out)); dec.More(); {
		var line struct{ Level, Msg string }
		require.NoError(t, dec.Decode(&line))
		levels = append(levels, line.Level+" "+line.Msg)
	}
	assert.Equal(t, []string{
		"INFO order accepted: 4001", "WARN payment is slow: 4001", "ERROR order failed: 4002",
		"INFO order accepted: 4003", "WARN payment is slow: 4003", "ERROR order failed: 4004",
	}, levels)
}

func TestLogslog_Mistakes(t *testing.T) {
	testenv.NeverPretends(t, "logslog", logslog)
	testenv.LoggedIn(t)
	broken := filepath.Join(t.TempDir(), "broken.json")
	require.NoError(t, os.WriteFile(broken, []byte(`{"date":`), 0o600))
	testenv.Mistakes(t, "logslog", logslog, map[string]string{
		"-app app_1": "-owner and -app are needed", "-demo -app app_1": "leave out -owner",
		"-owner orga_1 -app app_1 -state " + broken: broken,
	})
}

package clevercloud_test

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// inBubble runs test against an embedded API without logs, in virtual time. A goroutine that is
// left behind fails it.
func inBubble(
	t *testing.T, test func(*testing.T, *clevertest.Server, *clevercloud.Client),
	opts ...clevertest.Option,
) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		api := clevertest.NewServer(append([]clevertest.Option{
			clevertest.WithPipes(), clevertest.WithLogEntries(0),
			clevertest.WithStepDuration(10 * time.Second),
		}, opts...)...)
		defer api.Close()
		client := api.Client()
		defer client.CloseIdleConnections()
		test(t, api, client)
	})
}

// deploymentLog returns the messages of the log of a deployment, and its last error.
func deploymentLog(
	ctx context.Context, api *clevertest.Server, c *clevercloud.Client,
	id clevercloud.DeploymentID, q clevercloud.LogQuery,
) (messages []string, err error) {
	entries, err := valuesOf(c.Logs.StreamDeployment(ctx, api.OwnerID, api.ApplicationID, id, q))
	for _, entry := range entries {
		messages = append(messages, entry.Message)
	}
	return messages, err
}

// say appends a line to the log after a while.
func say(api *clevertest.Server, after time.Duration, id clevercloud.DeploymentID, message string) {
	time.AfterFunc(after, func() {
		api.AppendLogs(api.ApplicationID, clevertest.LogEntry{Message: message, DeploymentID: id})
	})
}

// deploy adds a deployment that ends with this state.
func deploy(api *clevertest.Server, outcome clevercloud.DeploymentState) clevercloud.DeploymentID {
	return api.AddDeployment(api.ApplicationID, clevertest.Deployment{
		State: "QUEUED", Outcome: string(outcome),
	})
}

const (
	preparing = "Preparing the build of the application"
	deployed  = "Application deployed in a few seconds"
)

func TestStreamDeployment_UntilTheEndAndItsLastEntries(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]clevertest.Option{
		"": nil, "an API that does not notice the end": {clevertest.WithLazyUntil()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T, api *clevertest.Server, client *clevercloud.Client) {
				id := deploy(api, "")
				say(api, 12*time.Second, id, "building")
				say(api, 13*time.Second, api.DeploymentID, "of another deployment")
				say(api, 24*time.Second, id, "a late word") // it ends at 20 s, which shows at 23 s
				for after := 26; after < 200 && opts == nil; after++ {
					say(api, time.Duration(after)*time.Second, id, "its later life")
				}
				start := time.Now()

				messages, err := deploymentLog(t.Context(), api, client, id,
					clevercloud.LogQuery{QuietTimeout: 5 * time.Second})

				require.NoError(t, err)
				assert.Equal(t, []string{preparing, "building", deployed, "a late word"}, messages)
				assert.Less(t, time.Since(start), 35*time.Second)
			}, opts...)
		})
	}
}

func TestStreamDeployment_Outcomes(t *testing.T) {
	t.Parallel()
	for _, state := range []clevercloud.DeploymentState{"FAILED", "CANCELLED"} {
		for _, early := range []bool{true, false} {
			inBubble(t, func(t *testing.T, api *clevertest.Server, client *clevercloud.Client) {
				id := api.AddDeployment(api.ApplicationID, clevertest.Deployment{
					State: "WORK_IN_PROGRESS", Outcome: string(state),
				})
				say(api, 5*time.Second, id, "no such module")
				if early {
					time.Sleep(time.Hour) // it has ended long ago
				}

				messages, err := deploymentLog(t.Context(), api, client, id, clevercloud.LogQuery{})

				var failed *clevercloud.DeploymentError
				require.ErrorAs(t, err, &failed)
				assert.Equal(t, state, failed.Deployment.State)
				assert.Equal(t, id, failed.Deployment.ID)
				assert.Contains(t, messages, "no such module", "early: %v", early)
			})
		}
	}
}

// The first deployment of an application begins before there is any log.
func TestStreamDeployment_SurvivesTrouble(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, api *clevertest.Server, client *clevercloud.Client) {
		id := deploy(api, "")
		api.Inject(
			clevertest.Fault{Path: "logs.stream", Status: 404, Times: 3},
			clevertest.Fault{Path: "orchestration.get-deployment", Status: 404, Times: 2},
			clevertest.Fault{Path: "orchestration.get-deployment", Status: 503, Times: 7},
		)
		time.AfterFunc(11*time.Second, api.Redeploy)
		say(api, 15*time.Second, id, "building")

		messages, err := deploymentLog(t.Context(), api, client, id, clevercloud.LogQuery{})

		require.NoError(t, err)
		assert.Equal(t, []string{preparing, "building", deployed}, messages)
	})
}

func TestStreamDeployment_NeverLogged(t *testing.T) {
	t.Parallel()
	for outcome, want := range map[clevercloud.DeploymentState]bool{
		"SUCCEEDED": false, "FAILED": true,
	} {
		inBubble(t, func(t *testing.T, api *clevertest.Server, client *clevercloud.Client) {
			id := deploy(api, outcome)
			api.Inject(clevertest.Fault{Path: "logs.stream", Status: 404, Times: -1})
			start := time.Now()

			messages, err := deploymentLog(t.Context(), api, client, id, clevercloud.LogQuery{})

			var failed *clevercloud.DeploymentError
			assert.Equal(t, want, errors.As(err, &failed), "%v", err)
			assert.Equal(t, want, err != nil)
			assert.Empty(t, messages)
			assert.Less(t, time.Since(start), 40*time.Second)
		})
	}
}

func TestStreamDeployment_Ends(t *testing.T) {
	t.Parallel()
	const s = time.Second
	for name, tc := range map[string]struct {
		query  clevercloud.LogQuery
		fault  clevertest.Fault
		id     clevercloud.DeploymentID // a deployment in progress unless given
		cancel time.Duration
		old    bool // it has ended long ago
		leave  bool
		want   error
		after  time.Duration
	}{
		"the limit":        {query: clevercloud.LogQuery{Limit: 1}, after: 10 * s},
		"the loop is left": {leave: true, after: 10 * s},
		"the limit, late":  {old: true, query: clevercloud.LogQuery{Limit: 1}},
		"the loop, late":   {old: true, leave: true},
		"the context":      {cancel: 15 * s, want: context.Canceled, after: 15 * s},
		"an unknown one":   {id: "deployment_0", want: clevercloud.ErrNotFound, after: 15 * s},
		"logs are not ours": {
			fault: clevertest.Fault{Path: "logs.stream", Status: 403},
			want:  clevercloud.ErrForbidden,
		},
		"the deployment is not ours any more": {
			fault: clevertest.Fault{Path: "orchestration.get-deployment", Status: 403, Skip: 1},
			want:  clevercloud.ErrForbidden,
		},
		"no log yet, and the context": {
			fault:  clevertest.Fault{Path: "logs.stream", Status: 404, Times: -1},
			cancel: 15 * s, want: context.Canceled, after: 15 * s,
		},
		"a log that appears late": {
			fault: clevertest.Fault{Path: "logs.stream", Status: 404, Times: 2},
			old:   true, query: clevercloud.LogQuery{Limit: 1}, after: 4 * s,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T, api *clevertest.Server, client *clevercloud.Client) {
				id := tc.id
				if id == "" {
					id = deploy(api, "FAILED")
				}
				if tc.old {
					time.Sleep(time.Hour)
				}
				if tc.fault.Status != 0 {
					api.Inject(tc.fault)
				}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if tc.cancel > 0 {
					time.AfterFunc(tc.cancel, cancel)
				}
				start := time.Now()
				var last error

				for _, err := range client.Logs.StreamDeployment(
					ctx, api.OwnerID, api.ApplicationID, id, tc.query,
				) {
					require.NoError(t, last, "an error is the last value")
					if last = err; tc.leave {
						break
					}
				}

				require.ErrorIs(t, last, tc.want)
				assert.Equal(t, tc.after, time.Since(start).Truncate(time.Second))
			})
		})
	}
}

// Nothing is sent to find out that an argument is missing or bad.
func TestStreamDeployment_BadArguments(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, api *clevertest.Server, client *clevercloud.Client) {
		_, err := deploymentLog(t.Context(), api, client, "", clevercloud.LogQuery{})
		require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
		//lint:ignore SA1012 a nil context is what is tried
		_, err = deploymentLog(nil, api, client, "d", clevercloud.LogQuery{})
		require.EqualError(t, err, "clevercloud: logs.stream-deployment: ctx must not be nil")
		for want, q := range map[string]clevercloud.LogQuery{
			"-deployment: DeploymentID is not a parameter of this stream": {DeploymentID: "x", Until: time.Now(), Compress: true},
			"-deployment: Until is not a parameter of this stream":        {Until: time.Now(), Compress: true},
			"-deployment: Compress is not a parameter of this stream":     {Compress: true},
			": Limit must not be negative":                                {Limit: -1},
			": QuietTimeout must not be negative":                         {QuietTimeout: -1},
			": MaxEventSize must not be negative":                         {MaxEventSize: -1},
		} {
			_, err = deploymentLog(t.Context(), api, client, "d", q)
			require.EqualError(t, err, "clevercloud: logs.stream"+want)
			require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
		}
		assert.Empty(t, api.Requests())
	})
}

// A Response that is asked for is the stream's alone: the race detector watches.
func TestStreamDeployment_WithResponse(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, api *clevertest.Server, client *clevercloud.Client) {
		id := deploy(api, "")
		var meta clevercloud.Response
		opts := [2]clevercloud.CallOption{clevercloud.WithResponse(&meta)}
		for range client.Logs.StreamDeployment(
			t.Context(), api.OwnerID, api.ApplicationID, id, clevercloud.LogQuery{}, opts[:1]...) {
			assert.Equal(t, "text/event-stream", meta.Header.Get("Content-Type"))
		}
		assert.Nil(t, opts[1], "what is behind the options is the caller's")
	})
}

// What a middleware does to a look at the deployment, it does to the caller, who can recover.
func TestStreamDeployment_MiddlewareThatDoesNotReturn(t *testing.T) {
	t.Parallel()
	for name, bug := range map[string]func(){
		"panics": func() { panic("a bug") }, "exits": runtime.Goexit,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T, api *clevertest.Server, _ *clevercloud.Client) {
				id := deploy(api, "")
				var looks atomic.Int32
				broken := func(next http.RoundTripper) http.RoundTripper {
					return testkit.RoundTripFunc(func(req *http.Request) (*http.Response, error) {
						if strings.HasSuffix(req.URL.Path, string(id)) && looks.Add(1) == 3 {
							bug()
						}
						return next.RoundTrip(req)
					})
				}
				client := api.Client(clevercloud.WithMiddleware(broken))
				defer client.CloseIdleConnections()
				var crash any
				returned, done := false, make(chan struct{})
				go func() {
					defer close(done)
					defer func() { crash = recover() }()
					_, _ = deploymentLog(t.Context(), api, client, id, clevercloud.LogQuery{})
					returned = true
				}()
				<-done

				assert.False(t, returned)
				if name == "panics" {
					require.ErrorContains(t, crash.(error), "a bug\n\n")
				} else {
					assert.Nil(t, crash)
				}
			})
		})
	}
}

// deploymentOf follows the deployment "d".
func deploymentOf(
	ctx context.Context, c *clevercloud.Client, q clevercloud.LogQuery,
) ([]clevercloud.LogEntry, error) {
	return valuesOf(c.Logs.StreamDeployment(ctx, streamOwner, streamApp, "d", q))
}

// The log is read until the deployment ended, or until now if that is not known.
func TestStreamDeployment_ReadsUntilTheEnd(t *testing.T) {
	t.Parallel()
	for steps, end := range map[string]time.Duration{
		`{"state":"SUCCEEDED","date":"2000-01-01T00:01:00Z"}`: time.Minute,
		`{"state":"QUEUED","date":"2000-01-01T00:00:00Z"},` +
			`{"state":"FAILED","date":"2000-01-01T00:01:00Z"},` +
			`{"state":"CANCELLED","date":"2000-01-01T00:02:00Z"}`: 2 * time.Minute,
		`{"state":"WORK_IN_PROGRESS","date":"2000-01-01T00:00:01Z"}`: time.Hour,
		`{"state":"SUCCEEDED","date":null}`:                          time.Hour,
		``:                                                           time.Hour,
	} {
		for quiet, late := range map[time.Duration]time.Duration{
			0: 5 * time.Second, time.Minute: time.Minute,
		} {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				time.Sleep(time.Hour)
				wire := &streamWire{script: func(n int, _ *http.Request) *http.Response {
					switch n {
					case 0:
						return statusAnswer(http.StatusOK, nil, `{"id":"d","state":"SUCCEEDED",`+
							`"startDate":"2000-01-01T00:00:00Z","steps":[`+steps+`]}`)
					case 1: // the ID is not known any more
						return statusAnswer(http.StatusGone, nil, "")
					}
					return streamAnswer(event(0)+endOfStream, "eof")
				}}
				q := clevercloud.LogQuery{QuietTimeout: quiet, LastEventID: "1:0"}

				_, err := deploymentOf(t.Context(), streamClient(t, wire), q)
				require.NoError(t, err)

				require.Len(t, wire.requests, 3)
				until, err := time.Parse(time.RFC3339, wire.requests[2].URL.Query().Get("until"))
				require.NoError(t, err)
				assert.Equal(t, end+late, until.Sub(start), steps)
			})
		}
	}
}

func TestStreamDeployment_Since(t *testing.T) {
	t.Parallel()
	ended := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for since, want := range map[time.Time][]string{
		{}:                        {"2026-01-02T03:04:00.000Z"},
		ended.Add(-time.Hour):     {"2026-01-02T02:04:05.000Z"},
		ended.Add(30 * time.Hour): nil, // there is nothing to read
	} {
		var got []string
		client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
			if q := req.URL.Query(); q.Has("since") {
				got = append(got, q.Get("since"))
				answer := streamAnswer(endOfStream, "eof")
				answer.Request = req
				return answer, nil
			}
			return testkit.Response(req, http.StatusOK, `{"id":"d","state":"SUCCEEDED",
				"startDate":"2026-01-02T03:04:00Z","steps":[
				{"state":"SUCCEEDED","date":"2026-01-02T03:04:05Z"}]}`), nil
		})

		_, err := deploymentOf(t.Context(), client, clevercloud.LogQuery{Since: since})
		require.NoError(t, err)

		assert.Equal(t, want, got)
	}
}

// Only an application that never logged has no log.
func TestStreamDeployment_TheLogIsGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		wire := &streamWire{script: func(n int, _ *http.Request) *http.Response {
			return []*http.Response{
				statusAnswer(http.StatusOK, nil, `{"id":"d","state":"SUCCEEDED"}`),
				streamAnswer(event(0), "eof"), statusAnswer(http.StatusNotFound, nil, ""),
			}[n]
		}}

		_, last := deploymentOf(t.Context(), streamClient(t, wire), clevercloud.LogQuery{})

		require.ErrorIs(t, last, clevercloud.ErrNotFound)
	})
}

// What came while the deployment was in progress does not come again.
func TestStreamDeployment_RepeatedEntries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start, streams := time.Now(), 0
		client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
			if !strings.HasSuffix(req.URL.Path, "/logs") {
				state := "WORK_IN_PROGRESS"
				if time.Since(start) > 2*time.Second {
					state = "SUCCEEDED"
				}
				return testkit.Response(req, http.StatusOK, `{"id":"d","state":"`+state+`"}`), nil
			}
			answer := streamAnswer(event(0)+event(1)+endOfStream, "eof")
			if streams++; streams == 1 {
				answer = streamAnswer(event(0), "silence")
			}
			answer.Body.(*streamBody).ctx, answer.Request = req.Context(), req
			return answer, nil
		})

		entries, err := deploymentOf(t.Context(), client, clevercloud.LogQuery{})

		require.NoError(t, err)
		require.Len(t, entries, 2)
		assert.Equal(t, testkit.Lines(2), []string{entries[0].Message, entries[1].Message})
	})
}

// A log that ends before its deployment is not read again.
func TestStreamDeployment_TheLogEndsFirst(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]string{
		"SUCCEEDED": "", "FAILED": "FAILED",
		"WORK_IN_PROGRESS": "context deadline exceeded; last seen: WORK_IN_PROGRESS",
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			start, streams := time.Now(), 0
			client := testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
				if strings.HasSuffix(req.URL.Path, "/logs") {
					streams++
					answer := streamAnswer(endOfStream, "eof")
					answer.Request = req
					return answer, nil
				}
				now := "WORK_IN_PROGRESS"
				if time.Since(start) > 20*time.Second {
					now = state
				}
				return testkit.Response(req, http.StatusOK, `{"id":"d","state":"`+now+`"}`), nil
			})

			_, last := deploymentOf(ctx, client, clevercloud.LogQuery{})

			assert.Equal(t, 1, streams)
			if want == "" {
				require.NoError(t, last)
			} else {
				require.ErrorContains(t, last, want)
			}
		})
	}
}

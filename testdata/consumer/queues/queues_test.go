package queues_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/consumer/queues"
	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

// A backend is the API of queues, on routes of an embedded API.
type backend struct {
	*clevertest.Server
	client *clevercloud.Client
	log    bytes.Buffer
	spans  []string

	mu     sync.Mutex
	queues map[string]queues.Input
	reads  int
}

const base = "/v4/queues/organisations/{ownerId}/queues/{queueId}"

func newBackend(t *testing.T) *backend {
	b := &backend{Server: clevertest.NewServer(), queues: map[string]queues.Input{}}
	t.Cleanup(b.Close)
	b.Handle("PUT "+base, http.HandlerFunc(b.put))
	b.Handle("GET "+base, http.HandlerFunc(b.get))
	b.Handle("DELETE "+base, http.HandlerFunc(b.remove))
	b.Handle("GET "+base+"/messages", http.HandlerFunc(b.messages))
	logger := slog.New(slog.NewTextHandler(&b.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	b.client = b.Client(
		clevercloud.WithLogger(logger), clevercloud.WithMiddleware(b.trace),
		clevercloud.WithRetry(clevercloud.RetryPolicy{MaxRetries: 2, MinWait: 1, MaxWait: 1}))
	return b
}

// trace records a span per attempt, as a middleware for telemetry does.
func (b *backend) trace(next http.RoundTripper) http.RoundTripper {
	return tripper(func(r *http.Request) (*http.Response, error) {
		span := fmt.Sprintf("%s attempt %d", clevercloud.OperationFromContext(r.Context()),
			clevercloud.AttemptFromContext(r.Context()))
		resp, err := next.RoundTrip(r)
		if resp != nil {
			span += fmt.Sprint(" status ", resp.StatusCode)
		}
		b.spans = append(b.spans, span)
		return resp, err
	})
}

type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func (b *backend) put(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var in queues.Input
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	b.queues[r.PathValue("queueId")] = in
	b.answer(w, map[string]any{"id": r.PathValue("queueId"), "state": queues.Creating, "new": true})
}

// get finds a queue that is being created twice.
func (b *backend) get(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, ok := b.queues[r.PathValue("queueId")]; !ok {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"code":"clever.queues.unknown","error":"no such queue"}`)
		return
	}
	queue := map[string]any{"id": r.PathValue("queueId"), "state": queues.Creating}
	if b.reads++; b.reads > 2 {
		queue["state"] = queues.Ready
	}
	if r.URL.Query().Get("count") == "true" {
		queue["messages"] = len(r.URL.Query()["reader"])
	}
	b.answer(w, queue)
}

func (b *backend) remove(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.queues, r.PathValue("queueId"))
	w.WriteHeader(http.StatusNoContent)
}

// messages sends two messages per connection, of five in all.
func (b *backend) messages(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	from := 0
	_, _ = fmt.Sscan(r.Header.Get("Last-Event-ID"), &from)
	for id := from + 1; id <= min(from+2, 5); id++ {
		text := fmt.Sprintf(`{"text":"message %d of %s"}`, id, r.PathValue("queueId"))
		if id == 4 {
			text = "{"
		}
		_, _ = fmt.Fprintf(w, "id:%d\nevent:MESSAGE\ndata:%s\n\n", id, text)
	}
	if from+2 >= 5 {
		_, _ = io.WriteString(w, "event:END_OF_STREAM\ndata:\n\n")
	}
}

func (b *backend) answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func TestService(t *testing.T) {
	b := newBackend(t)
	service, ctx := queues.New(b.client), t.Context()

	queue, err := service.Put(ctx, b.OwnerID, "a/b", queues.Input{Retention: 7})
	if err != nil || queue.ID != "a/b" || b.queues["a/b"].Retention != 7 {
		t.Fatal(queue, err, b.queues)
	}
	queue, err = service.WaitUntilReady(ctx, b.OwnerID, "a/b", clevercloud.Wait{Interval: 1})
	if err != nil || queue.State != queues.Ready {
		t.Fatal(queue, err)
	}
	counted := queues.Query{Count: true, Readers: []string{"x", "y"}}
	queue, err = service.Get(ctx, b.OwnerID, "a/b", counted)
	if err != nil || queue.Messages == nil || *queue.Messages != 2 {
		t.Fatal(queue, err)
	}
	if err := service.Delete(ctx, b.OwnerID, "a/b"); err != nil {
		t.Fatal(err)
	}
	_, err = service.Get(ctx, b.OwnerID, "a/b", queues.Query{})
	if !errors.Is(err, clevercloud.ErrNotFound) {
		t.Fatal(err)
	}
	if sent := b.RequestsTo("/v4/queues/organisations/*/queues/a%2Fb"); len(sent) != 7 {
		t.Fatal(len(sent), "requests to the escaped path")
	}
}

// The last answer is in the error of a wait that does not end.
func TestService_WaitUntilReady(t *testing.T) {
	b := newBackend(t)
	service := queues.New(b.client)
	b.queues["jobs"] = queues.Input{}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := service.WaitUntilReady(ctx, b.OwnerID, "jobs", clevercloud.Wait{Interval: time.Hour})
	if !errors.Is(err, context.DeadlineExceeded) ||
		!strings.Contains(err.Error(), "jobs CREATING") {
		t.Fatal(err)
	}
}

func TestService_Messages(t *testing.T) {
	b := newBackend(t)
	reconnected := 0
	q := clevercloud.EventQuery{
		LastEventID: "1",
		Reconnect:   clevercloud.RetryPolicy{MinWait: 1, MaxWait: 1},
		OnReconnect: func(clevercloud.Reconnect) { reconnected++ },
	}
	var got []string
	for message, err := range queues.New(b.client).Messages(t.Context(), b.OwnerID, "jobs", q) {
		if err != nil {
			got = append(got, message.ID+" cannot be decoded")
			continue
		}
		got = append(got, message.ID+" "+message.Text)
	}
	want := []string{
		"2 message 2 of jobs", "3 message 3 of jobs", "4 cannot be decoded", "5 message 5 of jobs",
	}
	if !slices.Equal(got, want) || reconnected != 1 {
		t.Fatal(got, reconnected)
	}
	spans := slices.Repeat([]string{"queues.messages attempt 1 status 200"}, 2)
	if !slices.Equal(b.spans, spans) ||
		strings.Count(b.log.String(), "operation=queues.messages") != 2 {
		t.Fatal(b.spans, b.log.String())
	}
	for _, err := range queues.New(b.client).Messages(t.Context(), b.OwnerID, "", q) {
		var invalid *clevercloud.ValidationError
		if !errors.As(err, &invalid) {
			t.Fatal(err)
		}
	}
}

// A twin is a call of package queues and one like it of package clevercloud.
type twin struct {
	ours, theirs string // the names of the operations
	call, like   func(ctx context.Context, b *backend, id string) error
}

var twins = []twin{
	{
		ours: "queues.get", theirs: "addons.get",
		call: func(ctx context.Context, b *backend, id string) error {
			_, err := queues.New(b.client).Get(ctx, b.OwnerID, queues.ID(id), queues.Query{})
			return err
		},
		like: func(ctx context.Context, b *backend, id string) error {
			_, err := b.client.Addons.Get(ctx, b.OwnerID, clevercloud.AddonID(id))
			return err
		},
	},
	{
		ours: "queues.put", theirs: "addons.rename",
		call: func(ctx context.Context, b *backend, id string) error {
			in := queues.Input{Retention: 1}
			_, err := queues.New(b.client).Put(ctx, b.OwnerID, queues.ID(id), in)
			return err
		},
		like: func(ctx context.Context, b *backend, id string) error {
			_, err := b.client.Addons.Rename(ctx, b.OwnerID, clevercloud.AddonID(id), "name")
			return err
		},
	},
	{
		ours: "queues.delete", theirs: "addons.delete",
		call: func(ctx context.Context, b *backend, id string) error {
			return queues.New(b.client).Delete(ctx, b.OwnerID, queues.ID(id))
		},
		like: func(ctx context.Context, b *backend, id string) error {
			return b.client.Addons.Delete(ctx, b.OwnerID, clevercloud.AddonID(id))
		},
	},
}

// Nothing but names tells the operations of package queues from those of package clevercloud: not
// their errors, not their debug lines, not the spans of a middleware.
func TestTwins(t *testing.T) {
	const refused = `{"code":"clever.not.now","message":"not now","error":"not now"}`
	for name, faults := range map[string][]clevertest.Fault{
		"unavailable":      {{Status: 503, Times: -1}},
		"unavailable once": {{Status: 503}, {Status: 409, Body: refused}},
		"not found":        {{Status: 404, Body: refused}},
		"forbidden":        {{Status: 403, Body: refused}},
		"rate limited":     {{Status: 429, RetryAfter: time.Hour, Body: refused}},
		"not JSON":         {{Status: 200, Body: "<html>"}},
		"another shape":    {{Status: 200, Body: `{"id":[1]}`}},
		"nothing":          {{Status: 200, Body: "null"}},
		"dropped":          {{Mode: clevertest.Drop, Times: -1}},
		"cut": {{
			Status: 200, Body: refused, Mode: clevertest.Cut, CutAfter: 5, Times: -1,
		}},
		"dropped once":      {{Mode: clevertest.Drop}, {Status: 200, Body: `{"id":"addon_1"}`}},
		"not authenticated": {{Status: 401, Body: refused}},
	} {
		for _, twin := range twins {
			t.Run(name+" "+twin.ours, func(t *testing.T) { twin.compare(t, faults) })
		}
	}
	for _, twin := range twins {
		t.Run("refused "+twin.ours, func(t *testing.T) { twin.compareRefusals(t) })
	}
}

func (w twin) compare(t *testing.T, faults []clevertest.Fault) {
	b := newBackend(t)
	b.Inject(faults...)
	ours := b.seen(w.call(t.Context(), b, "addon_1"), w.ours)
	b.ClearFaults()
	b.client.CloseIdleConnections() // on a new connection, as the first call was
	b.Inject(faults...)
	theirs := b.seen(w.like(t.Context(), b, "addon_1"), w.theirs)
	if ours != theirs {
		t.Fatalf("ours:\n%s\ntheirs:\n%s", ours, theirs)
	}
	if !strings.Contains(ours, "NAME attempt 1") || !strings.Contains(ours, "operation=NAME") {
		t.Fatal("no span or no debug line:\n" + ours)
	}
}

func (w twin) compareRefusals(t *testing.T) {
	b := newBackend(t)
	for _, id := range []string{"", ".", ".."} {
		ours := b.seen(w.call(t.Context(), b, id), w.ours)
		theirs := b.seen(w.like(t.Context(), b, id), w.theirs)
		if ours != theirs || !strings.Contains(ours, "*clevercloud.ValidationError") {
			t.Fatalf("ours:\n%s\ntheirs:\n%s", ours, theirs)
		}
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	ours := b.seen(w.call(done, b, "addon_1"), w.ours)
	theirs := b.seen(w.like(done, b, "addon_1"), w.theirs)
	if ours != theirs || !strings.Contains(ours, "context canceled") {
		t.Fatalf("ours:\n%s\ntheirs:\n%s", ours, theirs)
	}
}

// differs matches what differs between two runs of the same call, and the methods' own paths.
var differs = regexp.MustCompile(`(time|duration|request_id|wait)=\S+|header.Date="[^"]+"|` +
	`sozu-id \w+|127\.0\.0\.1:\d+|` +
	`/v4/queues/organisations/[^/]+/queues/|/v2/organisations/[^/]+/addons/`)

// seen is all that a call shows, with NAME for its name. It starts anew.
func (b *backend) seen(err error, name string) string {
	var s strings.Builder
	for e := err; e != nil; e = errors.Unwrap(e) {
		fmt.Fprintf(&s, "%T: %v\n", e, e)
	}
	for _, sentinel := range []error{
		clevercloud.ErrUnavailable, clevercloud.ErrMaybeApplied, clevercloud.ErrNotFound,
		clevercloud.ErrConflict, clevercloud.ErrForbidden, clevercloud.ErrUnauthorized,
		clevercloud.ErrRateLimited, clevercloud.ErrInvalidArgument,
	} {
		fmt.Fprintln(&s, sentinel, errors.Is(err, sentinel))
	}
	fmt.Fprintln(&s, "transient", clevercloud.IsTransient(err))
	s.WriteString(b.log.String() + strings.Join(b.spans, "\n"))
	b.log.Reset()
	b.spans = nil
	text := differs.ReplaceAllString(s.String(), "…")
	return strings.NewReplacer(name, "NAME", "queueId", "ID", "addonId", "ID").Replace(text)
}

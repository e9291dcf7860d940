package clevercloud_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An instanceServer lists instances as the API does: by creation date, 1000 at most, in a window of time.
type instanceServer struct {
	instances []clevercloud.Instance
	// within says whether date is in the window; since or until may be zero.
	within func(date, since, until time.Time) bool
	// shuffled puts instances of the same date in another order in every answer, reversed puts each page in the other order.
	shuffled, reversed bool
	queries            []url.Values
}

func (s *instanceServer) serve(t *testing.T, mock *httpmock.MockTransport) {
	t.Helper()
	mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
		q := req.URL.Query()
		if s.queries = append(s.queries, q); len(s.queries) > 50 {
			t.Errorf("no end of requests: %s", req.URL.RawQuery)
			return testkit.Answer(req, http.StatusOK, "application/json", "[]"), nil
		}
		body, err := json.Marshal(s.list(q))
		return testkit.Answer(req, http.StatusOK, "application/json", string(body)), err
	})
}

func (s *instanceServer) list(q url.Values) []clevercloud.Instance {
	since, _ := time.Parse(time.RFC3339Nano, q.Get("since"))
	until, _ := time.Parse(time.RFC3339Nano, q.Get("until"))
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil || limit > 1000 {
		limit = 1000
	}
	all := slices.Clone(s.instances)
	if s.shuffled {
		rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	}
	slices.SortStableFunc(all, func(a, b clevercloud.Instance) int {
		if q.Get("order") == "ASC" {
			return a.CreationDate.Compare(b.CreationDate)
		}
		return b.CreationDate.Compare(a.CreationDate)
	})
	var page []clevercloud.Instance
	for _, i := range all {
		if s.within(i.CreationDate, since, until) && len(page) < limit {
			page = append(page, i)
		}
	}
	if s.reversed {
		slices.Reverse(page)
	}
	return page
}

// windowKinds are what the bounds of the API may mean; its documents do not say.
var windowKinds = map[string]func(date, since, until time.Time) bool{
	"both bounds inside": func(date, since, until time.Time) bool {
		return !date.Before(since) && (until.IsZero() || !date.After(until))
	},
	"both bounds outside": func(date, since, until time.Time) bool {
		return date.After(since) && (until.IsZero() || date.Before(until))
	},
	"the first inside": func(date, since, until time.Time) bool {
		return !date.Before(since) && (until.IsZero() || date.Before(until))
	},
	"the last inside": func(date, since, until time.Time) bool {
		return date.After(since) && (until.IsZero() || !date.After(until))
	},
	"dates cut to milliseconds, both inside": func(date, since, until time.Time) bool {
		date = date.Truncate(time.Millisecond)
		return !date.Before(since) && (until.IsZero() || !date.After(until))
	},
	"dates cut to milliseconds, both outside": func(date, since, until time.Time) bool {
		date = date.Truncate(time.Millisecond)
		return date.After(since) && (until.IsZero() || date.Before(until))
	},
}

var firstInstance = time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC)

// manyInstances returns n instances in bursts: some of the same moment, some microseconds apart, over whole milliseconds too.
func manyInstances(n int) []clevercloud.Instance {
	list := make([]clevercloud.Instance, n)
	date := firstInstance
	for i := range list {
		switch {
		case i%401 == 400:
			date = date.Add(time.Hour)
		case i%7 == 0:
			date = date.Add(251 * time.Microsecond)
		case i%11 == 0:
			date = date.Truncate(time.Millisecond).Add(time.Millisecond)
		}
		list[i] = clevercloud.Instance{ID: clevercloud.InstanceID(fmt.Sprintf("instance-%04d", i)), CreationDate: date}
	}
	return list
}

func sameMoment(n int) []clevercloud.Instance {
	list := manyInstances(n)
	for i := range list {
		list[i].CreationDate = firstInstance.Add(time.Duration(i%1000) * time.Microsecond)
	}
	return list
}

func ids(list []clevercloud.Instance) []clevercloud.InstanceID {
	out := make([]clevercloud.InstanceID, len(list))
	for i, instance := range list {
		out[i] = instance.ID
	}
	return out
}

func TestOrchestration_Instances_EachIDOnce(t *testing.T) {
	t.Parallel()
	for kind, within := range windowKinds {
		for _, order := range []clevercloud.Order{clevercloud.OrderAsc, clevercloud.OrderDesc} {
			for _, total := range []int{0, 1000, 1001, 2345} {
				t.Run(fmt.Sprintf("%s/%s/%d", kind, order, total), func(t *testing.T) {
					t.Parallel()
					client, mock := testkit.MockClient(t)
					server := &instanceServer{instances: manyInstances(total), within: within, shuffled: true}
					server.serve(t, mock)
					var got []clevercloud.Instance

					for i, err := range client.Orchestration.Instances(t.Context(), "orga_1", "app_1", clevercloud.InstanceQuery{Order: order}) {
						require.NoError(t, err)
						got = append(got, i)
					}

					gotIDs := ids(got)
					slices.Sort(gotIDs)
					assert.Equal(t, ids(server.instances), gotIDs)
					assert.True(t, slices.IsSortedFunc(got, func(a, b clevercloud.Instance) int {
						if order == clevercloud.OrderAsc {
							return a.CreationDate.Compare(b.CreationDate)
						}
						return b.CreationDate.Compare(a.CreationDate)
					}), "in order over the pages")
				})
			}
		}
	}
}

func TestOrchestration_Instances_Limit(t *testing.T) {
	t.Parallel()
	for kind, within := range windowKinds {
		for _, limit := range []int{1, 1000, 1500, 3000} {
			t.Run(fmt.Sprintf("%s/%d", kind, limit), func(t *testing.T) {
				t.Parallel()
				client, mock := testkit.MockClient(t)
				server := &instanceServer{instances: manyInstances(2345), within: within}
				server.serve(t, mock)
				seen := map[clevercloud.InstanceID]bool{}
				var oldest time.Time

				for i, err := range client.Orchestration.Instances(t.Context(), "orga_1", "app_1", clevercloud.InstanceQuery{Limit: limit}) {
					require.NoError(t, err)
					require.False(t, seen[i.ID], "%s twice", i.ID)
					seen[i.ID], oldest = true, i.CreationDate
				}

				want := min(limit, 2345)
				assert.Len(t, seen, want)
				assert.Equal(t, server.instances[2345-want].CreationDate, oldest, "they are the newest")
				for _, q := range server.queries {
					n, err := strconv.Atoi(q.Get("limit"))
					require.NoError(t, err)
					assert.LessOrEqual(t, n, 1000)
				}
			})
		}
	}
}

func TestOrchestration_Instances_KeepsTheQuery(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	server := &instanceServer{instances: manyInstances(1500), within: windowKinds["both bounds inside"]}
	server.serve(t, mock)
	since := firstInstance.Add(-time.Hour)
	n := 0

	for _, err := range client.Orchestration.Instances(t.Context(), "orga_1", "app_1", clevercloud.InstanceQuery{
		DeploymentID: "deployment_1", Since: since, ExcludeDeleted: true, IncludeStates: []clevercloud.InstanceState{"UP", "READY"},
	}) {
		require.NoError(t, err)
		n++
	}

	assert.Equal(t, 1500, n)
	require.Len(t, server.queries, 3, "the last one brings nothing new")
	for _, q := range server.queries {
		assert.Equal(t, "deployment_1", q.Get("deploymentId"))
		assert.Equal(t, "2025-08-31T23:00:00.000Z", q.Get("since"))
		assert.Equal(t, "true", q.Get("excludeDeleted"))
		assert.Equal(t, []string{"UP", "READY"}, q["includeState"])
		assert.Equal(t, []string{"DELETED"}, q["excludeState"])
		assert.Equal(t, "DESC", q.Get("order"))
	}
	assert.Empty(t, server.queries[0].Get("until"))
	oldest := server.instances[500].CreationDate // of the first page
	assert.Equal(t, oldest.Truncate(time.Millisecond).Add(time.Millisecond).Format("2006-01-02T15:04:05.000Z"), server.queries[1].Get("until"))
}

// One window reaches a millisecond into the next, not more.
func TestOrchestration_Instances_WindowsUpwards(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	server := &instanceServer{instances: manyInstances(1500), within: windowKinds["both bounds inside"]}
	server.serve(t, mock)

	for _, err := range client.Orchestration.Instances(t.Context(), "orga_1", "app_1", clevercloud.InstanceQuery{Order: clevercloud.OrderAsc}) {
		require.NoError(t, err)
	}

	require.Len(t, server.queries, 3, "the last one brings nothing new")
	newest := server.instances[999].CreationDate // of the first page
	assert.Empty(t, server.queries[0].Get("since"))
	assert.Equal(t, newest.Truncate(time.Millisecond).Add(-time.Millisecond).Format("2006-01-02T15:04:05.000Z"), server.queries[1].Get("since"))
}

// A page asks for what is missing, and for what it may hold again.
func TestOrchestration_Instances_AsksForNoMoreThanItNeeds(t *testing.T) {
	t.Parallel()
	for _, order := range []clevercloud.Order{clevercloud.OrderAsc, clevercloud.OrderDesc} {
		client, mock := testkit.MockClient(t)
		server := &instanceServer{instances: manyInstances(2345), within: windowKinds["both bounds inside"]}
		server.serve(t, mock)
		n := 0

		for _, err := range client.Orchestration.Instances(t.Context(), "orga_1", "app_1", clevercloud.InstanceQuery{Limit: 1200, Order: order}) {
			require.NoError(t, err)
			n++
		}

		assert.Equal(t, 1200, n)
		require.Len(t, server.queries, 2)
		assert.Equal(t, "1000", server.queries[0].Get("limit"))
		rest, err := strconv.Atoi(server.queries[1].Get("limit"))
		require.NoError(t, err)
		assert.Greater(t, rest, 200)
		assert.Less(t, rest, 300)
	}
}

// The edge of a page is its oldest, or newest, element, wherever it stands.
func TestOrchestration_Instances_PagesInAnotherOrder(t *testing.T) {
	t.Parallel()
	for _, order := range []clevercloud.Order{clevercloud.OrderAsc, clevercloud.OrderDesc} {
		client, mock := testkit.MockClient(t)
		server := &instanceServer{instances: manyInstances(1500), within: windowKinds["both bounds inside"], reversed: true}
		server.serve(t, mock)
		var got []clevercloud.Instance

		for i, err := range client.Orchestration.Instances(t.Context(), "orga_1", "app_1", clevercloud.InstanceQuery{Order: order}) {
			require.NoError(t, err)
			got = append(got, i)
		}

		gotIDs := ids(got)
		slices.Sort(gotIDs)
		assert.Equal(t, ids(server.instances), gotIDs)
	}
}

// An API that gives the same elements over and over, each time with other dates, comes to an end.
func TestOrchestration_Instances_NothingNew(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	server := &instanceServer{instances: sameMoment(1000), within: func(time.Time, time.Time, time.Time) bool { return true }}
	server.serve(t, mock)
	n := 0
	var errs []error

	for _, err := range client.Orchestration.Instances(t.Context(), "orga_1", "app_1", clevercloud.InstanceQuery{}) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if n++; n == 1000 {
			for i := range server.instances {
				server.instances[i].CreationDate = server.instances[i].CreationDate.Add(-24 * time.Hour)
			}
		}
	}

	require.Len(t, errs, 1)
	require.ErrorContains(t, errs[0], "more elements in one millisecond")
	assert.Len(t, server.queries, 2)
}

func TestOrchestration_Instances_BreakIsTheEndOfRequests(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	server := &instanceServer{instances: manyInstances(2345), within: windowKinds["both bounds inside"]}
	server.serve(t, mock)
	all := client.Orchestration.Instances(t.Context(), "orga_1", "app_1", clevercloud.InstanceQuery{})
	assert.Empty(t, server.queries, "nothing is sent before ranging")
	n := 0

	for _, err := range all {
		require.NoError(t, err)
		if n++; n == 1000 {
			break
		}
	}

	assert.Len(t, server.queries, 1)
	for _, err := range all {
		require.NoError(t, err)
		break
	}
	assert.Len(t, server.queries, 2, "each range begins anew")
	assert.Empty(t, server.queries[1].Get("until"))
}

func TestOrchestration_Instances_CrowdedMillisecond(t *testing.T) {
	t.Parallel()
	for _, shuffled := range []bool{false, true} {
		for _, order := range []clevercloud.Order{clevercloud.OrderAsc, clevercloud.OrderDesc} {
			t.Run(fmt.Sprintf("%s/%v", order, shuffled), func(t *testing.T) {
				t.Parallel()
				client, mock := testkit.MockClient(t)
				list := sameMoment(1200)
				if shuffled {
					for i := range list {
						list[i].CreationDate = firstInstance
					}
				}
				(&instanceServer{instances: list, within: windowKinds["both bounds inside"], shuffled: shuffled}).serve(t, mock)
				seen := map[clevercloud.InstanceID]bool{}
				var errs []error

				for i, err := range client.Orchestration.Instances(t.Context(), "orga_1", "app_1", clevercloud.InstanceQuery{Order: order}) {
					if err != nil {
						errs = append(errs, err)
						continue
					}
					require.False(t, seen[i.ID], "%s twice", i.ID)
					seen[i.ID] = true
				}

				require.Len(t, errs, 1, "the error is the last value")
				assert.EqualError(t, errs[0],
					"clevercloud: orchestration.list-instances: more elements in one millisecond than the API returns at once")
				assert.GreaterOrEqual(t, len(seen), 1000)
			})
		}
	}
}

func TestOrchestration_Instances_ErrorOfALaterPage(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	server := &instanceServer{instances: manyInstances(2345), within: windowKinds["both bounds inside"]}
	mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
		if req.URL.Query().Has("until") {
			return testkit.Answer(req, http.StatusServiceUnavailable, "text/html", "<html>"), nil
		}
		body, err := json.Marshal(server.list(req.URL.Query()))
		return testkit.Answer(req, http.StatusOK, "application/json", string(body)), err
	})
	n := 0
	var errs []error

	for _, err := range client.Orchestration.Instances(t.Context(), "orga_1", "app_1", clevercloud.InstanceQuery{}) {
		if err != nil {
			errs = append(errs, err)
			continue
		}
		n++
	}

	assert.Equal(t, 1000, n)
	require.Len(t, errs, 1)
	assert.ErrorIs(t, errs[0], clevercloud.ErrUnavailable)
}

// The API may cut dates to milliseconds: what lies in the millisecond before the edge of a page may come again, and is given once.
func TestOrchestration_Instances_WithinAMillisecondOfTheEdge(t *testing.T) {
	t.Parallel()
	list := manyInstances(1001)
	for i := range list {
		list[i].CreationDate = firstInstance.Add(time.Duration(i) * time.Millisecond)
	}
	edge := firstInstance.Add(time.Minute)
	list[998].CreationDate, list[999].CreationDate, list[1000].CreationDate = edge.Add(700*time.Microsecond), edge.Add(1500*time.Microsecond), edge.Add(time.Hour)
	client, mock := testkit.MockClient(t)
	(&instanceServer{instances: list, within: windowKinds["both bounds inside"]}).serve(t, mock)
	var got []clevercloud.Instance

	for i, err := range client.Orchestration.Instances(t.Context(), "orga_1", "app_1", clevercloud.InstanceQuery{Order: clevercloud.OrderAsc}) {
		require.NoError(t, err)
		got = append(got, i)
	}

	assert.Equal(t, ids(list), ids(got))
}

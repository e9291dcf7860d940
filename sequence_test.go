package clevercloud_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// An instanceServer lists instances as the API does: by creation date, in a window of time.
type instanceServer struct {
	instances []clevercloud.Instance
	// most is the length of the longest page. 0 is 1000.
	most int
	// undated are digits: an instance whose ID ends with one of them is listed without its date.
	undated string
	// within reports whether date is in the window; since or until may be zero. If it is nil, both
	// bounds belong to the window.
	within func(date, since, until time.Time) bool
	// shuffled puts instances of the same date in another order in every response, reversed puts
	// each page in the other order.
	shuffled, reversed bool
	// onRequest, unless nil, sees each request and says whether it fails.
	onRequest func(q url.Values) (fails bool)
	queries   []url.Values
}

func (s *instanceServer) client(t *testing.T) *clevercloud.Client {
	return testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		q := req.URL.Query()
		s.queries = append(s.queries, q)
		switch {
		case len(s.queries) > 50:
			t.Errorf("no end of requests: %s", req.URL.RawQuery)
			return testkit.Response(req, http.StatusOK, "[]"), nil
		case s.onRequest != nil && s.onRequest(q):
			return testkit.Response(req, http.StatusServiceUnavailable, "<html>"), nil
		}
		return testkit.Response(req, http.StatusOK, string(testkit.MustJSON(s.list(q)))), nil
	}, clevercloud.WithMaxRetries(0))
}

func (s *instanceServer) list(q url.Values) []clevercloud.Instance {
	since, _ := time.Parse(time.RFC3339Nano, q.Get("since"))
	until, _ := time.Parse(time.RFC3339Nano, q.Get("until"))
	limit, err := strconv.Atoi(q.Get("limit"))
	if most := cmp.Or(s.most, 1000); err != nil || limit > most {
		limit = most
	}
	all := slices.Clone(s.instances)
	if s.shuffled {
		rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	}
	slices.SortStableFunc(all, byDate(clevercloud.Order(q.Get("order"))))
	within := s.within
	if within == nil {
		within = windowKinds["both bounds inside"]
	}
	page := slices.DeleteFunc(all, func(i clevercloud.Instance) bool {
		return !within(i.CreationDate, since, until)
	})
	page = page[:min(len(page), limit)]
	if s.reversed {
		slices.Reverse(page)
	}
	for i := range page {
		if id := string(page[i].ID); strings.ContainsAny(id[len(id)-1:], s.undated) {
			page[i].CreationDate = time.Time{}
		}
	}
	return page
}

// byDate compares instances by their place in a list.
func byDate(order clevercloud.Order) func(a, b clevercloud.Instance) int {
	return func(a, b clevercloud.Instance) int {
		if order == clevercloud.OrderAsc {
			return a.CreationDate.Compare(b.CreationDate)
		}
		return b.CreationDate.Compare(a.CreationDate)
	}
}

// read iterates over the instances. It checks that each comes once, and that nothing follows an
// error.
func (s *instanceServer) read(
	t *testing.T, q clevercloud.InstanceQuery,
) (got []clevercloud.Instance, failed error) {
	t.Helper()
	seen := map[clevercloud.InstanceID]bool{}
	for i, err := range s.client(t).Orchestration.Instances(t.Context(), "orga_1", "app_1", q) {
		require.NoError(t, failed, "the error is the last value")
		if failed = err; err == nil {
			require.False(t, seen[i.ID], "%s twice", i.ID)
			seen[i.ID] = true
			got = append(got, i)
		}
	}
	return got, failed
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

// manyInstances returns n instances in bursts: some of the same moment, some microseconds apart,
// over whole milliseconds too.
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
		id := clevercloud.InstanceID(fmt.Sprintf("instance-%04d", i))
		list[i] = clevercloud.Instance{ID: id, CreationDate: date}
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

var orders = []clevercloud.Order{clevercloud.OrderAsc, clevercloud.OrderDesc}

// millisecond is date in a query, moved by so many milliseconds.
func millisecond(date time.Time, more time.Duration) string {
	return date.Truncate(time.Millisecond).Add(more * time.Millisecond).
		Format("2006-01-02T15:04:05.000Z")
}

func TestOrchestration_Instances_EachIDOnce(t *testing.T) {
	t.Parallel()
	for kind, within := range windowKinds {
		for _, order := range orders {
			for _, total := range []int{0, 1000, 1001, 2345} {
				t.Run(fmt.Sprintf("%s/%s/%d", kind, order, total), func(t *testing.T) {
					t.Parallel()
					server := &instanceServer{
						instances: manyInstances(total), within: within, shuffled: true,
					}

					got, err := server.read(t, clevercloud.InstanceQuery{Order: order})

					require.NoError(t, err)
					assert.Len(t, got, total)
					assert.True(t, slices.IsSortedFunc(got, byDate(order)), "over the pages")
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
				server := &instanceServer{instances: manyInstances(2345), within: within}

				got, err := server.read(t, clevercloud.InstanceQuery{Limit: limit})

				require.NoError(t, err)
				want := min(limit, 2345)
				require.Len(t, got, want)
				oldest := server.instances[2345-want].CreationDate
				assert.Equal(t, oldest, got[want-1].CreationDate, "they are the newest")
				for _, q := range server.queries {
					n, err := strconv.Atoi(q.Get("limit"))
					require.NoError(t, err)
					assert.LessOrEqual(t, n, 1000)
				}
			})
		}
	}
}

// A window overlaps the next by one millisecond. The rest of the query does not change.
func TestOrchestration_Instances_KeepsTheQuery(t *testing.T) {
	t.Parallel()
	server := &instanceServer{instances: manyInstances(1500)}

	got, err := server.read(t, clevercloud.InstanceQuery{
		DeploymentID: "deployment_1", Since: firstInstance.Add(-time.Hour), ExcludeDeleted: true,
		IncludeStates: []clevercloud.InstanceState{"UP", "READY"},
	})

	require.NoError(t, err)
	assert.Len(t, got, 1500)
	require.Len(t, server.queries, 3, "the last one brings nothing new")
	for i, q := range server.queries {
		want := url.Values{
			"deploymentId": {"deployment_1"}, "since": {"2025-08-31T23:00:00.000Z"},
			"excludeDeleted": {"true"}, "includeState": {"UP", "READY"}, "order": {"DESC"},
			"excludeState": {"DELETED"}, "limit": {"1000"},
		}
		if i > 0 {
			oldest := server.instances[max(0, 500*(2-i))].CreationDate // of the page before
			want["until"] = []string{millisecond(oldest, 1)}
		}
		assert.Equal(t, want, q)
	}

	server = &instanceServer{instances: manyInstances(1500)}
	_, err = server.read(t, clevercloud.InstanceQuery{Order: clevercloud.OrderAsc})
	require.NoError(t, err)
	require.Len(t, server.queries, 3)
	newest := server.instances[999].CreationDate // of the first page
	assert.Empty(t, server.queries[0].Get("since"))
	assert.Equal(t, millisecond(newest, -1), server.queries[1].Get("since"))
}

// A page asks for what is missing, and for what it may hold again.
func TestOrchestration_Instances_AsksForNoMoreThanItNeeds(t *testing.T) {
	t.Parallel()
	for _, order := range orders {
		server := &instanceServer{instances: manyInstances(2345)}

		got, err := server.read(t, clevercloud.InstanceQuery{Limit: 1200, Order: order})

		require.NoError(t, err)
		assert.Len(t, got, 1200)
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
	for _, order := range orders {
		server := &instanceServer{instances: manyInstances(1500), reversed: true}

		got, err := server.read(t, clevercloud.InstanceQuery{Order: order})

		require.NoError(t, err)
		assert.Len(t, got, 1500)
	}
}

// An API that gives the same elements over and over, each time with other dates, comes to an end.
func TestOrchestration_Instances_NothingNew(t *testing.T) {
	t.Parallel()
	server := &instanceServer{
		instances: sameMoment(1000),
		within:    func(time.Time, time.Time, time.Time) bool { return true },
	}
	server.onRequest = func(url.Values) bool {
		for i := range server.instances {
			date := &server.instances[i].CreationDate
			*date = date.Add(-24 * time.Hour)
		}
		return false
	}

	_, err := server.read(t, clevercloud.InstanceQuery{})

	require.ErrorContains(t, err, "more elements in one millisecond")
	assert.Len(t, server.queries, 2)

	// So does one whose windows move the wrong way.
	server = &instanceServer{within: server.within}
	server.onRequest = func(url.Values) bool {
		date := firstInstance.Add(time.Duration(len(server.queries)) * time.Hour)
		id := clevercloud.InstanceID(date.String())
		server.instances = []clevercloud.Instance{{ID: id, CreationDate: date}}
		return false
	}
	got, err := server.read(t, clevercloud.InstanceQuery{})
	require.NoError(t, err)
	assert.Len(t, got, 2)
}

// The position is that of the last date that is known.
func TestOrchestration_Instances_WithoutADate(t *testing.T) {
	t.Parallel()
	for _, order := range orders {
		server := &instanceServer{instances: manyInstances(2345), undated: "0459"}
		got, err := server.read(t, clevercloud.InstanceQuery{Order: order})
		require.NoError(t, err)
		assert.Len(t, got, 2345)

		server = &instanceServer{instances: manyInstances(5), undated: "0123456789"}
		got, err = server.read(t, clevercloud.InstanceQuery{Order: order})
		require.NoError(t, err)
		assert.Len(t, got, 5)
		assert.Len(t, server.queries, 1, "there is nowhere to continue from")
	}
}

// A page that is as long as the longest may have been cut. It is, if there are instances after its
// millisecond.
func TestOrchestration_Instances_ShortPages(t *testing.T) {
	t.Parallel()
	for _, order := range orders {
		for _, tc := range []struct {
			name string
			// before is how many come first, the last of them a millisecond before the crowd, which
			// is of one moment. After it comes one more, unless that is 0.
			before, crowd int
			after         time.Duration
			requests      int
			err           string
		}{
			{"one", 0, 1, 0, 2, ""},
			{"a full page", 0, 2, 0, 3, ""},
			{"shorter than the first", 10, 3, 0, 3, ""},
			{"a window that stays", 9, 3, 0, 2, ""},
			{"cut short", 0, 11, time.Millisecond, 3, "more elements in one millisecond"},
			{"a look that fails", 0, 11, time.Second, 3, "503"},
		} {
			forward := time.Duration(1)
			if order == clevercloud.OrderDesc {
				forward = -1
			}
			list := manyInstances(tc.before + tc.crowd)
			for i := range list {
				early := max(tc.before-i, 0)
				list[i].CreationDate = firstInstance.
					Add(-forward * time.Duration(early*early) * time.Millisecond)
			}
			if tc.after > 0 {
				list = append(list, clevercloud.Instance{
					ID: "after", CreationDate: firstInstance.Add(forward * tc.after),
				})
			}
			server := &instanceServer{instances: list, most: 10}
			server.onRequest = func(q url.Values) bool {
				return tc.err == "503" && q.Get("limit") == "1"
			}

			got, err := server.read(t, clevercloud.InstanceQuery{Order: order})

			assert.Len(t, server.queries, tc.requests, "%s %s", order, tc.name)
			if tc.err != "" {
				require.ErrorContains(t, err, tc.err)
				continue
			}
			require.NoError(t, err)
			assert.Len(t, got, len(list))
		}
	}
}

func TestOrchestration_Instances_BreakIsTheEndOfRequests(t *testing.T) {
	t.Parallel()
	server := &instanceServer{instances: manyInstances(2345)}
	orchestration := server.client(t).Orchestration
	all := orchestration.Instances(t.Context(), "orga_1", "app_1", clevercloud.InstanceQuery{})
	assert.Empty(t, server.queries, "nothing is sent before ranging")

	for _, most := range []int{1000, 1} {
		n := 0
		for _, err := range all {
			require.NoError(t, err)
			if n++; n == most {
				break
			}
		}
	}

	require.Len(t, server.queries, 2, "each range begins anew")
	assert.Empty(t, server.queries[1].Get("until"))
}

func TestOrchestration_Instances_CrowdedMillisecond(t *testing.T) {
	t.Parallel()
	for _, shuffled := range []bool{false, true} {
		for _, order := range orders {
			list := sameMoment(1200)
			for i := range list {
				if shuffled {
					list[i].CreationDate = firstInstance
				}
			}
			server := &instanceServer{instances: list, shuffled: shuffled}

			got, err := server.read(t, clevercloud.InstanceQuery{Order: order})

			require.EqualError(t, err, "clevercloud: orchestration.list-instances: "+
				"more elements in one millisecond than the API returns at once")
			assert.GreaterOrEqual(t, len(got), 1000)
		}
	}
}

func TestOrchestration_Instances_ErrorOfALaterPage(t *testing.T) {
	t.Parallel()
	server := &instanceServer{
		instances: manyInstances(2345),
		onRequest: func(q url.Values) bool { return q.Has("until") },
	}

	got, err := server.read(t, clevercloud.InstanceQuery{})

	require.ErrorIs(t, err, clevercloud.ErrUnavailable)
	assert.Len(t, got, 1000)
}

// The API may truncate dates to milliseconds. Instances of the millisecond before the edge of a page
// may then come again. They are returned once.
func TestOrchestration_Instances_WithinAMillisecondOfTheEdge(t *testing.T) {
	t.Parallel()
	list := manyInstances(1001)
	for i := range list {
		list[i].CreationDate = firstInstance.Add(time.Duration(i) * time.Millisecond)
	}
	edge := firstInstance.Add(time.Minute)
	list[998].CreationDate = edge.Add(700 * time.Microsecond)
	list[999].CreationDate = edge.Add(1500 * time.Microsecond)
	list[1000].CreationDate = edge.Add(time.Hour)
	server := &instanceServer{instances: list}

	got, err := server.read(t, clevercloud.InstanceQuery{Order: clevercloud.OrderAsc})

	require.NoError(t, err)
	assert.Len(t, got, 1001)
}

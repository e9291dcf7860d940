package clevercloud_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	exampleOwner      = "orga_3f1c9a52-7b0e-4d6a-9c41-5e8f20b7d913"
	exampleApp        = "app_c0b7e1f4-2d93-4a68-8e57-19f6a3d40b72"
	exampleUser       = "user_8a6d2e74-15c3-4b9f-a0d7-6c1e94f3b285"
	exampleDeployment = "deployment_6b9e40d2-f137-4c85-a2e9-0d71c8f5b364"
)

// deployment is one of the fixtures': steps are pairs of state and date.
func deployment(
	t *testing.T, id clevercloud.DeploymentID, commit string, origin clevercloud.DeploymentOrigin,
	steps ...string,
) clevercloud.Deployment {
	t.Helper()
	origin.AuthorID = exampleUser
	if origin.Constraints == nil {
		origin.Constraints = []string{}
	}
	d := clevercloud.Deployment{
		ID: id, OwnerID: exampleOwner, ApplicationID: exampleApp, Origin: origin,
		StartDate: testkit.Instant(t, steps[1]),
		Version:   clevercloud.DeploymentVersion{CommitID: commit},
	}
	for i := 0; i < len(steps); i += 2 {
		d.State = clevercloud.DeploymentState(steps[i])
		step := clevercloud.DeploymentStep{State: d.State, Date: testkit.Instant(t, steps[i+1])}
		d.Steps = append(d.Steps, step)
	}
	return d
}

func succeededDeployment(t *testing.T) clevercloud.Deployment {
	return deployment(t, exampleDeployment, "9fceb02d0ae598e95dc970b74767f19372d61af8",
		clevercloud.DeploymentOrigin{
			Action: "DEPLOY", Cause: "git push", Source: "GIT", Priority: "DEFAULT",
		},
		"QUEUED", "2025-09-14T08:12:41.305Z", "WORK_IN_PROGRESS", "2025-09-14T08:12:42.71Z",
		"SUCCEEDED", "2025-09-14T08:15:03.118Z")
}

var deploymentRoundTrip = testkit.RoundTrip{
	Unknown: []string{"origin.someNewKey", "applicationConfiguration", "state2"},
}

func TestOrchestration_ListDeployments(t *testing.T) {
	t.Parallel()
	failed := deployment(t, "deployment_1d84a7f3-50c6-4e2b-9f78-a3b6e2c9d051",
		"3e1a6f4c2b7d90581fae6c3d4b2097e5f8a1c6d2",
		clevercloud.DeploymentOrigin{
			Action: "DEPLOY", Cause: "git push", Source: "GIT", Priority: "URGENT",
			Constraints: []string{"hypervisor:hv-example-01"},
		},
		"QUEUED", "2025-09-13T17:50:02.9Z", "WORK_IN_PROGRESS", "2025-09-13T17:50:03.441Z",
		"FAILED", "2025-09-13T18:02:11.067Z")
	failed.HasDedicatedBuild = true
	cancelled := deployment(t, "deployment_f27c68b0-9ea5-41d3-8b06-5c4d1e7f9a38", "",
		clevercloud.DeploymentOrigin{
			Action: "REPLACE", Cause: "Monitoring/Unreachable", Source: "MONITORING", Priority: "ADMIN",
		},
		"QUEUED", "2025-09-12T03:00:00Z", "WORK_IN_PROGRESS", "2025-09-12T03:00:01.5Z",
		"CANCELLED", "2025-09-12T03:00:59.042Z")
	lists := map[string][]clevercloud.Deployment{
		"deployments/list.json":       {succeededDeployment(t), failed, cancelled},
		"deployments/list_empty.json": {},
	}
	checkFixtures(t, "deployments/list*.json", lists, deploymentRoundTrip,
		(*clevercloud.OrchestrationService).ListDeployments, []any{"orga_1", "app_1"})
}

func TestOrchestration_GetDeployment(t *testing.T) {
	t.Parallel()
	all := map[string]clevercloud.Deployment{
		"deployments/get.json":               succeededDeployment(t),
		"deployments/get_array_variant.json": succeededDeployment(t),
	}
	checkFixtures(t, "deployments/[^lv]*.json", all, deploymentRoundTrip,
		(*clevercloud.OrchestrationService).GetDeployment, []any{"orga_1", "app_1", "deployment_1"})
}

// The v2 API numbers its deployments, and names their states in other words.
func TestOrchestration_ListDeployments_OfV2(t *testing.T) {
	t.Parallel()
	client := answering(t, http.StatusOK, testkit.Fixture(t, "deployments/v2_list_legacy.json"))

	list, err := client.Orchestration.
		ListDeployments(t.Context(), "orga_1", "app_1", clevercloud.DeploymentQuery{})

	require.NoError(t, err)
	require.Len(t, list, 2)
	assert.Equal(t, clevercloud.DeploymentStateSucceeded, list[0].State)
	assert.Equal(t, clevercloud.DeploymentStateFailed, list[1].State)
	for _, d := range list {
		assert.Regexp(t, `^\d+$`, string(d.ID))
	}
	for text, want := range map[string]clevercloud.DeploymentState{
		"WIP": "WORK_IN_PROGRESS", "OK": "SUCCEEDED", "FAIL": "FAILED", "QUEUED": "QUEUED",
		"TASK_RUNNING": "TASK_IN_PROGRESS", "CANCELLED": "CANCELLED",
		"SOMETHING_NEW": "SOMETHING_NEW", "": "",
	} {
		got := testkit.DecodeAs[clevercloud.DeploymentState](t, `"`+text+`"`)
		assert.Equal(t, want, got, text)
	}
}

func TestDeploymentEnums(t *testing.T) {
	t.Parallel()
	for state, terminal := range map[clevercloud.DeploymentState]bool{
		"QUEUED": false, "WORK_IN_PROGRESS": false, "TASK_IN_PROGRESS": false,
		"SUCCEEDED": true, "FAILED": true, "CANCELLED": true,
	} {
		checkKnown(t, state)
		assert.Equal(t, terminal, state.IsTerminal(), state)
	}
	checkKnown[clevercloud.DeploymentAction](t, "DEPLOY", "UNDEPLOY", "UPSCALE", "DOWNSCALE",
		"REPLACE", "CANCEL", "NONE")
	checkKnown[clevercloud.DeploymentPriority](t, "DEFAULT", "URGENT", "ADMIN")
	checkKnown[clevercloud.Order](t, "ASC", "DESC")
	for _, state := range []clevercloud.InstanceState{
		"BOOTING", "READY", "STARTING", "DEPLOYING", "BUILDING", "STOPPING", "DELETED", "GHOST",
		"MIGRATION_IN_PROGRESS", "UP", "TASK_IN_PROGRESS",
	} {
		checkKnown(t, state)
		assert.Equal(t, state == "DELETED", state.IsTerminal(), state)
	}
}

func TestOrchestration_QueriesAreCheckedBeforeSending(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	sent := testkit.Always(mock, http.StatusOK, "[]")
	ctx, s := t.Context(), client.Orchestration
	first := func(q clevercloud.InstanceQuery) error {
		for _, err := range s.Instances(ctx, "orga_1", "app_1", q) {
			return err
		}
		return nil
	}
	for want, errs := range map[string][]error{
		"Limit must not be negative": {
			only(s.ListDeployments(ctx, "orga_1", "app_1", clevercloud.DeploymentQuery{Limit: -1})),
			only(s.ListInstances(ctx, "orga_1", "app_1", clevercloud.InstanceQuery{Limit: -1})),
			first(clevercloud.InstanceQuery{Limit: -5}),
		},
		"Order must be OrderAsc or OrderDesc": {
			only(s.ListDeployments(ctx, "orga_1", "app_1", clevercloud.DeploymentQuery{Order: "UP"})),
			first(clevercloud.InstanceQuery{Order: "asc"}),
		},
	} {
		for _, err := range errs {
			require.ErrorIs(t, err, clevercloud.ErrInvalidArgument)
			assert.Regexp(t, `^clevercloud: orchestration\.list-(deployments|instances): `+want+`$`,
				err.Error())
		}
	}
	assert.Zero(t, sent.Count())
}

func instance(
	t *testing.T, id clevercloud.InstanceID, change func(*clevercloud.Instance),
) clevercloud.Instance {
	i := clevercloud.Instance{
		ID: id, OwnerID: exampleOwner, ApplicationID: exampleApp, DeploymentID: exampleDeployment,
		Name: "Bubbly Bulbasaur", Flavor: "S", Index: new(0), State: clevercloud.InstanceStateUp,
		HypervisorID: "hypervisor_26c9f4e1-0b7d-4a83-95fe-d1c82e7a4b60",
		CreationDate: testkit.Instant(t, "2025-09-14T08:12:44.118Z"),
		Network:      clevercloud.InstanceNetwork{IP: "10.2.47.113", Port: 24810},
	}
	change(&i)
	return i
}

func upInstance(t *testing.T) clevercloud.Instance {
	return instance(t, "7e1d95c4-b83a-4f06-a2d7-50c9e86f1b32", func(*clevercloud.Instance) {})
}

var instanceRoundTrip = testkit.RoundTrip{Unknown: []string{"network.ipv6", "zone", "extra"}}

func TestOrchestration_ListInstances(t *testing.T) {
	t.Parallel()
	all := map[string][]clevercloud.Instance{"instances/list.json": {
		upInstance(t),
		instance(t, "c56f0b8e-2197-4ad3-8e4c-f9b7a16d3052", func(i *clevercloud.Instance) {
			i.Name, i.Index = "Jolly Jigglypuff", new(1)
			i.Network = clevercloud.InstanceNetwork{IP: "10.2.51.9", Port: 24811}
		}),
		instance(t, "184be2d7-f60c-4935-b7a8-6e0d3c92f5a1", func(i *clevercloud.Instance) {
			i.DeploymentID = "deployment_1d84a7f3-50c6-4e2b-9f78-a3b6e2c9d051"
			i.Flavor, i.State, i.IsBuildVM = "M", "DELETED", true
			i.DeletionDate = testkit.Instant(t, "2025-09-13T18:02:12.5Z")
			i.Network = clevercloud.InstanceNetwork{}
		}),
	}}
	checkFixtures(t, "instances/[lu]*.json", all, instanceRoundTrip,
		(*clevercloud.OrchestrationService).ListInstances, []any{"orga_1", "app_1"},
		`"10.2.47.113:24810"`, `{"ip":"10.2.47.113","port":24810}`,
		`"[2001:db8:47::113]:24811"`, `{"ip":"2001:db8:47::113","port":24811}`)
}

func TestOrchestration_GetInstance(t *testing.T) {
	t.Parallel()
	all := map[string]clevercloud.Instance{
		"instances/get.json": upInstance(t), "instances/get_array_variant.json": upInstance(t),
	}
	checkFixtures(t, "instances/g*.json", all, instanceRoundTrip,
		(*clevercloud.OrchestrationService).GetInstance, []any{"orga_1", "app_1", "instance_1"})
	for _, body := range []string{`[]`, `[{"id":"a"},{"id":"b"}]`} {
		client := answering(t, http.StatusOK, body)

		got, err := client.Orchestration.GetInstance(t.Context(), "orga_1", "app_1", "instance_1")

		var foreign *clevercloud.DecodeError
		require.ErrorAs(t, err, &foreign, body)
		assert.Nil(t, got, body)
	}
}

func TestInstanceNetwork(t *testing.T) {
	t.Parallel()
	type network = clevercloud.InstanceNetwork
	for text, want := range map[string]struct {
		network
		printed string
	}{
		`null`:                           {network{}, ""},
		`{}`:                             {network{}, ""},
		`""`:                             {network{}, ""},
		`{"ip":null,"port":null}`:        {network{}, ""},
		`{"ip":"10.0.0.1","port":80}`:    {network{"10.0.0.1", 80}, "10.0.0.1:80"},
		`{"ip":"2001:db8::1","port":80}`: {network{"2001:db8::1", 80}, "[2001:db8::1]:80"},
		`"10.0.0.1:80"`:                  {network{"10.0.0.1", 80}, "10.0.0.1:80"},
		`"[2001:db8::1]:80"`:             {network{"2001:db8::1", 80}, "[2001:db8::1]:80"},
		`"10.0.0.1"`:                     {network{IP: "10.0.0.1"}, "10.0.0.1:0"},
		`"somewhere:else"`:               {network{IP: "somewhere:else"}, "[somewhere:else]:0"},
	} {
		got := testkit.DecodeAs[network](t, text)

		assert.Equal(t, want.network, got, text)
		assert.Equal(t, want.printed, got.String(), text)
	}
	for _, text := range []string{`5`, `[]`, `true`} {
		assert.Error(t, json.Unmarshal([]byte(text), new(clevercloud.InstanceNetwork)), text)
	}
}

// playStates returns a client of an API that answers the n-th request with the n-th step, and all
// later ones with the last step. A step is the status of an error, "lost" for no response, or a
// state to put into body. The time of each request, in seconds, is appended to looks.
func playStates(
	t *testing.T, body string, steps []string, looks *[]float64,
) *clevercloud.Client {
	t.Helper()
	start := time.Now()
	return testkit.ClientOver(t, func(req *http.Request) (*http.Response, error) {
		step := steps[min(len(*looks), len(steps)-1)]
		*looks = append(*looks, time.Since(start).Seconds())
		if step == "lost" {
			return nil, io.ErrUnexpectedEOF
		}
		if status, err := strconv.Atoi(step); err == nil {
			return testkit.Response(req, status, `{}`), nil
		}
		return testkit.Response(req, http.StatusOK, fmt.Sprintf(body, step)), nil
	}, clevercloud.WithMaxRetries(0))
}

const deploymentBody = `{"id":"deployment_1","state":%q}`

func TestOrchestration_WaitForDeployment(t *testing.T) {
	t.Parallel()
	type (
		wait   = clevercloud.DeploymentWait
		states = []clevercloud.DeploymentState
	)
	for _, tc := range []struct {
		name    string
		wait    wait
		steps   []string
		looks   []float64
		changes states
		failed  clevercloud.DeploymentState
		err     error
	}{
		{
			name: "over at once", steps: []string{"SUCCEEDED"}, looks: []float64{0},
			changes: states{"SUCCEEDED"},
		},
		{
			name:    "waits grow by half, up to ten seconds",
			steps:   []string{"QUEUED", "QUEUED", "WIP", "WIP", "WIP", "WIP", "WIP", "WIP", "OK"},
			looks:   []float64{0, 1, 2.5, 4.75, 8.125, 13.1875, 20.78125, 30.78125, 40.78125},
			changes: states{"QUEUED", "WORK_IN_PROGRESS", "SUCCEEDED"},
		},
		{
			name: "the intervals are those asked for",
			wait: wait{Interval: 4 * time.Second, MaxInterval: 5 * time.Second}, looks: []float64{0, 4, 9, 14},
			steps: []string{"QUEUED", "QUEUED", "QUEUED", "OK"}, changes: states{"QUEUED", "SUCCEEDED"},
		},
		{
			name: "an interval over the default bound holds", wait: wait{Interval: 20 * time.Second},
			steps: []string{"QUEUED", "QUEUED", "OK"}, looks: []float64{0, 20, 40},
			changes: states{"QUEUED", "SUCCEEDED"},
		},
		{
			name: "the bound holds for the first wait", wait: wait{MaxInterval: time.Second / 2},
			steps: []string{"QUEUED", "QUEUED", "OK"}, looks: []float64{0, 0.5, 1},
			changes: states{"QUEUED", "SUCCEEDED"},
		},
		{
			name: "new ones may be missing", steps: []string{"404", "404", "QUEUED", "OK"},
			looks: []float64{0, 1, 2.5, 4.75}, changes: states{"QUEUED", "SUCCEEDED"},
		},
		{
			name: "missing for longer", steps: []string{"404"},
			looks: []float64{0, 1, 2.5, 4.75, 8.125, 13.1875, 15}, err: clevercloud.ErrNotFound,
		},
		{
			name: "missing after it was seen", steps: []string{"QUEUED", "404"},
			looks: []float64{0, 1}, err: clevercloud.ErrNotFound, changes: states{"QUEUED"},
		},
		{
			name: "any other error ends the wait", steps: []string{"403"}, looks: []float64{0},
			err: clevercloud.ErrForbidden,
		},
		{
			name: "failed", steps: []string{"WIP", "FAILED"}, looks: []float64{0, 1},
			failed: "FAILED", changes: states{"WORK_IN_PROGRESS", "FAILED"},
		},
		{
			name: "cancelled", steps: []string{"QUEUED", "CANCELLED"}, looks: []float64{0, 1},
			failed: "CANCELLED", changes: states{"QUEUED", "CANCELLED"},
		},
		{
			name: "a state of the future is none that ends it", steps: []string{"SOMETHING_NEW", "OK"},
			looks: []float64{0, 1}, changes: states{"SOMETHING_NEW", "SUCCEEDED"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var looks []float64
				client := playStates(t, deploymentBody, tc.steps, &looks)
				var changes states
				tc.wait.OnChange = func(d clevercloud.Deployment) { changes = append(changes, d.State) }

				got, err := client.Orchestration.
					WaitForDeployment(t.Context(), "orga_1", "app_1", "deployment_1", tc.wait)

				assert.Equal(t, tc.looks, looks)
				assert.Equal(t, tc.changes, changes)
				want := &clevercloud.Deployment{ID: "deployment_1", State: "SUCCEEDED"}
				switch {
				case tc.failed != "":
					want.State = tc.failed
					assert.Equal(t, &clevercloud.DeploymentError{Deployment: *want}, err)
					assert.EqualError(t, err,
						"clevercloud: deployment deployment_1 ended as "+string(tc.failed))
					want = nil
				case tc.err != nil:
					require.ErrorIs(t, err, tc.err)
					want = nil
				default:
					require.NoError(t, err)
				}
				assert.Equal(t, want, got)
			})
		})
	}
}

func TestOrchestration_WaitForDeployment_ContextEnds(t *testing.T) {
	t.Parallel()
	for _, step := range []string{"QUEUED", "404"} {
		synctest.Test(t, func(t *testing.T) {
			var looks []float64
			client := playStates(t, deploymentBody, []string{step}, &looks)
			enough := errors.New("enough")
			ctx, cancel := context.WithTimeoutCause(t.Context(), 2*time.Second, enough)
			defer cancel()
			start := time.Now()

			got, err := client.Orchestration.WaitForDeployment(ctx, "orga_1", "app_1", "deployment_1",
				clevercloud.DeploymentWait{})

			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.ErrorIs(t, err, enough)
			assert.Regexp(t, `^clevercloud: orchestration\.wait-for-deployment: `+
				`context deadline exceeded: enough; last seen: .*`+step, err.Error())
			assert.Nil(t, got)
			assert.Equal(t, 2*time.Second, time.Since(start))
		})
	}
}

func TestOrchestration_WaitForDeployment_BadArguments(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	sent := testkit.Always(mock, http.StatusOK, "{}")
	var missing context.Context
	wait := func(ctx context.Context, id clevercloud.DeploymentID, w clevercloud.DeploymentWait) error {
		got, err := client.Orchestration.WaitForDeployment(ctx, "orga_1", "app_1", id, w)
		assert.Nil(t, got)
		return err
	}
	var none clevercloud.DeploymentWait
	for want, err := range map[string]error{
		"wait-for-deployment: ctx must not be nil":       wait(missing, "deployment_1", none),
		"get-deployment: deploymentId must not be empty": wait(t.Context(), "", none),
		"wait-for-deployment: Interval must not be negative": wait(t.Context(), "deployment_1",
			clevercloud.DeploymentWait{Interval: -1}),
		"wait-for-deployment: MaxInterval must not be negative": wait(t.Context(), "deployment_1",
			clevercloud.DeploymentWait{MaxInterval: -1}),
	} {
		require.ErrorIs(t, err, clevercloud.ErrInvalidArgument, want)
		assert.EqualError(t, err, "clevercloud: orchestration."+want)
	}
	assert.Zero(t, sent.Count())
}

// Deployments are what encoding/json reads, or an error that says where; what they marshal to is stable.
func FuzzDeployment(f *testing.F) {
	fuzzFixtures(f, "deployments/*.json", func(t *testing.T, api *testkit.FuzzClient, data []byte) {
		testkit.Stable[clevercloud.Deployment](t, data)
		testkit.Stable[[]clevercloud.Deployment](t, data)
		agrees[*clevercloud.Deployment](t, api, testkit.Single(data),
			(*clevercloud.OrchestrationService).GetDeployment, "orga_1", "app_1", "deployment_1")
		agrees[[]clevercloud.Deployment](t, api, data,
			(*clevercloud.OrchestrationService).ListDeployments, "orga_1", "app_1")
	})
}

// Instances are what encoding/json reads, or an error that says where; an address is that of an object or of a text, and a text of another
// form is kept; what instances marshal to is stable.
func FuzzInstance(f *testing.F) {
	for _, network := range []string{
		"[::1]:080", "10.0.0.1:8080", "::1:80", "[::1]", "[[a]:1", "a]:1", ":+1", "h:-1", "h:",
		"h:99999999999999999999", "",
	} {
		f.Add([]byte(`{"network":"` + network + `"}`))
	}
	fuzzFixtures(f, "instances/*.json", func(t *testing.T, api *testkit.FuzzClient, data []byte) {
		testkit.Stable[clevercloud.Instance](t, data)
		testkit.Stable[[]clevercloud.Instance](t, data)
		agrees[*clevercloud.Instance](t, api, testkit.Single(data),
			(*clevercloud.OrchestrationService).GetInstance, "orga_1", "app_1", "instance_1")
		agrees[[]clevercloud.Instance](t, api, data,
			(*clevercloud.OrchestrationService).ListInstances, "orga_1", "app_1")
		checkNetwork(t, data)
	})
}

// hostAndPort is a host without colons, or any in brackets, and a port.
var hostAndPort = regexp.MustCompile(`(?s)^(?:\[([^][]*)\]|([^][:]*)):([-+]?[0-9]+)$`)

// checkNetwork compares the address of an instance with the member of data.
func checkNetwork(t *testing.T, data []byte) {
	t.Helper()
	all, plain := testkit.Members(data, "network")
	var text string
	var got clevercloud.Instance
	if all == nil || json.Unmarshal(plain, &got) != nil || json.Unmarshal(all["network"], &text) != nil || string(all["network"]) == "null" {
		return
	}
	want := clevercloud.InstanceNetwork{IP: text}
	if parts := hostAndPort.FindStringSubmatch(text); parts != nil {
		if port, err := strconv.Atoi(parts[3]); err == nil {
			want = clevercloud.InstanceNetwork{IP: parts[1] + parts[2], Port: port}
		}
	}
	require.Equal(t, want, got.Network)
}

func TestFindDeployment_WaitsForTheOneThatIsMeant(t *testing.T) {
	t.Parallel()
	const commit = "0123456789abcdef0123456789abcdef01234567"
	inBubble(t, func(t *testing.T, api *clevertest.Server, client *clevercloud.Client) {
		now := api.Now()
		add := func(after time.Duration, d clevertest.Deployment) clevercloud.DeploymentID {
			d.ID = clevercloud.DeploymentID(fmt.Sprintf("deployment_%v", after))
			d.StartDate = now.Add(after)
			time.AfterFunc(max(after, 0), func() { api.AddDeployment(api.ApplicationID, d) })
			return d.ID
		}
		before := add(-48*time.Hour, clevertest.Deployment{CommitID: commit})
		add(3*time.Second, clevertest.Deployment{CommitID: commit, Action: "UPSCALE"})
		other := add(5*time.Second, clevertest.Deployment{CommitID: "ffff"})
		pushed := add(20*time.Second, clevertest.Deployment{CommitID: commit})
		again := add(time.Minute, clevertest.Deployment{CommitID: commit})
		synctest.Wait()
		type match = clevercloud.DeploymentMatch
		for _, tc := range []struct {
			at    time.Duration
			match match
			want  clevercloud.DeploymentID
		}{
			{0, match{CommitID: commit}, before},
			{0, match{StartedAfter: now}, other},
			{0, match{CommitID: commit, StartedAfter: now}, pushed},
			{0, match{CommitID: commit[:8], StartedAfter: now}, pushed},
			{2 * time.Minute, match{CommitID: commit}, again},
			{2 * time.Minute, match{CommitID: commit, StartedAfter: now}, pushed},
			{2 * time.Minute, match{StartedAfter: now.Add(20 * time.Second)}, pushed},
		} {
			time.Sleep(time.Until(now.Add(tc.at)))
			var seen []clevercloud.Deployment
			wait := clevercloud.DeploymentWait{
				OnChange: func(d clevercloud.Deployment) { seen = append(seen, d) },
			}

			got, err := client.Orchestration.
				FindDeployment(t.Context(), api.OwnerID, api.ApplicationID, tc.match, wait)

			require.NoError(t, err)
			assert.Equal(t, tc.want, got.ID, "%+v", tc.match)
			assert.Equal(t, []clevercloud.Deployment{*got}, seen)
		}
	})
}

// An API that does not know the parameter for actions lists deployments of all actions, and of none.
func TestFindDeployment_LooksAtTheAction(t *testing.T) {
	t.Parallel()
	for _, origin := range []string{`"origin":{"action":"DEPLOY"},`, ``} {
		client, sent := sender(t, `[
			{"id":"d3","origin":{"action":"DOWNSCALE"},"startDate":"2026-01-03T00:00:00Z"},
			{"id":"d2",`+origin+`"startDate":"2026-01-02T00:00:00Z"},
			{"id":"d1","origin":{"action":"UPSCALE"},"startDate":"2026-01-01T00:00:00Z"}]`)
		match := clevercloud.DeploymentMatch{StartedAfter: time.Unix(0, 0)}

		got, err := client.Orchestration.
			FindDeployment(t.Context(), "orga_1", "app_1", match, clevercloud.DeploymentWait{})

		require.NoError(t, err)
		assert.EqualValues(t, "d2", got.ID, origin)
		address, _ := sent()
		assert.True(t, strings.HasSuffix(address, "?limit=100&order=DESC&action=DEPLOY"), address)
	}
}

// Nothing depends on the order of the list.
func TestFindDeployment_ComparesDates(t *testing.T) {
	t.Parallel()
	for _, order := range [][]any{{1, 2, 3}, {3, 2, 1}, {2, 3, 1}} {
		client := answering(t, http.StatusOK, fmt.Sprintf(`[
			{"id":"d%[1]d","startDate":"2026-01-0%[1]dT00:00:00Z","version":{"commitId":"c"}},
			{"id":"d%[2]d","startDate":"2026-01-0%[2]dT00:00:00Z","version":{"commitId":"c"}},
			{"id":"d%[3]d","startDate":"2026-01-0%[3]dT00:00:00Z","version":{"commitId":"c"}}]`,
			order...))
		for want, after := range map[clevercloud.DeploymentID]time.Time{
			"d3": {}, "d1": time.Unix(0, 0),
		} {
			match := clevercloud.DeploymentMatch{CommitID: "c", StartedAfter: after}

			got, err := client.Orchestration.
				FindDeployment(t.Context(), "orga_1", "app_1", match, clevercloud.DeploymentWait{})

			require.NoError(t, err)
			assert.Equal(t, want, got.ID, order)
		}
	}
}

func TestFindDeployment_Errors(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, api *clevertest.Server, client *clevercloud.Client) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var wait clevercloud.DeploymentWait
		find := func(app clevercloud.ApplicationID, after time.Time) error {
			d, err := client.Orchestration.FindDeployment(ctx, api.OwnerID, app,
				clevercloud.DeploymentMatch{StartedAfter: after}, wait)
			assert.Nil(t, d)
			return err
		}
		for _, zero := range []time.Time{{}, time.Time{}.In(time.FixedZone("", 3600))} {
			require.EqualError(t, find(api.ApplicationID, zero), "clevercloud: "+
				"orchestration.find-deployment: DeploymentMatch must have a CommitID or StartedAfter")
		}
		wait.Interval = -1
		require.ErrorIs(t, find(api.ApplicationID, api.Now()), clevercloud.ErrInvalidArgument)
		assert.Empty(t, api.Requests())
		wait.Interval = 0
		require.ErrorIs(t, find("app_0", api.Now()), clevercloud.ErrNotFound)

		api.Inject(clevertest.Fault{Path: "orchestration.list-deployments", Status: 503, Times: 7})
		err := find(api.ApplicationID, api.Now())

		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "last seen: none of ")
	})
}

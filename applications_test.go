package clevercloud_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type applications = clevercloud.ApplicationsService

func TestApplications_Get(t *testing.T) {
	t.Parallel()

	app, err := fixtureClient(t, "applications/application_full.json").Applications.
		Get(t.Context(), "orga_1", "app_1")

	require.NoError(t, err)
	assert.Equal(t, clevercloud.ApplicationID("app_00000000-0000-4000-8000-00000000000a"), app.ID)
	assert.True(t, app.CreationDate.Equal(time.UnixMilli(1700000000123)), "%v", app.CreationDate)
	assert.Equal(t, clevercloud.ApplicationStateShouldBeUp, app.State)
	assert.Equal(t, clevercloud.Amount("0.5556"), app.Instance.MinFlavor.Price)
	assert.Equal(t, clevercloud.FlavorMemory{
		Unit: "B", Value: 2048 << 20, Formatted: "2048 MiB",
	}, app.Instance.MaxFlavor.Memory)
	assert.Equal(t, "M", app.BuildFlavor.Name)
	assert.Equal(t, "node", app.Instance.Variant.Slug)
	assert.Equal(t, clevercloud.DeployTypeGit, app.Deployment.Type)
	assert.Equal(t, "www.example.org/api/", app.VHosts[1].FQDN)
	assert.Equal(t, clevercloud.ForceHTTPSEnabled, app.ForceHTTPS)
	assert.Equal(t, []clevercloud.EnvVar{
		{Name: "PORT", Value: "8080"}, {Name: "API_KEY", Value: "s3cret"},
	}, app.Env)
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v %s", app, *app, app, []any{app}), "s3cret")
}

func TestApplications_RoundTrips(t *testing.T) {
	t.Parallel()
	checkFixtures[any](t, "applications/application_*.json", nil, testkit.RoundTrip{
		Unknown: []string{
			"appliance", "instance.defaultEnv", "mesh", "instance.numa", "instance.minFlavor.npu",
		},
		Secret: []string{"webhookSecret", "env.value"},
	}, (*applications).Get, []any{"orga_1", "app_1"})
	checkFixtures[any](t, "applications/runtimes.json", nil, testkit.RoundTrip{},
		(*applications).ListRuntimes, nil)
}

func TestApplications_KnownValues(t *testing.T) {
	t.Parallel()
	checkKnown[clevercloud.ApplicationState](t, "SHOULD_BE_UP", "SHOULD_BE_DOWN", "WANTS_TO_BE_UP",
		"MODERATED", "DEFAULT_OF_PAYMENT", "TO_DELETE")
	checkKnown[clevercloud.ApplicationLifetime](t, "REGULAR", "TASK", "MIGRATION")
	checkKnown[clevercloud.DeployType](t, "GIT", "FTP", "SFTP")
	checkKnown[clevercloud.RepositoryState](t, "CREATING", "CREATED", "NOT_NEEDED", "DELETED")
	checkKnown[clevercloud.ForceHTTPS](t, "ENABLED", "DISABLED")
}

func TestApplications_FindRuntime(t *testing.T) {
	t.Parallel()

	runtimes, err := fixtureClient(t, "applications/runtimes.json").Applications.
		ListRuntimes(t.Context())

	require.NoError(t, err)
	newest, ok := clevercloud.FindRuntime(runtimes, "Node")
	assert.True(t, ok)
	assert.Equal(t, "20240101", newest.Version, "20270101 is not enabled")
	other, ok := clevercloud.FindRuntime(runtimes, "cobol")
	assert.False(t, ok)
	assert.Zero(t, other)
}

func TestApplications_Lists(t *testing.T) {
	t.Parallel()
	ids := []any{"orga_1", "app_1"}
	checkFixtures(t, "applications/domains.json", map[string][]clevercloud.Domain{
		"applications/domains.json": {
			{FQDN: "app-00000000-0000-4000-8000-00000000000a.cleverapps.io/"},
			{FQDN: "www.example.org/api/"},
		},
	}, testkit.RoundTrip{}, (*applications).ListDomains, ids)
	checkFixtures(t, "applications/tcp_*s.json", map[string][]clevercloud.TCPRedirection{
		"applications/tcp_redirections.json": {
			{Namespace: "default", Port: 5131}, {Namespace: "cleverapps", Port: 5140},
		},
	}, testkit.RoundTrip{}, (*applications).ListTCPRedirections, ids)
	for body, want := range map[string][]clevercloud.Addon{"null": {}, "[null]": {{}}} {
		client := answering(t, http.StatusOK, body)
		linked, err := client.Applications.ListLinkedAddons(t.Context(), "orga_1", "app_1")
		require.NoError(t, err)
		assert.Equal(t, want, linked)
	}
}

func TestApplications_ExposedEnv(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][]clevercloud.EnvVar{
		testkit.Fixture(t, "applications/exposed_env.json"): {
			{Name: "API_KEY", Value: "s3cret"}, {Name: "URL", Value: "https://api.example"},
		},
		`{"PORT":8080,"EMPTY":null}`: {{Name: "EMPTY"}, {Name: "PORT", Value: "8080"}},
		`{}`:                         {},
		`null`:                       {},
	} {
		client := answering(t, http.StatusOK, body)

		env, err := client.Applications.ExposedEnv(t.Context(), "orga_1", "app_1")

		require.NoError(t, err, body)
		assert.Equal(t, want, env, body)
	}
}

func TestApplications_Deploy(t *testing.T) {
	t.Parallel()
	started := testkit.Fixture(t, "applications/deployed.json")
	for body, want := range map[string]clevercloud.DeploymentID{
		started: "deployment_00000000-0000-4000-8000-0000000000c1",
		`{"id":412,"message":"Queued.","type":"success"}`: "",
		"": "", "null": "", "{}": "",
	} {
		client := answering(t, http.StatusOK, body)

		id, err := client.Applications.Deploy(t.Context(), "orga_1", "app_1", clevercloud.DeployInput{})

		require.NoError(t, err, body)
		assert.Equal(t, want, id)
	}
}

// A bound that is not given is no bound of the other.
func TestApplications_Update_OneBound(t *testing.T) {
	t.Parallel()
	client, sent := sender(t, `{}`)

	_, err := client.Applications.
		Update(t.Context(), "orga_1", "app_1", clevercloud.ApplicationPatch{MinInstances: 2})

	require.NoError(t, err)
	_, body := sent()
	assert.JSONEq(t, `{"minInstances":2}`, body)
}

func TestApplications_InputRejectedUnsent(t *testing.T) {
	t.Parallel()
	type input = clevercloud.ApplicationInput
	calls := map[string][]any{}
	for want, change := range map[string]func(*input){
		"Name must not be empty":            func(in *input) { in.Name = "" },
		"Zone must not be empty":            func(in *input) { in.Zone = "" },
		"InstanceType must not be empty":    func(in *input) { in.InstanceType = "" },
		"InstanceVersion must not be empty": func(in *input) { in.InstanceVersion = "" },
		"InstanceVariant must not be empty": func(in *input) { in.InstanceVariant = "" },
		"MinFlavor must not be empty":       func(in *input) { in.MinFlavor = "" },
		"MinInstances must not be negative": func(in *input) { in.MinInstances = -1 },
		"MaxInstances must not be negative": func(in *input) { in.MaxInstances = -1 },
		"MinInstances must not be over MaxInstances": func(in *input) {
			in.MinInstances, in.MaxInstances = 3, 2
		},
		"Env must not hold API_KEY twice": func(in *input) { in.Env = append(in.Env, in.Env...) },
	} {
		in := testkit.ApplicationInput
		change(&in)
		calls["applications.create: "+want] = []any{(*applications).Create, "orga_1", in}
	}
	for want, in := range map[string]clevercloud.ApplicationPatch{
		"ApplicationPatch must set something":        {},
		"MinInstances must not be over MaxInstances": {MinInstances: 2, MaxInstances: 1},
		"Homogeneous must not be null":               {Homogeneous: clevercloud.Null[bool]()},
		"Tags must not be null":                      {Name: "a", Tags: clevercloud.Null[[]string]()},
		"Env must not be null":                       {Env: clevercloud.Null[[]clevercloud.EnvVar]()},
		"Env must not hold an empty name":            {Env: clevercloud.Value([]clevercloud.EnvVar{{}})},
	} {
		calls["applications.update: "+want] = []any{(*applications).Update, "orga_1", "app_1", in}
	}
	checkRejected(t, calls)
}

func TestApplications_ArgumentsRejectedUnsent(t *testing.T) {
	t.Parallel()
	call := func(method any, args ...any) []any {
		return append([]any{method, "orga_1", "app_1"}, args...)
	}
	type env = []clevercloud.EnvVar
	for _, commit := range []string{"3f2a", "mainmainmainmainmainmainmainmainmainmain"} {
		checkRejected(t, map[string][]any{
			"applications.deploy: Commit must be a full hash of a commit": call(
				(*applications).Deploy, clevercloud.DeployInput{Commit: commit}),
		})
	}
	checkRejected(t, map[string][]any{
		"applications.set-env: env must not hold an empty name": call(
			(*applications).SetEnv, env{{Value: "a"}}),
		"applications.set-exposed-env: env must not hold an empty name": call(
			(*applications).SetExposedEnv, env{{}}),
		"applications.link-addon: addonId must not be empty": call((*applications).LinkAddon, ""),
		"applications.add-tcp-redirection: namespace must not be empty": call(
			(*applications).AddTCPRedirection, ""),
		"applications.remove-tcp-redirection: namespace must not be empty": call(
			(*applications).RemoveTCPRedirection, "", 5131),
	})
	for _, port := range []int{-1, 0, 65536} {
		checkRejected(t, map[string][]any{
			"applications.remove-tcp-redirection: port must be from 1 to 65535": call(
				(*applications).RemoveTCPRedirection, "default", port),
		})
	}
}

func TestEnvVar_ShowsNoValue(t *testing.T) {
	t.Parallel()
	v := clevercloud.EnvVar{Name: "API_KEY", Value: testkit.CanaryText}
	env := []clevercloud.EnvVar{v}
	for _, holder := range []any{v, &v, env, clevercloud.ConfigProvider{Env: env}} {
		for _, text := range testkit.Texts(holder) {
			assert.Nil(t, testkit.Spellings().In([]byte(text)), text)
		}
	}
	assert.Equal(t, "{API_KEY [redacted]}", fmt.Sprint(v))
	encoded, err := json.Marshal(v)
	require.NoError(t, err)
	assert.JSONEq(t, `{"name":"API_KEY","value":"[redacted]"}`, string(encoded))
	assert.Equal(t, testkit.CanaryText, v.Value.Reveal())
}

// An environment is checked before anything is sent, and no value gets into the error.
func TestEnvVar_IsCheckedBeforeSending(t *testing.T) {
	t.Parallel()
	client, mock := testkit.MockClient(t)
	sent := testkit.Always(mock, http.StatusOK, "[]")
	for reason, env := range map[string][]clevercloud.EnvVar{
		"must not hold an empty name": {{Name: "A"}, {Value: testkit.CanaryText}},
		"must not hold A twice": {
			{Name: "A", Value: testkit.CanaryText}, {Name: "B"}, {Name: "A"},
		},
		"must not hold [redacted] for the value of MINE": {
			{Name: "A", Value: testkit.CanaryText}, {Name: "MINE", Value: "[redacted]"},
		},
		"must not hold invalid UTF-8 in MINE": {
			{Name: "A"}, {Name: "MINE", Value: testkit.CanaryText + "\xff"},
		},
		`must not hold invalid UTF-8 in M�`: {{Name: "M\xff", Value: testkit.CanaryText}},
	} {
		got, err := client.ConfigProviders.SetEnv(t.Context(), "config_1", env)

		var invalid *clevercloud.ValidationError
		require.ErrorAs(t, err, &invalid)
		assert.Equal(t, clevercloud.ValidationError{
			Operation: "config-providers.set-env", Argument: "env", Reason: reason,
		}, *invalid)
		testkit.NoCanary(t, err)
		assert.Nil(t, got)
	}
	assert.Zero(t, sent.Count())
}

// No error shows a secret that was sent and that the response echoes.
func TestEnvVar_EchoedValuesAreRemoved(t *testing.T) {
	t.Parallel()
	for name, status := range map[string]int{"rejected": 400, "foreign": 200} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, mock := testkit.MockClient(t)
			body, err := json.Marshal(map[string]any{"message": "no: " + testkit.CanaryText})
			require.NoError(t, err)
			testkit.Always(mock, status, string(body))

			_, err = client.ConfigProviders.SetEnv(t.Context(), "config_1", []clevercloud.EnvVar{
				{Name: "API_KEY", Value: testkit.CanaryText},
			})

			require.Error(t, err)
			testkit.NoCanary(t, err)
		})
	}
}

package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud"
)

var full = clevercloud.LogEntry{
	ID: "210:3:1", ApplicationID: "app_1", InstanceID: "i-1", DeploymentID: "deployment_1",
	CommitID: "c0ffee", Date: time.Date(2026, 11, 29, 9, 0, 0, 5e6, time.UTC), Zone: "par",
	PID: 977, Severity: "err", Priority: 27, Service: "bas-deploy",
	Message: "<no> \"stock\"\nleft\n",
}

func TestJSONLines(t *testing.T) {
	t.Parallel()
	for want, e := range map[string]clevercloud.LogEntry{
		`{"id":"210:3:1","applicationId":"app_1","commitId":"c0ffee",` +
			`"deploymentId":"deployment_1","instanceId":"i-1","date":"2026-11-29T09:00:00.005Z",` +
			`"zone":"par","pid":977,"severity":"err","priority":27,"service":"bas-deploy",` +
			`"message":"\u003cno\u003e \"stock\"\nleft\n"}`: full,
		`{}`: {},
	} {
		assert.Equal(t, want, string(jsonLines{}.entry(e)))
	}
	assert.Equal(t, "{}\n", string(jsonLines{}.frame([]byte("{}"))))
}

func TestSyslog(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 60)
	for want, e := range map[string]clevercloud.LogEntry{
		`<27>1 2026-11-29T09:00:00.005Z i-1 app_1 977 bas-deploy [clevercloud@32473 id="210:3:1" ` +
			`deployment="deployment_1" commit="c0ffee" zone="par"] <no> "stock"#012left`: full,
		`<30>1 - - - - - [clevercloud@32473 id=""] `:     {},
		`<28>1 - - - - - [clevercloud@32473 id=""] slow`: {Severity: "warning", Message: "slow"},
		`<24>1 - a_b_c - - - [clevercloud@32473 id="" zone="\"\]\\"] `: {
			Severity: "new", InstanceID: "a b\x1bc", Zone: `"]\`},
		`<30>1 - - ` + long[:48] + ` - - [clevercloud@32473 id=""] `: {
			Priority: 192, ApplicationID: clevercloud.ApplicationID(long)},
	} {
		assert.Equal(t, want, string(syslog{}.entry(e)))
	}
	assert.Equal(t, "4 line", string(syslog{}.frame([]byte("line"))))
}

// A line is recognised by its id, whatever that is, and has no end within.
func TestFormats_Mark(t *testing.T) {
	t.Parallel()
	for name, f := range formats {
		for _, id := range []string{"210:3:1", `"]\`, "é\u2028<&>", "a\nb", "a b\xff"} {
			line := string(f.entry(clevercloud.LogEntry{ID: id}))
			assert.Contains(t, line, string(f.mark(id)), name)
			assert.NotContains(t, line, "\n", name)
		}
	}
}

func TestLineBefore(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 200_000) + "\n"
	for _, test := range []struct{ file, want string }{
		{"a\n", "a\n"}, {"a\nb\n", "b\n"}, {"a\n\n", "\n"}, {"\n", "\n"}, {"a", ""}, {"a\nb", ""},
		{"a\n" + long, long}, {long, long},
	} {
		line, err := lineBefore(strings.NewReader(test.file+"behind"), int64(len(test.file)))
		require.NoError(t, err)
		assert.Equal(t, test.want, string(line))
	}
}

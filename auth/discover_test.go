package auth_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud/auth"
)

// setenv replaces everything that the package reads of the machine: the variables given, an empty home, and nothing else.
func setenv(t *testing.T, set map[string]string) (home string) {
	t.Helper()
	home = t.TempDir()
	for _, name := range variables {
		t.Setenv(name, set[name])
	}
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	return home
}

// with merges maps; later ones win.
func with(maps ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, m := range maps {
		for k, v := range m {
			all[k] = v
		}
	}
	return all
}

func consumer() map[string]string {
	return map[string]string{"OAUTH_CONSUMER_KEY": "ck", "OAUTH_CONSUMER_SECRET": "cs"}
}

func otherConsumer() map[string]string {
	return map[string]string{"CC_CONSUMER_KEY": "ck2", "CC_CONSUMER_SECRET": "cs2"}
}

func user() map[string]string {
	return map[string]string{"CLEVER_TOKEN": "t", "CLEVER_SECRET": "s"}
}

func otherUser() map[string]string {
	return map[string]string{"CC_OAUTH_TOKEN": "t2", "CC_OAUTH_SECRET": "s2"}
}

func fixture(name string) map[string]string {
	return map[string]string{"CONFIGURATION_FILE": filepath.Join("..", "testdata", "auth", name+".json")}
}

// describe tells what a server and a client see of credentials.
func describe(t *testing.T, a auth.Authenticator) string {
	t.Helper()
	req := httptest.NewRequest("GET", "https://api.example.com/", nil)
	require.NoError(t, a.Authenticate(req))
	return a.(auth.Located).APIBaseURL() + " " + req.Header.Get("Authorization")
}

// withoutSource returns what a program would have written.
func withoutSource(a auth.Authenticator) auth.OAuth1 {
	o := a.(auth.OAuth1)
	return auth.OAuth1{
		ConsumerKey: o.ConsumerKey, ConsumerSecret: o.ConsumerSecret,
		Token: o.Token, TokenSecret: o.TokenSecret, Method: o.Method, BaseURL: o.BaseURL,
	}
}

func TestFromEnvironment_Bearer(t *testing.T) {
	for _, tc := range []struct {
		name string
		env  map[string]string
		want string
	}{
		{"first name", map[string]string{"CLEVER_API_TOKEN": "a"}, "https://api-bridge.clever-cloud.com Bearer a"},
		{"second name", map[string]string{"CC_API_TOKEN": "b"}, "https://api-bridge.clever-cloud.com Bearer b"},
		{"both", map[string]string{"CLEVER_API_TOKEN": "a", "CC_API_TOKEN": "b"}, "https://api-bridge.clever-cloud.com Bearer a"},
		{"before OAuth 1", with(user(), consumer(), map[string]string{"CC_API_TOKEN": "b"}), "https://api-bridge.clever-cloud.com Bearer b"},
		{"before half a pair", map[string]string{"CC_API_TOKEN": "b", "CLEVER_TOKEN": "t"}, "https://api-bridge.clever-cloud.com Bearer b"},
		{
			"other bridge",
			map[string]string{"CC_API_TOKEN": "b", "AUTH_BRIDGE_HOST": "https://bridge.example.com/", "API_HOST": "https://api.example.com"},
			"https://bridge.example.com Bearer b",
		},
		{
			"bridge on this machine", map[string]string{"CC_API_TOKEN": "b", "AUTH_BRIDGE_HOST": "http://127.0.0.1:8080"},
			"http://127.0.0.1:8080 Bearer b",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			setenv(t, tc.env)

			got, err := auth.FromEnvironment()

			require.NoError(t, err)
			assert.Equal(t, tc.want, describe(t, got))
		})
	}
}

func TestFromEnvironment_OAuth1(t *testing.T) {
	for _, tc := range []struct {
		name     string
		env      map[string]string
		explicit auth.Consumer
		want     auth.OAuth1
	}{
		{
			name: "names of clever-tools", env: with(user(), consumer()),
			want: auth.OAuth1{ConsumerKey: "ck", ConsumerSecret: "cs", Token: "t", TokenSecret: "s"},
		},
		{
			name: "names of the other clients", env: with(otherUser(), otherConsumer()),
			want: auth.OAuth1{ConsumerKey: "ck2", ConsumerSecret: "cs2", Token: "t2", TokenSecret: "s2"},
		},
		{
			name: "both", env: with(user(), consumer(), otherUser(), otherConsumer()),
			want: auth.OAuth1{ConsumerKey: "ck", ConsumerSecret: "cs", Token: "t", TokenSecret: "s"},
		},
		{
			name: "explicit consumer", env: with(user(), consumer(), otherConsumer()), explicit: auth.Consumer{Key: "mine", Secret: "hidden"},
			want: auth.OAuth1{ConsumerKey: "mine", ConsumerSecret: "hidden", Token: "t", TokenSecret: "s"},
		},
		{
			name: "explicit consumer alone", env: otherUser(), explicit: auth.Consumer{Key: "mine", Secret: "hidden"},
			want: auth.OAuth1{ConsumerKey: "mine", ConsumerSecret: "hidden", Token: "t2", TokenSecret: "s2"},
		},
		{
			name: "other API",
			env: with(user(), consumer(), map[string]string{
				"API_HOST": "https://api.example.com/prefix/", "AUTH_BRIDGE_HOST": "https://bridge.example.com",
			}),
			want: auth.OAuth1{
				ConsumerKey: "ck", ConsumerSecret: "cs", Token: "t", TokenSecret: "s", BaseURL: "https://api.example.com/prefix",
			},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			setenv(t, tc.env)

			got, err := tc.explicit.FromEnvironment()

			require.NoError(t, err)
			assert.Equal(t, tc.want, withoutSource(got))
		})
	}
}

func TestFromEnvironment_Incomplete(t *testing.T) {
	const needed = "OAUTH_CONSUMER_KEY with OAUTH_CONSUMER_SECRET, nor CC_CONSUMER_KEY with CC_CONSUMER_SECRET, " +
		"nor either pair in the overrides of a clever-tools profile, nor an auth.Consumer " +
		"(a user's token works only with the consumer pair that it was issued to; an API token needs none: " + wayOut + ")"
	for _, tc := range []struct {
		env      map[string]string
		explicit auth.Consumer
		want     string
	}{
		{map[string]string{"CLEVER_TOKEN": canary}, auth.Consumer{}, "auth: found CLEVER_TOKEN in the environment but not CLEVER_SECRET"},
		{map[string]string{"CLEVER_SECRET": canary}, auth.Consumer{}, "auth: found CLEVER_SECRET in the environment but not CLEVER_TOKEN"},
		{map[string]string{"CC_OAUTH_TOKEN": canary}, auth.Consumer{}, "auth: found CC_OAUTH_TOKEN in the environment but not CC_OAUTH_SECRET"},
		{map[string]string{"CC_OAUTH_SECRET": canary}, auth.Consumer{}, "auth: found CC_OAUTH_SECRET in the environment but not CC_OAUTH_TOKEN"},
		{
			with(otherUser(), map[string]string{"CLEVER_TOKEN": canary}), auth.Consumer{},
			"auth: found CLEVER_TOKEN in the environment but not CLEVER_SECRET",
		},
		{
			with(user(), otherConsumer(), map[string]string{"OAUTH_CONSUMER_KEY": canary}), auth.Consumer{},
			"auth: found OAUTH_CONSUMER_KEY in the environment but not OAUTH_CONSUMER_SECRET",
		},
		{
			with(user(), map[string]string{"CC_CONSUMER_SECRET": canary}), auth.Consumer{},
			"auth: found CC_CONSUMER_SECRET in the environment but not CC_CONSUMER_KEY",
		},
		{with(user(), consumer()), auth.Consumer{Key: canary}, "auth: found Key in auth.Consumer but not Secret"},
		{with(user(), consumer()), auth.Consumer{Secret: canary}, "auth: found Secret in auth.Consumer but not Key"},
		{
			map[string]string{"CLEVER_TOKEN": canary, "CLEVER_SECRET": canary}, auth.Consumer{},
			"auth: found CLEVER_TOKEN with CLEVER_SECRET in the environment but not " + needed,
		},
	} {
		t.Run(tc.want, func(t *testing.T) {
			setenv(t, tc.env)
			for _, find := range []func() (auth.Authenticator, error){tc.explicit.FromEnvironment, tc.explicit.Default} {
				got, err := find()

				require.EqualError(t, err, tc.want)
				assert.Nil(t, got)
				var incomplete *auth.IncompleteError
				require.ErrorAs(t, err, &incomplete)
				require.NotErrorIs(t, err, auth.ErrNoCredentials)
				requireNoCanary(t, fmt.Sprintf("%+v %#v", err, err))
			}
		})
	}
}

func TestFromEnvironment_ChecksWhatItFinds(t *testing.T) {
	for _, tc := range []struct {
		name string
		env  map[string]string
		want string
	}{
		{
			"token with a line break", map[string]string{"CC_API_TOKEN": "canary\n"},
			"auth: CC_API_TOKEN in the environment contains a line break at byte 6 of 7",
		},
		{
			"bridge without TLS", map[string]string{"CC_API_TOKEN": "t", "AUTH_BRIDGE_HOST": "http://canary.example.com"},
			"auth: AUTH_BRIDGE_HOST in the environment must be https, or http to a loopback address",
		},
		{
			"API with a password", with(user(), consumer(), map[string]string{"API_HOST": "https://u:canary@api.example.com"}),
			"auth: API_HOST in the environment must not hold a user or a password",
		},
		{
			"API without a scheme", with(user(), consumer(), map[string]string{"API_HOST": "canary.example.com"}),
			"auth: API_HOST in the environment must be an absolute URL such as https://api.clever-cloud.com",
		},
		{
			"API with a query", with(user(), consumer(), map[string]string{"API_HOST": "https://api.example.com?canary"}),
			"auth: API_HOST in the environment must not hold a query or a fragment",
		},
		{
			"junk", with(user(), consumer(), map[string]string{"API_HOST": "https://[canary"}),
			"auth: API_HOST in the environment must be an absolute URL such as https://api.clever-cloud.com",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			setenv(t, tc.env)

			got, err := auth.FromEnvironment()

			require.EqualError(t, err, tc.want)
			assert.Nil(t, got)
			requireNoCanary(t, fmt.Sprintf("%+v %#v", err, errors.Unwrap(err)))
		})
	}
}

const wayOut = `run "clever tokens create NAME" and set CLEVER_API_TOKEN`

const nothingSet = "environment: none of CLEVER_API_TOKEN, CC_API_TOKEN, CLEVER_TOKEN with CLEVER_SECRET, " +
	"CC_OAUTH_TOKEN with CC_OAUTH_SECRET is set"

func TestNothingFound_ListsEveryPlace(t *testing.T) {
	home := setenv(t, consumer()) // A consumer is no credentials.
	path := filepath.Join(home, ".config", "clever-cloud", "clever-tools.json")

	_, err := auth.FromEnvironment()
	require.ErrorIs(t, err, auth.ErrNoCredentials)
	assert.EqualError(t, err, "auth: no credentials: "+nothingSet+"; "+wayOut)

	_, err = auth.FromCleverTools("")
	require.ErrorIs(t, err, auth.ErrNoCredentials)
	require.ErrorIs(t, err, fs.ErrNotExist)
	assert.EqualError(t, err, "auth: no credentials: open "+path+": no such file or directory; "+wayOut)

	got, err := auth.Default()
	require.ErrorIs(t, err, auth.ErrNoCredentials)
	require.ErrorIs(t, err, fs.ErrNotExist)
	assert.Nil(t, got)
	assert.EqualError(t, err, "auth: no credentials: "+nothingSet+"; open "+path+": no such file or directory; "+wayOut)
}

// An Unwrap that returns a nil among its errors is not allowed by package errors.
func TestNothingFound_UnwrapsToErrorsOnly(t *testing.T) {
	setenv(t, nil)
	for _, find := range []func() (auth.Authenticator, error){auth.FromEnvironment, auth.Default} {
		_, err := find()

		var many interface{ Unwrap() []error }
		require.ErrorAs(t, err, &many)
		assert.NotEmpty(t, many.Unwrap())
		assert.NotContains(t, many.Unwrap(), nil)
	}
}

// inTheYear2000 runs f when the tokens of the fixtures are still good.
func inTheYear2000(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, f)
}

func TestFromCleverTools_Fixtures(t *testing.T) {
	first := auth.OAuth1{ConsumerKey: "ck", ConsumerSecret: "cs", Token: "example-oauth-token", TokenSecret: "example-oauth-secret"}
	second := auth.OAuth1{ConsumerKey: "ck", ConsumerSecret: "cs", Token: "example-oauth-token-2", TokenSecret: "example-oauth-secret-2"}
	staging := auth.OAuth1{
		ConsumerKey: "example-consumer-key", ConsumerSecret: "example-consumer-secret", Token: "example-oauth-token",
		TokenSecret: "example-oauth-secret", BaseURL: "https://api.staging.example.com",
	}
	stagingElsewhere, stagingByCK := staging, staging
	stagingElsewhere.ConsumerKey, stagingElsewhere.ConsumerSecret, stagingElsewhere.BaseURL = "ck", "cs", "https://api.example.com"
	stagingByCK.ConsumerKey, stagingByCK.ConsumerSecret = "mine", "hidden"
	for _, tc := range []struct {
		name, file, profile string
		env                 map[string]string
		explicit            auth.Consumer
		want                auth.OAuth1
	}{
		{name: "active profile", file: "clever_tools_v1", env: consumer(), want: first},
		{name: "first by name", file: "clever_tools_v1", profile: "default", env: consumer(), want: first},
		{name: "second by name", file: "clever_tools_v1", profile: "client-a", env: consumer(), want: second},
		{name: "flat", file: "clever_tools_legacy", env: consumer(), want: first},
		{name: "flat without a date", file: "clever_tools_legacy_min", env: consumer(), want: first},
		{name: "flat by name", file: "clever_tools_legacy", profile: "default", env: consumer(), want: first},
		{name: "overrides", file: "clever_tools_v1_overrides", profile: "staging", want: staging},
		{
			name: "environment over overrides", file: "clever_tools_v1_overrides",
			env: with(consumer(), map[string]string{"API_HOST": "https://api.example.com"}), want: stagingElsewhere,
		},
		{
			name: "explicit over all", file: "clever_tools_v1_overrides", env: consumer(), explicit: auth.Consumer{Key: "mine", Secret: "hidden"},
			want: stagingByCK,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			setenv(t, with(tc.env, fixture(tc.file)))
			inTheYear2000(t, func(t *testing.T) {
				got, err := tc.explicit.FromCleverTools(tc.profile)

				require.NoError(t, err)
				assert.Equal(t, tc.want, withoutSource(got))
			})
		})
	}
}

func TestFromCleverTools_NoCredentials(t *testing.T) {
	const unknownVersion = "unknown version of the file; known are version 1 and the form before it, without a version"
	const unknownProfiles = "no profiles, or profiles of an unknown form"
	for _, tc := range []struct{ name, profile, content, want string }{
		{"unknown version", "", `{"version": 2, "profiles": {"canary": 1}}`, unknownVersion},
		{"version in a text", "", `{"version": "canary"}`, unknownVersion},
		{"no profiles", "", `{"version": 1, "profiles": []}`, unknownProfiles},
		{"profiles missing", "", `{"version": 1}`, unknownProfiles},
		{"profiles of another form", "", `{"version": 1, "profiles": {"canary": "canary"}}`, unknownProfiles},
		{"flat of another form", "", `{"token": {"canary": 1}}`, `profile "default" has an unknown form; its members must be texts`},
		{"empty", "", ``, "not a JSON object"},
		{"empty object", "", `{}`, `profile "default" has no token`},
		{"null", "", `null`, `profile "default" has no token`},
		{"junk", "", `{"token": "canary`, "not a JSON object"},
		{"trailing junk", "", `{"token":"canary","secret":"canary"} canary`, "not a JSON object"},
		{"array", "", `["canary"]`, "not a JSON object"},
		{"too large", "", `{"token":"t","secret":"s","x":"` + strings.Repeat("x", 1<<20) + `"}`, "larger than 1048576 bytes"},
		{
			"unknown alias", "c", `{"version":1,"profiles":[{"alias":"a","token":"canary"},{"alias":"b","secret":"canary"}]}`,
			`no profile "c", there is "a", "b"`,
		},
		{"unknown alias of a flat file", "c", `{"token":"canary","secret":"canary"}`, `no profile "c", there is "default"`},
		{
			"unknown alias among as many as are listed", "c",
			`{"version":1,"profiles":[` + strings.Repeat(`{"alias":"a"},`, 19) + `{"alias":"a"}]}`,
			`no profile "c", there is ` + strings.Repeat(`"a", `, 19) + `"a"`,
		},
		{
			"unknown alias among many", "c", `{"version":1,"profiles":[` + strings.Repeat(`{"alias":"a"},`, 99) + `{"alias":"a"}]}`,
			`no profile "c", there is ` + strings.Repeat(`"a", `, 51) + `"…`,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := write(t, tc.content)
			setenv(t, with(consumer(), map[string]string{"CONFIGURATION_FILE": path}))

			got, err := auth.FromCleverTools(tc.profile)

			require.EqualError(t, err, "auth: no credentials: "+path+": "+tc.want+"; "+wayOut)
			require.ErrorIs(t, err, auth.ErrNoCredentials)
			assert.Nil(t, got)
			requireNoCanary(t, fmt.Sprintf("%+v %#v", err, err))
			if tc.profile == "" {
				_, err = auth.Default()
				require.EqualError(t, err, "auth: no credentials: "+nothingSet+"; "+path+": "+tc.want+"; "+wayOut)
			}
		})
	}
}

func TestFromCleverTools_ABrokenProfileIsNotInTheWay(t *testing.T) {
	path := write(t, `{"version":1,"profiles":[
		{"alias":"odd","token":"canary","secret":"canary","overrides":{"API_HOST":1}}, 7, {"alias":"good","token":"t","secret":"s"}]}`)
	setenv(t, with(consumer(), map[string]string{"CONFIGURATION_FILE": path}))

	got, err := auth.FromCleverTools("good")
	require.NoError(t, err)
	assert.Equal(t, "t", got.(auth.OAuth1).Token)

	_, err = auth.FromCleverTools("odd")
	require.EqualError(t, err, "auth: no credentials: "+path+`: profile "odd" has an unknown form; its members must be texts; `+wayOut)
}

func TestFromCleverTools_OddFilesThatAreGood(t *testing.T) {
	const flat = `{"token":"t","secret":"s"`
	for name, content := range map[string]string{
		"a version that is null": flat + `,"version":null}`,
		"as large as allowed":    flat + strings.Repeat(" ", 1<<20-len(flat)-1) + `}`,
	} {
		t.Run(name, func(t *testing.T) {
			setenv(t, with(consumer(), map[string]string{"CONFIGURATION_FILE": write(t, content)}))

			got, err := auth.FromCleverTools("")

			require.NoError(t, err)
			assert.Equal(t, "t", got.(auth.OAuth1).Token)
		})
	}
}

func TestFromCleverTools_ClosesTheFile(t *testing.T) {
	const descriptors = "/proc/self/fd"
	before, err := os.ReadDir(descriptors)
	if err != nil {
		t.Skip("this system does not list open files")
	}
	setenv(t, with(consumer(), map[string]string{"CONFIGURATION_FILE": write(t, `{"token":"t","secret":"s"}`)}))

	for range 20 {
		_, err := auth.FromCleverTools("")
		require.NoError(t, err)
	}

	after, err := os.ReadDir(descriptors)
	require.NoError(t, err)
	assert.Less(t, len(after), len(before)+10)
}

func write(t *testing.T, content string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "clever-tools.json")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func TestFromCleverTools_UnknownVersionFixture(t *testing.T) {
	for _, name := range []string{"clever_tools_unknown_version", "clever_tools_v1_no_profiles", "cli_tokens_missing"} {
		setenv(t, with(consumer(), fixture(name)))

		_, err := auth.FromCleverTools("")

		require.ErrorIs(t, err, auth.ErrNoCredentials, name)
	}
}

func TestFromCleverTools_Expired(t *testing.T) {
	// Bubbles start at 2000-01-01T00:00:00Z.
	for _, tc := range []struct {
		date    string
		expired bool
	}{
		{"1999-12-31T23:59:59.999Z", true},
		{"2000-01-01T00:00:00Z", true},
		{"2000-01-01T00:00:00.001Z", false},
		{"2000-01-01T01:00:00+02:00", true},
		{"1999-12-31T23:00:00-0200", false},
		{"1999-12-31T23:00:00+0000", true},
		{"1999-12-31", true},
		{"2000-01-01", false},
		{"whenever", false},
		{"", false},
	} {
		t.Run(tc.date, func(t *testing.T) {
			path := write(t, `{"version":1,"profiles":[{"alias":"work","token":"t","secret":"canary","expirationDate":"`+tc.date+`"}]}`)
			setenv(t, with(consumer(), map[string]string{"CONFIGURATION_FILE": path}))
			inTheYear2000(t, func(t *testing.T) {
				byName := func() (auth.Authenticator, error) { return auth.FromCleverTools("work") }
				for _, find := range []func() (auth.Authenticator, error){auth.Default, byName} {
					got, err := find()

					if !tc.expired {
						require.NoError(t, err)
						continue
					}
					require.ErrorIs(t, err, auth.ErrExpired)
					require.NotErrorIs(t, err, auth.ErrNoCredentials)
					assert.Nil(t, got)
					assert.Contains(t, err.Error(), `auth: credentials have expired: profile "work" of `+path+", on ")
					assert.Contains(t, err.Error(), tc.date[:10])
					requireNoCanary(t, fmt.Sprintf("%+v %#v", err, err))
				}
			})
		})
	}
}

func TestFromCleverTools_ExpiresAsTimePasses(t *testing.T) {
	setenv(t, with(consumer(), fixture("clever_tools_v1"))) // Good until 2026-01-15T09:30:00Z.
	inTheYear2000(t, func(t *testing.T) {
		end := time.Date(2026, 1, 15, 9, 30, 0, 0, time.UTC)
		time.Sleep(time.Until(end) - time.Nanosecond) // Virtual.
		_, err := auth.FromCleverTools("")
		require.NoError(t, err)

		time.Sleep(time.Nanosecond)
		_, err = auth.FromCleverTools("")
		require.ErrorIs(t, err, auth.ErrExpired)
		assert.Contains(t, err.Error(), "2026-01-15T09:30:00Z")

		_, err = auth.FromCleverTools("client-a")
		require.NoError(t, err, "the other profile has no date")
	})
}

func TestFromCleverTools_Consumer(t *testing.T) {
	path := write(t, `{"version":1,"profiles":[
		{"alias":"none","token":"t","secret":"canary"},
		{"alias":"half","token":"t","secret":"canary","overrides":{"OAUTH_CONSUMER_KEY":"canary"}},
		{"alias":"junk","token":"t","secret":"canary",
			"overrides":{"OAUTH_CONSUMER_KEY":"k","OAUTH_CONSUMER_SECRET":"s","API_HOST":"http://canary"}}]}`)
	for profile, want := range map[string]string{
		"none": `auth: found profile "none" of ` + path + " but not OAUTH_CONSUMER_KEY with OAUTH_CONSUMER_SECRET, nor CC_CONSUMER_KEY",
		"half": `auth: found OAUTH_CONSUMER_KEY in profile "half" of ` + path + " but not OAUTH_CONSUMER_SECRET",
		"junk": `auth: API_HOST in profile "junk" of ` + path + " must be https, or http to a loopback address",
	} {
		t.Run(profile, func(t *testing.T) {
			setenv(t, map[string]string{"CONFIGURATION_FILE": path})

			_, err := auth.FromCleverTools(profile)

			require.ErrorContains(t, err, want)
			requireNoCanary(t, fmt.Sprintf("%+v %#v", err, err))
		})
	}
}

func TestFromCleverTools_FindsItsFile(t *testing.T) {
	const content = `{"token":"t","secret":"s"}`
	place := func(t *testing.T, parts ...string) {
		t.Helper()
		path := filepath.Join(append(parts, "clever-cloud", "clever-tools.json")...)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	}
	t.Run("in the home directory", func(t *testing.T) {
		home := setenv(t, consumer())
		place(t, home, ".config")

		_, err := auth.FromCleverTools("")

		assert.NoError(t, err)
	})
	t.Run("in XDG_CONFIG_HOME and not in the home directory", func(t *testing.T) {
		xdg := t.TempDir()
		home := setenv(t, with(consumer(), map[string]string{"XDG_CONFIG_HOME": xdg}))
		place(t, home, ".config")

		_, err := auth.FromCleverTools("")
		require.ErrorIs(t, err, auth.ErrNoCredentials)
		place(t, xdg)
		_, err = auth.FromCleverTools("")

		assert.NoError(t, err)
	})
	t.Run("a directory is no file", func(t *testing.T) {
		dir := t.TempDir()
		setenv(t, with(consumer(), map[string]string{"CONFIGURATION_FILE": dir}))

		_, err := auth.FromCleverTools("")

		require.ErrorIs(t, err, auth.ErrNoCredentials)
		assert.Contains(t, err.Error(), dir)
	})
}

func TestDefault_PrefersTheEnvironment(t *testing.T) {
	path := write(t, `{"token":"file","secret":"s"}`)
	setenv(t, with(user(), consumer(), map[string]string{"CONFIGURATION_FILE": path}))
	got, err := auth.Default()
	require.NoError(t, err)
	assert.Equal(t, "t", got.(auth.OAuth1).Token)

	setenv(t, with(consumer(), map[string]string{"CONFIGURATION_FILE": path}))
	got, err = auth.Default()
	require.NoError(t, err)
	assert.Equal(t, "file", got.(auth.OAuth1).Token)

	setenv(t, map[string]string{"CONFIGURATION_FILE": path})
	got, err = auth.Consumer{Key: "mine", Secret: "hidden"}.Default()
	require.NoError(t, err)
	assert.Equal(t, "mine", got.(auth.OAuth1).ConsumerKey)
}

// flaws are values that cannot be meant, with what errors say about them.
func flaws() map[string]string {
	return map[string]string{
		canary + "\n":      "contains a line break at byte 21 of 22",
		canary + "\r\n":    "contains a line break at byte 21 of 23",
		" " + canary:       "contains a blank at byte 0 of 22",
		canary + "\t":      "contains a blank at byte 21 of 22",
		canary + "\u00a0":  "contains a blank at byte 21 of 23",
		"\ufeff" + canary:  "contains a control character at byte 0 of 24",
		canary + "\x00":    "contains a control character at byte 21 of 22",
		`"` + canary + `"`: "is enclosed in quotes; remove them",
		`'` + canary + `'`: "is enclosed in quotes; remove them",
	}
}

// refuses fails unless find returns an error that begins with want, about one value only.
func refuses(t *testing.T, find func() (auth.Authenticator, error), want string) {
	t.Helper()
	got, err := find()
	require.EqualError(t, err, want)
	assert.Nil(t, got)
	require.NotErrorIs(t, err, auth.ErrNoCredentials)
	requireNoCanary(t, fmt.Sprintf("%+v %#v", err, err))
}

func TestFromEnvironment_NamesTheFlawedVariable(t *testing.T) {
	for _, name := range []string{
		"CLEVER_API_TOKEN", "CC_API_TOKEN", "CLEVER_TOKEN", "CLEVER_SECRET", "CC_OAUTH_TOKEN", "CC_OAUTH_SECRET",
		"OAUTH_CONSUMER_KEY", "OAUTH_CONSUMER_SECRET", "CC_CONSUMER_KEY", "CC_CONSUMER_SECRET",
	} {
		t.Run(name, func(t *testing.T) {
			env := with(user(), consumer())
			switch {
			case strings.HasPrefix(name, "CC_OAUTH"):
				env = with(otherUser(), consumer())
			case strings.HasPrefix(name, "CC_CONSUMER"):
				env = with(user(), otherConsumer())
			}
			for value, what := range flaws() {
				if strings.Contains(value, "\x00") { // Which no variable holds.
					continue
				}
				setenv(t, with(env, map[string]string{name: value}))

				refuses(t, auth.FromEnvironment, "auth: "+name+" in the environment "+what)
				refuses(t, auth.Default, "auth: "+name+" in the environment "+what)
			}
		})
	}
}

func TestFromCleverTools_NamesTheFlawedMember(t *testing.T) {
	for _, member := range []string{"token", "secret", "OAUTH_CONSUMER_KEY", "OAUTH_CONSUMER_SECRET"} {
		t.Run(member, func(t *testing.T) {
			for value, what := range flaws() {
				values := map[string]string{"token": "t", "secret": "s", "OAUTH_CONSUMER_KEY": "k", "OAUTH_CONSUMER_SECRET": "s"}
				values[member] = value
				flat, err := json.Marshal(values)
				require.NoError(t, err)
				path := write(t, string(flat))
				setenv(t, map[string]string{"CONFIGURATION_FILE": path})

				refuses(t, auth.Default, "auth: "+member+` in profile "default" of `+path+" "+what)
			}
		})
	}
}

func TestConsumer_NamesTheFlawedField(t *testing.T) {
	for value, what := range flaws() {
		setenv(t, user())

		refuses(t, auth.Consumer{Key: value, Secret: "s"}.Default, "auth: Key in auth.Consumer "+what)
		refuses(t, auth.Consumer{Key: "k", Secret: auth.Secret(value)}.Default, "auth: Secret in auth.Consumer "+what)
	}
}

func TestFromCleverTools_HalfAToken(t *testing.T) {
	for content, want := range map[string]string{
		`{"version":1,"profiles":[{"alias":"a","token":"canary"}]}`:  `token in profile "a" of %s but not secret`,
		`{"version":1,"profiles":[{"alias":"a","secret":"canary"}]}`: `secret in profile "a" of %s but not token`,
		`{"token":"canary"}`: `token in profile "default" of %s but not secret`,
	} {
		path := write(t, content)
		setenv(t, with(consumer(), map[string]string{"CONFIGURATION_FILE": path}))

		refuses(t, auth.Default, "auth: found "+fmt.Sprintf(want, path))
	}
}

func TestFromCleverTools_IsLenient(t *testing.T) {
	for name, content := range map[string]string{
		"byte order mark":  "\ufeff" + `{"token":"t","secret":"s"}`,
		"other case":       `{"Version":1,"PROFILES":[{"Alias":"a","TOKEN":"t","Secret":"s","expirationdate":"2026-01-15"}]}`,
		"a name twice":     `{"token":"x","secret":"s","token":"t","note":1,"note":2}`,
		"unknown members":  `{"token":"t","secret":"s","userId":5,"more":{"a":[null]}}`,
		"null members":     `{"token":"t","secret":"s","expirationDate":null,"overrides":null,"API_HOST":null}`,
		"invalid UTF-8":    "{\"token\":\"t\",\"secret\":\"s\",\"note\":\"\xff\"}",
		"a day":            `{"token":"t","secret":"s","expirationDate":"2000-01-01"}`,
		"profiles unknown": `{"version":1,"profiles":[{"token":"t","secret":"s"},{"alias":7}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			setenv(t, with(consumer(), map[string]string{"CONFIGURATION_FILE": write(t, content)}))
			inTheYear2000(t, func(t *testing.T) {
				got, err := auth.FromCleverTools("")

				require.NoError(t, err)
				want := auth.OAuth1{ConsumerKey: "ck", ConsumerSecret: "cs", Token: "t", TokenSecret: "s"}
				assert.Equal(t, want, withoutSource(got))
			})
		})
	}
}

func TestFromCleverTools_FlatFileWithOverrides(t *testing.T) {
	const file = `{"token":"t","secret":"s","API_HOST":"https://api.example.com/","OAUTH_CONSUMER_KEY":"k","OAUTH_CONSUMER_SECRET":"c"}`
	path := write(t, file)
	setenv(t, map[string]string{"CONFIGURATION_FILE": path})

	got, err := auth.Default()

	require.NoError(t, err)
	want := auth.OAuth1{
		ConsumerKey: "k", ConsumerSecret: "c", Token: "t", TokenSecret: "s", BaseURL: "https://api.example.com",
	}
	assert.Equal(t, want, withoutSource(got))
}

func TestConsumer_Fallback(t *testing.T) {
	brought := auth.Consumer{Key: "mine", Secret: "hidden", Fallback: true}
	for _, tc := range []struct {
		name, want string
		env        map[string]string
	}{
		{"nothing else", "mine", user()},
		{"nothing else, and a file", "mine", fixture("clever_tools_legacy_min")},
		{"a pair in the environment", "ck", with(user(), consumer())},
		{"another pair in the environment", "ck2", with(user(), otherConsumer())},
		{"a pair in the environment, and a file", "ck", with(consumer(), fixture("clever_tools_v1_overrides"))},
		{"a pair in the overrides", "example-consumer-key", fixture("clever_tools_v1_overrides")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			setenv(t, tc.env)
			inTheYear2000(t, func(t *testing.T) {
				got, err := brought.Default()

				require.NoError(t, err)
				assert.Equal(t, tc.want, got.(auth.OAuth1).ConsumerKey)
			})
		})
	}
	setenv(t, with(user(), map[string]string{"OAUTH_CONSUMER_KEY": canary}))
	refuses(t, brought.Default, "auth: found OAUTH_CONSUMER_KEY in the environment but not OAUTH_CONSUMER_SECRET")
	setenv(t, user())
	refuses(t, auth.Consumer{Key: canary, Fallback: true}.Default, "auth: found Key in auth.Consumer but not Secret")
}

func TestSource(t *testing.T) {
	file := fixture("clever_tools_v1")
	path := file["CONFIGURATION_FILE"]
	for want, env := range map[string]map[string]string{
		"CLEVER_API_TOKEN in the environment":                    {"CLEVER_API_TOKEN": "t"},
		"CC_API_TOKEN in the environment":                        {"CC_API_TOKEN": "t"},
		"CLEVER_TOKEN with CLEVER_SECRET in the environment":     with(user(), consumer()),
		"CC_OAUTH_TOKEN with CC_OAUTH_SECRET in the environment": with(otherUser(), consumer()),
		`profile "default" of ` + path:                           with(consumer(), file),
	} {
		setenv(t, env)
		inTheYear2000(t, func(t *testing.T) {
			got, err := auth.Default()

			require.NoError(t, err)
			assert.Equal(t, want, got.(auth.Sourced).Source())
		})
	}
	for _, given := range []auth.Authenticator{auth.Bearer("t"), auth.OAuth1{}, auth.AccessToken{}} {
		assert.Empty(t, given.(auth.Sourced).Source())
	}
}

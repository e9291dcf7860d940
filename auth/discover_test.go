package auth_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/testkit"
)

// Variables as setenv reads them.
const (
	user          = " CLEVER_TOKEN=t CLEVER_SECRET=s"
	otherUser     = " CC_OAUTH_TOKEN=t2 CC_OAUTH_SECRET=s2"
	consumer      = " OAUTH_CONSUMER_KEY=ck OAUTH_CONSUMER_SECRET=cs"
	otherConsumer = " CC_CONSUMER_KEY=ck2 CC_CONSUMER_SECRET=cs2"
)

var (
	mine     = auth.Consumer{Key: "mine", Secret: "hidden"}
	fallback = auth.Consumer{Key: "mine", Secret: "hidden", Fallback: true}
)

// flat is the beginning of a file from before profiles.
const flat = `{"token":"t","secret":"s"`

// What a person is told.
const (
	wayOut     = `run "clever tokens create NAME" and set CLEVER_API_TOKEN`
	nothingSet = "environment: none of CLEVER_API_TOKEN, CC_API_TOKEN, " +
		"CLEVER_TOKEN with CLEVER_SECRET, CC_OAUTH_TOKEN with CC_OAUTH_SECRET is set"
	pairNeeded = "OAUTH_CONSUMER_KEY with OAUTH_CONSUMER_SECRET, " +
		"nor CC_CONSUMER_KEY with CC_CONSUMER_SECRET, " +
		"nor either pair in the overrides of a clever-tools profile, nor an auth.Consumer " +
		"(a user's token works only with the consumer pair that it was issued to; " +
		"an API token needs none: " + wayOut + ")"
)

// setenv replaces everything that the package reads of the machine: the variables given, an empty
// home, and nothing else.
func setenv(t *testing.T, set string) (home string) {
	t.Helper()
	home = t.TempDir()
	for _, name := range variables {
		t.Setenv(name, "")
	}
	for _, assignment := range strings.Fields(set) {
		name, value, _ := strings.Cut(assignment, "=")
		t.Setenv(name, value)
	}
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	return home
}

// write makes content the file of clever-tools; a name of a fixture stands for what is in it.
func write(t *testing.T, content string) (path string) {
	t.Helper()
	if strings.HasPrefix(content, "clever_tools") {
		return filepath.Join("..", "testdata", "auth", content+".json")
	}
	path = filepath.Join(t.TempDir(), "clever-tools.json")
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

// describe tells what a program and a server see of credentials, and where they come from.
func describe(a auth.Authenticator) string {
	if o, ok := a.(auth.OAuth1); ok {
		return strings.TrimSpace(o.ConsumerKey + ":" + o.ConsumerSecret.Reveal() + " " +
			o.Token + ":" + o.TokenSecret.Reveal() + " " + o.BaseURL)
	}
	req := &http.Request{}
	_ = a.Authenticate(req)
	return req.Header.Get("Authorization") + " " + a.(auth.Located).APIBaseURL() +
		" from " + a.(auth.Sourced).Source()
}

type finder = func() (auth.Authenticator, error)

// refuses fails unless each finder returns the error want and nothing else.
func refuses(t *testing.T, want string, finders ...finder) {
	t.Helper()
	for _, find := range finders {
		got, err := find()
		require.EqualError(t, err, want)
		assert.Nil(t, got)
		requireNoCanary(t, testkit.Texts(err)...)
		begins := func(text string) bool { return strings.HasPrefix(want, "auth: "+text) }
		var incomplete *auth.IncompleteError
		assert.Equal(t, begins("found "), errors.As(err, &incomplete))
		assert.Equal(t, begins("no credentials: "), errors.Is(err, auth.ErrNoCredentials))
		assert.Equal(t, begins("credentials have expired: "), errors.Is(err, auth.ErrExpired))
	}
}

func TestFromEnvironment(t *testing.T) {
	const (
		byDefault = " https://api-bridge.clever-cloud.com"
		first     = " from CLEVER_API_TOKEN in the environment"
		second    = " from CC_API_TOKEN in the environment"
		bridge    = " AUTH_BRIDGE_HOST="
		otherAPI  = " API_HOST=https://api.example.com/prefix/"
	)
	for _, tc := range []struct {
		env      string
		consumer auth.Consumer
		want     string
	}{
		{env: "CLEVER_API_TOKEN=a", want: "Bearer a" + byDefault + first},
		{env: "CC_API_TOKEN=b", want: "Bearer b" + byDefault + second},
		{env: "CLEVER_API_TOKEN=a CC_API_TOKEN=b", want: "Bearer a" + byDefault + first},
		{env: "CC_API_TOKEN=b" + user + consumer, want: "Bearer b" + byDefault + second},
		{env: "CC_API_TOKEN=b CLEVER_TOKEN=t", want: "Bearer b" + byDefault + second},
		{
			env:  "CC_API_TOKEN=b" + otherAPI + bridge + "https://bridge.example.com/",
			want: "Bearer b https://bridge.example.com" + second,
		},
		{
			env:  "CC_API_TOKEN=b" + bridge + "http://127.0.0.1:80",
			want: "Bearer b http://127.0.0.1:80" + second,
		},
		{env: user + consumer, want: "ck:cs t:s"},
		{env: otherUser + otherConsumer, want: "ck2:cs2 t2:s2"},
		{env: user + consumer + otherUser + otherConsumer, want: "ck:cs t:s"},
		{env: user + consumer, consumer: mine, want: "mine:hidden t:s"},
		{env: otherUser, consumer: mine, want: "mine:hidden t2:s2"},
		{
			env:  user + consumer + otherAPI + bridge + "https://bridge.example.com",
			want: "ck:cs t:s https://api.example.com/prefix",
		},
		{env: user, consumer: fallback, want: "mine:hidden t:s"},
		{env: user + consumer, consumer: fallback, want: "ck:cs t:s"},
		{env: user + otherConsumer, consumer: fallback, want: "ck2:cs2 t:s"},
	} {
		t.Run(tc.env, func(t *testing.T) {
			setenv(t, tc.env+" CONFIGURATION_FILE="+write(t, `{"token":"file","secret":"s"}`))
			for _, find := range []finder{tc.consumer.FromEnvironment, tc.consumer.Default} {
				got, err := find()

				require.NoError(t, err)
				assert.Equal(t, tc.want, describe(got))
			}
		})
	}
}

func TestFromEnvironment_Refuses(t *testing.T) {
	half := func(found, missing string) string {
		return "found " + found + " in the environment but not " + missing
	}
	for _, tc := range []struct {
		env      string
		consumer auth.Consumer
		want     string
	}{
		{env: otherUser + " CLEVER_TOKEN=canary", want: half("CLEVER_TOKEN", "CLEVER_SECRET")},
		{env: "CLEVER_SECRET=canary", want: half("CLEVER_SECRET", "CLEVER_TOKEN")},
		{env: "CC_OAUTH_TOKEN=canary", want: half("CC_OAUTH_TOKEN", "CC_OAUTH_SECRET")},
		{env: "CC_OAUTH_SECRET=canary", want: half("CC_OAUTH_SECRET", "CC_OAUTH_TOKEN")},
		{
			env:  user + otherConsumer + " OAUTH_CONSUMER_KEY=canary",
			want: half("OAUTH_CONSUMER_KEY", "OAUTH_CONSUMER_SECRET"),
		},
		{
			env:  user + " CC_CONSUMER_SECRET=canary",
			want: half("CC_CONSUMER_SECRET", "CC_CONSUMER_KEY"),
		},
		{
			user + " OAUTH_CONSUMER_SECRET=canary", fallback,
			half("OAUTH_CONSUMER_SECRET", "OAUTH_CONSUMER_KEY"),
		},
		{
			env:  "CLEVER_TOKEN=canary CLEVER_SECRET=canary",
			want: half("CLEVER_TOKEN with CLEVER_SECRET", pairNeeded),
		},
		{user + consumer, auth.Consumer{Key: canary}, "found Key in auth.Consumer but not Secret"},
		{
			user + consumer, auth.Consumer{Secret: canary, Fallback: true},
			"found Secret in auth.Consumer but not Key",
		},
		{
			env: "CC_API_TOKEN=t AUTH_BRIDGE_HOST=http://canary.example.com",
			want: "AUTH_BRIDGE_HOST in the environment must be https, " +
				"or http to a loopback address",
		},
		{
			env:  user + consumer + " API_HOST=https://u:canary@api.example.com",
			want: "API_HOST in the environment must not hold a user or a password",
		},
		{
			env:  user + consumer + " API_HOST=https://api.example.com?canary",
			want: "API_HOST in the environment must not hold a query or a fragment",
		},
		{
			env: user + consumer + " API_HOST=canary.example.com",
			want: "API_HOST in the environment must be an absolute URL " +
				"such as https://api.clever-cloud.com",
		},
	} {
		t.Run(tc.want, func(t *testing.T) {
			setenv(t, tc.env)

			refuses(t, "auth: "+tc.want, tc.consumer.FromEnvironment, tc.consumer.Default)
		})
	}
}

func TestNothingFound_ListsEveryPlace(t *testing.T) {
	home := setenv(t, consumer) // A consumer is no credentials.
	path := filepath.Join(home, ".config", "clever-cloud", "clever-tools.json")
	noFile := "open " + path + ": no such file or directory"
	byDefault := func() (auth.Authenticator, error) { return auth.FromCleverTools("") }

	refuses(t, "auth: no credentials: "+nothingSet+"; "+wayOut, auth.FromEnvironment)
	refuses(t, "auth: no credentials: "+noFile+"; "+wayOut, byDefault)
	refuses(t, "auth: no credentials: "+nothingSet+"; "+noFile+"; "+wayOut, auth.Default)
	for _, find := range []finder{auth.FromEnvironment, byDefault, auth.Default} {
		_, err := find()
		var many interface{ Unwrap() []error } // Of which package errors allows none to be nil.
		require.ErrorAs(t, err, &many)
		assert.NotContains(t, many.Unwrap(), nil)
	}
	_, err := auth.Default()
	require.ErrorIs(t, err, fs.ErrNotExist)

	dir := t.TempDir()
	t.Setenv("CONFIGURATION_FILE", dir)
	_, err = byDefault()
	require.ErrorIs(t, err, auth.ErrNoCredentials)
	assert.ErrorContains(t, err, dir)
}

func TestFromCleverTools(t *testing.T) {
	const (
		token   = " example-oauth-token:example-oauth-secret"
		token2  = " example-oauth-token-2:example-oauth-secret-2"
		pair    = "example-consumer-key:example-consumer-secret"
		staging = token + " https://api.staging.example.com"
		v1, old = "clever_tools_v1", "clever_tools_legacy"
		over    = "clever_tools_v1_overrides"
		api     = "https://api.example.com"
	)
	for _, tc := range []struct {
		file, profile, env string
		consumer           auth.Consumer
		want               string
	}{
		{file: v1, env: consumer, want: "ck:cs" + token},
		{file: v1, profile: "default", env: consumer, want: "ck:cs" + token},
		{file: v1, profile: "client-a", env: consumer, want: "ck:cs" + token2},
		{file: old, env: consumer, want: "ck:cs" + token},
		{file: old + "_min", env: consumer, want: "ck:cs" + token},
		{file: old, profile: "default", env: consumer, want: "ck:cs" + token},
		{file: over, profile: "staging", want: pair + staging},
		{file: over, env: consumer + " API_HOST=" + api, want: "ck:cs" + token + " " + api},
		{file: over, env: consumer, consumer: mine, want: "mine:hidden" + staging},
		{file: flat + `}`, consumer: mine, want: "mine:hidden t:s"},
		{file: flat + `}`, consumer: fallback, want: "mine:hidden t:s"},
		{file: over, consumer: fallback, want: pair + staging},
		{file: over, env: consumer, consumer: fallback, want: "ck:cs" + staging},
		{
			want: "k:c t:s " + api,
			file: flat + `,"API_HOST":"` + api +
				`/","OAUTH_CONSUMER_KEY":"k","OAUTH_CONSUMER_SECRET":"c"}`,
		},
		{
			profile: "good", env: consumer, want: "ck:cs t:s",
			file: `{"version":1,"profiles":[{"alias":"odd","token":"x",` +
				`"overrides":{"API_HOST":1}},7,{"alias":"good","token":"t","secret":"s"}]}`,
		},
	} {
		t.Run(tc.file+tc.profile+tc.env, func(t *testing.T) {
			path := write(t, tc.file)
			setenv(t, tc.env+" CONFIGURATION_FILE="+path)
			synctest.Test(t, func(t *testing.T) { // In 2000, the tokens of the fixtures are good.
				got, err := tc.consumer.FromCleverTools(tc.profile)
				require.NoError(t, err)
				assert.Equal(t, tc.want, describe(got))
				if tc.profile == "" {
					byDefault, err := tc.consumer.Default()
					require.NoError(t, err)
					assert.Equal(t, got, byDefault)
				}
			})
		})
	}
}

func TestFromCleverTools_Forms(t *testing.T) {
	for name, file := range map[string]string{
		"another profile of an unknown form": `{"version":1,"profiles":[` +
			`{"token":"t","secret":"s"},{"alias":7}]}`,
		"a version that is null": flat + `,"version":null}`,
		"as large as allowed":    flat + strings.Repeat(" ", 1<<20-len(flat)-1) + `}`,
		"byte order mark":        "\ufeff" + flat + `}`,
		"other case": `{"Version":1,"PROFILES":[` +
			`{"Alias":"a","TOKEN":"t","Secret":"s"}]}`,
		"a name twice":            `{"token":"x","secret":"s","token":"t","note":1,"note":2}`,
		"unknown members":         flat + `,"userId":5,"more":{"a":[null]}}`,
		"overrides of no setting": flat + `,"overrides":{"token":"x","secret":"x"}}`,
		"null members": flat +
			`,"expirationDate":null,"overrides":null,"API_HOST":null}`,
		"invalid UTF-8": flat + ",\"note\":\"\xff\"}",
	} {
		setenv(t, consumer+" CONFIGURATION_FILE="+write(t, file))

		got, err := auth.Default()

		require.NoError(t, err, name)
		assert.Equal(t, "ck:cs t:s", describe(got), name)
	}
}

func TestFromCleverTools_NoCredentials(t *testing.T) {
	const v1 = `{"version":1,"profiles":`
	const unknownVersion = "unknown version of the file; " +
		"known are version 1 and the form before it, without a version"
	const unknownProfiles = "no profiles, or profiles of an unknown form"
	for _, tc := range []struct{ name, profile, content, want string }{
		{"unknown version", "", `{"version": 2, "profiles": {"canary": 1}}`, unknownVersion},
		{"unknown version of a fixture", "", "clever_tools_unknown_version", unknownVersion},
		{"version in a text", "", `{"version": "canary"}`, unknownVersion},
		{"no profiles", "", "clever_tools_v1_no_profiles", unknownProfiles},
		{"profiles missing", "", `{"version": 1}`, unknownProfiles},
		{
			"profiles of another form", "", `{"version": 1, "profiles": {"canary": "canary"}}`,
			unknownProfiles,
		},
		{
			"profile of another form", "odd",
			v1 + `[7,{"alias":"odd","token":"canary","secret":"canary",` +
				`"overrides":{"API_HOST":1}}]}`,
			`profile "odd" has an unknown form; its members must be texts`,
		},
		{
			"flat of another form", "", `{"token": {"canary": 1}}`,
			`profile "default" has an unknown form; its members must be texts`,
		},
		{"empty", "", ``, "not a JSON object"},
		{
			"no alias", "default", `{"version":1,"profiles":[{"token":"canary"}]}`,
			`no profile "default", there is ""`,
		},
		{"empty object", "", `{}`, `profile "default" has no token`},
		{"null", "", `null`, `profile "default" has no token`},
		{"junk", "", `{"token": "canary`, "not a JSON object"},
		{"trailing junk", "", `{"token":"canary","secret":"canary"} canary`, "not a JSON object"},
		{"array", "", `["canary"]`, "not a JSON object"},
		{
			"too large", "", `{"token":"t","secret":"s","x":"` + strings.Repeat("x", 1<<20) + `"}`,
			"larger than 1048576 bytes",
		},
		{
			"unknown alias", "c",
			v1 + `[{"alias":"a","token":"canary"},{"alias":"b","secret":"canary"}]}`,
			`no profile "c", there is "a", "b"`,
		},
		{
			"unknown alias of a flat file", "c", `{"token":"canary","secret":"canary"}`,
			`no profile "c", there is "default"`,
		},
		{
			"unknown alias among as many as are listed", "c",
			`{"version":1,"profiles":[` + strings.Repeat(`{"alias":"a"},`, 19) + `{"alias":"a"}]}`,
			`no profile "c", there is ` + strings.Repeat(`"a", `, 19) + `"a"`,
		},
		{
			"unknown alias among many", "c",
			`{"version":1,"profiles":[` + strings.Repeat(`{"alias":"a"},`, 99) + `{"alias":"a"}]}`,
			`no profile "c", there is ` + strings.Repeat(`"a", `, 51) + `"…`,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := write(t, tc.content)
			setenv(t, consumer+" CONFIGURATION_FILE="+path)

			refuses(t, "auth: no credentials: "+path+": "+tc.want+"; "+wayOut,
				func() (auth.Authenticator, error) { return auth.FromCleverTools(tc.profile) })
			if tc.profile == "" {
				refuses(t, "auth: no credentials: "+nothingSet+"; "+path+": "+tc.want+"; "+wayOut,
					auth.Default)
			}
		})
	}
}

func TestFromCleverTools_FindsItsFile(t *testing.T) {
	const pair = "OAUTH_CONSUMER_KEY=ck OAUTH_CONSUMER_SECRET=cs"
	xdg := t.TempDir()
	home := setenv(t, pair)
	place := func(dir ...string) {
		path := filepath.Join(append(dir, "clever-cloud", "clever-tools.json")...)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(`{"token":"t","secret":"s"}`), 0o600))
	}
	place(home, ".config")

	_, err := auth.FromCleverTools("")
	require.NoError(t, err, "in the home directory")
	t.Setenv("XDG_CONFIG_HOME", xdg)
	_, err = auth.FromCleverTools("")
	require.ErrorIs(t, err, auth.ErrNoCredentials, "not in the home directory")
	place(xdg)
	_, err = auth.FromCleverTools("")

	assert.NoError(t, err, "in XDG_CONFIG_HOME")
}

func TestFromCleverTools_ClosesTheFile(t *testing.T) {
	const descriptors = "/proc/self/fd"
	before, err := os.ReadDir(descriptors)
	if err != nil {
		t.Skip("this system does not list open files")
	}
	setenv(t, consumer+" CONFIGURATION_FILE="+write(t, `{"token":"t","secret":"s"}`))

	for range 20 {
		_, err := auth.FromCleverTools("")
		require.NoError(t, err)
	}

	after, err := os.ReadDir(descriptors)
	require.NoError(t, err)
	assert.Less(t, len(after), len(before)+10)
}

func TestFromCleverTools_Expired(t *testing.T) {
	for date, on := range map[string]string{ // Bubbles start at 2000-01-01T00:00:00Z.
		"1999-12-31T23:59:59.999Z":  "1999-12-31T23:59:59Z",
		"2000-01-01T00:00:00Z":      "2000-01-01T00:00:00Z",
		"2000-01-01T00:00:00.001Z":  "",
		"2000-01-01T01:00:00+02:00": "2000-01-01T01:00:00+02:00",
		"1999-12-31T23:00:00-0200":  "",
		"1999-12-31T23:00:00+0000":  "1999-12-31T23:00:00Z",
		"1999-12-31":                "1999-12-31T23:59:59Z",
		"2000-01-01":                "",
		"whenever":                  "",
		"":                          "",
	} {
		t.Run(date, func(t *testing.T) {
			path := write(t, `{"version":1,"profiles":[{"alias":"work","token":"t",`+
				`"secret":"canary","expirationDate":"`+date+`"}]}`)
			setenv(t, consumer+" CONFIGURATION_FILE="+path)
			synctest.Test(t, func(t *testing.T) {
				if on != "" {
					want := `auth: credentials have expired: profile "work" of ` + path + ", on " +
						on + `: run "clever login" again`
					refuses(t, want, auth.Default,
						func() (auth.Authenticator, error) { return auth.FromCleverTools("work") })
					return
				}
				_, err := auth.Default()
				require.NoError(t, err)
			})
		})
	}
}

func TestFromCleverTools_Refuses(t *testing.T) {
	for _, tc := range []struct{ content, want string }{
		{`"token":"canary"`, `found token in profile "a" of %s but not secret`},
		{`"secret":"canary"`, `found secret in profile "a" of %s but not token`},
		{`"token":"t","secret":"canary"`, `found profile "a" of %s but not ` + pairNeeded},
		{
			`"token":"t","secret":"canary","overrides":{"OAUTH_CONSUMER_KEY":"canary"}`,
			`found OAUTH_CONSUMER_KEY in profile "a" of %s but not OAUTH_CONSUMER_SECRET`,
		},
		{
			`"token":"t","secret":"canary","overrides":{"OAUTH_CONSUMER_KEY":"k",` +
				`"OAUTH_CONSUMER_SECRET":"s","API_HOST":"http://canary"}`,
			`API_HOST in profile "a" of %s must be https, or http to a loopback address`,
		},
	} {
		t.Run(tc.want, func(t *testing.T) {
			path := write(t, `{"version":1,"profiles":[{"alias":"a",`+tc.content+`}]}`)
			setenv(t, "CONFIGURATION_FILE="+path)

			refuses(t, "auth: "+fmt.Sprintf(tc.want, path), auth.Default)
		})
	}
}

func TestFromEnvironment_NamesTheFlawedVariable(t *testing.T) {
	for name, env := range map[string]string{
		"CLEVER_API_TOKEN": user + consumer, "CC_API_TOKEN": user + consumer,
		"CLEVER_TOKEN": user + consumer, "CLEVER_SECRET": user + consumer,
		"CC_OAUTH_TOKEN": otherUser + consumer, "CC_OAUTH_SECRET": otherUser + consumer,
		"OAUTH_CONSUMER_KEY": user + consumer, "OAUTH_CONSUMER_SECRET": user + consumer,
		"CC_CONSUMER_KEY": user + otherConsumer, "CC_CONSUMER_SECRET": user + otherConsumer,
	} {
		t.Run(name, func(t *testing.T) {
			setenv(t, env)
			for value, what := range flaws() {
				if strings.Contains(value, "\x00") { // Which no variable holds.
					continue
				}
				t.Setenv(name, value)

				refuses(t, "auth: "+name+" in the environment "+what, auth.FromEnvironment,
					auth.Default)
			}
		})
	}
}

func TestFromCleverTools_NamesTheFlawedMember(t *testing.T) {
	for _, member := range []string{
		"token", "secret", "OAUTH_CONSUMER_KEY", "OAUTH_CONSUMER_SECRET",
	} {
		for value, what := range flaws() {
			values := map[string]string{
				"token": "t", "secret": "s", "OAUTH_CONSUMER_KEY": "k",
				"OAUTH_CONSUMER_SECRET": "s",
			}
			values[member] = value
			flat, err := json.Marshal(values)
			require.NoError(t, err)
			path := write(t, string(flat))
			setenv(t, "CONFIGURATION_FILE="+path)

			refuses(t, "auth: "+member+` in profile "default" of `+path+" "+what, auth.Default)
		}
	}
}

func TestConsumer_NamesTheFlawedField(t *testing.T) {
	setenv(t, user)
	for value, what := range flaws() {
		refuses(t, "auth: Key in auth.Consumer "+what,
			auth.Consumer{Key: value, Secret: "s"}.Default)
		refuses(t, "auth: Secret in auth.Consumer "+what,
			auth.Consumer{Key: "k", Secret: auth.Secret(value)}.Default)
	}
}

func TestSource(t *testing.T) {
	path := write(t, `{"token":"t","secret":"s"}`)
	for want, env := range map[string]string{
		"CLEVER_TOKEN with CLEVER_SECRET in the environment":     user,
		"CC_OAUTH_TOKEN with CC_OAUTH_SECRET in the environment": otherUser,
		`profile "default" of ` + path:                           "CONFIGURATION_FILE=" + path,
	} {
		setenv(t, consumer+" "+env)
		got, err := auth.Default()

		require.NoError(t, err)
		assert.Equal(t, want, got.(auth.Sourced).Source())
	}
	for _, given := range []auth.Authenticator{
		auth.Bearer("t"), auth.OAuth1{}, auth.AccessToken{},
	} {
		assert.Empty(t, given.(auth.Sourced).Source())
	}
}

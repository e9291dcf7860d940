package auth_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud/auth"
)

// verbs holds those that fmt asks a Formatter about: all but %T and %p.
var verbs = []string{
	"%v", "%+v", "%#v", "%s", "%q", "%+q", "%#q", "%x", "%X", "% x", "%#x", "%d", "%t", "%b", "%o",
	"%c", "%U", "%e", "%g",
	"%10s", "%-40v", "%.3s", "%.1q", "%z",
}

type holder struct {
	Password auth.Secret
	Pointer  *auth.Secret
	List     []auth.Secret
	Named    map[string]auth.Secret
	Any      any
}

func hold(s auth.Secret) holder {
	return holder{s, &s, []auth.Secret{s}, map[string]auth.Secret{"key": s}, s}
}

func TestSecret_IsMasked(t *testing.T) {
	t.Parallel()
	for text, want := range map[auth.Secret]bool{
		"********": true, "*": true, "[redacted]": true, "": false, canary: false, "***a": false,
		"* *": false,
	} {
		assert.Equal(t, want, text.IsMasked(), text.Reveal())
	}
	data, err := json.Marshal(auth.Secret(canary))
	require.NoError(t, err)
	var back auth.Secret
	require.NoError(t, json.Unmarshal(data, &back))
	assert.True(t, back.IsMasked())
}

func TestSecret_PrintsRedacted(t *testing.T) {
	t.Parallel()
	for _, verb := range verbs {
		assert.Equal(t, "[redacted]", fmt.Sprintf(verb, auth.Secret(canary)), verb)
		for _, value := range []any{
			hold(canary), []auth.Secret{canary}, [1]auth.Secret{canary},
			map[auth.Secret]int{canary: 1},
		} {
			printed := fmt.Sprintf(verb, value)
			assert.Contains(t, printed, "[redacted]")
			requireNoCanary(t, printed)
		}
	}
	assert.Equal(t, "[redacted]", auth.Secret(canary).String())
	assert.Equal(t, "[redacted]", auth.Secret(canary).GoString())
	assert.Equal(t, slog.StringValue("[redacted]"), slog.AnyValue(auth.Secret(canary)).Resolve())
}

func TestSecret_PrintsEmptyAsEmpty(t *testing.T) {
	t.Parallel()
	for verb, want := range map[string]string{
		"%v": "", "%s": "", "%+v": "", "%x": "", "%d": "", "%#x": "", "%q": `""`, "%#v": `""`,
	} {
		assert.Equal(t, want, fmt.Sprintf(verb, auth.Secret("")), verb)
	}
	data, err := json.Marshal(auth.Secret(""))
	require.NoError(t, err)
	assert.Equal(t, `""`, string(data))
}

func TestSecret_MarshalsRedacted(t *testing.T) {
	t.Parallel()
	type account struct {
		Password auth.Secret
		Pointer  *auth.Secret
	}
	secret := auth.Secret(canary)
	for name, marshal := range map[string]func(any) ([]byte, error){
		"json": json.Marshal,
		"xml":  xml.Marshal,
		"gob": func(v any) ([]byte, error) {
			var b bytes.Buffer
			err := gob.NewEncoder(&b).Encode(v)
			return b.Bytes(), err
		},
	} {
		data, err := marshal(account{secret, &secret})

		require.NoError(t, err, name)
		assert.Equal(t, 2, strings.Count(string(data), "[redacted]"), name)
		requireNoCanary(t, string(data))
	}
}

func TestSecret_LogsRedacted(t *testing.T) {
	t.Parallel()
	for name, handler := range handlers() {
		var out bytes.Buffer
		secret := auth.Secret(canary)

		slog.New(handler(&out)).With("a", secret).
			Info("m", "b", secret, "c", &secret, "d", hold(secret), slog.Group("e", "f", secret))

		assert.GreaterOrEqual(t, strings.Count(out.String(), "[redacted]"), 5, name)
		requireNoCanary(t, out.String())
	}
}

func TestSecret_DecodesTheRealText(t *testing.T) {
	t.Parallel()
	got := struct{ A, B, C auth.Secret }{B: "kept"}

	require.NoError(t, json.Unmarshal([]byte(`{"A":"p\u0061ss","B":null}`), &got))

	assert.Equal(t, struct{ A, B, C auth.Secret }{"pass", "kept", ""}, got)
	assert.Error(t, json.Unmarshal([]byte(`{"A":1}`), &got))
}

// The doc comment owns up to these. Should one fail because Go has become stricter, the comment can
// be shortened.
func TestSecret_LimitsAreAsDocumented(t *testing.T) {
	t.Parallel()
	secret := auth.Secret("revealed")
	key, _ := json.Marshal(map[auth.Secret]int{secret: 1})
	for name, printed := range map[string]string{
		"unexported field": fmt.Sprintf("%v", struct{ s auth.Secret }{secret}),
		"%p":               fmt.Sprintf(verbs[0][:1]+"p", secret),
		"%w":               fmt.Sprintf(verbs[0][:1]+"w", secret),
		"wrong verb":       fmt.Sprintf(verbs[0][:1]+"s", []*holder{{Password: secret}}),
		"key in JSON":      string(key),
	} {
		assert.Contains(t, printed, "revealed", name)
	}
	assert.NotContains(t, fmt.Sprintf("%+v", struct{ s *auth.Secret }{&secret}), "revealed",
		"behind a pointer")
}

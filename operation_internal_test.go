package clevercloud

import (
	"bufio"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clevercloud-go/clevercloud/internal/origin"
)

// templates are paths of each shape.
var templates = []string{
	"/v2/self", drainsPath + "/{drainId}/enable", operatorPath + "/version/check",
	"/v4/billing/organisations/{orgid}/invoices/{invoiceid}.pdf", "/api-tokens/{apiTokenId}",
}

// percentDecoded is RFC 3986, 2.1.
func percentDecoded(t *testing.T, text string) string {
	t.Helper()
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '%' {
			out.WriteByte(text[i])
			continue
		}
		require.Less(t, i+2, len(text), text)
		octet, err := hex.DecodeString(text[i+1 : i+3])
		require.NoError(t, err, text)
		require.Equal(t, strings.ToUpper(text[i:i+3]), text[i:i+3])
		out.Write(octet)
		i += 2
	}
	return out.String()
}

// A path has the segments of the base URL and then those of its template. Each id, whatever its
// characters, stays in one segment, and a server reads it back. An id that is empty or a dot segment
// is rejected.
func FuzzExpand(f *testing.F) {
	for i, id := range []string{
		"orga_1", "a/b", "..", ".", "../x", "%2e%2e", "a?b=c", "a#b", "é", "\x00", "\xff", " ", "a;b",
		"{drainId}", "}", "//", "\\..\\", ".. ", "%", "%zz",
	} {
		f.Add("https://api.test/prefix", uint8(i), "orga_1", "app_1", id)
		f.Add("https://api.test", uint8(i), id, id, id)
	}
	f.Add("http://localhost:8080/a%2Fb/é/", uint8(1), "a", "b", "c")
	f.Fuzz(func(t *testing.T, address string, shape uint8, first, second, third string) {
		base, err := origin.Parse(address)
		if err != nil {
			return
		}
		template := templates[int(shape)%len(templates)]
		ids := []string{first, second, third}[:strings.Count(template, "{")]

		got, err := expand(base, template, ids)

		for _, id := range ids {
			parts := strings.Split(id, "/")
			if id == "" || slices.Contains(parts, ".") || slices.Contains(parts, "..") {
				require.ErrorIs(t, err, ErrInvalidArgument)
				return
			}
		}
		require.NoError(t, err)
		path, ok := strings.CutPrefix(got.EscapedPath(), base.EscapedPath())
		require.True(t, ok, "%s is not behind %s", path, base)
		segments, wanted := strings.Split(path, "/"), strings.Split(template, "/")
		require.Len(t, segments, len(wanted), path)
		for i, want := range wanted {
			if before, rest, is := strings.Cut(want, "{"); is {
				_, after, _ := strings.Cut(rest, "}")
				want, ids = before+ids[0]+after, ids[1:]
			}
			require.Equal(t, want, percentDecoded(t, segments[i]))
		}
		want := url.URL{Scheme: base.Scheme, Host: base.Host, Path: got.Path, RawPath: got.RawPath}
		require.Equal(t, want, got)
		head := "GET " + got.RequestURI() + " HTTP/1.1\r\nHost: x\r\n\r\n"
		read, err := http.ReadRequest(bufio.NewReader(strings.NewReader(head)))
		require.NoError(t, err)
		require.Equal(t, got.EscapedPath(), read.RequestURI)
		require.Equal(t, got.Path, read.URL.Path)
	})
}

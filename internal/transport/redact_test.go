package transport

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func signedWith(name, value string) *Call {
	return &Call{plain: http.Header{"X-Trace": {"trace-1234"}}, signed: http.Header{"X-Trace": {"trace-1234"}, name: {value}}}
}

func TestRedactor_WhatAuthenticationAdded(t *testing.T) {
	t.Parallel()
	// The secrets are "c s&long" and "to/ken?2", each encoded once for the signature and all of it once more for the header.
	const signature = "c%2520s%2526long%26to%252Fken%253F2"
	oauth := signedWith("Authorization", `OAuth oauth_consumer_key="consumer", oauth_token="token-id", oauth_signature="`+signature+`"`)
	for _, tc := range []struct {
		name       string
		call       *Call
		text, want string
	}{
		{"a token", signedWith("Authorization", "Bearer token-1"), "said Bearer token-1, or token-1", "said [redacted], or [redacted]"},
		{"a scheme is no secret", signedWith("Authorization", "Bearer token-1"), "Bearer", "Bearer"},
		{"a header of the caller's kind", signedWith("X-Api-Key", "key of three words"), "key of three words; of three words", "[redacted]; of three words"},
		{"what was there before", signedWith("Authorization", "Bearer token-1"), "trace-1234", "trace-1234"},
		{"a signature", oauth, "got " + signature, "got [redacted]"},
		{"a signature that was decoded", oauth, "got c%20s%26long&to%2Fken%3F2", "got [redacted]&[redacted]"},
		{"what it was made of", oauth, "c s&long and to/ken?2", "[redacted] and [redacted]"},
		{"the rest is public", oauth, "consumer token-id", "consumer token-id"},
		{"a header that is no OAuth", signedWith("Authorization", "OAuth nonsense"), "OAuth nonsense", "[redacted]"},
		{"a signature that is not encoded", signedWith("Authorization", `OAuth oauth_signature="100%-secret"`), "100%-secret", "[redacted]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			hide := tc.call.Redactor()

			assert.Equal(t, tc.want, hide.Text(tc.text))
			assert.Equal(t, tc.want, string(hide.Bytes([]byte(tc.text))))
			assert.Equal(t, http.Header{"X": {tc.want}}, hide.Header(http.Header{"X": {tc.text}}))
		})
	}
}

func TestRedactor_SecretsOfTheBody(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name       string
		secrets    []string
		text, want string
	}{
		{"none", nil, "text", "text"},
		{"too short to hide", []string{"abc"}, "abc", "abc"},
		{"just long enough", []string{"abcd"}, "abcd", "[redacted]"},
		{"one in another", []string{"abcd", "abcdefgh", "efgh"}, "abcdefgh", "[redacted]"},
		{"in JSON", []string{"a\"b\\c<é"}, `{"said":"a\"b\\c\u003cé a\"b\\c<é"}`, `{"said":"[redacted] [redacted]"}`},
		{"in JSON within JSON", []string{`a"bcd`}, `"{\"said\":\"a\\\"bcd\"}"`, `"{\"said\":\"[redacted]\"}"`},
		{"in a query", []string{"a b&c"}, "a+b%26c", "[redacted]"},
		{"in a path", []string{"a b/c"}, "a%20b%2Fc", "[redacted]"},
		{"in Go's quotes", []string{"a\x00bcd"}, `"a\x00bcd"`, `"[redacted]"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()

			assert.Equal(t, tc.want, (&Call{Secrets: tc.secrets}).Redactor().Text(tc.text))
		})
	}
}

// Of base64 each character goes that is all of the secret's, wherever the secret stands, if these are eight or more.
func TestRedactor_Base64(t *testing.T) {
	t.Parallel()
	for length := 4; length <= 24; length++ {
		secret := strings.Repeat("\xfb\xef\xbe7?k", 4)[:length] // has characters that the two alphabets differ in
		hide := (&Call{Secrets: []string{secret}}).Redactor()
		for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding, base64.RawStdEncoding, base64.RawURLEncoding} {
			for before := range 7 {
				encoded := encoding.EncodeToString([]byte(strings.Repeat("b", before) + secret + "after"))
				first, last := 0, 0
				for i := range encoded {
					if 6*i >= 8*before && 6*i+6 <= 8*(before+length) {
						if last == 0 {
							first = i
						}
						last = i + 1
					}
				}
				want := encoded
				if last-first >= 8 {
					want = encoded[:first] + Redacted + encoded[last:]
				}

				assert.Equal(t, want, hide.Text(encoded), "%d bytes after %d", length, before)
			}
		}
	}
}

func TestRedactor_Texts(t *testing.T) {
	t.Parallel()
	hide := (&Call{Secrets: []string{"secret"}}).Redactor()
	one, other := "a secret", "none"

	hide.Texts(&one, &other)

	assert.Equal(t, "a [redacted]", one)
	assert.Equal(t, "none", other)
	assert.NoError(t, hide.Error(nil))
}

// A buffer that is given back twice would be two calls' at once.
func TestCall_ReleasesItsBufferOnce(t *testing.T) {
	t.Parallel()
	transport := New(Config{HTTPClient: &http.Client{Transport: tripper(func(req *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: req}, nil
	})}})
	call := &Call{Method: http.MethodGet, URL: parsed(t, "https://api.test/"), Header: http.Header{}}
	assert.NoError(t, transport.Do(t.Context(), call))

	call.Release()
	call.Release()

	assert.Nil(t, call.Payload)
	first, second := transport.buffers.Get(), transport.buffers.Get()
	assert.NotSame(t, first, second)
}

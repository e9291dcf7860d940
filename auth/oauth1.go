package auth

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Method is how an OAuth 1 request is signed.
type Method int

const (
	// Plaintext sends the secrets themselves, over TLS; it is what the official CLI does.
	Plaintext Method = iota
	// HMACSHA512 signs the request without sending the secrets.
	HMACSHA512
	// HMACSHA1 is the same with an older hash.
	HMACSHA1
)

// String returns the method's name on the wire.
func (m Method) String() string {
	switch m {
	case Plaintext:
		return "PLAINTEXT"
	case HMACSHA512:
		return "HMAC-SHA512"
	case HMACSHA1:
		return "HMAC-SHA1"
	}
	return "Method(" + strconv.Itoa(int(m)) + ")"
}

func (m Method) hash() func() hash.Hash {
	if m == HMACSHA1 {
		return sha1.New
	}
	return sha512.New
}

// OAuth1 signs requests by RFC 5849. It is an [Authenticator]. A user's token works only with the consumer that it was made for.
type OAuth1 struct {
	ConsumerKey    string
	ConsumerSecret Secret
	Token          string
	TokenSecret    Secret
	// Method is Plaintext unless set.
	Method Method
	// BaseURL is the API that these credentials are for; empty is DefaultBaseURL.
	BaseURL string
}

// APIBaseURL returns where the credentials are for.
func (o OAuth1) APIBaseURL() string { return cmp.Or(o.BaseURL, DefaultBaseURL) }

// Authenticate signs a request: its method, URL, query and form if it has one. Each signature has a nonce and a timestamp of its own.
func (o OAuth1) Authenticate(req *http.Request) error {
	for _, part := range []struct{ name, value string }{
		{"ConsumerKey", o.ConsumerKey}, {"ConsumerSecret", o.ConsumerSecret.Reveal()},
		{"Token", o.Token}, {"TokenSecret", o.TokenSecret.Reveal()},
	} {
		if part.value == "" {
			return errors.New("auth: OAuth1." + part.name + " is empty")
		}
	}
	return o.sign(req)
}

// sign adds the header.
func (o OAuth1) sign(req *http.Request) error {
	oauth := append(make([]parameter, 0, 8), parameter{"oauth_consumer_key", o.ConsumerKey}, parameter{"oauth_token", o.Token})
	signature := ""
	switch o.Method {
	case Plaintext:
		signature = o.key()
	case HMACSHA512, HMACSHA1:
		oauth = append(oauth,
			parameter{"oauth_signature_method", o.Method.String()},
			parameter{"oauth_timestamp", strconv.FormatInt(time.Now().Unix(), 10)},
			parameter{"oauth_nonce", rand.Text()},
			parameter{"oauth_version", "1.0"})
		base, err := baseString(req, oauth)
		if err != nil {
			return err
		}
		signature = o.digest(base)
	default:
		return fmt.Errorf("auth: OAuth1.Method is %v, which is no method", o.Method)
	}
	req.Header.Set("Authorization", header(append(oauth, parameter{"oauth_signature", signature})))
	return nil
}

// key is that of the HMAC, and the whole of a PLAINTEXT signature.
func (o OAuth1) key() string {
	return encode(o.ConsumerSecret.Reveal()) + "&" + encode(o.TokenSecret.Reveal())
}

func (o OAuth1) digest(base []byte) string {
	mac := hmac.New(o.Method.hash(), []byte(o.key()))
	mac.Write(base)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// A parameter is a pair as it is before encoding.
type parameter struct{ name, value string }

func header(parameters []parameter) string {
	var b strings.Builder
	b.Grow(512)
	b.WriteString("OAuth ")
	for i, p := range parameters {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p.name)
		b.WriteString(`="`)
		b.WriteString(encode(p.value))
		b.WriteByte('"')
	}
	return b.String()
}

// baseString is what is signed, RFC 5849 section 3.4.1: method, address, and all parameters in order.
func baseString(req *http.Request, oauth []parameter) ([]byte, error) {
	form, err := formOf(req)
	if err != nil {
		return nil, err
	}
	all := make([]parameter, 0, len(oauth)+8)
	for _, p := range oauth {
		all = append(all, parameter{encode(p.name), encode(p.value)})
	}
	all = appendPairs(appendPairs(all, req.URL.RawQuery), form)
	slices.SortFunc(all, func(a, b parameter) int {
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.value, b.value))
	})
	size := 0
	for _, p := range all {
		size += len(p.name) + len(p.value) + 2
	}
	normalized := make([]byte, 0, size)
	for i, p := range all {
		if i > 0 {
			normalized = append(normalized, '&')
		}
		normalized = append(append(append(normalized, p.name...), '='), p.value...)
	}
	base := make([]byte, 0, 2*size+256)
	base = append(append(base, strings.ToUpper(cmp.Or(req.Method, http.MethodGet))...), '&')
	base = append(appendEncoded(base, address(req)), '&')
	return appendEncoded(base, string(normalized)), nil
}

// address is the URL as it is signed: lower case, without a default port, without a query.
func address(req *http.Request) string {
	scheme, host := strings.ToLower(req.URL.Scheme), strings.ToLower(cmp.Or(req.Host, req.URL.Host))
	switch scheme {
	case "https":
		host = strings.TrimSuffix(host, ":443")
	case "http":
		host = strings.TrimSuffix(host, ":80")
	}
	return scheme + "://" + host + cmp.Or(req.URL.EscapedPath(), "/")
}

// appendPairs takes a query or a form apart, a plus sign being a space, and adds its pairs encoded anew.
func appendPairs(all []parameter, pairs string) []parameter {
	for pairs != "" {
		var pair string
		pair, pairs, _ = strings.Cut(pairs, "&")
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		all = append(all, parameter{encode(decode(name)), encode(decode(value))})
	}
	return all
}

// decode leaves text that is not properly encoded as it is: the server sees the same bytes.
func decode(text string) string {
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}

// formOf returns the body of a request if it is a form; other bodies are not signed.
func formOf(req *http.Request) (string, error) {
	kind, _, _ := mime.ParseMediaType(req.Header.Get("Content-Type"))
	if kind != "application/x-www-form-urlencoded" || req.Body == nil || req.Body == http.NoBody {
		return "", nil
	}
	if req.GetBody == nil {
		return "", errors.New("auth: a form can only be signed if the request has GetBody")
	}
	body, err := req.GetBody()
	if err != nil {
		return "", err
	}
	defer body.Close()
	var form bytes.Buffer
	if _, err := form.ReadFrom(body); err != nil {
		return "", err
	}
	return form.String(), nil
}

// encode is RFC 5849's percent-encoding, which is not that of package url: it leaves letters, digits and -._~ alone.
func encode(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return !unreserved(r) }) {
		return text
	}
	return string(appendEncoded(make([]byte, 0, 3*len(text)), text))
}

func appendEncoded(b []byte, text string) []byte {
	const digits = "0123456789ABCDEF"
	for i := range len(text) {
		if c := text[i]; c < 0x80 && unreserved(rune(c)) {
			b = append(b, c)
		} else {
			b = append(b, '%', digits[c>>4], digits[c&15])
		}
	}
	return b
}

func unreserved(c rune) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~'
}

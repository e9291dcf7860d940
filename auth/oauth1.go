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
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/clevercloud-go/clevercloud/internal/redact"
)

// Method is the way in which [OAuth1] signs requests.
type Method uint8

// The signature methods that the API accepts.
const (
	// Plaintext sends both secrets with every request and relies on TLS. It is the default, and
	// what the official command line uses.
	Plaintext Method = iota
	// HMACSHA512 signs the request's method and URL, including the query, and its form body, if it
	// has one. The secrets are not sent.
	HMACSHA512
	// HMACSHA1 is HMACSHA512 with an older digest, for servers that do not support SHA-512.
	HMACSHA1
)

// String returns the method's name in requests: PLAINTEXT, HMAC-SHA512 or HMAC-SHA1.
func (m Method) String() string {
	if m > HMACSHA1 {
		return "Method(" + strconv.Itoa(int(m)) + ")"
	}
	return [...]string{"PLAINTEXT", "HMAC-SHA512", "HMAC-SHA1"}[m]
}

// OAuth1 holds credentials of OAuth 1.0 (RFC 5849): the token that a user granted to an
// application, and the application's consumer pair. A token works only with the pair that it was
// issued to; one from the configuration file of clever-tools needs the pair of clever-tools. It is
// an [Authenticator], and safe for concurrent use.
//
// An OAuth1 prints without its secrets, but not from an unexported field of another struct, see
// [Secret]; store its Authenticate method there instead.
type OAuth1 struct {
	ConsumerKey    string
	ConsumerSecret Secret
	Token          string
	TokenSecret    Secret
	Method         Method // Plaintext by default
	BaseURL        string // the token's API; DefaultBaseURL by default

	source string
}

// APIBaseURL returns o.BaseURL, or [DefaultBaseURL] if it is empty.
func (o OAuth1) APIBaseURL() string { return cmp.Or(o.BaseURL, DefaultBaseURL) }

// Source returns where this package found the token, such as "CLEVER_TOKEN with CLEVER_SECRET in
// the environment", or "" if the program gave it.
func (o OAuth1) Source() string { return o.source }

// Format prints the exported fields, with the secrets redacted.
func (o OAuth1) Format(f fmt.State, verb rune) {
	redact.Struct(f, verb, struct {
		ConsumerKey    string
		ConsumerSecret Secret
		Token          string
		TokenSecret    Secret
		Method         Method
		BaseURL        string
	}{o.ConsumerKey, o.ConsumerSecret, o.Token, o.TokenSecret, o.Method, o.BaseURL})
}

// Check returns an error if a key, token or secret is empty, is enclosed in quotes, or contains a
// space, a line break or a control character, or if the Method is unknown. The error names the
// field and does not quote it.
func (o OAuth1) Check() error {
	if o.Method > HMACSHA1 {
		return fmt.Errorf("auth: OAuth1: unknown signature method %d", uint8(o.Method))
	}
	return cmp.Or(
		check("OAuth1: ConsumerKey", o.ConsumerKey),
		check("OAuth1: ConsumerSecret", o.ConsumerSecret.Reveal()),
		check("OAuth1: Token", o.Token),
		check("OAuth1: TokenSecret", o.TokenSecret.Reveal()))
}

// Authenticate signs req. It sets only the Authorization header, and nothing if it returns an
// error.
//
// [HMACSHA512] and [HMACSHA1] cover the URL, the host and a form body, which must not change
// afterwards. A body of type application/x-www-form-urlencoded is read with req.GetBody; other
// bodies are not covered. A query that is not valid form encoding is an error, since the server
// might read it differently.
func (o OAuth1) Authenticate(req *http.Request) error {
	if err := o.Check(); err != nil {
		return err
	}
	params := append(make([]param, 0, 12),
		param{"oauth_consumer_key", escape(o.ConsumerKey)},
		param{"oauth_token", escape(o.Token)})
	var signature string
	if o.Method == Plaintext {
		signature = o.signingKey()
	} else {
		params = append(params,
			param{"oauth_signature_method", o.Method.String()},
			param{"oauth_timestamp", strconv.FormatInt(time.Now().Unix(), 10)},
			param{"oauth_nonce", rand.Text()},
			param{"oauth_version", "1.0"})
		var err error
		if signature, err = o.sign(req, params); err != nil {
			return err
		}
	}
	header := append(make([]byte, 0, 512), "OAuth "...)
	for _, p := range params {
		header = append(append(header, p.name...), `="`...)
		header = append(append(header, p.value...), `", `...)
	}
	header = appendEscaped(append(header, `oauth_signature="`...), signature)
	setAuthorization(req, string(append(header, '"')))
	return nil
}

// signingKey is the key of the HMAC methods, and the whole signature of PLAINTEXT (RFC 5849, 3.4.2
// and 3.4.4).
func (o OAuth1) signingKey() string {
	return escape(o.ConsumerSecret.Reveal()) + "&" + escape(o.TokenSecret.Reveal())
}

// sign returns the HMAC signature of req and the protocol's parameters.
func (o OAuth1) sign(req *http.Request, protocol []param) (string, error) {
	base, err := baseString(req, protocol)
	if err != nil {
		return "", err
	}
	digest := sha512.New
	if o.Method == HMACSHA1 {
		digest = sha1.New
	}
	mac := hmac.New(digest, []byte(o.signingKey()))
	mac.Write(base)
	return base64.StdEncoding.EncodeToString(mac.Sum(base[:0])), nil
}

// param is a parameter whose name and value are escaped.
type param struct{ name, value string }

// baseString returns what the HMAC methods sign (RFC 5849, 3.4.1.1): the scheme, the host and the
// path as the server sees them, and the parameters, sorted by escaped name, then by value, and
// escaped a second time.
func baseString(req *http.Request, protocol []param) ([]byte, error) {
	if req.URL == nil || req.URL.Host == "" || req.URL.Opaque != "" {
		return nil, errors.New("auth: cannot sign a request whose URL has no host or is opaque")
	}
	list, err := appendForm(append(make([]param, 0, 16), protocol...), req.URL.RawQuery)
	if err != nil {
		return nil, fmt.Errorf("auth: cannot sign the query: %w", err)
	}
	form, err := formBody(req)
	if err == nil {
		list, err = appendForm(list, form)
	}
	if err != nil {
		return nil, fmt.Errorf("auth: cannot sign the form body: %w", err)
	}
	slices.SortFunc(list, func(a, b param) int {
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.value, b.value))
	})

	scheme := strings.ToLower(req.URL.Scheme)
	defaultPort := map[string]string{"https": ":443", "http": ":80"}[scheme]
	host := strings.TrimSuffix(strings.ToLower(sentHost(req)), defaultPort)
	base := make([]byte, 0, 768)
	base = append(append(base, strings.ToUpper(cmp.Or(req.Method, http.MethodGet))...), '&')
	for _, part := range [...]string{scheme, "://", host, cmp.Or(req.URL.EscapedPath(), "/")} {
		base = appendEscaped(base, part)
	}
	base = append(base, '&')
	for _, p := range list {
		base = appendEscaped(base, p.name)
		base = appendEscaped(append(base, "%3D"...), p.value)
		base = append(base, "%26"...)
	}
	return bytes.TrimSuffix(base, []byte("%26")), nil
}

// sentHost returns the Host header of req. Package net/http converts names that are not ASCII to
// Punycode and removes the zone of an IPv6 address; it is asked by writing a request to memory.
func sentHost(req *http.Request) string {
	host := cmp.Or(req.Host, req.URL.Host)
	if !strings.ContainsFunc(host, func(r rune) bool { return r >= utf8.RuneSelf || r == '%' }) {
		return host
	}
	var sent bytes.Buffer
	probe := http.Request{URL: &url.URL{Host: host}}
	if probe.Write(&sent) != nil {
		return host // Sending req fails in the same way.
	}
	_, host, _ = strings.Cut(sent.String(), "\r\nHost: ")
	host, _, _ = strings.Cut(host, "\r\n")
	return host
}

// appendForm appends the parameters of a query or a form body. Only & separates them: a semicolon
// is data, as in the URL standard.
func appendForm(list []param, form string) ([]param, error) {
	for pair := range strings.SplitSeq(form, "&") {
		name, value, _ := strings.Cut(pair, "=")
		name, nameErr := url.QueryUnescape(name)
		value, valueErr := url.QueryUnescape(value)
		if nameErr != nil || valueErr != nil { // Which quote the form.
			return nil, errors.New("a % is not followed by two hexadecimal digits")
		}
		if pair != "" {
			list = append(list, param{escape(name), escape(value)})
		}
	}
	return list, nil
}

// formBody returns the body of req if it is a form.
func formBody(req *http.Request) (string, error) {
	mediaType, _, _ := strings.Cut(req.Header.Get("Content-Type"), ";")
	isForm := strings.EqualFold(strings.TrimSpace(mediaType), "application/x-www-form-urlencoded")
	if !isForm || req.Body == nil || req.Body == http.NoBody {
		return "", nil
	}
	if req.GetBody == nil {
		return "", errors.New("the request has no GetBody to read it twice")
	}
	body, err := req.GetBody()
	if err != nil {
		return "", err
	}
	defer body.Close()
	form, err := io.ReadAll(body)
	return string(form), err
}

// escape returns text in the percent-encoding of RFC 5849, 3.6, which writes a space as %20.
func escape(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }

// appendEscaped is escape without an allocation.
func appendEscaped(dst []byte, text string) []byte {
	const hex = "0123456789ABCDEF"
	for _, c := range []byte(text) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9',
			c == '-', c == '.', c == '_', c == '~':
			dst = append(dst, c)
		default:
			dst = append(dst, '%', hex[c>>4], hex[c&15])
		}
	}
	return dst
}

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
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Method is the way in which [OAuth1] signs a request.
type Method uint8

// The methods that the API accepts.
const (
	// Plaintext sends both secrets with every request and relies on TLS, as the official CLI does. It is the default.
	Plaintext Method = iota
	// HMACSHA512 signs the method, the URL with its query, and a form body, if there is one. The secrets stay on this side.
	HMACSHA512
	// HMACSHA1 does the same with an older digest, for servers that know no other.
	HMACSHA1
)

// String returns the name of the method on the wire: PLAINTEXT, HMAC-SHA512 or HMAC-SHA1.
func (m Method) String() string {
	switch m {
	case Plaintext:
		return "PLAINTEXT"
	case HMACSHA512:
		return "HMAC-SHA512"
	case HMACSHA1:
		return "HMAC-SHA1"
	default:
		return "Method(" + strconv.Itoa(int(m)) + ")"
	}
}

// OAuth1 is the credentials of RFC 5849: a token that a user granted, and the consumer pair of the application it was granted to.
// It is itself an [Authenticator], and safe for use by several goroutines.
//
// A token only works with the consumer that it was issued to. One from the configuration file of clever-tools needs the consumer
// pair of clever-tools.
//
// Printing an OAuth1 shows neither secret. That ends where it is in an unexported field of another struct, see [Secret]: hold its
// method Authenticate there, which is a func.
type OAuth1 struct {
	ConsumerKey    string
	ConsumerSecret Secret
	Token          string
	TokenSecret    Secret
	// Method is Plaintext if left out.
	Method Method
	// BaseURL is the API that the token is for. If empty, DefaultBaseURL.
	BaseURL string
}

// APIBaseURL returns o.BaseURL, or [DefaultBaseURL] if that is empty.
func (o OAuth1) APIBaseURL() string { return cmp.Or(o.BaseURL, DefaultBaseURL) }

// Format prints the fields, secrets redacted, with any verb.
func (o OAuth1) Format(f fmt.State, verb rune) {
	type fields OAuth1
	formatFields(f, verb, fields(o))
}

// Authenticate signs req.
//
// With [HMACSHA512] and [HMACSHA1], whatever changes the URL, the Host or a form body afterwards breaks the signature. A body of
// type application/x-www-form-urlencoded is read through req.GetBody and therefore needs one; other bodies are not covered, and
// not touched. A query that is not valid form encoding is an error, since the server might read it differently. Nothing but the
// header is changed, and nothing at all when an error is returned.
func (o OAuth1) Authenticate(req *http.Request) error {
	if err := o.check(); err != nil {
		return err
	}
	if o.Method == Plaintext {
		setAuthorization(req, authorization([]param{
			{"oauth_consumer_key", o.ConsumerKey},
			{"oauth_token", o.Token},
			{"oauth_signature", string(o.signingKey())},
		}))
		return nil
	}
	protocol := append(make([]param, 0, 7),
		param{"oauth_consumer_key", o.ConsumerKey},
		param{"oauth_token", o.Token},
		param{"oauth_signature_method", o.Method.String()},
		param{"oauth_timestamp", strconv.FormatInt(time.Now().Unix(), 10)},
		param{"oauth_nonce", rand.Text()},
		param{"oauth_version", "1.0"})
	signature, err := o.sign(req, protocol)
	if err != nil {
		return err
	}
	setAuthorization(req, authorization(append(protocol, param{"oauth_signature", signature})))
	return nil
}

func (o OAuth1) check() error {
	switch {
	case o.ConsumerKey == "":
		return errors.New("auth: OAuth1: ConsumerKey is empty")
	case o.ConsumerSecret == "":
		return errors.New("auth: OAuth1: ConsumerSecret is empty")
	case o.Token == "":
		return errors.New("auth: OAuth1: Token is empty")
	case o.TokenSecret == "":
		return errors.New("auth: OAuth1: TokenSecret is empty")
	case o.Method > HMACSHA1:
		return fmt.Errorf("auth: OAuth1: unknown signature method %d", uint8(o.Method))
	default:
		return nil
	}
}

// signingKey is the key of the HMAC methods, and the whole signature of PLAINTEXT (RFC 5849, 3.4.2 and 3.4.4).
func (o OAuth1) signingKey() []byte {
	key := make([]byte, 0, len(o.ConsumerSecret)+1+len(o.TokenSecret)+16)
	key = appendEncoded(key, o.ConsumerSecret.Reveal())
	key = append(key, '&')
	return appendEncoded(key, o.TokenSecret.Reveal())
}

func (o OAuth1) sign(req *http.Request, protocol []param) (string, error) {
	base, err := baseString(req, protocol)
	if err != nil {
		return "", err
	}
	digest := sha512.New
	if o.Method == HMACSHA1 {
		digest = sha1.New
	}
	return signature(digest, o.signingKey(), base), nil
}

func signature(digest func() hash.Hash, key, base []byte) string {
	mac := hmac.New(digest, key)
	mac.Write(base)
	return base64.StdEncoding.EncodeToString(mac.Sum(make([]byte, 0, sha512.Size)))
}

// A param is one protocol parameter, as it is before any encoding.
type param struct{ name, value string }

// authorization writes the header of RFC 5849, 3.5.1.
func authorization(params []param) string {
	dst := append(make([]byte, 0, 512), "OAuth "...)
	for i, p := range params {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = appendEncoded(dst, p.name)
		dst = append(dst, `="`...)
		dst = appendEncoded(dst, p.value)
		dst = append(dst, '"')
	}
	return string(dst)
}

// baseString is what the HMAC methods sign (RFC 5849, 3.4.1.1).
func baseString(req *http.Request, protocol []param) ([]byte, error) {
	if req.URL == nil || req.URL.Host == "" || req.URL.Opaque != "" {
		return nil, errors.New("auth: cannot sign a request whose URL has no host or is opaque")
	}
	list := parameters{text: make([]byte, 0, 512), spans: make([]span, 0, 16)}
	for _, p := range protocol {
		list.add(p)
	}
	if err := list.addForm(req.URL.RawQuery); err != nil {
		return nil, fmt.Errorf("auth: cannot sign the query: %w", err)
	}
	if err := list.addBody(req); err != nil {
		return nil, fmt.Errorf("auth: cannot sign the form body: %w", err)
	}
	list.sort()

	dst := append(make([]byte, 0, 1024), strings.ToUpper(cmp.Or(req.Method, http.MethodGet))...)
	dst = append(dst, '&')
	dst = appendBaseURI(dst, req)
	return list.appendTo(append(dst, '&')), nil
}

// appendBaseURI writes scheme, host and path, encoded (RFC 5849, 3.4.1.2). The host is the one of the Host header, which a request
// may set apart from its URL, and the path is the escaped one, because that is what the server sees.
func appendBaseURI(dst []byte, req *http.Request) []byte {
	u := req.URL
	scheme := strings.ToLower(u.Scheme)
	host := strings.ToLower(cmp.Or(req.Host, u.Host))
	switch scheme {
	case "https":
		host = strings.TrimSuffix(host, ":443")
	case "http":
		host = strings.TrimSuffix(host, ":80")
	}
	dst = appendEncoded(dst, scheme)
	dst = appendEncoded(dst, "://")
	dst = appendEncoded(dst, host)
	return appendEncoded(dst, cmp.Or(u.EscapedPath(), "/"))
}

// parameters is the list of RFC 5849, 3.4.1.3. All names and values are in one buffer, encoded once, so that a list of any length
// costs two allocations.
type parameters struct {
	text  []byte
	spans []span
}

// A span is the place of one parameter: the name is text[start:middle], the value text[middle:end].
type span struct{ start, middle, end int }

func (l *parameters) add(p param) {
	start := len(l.text)
	l.text = appendEncoded(l.text, p.name)
	middle := len(l.text)
	l.text = appendEncoded(l.text, p.value)
	l.spans = append(l.spans, span{start, middle, len(l.text)})
}

// addForm adds the pairs of a query or of a form body. Only & separates pairs: a semicolon is data, as in the URL standard.
func (l *parameters) addForm(form string) error {
	for form != "" {
		var pair string
		pair, form, _ = strings.Cut(form, "&")
		if pair == "" {
			continue
		}
		if err := l.addPair(pair); err != nil {
			return err
		}
	}
	return nil
}

func (l *parameters) addPair(pair string) (err error) {
	name, value, _ := strings.Cut(pair, "=")
	start := len(l.text)
	if l.text, err = appendReencoded(l.text, name); err != nil {
		return err
	}
	middle := len(l.text)
	if l.text, err = appendReencoded(l.text, value); err != nil {
		return err
	}
	l.spans = append(l.spans, span{start, middle, len(l.text)})
	return nil
}

// addBody adds the pairs of a form body, and leaves any other body alone.
func (l *parameters) addBody(req *http.Request) error {
	if req.Body == nil || req.Body == http.NoBody || !isForm(req.Header.Get("Content-Type")) {
		return nil
	}
	if req.GetBody == nil {
		return errors.New("the request has no GetBody to read it twice")
	}
	body, err := req.GetBody()
	if err != nil {
		return err
	}
	defer body.Close()
	form, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	return l.addForm(string(form))
}

func isForm(contentType string) bool {
	mediaType, _, _ := strings.Cut(contentType, ";")
	return strings.EqualFold(strings.TrimSpace(mediaType), "application/x-www-form-urlencoded")
}

// sort orders by name, then by value. Comparing whole pairs would be wrong: "a-b=" comes before "a=", since - sorts before =.
func (l *parameters) sort() {
	slices.SortFunc(l.spans, func(a, b span) int {
		return cmp.Or(
			bytes.Compare(l.text[a.start:a.middle], l.text[b.start:b.middle]),
			bytes.Compare(l.text[a.middle:a.end], l.text[b.middle:b.end]))
	})
}

// appendTo writes the list as it stands in the base string: joined by = and &, and then encoded a second time as a whole.
func (l *parameters) appendTo(dst []byte) []byte {
	for i, s := range l.spans {
		if i > 0 {
			dst = append(dst, "%26"...)
		}
		dst = appendEncoded(dst, l.text[s.start:s.middle])
		dst = append(dst, "%3D"...)
		dst = appendEncoded(dst, l.text[s.middle:s.end])
	}
	return dst
}

// appendEncoded writes text in the percent-encoding of RFC 5849, 3.6, which is not the one of net/url: a blank is %20, and nothing
// but the unreserved characters stays.
func appendEncoded[T string | []byte](dst []byte, text T) []byte {
	for i := range len(text) {
		dst = appendByte(dst, text[i])
	}
	return dst
}

func appendByte(dst []byte, c byte) []byte {
	const hex = "0123456789ABCDEF"
	if isUnreserved(c) {
		return append(dst, c)
	}
	return append(dst, '%', hex[c>>4], hex[c&15])
}

func isUnreserved(c byte) bool {
	switch {
	case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		return true
	default:
		return c == '-' || c == '.' || c == '_' || c == '~'
	}
}

// appendReencoded reads form encoding and writes RFC 5849's. The two differ in the blank and in what needs an escape.
func appendReencoded(dst []byte, form string) ([]byte, error) {
	for i := 0; i < len(form); i++ {
		switch c := form[i]; c {
		case '+':
			dst = appendByte(dst, ' ')
		case '%':
			if i+2 >= len(form) || !isHex(form[i+1]) || !isHex(form[i+2]) {
				return dst, errors.New("a % is not followed by two hexadecimal digits")
			}
			dst = appendByte(dst, unhex(form[i+1])<<4|unhex(form[i+2]))
			i += 2
		default:
			dst = appendByte(dst, c)
		}
	}
	return dst, nil
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return (c | 0x20) - 'a' + 10
}

var _ interface {
	Authenticator
	Located
} = OAuth1{}

package clevercloud

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"strings"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/internal/redact"
	"github.com/clevercloud-go/clevercloud/internal/transport"
)

// download copies a document to w as it arrives and returns the number of bytes written.
func (o operation[Out]) download(
	ctx context.Context, c *Client, w io.Writer, opts []CallOption, in input, ids ...string,
) (int64, error) {
	if isNil(w) {
		return 0, &ValidationError{Operation: o.id, Argument: "w", Reason: "must not be nil"}
	}
	x, err := c.send(ctx, spec(o), settings{streamed: true}, opts, in, ids)
	if err != nil {
		return 0, err
	}
	return x.copyTo(w)
}

// text returns a short document, which holds secrets, as a whole. It is retried like any result.
func (o operation[Out]) text(
	ctx context.Context, c *Client, opts []CallOption, in input, ids ...string,
) (auth.Secret, error) {
	x, err := c.send(ctx, spec(o), settings{}, opts, in, ids)
	if err != nil {
		return "", err
	}
	text, err := x.text()
	return auth.Secret(text), err
}

// text returns the body as it is.
func (x *exchange) text() (string, error) {
	switch err := x.checkDocument(); {
	case err != nil:
		return "", err
	case transport.EndsWithConnection(x.Response):
		return "", x.decodeError(nil, errNoLength())
	case len(x.Body) == 0:
		return "", x.decodeError(nil, errEmptyDocument)
	}
	return string(x.Body), nil
}

var errEmptyDocument = errors.New("the document is empty")

// errNoLength is not a variable, which a program would initialize at its start.
func errNoLength() error {
	return fmt.Errorf("response has no length and may be truncated (%w)", io.ErrUnexpectedEOF)
}

// checkDocument rejects a response of another kind than expected, such as a login page in place of
// a PDF.
func (x *exchange) checkDocument() error {
	kind, _, _ := mime.ParseMediaType(x.Response.Header.Get("Content-Type"))
	acceptsText := strings.HasPrefix(x.accept, "text/") || x.accept == mediaYAML
	foreign := kind == mediaJSON || kind == "text/html" ||
		strings.HasPrefix(kind, "text/") && !acceptsText
	if !foreign || x.accept == "" || x.accept == "*/*" || x.accept == kind {
		return nil
	}
	return x.decodeError(nil, fmt.Errorf("expected %s, got %s", x.accept, kind))
}

// copyTo copies the body to w. It writes nothing of a response that is not the expected document.
func (x *exchange) copyTo(w io.Writer) (int64, error) {
	resp := x.Response
	defer resp.Body.Close()
	if err := x.checkDocument(); err != nil {
		return 0, err
	}
	source := &source{r: resp.Body}
	n, err := io.Copy(w, source)
	if err == nil && transport.EndsWithConnection(resp) {
		source.err = errNoLength()
	}
	switch {
	case source.err != nil:
		e := x.failure(source.err)
		progress := fmt.Sprint(n)
		if resp.ContentLength > 0 {
			progress += fmt.Sprintf(" of %d", resp.ContentLength)
		}
		e.text = fmt.Sprintf("download ended early, after %s bytes: %s",
			progress, redact.Line(e.err.Error(), 512))
		return n, e
	case err != nil:
		return n, &RequestError{
			Operation: x.id, target: x.target(), Attempts: x.Attempts,
			MaybeApplied: !transport.IsRead(x.method),
			err:          fmt.Errorf("write after %d bytes: %w", n, err),
		}
	case n == 0 && x.accept != "" && x.accept != "*/*":
		return 0, x.decodeError(nil, errEmptyDocument)
	}
	return n, nil
}

// source records read errors, since io.Copy does not tell them from write errors.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != io.EOF {
		s.err = err
	}
	return n, err
}

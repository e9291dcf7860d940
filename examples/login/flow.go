package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/examples/internal/atomicfile"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
)

// refused is the end of a login that the user did not accept.
func refused(how string) error {
	return &cli.Exit{Status: 1, Err: errors.New(how + "; nothing was stored")}
}

// authorize obtains a token from the user. The browser brings the verifier to a server on a
// loopback address, which ends with the function.
func (l *login) authorize(ctx context.Context) (auth.AccessToken, error) {
	listener, err := listen(l.addr)
	if err != nil {
		return auth.AccessToken{}, err
	}
	defer listener.Close()
	callback := "http://" + listener.Addr().String() + "/callback"
	request, err := l.flow.RequestToken(ctx, callback)
	var rejected *auth.FlowError
	if errors.As(err, &rejected) {
		return auth.AccessToken{}, fmt.Errorf("%w; are OAUTH_CONSUMER_KEY and "+
			"OAUTH_CONSUMER_SECRET a pair, and is %s within the consumer's base URL?",
			err, callback)
	}
	if err != nil {
		return auth.AccessToken{}, err
	}
	verifiers := make(chan string, 1)
	server := &http.Server{
		Handler: receive(request.Token, verifiers), ReadHeaderTimeout: 10 * time.Second,
	}
	go server.Serve(listener) // ends with Shutdown
	defer func() {            // the browser still gets its page
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		_ = server.Shutdown(end)
	}()

	page := l.flow.AuthorizeURL(request.Token)
	l.Notef("Open this page to log in:\n%s", page)
	if l.Live {
		_ = l.browse(page) // the user can still open it by hand
	}
	l.Status("Waiting for the browser. Ctrl-C ends it.")
	select {
	case verifier := <-verifiers:
		if verifier == "" {
			return auth.AccessToken{}, refused("denied in the browser")
		}
		return l.flow.AccessToken(ctx, request.Token, request.Secret, verifier)
	case <-time.After(l.wait):
		return auth.AccessToken{}, refused("nobody accepted in the browser in time")
	case <-ctx.Done():
		return auth.AccessToken{}, ctx.Err()
	}
}

// listen accepts loopback addresses only, since the verifier comes without TLS.
func listen(addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return nil, errors.New("-addr must be a loopback address, such as 127.0.0.1:8765")
	}
	return net.Listen("tcp", addr)
}

// receive returns the callback's handler. It takes the first visit with the request token, which
// only this login knows. Without a verifier, the user denied access.
func receive(token string, verifiers chan<- string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /callback", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "no-referrer")
		if r.FormValue("oauth_token") != token {
			http.Error(w, "This is not the login that was asked for.", http.StatusBadRequest)
			return
		}
		select {
		case verifiers <- r.FormValue("oauth_verifier"):
		default: // a reload of the page
		}
		io.WriteString(w, "Done. The terminal says how it went; this page can be closed.\n")
	})
	return mux
}

// save writes the token in the form of clever-tools' file.
func save(file string, token auth.AccessToken) error {
	content := map[string]string{"token": token.Token, "secret": token.TokenSecret.Reveal()}
	if !token.ExpirationDate.IsZero() {
		content["expirationDate"] = token.ExpirationDate.UTC().Format(time.RFC3339)
	}
	if token.BaseURL != "" {
		content["API_HOST"] = token.BaseURL // useless elsewhere, and a secret
	}
	text, err := json.Marshal(content)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	return atomicfile.WriteString(file, string(text))
}

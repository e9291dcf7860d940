// Login lets a user log in to Clever Cloud in the browser and keeps the token.
//
//	export OAUTH_CONSUMER_KEY=… OAUTH_CONSUMER_SECRET=…
//	go run ./examples/login [-file token.json] [-addr 127.0.0.1:8765] [-wait 5m]
//
//	Open this page to log in:
//	https://api.clever-cloud.com/v2/oauth/authorize?oauth_token=6f1c…
//	Logged in as Camille Durand <camille@example.com>. The token is in /home/camille/.config/….
//
// The pair is that of an application of yours: create an OAuth consumer in the console, with
// http://127.0.0.1:8765 as its base URL. On a terminal the browser is opened; in a pipe only the
// address is printed. The browser comes back to -addr, where this program listens until then.
//
// The file has the form of clever-tools' own and mode 0600. Every program of this SDK can use it:
// set CONFIGURATION_FILE to its name, and the pair as above. The next run only says who is logged
// in, until the token expires.
//
// To try it without an account, run examples/localapi and set the variables that it prints; its
// login page accepts at once. The exit status is 0, 1 if the login was denied or not finished in
// time, 2 after wrong usage or another error, 130 when interrupted.
package main

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

func main() { cli.Main("login", program(browse)) }

// A login holds the flags and the consumer.
type login struct {
	*term.Screen
	flow       auth.Flow
	file, addr string
	wait       time.Duration
	browse     func(address string) error
}

func program(browse func(address string) error) cli.Program {
	return func(c *cli.Command) func(context.Context) error {
		l := &login{Screen: c.Screen, browse: browse}
		c.StringVar(&l.file, "file", "", "`file` for the token "+
			"(default: clevercloud-login.json in the user's configuration directory)")
		c.StringVar(&l.addr, "addr", "127.0.0.1:8765", "loopback `address` for the callback")
		c.DurationVar(&l.wait, "wait", 5*time.Minute, "how long to wait for the browser")
		return l.start
	}
}

// start says who is logged in, after a login if need be.
func (l *login) start(ctx context.Context) error {
	l.flow = auth.Flow{
		ConsumerKey:    os.Getenv("OAUTH_CONSUMER_KEY"),
		ConsumerSecret: auth.Secret(os.Getenv("OAUTH_CONSUMER_SECRET")),
		BaseURL:        os.Getenv("API_HOST"),
	}
	if l.flow.ConsumerKey == "" || l.flow.ConsumerSecret == "" {
		return errors.New("set OAUTH_CONSUMER_KEY and OAUTH_CONSUMER_SECRET " +
			"to the pair of an OAuth consumer; create one in the console")
	}
	if l.file == "" {
		dir, err := os.UserConfigDir()
		if err != nil {
			return err
		}
		l.file = filepath.Join(dir, "clevercloud-login.json")
	}
	// The file has the form of clever-tools', so that package auth can read it.
	if err := os.Setenv("CONFIGURATION_FILE", l.file); err != nil {
		return err
	}
	stored, err := auth.FromCleverTools("")
	if err == nil {
		err = l.greet(ctx, stored)
	}
	// Any other error, such as a file of another form, is not a reason to overwrite the file.
	if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, auth.ErrExpired) &&
		!errors.Is(err, clevercloud.ErrUnauthorized) {
		return err
	}
	token, err := l.authorize(ctx)
	if err != nil {
		return err
	}
	if err := save(l.file, token); err != nil {
		return err
	}
	return l.greet(ctx, token)
}

func (l *login) greet(ctx context.Context, credentials auth.Authenticator) error {
	client, err := clevercloud.New(clevercloud.WithAuth(credentials))
	if err != nil {
		return err
	}
	self, err := client.Identity.Self(ctx)
	if err != nil {
		return err
	}
	l.Printf("Logged in as %s <%s>. The token is in %s.\n",
		l.Foreign(cmp.Or(self.Name, string(self.ID))), l.Foreign(self.Email), l.file)
	return l.Err()
}

// browse opens the user's browser.
func browse(address string) error {
	command := []string{"xdg-open"}
	switch runtime.GOOS {
	case "darwin":
		command = []string{"open"}
	case "windows":
		command = []string{"rundll32", "url.dll,FileProtocolHandler"}
	}
	return exec.Command(command[0], append(command[1:], address)...).Start()
}

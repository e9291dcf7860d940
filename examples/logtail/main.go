// Logtail follows the log of an application, in colour on a terminal and plain in a pipe.
//
//	go run ./examples/logtail -owner orga_… -app app_… -since 1h
//
// Without credentials it tails the embedded API, which logs as it goes. Ctrl-C ends it and says how many lines there were.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/auth"
)

func main() {
	t := tail{out: os.Stdout, notes: os.Stderr}
	var services string
	flag.StringVar(&t.owner, "owner", "", "organisation or user, orga_… or user_…")
	flag.StringVar(&t.app, "app", "", "application, app_…")
	flag.DurationVar(&t.since, "since", 0, "start this long ago (0: now)")
	flag.StringVar(&t.deployment, "deployment", "", "only this deployment")
	flag.StringVar(&services, "service", "", "only these systemd units, by commas; all is every one (default: bas,bas-deploy)")
	flag.StringVar(&t.filter, "filter", "", "only messages that contain this")
	flag.BoolVar(&t.asJSON, "json", false, "one JSON object a line, as the API sent it")
	flag.Parse()
	if services != "" {
		t.services = strings.Split(services, ",")
	}
	t.colour = isTerminal(os.Stdout) && os.Getenv("NO_COLOR") == ""

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := start(ctx, &t); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// start finds the API to tail and tails it.
func start(ctx context.Context, t *tail) error {
	credentials, err := auth.Default()
	if errors.Is(err, auth.ErrNoCredentials) {
		return embedded(ctx, t)
	}
	if err != nil {
		return err
	}
	if t.owner == "" || t.app == "" {
		return errors.New("logtail: -owner and -app are needed with credentials")
	}
	client, err := clevercloud.New(clevercloud.WithAuth(credentials))
	if err != nil {
		return err
	}
	return t.run(ctx, client)
}

// A tail is what the flags say.
type tail struct {
	out, notes       io.Writer
	owner, app       string
	deployment       string
	services         []string
	filter           string
	since            time.Duration
	asJSON, colour   bool
	lines, reconnect int
}

func (t *tail) query() clevercloud.LogQuery {
	q := clevercloud.LogQuery{
		DeploymentID: clevercloud.DeploymentID(t.deployment), Services: t.services, Filter: t.filter, KeepRaw: t.asJSON,
		// The API's own pace is slow for catching up with the past.
		ThrottleElements: 2000, ThrottlePer: 100 * time.Millisecond,
		OnReconnect: func(r clevercloud.Reconnect) {
			t.reconnect++
			fmt.Fprintf(t.notes, "reconnecting in %v: %v\n", r.Wait.Round(time.Millisecond), r.Err)
		},
	}
	if t.since > 0 {
		q.Since = time.Now().Add(-t.since)
	}
	return q
}

// run prints entries until ctx ends, which is no error.
func (t *tail) run(ctx context.Context, client *clevercloud.Client) error {
	defer func() { fmt.Fprintf(t.notes, "\n%d lines, %d reconnects\n", t.lines, t.reconnect) }()
	for entry, err := range client.Logs.Stream(ctx, clevercloud.OwnerID(t.owner), clevercloud.ApplicationID(t.app), t.query()) {
		var malformed *clevercloud.LogDecodeError
		switch {
		case errors.As(err, &malformed):
			fmt.Fprintln(t.notes, err)
			continue
		case ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		}
		t.lines++
		if err := t.print(entry); err != nil {
			return err
		}
	}
	return nil
}

func (t *tail) print(entry clevercloud.LogEntry) error {
	if t.asJSON {
		return json.NewEncoder(t.out).Encode(entry.Raw())
	}
	message := strings.TrimRight(entry.Message, "\n")
	if !t.colour {
		message = withoutEscapes(message)
	}
	_, err := fmt.Fprintf(t.out, "%s %s %s\n",
		t.paint(grey, entry.Date.Local().Format("15:04:05.000")), t.paint(hue(entry), fmt.Sprintf("%-10s", entry.Service)), message)
	return err
}

const (
	red    = "31"
	yellow = "33"
	green  = "32"
	cyan   = "36"
	grey   = "90"
)

// hue tells trouble from the platform's words and both from the application's.
func hue(entry clevercloud.LogEntry) string {
	switch entry.Severity {
	case "emerg", "alert", "crit", "err":
		return red
	case "warning":
		return yellow
	}
	if strings.TrimSuffix(entry.Service, ".service") == "bas" {
		return green
	}
	return cyan
}

func (t *tail) paint(colour, text string) string {
	if !t.colour {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// withoutEscapes removes the colours that applications print, and whatever else a terminal would obey.
func withoutEscapes(text string) string {
	if !strings.Contains(text, "\x1b") {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\x1b' {
			b.WriteByte(text[i])
			continue
		}
		if i++; i < len(text) && text[i] == '[' {
			for i++; i < len(text) && (text[i] < '@' || text[i] > '~'); i++ {
			}
		}
	}
	return b.String()
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

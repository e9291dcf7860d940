package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/clevercloud-go/clevercloud"
)

// A format is how an entry is written. Both formats hold its id.
type format interface {
	// entry returns an entry on one line, without the line's end.
	entry(e clevercloud.LogEntry) []byte
	// mark is the part of the line that holds the id.
	mark(id string) []byte
	// frame returns a line as it is sent over TCP.
	frame(line []byte) []byte
	// extension is that of a file.
	extension() string
}

var formats = map[string]format{"json": jsonLines{}, "syslog": syslog{}}

// jsonLines writes entries as the SDK does, one object a line.
type jsonLines struct{}

func (jsonLines) entry(e clevercloud.LogEntry) []byte {
	line, err := json.Marshal(e)
	if err != nil {
		panic(err) // the values are texts, numbers and dates
	}
	return line
}

func (f jsonLines) mark(id string) []byte {
	line := f.entry(clevercloud.LogEntry{ID: id})
	return line[1 : len(line)-1]
}

func (jsonLines) frame(line []byte) []byte { return append(line, '\n') }

func (jsonLines) extension() string { return ".jsonl" }

// syslog writes entries by RFC 5424. The id and what has no field of its own are structured data,
// under the number that is set aside for examples: use that of your organisation.
type syslog struct{}

const dataID = "clevercloud@32473"

var severities = []string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}

// daemon is the facility of what tells none.
const daemon = 3 << 3

func (s syslog) entry(e clevercloud.LogEntry) []byte {
	priority := e.Priority
	if priority <= 0 || priority > 191 {
		priority = daemon + max(slices.Index(severities, cmp.Or(e.Severity, "info")), 0)
	}
	date, pid := "-", ""
	if !e.Date.IsZero() {
		date = e.Date.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	if e.PID > 0 {
		pid = strconv.Itoa(e.PID)
	}
	var data strings.Builder
	for _, p := range []struct{ name, value string }{
		{"deployment", string(e.DeploymentID)}, {"commit", e.CommitID}, {"zone", string(e.Zone)},
	} {
		if p.value != "" {
			fmt.Fprintf(&data, ` %s="%s"`, p.name, escaped.Replace(p.value))
		}
	}
	return fmt.Appendf(nil, "<%d>1 %s %s %s %s %s [%s %s%s] %s", priority, date,
		header(string(e.InstanceID), 255), header(string(e.ApplicationID), 48), header(pid, 128),
		header(e.Service, 32), dataID, s.mark(e.ID), data.String(), message(e.Message))
}

func (syslog) mark(id string) []byte { return []byte(`id="` + escaped.Replace(id) + `"`) }

// frame counts the octets, by RFC 6587.
func (syslog) frame(line []byte) []byte { return fmt.Appendf(nil, "%d %s", len(line), line) }

func (syslog) extension() string { return ".log" }

var (
	escaped = strings.NewReplacer(`"`, `\"`, `\`, `\\`, `]`, `\]`, "\n", " ", "\r", " ")
	breaks  = strings.NewReplacer("\n", "#012", "\r", "#015") // as syslog daemons write them
)

func message(text string) string { return breaks.Replace(strings.TrimRight(text, "\r\n")) }

// header returns text as a field of the header: printable, without blanks, and not too long.
func header(text string, limit int) string {
	text = strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return '_'
		}
		return r
	}, text)
	return cmp.Or(text[:min(len(text), limit)], "-")
}

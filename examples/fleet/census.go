package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

// A census holds the counts.
type census struct {
	*term.Screen
	jobs int

	mu       sync.Mutex
	counts   map[place]map[string]int // by flavour
	failures []string
	seen     int
}

// A place is a row of the table.
type place struct {
	owner clevercloud.OwnerID
	name  string // the owner's
	zone  string
}

// run counts. It fails only if there is nothing to show; other errors are added to the failures.
func (c *census) run(ctx context.Context, client *clevercloud.Client) error {
	seen, err := client.Identity.Summary(ctx)
	if err != nil {
		return err
	}
	var apps []clevercloud.Application // with their zones, which the summary does not tell
	names := map[clevercloud.OwnerID]string{}
	owners := append(seen.Organisations, seen.User)
	for _, o := range owners {
		names[o.ID] = o.Name
	}
	cli.Each(ctx, c.jobs, owners, func(o clevercloud.SummaryOwner) {
		found, err := client.Applications.List(ctx, o.ID)
		c.note(o.Name, err, func() {
			for _, app := range found {
				app.OwnerID = o.ID
				apps = append(apps, app)
			}
		})
	})
	cli.Each(ctx, c.jobs, apps, func(app clevercloud.Application) {
		counts, err := instancesOf(ctx, client, app)
		name := names[app.OwnerID]
		c.note(name+", "+app.Name, err, func() {
			at := place{app.OwnerID, name, cmp.Or(string(app.Zone), "?")}
			for flavor, n := range counts {
				if c.counts[at] == nil {
					c.counts[at] = map[string]int{}
				}
				c.counts[at][flavor] += n
			}
			c.seen++
			c.Progress(c.seen, len(apps), "applications")
		})
	})
	slices.Sort(c.failures)
	return ctx.Err()
}

// instancesOf counts the running instances of an application by flavour.
func instancesOf(
	ctx context.Context, client *clevercloud.Client, app clevercloud.Application,
) (map[string]int, error) {
	q := clevercloud.InstanceQuery{ExcludeDeleted: true, ExcludeStates: []clevercloud.InstanceState{
		clevercloud.InstanceStateStopping, clevercloud.InstanceStateGhost,
	}}
	counts := map[string]int{}
	for instance, err := range client.Orchestration.Instances(ctx, app.OwnerID, app.ID, q) {
		if err != nil {
			return nil, err
		}
		if !instance.IsBuildVM {
			counts[cmp.Or(instance.Flavor, "?")]++
		}
	}
	return counts, nil
}

// note keeps the result of a call, or its error. It may be called concurrently.
func (c *census) note(what string, err error, keep func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.failures = append(c.failures, fmt.Sprintf("%s: %v", c.Foreign(what), err))
		return
	}
	keep()
}

// places are where something was counted, in order.
func (c *census) places() []place {
	return slices.SortedFunc(maps.Keys(c.counts), func(a, b place) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.owner, b.owner),
			cmp.Compare(a.zone, b.zone))
	})
}

// bySize orders flavours as the price list does, and after them those that it does not have yet.
func bySize(a, b string) int {
	sizes := []string{"pico", "nano", "XS", "S", "M", "L", "XL", "2XL", "3XL"}
	rank := func(flavor string) int {
		if i := slices.Index(sizes, flavor); i >= 0 {
			return i
		}
		return len(sizes)
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
}

// table prints a row for each organisation and zone, a column for each flavour, and sums.
func (c *census) table() error {
	places, sums := c.places(), map[string]int{}
	for _, counts := range c.counts {
		for flavor, n := range counts {
			sums[flavor] += n
		}
	}
	if len(places) == 0 {
		c.Printf("No instances.\n")
		return c.Err()
	}
	flavors := slices.SortedFunc(maps.Keys(sums), bySize)
	row := func(name, zone string, counts map[string]int) []string {
		cells, total := []string{c.Foreign(name), c.Foreign(zone)}, 0
		for _, flavor := range flavors {
			cell := "." // so that numbers stand out
			if n := counts[flavor]; n > 0 {
				cell = strconv.Itoa(n)
			}
			cells, total = append(cells, cell), total+counts[flavor]
		}
		return append(cells, strconv.Itoa(total))
	}
	head := []string{"ORGANISATION", "ZONE"}
	for _, flavor := range flavors {
		head = append(head, c.Foreign(flavor))
	}
	rows := [][]string{append(head, "TOTAL")}
	for i, at := range places {
		name := at.name
		if i > 0 && places[i-1].owner == at.owner {
			name = ""
		}
		rows = append(rows, row(name, at.zone, c.counts[at]))
	}
	rows = append(rows, row("TOTAL", "", sums))
	for i, text := range term.Table(rows) {
		if i == 0 || i == len(rows)-1 {
			text = c.Paint(term.Bold, text)
		} else {
			text = strings.ReplaceAll(text, " .", " "+c.Paint(term.Grey, "."))
		}
		c.Printf("%s\n", text)
	}
	return c.Err()
}

// A line is a place with one flavour.
type line struct {
	OrganisationID clevercloud.OwnerID `json:"organisation_id"`
	Organisation   string              `json:"organisation"`
	Zone           string              `json:"zone"`
	Flavor         string              `json:"flavor"`
	Instances      int                 `json:"instances"`
}

func (c *census) lines() []line {
	lines := []line{}
	for _, at := range c.places() {
		for _, flavor := range slices.SortedFunc(maps.Keys(c.counts[at]), bySize) {
			lines = append(lines, line{at.owner, at.name, at.zone, flavor, c.counts[at][flavor]})
		}
	}
	return lines
}

// csv prints the lines.
func (c *census) csv() error {
	rows := [][]string{{"organisation_id", "organisation", "zone", "flavor", "instances"}}
	for _, l := range c.lines() {
		rows = append(rows, []string{
			string(l.OrganisationID), cli.Cell(l.Organisation), l.Zone, l.Flavor,
			strconv.Itoa(l.Instances),
		})
	}
	return csv.NewWriter(c).WriteAll(rows)
}

// json prints the lines as an array of objects.
func (c *census) json() error {
	encoder := json.NewEncoder(c)
	encoder.SetIndent("", "  ")
	return encoder.Encode(c.lines())
}

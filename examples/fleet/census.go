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
	"unicode/utf8"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

// A census holds the flags and the counts.
type census struct {
	*term.Screen
	jobs int

	mu       sync.Mutex
	counts   map[place]int
	failures []string
	seen     int
}

// A place has a count of its own.
type place struct {
	Owner  clevercloud.OwnerID
	Name   string // the owner's
	Zone   string
	Flavor string
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
	each(ctx, c.jobs, owners, func(o clevercloud.SummaryOwner) {
		found, err := client.Applications.List(ctx, o.ID)
		c.note(o.Name, err, func() {
			for _, app := range found {
				app.OwnerID = o.ID
				apps = append(apps, app)
			}
		})
	})
	each(ctx, c.jobs, apps, func(app clevercloud.Application) {
		counts, err := instancesOf(ctx, client, app)
		name := names[app.OwnerID]
		c.note(name+", "+app.Name, err, func() {
			for flavor, n := range counts {
				c.counts[place{app.OwnerID, name, cmp.Or(string(app.Zone), "?"), flavor}] += n
			}
			c.seen++
			c.Status("%s %d/%d applications", c.Bar(c.seen, len(apps), 30), c.seen, len(apps))
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

// each calls do for every item, with so many calls at a time, until ctx ends.
func each[T any](ctx context.Context, jobs int, items []T, do func(T)) {
	queue := make(chan T)
	var running sync.WaitGroup
	for range min(jobs, len(items)) {
		running.Go(func() {
			for item := range queue {
				do(item)
			}
		})
	}
	defer running.Wait()
	defer close(queue)
	for _, item := range items {
		select {
		case queue <- item:
		case <-ctx.Done():
			return
		}
	}
}

// places are what was counted, in order.
func (c *census) places() []place {
	return slices.SortedFunc(maps.Keys(c.counts), func(a, b place) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Owner, b.Owner),
			cmp.Compare(a.Zone, b.Zone), bySize(a.Flavor, b.Flavor))
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

// A row of the table is an organisation's in a zone; the zero row is the sum of all.
type row struct {
	owner clevercloud.OwnerID
	name  string
	zone  string
}

// table prints a row for each organisation and zone, a column for each flavour, and sums.
func (c *census) table() {
	rows, columns, cells := c.cells()
	if len(rows) == 0 {
		c.Printf("No instances.\n")
		return
	}
	name, zone := len("ORGANISATION"), len("ZONE")
	for _, r := range rows {
		name, zone = max(name, utf8.RuneCountInString(r.name)), max(zone, utf8.RuneCountInString(r.zone))
	}
	widths := make([]int, len(columns))
	head := fmt.Sprintf("%-*s  %-*s", name, "ORGANISATION", zone, "ZONE")
	for i, column := range columns {
		title := cmp.Or(c.Foreign(column), "TOTAL")
		widths[i] = 2 + max(utf8.RuneCountInString(title), len(strconv.Itoa(cells[row{}][column])))
		head += fmt.Sprintf("%*s", widths[i], title)
	}
	line := func(first string, r row) string {
		text := fmt.Sprintf("%-*s  %-*s", name, first, zone, r.zone)
		for i, column := range columns {
			text += c.number(widths[i], cells[r][column])
		}
		return text
	}
	c.Printf("%s\n", c.Paint(term.Bold, head))
	for i, r := range rows {
		first := r.name
		if i > 0 && rows[i-1].owner == r.owner {
			first = ""
		}
		c.Printf("%s\n", line(first, r))
	}
	c.Printf("%s\n", c.Paint(term.Bold, line("TOTAL", row{})))
}

// cells adds up. The column "" is the sum of a row.
func (c *census) cells() (rows []row, columns []string, cells map[row]map[string]int) {
	cells = map[row]map[string]int{{}: {}}
	for _, p := range c.places() {
		r := row{p.Owner, c.Foreign(p.Name), c.Foreign(p.Zone)}
		if cells[r] == nil {
			rows = append(rows, r)
			cells[r] = map[string]int{}
		}
		for _, at := range []row{r, {}} {
			cells[at][p.Flavor] += c.counts[p]
			cells[at][""] += c.counts[p]
		}
		columns = append(columns, p.Flavor)
	}
	slices.SortFunc(columns, bySize)
	return rows, append(slices.Compact(columns), ""), cells
}

// number is a cell; nothing is a dot, so that numbers stand out.
func (c *census) number(width, n int) string {
	if n == 0 {
		return strings.Repeat(" ", width-1) + c.Paint(term.Grey, ".")
	}
	return fmt.Sprintf("%*d", width, n)
}

// csv prints a line for each place. A name that a spreadsheet would take for a formula gets a
// leading apostrophe.
func (c *census) csv() error {
	w := csv.NewWriter(c)
	// Errors are kept for the last call of Error.
	_ = w.Write([]string{"organisation_id", "organisation", "zone", "flavor", "instances"})
	for _, p := range c.places() {
		name := p.Name
		if name != "" && strings.ContainsRune("=+-@\t\r\n", rune(name[0])) {
			name = "'" + name
		}
		_ = w.Write([]string{string(p.Owner), name, p.Zone, p.Flavor, strconv.Itoa(c.counts[p])})
	}
	w.Flush()
	return w.Error()
}

// json prints the same as an array.
func (c *census) json() error {
	type line struct {
		OrganisationID clevercloud.OwnerID `json:"organisation_id"`
		Organisation   string              `json:"organisation"`
		Zone           string              `json:"zone"`
		Flavor         string              `json:"flavor"`
		Instances      int                 `json:"instances"`
	}
	lines := make([]line, 0, len(c.counts))
	for _, p := range c.places() {
		lines = append(lines, line{p.Owner, p.Name, p.Zone, p.Flavor, c.counts[p]})
	}
	text, err := json.MarshalIndent(lines, "", "  ")
	if err != nil {
		return err
	}
	c.Printf("%s\n", text)
	return c.Err()
}

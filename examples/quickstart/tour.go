package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/clevercloud-go/clevercloud"
)

// A tour shows one domain after the other.
type tour struct {
	ctx    context.Context
	w      io.Writer
	client *clevercloud.Client
	mark   string // added to each heading
	place
}

// reads shows what is there.
func (t *tour) reads() error {
	t.heading(fmt.Sprintf("Owner: %s, %s", t.name, t.owner))
	stops := []func() error{t.zones, t.invoices}
	if t.app != "" {
		stops = append(stops, t.deployments, t.instances, t.loadBalancers, t.drains)
	}
	stops = append(stops, t.listOperators)
	if t.pulsar != "" {
		stops = append(stops, t.policies)
	}
	return visit(stops...)
}

func visit(stops ...func() error) error {
	for _, stop := range stops {
		if err := stop(); err != nil {
			return err
		}
	}
	return nil
}

func (t *tour) heading(text string) { fmt.Fprintf(t.w, "\n%s%s\n", text, t.mark) }

// table prints a heading and rows of cells, or that there are none.
func (t *tour) table(heading string, columns string, rows [][]any) {
	t.heading(heading)
	if len(rows) == 0 {
		fmt.Fprintln(t.w, "  (none)")
		return
	}
	tw := tabwriter.NewWriter(t.w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "  "+strings.ReplaceAll(columns, " ", "\t"))
	for _, row := range rows {
		fmt.Fprintf(tw, "  "+strings.Repeat("%v\t", len(row)-1)+"%v\n", row...)
	}
	tw.Flush()
}

func (t *tour) zones() error {
	zones, err := t.client.Zones.List(t.ctx, clevercloud.ZoneQuery{})
	if err != nil {
		return err
	}
	var rows [][]any
	for _, z := range zones {
		position := fmt.Sprintf("%.2f,%.2f", z.Lat, z.Lon)
		tags := strings.Join(z.Tags, " ")
		rows = append(rows, []any{z.Name, z.City, z.CountryCode, position, tags})
	}
	t.table("Zones", "NAME CITY COUNTRY POSITION TAGS", rows)
	return nil
}

func (t *tour) invoices() error {
	var rows [][]any
	q := clevercloud.InvoiceQuery{Limit: 10}
	for invoice, err := range t.client.Billing.Invoices(t.ctx, t.owner, q) {
		if errors.Is(err, clevercloud.ErrForbidden) {
			t.table("Invoices of this year (not allowed with these credentials)", "", nil)
			return nil
		}
		if err != nil {
			return err
		}
		rows = append(rows, []any{
			invoice.Number, invoice.EmissionDate.Format(time.DateOnly), invoice.Kind,
			invoice.Status, invoice.TotalTaxExcluded.DefaultDisplay,
			invoice.TotalTax.DefaultDisplay,
		})
	}
	t.table("Invoices of this year (10 at most)", "NUMBER DATE KIND STATUS NET TAX", rows)
	return nil
}

func (t *tour) deployments() error {
	q := clevercloud.DeploymentQuery{Limit: 5}
	deployments, err := t.client.Orchestration.ListDeployments(t.ctx, t.owner, t.app, q)
	if err != nil {
		return err
	}
	var rows [][]any
	for _, d := range deployments {
		rows = append(rows, []any{
			d.ID, moment(d.StartDate), d.State, d.Origin.Action, d.Origin.Cause,
			d.Version.CommitID[:min(len(d.Version.CommitID), 8)],
		})
	}
	t.table("Deployments of "+string(t.app), "ID STARTED STATE ACTION CAUSE COMMIT", rows)
	return nil
}

func (t *tour) instances() error {
	q := clevercloud.InstanceQuery{ExcludeDeleted: true, Limit: 10}
	instances, err := t.client.Orchestration.ListInstances(t.ctx, t.owner, t.app, q)
	if err != nil {
		return err
	}
	var rows [][]any
	for _, i := range instances {
		created := moment(i.CreationDate)
		rows = append(rows, []any{i.Name, i.Flavor, i.State, i.Network, created})
	}
	t.table("Instances", "NAME FLAVOR STATE ADDRESS CREATED", rows)
	return nil
}

func (t *tour) loadBalancers() error {
	balancers, err := t.client.LoadBalancers.GetDefault(t.ctx, t.owner, t.app)
	if err != nil {
		return err
	}
	var rows [][]any
	for _, b := range balancers {
		rows = append(rows, []any{b.Name, b.DNS.CNAME, strings.Join(b.DNS.A, " ")})
	}
	t.table("Load balancers", "NAME CNAME ADDRESSES", rows)
	return nil
}

func (t *tour) drains() error {
	drains, err := t.client.Drains.List(t.ctx, t.owner, t.app, clevercloud.DrainQuery{})
	if err != nil {
		return err
	}
	var rows [][]any
	for _, d := range drains {
		rows = append(rows, []any{d.ID, d.Kind, d.Status.Status, d.Execution.Status, d.Recipient})
	}
	t.table("Drains", "ID KIND STATUS EXECUTION RECIPIENT", rows)
	return nil
}

func (t *tour) listOperators() error {
	var rows [][]any
	for _, kind := range slices.Sorted(maps.Keys(t.operators)) {
		o, err := t.client.Operators.Get(t.ctx, kind, t.operators[kind])
		if err != nil {
			return err
		}
		rows = append(rows, []any{kind, o.Name, o.Version, o.Plan, o.AccessURL})
	}
	t.table("Operators", "KIND NAME VERSION PLAN ADDRESS", rows)
	return nil
}

func (t *tour) policies() error {
	p, err := t.client.Pulsar.GetStoragePolicies(t.ctx, t.pulsar)
	if err != nil {
		return err
	}
	t.table("Storage policies of "+string(t.pulsar), "POLICY SIZE AGE", [][]any{
		append([]any{"retention"}, bounds(p.Retention, "unlimited")...),
		append([]any{"offload"}, bounds(p.Offload, "never")...),
	})
	return nil
}

// writes changes things, and is for the embedded API only.
func (t *tour) writes() error {
	return visit(t.createDrain, t.rebootKeycloak, t.attachNetworkGroup, t.shortenRetention)
}

func (t *tour) createDrain() error {
	t.heading("A drain, created and deleted")
	drain, err := t.client.Drains.Create(t.ctx, t.owner, t.app, clevercloud.DrainInput{
		Kind: clevercloud.DrainKindLog,
		Recipient: clevercloud.RawRecipient{
			URL: "https://logs.example.com/ingest", Username: "shipper", Password: "not-shown",
		},
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(t.w, "  %s  %s  %v\n", drain.ID, drain.Status.Status, drain.Recipient)
	if _, err := t.client.Drains.Delete(t.ctx, t.owner, t.app, drain.ID); err != nil {
		return err
	}
	_, err = t.client.Drains.Get(t.ctx, t.owner, t.app, drain.ID)
	fmt.Fprintf(t.w, "  now: %v\n", err)
	if !errors.Is(err, clevercloud.ErrNotFound) {
		return fmt.Errorf("the deleted drain is still there: %w", err)
	}
	return nil
}

func (t *tour) rebootKeycloak() error {
	t.heading("Keycloak, rebooted and followed until it runs again")
	o, err := t.client.Operators.Get(t.ctx, clevercloud.Keycloak, t.operators[clevercloud.Keycloak])
	if err != nil {
		return err
	}
	if err := t.client.Operators.Reboot(t.ctx, clevercloud.Keycloak, o.ResourceID); err != nil {
		return err
	}
	app := o.Resources.Entrypoint()
	orchestration := t.client.Orchestration
	q := clevercloud.DeploymentQuery{Limit: 1}
	deployments, err := orchestration.ListDeployments(t.ctx, t.owner, app, q)
	if err != nil {
		return err
	}
	if len(deployments) == 0 {
		return errors.New("the reboot started no deployment")
	}
	wait := clevercloud.DeploymentWait{
		Interval: 100 * time.Millisecond,
		OnChange: func(d clevercloud.Deployment) { fmt.Fprintf(t.w, "  %s\n", d.State) },
	}
	_, err = orchestration.WaitForDeployment(t.ctx, t.owner, app, deployments[0].ID, wait)
	return err
}

func (t *tour) attachNetworkGroup() error {
	t.heading("Otoroshi, into a network group and out again")
	otoroshi := t.operators[clevercloud.Otoroshi]
	o, err := t.client.Operators.AttachNetworkGroup(t.ctx, clevercloud.Otoroshi, otoroshi)
	if err != nil {
		return err
	}
	id, _ := o.Features.NetworkGroup()
	fmt.Fprintf(t.w, "  in %s\n", id)
	return t.client.Operators.DetachNetworkGroup(t.ctx, clevercloud.Otoroshi, o.ResourceID)
}

func (t *tour) shortenRetention() error {
	t.heading("Pulsar, told to keep messages for 14 days and of any size")
	patch := clevercloud.StoragePoliciesPatch{Retention: clevercloud.StoragePolicyPatch{
		DurationInMinutes: clevercloud.Value(int64(14 * 24 * 60)),
		SizeInBytes:       clevercloud.Null[int64](),
	}}
	p, err := t.client.Pulsar.UpdateStoragePolicies(t.ctx, t.pulsar, patch)
	if err != nil {
		return err
	}
	fmt.Fprintln(t.w, append([]any{"  retention:"}, bounds(p.Retention, "unlimited")...)...)
	return nil
}

// bounds returns a policy's size and age as texts, in the units that it has.
func bounds(p *clevercloud.StoragePolicy, none string) []any {
	if p == nil {
		return []any{none, none}
	}
	either := func(a *int64, unit string, b *int64, other string) string {
		switch {
		case b != nil && *b >= 0:
			return fmt.Sprint(*b, " ", other)
		case a != nil && *a >= 0:
			return fmt.Sprint(*a, " ", unit)
		}
		return none
	}
	return []any{
		either(p.SizeInMB, "MB", p.SizeInBytes, "bytes"),
		either(p.DurationInDays, "day(s)", p.DurationInMinutes, "minutes"),
	}
}

func moment(d time.Time) string { return d.Format(time.DateTime) }

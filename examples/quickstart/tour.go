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

// list prints a heading and a row of cells for each item, or that there are none.
func list[T any](
	t *tour, heading, columns string, items []T, err error, row func(T) []any,
) error {
	if err != nil {
		return err
	}
	t.heading(heading)
	if len(items) == 0 {
		fmt.Fprintln(t.w, "  (none)")
		return nil
	}
	tw := tabwriter.NewWriter(t.w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "  "+strings.ReplaceAll(columns, " ", "\t"))
	for _, item := range items {
		cells := row(item)
		fmt.Fprintf(tw, "  "+strings.Repeat("%v\t", len(cells)-1)+"%v\n", cells...)
	}
	return tw.Flush()
}

func (t *tour) zones() error {
	zones, err := t.client.Zones.List(t.ctx, clevercloud.ZoneQuery{})
	row := func(z clevercloud.Zone) []any {
		position := fmt.Sprintf("%.2f,%.2f", z.Lat, z.Lon)
		return []any{z.Name, z.City, z.CountryCode, position, strings.Join(z.Tags, " ")}
	}
	return list(t, "Zones", "NAME CITY COUNTRY POSITION TAGS", zones, err, row)
}

func (t *tour) invoices() error {
	q := clevercloud.InvoiceQuery{Limit: 10}
	invoices, err := t.client.Billing.ListInvoices(t.ctx, t.owner, q)
	heading := "Invoices of this year (10 at most)"
	if errors.Is(err, clevercloud.ErrForbidden) {
		heading, err = "Invoices of this year (not allowed with these credentials)", nil
	}
	row := func(i clevercloud.Invoice) []any {
		return []any{
			i.Number, i.EmissionDate.Format(time.DateOnly), i.Kind, i.Status,
			i.TotalTaxExcluded.DefaultDisplay, i.TotalTax.DefaultDisplay,
		}
	}
	return list(t, heading, "NUMBER DATE KIND STATUS NET TAX", invoices, err, row)
}

func (t *tour) deployments() error {
	q := clevercloud.DeploymentQuery{Limit: 5}
	deployments, err := t.client.Orchestration.ListDeployments(t.ctx, t.owner, t.app, q)
	row := func(d clevercloud.Deployment) []any {
		commit := d.Version.CommitID[:min(len(d.Version.CommitID), 8)]
		return []any{
			d.ID, moment(d.StartDate), d.State, d.Origin.Action, d.Origin.Cause, commit,
		}
	}
	return list(t, "Deployments of "+string(t.app), "ID STARTED STATE ACTION CAUSE COMMIT",
		deployments, err, row)
}

func (t *tour) instances() error {
	q := clevercloud.InstanceQuery{ExcludeDeleted: true, Limit: 10}
	instances, err := t.client.Orchestration.ListInstances(t.ctx, t.owner, t.app, q)
	row := func(i clevercloud.Instance) []any {
		var index any = ""
		if i.Index != nil {
			index = *i.Index
		}
		return []any{i.Name, i.Flavor, index, i.State, i.Network, moment(i.CreationDate)}
	}
	return list(t, "Instances", "NAME FLAVOR INDEX STATE ADDRESS CREATED", instances, err, row)
}

func (t *tour) loadBalancers() error {
	balancers, err := t.client.LoadBalancers.GetDefault(t.ctx, t.owner, t.app)
	row := func(b clevercloud.LoadBalancer) []any {
		return []any{b.Name, b.DNS.CNAME, strings.Join(b.DNS.A, " ")}
	}
	return list(t, "Load balancers", "NAME CNAME ADDRESSES", balancers, err, row)
}

func (t *tour) drains() error {
	drains, err := t.client.Drains.List(t.ctx, t.owner, t.app, clevercloud.DrainQuery{})
	row := func(d clevercloud.Drain) []any {
		return []any{d.ID, d.Kind, d.Status.Status, d.Execution.Status, d.Recipient}
	}
	return list(t, "Drains", "ID KIND STATUS EXECUTION RECIPIENT", drains, err, row)
}

func (t *tour) listOperators() error {
	var operators []*clevercloud.Operator
	for _, kind := range slices.Sorted(maps.Keys(t.operators)) {
		o, err := t.client.Operators.Get(t.ctx, kind, t.operators[kind])
		if err != nil {
			return err
		}
		operators = append(operators, o)
	}
	row := func(o *clevercloud.Operator) []any {
		return []any{o.ResourceID, o.Name, o.Version, o.Plan, o.AccessURL}
	}
	return list(t, "Operators", "ID NAME VERSION PLAN ADDRESS", operators, nil, row)
}

func (t *tour) policies() error {
	p, err := t.client.Pulsar.GetStoragePolicies(t.ctx, t.pulsar)
	if err != nil {
		return err
	}
	rows := [][]any{
		append([]any{"retention"}, bounds(p.Retention, "unlimited")...),
		append([]any{"offload"}, bounds(p.Offload, "never")...),
	}
	return list(t, "Storage policies of "+string(t.pulsar), "POLICY SIZE AGE", rows, nil,
		func(row []any) []any { return row })
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

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
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
	for _, show := range []func() error{
		t.zones, t.invoices, t.deployments, t.instances, t.loadBalancers, t.drains, t.listOperators,
		t.policies,
	} {
		if err := show(); err != nil {
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
		fmt.Fprint(tw, "  ")
		for i, cell := range row {
			if i > 0 {
				fmt.Fprint(tw, "\t")
			}
			fmt.Fprint(tw, cell)
		}
		fmt.Fprintln(tw)
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
		rows = append(rows, []any{z.Name, z.City, z.CountryCode, position, strings.Join(z.Tags, " ")})
	}
	t.table("Zones", "NAME CITY COUNTRY POSITION TAGS", rows)
	return nil
}

func (t *tour) invoices() error {
	var rows [][]any
	for invoice, err := range t.client.Billing.Invoices(t.ctx, t.owner, clevercloud.InvoiceQuery{}) {
		if errors.Is(err, clevercloud.ErrForbidden) {
			t.table("Invoices of this year (not allowed with these credentials)", "", nil)
			return nil
		}
		if err != nil {
			return err
		}
		rows = append(rows, []any{
			invoice.Number, day(invoice.EmissionDate), invoice.Kind, invoice.Status,
			invoice.TotalTaxExcluded.DefaultDisplay, invoice.TotalTax.DefaultDisplay,
		})
		if len(rows) == 10 {
			break
		}
	}
	t.table("Invoices of this year (10 at most)", "NUMBER DATE KIND STATUS NET TAX", rows)
	return nil
}

func (t *tour) deployments() error {
	if t.app == "" {
		return nil
	}
	q := clevercloud.DeploymentQuery{Limit: 5}
	deployments, err := t.client.Orchestration.ListDeployments(t.ctx, t.owner, t.app, q)
	if err != nil {
		return err
	}
	var rows [][]any
	for _, d := range deployments {
		rows = append(rows, []any{
			d.ID, moment(d.StartDate), d.State, d.Origin.Action, d.Origin.Cause, short(d.Version.CommitID),
		})
	}
	t.table("Deployments of "+string(t.app), "ID STARTED STATE ACTION CAUSE COMMIT", rows)
	return nil
}

func (t *tour) instances() error {
	if t.app == "" {
		return nil
	}
	q := clevercloud.InstanceQuery{ExcludeDeleted: true, Limit: 10}
	instances, err := t.client.Orchestration.ListInstances(t.ctx, t.owner, t.app, q)
	if err != nil {
		return err
	}
	var rows [][]any
	for _, i := range instances {
		rows = append(rows, []any{i.Name, i.Flavor, index(i), i.State, i.Network, moment(i.CreationDate)})
	}
	t.table("Instances", "NAME FLAVOR INDEX STATE ADDRESS CREATED", rows)
	return nil
}

func (t *tour) loadBalancers() error {
	if t.app == "" {
		return nil
	}
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
	if t.app == "" {
		return nil
	}
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
	if t.pulsar == "" {
		return nil
	}
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
	for _, try := range []func() error{
		t.createDrain, t.rebootKeycloak, t.attachNetworkGroup, t.shortenRetention,
	} {
		if err := try(); err != nil {
			return err
		}
	}
	return nil
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
	p, err := t.client.Pulsar.UpdateStoragePolicies(t.ctx, t.pulsar, clevercloud.StoragePoliciesPatch{
		Retention: clevercloud.StoragePolicyPatch{
			DurationInMinutes: clevercloud.Value(int64(14 * 24 * 60)),
			SizeInBytes:       clevercloud.Null[int64](),
		},
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(t.w, append([]any{"  retention:"}, bounds(p.Retention, "unlimited")...)...)
	return nil
}

// bounds returns a policy's size and age as texts, in the units that it has.
func bounds(p *clevercloud.StoragePolicy, none string) []any {
	size, age := none, none
	if p == nil {
		return []any{size, age}
	}
	for _, unit := range []struct {
		value *int64
		text  *string
		name  string
	}{
		{p.SizeInMB, &size, "MB"}, {p.SizeInBytes, &size, "bytes"},
		{p.DurationInDays, &age, "day(s)"}, {p.DurationInMinutes, &age, "minutes"},
	} {
		if unit.value != nil && *unit.value >= 0 {
			*unit.text = fmt.Sprintf("%d %s", *unit.value, unit.name)
		}
	}
	return []any{size, age}
}

func day(d time.Time) string    { return d.Format(time.DateOnly) }
func moment(d time.Time) string { return d.Format(time.DateTime) }

func short(commit string) string { return commit[:min(len(commit), 8)] }

func index(i clevercloud.Instance) string {
	if i.Index == nil {
		return ""
	}
	return strconv.Itoa(*i.Index)
}

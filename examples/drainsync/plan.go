package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

// An action is what is done with a drain.
type action string

const (
	keep    action = "keep"
	extra   action = "extra" // not in the file, and not changed
	create  action = "create"
	replace action = "replace" // create, then delete the old one
	enable  action = "enable"
	remove  action = "delete"
)

// A step is an action for one drain: wanted, there, or both.
type step struct {
	action
	wanted *wanted
	drain  *clevercloud.Drain
}

// An appPlan is what to do for one application.
type appPlan struct {
	app   application
	steps []step
}

// plan compares the drains of each application with those of the file.
func (s *syncer) plan(ctx context.Context, applications []application) error {
	var visible *clevercloud.Summary
	seen := map[clevercloud.ApplicationID]bool{}
	for _, app := range applications {
		s.Status("reading the drains of %s", app.Name)
		app.id = clevercloud.ApplicationID(app.Name)
		if app.Owner == "" {
			var err error
			if visible == nil {
				if visible, err = s.client.Identity.Summary(ctx); err != nil {
					return err
				}
			}
			found, err := visible.Find(app.Name)
			if err != nil {
				return err
			}
			// An add-on can have drains too, by its real id.
			app.Owner, app.id = found.OwnerID, clevercloud.ApplicationID(found.ID)
		}
		if seen[app.id] {
			return fmt.Errorf("%s is in the file twice", app.Name)
		}
		seen[app.id] = true
		drains, err := s.client.Drains.List(ctx, app.Owner, app.id, clevercloud.DrainQuery{})
		if err != nil {
			return err
		}
		s.plans = append(s.plans, appPlan{app, s.compare(app.Drains, drains)})
	}
	s.Status("")
	return nil
}

// compare pairs the drains that are wanted with those that are there.
func (s *syncer) compare(wants []wanted, drains []clevercloud.Drain) []step {
	var steps []step
	for i := range wants {
		w := &wants[i]
		at := slices.IndexFunc(drains, w.is)
		if at < 0 {
			steps = append(steps, step{create, w, nil})
			continue
		}
		d, verb := drains[at], keep
		drains = slices.Delete(drains, at, at+1)
		switch d.Status.Status {
		case clevercloud.DrainStatusDisabled, clevercloud.DrainStatusDisabling:
			verb = enable
		}
		if s.replace && w.hasVariables() {
			verb = replace
		}
		steps = append(steps, step{verb, w, &d})
	}
	verb := extra
	if s.prune {
		verb = remove
	}
	for i := range drains {
		steps = append(steps, step{verb, nil, &drains[i]})
	}
	return steps
}

// is reports whether a drain is the one that is wanted, but for the values of secrets: the API does
// not return them.
func (w *wanted) is(d clevercloud.Drain) bool {
	return w.Kind == d.Kind && clevercloud.SameTarget(w.recipient, d.Recipient) &&
		maps.Equal(options(w.recipient), options(d.Recipient))
}

// options are what is shown of a recipient besides its address.
func options(r clevercloud.DrainRecipient) map[string]string {
	fields := shown(r)
	maps.DeleteFunc(fields, func(key, value string) bool {
		return key == "url" || value == "" ||
			value == string(clevercloud.TLSVerificationDefault)
	})
	return fields
}

// hasVariables reports whether a drain has something that cannot be compared.
func (w *wanted) hasVariables() bool {
	for _, text := range w.Fields {
		if variable.MatchString(text) {
			return true
		}
	}
	return false
}

// pending counts the steps that change something.
func (s *syncer) pending() (n int) {
	for _, p := range s.plans {
		for _, step := range p.steps {
			if step.action != keep && step.action != extra {
				n++
			}
		}
	}
	return n
}

// show prints the plan, whole and in the order of the file.
func (s *syncer) show() {
	counts, unsure := map[action]int{}, 0
	for _, p := range s.plans {
		s.Printf("%s\n", s.Paint(term.Bold, s.Foreign(p.app.Name)))
		for _, step := range p.steps {
			counts[step.action]++
			if step.action == keep && step.wanted.hasVariables() {
				unsure++
			}
			s.Printf("  %s %s\n", s.mark(step.action), s.describe(step))
		}
		if len(p.steps) == 0 {
			s.Printf("  no drains\n")
		}
	}
	if s.pending() == 0 {
		s.Printf("\nNo changes.\n")
	} else {
		s.Printf("\nTo create: %d, to replace: %d, to enable: %d, to delete: %d. Unchanged: %d.\n",
			counts[create], counts[replace], counts[enable], counts[remove],
			counts[keep]+counts[extra])
	}
	if unsure > 0 {
		s.Notef("The secrets of %d unchanged drain(s) cannot be compared; -replace sends them.",
			unsure)
	}
	if counts[extra] > 0 {
		s.Notef("%d drain(s) are not in the file; -prune deletes them.", counts[extra])
	}
}

func (s *syncer) mark(a action) string {
	sign, colour := "  ", term.Grey
	switch a {
	case create:
		sign, colour = "+ ", term.Green
	case replace, enable:
		sign, colour = "~ ", term.Yellow
	case remove:
		sign, colour = "- ", term.Red
	}
	return s.Paint(colour, fmt.Sprintf("%s%-7s", sign, a))
}

// describe returns a drain without its secrets: as the file has it or, if it is not in the file,
// with its address redacted by the SDK. The ID has a line of its own, since both are long.
func (s *syncer) describe(st step) string {
	var fields map[string]string
	var kind clevercloud.DrainKind
	if st.wanted != nil {
		kind, fields = st.wanted.Kind, st.wanted.Fields
	} else {
		kind, fields = st.drain.Kind, shown(st.drain.Recipient)
		fields["url"] = s.hide(fields["url"])
	}
	text := s.Foreign(fmt.Sprintf("%-9s %-13s %s", kind, fields["type"], fields["url"]))
	if st.drain != nil && st.action != keep {
		id := s.Foreign(fmt.Sprintf("%s %s", st.drain.ID, st.drain.Status.Status))
		text += "\n" + strings.Repeat(" ", 12) + s.Paint(term.Grey, id)
	}
	return text
}

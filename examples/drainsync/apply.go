package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/clevercloud-go/clevercloud"
)

// apply does what the plan says. It creates new drains and waits until they are enabled before it
// deletes old ones, so that no log is lost. An application whose new drains do not come up keeps
// its old ones.
func (s *syncer) apply(ctx context.Context) error {
	for _, p := range s.plans {
		if err := s.applyTo(ctx, p); err != nil {
			return fmt.Errorf("%s: %w", p.app.Name, err)
		}
	}
	return s.Err()
}

func (s *syncer) applyTo(ctx context.Context, p appPlan) error {
	var coming []clevercloud.DrainID
	for _, st := range p.steps {
		switch st.action {
		case create, replace:
			in := clevercloud.DrainInput{Kind: st.wanted.Kind, Recipient: st.wanted.recipient}
			d, err := s.client.Drains.Create(ctx, p.app.Owner, p.app.id, in)
			if err != nil {
				return err
			}
			s.Printf("created %s, %s\n", d.ID, st.wanted.Fields["type"])
			coming = append(coming, d.ID)
		case enable:
			_, err := s.client.Drains.Enable(ctx, p.app.Owner, p.app.id, st.drain.ID)
			if err != nil {
				return err
			}
			coming = append(coming, st.drain.ID)
		case keep:
			switch st.drain.Status.Status {
			case clevercloud.DrainStatusCreated, clevercloud.DrainStatusEnabling:
				coming = append(coming, st.drain.ID) // of a run that was interrupted
			}
		}
	}
	for _, id := range coming {
		if err := s.await(ctx, p.app, id); err != nil {
			return err
		}
	}
	for _, st := range p.steps {
		if st.action != remove && st.action != replace {
			continue
		}
		_, err := s.client.Drains.Delete(ctx, p.app.Owner, p.app.id, st.drain.ID)
		if err != nil && !errors.Is(err, clevercloud.ErrNotFound) {
			return err
		}
		s.Printf("deleted %s\n", st.drain.ID)
	}
	return nil
}

// await waits until a drain is enabled.
func (s *syncer) await(ctx context.Context, app application, id clevercloud.DrainID) error {
	bounded, cancel := context.WithTimeout(ctx, s.wait)
	defer cancel()
	s.Status("waiting for %s", id)
	_, err := s.client.Drains.WaitForStatus(bounded, app.Owner, app.id, id,
		clevercloud.DrainStatusEnabled, clevercloud.DrainWait{})
	s.Status("")
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return fmt.Errorf("%s is not enabled after %v; its application keeps its old drains",
			id, s.wait)
	}
	if err == nil {
		s.Printf("enabled %s\n", id)
	}
	return err
}

package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

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
	return nil
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
	status := clevercloud.DrainStatus("")
	wait := clevercloud.DrainWait{
		OnChange: func(d clevercloud.Drain) {
			status = d.Status.Status
			s.Status("%s is %s", id, status)
		},
	}
	_, err := s.client.Drains.WaitForStatus(
		bounded, app.Owner, app.id, id, clevercloud.DrainStatusEnabled, wait)
	s.Status("")
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return fmt.Errorf("%s is still %s after %v; its application keeps its old drains",
			id, cmp.Or(status, "not listed"), s.wait)
	}
	if err == nil {
		s.Printf("enabled %s\n", id)
	}
	return err
}

// confirm asks the user, unless there is -yes.
func (s *syncer) confirm(ctx context.Context) error {
	if s.yes {
		return nil
	}
	if s.in == nil || !s.Live {
		return errors.New("apply needs -yes if it is not run on a terminal")
	}
	fmt.Fprint(s.Notes, "Apply this? Only yes is accepted: ")
	answer := make(chan string, 1)
	go func() { // ends with the program if nobody answers
		text, _ := bufio.NewReader(s.in).ReadString('\n')
		answer <- strings.TrimSpace(text)
	}()
	select {
	case text := <-answer:
		if text != "yes" {
			return errors.New("nothing was changed")
		}
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

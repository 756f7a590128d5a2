package solution

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"cobrowse-connector/adapters/desk"
	"cobrowse-connector/adapters/dynamics"
)

// Setup installs into one organisation.
type Setup struct {
	Org *dynamics.Admin
	Input
	// Application is the client id with which the service signs in; empty when it is whoever Org signs in as.
	Application string
	// WithRecords lets Uninstall drop the table although it holds sessions.
	WithRecords bool
	// Poll is how often a running job is looked at, a few seconds when 0.
	Poll time.Duration
}

// Step is one thing that is installed. Do may be called when a part of it is there already; Undo when it is not there at all.
type Step struct {
	ID    string // never changes: monitoring knows it
	Name  string
	Check func(context.Context) (lacks []string, err error) // in plain words; nothing is lacking when it is done
	Do    func(context.Context) error
	Undo  func(context.Context) error
	// Keep tells why it must not be undone, "" when it may; nil for what always may.
	Keep func(context.Context) (why string, err error)
}

// Steps are in the order in which they are done; they are undone in the reverse order.
func (s *Setup) Steps() []Step {
	steps := []Step{s.publisher(), s.recordSolution(), s.table(), s.columns()}
	for _, r := range roles {
		steps = append(steps, s.role(r))
	}
	steps = append(steps, s.mainSolution(), s.addresses())
	steps = append(steps, s.rows()...)
	return append(steps, s.applicationUser())
}

// Install does what is not done yet and reads it back. With dry it only says what it would do.
func (s *Setup) Install(ctx context.Context, dry bool, say func(string)) error {
	for _, step := range s.Steps() {
		lacks, err := step.Check(ctx)
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", step.Name, err)
		case len(lacks) == 0:
			say("is there: " + step.Name)
			continue
		case dry:
			say("would be " + step.about(lacks))
			continue
		}
		if err := step.install(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.Name, err)
		}
		say(step.about(lacks))
	}
	if dry {
		return nil
	}
	return s.publish(ctx)
}

// about says what installing does.
func (step Step) about(lacks []string) string {
	if slices.Equal(lacks, absent) {
		return "installed: " + step.Name
	}
	return "put right: " + step.Name + " (" + strings.Join(lacks, ", ") + ")"
}

// absent is what a thing lacks that is not there at all.
var absent = []string{"not there yet"}

func unless(there bool) []string {
	if there {
		return nil
	}
	return absent
}

func (step Step) install(ctx context.Context) error {
	if err := step.Do(ctx); err != nil {
		return err
	}
	lacks, err := step.Check(ctx)
	if err == nil && len(lacks) > 0 {
		err = errors.New("the organisation took it without an error, and still: " + strings.Join(lacks, ", "))
	}
	return err
}

// publish makes the table visible in apps. It changes nothing when there is nothing new.
func (s *Setup) publish(ctx context.Context) error {
	return s.Org.Act(ctx, "PublishXml", map[string]string{
		"ParameterXml": "<importexportxml><entities><entity>" + table + "</entity></entities></importexportxml>",
	}, nil)
}

// Uninstall undoes the steps, the last one first. What holds data of the organisation is left, with what it stands on. With dry it only says
// what it would do.
func (s *Setup) Uninstall(ctx context.Context, dry bool, say func(string)) error {
	would := map[bool]string{true: "would be "}[dry]
	for _, step := range slices.Backward(s.Steps()) {
		if lacks, err := step.Check(ctx); err == nil && slices.Equal(lacks, absent) {
			say("is not there: " + step.Name)
			continue
		}
		why, err := step.kept(ctx)
		if err == nil && why == "" && !dry {
			err = step.Undo(ctx)
		}
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", step.Name, err)
		case why != "":
			say(would + "left, with everything that it stands on: " + step.Name + ": " + why)
			return nil
		}
		say(would + "removed: " + step.Name)
	}
	return nil
}

func (step Step) kept(ctx context.Context) (string, error) {
	if step.Keep == nil {
		return "", nil
	}
	return step.Keep(ctx)
}

// exists reads path into out and tells whether it is there.
func (s *Setup) exists(ctx context.Context, path string, query url.Values, out any) (bool, error) {
	err := s.Org.Get(ctx, path, query, out)
	if errors.Is(err, desk.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// list is the answer to a question for several records.
type list[T any] struct{ Value []T }

// first asks for records and returns the first one, nil if there is none.
func first[T any](ctx context.Context, s *Setup, set, columns, filter string) (*T, error) {
	var found list[T]
	err := s.Org.Get(ctx, set, url.Values{"$select": {columns}, "$filter": {filter}, "$top": {"1"}}, &found)
	if err != nil || len(found.Value) == 0 {
		return nil, err
	}
	return &found.Value[0], nil
}

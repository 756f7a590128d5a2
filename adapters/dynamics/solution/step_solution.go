package solution

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

type publisherRow struct{ PublisherID string }

func (s *Setup) findPublisher(ctx context.Context) (*publisherRow, error) {
	return first[publisherRow](ctx, s, "publishers", "publisherid", "uniquename eq '"+publisher+"'")
}

func (s *Setup) publisher() Step {
	path := "publishers(" + id("publisher", publisher) + ")"
	return Step{
		ID:   "publisher",
		Name: "the publisher of both solutions",
		Check: func(ctx context.Context) ([]string, error) {
			p, err := s.findPublisher(ctx)
			return unless(p != nil), err
		},
		Do: func(ctx context.Context) error {
			return s.Org.Put(ctx, path, "", map[string]any{
				"uniquename": publisher, "friendlyname": "Co-browse", "customizationprefix": prefix, "customizationoptionvalueprefix": optionSet,
			})
		},
		Undo: func(ctx context.Context) error {
			p, err := s.findPublisher(ctx)
			if err != nil || p == nil {
				return err
			}
			return s.Org.Delete(ctx, "publishers("+p.PublisherID+")")
		},
	}
}

type solutionRow struct {
	SolutionID, Version, Description string
	IsManaged                        bool
}

func (s *Setup) findSolution(ctx context.Context, name string) (*solutionRow, error) {
	return first[solutionRow](ctx, s, "solutions", "solutionid,version,description,ismanaged", "uniquename eq '"+name+"'")
}

// recordSolution is the unmanaged solution in which the table and the roles are made, unless somebody imported the package.
func (s *Setup) recordSolution() Step {
	return Step{
		ID:   "record-solution",
		Name: "the solution " + Record,
		Check: func(ctx context.Context) ([]string, error) {
			row, err := s.findSolution(ctx, Record)
			return unless(row != nil), err
		},
		Do: func(ctx context.Context) error {
			p, err := s.findPublisher(ctx)
			if err != nil {
				return err
			}
			return s.Org.Put(ctx, "solutions("+id("solution", Record)+")", "", map[string]any{
				"uniquename": Record, "friendlyname": s.Languages[base]["solutionRecord"], "version": Version,
				"publisherid@odata.bind": "/publishers(" + p.PublisherID + ")",
			})
		},
		Undo: func(ctx context.Context) error { return s.removeSolution(ctx, Record) },
	}
}

// mainSolution is the managed package.
func (s *Setup) mainSolution() Step {
	return Step{
		ID:   "package",
		Name: "the package " + Main + " (button, tab and pane)",
		Check: func(ctx context.Context) ([]string, error) {
			row, err := s.findSolution(ctx, Main)
			if err != nil || row == nil {
				return absent, err
			}
			mark, err := s.Fingerprint()
			if err != nil {
				return nil, err
			}
			if row.Version != Version || !strings.HasSuffix(row.Description, mark) {
				return []string{"the one there is of another version of the program, or for another address or company"}, nil
			}
			return nil, nil
		},
		Do:   s.importMain,
		Undo: func(ctx context.Context) error { return s.removeSolution(ctx, Main) },
	}
}

func (s *Setup) importMain(ctx context.Context) error {
	p, err := build(s.Input, Main, true)
	if err != nil {
		return err
	}
	var job struct{ AsyncOperationID string }
	err = s.Org.Act(ctx, "ImportSolutionAsync", map[string]any{
		"OverwriteUnmanagedCustomizations": false, "PublishWorkflows": false, "CustomizationFile": p.Zip, "ImportJobId": uuid.NewString(),
	}, &job)
	if err != nil {
		return err
	}
	return s.finish(ctx, job.AsyncOperationID)
}

// removeSolution uninstalls a managed solution with everything in it; of an unmanaged one only the name goes.
func (s *Setup) removeSolution(ctx context.Context, name string) error {
	row, err := s.findSolution(ctx, name)
	if err != nil || row == nil {
		return err
	}
	if !row.IsManaged {
		return s.Org.Delete(ctx, "solutions("+row.SolutionID+")")
	}
	var job struct{ AsyncOperationID string }
	if err := s.Org.Act(ctx, "UninstallSolutionAsync", map[string]string{"SolutionUniqueName": name}, &job); err != nil {
		return err
	}
	return s.finish(ctx, job.AsyncOperationID)
}

// States of a job of the organisation.
const (
	jobCompleted = 3  // statecode
	jobSucceeded = 30 // statuscode
)

// finish waits for a job of the organisation. The context says how long.
func (s *Setup) finish(ctx context.Context, job string) error {
	poll := s.Poll
	if poll == 0 {
		poll = 3 * time.Second
	}
	for {
		var row struct {
			StateCode, StatusCode int
			FriendlyMessage       string
		}
		if err := s.Org.Get(ctx, "asyncoperations("+job+")", selecting("statecode,statuscode,friendlymessage"), &row); err != nil {
			return err
		}
		switch {
		case row.StateCode == jobCompleted && row.StatusCode == jobSucceeded:
			return nil
		case row.StateCode == jobCompleted:
			return fmt.Errorf("the organisation's job %s failed: %s", job, row.FriendlyMessage)
		}
		select {
		case <-ctx.Done():
			return errors.Join(errors.New("the organisation's job "+job+" is not finished; start again to see what became of it"), ctx.Err())
		case <-time.After(poll):
		}
	}
}

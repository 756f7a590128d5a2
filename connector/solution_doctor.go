package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"cobrowse-connector/adapters/dynamics/solution"
)

type solutionDoctor struct {
	organisation
	JSON bool `help:"Print a JSON list for monitoring, with an object for each check: id (which never changes), state (ok; missing: something is to be done; unknown: it could not be looked at; note: good to know), what, and do, which is what an administrator does about it. What only a person can see is not in it."`
}

func (c *solutionDoctor) Run(ctx context.Context, out io.Writer) error {
	return c.with(ctx, func(s *solution.Setup) error {
		found := s.Doctor(ctx)
		show := sayFindings
		if c.JSON {
			show = printFindings
		}
		if err := show(out, found); err != nil {
			return err
		}
		wrong := 0
		for _, f := range found {
			if f.Wrong() {
				wrong++
			}
		}
		if wrong > 0 {
			return fmt.Errorf("%d of %d checks need attention", wrong, len(found))
		}
		return nil
	})
}

func sayFindings(out io.Writer, found []solution.Finding) error {
	say := sayTo(out)
	for _, f := range found {
		say(fmt.Sprintf("%-7s  %s", f.State, f.What))
		if f.Do != "" {
			say("         → " + f.Do)
		}
	}
	say("\nBy hand, which cannot be seen from here:")
	for i, way := range solution.ByHand {
		say(fmt.Sprintf("%d. %s", i+1, way))
	}
	return nil
}

func printFindings(out io.Writer, found []solution.Finding) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(found)
}

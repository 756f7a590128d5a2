package cobrowse

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"time"
)

// mostSuggestions bounds what agents hide in one session: every document carries it.
const mostSuggestions = 50

// rulesLimit bounds a change of the rules in all documents that are there.
const rulesLimit = 15 * time.Second

// SetPolicy changes what is masked, guarded and revealed in the running session: at once, and in every later document from its
// beginning. Everything else of the Policy stays as it was.
func (s *Session) SetPolicy(ctx context.Context, p Policy) error {
	done := make(chan error, 1)
	err := s.call(ctx, func() error {
		if s.shared.browser == nil || s.shared.order == nil {
			return Errorf(CodeConflict, "not_now", "The shared browser is not there yet.")
		}
		return s.changePolicy(func(now Policy) Policy {
			now.Masks, now.Guards, now.PII, now.Patterns, now.Modes, now.HideTyping = p.Masks, p.Guards, p.PII, p.Patterns, p.Modes, p.HideTyping
			return now
		}, func(err error) { done <- err })
	})
	if err != nil {
		return err
	}
	select {
	case err := <-done:
		return err
	case <-s.done:
		return ErrOver
	case <-ctx.Done():
		return ctx.Err()
	}
}

// changePolicy puts a change in line: changes are applied one after the other, each to what the ones before left. told is called, outside
// the actor, with what came of it.
func (s *Session) changePolicy(change func(Policy) Policy, told func(error)) error {
	browser := s.shared.browser
	queued := s.shared.order.add(func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, rulesLimit)
		defer cancel()
		next := change(s.shared.policy)
		err := browser.SetPolicy(ctx, next)
		if err == nil || CodeOf(err) != CodeInvalid {
			s.shared.policy = next // a page that is busy takes it in later: until then nobody sees it
			s.out.wordless.change(next.Modes)
			s.post(s.retellTabs)
		}
		told(err)
	})
	if !queued {
		return errTooMany
	}
	return nil
}

// Pick tells what is at a point of a tab and how a rule could name it.
func (s *Session) Pick(ctx context.Context, tab TabID, x, y float64) (Picked, error) {
	b, err := s.present(ctx)
	if err != nil {
		return Picked{}, err
	}
	return b.Pick(ctx, tab, x, y)
}

// Outline is the shape of a tab's documents, without their content.
func (s *Session) Outline(ctx context.Context, tab TabID) ([]Outline, error) {
	b, err := s.present(ctx)
	if err != nil {
		return nil, err
	}
	return b.Outline(ctx, tab)
}

// present is the session's browser.
func (s *Session) present(ctx context.Context) (b Browser, err error) {
	err = s.call(ctx, func() error {
		if b = s.shared.browser; b == nil {
			return Errorf(CodeConflict, "not_now", "The shared browser is not there yet.")
		}
		return nil
	})
	return b, err
}

var (
	errReveal  = Errorf(CodeDenied, "reveal_refused", "This cannot be shown to both here.")
	errNothing = Errorf(CodeNotFound, "nothing_there", "There is nothing there that could be hidden.")
)

// reveal shows a hidden picture to both. Only its owner may, and only where the company lets them.
func (s *Session) reveal(p *person, c Reveal) error {
	if p.Role != RoleCustomer || !s.cfg.Policy.MayReveal {
		return errReveal
	}
	if state := s.State(); state != StateLive && state != StatePaused {
		return errNotNow
	}
	if !s.hasTab(c.Tab) {
		return errTabGone
	}
	browser := s.shared.browser
	if !s.task(inputTime, func(ctx context.Context) error { return browser.Reveal(ctx, c.Tab, c.Item, c.On) }, s.answer(p)) {
		return errTooMany
	}
	return nil
}

// answer tells a person what went wrong with something that they asked for.
func (s *Session) answer(p *person) func(error) {
	return func(err error) {
		if err != nil {
			p.send(FailureOf(err))
		}
	}
}

// suggest hides what an agent points at, for this session, and hands it on for the administrator to decide.
func (s *Session) suggest(p *person, c Suggest) error {
	switch err := s.mayAct(p, RightPoint); {
	case p.Role != RoleAgent:
		return errNoRight
	case err != nil:
		return err
	case !s.hasTab(c.Tab):
		return errTabGone
	case !s.inPicture(c.Tab):
		return ErrUnseen
	case s.suggestions >= mostSuggestions:
		return errTooMany
	}
	x, y := s.clamp(c.X, c.Y)
	browser := s.shared.browser
	var picked Picked
	started := s.task(inputTime, func(ctx context.Context) (err error) {
		picked, err = browser.Pick(ctx, c.Tab, x, y)
		return err
	}, func(err error) {
		if err == nil {
			err = s.hide(p, c.Tab, picked)
		}
		s.answer(p)(err)
	})
	if !started {
		return errTooMany
	}
	return nil
}

// hide makes a rule of what was picked.
func (s *Session) hide(p *person, tab TabID, picked Picked) error {
	choice, found := s.choose(picked)
	if !found || picked.Hidden != "" || picked.Host == "" {
		return errNothing
	}
	s.suggestions++
	rule := MaskRule{ID: "suggested-" + strings.ToLower(rand.Text()[:10]), Site: picked.Host, Selector: choice.Selector}
	return s.changePolicy(func(now Policy) Policy {
		now.Masks = append(slices.Clone(now.Masks), rule)
		return now
	}, func(err error) { s.post(func() { s.suggested(p, tab, rule, picked, err) }) })
}

// choose takes the most durable way to name a thing that repeats nothing private: an administrator will read it.
func (s *Session) choose(picked Picked) (Choice, bool) {
	i := slices.IndexFunc(picked.Choices, func(c Choice) bool {
		return c.Selector != "" && s.out.Text(c.Selector) == c.Selector
	})
	if i < 0 {
		return Choice{}, false
	}
	return picked.Choices[i], true
}

// suggested tells people of a rule that holds now, and hands it on.
func (s *Session) suggested(p *person, tab TabID, rule MaskRule, picked Picked, err error) {
	s.hearOut() // what is hidden by now is known then, and not repeated below
	if s.ending.begun {
		return
	}
	if err != nil {
		p.send(FailureOf(err))
		return
	}
	picked.Name, picked.Tag, picked.Choices, picked.Above = s.out.Text(siteName(picked)), s.out.Text(picked.Tag), []Choice{}, nil
	s.notice(Notice{"mask_suggested", map[string]any{"name": orDots(picked.Name)}})
	if s.cfg.OnSuggestion == nil {
		return
	}
	made := Suggestion{By: p.Participant, Rule: rule, Picked: picked}
	for _, t := range s.shared.tabs.Tabs {
		if t.ID == tab {
			made.Page = s.out.URL(t.Vetted.URL)
		}
	}
	s.handing.Go(func() { s.cfg.OnSuggestion(made) })
}

// hearOut takes in what the browser has said already.
func (s *Session) hearOut() {
	for {
		select {
		case ev, ok := <-s.shared.events:
			s.browserEvent(ev, ok)
		default:
			return
		}
	}
}

// siteName is what a control is called, which the site says. The text of anything else is what was to be hidden: it goes no further.
func siteName(p Picked) string {
	switch p.Tag {
	case "a", "button", "input", "select", "textarea", "summary":
		return p.Name
	}
	return ""
}

func orDots(name string) string {
	if name == "" {
		return "…"
	}
	return name
}

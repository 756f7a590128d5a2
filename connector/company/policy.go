package company

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/cobrowse/egress"
	"cobrowse-connector/cobrowse/privacy"
	"cobrowse-connector/connector/store"
)

// What a policy may hold. More is a mistake or an attack: every page pays for each rule.
const (
	maxRules = 1000 // of one kind
	maxText  = 1000 // bytes of a selector, a name, an address
	maxID    = 100
)

// Field is an error about one entry of a policy. Path is the entry's: "masks[3]", "pii".
type Field struct {
	Path string
	Err  error
}

func (f *Field) Error() string { return f.Path + ": " + f.Err.Error() }

func (f *Field) Unwrap() error { return f.Err }

// ValidatePolicy tells what is wrong with a company's policy, as a Field. The engine judges each entry by itself, so that the first bad one
// is known, and then all of them together with the product's, as sessions have them.
func ValidatePolicy(p cobrowse.Policy) error {
	seen := map[string]bool{}
	for _, check := range []func() error{
		func() error {
			return entries("masks", p.Masks, func(r cobrowse.MaskRule) error {
				return checkEntry(seen, r.ID, cobrowse.Policy{Masks: []cobrowse.MaskRule{r}}, r.Site, r.Selector)
			})
		},
		func() error {
			return entries("guards", p.Guards, func(r cobrowse.GuardRule) error {
				return checkEntry(seen, r.ID, cobrowse.Policy{Guards: []cobrowse.GuardRule{r}}, r.Site, r.Selector, r.Name, r.Link, r.Frame)
			})
		},
		func() error {
			return entries("patterns", p.Patterns, func(r cobrowse.Pattern) error {
				return checkEntry(seen, r.ID, cobrowse.Policy{Patterns: []cobrowse.Pattern{r}}, r.Expression)
			})
		},
		func() error {
			return entries("pauses", p.Pauses, func(r cobrowse.PageRule) error {
				return checkEntry(seen, r.ID, cobrowse.Policy{Pauses: []cobrowse.PageRule{r}}, r.URL)
			})
		},
		func() error {
			return entries("requests", p.Requests, func(r cobrowse.RequestRule) error {
				return errors.Join(checkEntry(seen, r.ID, cobrowse.Policy{Requests: []cobrowse.RequestRule{r}}, r.URL), checkMethod(r))
			})
		},
		func() error {
			return entries("modes", p.Modes, func(m cobrowse.SiteMode) error {
				return privacy.Validate(cobrowse.Policy{Modes: []cobrowse.SiteMode{m}})
			})
		},
		func() error { return entries("ports", p.Ports, egress.CheckPort) },
		func() error {
			return entries("pii", p.PII, func(class string) error { return privacy.Validate(cobrowse.Policy{PII: []string{class}}) })
		},
		func() error {
			return entries("rights", p.Rights, func(r cobrowse.Right) error {
				if !slices.Contains(cobrowse.AllAgentRights, r) && !slices.Contains(cobrowse.GrantedRights, r) {
					return cobrowse.Errorf(cobrowse.CodeInvalid, "policy_right", "there is no right %q", r)
				}
				return nil
			})
		},
		func() error { return entries("refusedFiles", p.RefusedFiles, checkEnding) },
		func() error {
			if p.MaxTabs < 0 || p.MaxTabs > cobrowse.MostTabs {
				return &Field{"maxTabs", cobrowse.Errorf(cobrowse.CodeInvalid, "policy_tabs", "%d tabs do not work: from 1 to %d do", p.MaxTabs, cobrowse.MostTabs)}
			}
			return nil
		},
		func() error { return privacy.Validate(Effective(privacy.Defaults(), p)) },
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func entries[T any](kind string, list []T, check func(T) error) error {
	if len(list) > maxRules {
		return &Field{kind, cobrowse.Errorf(cobrowse.CodeInvalid, "policy_too_many", "%d %s are too many: at most %d work", len(list), kind, maxRules)}
	}
	for i, entry := range list {
		if err := check(entry); err != nil {
			return &Field{fmt.Sprintf("%s[%d]", kind, i), err}
		}
	}
	return nil
}

// checkEntry judges one rule; alone is a policy of nothing else.
func checkEntry(seen map[string]bool, id string, alone cobrowse.Policy, texts ...string) error {
	switch {
	case id == "" || len(id) > maxID:
		return cobrowse.Errorf(cobrowse.CodeInvalid, "policy_id", "a rule needs an id of at most %d bytes", maxID)
	case seen[id]:
		return cobrowse.Errorf(cobrowse.CodeInvalid, "policy_id", "two rules have the id %q", id)
	}
	seen[id] = true
	for _, text := range texts {
		if len(text) > maxText {
			return cobrowse.Errorf(cobrowse.CodeInvalid, "policy_too_long", "rule %q: a text of it has %d bytes, %d work", id, len(text), maxText)
		}
	}
	return privacy.Validate(alone)
}

var endings = regexp.MustCompile(`^\.?[\pL\pN][\pL\pN.-]{0,30}$`)

func checkEnding(ending string) error {
	if !endings.MatchString(ending) {
		return cobrowse.Errorf(cobrowse.CodeInvalid, "policy_ending", "%q is not the ending of files' names, such as exe", ending)
	}
	return nil
}

var methods = regexp.MustCompile(`^[A-Z]{0,20}$`)

func checkMethod(r cobrowse.RequestRule) error {
	if !methods.MatchString(r.Method) {
		return cobrowse.Errorf(cobrowse.CodeInvalid, "policy_method", "rule %q: %q is not a method such as POST", r.ID, r.Method)
	}
	return nil
}

// ChangePolicy makes a new version of what change returns, in one transaction with whatever else it does there.
func (c *Companies) ChangePolicy(ctx context.Context, slug, by string, change func(*sql.Tx, Company) (cobrowse.Policy, error)) (version int64, err error) {
	err = c.db.Tx(ctx, func(tx *sql.Tx) error {
		co, err := c.lock(ctx, tx, slug)
		if err != nil {
			return err
		}
		if co.Policy, err = change(tx, co); err != nil {
			return err
		}
		if err := co.Validate(); err != nil {
			return err
		}
		version, err = c.put(ctx, tx, co.Settings, by)
		return err
	})
	return version, err
}

// lock takes a company's row, so that changes come one after the other.
func (c *Companies) lock(ctx context.Context, tx *sql.Tx, slug string) (Company, error) {
	if _, err := tx.ExecContext(ctx, `UPDATE companies SET updated_at = updated_at WHERE slug = $1`, slug); err != nil {
		return Company{}, wrap(err)
	}
	return c.GetIn(ctx, tx, slug)
}

// Version is one state that a company's settings were in.
type Version struct {
	Version int64     `json:"version"`
	At      time.Time `json:"at"`
	By      string    `json:"by"`
}

// maxVersions are listed, the latest first.
const maxVersions = 50

// Versions lists a company's latest versions, the newest first.
func (c *Companies) Versions(ctx context.Context, slug string) ([]Version, error) {
	const list = `SELECT version, changed_at, changed_by FROM company_versions WHERE slug = $1 ORDER BY version DESC LIMIT $2`
	rows, err := c.db.QueryContext(ctx, list, slug, maxVersions)
	if err != nil {
		return nil, wrap(err)
	}
	defer rows.Close()
	versions := []Version{}
	for rows.Next() {
		var v Version
		var at int64
		if err := rows.Scan(&v.Version, &at, &v.By); err != nil {
			return nil, wrap(err)
		}
		v.At = store.Time(at)
		versions = append(versions, v)
	}
	return versions, wrap(rows.Err())
}

package solution

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"cobrowse-connector/adapters/desk"
)

// level is a depth as the platform calls it, and as administrators read it in the editor of roles.
type level struct{ Name, Words string }

// depths are how far a right may reach, the shortest first. A kind that is not among them is told as unknown.
var depths = []level{
	{"Basic", "User"}, {"Local", "Business Unit"}, {"Deep", "Parent: Child Business Units"}, {"Global", "Organization"},
}

// reach is the place of a depth among depths, -1 for a right that is not held.
func reach(depth string) int {
	return slices.IndexFunc(depths, func(l level) bool { return l.Name == depth })
}

// heldRight is a right of ours as the organisation's role holds it.
type heldRight struct {
	right
	id    string // of the privilege in this organisation
	depth string // "" when the role does not hold it
}

func (h heldRight) short() bool { return reach(h.depth) < reach(h.Depth) }
func (h heldRight) wide() bool  { return reach(h.depth) > reach(h.Depth) }

// String says how the right differs.
func (h heldRight) String() string {
	if h.depth == "" {
		return h.Name + " is not there"
	}
	return fmt.Sprintf("%s reaches %s instead of %s", h.Name, depths[reach(h.depth)].Words, depths[reach(h.Depth)].Words)
}

// heldRights are the rights of a role of ours, as far as the organisation knows them, with what the role in it holds of each. Rights beyond
// ours are nobody's business here: the platform gives every role some of its own.
func (s *Setup) heldRights(ctx context.Context, r role) ([]heldRight, error) {
	depthOf, err := s.depths(ctx, r)
	if err != nil {
		return nil, err
	}
	known, err := s.privileges(ctx, r)
	if err != nil {
		return nil, err
	}
	var all []heldRight
	for _, want := range r.Privileges {
		id, there := known[strings.ToLower(want.Name)]
		held := depthOf[id]
		switch {
		case !there && want.Omnichannel:
			continue
		case !there:
			return nil, fmt.Errorf("the organisation knows no privilege %s", want.Name)
		case held != "" && reach(held) < 0:
			return nil, fmt.Errorf("how far %s reaches is not known here: %s", want.Name, held)
		}
		all = append(all, heldRight{want, id, held})
	}
	return all, nil
}

// depths are how far the organisation's role reaches, by privilege.
func (s *Setup) depths(ctx context.Context, r role) (map[string]string, error) {
	var held struct {
		RolePrivileges []struct{ PrivilegeID, Depth string }
	}
	if err := s.Org.Get(ctx, "RetrieveRolePrivilegesRole(RoleId="+id("role", r.Name)+")", nil, &held); err != nil {
		return nil, err
	}
	depthOf := map[string]string{}
	for _, p := range held.RolePrivileges {
		depthOf[p.PrivilegeID] = p.Depth
	}
	return depthOf, nil
}

// privileges are the organisation's ids of a role's rights, by name in small letters.
func (s *Setup) privileges(ctx context.Context, r role) (map[string]string, error) {
	var names []string
	for _, p := range r.Privileges {
		names = append(names, "name eq '"+p.Name+"'")
	}
	var found list[struct{ Name, PrivilegeID string }]
	query := url.Values{"$select": {"name,privilegeid"}, "$filter": {strings.Join(names, " or ")}}
	if err := s.Org.Get(ctx, "privileges", query, &found); err != nil {
		return nil, err
	}
	ids := map[string]string{}
	for _, p := range found.Value {
		ids[strings.ToLower(p.Name)] = p.PrivilegeID
	}
	return ids, nil
}

// short are the rights that are missing or do not reach far enough.
func (s *Setup) short(ctx context.Context, r role) ([]heldRight, error) {
	all, err := s.heldRights(ctx, r)
	return slices.DeleteFunc(all, func(h heldRight) bool { return !h.short() }), err
}

// lookAtWidth tells of rights that reach further than they need. Somebody gave them on purpose, so install leaves them.
func (s *Setup) lookAtWidth(ctx context.Context, r role) Finding {
	f := Finding{ID: r.ID + "-width", What: "the security role " + r.Name + " reaches no further than it needs", State: OK}
	all, err := s.heldRights(ctx, r)
	if errors.Is(err, desk.ErrNotFound) {
		return f // the step says that the role is not there
	}
	if err != nil {
		return f.unknown(err)
	}
	var wide []string
	for _, h := range all {
		if h.wide() {
			wide = append(wide, h.String())
		}
	}
	if len(wide) > 0 {
		f.State, f.Do = Note, taskNarrow
		f.What = "the security role " + r.Name + ": " + strings.Join(wide, ", ")
	}
	return f
}

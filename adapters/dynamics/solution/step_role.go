package solution

import (
	"context"
	"errors"
	"slices"

	"cobrowse-connector/adapters/desk"
)

func rolePath(name string) string { return "roles(" + id("role", name) + ")" }

// role makes a security role. Its right to what this organisation does not have is left out.
func (s *Setup) role(r role) Step {
	return Step{
		ID:   r.ID,
		Name: "the security role " + r.Name,
		Check: func(ctx context.Context) (lacks []string, err error) {
			short, err := s.short(ctx, r)
			if errors.Is(err, desk.ErrNotFound) {
				return absent, nil
			}
			for _, h := range short {
				lacks = append(lacks, h.String())
			}
			return lacks, err
		},
		Do:   func(ctx context.Context) error { return s.makeRole(ctx, r) },
		Undo: func(ctx context.Context) error { return s.unlessManaged(ctx, rolePath(r.Name)) },
	}
}

func (s *Setup) makeRole(ctx context.Context, r role) error {
	unit, err := first[struct{ BusinessUnitID string }](ctx, s, "businessunits", "businessunitid", "_parentbusinessunitid_value eq null")
	if err != nil {
		return err
	}
	if unit == nil {
		return errors.New("the organisation shows no root business unit")
	}
	err = s.Org.Put(ctx, rolePath(r.Name), Record, map[string]any{
		"name": r.Name, "businessunitid@odata.bind": "/businessunits(" + unit.BusinessUnitID + ")",
	})
	if err != nil {
		return err
	}
	short, err := s.short(ctx, r)
	if err != nil {
		return err
	}
	var add []any
	for _, h := range short {
		add = append(add, map[string]string{"PrivilegeId": h.id, "Depth": h.Depth, "BusinessUnitId": unit.BusinessUnitID})
	}
	if len(add) == 0 {
		return nil
	}
	return s.Org.Act(ctx, rolePath(r.Name)+"/Microsoft.Dynamics.CRM.AddPrivilegesRole", map[string]any{"Privileges": add}, nil)
}

// names are the names of what is associated at path.
func (s *Setup) names(ctx context.Context, path string) ([]string, error) {
	var found list[struct{ Name string }]
	if err := s.Org.Get(ctx, path, selecting("name"), &found); err != nil {
		return nil, err
	}
	var names []string
	for _, f := range found.Value {
		names = append(names, f.Name)
	}
	return names, nil
}

type userRow struct {
	SystemUserID string
	IsDisabled   bool
}

// findApplicationUser is the user as whom the service signs in, nil when there is none.
func (s *Setup) findApplicationUser(ctx context.Context) (*userRow, error) {
	if s.Application != "" {
		return first[userRow](ctx, s, "systemusers", "systemuserid,isdisabled", "applicationid eq "+s.Application)
	}
	var me struct{ UserID string }
	err := s.Org.Get(ctx, "WhoAmI", nil, &me)
	return &userRow{SystemUserID: me.UserID}, err
}

const userRoles = "/systemuserroles_association"

// applicationUser gives the service's user its role. The user itself is made by a person.
func (s *Setup) applicationUser() Step {
	return Step{
		ID:   "application-user-role",
		Name: "the role of the application user",
		Check: func(ctx context.Context) ([]string, error) {
			u, err := s.findApplicationUser(ctx)
			if err != nil || u == nil {
				return absent, err
			}
			names, err := s.names(ctx, "systemusers("+u.SystemUserID+")"+userRoles)
			return unless(slices.Contains(names, RoleConnector)), err
		},
		Do: func(ctx context.Context) error {
			u, err := s.findApplicationUser(ctx)
			if err != nil {
				return err
			}
			if u == nil {
				return errors.New("the organisation has no application user for the client id " + s.Application + ": " + taskApplicationUser)
			}
			return s.Org.Create(ctx, "systemusers("+u.SystemUserID+")"+userRoles+"/$ref", "",
				map[string]string{"@odata.id": s.Org.Organisation() + "/" + rolePath(RoleConnector)})
		},
		Undo: func(ctx context.Context) error {
			u, err := s.findApplicationUser(ctx)
			if err != nil || u == nil {
				return err
			}
			return s.Org.Delete(ctx, "systemusers("+u.SystemUserID+")"+userRoles+"("+id("role", RoleConnector)+")/$ref")
		},
	}
}

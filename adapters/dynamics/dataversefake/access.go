package dataversefake

import (
	"slices"
	"strings"
)

// A user that is ByRoles may do what the security roles that they hold say, as far as each privilege reaches; of several roles the furthest
// reach counts. Facts: powerapps-docs/developer/data-platform/security-concepts.md. Nothing is shared here, and there are no teams. The rest of
// the users are for those who need no roles: see Depth.

// rights are how far each privilege reaches, by its name in small letters.
type rights map[string]string

// rightsOf collects what a user's roles hold; of two that hold the same privilege, the further one counts.
func rightsOf(st *state, user string) rights {
	held := rights{}
	for r := range st.rows {
		role, is := strings.CutPrefix(r.ID, user+"/")
		if !is || r.Table != "systemuserroles_association" {
			continue
		}
		for p, v := range st.rows {
			id, is := strings.CutPrefix(p.ID, role+"/")
			if !is || p.Table != "roleprivileges_association" {
				continue
			}
			privilege, _ := st.get(ref{"privilege", id})
			name, _ := privilege["name"].(string)
			if depth, _ := v["depth"].(string); further(depth, held[strings.ToLower(name)]) {
				held[strings.ToLower(name)] = depth
			}
		}
	}
	return held
}

// nouns are what tables' privileges are named after, where that is not the table's name.
var nouns = map[string]string{"annotation": "Note", "systemuser": "User", "activitypointer": "Activity", "activityparty": "Activity",
	"webresource": "WebResource", "systemform": "SystemForm", "environmentvariabledefinition": "EnvironmentVariableDefinition",
	"environmentvariablevalue": "EnvironmentVariableValue"}

func (s *Server) noun(table string) string {
	if t := s.tables[table]; t != nil && t.Activity {
		return "Activity"
	}
	if noun, known := nouns[table]; known {
		return noun
	}
	if strings.Contains(table, "_") { // one that a solution brought
		return table
	}
	return strings.ToUpper(table[:1]) + table[1:]
}

// may tells whether both the caller and the user it acts for have a right to a record.
func (s *Server) may(who caller, verb string, r ref, v row) bool {
	return s.userMay(who.user, verb, r, v) && (who.actual == nil || s.userMay(*who.actual, verb, r, v))
}

func (s *Server) userMay(u User, verb string, r ref, v row) bool {
	if u.ByRoles {
		return s.reaches(u, u.rights["prv"+strings.ToLower(verb+s.noun(r.Table))], r, v)
	}
	if verb == "Delete" && !u.Customizer {
		return false
	}
	switch u.Reads {
	case Organization:
		return true
	case Own:
		agent, _ := v["msdyn_activeagentid"].(ref)
		return r.Table != "msdyn_ocliveworkitem" || agent.ID == u.ID
	}
	return false
}

// reaches tells whether a right of this depth reaches a record. What has no owner belongs to the organisation; users belong to themselves.
func (s *Server) reaches(u User, depth string, r ref, v row) bool {
	owner, owned := v["ownerid"].(ref)
	if r.Table == "systemuser" {
		owner, owned = r, true
	}
	unit := s.users[owner.ID].Unit
	switch depth {
	case "Global":
		return true
	case "Deep":
		return owned && (unit == u.Unit || u.Unit == "" || strings.HasPrefix(unit, u.Unit+"/"))
	case "Local":
		return owned && unit == u.Unit
	case "Basic":
		return owned && owner.ID == u.ID
	}
	return false
}

// lacking is the privilege for a whole table that somebody lacks, "" when they have it, however far it reaches. Who reads nothing is not
// told so when they ask for a list: it is empty.
func (s *Server) lacking(who caller, verb, table string) string {
	privilege := "prv" + verb + s.noun(table)
	lacks := func(u User) bool {
		if u.ByRoles {
			return u.rights[strings.ToLower(privilege)] == ""
		}
		return verb != "Read" && u.Reads == Nothing
	}
	if lacks(who.user) || who.actual != nil && lacks(*who.actual) {
		return privilege
	}
	return ""
}

func further(depth, than string) bool {
	return slices.Index(depths, depth) > slices.Index(depths, than)
}

func missing(privilege string) *fault {
	return forbidden("0x80040220", "Principal user is missing %s privilege.", privilege)
}

// attachable holds the two rights that a lookup takes: append on the record that has it, append-to on the one it leads to. Parties of
// activities have no rights of their own, and owners are another matter.
func (s *Server) attachable(who caller, t *Table, target ref, v row) *fault {
	if t.LogicalName == "activityparty" || target.Table == "systemuser" {
		return nil
	}
	if p := s.lacking(who, "Append", t.LogicalName); p != "" {
		return missing(p)
	}
	if !s.may(who, "AppendTo", target, v) {
		return missing("prvAppendTo" + s.noun(target.Table))
	}
	return nil
}

package dataversefake

import (
	"net/http"
	"strings"

	"github.com/google/uuid"
)

// Depth is how far a user's right to read conversations, cases and customers reaches.
type Depth int

const (
	// Own reads the conversations the user is the active agent of, and all cases and customers.
	Own Depth = iota
	// Organization reads everything.
	Organization
	// Nothing reads no records at all.
	Nothing
)

// User is a person or an application of the organisation. What they may do is said by the fields Reads and Customizer, or by the security roles
// that they hold.
type User struct {
	ID          string // systemuser id; made when empty
	ObjectID    string // of Entra ID; made when empty
	Name        string
	Application bool
	Delegate    bool // prvActOnBehalfOfAnotherUser
	Disabled    bool
	Customizer  bool // a system administrator: may import solutions, define tables, make roles, delete records
	Reads       Depth
	ByRoles     bool   // may do what security roles say, and nothing else
	Unit        string // business unit, as a path below the root one: "emea/berlin"

	rights rights // of the roles, found for each request of somebody who is ByRoles
}

// caller is whose rights count: user, and actual too when it acts on behalf of user.
type caller struct {
	user   User
	actual *User
}

// identify finds the caller behind the token and CallerObjectId.
func (s *Server) identify(h http.Header) (caller, *fault) {
	token, ok := strings.CutPrefix(h.Get("Authorization"), "Bearer ")
	id, known := s.tokens[token]
	if !ok || !known {
		return caller{}, &fault{http.StatusUnauthorized, "0x80072561", "The bearer token is missing or not valid."}
	}
	actual := s.withRights(s.users[id])
	onBehalf := h.Get("CallerObjectId")
	if onBehalf == "" {
		return caller{user: actual}, nil
	}
	if !actual.Delegate && actual.rights["prvactonbehalfofanotheruser"] == "" {
		return caller{}, missing("prvActOnBehalfOfAnotherUser")
	}
	for _, u := range s.users {
		if strings.EqualFold(u.ObjectID, onBehalf) {
			if u.Disabled {
				return caller{}, forbidden("0x80040225", "The specified user is either disabled or is not a member of any business unit.")
			}
			return caller{user: s.withRights(u), actual: &actual}, nil
		}
	}
	return caller{}, forbidden("0x80072560", "The user is not a member of the organization.")
}

func (s *Server) withRights(u User) User {
	if u.ByRoles {
		u.rights = rightsOf(s.data, u.ID)
	}
	return u
}

// AddUser adds a person or application and returns its systemuser id. The same id again replaces it.
func (s *Server) AddUser(u User) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u.ID == "" {
		u.ID = uuid.NewString()
	}
	if u.ObjectID == "" {
		u.ObjectID = uuid.NewString()
	}
	s.users[u.ID] = u
	s.data.put(ref{"systemuser", u.ID}, row{
		"fullname": u.Name, "azureactivedirectoryobjectid": u.ObjectID, "isdisabled": u.Disabled,
		"createdon": stamp(s.now()), "modifiedon": stamp(s.now()),
	})
	return u.ID
}

// AddToken lets a bearer token stand for a user, besides the application's own.
func (s *Server) AddToken(token, user string) { s.locked(func() { s.tokens[token] = user }) }

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

// User is a person or an application of the organisation.
type User struct {
	ID          string // systemuser id; made when empty
	ObjectID    string // of Entra ID; made when empty
	Name        string
	Application bool
	Delegate    bool // prvActOnBehalfOfAnotherUser
	Disabled    bool
	Customizer  bool // may import solutions, define tables and make roles
	Reads       Depth
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
	actual := s.users[id]
	onBehalf := h.Get("CallerObjectId")
	if onBehalf == "" {
		return caller{user: actual}, nil
	}
	if !actual.Delegate {
		return caller{}, forbidden("0x80040220", "Principal user is missing prvActOnBehalfOfAnotherUser privilege.")
	}
	for _, u := range s.users {
		if strings.EqualFold(u.ObjectID, onBehalf) {
			if u.Disabled {
				return caller{}, forbidden("0x80040225", "The specified user is either disabled or is not a member of any business unit.")
			}
			return caller{user: u, actual: &actual}, nil
		}
	}
	return caller{}, forbidden("0x80072560", "The user is not a member of the organization.")
}

// mayRead holds the effective rights: what both the caller and the user it acts for may read.
func (c caller) mayRead(r ref, v row) bool {
	return c.user.mayRead(r, v) && (c.actual == nil || c.actual.mayRead(r, v))
}

func (u User) mayRead(r ref, v row) bool {
	switch u.Reads {
	case Organization:
		return true
	case Nothing:
		return false
	case Own:
		if r.Table != "msdyn_ocliveworkitem" {
			return true
		}
		agent, _ := v["msdyn_activeagentid"].(ref)
		return agent.ID == u.ID
	}
	return false
}

func (c caller) mayWrite() bool {
	return c.user.Reads != Nothing && (c.actual == nil || c.actual.Reads != Nothing)
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

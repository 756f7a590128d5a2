package dataversefake

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"
)

// Case is a case to begin with.
type Case struct {
	ID      string // made when empty
	Title   string
	Number  string // made when empty
	Contact string // id of the customer
	Owner   string // systemuser id
}

// AddCase adds a case and returns its id.
func (s *Server) AddCase(c Case) string {
	v := row{"title": c.Title, "customerid": reference("contact", c.Contact), "ownerid": reference("systemuser", c.Owner)}
	if c.Number != "" {
		v["ticketnumber"] = c.Number
	}
	return s.seed("incident", c.ID, v)
}

// number is what a case gets that comes without one: cases are numbered automatically, with three letters in front
// (power-platform/admin/change-auto-number-prefix-contract-case-article-quote-order-invoice-campaign-category-knowledge-articles.md).
func (s *Server) number() string {
	return fmt.Sprintf("CAS-%05d-%s", s.data.version%100_000, rand.Text()[:6])
}

// CaseSeen is a case as people see it.
type CaseSeen struct {
	ID, Title, Number string
	State             string // Active, Resolved, Canceled
	Customer, Owner   string // their names
	Created           time.Time
}

var caseStates = map[string]string{"0": "Active", "1": "Resolved", "2": "Canceled"}

// SeeCase is the case with an id.
func (s *Server) SeeCase(id string) (c CaseSeen, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seeCase(ref{"incident", id})
}

// SeeCaseOf is the case that is linked to a conversation.
func (s *Server) SeeCaseOf(conversation string) (c CaseSeen, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, _ := s.data.get(ref{"msdyn_ocliveworkitem", conversation})
	linked, _ := v["msdyn_issueid"].(ref)
	return s.seeCase(linked)
}

func (s *Server) seeCase(r ref) (c CaseSeen, ok bool) {
	v, ok := s.data.get(r)
	if !ok {
		return CaseSeen{}, false
	}
	c = CaseSeen{ID: r.ID, Owner: s.userName(v["ownerid"])}
	c.Title, _ = v["title"].(string)
	c.Number, _ = v["ticketnumber"].(string)
	if state, isNumber := v["statecode"].(json.Number); isNumber {
		c.State = caseStates[state.String()]
	}
	if customer, isRef := v["customerid"].(ref); isRef {
		of, _ := s.data.get(customer)
		c.Customer, _ = of[s.tables[customer.Table].PrimaryName].(string)
	}
	created, _ := v["createdon"].(string)
	c.Created, _ = time.Parse(timeLayout, created)
	return c, true
}

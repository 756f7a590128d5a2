package dynamics

import (
	"context"
	"errors"
	"net/url"
	"sync"

	"cobrowse-connector/adapters/desk"
)

// How people take part in an activity: values of participationtypemask. A phone call takes sender and recipient, an activity of
// our own takes all kinds, and a task takes none (powerapps-docs/developer/data-platform/activityparty-entity.md). The customer
// is the one who calls.
const (
	partySender    = 1
	partyRecipient = 2
	partyOrganizer = 7
	partyCustomer  = 11
)

// addParties names agent and customer in a new activity.
func (d *Desk) addParties(ctx context.Context, s *schema, kind string, e desk.Entry, body map[string]any) error {
	agentAs, customerAs := partyOrganizer, partyCustomer
	if kind == "phonecall" {
		agentAs, customerAs = partyRecipient, partySender
	}
	name := s.tables[kind].parties
	if kind == "task" || name == "" {
		return nil
	}
	user, err := d.users.get(ctx, d.writer, e.Agent.ID)
	if err != nil {
		return err
	}
	var parties []map[string]any
	for _, p := range []struct {
		who desk.Ref
		as  int
	}{{desk.Ref{Type: "systemuser", ID: user}, agentAs}, {e.Record.Customer, customerAs}} {
		if set, known := partySets[p.who.Type]; known && isGUID(p.who.ID) {
			parties = append(parties, map[string]any{
				"partyid_" + p.who.Type + "@odata.bind": "/" + set + "(" + p.who.ID + ")", "participationtypemask": p.as,
			})
		}
	}
	if len(parties) > 0 {
		body[name] = parties
	}
	return nil
}

// partySets are the entity sets of those who take part.
var partySets = map[string]string{"systemuser": "systemusers", "contact": "contacts", "account": "accounts"}

// users are the organisation's own ids of agents, by those of Entra ID. They never change.
type users struct {
	mu sync.Mutex
	of map[string]string
}

// get reads an agent's id once, as the application: the agent's own rights need not reach to users. "" when it is not to be
// learned: an entry without its agent among the parties is better than none.
func (u *users) get(ctx context.Context, c *client, agent string) (string, error) {
	if !isGUID(agent) {
		return "", nil
	}
	u.mu.Lock()
	known, ok := u.of[agent]
	u.mu.Unlock()
	if ok {
		return known, nil
	}
	var list struct {
		Value []struct {
			ID string `json:"systemuserid"`
		}
	}
	query := url.Values{"$select": {"systemuserid"}, "$filter": {"azureactivedirectoryobjectid eq " + agent}}
	err := c.get(ctx, "", "systemusers", query, &list)
	if errors.Is(err, desk.ErrDenied) || (err == nil && len(list.Value) != 1) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.of == nil {
		u.of = map[string]string{}
	}
	u.of[agent] = list.Value[0].ID
	return list.Value[0].ID, nil
}

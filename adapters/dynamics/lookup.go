package dynamics

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"cobrowse-connector/adapters/desk"
)

// Values of msdyn_channel that are calls; it is a list in one text, e.g. "192360000,192350002".
var voiceChannels = []string{"192370000", "192440000"}

type conversation struct {
	Channel      string `json:"msdyn_channel"`
	Case         string `json:"_msdyn_issueid_value"`
	Customer     string `json:"_msdyn_customer_value"`
	CustomerType string `json:"_msdyn_customer_value@Microsoft.Dynamics.CRM.lookuplogicalname"`
}

// caseTarget begins the name of a case that an agent opens the widget for without a conversation.
const caseTarget = "incident:"

// Lookup reads what the widget was opened for on behalf of the agent, with the agent's own rights: a conversation by its id, or a case as
// incident:<id>. What that belongs to is what the organisation says, never what a browser does.
func (d *Desk) Lookup(ctx context.Context, agent desk.Agent, target string) (desk.Record, error) {
	if !isGUID(agent.ID) {
		return desk.Record{}, desk.ErrDenied
	}
	target = strings.ToLower(target)
	id, isCase := strings.CutPrefix(target, caseTarget)
	if !isGUID(id) {
		return desk.Record{}, desk.ErrNotFound
	}
	if isCase {
		return d.lookupCase(ctx, agent, id)
	}
	return d.lookupConversation(ctx, agent, id)
}

func (d *Desk) lookupConversation(ctx context.Context, agent desk.Agent, id string) (desk.Record, error) {
	var c conversation
	query := url.Values{"$select": {"msdyn_channel,_msdyn_issueid_value,_msdyn_customer_value"}}
	if err := d.client.get(ctx, agent.ID, "msdyn_ocliveworkitems("+id+")", query, &c); err != nil {
		return desk.Record{}, err
	}
	r := desk.Record{Conversation: id, Channel: desk.Chat}
	for _, v := range voiceChannels {
		if strings.Contains(c.Channel, v) {
			r.Channel = desk.Voice
		}
	}
	var err error
	if r.Case, r.CaseTitle, err = d.named(ctx, agent, desk.Ref{Type: "incident", ID: c.Case}); err != nil {
		return desk.Record{}, err
	}
	r.Customer, r.CustomerName, err = d.named(ctx, agent, desk.Ref{Type: c.CustomerType, ID: c.Customer})
	return r, err
}

// lookupCase reads a case without a conversation: the customer is on the telephone, or somewhere that the organisation does not know of.
func (d *Desk) lookupCase(ctx context.Context, agent desk.Agent, id string) (desk.Record, error) {
	var c struct {
		Title        string `json:"title"`
		Customer     string `json:"_customerid_value"`
		CustomerType string `json:"_customerid_value@Microsoft.Dynamics.CRM.lookuplogicalname"`
	}
	if err := d.client.get(ctx, agent.ID, "incidents("+id+")", url.Values{"$select": {"title,_customerid_value"}}, &c); err != nil {
		return desk.Record{}, err
	}
	r := desk.Record{Channel: desk.Voice, Case: desk.Ref{Type: "incident", ID: id}, CaseTitle: c.Title}
	var err error
	r.Customer, r.CustomerName, err = d.named(ctx, agent, desk.Ref{Type: c.CustomerType, ID: c.Customer})
	return r, err
}

// nameColumns of the records that a conversation leads to.
var nameColumns = map[string]string{"incident": "title", "contact": "fullname", "account": "name"}

// named reads a record's name as the agent. One that the agent may not see, or that is gone, counts as none: the session is
// then written to where the agent may write.
func (d *Desk) named(ctx context.Context, agent desk.Agent, r desk.Ref) (desk.Ref, string, error) {
	column, known := nameColumns[r.Type]
	if !known || !isGUID(r.ID) {
		return desk.Ref{}, "", nil
	}
	var v map[string]any
	err := d.client.get(ctx, agent.ID, entitySets[r.Type]+"("+r.ID+")", url.Values{"$select": {column}}, &v)
	if errors.Is(err, desk.ErrDenied) || errors.Is(err, desk.ErrNotFound) {
		return desk.Ref{}, "", nil
	}
	name, _ := v[column].(string)
	return r, name, err
}

func isGUID(s string) bool {
	_, err := uuid.Parse(s)
	return err == nil && len(s) == 36
}

package dataversefake

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Conversation is an Omnichannel conversation to begin with.
type Conversation struct {
	ID      string // made when empty
	Subject string
	Voice   bool   // a call; a chat otherwise
	Agent   string // systemuser id of the active agent
	Case    string // "" when there is none
	Contact string
}

// Values of msdyn_ocliveworkitem.msdyn_channel.
const (
	channelChat  = "192360000"
	channelVoice = "192440000"
)

// AddContact adds a customer and returns the contact's id; a given id is kept.
func (s *Server) AddContact(id, firstName, lastName string) string {
	return s.seed("contact", id, row{"firstname": firstName, "lastname": lastName, "fullname": firstName + " " + lastName})
}

// AddAccount adds a customer that is a company, and returns the account's id; a given id is kept.
func (s *Server) AddAccount(id, name string) string {
	return s.seed("account", id, row{"name": name})
}

// AddConversation adds a conversation and returns its id.
func (s *Server) AddConversation(c Conversation) string {
	channel := channelChat
	if c.Voice {
		channel = channelVoice
	}
	return s.seed("msdyn_ocliveworkitem", c.ID, row{
		"subject": c.Subject, "msdyn_title": c.Subject, "msdyn_channel": channel, "statuscode": json.Number("2"),
		"msdyn_activeagentid": reference("systemuser", c.Agent), "msdyn_issueid": reference("incident", c.Case),
		"msdyn_customer": reference("contact", c.Contact),
	})
}

func reference(table, id string) any {
	if id == "" {
		return nil
	}
	return ref{table, id}
}

func (s *Server) seed(table, id string, v row) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id == "" {
		id = uuid.NewString()
	}
	t := s.tables[table]
	v[t.PrimaryID] = id
	s.defaults(&request{who: caller{user: User{}}}, t, v)
	s.data.put(ref{table, id}, v)
	return id
}

// SetMaxUpload sets organization.maxuploadfilesize.
func (s *Server) SetMaxUpload(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for r, v := range s.data.rows {
		if r.Table == "organization" {
			v = maps.Clone(v)
			v["maxuploadfilesize"] = json.Number(strconv.Itoa(n))
			s.data.put(r, v)
		}
	}
}

// Item is one entry of a timeline as people see it: an activity or a note.
type Item struct {
	Kind     string    `json:"kind"` // logical name: annotation, phonecall, …
	ID       string    `json:"id"`
	Subject  string    `json:"subject"`
	HTML     string    `json:"html,omitempty"` // of a note; rich text that people wrote or the service made
	Text     string    `json:"text,omitempty"` // of an activity: its description
	State    string    `json:"state,omitempty"`
	By       string    `json:"by"`            // who it was created as
	Via      string    `json:"via,omitempty"` // the application that acted for them
	Modified time.Time `json:"modified"`
	File     *ItemFile `json:"file,omitempty"`
	Parties  []Party   `json:"parties,omitempty"` // who took part in an activity
	Columns  row       `json:"columns"`           // the plain values, for pages and tests that show more
}

// ItemFile is a note's attachment; Attachment gives its content.
type ItemFile struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Size int    `json:"size"`
}

var stateNames = map[string]string{"0": "Open", "1": "Completed", "2": "Canceled", "3": "Scheduled"}

// Timeline lists what stands on a record, e.g. a case: activities and notes, newest change first.
func (s *Server) Timeline(recordID string) []Item {
	s.mu.Lock()
	defer s.mu.Unlock()
	items, parties := []Item{}, s.parties()
	for r, v := range s.data.rows {
		t := s.tables[r.Table]
		about, _ := v["regardingobjectid"].(ref)
		if r.Table == "annotation" {
			about, _ = v["objectid"].(ref)
		}
		if about.ID == recordID && (t.Activity || r.Table == "annotation") {
			it := s.item(t, r, v)
			it.Parties = parties[r]
			items = append(items, it)
		}
	}
	slices.SortFunc(items, func(a, b Item) int {
		return cmp.Or(b.Modified.Compare(a.Modified), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID))
	})
	return items
}

func (s *Server) item(t *Table, r ref, v row) Item {
	it := Item{Kind: r.Table, ID: r.ID, By: s.userName(v["createdby"]), Via: s.userName(v["createdonbehalfby"]), Columns: row{}}
	it.Subject, _ = v["subject"].(string)
	it.HTML, _ = v["notetext"].(string)
	it.Text, _ = v["description"].(string)
	modified, _ := v["modifiedon"].(string)
	it.Modified, _ = time.Parse(timeLayout, modified)
	if state, ok := v["statecode"].(json.Number); ok {
		it.State = stateNames[state.String()]
	}
	if body, _ := v["documentbody"].(string); body != "" {
		raw, _ := base64.StdEncoding.DecodeString(body)
		name, _ := v["filename"].(string)
		kind, _ := v["mimetype"].(string)
		it.File = &ItemFile{Name: name, Type: kind, Size: len(raw)}
	}
	for name := range t.Columns {
		if v[name] != nil && name != "documentbody" {
			it.Columns[name] = v[name]
		}
	}
	return it
}

func (s *Server) userName(v any) string {
	r, ok := v.(ref)
	if !ok {
		return ""
	}
	return s.users[r.ID].Name
}

// Attachment is the file of a note.
func (s *Server) Attachment(noteID string) (file ItemFile, content []byte, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, exists := s.data.get(ref{"annotation", noteID})
	if !exists {
		return ItemFile{}, nil, false
	}
	it := s.item(s.tables["annotation"], ref{"annotation", noteID}, v)
	if it.File == nil {
		return ItemFile{}, nil, false
	}
	body, _ := v["documentbody"].(string)
	raw, err := base64.StdEncoding.DecodeString(body)
	return *it.File, raw, err == nil
}

// Count is how many records a table has.
func (s *Server) Count(table string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for r := range s.data.rows {
		if r.Table == table {
			n++
		}
	}
	return n
}

// CobrowseColumns are the columns of our custom activity for AddTable: names with their greatest lengths, under the prefix of
// the table's name.
func CobrowseColumns(table string, lengths map[string]int) map[string]Column {
	prefix, _, _ := strings.Cut(table, "_")
	columns := map[string]Column{}
	for name, n := range lengths {
		columns[prefix+"_"+name] = Column{Type: "String", MaxLength: n}
	}
	return columns
}

// Delete removes a record, as a person would.
func (s *Server) Delete(table, id string) { s.locked(func() { s.data.remove(ref{table, id}) }) }

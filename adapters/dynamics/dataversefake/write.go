package dataversefake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func (s *Server) create(q *request, t *Table) *reply {
	if f := checkOptions(q, writeOptions); f != nil {
		return f.reply()
	}
	return s.createDeep(q, t)
}

func (s *Server) upsert(q *request, t *Table, r ref) *reply {
	if f := checkOptions(q, writeOptions); f != nil {
		return f.reply()
	}
	old, exists := q.st.get(r)
	if q.header.Get("If-None-Match") == "*" && exists {
		return (&fault{http.StatusPreconditionFailed, "", "A record with matching key values already exists."}).reply()
	}
	if match := q.header.Get("If-Match"); match != "" {
		if !exists {
			return (&fault{http.StatusNotFound, "", fmt.Sprintf("%s With Id = %s Does Not Exist", t.LogicalName, r.ID)}).reply()
		}
		if match != "*" && match != etag(old) {
			return (&fault{http.StatusPreconditionFailed, "", "The version of the existing record doesn't match the RowVersion property provided."}).reply()
		}
	}
	values, f := s.decode(q, t, old)
	if f != nil {
		return f.reply()
	}
	status := http.StatusOK
	if exists {
		f = s.change(q, t, r, values)
	} else {
		f, status = s.insert(q, t, r, values), http.StatusCreated
	}
	if f != nil {
		return f.reply()
	}
	return s.written(q, t, r, status)
}

func (s *Server) written(q *request, t *Table, r ref, status int) *reply {
	if strings.Contains(q.header.Get("Prefer"), "return=representation") {
		v, _ := q.st.get(r)
		out, f := s.show(q, t, r, v)
		if f != nil {
			return f.reply()
		}
		out["@odata.context"] = q.base + "/$metadata#" + t.EntitySet + "/$entity"
		return jsonReply(status, out).with("Preference-Applied", "return=representation")
	}
	return noContent().with("OData-EntityId", fmt.Sprintf("%s/%s(%s)", q.base, t.EntitySet, r.ID))
}

// onlyInForms are columns that the references call required and that the documentation's own requests leave out
// (webapi/create-entity-web-api.md). Whether that goes for all that are required by the application is not said.
var onlyInForms = map[string]bool{"contact.lastname": true}

func (s *Server) insert(q *request, t *Table, r ref, values row) *fault {
	if p := s.lacking(q.who, "Create", t.LogicalName); p != "" {
		return missing(p)
	}
	for name := range values {
		if t.Columns[name].NotOnCreate {
			return bad("0x80048d19", "'%s' of '%s' is not valid on create.", name, t.LogicalName)
		}
	}
	for name, c := range t.Columns {
		if c.Required == "application" && values[name] == nil && !onlyInForms[t.LogicalName+"."+name] {
			return bad("0x80040203", "'%s' of '%s' is required.", name, t.LogicalName)
		}
	}
	if _, taken := s.lookupRow(q.st, ref{"activitypointer", r.ID}); t.Activity && taken {
		return &fault{http.StatusPreconditionFailed, "0x80040237", "A record with matching key values already exists."}
	}
	if f := s.checkDuplicates(q, r, values); f != nil {
		return f
	}
	if f := s.checkAttachment(q.st, t, values); f != nil {
		return f
	}
	v := maps.Clone(values)
	v[t.PrimaryID] = r.ID
	putParties(q.st, r, v)
	s.defaults(q, t, v)
	q.st.put(r, v)
	return nil
}

// defaults fills what the platform itself writes.
func (s *Server) defaults(q *request, t *Table, v row) {
	user := ref{"systemuser", q.who.user.ID}
	v["createdon"], v["modifiedon"] = stamp(s.now()), stamp(s.now())
	v["createdby"], v["modifiedby"], v["owninguser"] = user, user, user
	if q.who.actual != nil {
		v["createdonbehalfby"] = ref{"systemuser", q.who.actual.ID}
	}
	if v["ownerid"] == nil {
		v["ownerid"] = user
	}
	if c, ok := t.Columns["statecode"]; ok && len(c.Choices) > 0 && v["statecode"] == nil {
		v["statecode"] = json.Number("0")
		if v["statuscode"] == nil {
			v["statuscode"] = firstStatus(t, "0")
		}
	}
	if t.Activity {
		v["activitytypecode"] = t.LogicalName
	}
	if t.LogicalName == "incident" && v["ticketnumber"] == nil {
		v["ticketnumber"] = s.number()
	}
}

func firstStatus(t *Table, state string) json.Number {
	c := t.Columns["statuscode"]
	for _, n := range c.Choices {
		if strconv.Itoa(c.States[strconv.Itoa(n)]) == state {
			return json.Number(strconv.Itoa(n))
		}
	}
	return "1"
}

func (s *Server) change(q *request, t *Table, r ref, values row) *fault {
	old, _ := q.st.get(r)
	if !s.may(q.who, "Write", r, old) {
		return missing("prvWrite" + s.noun(t.LogicalName))
	}
	v := maps.Clone(old)
	maps.Copy(v, values)
	if f := s.checkDuplicates(q, r, values); f != nil {
		return f
	}
	if f := checkStatus(t, v, values); f != nil {
		return f
	}
	if f := s.checkAttachment(q.st, t, v); f != nil {
		return f
	}
	v["modifiedon"], v["modifiedby"] = stamp(s.now()), ref{"systemuser", q.who.user.ID}
	q.st.put(r, v)
	return nil
}

// checkStatus keeps state and status reason together.
func checkStatus(t *Table, v, changed row) *fault {
	state, given := changed["statecode"].(json.Number)
	if given && changed["statuscode"] == nil {
		v["statuscode"] = firstStatus(t, state.String())
		return nil
	}
	status, ok := v["statuscode"].(json.Number)
	states := t.Columns["statuscode"].States
	if !ok || states == nil {
		return nil
	}
	if now, _ := v["statecode"].(json.Number); strconv.Itoa(states[status.String()]) != now.String() {
		return bad("0x80048408", "%s is not a valid status code for state code %v.", status, v["statecode"])
	}
	return nil
}

func (s *Server) remove(q *request, t *Table, r ref) *reply {
	if f := checkOptions(q, nil); f != nil {
		return f.reply()
	}
	old, exists := q.st.get(r)
	if !exists {
		return notFound("%s With Id = %s Does Not Exist", t.LogicalName, r.ID).reply()
	}
	if m := q.header.Get("If-Match"); m != "" && m != "*" && m != etag(old) {
		return (&fault{http.StatusPreconditionFailed, "", "The version of the existing record doesn't match the RowVersion property provided."}).reply()
	}
	if !s.may(q.who, "Delete", r, old) {
		return missing("prvDelete" + s.noun(t.LogicalName)).reply()
	}
	q.st.remove(r)
	return noContent()
}

// decode reads a record's body: columns by name, lookups by @odata.bind.
func (s *Server) decode(q *request, t *Table, old row) (row, *fault) {
	var in map[string]any
	dec := json.NewDecoder(bytes.NewReader(q.body))
	dec.UseNumber()
	if err := dec.Decode(&in); err != nil {
		return nil, bad("0x80048d19", "Error identified in Payload provided by the user: %v", err)
	}
	out := row{}
	for _, name := range slices.Sorted(maps.Keys(in)) {
		f := s.decodeMember(q, t, old, name, in[name], out)
		if f != nil {
			return nil, f
		}
	}
	return out, checkInline(t, out)
}

func (s *Server) decodeMember(q *request, t *Table, old row, name string, v any, out row) *fault {
	if nav, ok := strings.CutSuffix(name, "@odata.bind"); ok {
		return s.bind(q, t, nav, v, out)
	}
	if strings.HasPrefix(name, "@odata.") {
		return nil
	}
	if t.isParties(name) {
		return s.decodeParties(q, t, old, v, out)
	}
	c, known := t.Columns[name]
	if nav, isNav := t.Navigation[name]; isNav && v == nil {
		out[nav.Column] = nil
		return nil
	}
	if !known || c.isLookup() {
		return bad("0x80048d19", "Error identified in Payload provided by the user for Entity :'%s', invalid property '%s'.", t.LogicalName, name)
	}
	if c.ReadOnly {
		return bad("0x80048d19", "'%s' of '%s' cannot be written.", name, t.LogicalName)
	}
	if text, isText := v.(string); isText && c.Type == "Uniqueidentifier" {
		id, ok := parseGUID(text)
		if !ok || (name == t.PrimaryID && old != nil && old[name] != id) {
			return bad("0x80048d19", "'%s' is not the record's id.", name)
		}
		v = id
	}
	if f := t.check(name, v); f != nil {
		return f
	}
	out[name] = v
	return nil
}

func (s *Server) bind(q *request, t *Table, nav string, v any, out row) *fault {
	lookup, known := t.Navigation[nav]
	if !known {
		return bad("0x80048d19", "An undeclared property '%s' which only has property annotations in the payload but no property value was found in the payload.", nav)
	}
	text, isText := v.(string)
	if !isText {
		return bad("0x80048d19", "'%s@odata.bind' takes a reference.", nav)
	}
	target, err := s.parseEntityRef(text)
	if err != nil {
		return bad("0x80048d19", "'%s@odata.bind': %v.", nav, err)
	}
	if target.Table != lookup.Table && (lookup.Table != "owner" || target.Table != "systemuser") {
		return bad("0x80048d19", "'%s' leads to '%s', not to '%s'.", nav, lookup.Table, target.Table)
	}
	v2, exists := q.st.get(target)
	if !exists {
		return notFound("%s With Id = %s Does Not Exist", target.Table, target.ID)
	}
	if !s.may(q.who, "Read", target, v2) {
		return forbidden("0x80048306", "SecLib::AccessCheckEx failed for '%s'.", target.Table)
	}
	if f := s.attachable(q.who, t, target, v2); f != nil {
		return f
	}
	out[lookup.Column] = target
	return nil
}

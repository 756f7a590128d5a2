package dataversefake

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// withTasks is an organisation with a case that four tasks are about.
func withTasks(t *testing.T) (*sample, string) {
	t.Helper()
	s := &sample{Server: New()}
	about := s.AddCase(Case{Title: "It's late", Number: "CAS-1", Contact: s.AddContact("", "Rene", "Valdes")})
	for i, subject := range []string{"Alpha", "beta", "Gamma", "O'Brian"} {
		v := row{"subject": subject, "regardingobjectid": reference("incident", about), "scheduledend": fmt.Sprintf("2026-11-0%dT10:00:00Z", i+1), "actualdurationminutes": json.Number(fmt.Sprint(i * 6))}
		if subject == "Gamma" {
			v["description"] = "Gamma"
		}
		s.seed("task", "", v)
	}
	return s, about
}

// get reads a set with query options.
func (s *sample) get(t *testing.T, path string, options url.Values, h http.Header) *httptest.ResponseRecorder {
	t.Helper()
	return s.do(t, "GET", "/api/data/v9.2/"+path+"?"+options.Encode(), h, "")
}

type listed struct {
	Count *int             `json:"@odata.count"`
	Next  string           `json:"@odata.nextLink"`
	Value []map[string]any `json:"value"`
}

func decodeList(t *testing.T, w *httptest.ResponseRecorder) (l listed) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), &l); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return l
}

func (l listed) subjects() string {
	var all []string
	for _, v := range l.Value {
		all = append(all, v["subject"].(string))
	}
	return strings.Join(all, " ")
}

func TestFilters(t *testing.T) {
	s, about := withTasks(t)
	for filter, want := range map[string]string{
		"subject eq 'ALPHA'":    "Alpha",
		"subject eq 'O''Brian'": "O'Brian",
		"subject ne 'Alpha'":    "beta Gamma O'Brian",
		"contains(subject,'A') and not startswith(subject,'a')":                     "beta Gamma O'Brian",
		"endswith(subject,'pha') or subject eq 'beta' and contains(subject,'x')":    "Alpha",
		"(endswith(subject,'pha') or subject eq 'beta') and contains(subject,'e')":  "beta",
		"scheduledend ge 2026-11-03":                                                "Gamma O'Brian",
		"scheduledend lt 2026-11-02T12:00:00+02:00":                                 "Alpha",
		"actualdurationminutes gt 8":                                                "Gamma O'Brian", // as numbers: as text 12 would be less
		"description eq null":                                                       "Alpha beta O'Brian",
		"description ne null":                                                       "Gamma",
		"description lt 'x'":                                                        "Gamma",
		"createdon eq modifiedon and description ne null":                           "Gamma",
		"createdon ne modifiedon":                                                   "",
		"statecode eq 0 and actualdurationminutes le 0":                             "Alpha",
		"regardingobjectid_incident_task/title eq 'it''s late' and statecode eq 1":  "",
		"regardingobjectid_incident_task/ticketnumber eq 'CAS-1' and subject eq @p": "Gamma",
		"_regardingobjectid_value eq " + about:                                      "Alpha beta Gamma O'Brian",
		"_regardingobjectid_value eq '" + about + "'":                               "Alpha beta Gamma O'Brian",
	} {
		got := decodeList(t, s.get(t, "tasks", url.Values{"$filter": {filter}, "$orderby": {"subject"}, "@p": {"'Gamma'"}}, nil)).subjects()
		if got != want {
			t.Errorf("%s finds %q, want %q", filter, got, want)
		}
	}
}

// TestQueriesAreRefused: what is not documented is an error, never ignored.
func TestQueriesAreRefused(t *testing.T) {
	s, about := withTasks(t)
	for _, c := range []struct {
		path, option, value string
		status              int
	}{
		{"tasks", "$skip", "1", 400},
		{"tasks", "$search", "x", 400},
		{"tasks", "$format", "json", 400},
		{"tasks", "$Select", "subject", 400},
		{"tasks", "top", "1", 400},
		{"tasks", "$apply", "groupby((subject))", 501},
		{"tasks", "$top", "-1", 400},
		{"tasks", "$count", "yes", 400},
		{"tasks", "$skiptoken", "2", 400},
		{"tasks", "$orderby", "subject sideways", 400},
		{"tasks", "$orderby", "colour", 400},
		{"tasks", "$filter", "subject eq 'x", 400},
		{"tasks", "$filter", "subject is 'x'", 400},
		{"tasks", "$filter", "subject eq x", 400},
		{"tasks", "$filter", "description eq subject", 400}, // columns of different types
		{"tasks", "$filter", "colour eq 'x'", 400},
		{"tasks", "$filter", "regardingobjectid eq null", 400},
		{"tasks", "$filter", "(subject eq 'x'", 400},
		{"tasks", "$filter", "subject eq 'x' subject", 400},
		{"tasks", "$filter", "actualdurationminutes eq '3'", 400},
		{"tasks", "$filter", "_regardingobjectid_value eq 3", 400},
		{"tasks", "$filter", "contains(statecode,'1')", 400},
		{"tasks", "$filter", "Microsoft.Dynamics.CRM.Today(PropertyName='createdon')", 400},
		{"tasks", "$expand", "nobody", 400},
		{"tasks", "$expand", "createdby_task($filter=fullname eq 'x')", 400},
		{"incidents(" + about + ")/title", "$select", "title", 400},
		{"incidents(" + about + ")/primarycontactid/$ref", "$select", "title", 400},
		{"nothings/$count", "$filter", "", 404},
		{"incidents(" + about + ")", "$top", "1", 400},
		{"incidents(" + about + ")", "$orderby", "title", 400},
		{"incidents(" + about + ")", "$filter", "title eq 'x'", 400},
		{"incidents(" + about + ")", "$filter", strings.Repeat("x", maxURL), 414},
	} {
		if got := s.get(t, c.path, url.Values{c.option: {c.value}}, nil); got.Code != c.status {
			t.Errorf("%s %s=%.60s: %d %s", c.path, c.option, c.value, got.Code, got.Body)
		}
	}
}

func TestOrderTopAndCount(t *testing.T) {
	s, about := withTasks(t)
	l := decodeList(t, s.get(t, "tasks", url.Values{"$orderby": {"description desc,subject desc"}, "$top": {"3"}, "$count": {"true"}}, nil))
	if l.subjects() != "Gamma O'Brian beta" || l.Count == nil || *l.Count != 4 || l.Next != "" {
		t.Errorf("%s of %v, next %q", l.subjects(), l.Count, l.Next)
	}
	for _, path := range []string{"tasks/$count", "incidents(" + about + ")/Incident_ActivityPointers/$count"} {
		if got := s.get(t, path, url.Values{"$filter": {"contains(subject,'a')"}}, nil); got.Body.String() != "\ufeff4" {
			t.Errorf("%s is %q", path, got.Body)
		}
	}
}

func TestPages(t *testing.T) {
	s, _ := withTasks(t)
	h := http.Header{"Prefer": {"odata.maxpagesize=3"}}
	first := s.get(t, "tasks", url.Values{"$orderby": {"subject"}, "$select": {"subject"}, "$top": {"1"}}, h) // $top does not count then
	l := decodeList(t, first)
	if l.subjects() != "Alpha beta Gamma" || first.Header().Get("Preference-Applied") != "odata.maxpagesize=3" {
		t.Fatalf("first page: %s, %v", first.Body, first.Header())
	}
	l = decodeList(t, s.do(t, "GET", strings.TrimPrefix(l.Next, "https://org.example"), h, ""))
	if l.subjects() != "O'Brian" || l.Next != "" {
		t.Errorf("second page: %+v", l)
	}
}

func TestAnnotations(t *testing.T) {
	s, about := withTasks(t)
	for prefer, want := range map[string][]string{
		"": nil,
		`odata.include-annotations="Microsoft.Dynamics.CRM.lookuplogicalname"`:        {lookupName},
		`odata.include-annotations="Microsoft.Dynamics.CRM.*"`:                        {lookupNav, lookupName},
		`odata.include-annotations="*"`:                                               {lookupNav, lookupName, formatted},
		`odata.include-annotations="OData.Community.Display.V1.FormattedValue,other"`: {formatted},
	} {
		got := s.get(t, "incidents("+about+")", url.Values{"$select": {"_customerid_value"}}, http.Header{"Prefer": {prefer}})
		var v map[string]any
		if err := json.Unmarshal(got.Body.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		var have []string
		for name := range v {
			if annotation, ok := strings.CutPrefix(name, "_customerid_value@"); ok {
				have = append(have, annotation)
			}
		}
		slices.Sort(have)
		if !slices.Equal(have, want) || got.Header().Get("Preference-Applied") != strings.TrimSuffix(prefer, "\n") {
			t.Errorf("%s: %v with %v", prefer, have, got.Header())
		}
		if name := v["_customerid_value@"+formatted]; name != nil && name != "Rene Valdes" {
			t.Errorf("the formatted value is %v", name)
		}
	}
}

func TestNestedExpand(t *testing.T) {
	s, about := withTasks(t)
	s.seed("annotation", "", row{"subject": "second", "objectid": reference("incident", about), "filesize": json.Number("2")})
	s.seed("annotation", "", row{"subject": "first", "objectid": reference("incident", about), "filesize": json.Number("3")})
	s.seed("annotation", "", row{"subject": "left out", "objectid": reference("incident", about)})
	got := s.get(t, "tasks", url.Values{"$filter": {"subject eq 'beta'"}, "$select": {"subject"}, "$expand": {
		"regardingobjectid_incident_task($select=title;$expand=customerid_contact($select=fullname),Incident_Annotation($select=subject;$filter=filesize gt 1;$orderby=filesize desc))"}}, nil)
	text := got.Body.String()
	if !strings.Contains(text, `"fullname":"Rene Valdes"`) || strings.Contains(text, "left out") || strings.Contains(text, "ticketnumber") ||
		strings.Index(text, `"subject":"first"`) > strings.Index(text, `"subject":"second"`) || !strings.Contains(text, `"subject":"second"`) {
		t.Errorf("%d %s", got.Code, text)
	}
}

// TestDeepInsertIsWhole: a related record that is refused undoes those before it.
func TestDeepInsertIsWhole(t *testing.T) {
	s := &sample{Server: New()}
	body := `{"name":"A","primarycontactid":{"firstname":"B","lastname":"C"},"Account_Tasks":[{"subject":"D"},{"subject":"E","colour":"red"}]}`
	if got := s.do(t, "POST", "/api/data/v9.2/accounts", nil, body); got.Code != http.StatusBadRequest || s.Count("account")+s.Count("contact")+s.Count("task") != 0 {
		t.Errorf("%d, %d accounts, %d contacts, %d tasks", got.Code, s.Count("account"), s.Count("contact"), s.Count("task"))
	}
	got := s.do(t, "POST", "/api/data/v9.2/accounts", nil, strings.Replace(body, `,"colour":"red"`, "", 1))
	if got.Code != http.StatusNoContent || s.Count("account") != 1 || s.Count("contact") != 1 || s.Count("task") != 2 {
		t.Errorf("%d %s", got.Code, got.Body)
	}
}

// TestReferencesNeedRights: what a person may not read cannot be bound by reference, nor listed.
func TestReferencesNeedRights(t *testing.T) {
	s, about := withTasks(t)
	const nobody = "00000000-0000-0000-0000-0000000000aa"
	s.AddUser(User{ObjectID: nobody, Name: "Nobody", Reads: Nothing})
	h := http.Header{"Callerobjectid": {nobody}}
	for _, path := range []string{"/Incident_ActivityPointers", "/Incident_ActivityPointers/$ref", "/Incident_ActivityPointers/$count", "/primarycontactid/$ref"} {
		if got := s.do(t, "GET", "/api/data/v9.2/incidents("+about+")"+path, h, ""); got.Code != http.StatusForbidden {
			t.Errorf("%s: %d %s", path, got.Code, got.Body)
		}
	}
	got := s.do(t, "PUT", "/api/data/v9.2/incidents("+about+")/primarycontactid/$ref", nil, `{"@odata.id":"tasks(00000000-0000-0000-0000-00000000abcd)"}`)
	if got.Code != http.StatusNotFound {
		t.Errorf("a reference to nothing: %d", got.Code)
	}
}

// TestReferencesChangeLookups: references are set and taken away from either end.
func TestReferencesChangeLookups(t *testing.T) {
	s := &sample{Server: New()}
	contact := s.AddContact("", "Rene", "Valdes")
	about := s.AddCase(Case{Title: "Case", Contact: contact})
	call := s.seed("phonecall", "", row{"subject": "Call"})
	calls, first := "incidents("+about+")/Incident_Phonecalls", "incidents("+about+")/primarycontactid/$ref"
	for _, step := range []struct {
		method, path, body string
		status             int
		calls, primary     string // afterwards
	}{
		{"POST", calls + "/$ref", `{"@odata.id":"https://org.example/api/data/v9.2/phonecalls(` + call + `)"}`, 204, call, ""},
		{"POST", calls + "/$ref", `{"@odata.id":"contacts(` + contact + `)"}`, 400, call, ""},
		{"DELETE", calls + "(" + call + ")/$ref", "", 204, "", ""},
		{"DELETE", calls + "(" + call + ")/$ref", "", 404, "", ""},
		{"POST", calls + "/$ref", `{"@odata.id":"phonecalls(` + call + `)"}`, 204, call, ""},
		{"DELETE", calls + "/$ref?$id=https://org.example/api/data/v9.2/phonecalls(" + call + ")", "", 204, "", ""},
		{"PUT", first, `{"@odata.id":"incidents(` + about + `)"}`, 400, "", ""},
		{"PUT", first, `{"@odata.id":"contacts(` + contact + `)"}`, 204, "", contact},
		{"DELETE", first, "", 204, "", ""},
	} {
		if got := s.do(t, step.method, "/api/data/v9.2/"+step.path, nil, step.body); got.Code != step.status {
			t.Errorf("%s %s: %d %s", step.method, step.path, got.Code, got.Body)
		}
		for path, want := range map[string]string{calls + "/$ref": step.calls, first: step.primary} {
			if got := s.do(t, "GET", "/api/data/v9.2/"+path, nil, "").Body.String(); strings.Contains(got, "@odata.id") != (want != "") || !strings.Contains(got, want) {
				t.Errorf("after %s %s, %s is %s", step.method, step.path, path, got)
			}
		}
	}
}

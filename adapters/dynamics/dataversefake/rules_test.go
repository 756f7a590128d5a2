package dataversefake

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestRefusals: each request breaks one documented rule.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name, method, path, body string
		header                   http.Header
		status                   int
		code                     string
	}{
		{"no token", "GET", "WhoAmI", "", http.Header{"Authorization": {""}}, 401, ""},
		{"wrong token", "GET", "WhoAmI", "", http.Header{"Authorization": {"Bearer x"}}, 401, ""},
		{"no OData-Version", "GET", "WhoAmI", "", http.Header{"Odata-Version": {""}}, 400, ""},
		{"no OData-MaxVersion", "GET", "WhoAmI", "", http.Header{"Odata-Maxversion": {""}}, 400, ""},
		{"no Accept", "GET", "WhoAmI", "", http.Header{"Accept": {"text/html"}}, 400, ""},
		{"compressed", "POST", "tasks", `{"subject":"x"}`, http.Header{"Content-Encoding": {"gzip"}}, 400, ""},
		{"another content type", "POST", "tasks", `{"subject":"x"}`, http.Header{"Content-Type": {"text/plain"}}, 400, ""},
		{"unknown set", "GET", "nothings", "", nil, 404, ""},
		{"unknown column", "POST", "tasks", `{"subject":"x","colour":"red"}`, nil, 400, ""},
		{"bare bind name", "POST", "tasks", `{"subject":"x","regardingobjectid@odata.bind":"/incidents(CASE)"}`, nil, 400, ""},
		{"bind name of another table", "POST", "tasks", `{"subject":"x","regardingobjectid_incident_phonecall@odata.bind":"/incidents(CASE)"}`, nil, 400, ""},
		{"bind to another kind", "POST", "annotations", `{"subject":"x","objectid_contact@odata.bind":"/incidents(CASE)"}`, nil, 400, ""},
		{"bind to nothing", "POST", "annotations", `{"subject":"x","objectid_incident@odata.bind":"/incidents(00000000-0000-0000-0000-00000000abcd)"}`, nil, 404, ""},
		{"too long", "POST", "tasks", `{"subject":"` + strings.Repeat("x", 201) + `"}`, nil, 400, "0x80044331"},
		{"no choice", "PATCH", "incidents(CASE)", `{"statuscode":77}`, nil, 400, ""},
		{"status reason of another state", "PATCH", "incidents(CASE)", `{"statuscode":5}`, nil, 400, ""},
		{"statecode on create", "POST", "phonecalls", `{"subject":"x","statecode":1}`, nil, 400, ""},
		{"no subject", "POST", "annotations", `{"notetext":"x"}`, nil, 400, ""},
		{"read-only column", "POST", "tasks", `{"subject":"x","createdon":"2026-01-01T00:00:00Z"}`, nil, 400, ""},
		{"union is read only", "POST", "activitypointers", `{"subject":"x"}`, nil, 405, ""},
		{"create of what is there", "PATCH", "incidents(CASE)", `{"title":"x"}`, http.Header{"If-None-Match": {"*"}}, 412, ""},
		{"update of what is not there", "PATCH", "incidents(00000000-0000-0000-0000-00000000abcd)", `{"title":"x"}`, http.Header{"If-Match": {"*"}}, 404, ""},
		{"old version", "PATCH", "incidents(CASE)", `{"title":"x"}`, http.Header{"If-Match": {`W/"1"`}}, 412, ""},
		{"blocked type", "POST", "annotations", `{"subject":"x","filename":"a.HTA","documentbody":"aGk="}`, nil, 400, "0x80043e09"},
		{"too long for one request", "POST", "annotations", `{"subject":"x","filename":"a.txt","documentbody":"` + strings.Repeat("aGk=", 1<<20+1) + `"}`, nil, 413, ""},
		{"no Base64", "POST", "annotations", `{"subject":"x","filename":"a.txt","documentbody":"***"}`, nil, 400, ""},
		{"upload to no note", "POST", "InitializeAnnotationBlocksUpload", `{"Target":{"@odata.type":"Microsoft.Dynamics.CRM.annotation","annotationid":"00000000-0000-0000-0000-00000000abcd"}}`, nil, 404, ""},
		{"unknown upload", "POST", "UploadBlock", `{"BlockId":"YQ==","BlockData":"YQ==","FileContinuationToken":"x"}`, nil, 400, ""},
		{"unknown user", "GET", "WhoAmI", "", http.Header{"Callerobjectid": {"00000000-0000-0000-0000-00000000abcd"}}, 403, ""},
		{"unknown table", "GET", "EntityDefinitions(LogicalName='cob_nothing')", "", nil, 404, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &sample{Server: New()}
			id := s.AddCase(Case{Title: "Case", Contact: s.AddContact("", "A", "B")})
			fill := strings.NewReplacer("CASE", id)
			got := s.do(t, c.method, "/api/data/v9.2/"+fill.Replace(c.path), c.header, fill.Replace(c.body))
			if got.Code != c.status || !strings.Contains(got.Body.String(), c.code) {
				t.Errorf("answered %d %s", got.Code, got.Body)
			}
		})
	}
}

func TestAttachmentLimitCountsBase64(t *testing.T) {
	s := &sample{Server: New()}
	s.SetMaxUpload(400)
	for n, want := range map[int]int{300: http.StatusNoContent, 301: http.StatusBadRequest} { // 300 bytes are 400 of Base64
		body, err := json.Marshal(map[string]any{"subject": "x", "filename": "a.bin", "documentbody": bytes.Repeat([]byte{1}, n)})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.do(t, "POST", "/api/data/v9.2/annotations", nil, string(body)); got.Code != want {
			t.Errorf("%d bytes: %d %s", n, got.Code, got.Body)
		}
	}
}

// changeSet is a batch of one change set that creates a task and then does second.
func changeSet(second string) string {
	return strings.ReplaceAll(`--b
Content-Type: multipart/mixed; boundary=c

--c
Content-Type: application/http
Content-Transfer-Encoding: binary
Content-ID: 1

POST /api/data/v9.2/tasks HTTP/1.1
Content-Type: application/json; type=entry

{"subject":"first"}
--c
Content-Type: application/http
Content-Transfer-Encoding: binary
Content-ID: 2

`+second+`
--c--
--b--
`, "\n", "\r\n")
}

func TestChangeSets(t *testing.T) {
	const post = "POST /api/data/v9.2/tasks HTTP/1.1\nContent-Type: application/json; type=entry\n\n"
	for _, c := range []struct {
		name, second string
		status       int
		tasks        int
	}{
		{"both", post + `{"subject":"second"}`, 200, 2},
		{"a failure undoes the first", post + `{"colour":"red"}`, 400, 0},
		{"a reference to the first", "PATCH $1 HTTP/1.1\nContent-Type: application/json\n\n" + `{"description":"more"}`, 200, 1},
		{"no GET inside", "GET /api/data/v9.2/tasks HTTP/1.1\n", 400, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &sample{Server: New()}
			h := http.Header{"Content-Type": {"multipart/mixed; boundary=b"}}
			got := s.do(t, "POST", "/api/data/v9.2/$batch", h, changeSet(c.second))
			if got.Code != c.status || s.Count("task") != c.tasks {
				t.Errorf("answered %d with %d tasks: %s", got.Code, s.Count("task"), got.Body)
			}
		})
	}
	s := &sample{Server: New()}
	h := http.Header{"Content-Type": {"multipart/mixed; boundary=b"}}
	if got := s.do(t, "POST", "/api/data/v9.2/$batch", h, strings.ReplaceAll(changeSet(post+"{}"), "\r\n", "\n")); got.Code != 400 {
		t.Errorf("lines that end in LF alone: %d", got.Code)
	}
}

func TestEffectiveRights(t *testing.T) {
	s := &sample{Server: New()}
	ana := s.AddUser(User{Name: "Ana", ObjectID: "00000000-0000-0000-0000-0000000000a1"})
	s.AddUser(User{Name: "Otto", ObjectID: "00000000-0000-0000-0000-0000000000a2"})
	chat := s.AddConversation(Conversation{Subject: "Chat", Agent: ana})
	for object, want := range map[string]int{"a1": 200, "a2": 403} {
		h := http.Header{"Callerobjectid": {"00000000-0000-0000-0000-0000000000" + object}}
		if got := s.do(t, "GET", "/api/data/v9.2/msdyn_ocliveworkitems("+chat+")", h, ""); got.Code != want {
			t.Errorf("%s: %d", object, got.Code)
		}
		list := s.do(t, "GET", "/api/data/v9.2/msdyn_ocliveworkitems", h, "")
		if seen := strings.Contains(list.Body.String(), chat); seen != (want == 200) {
			t.Errorf("%s: in the list %v", object, seen)
		}
	}
}

func TestProtection(t *testing.T) {
	s := &sample{Server: New()}
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	s.now = func() time.Time { return now }
	s.Budget(2)
	codes := []int{}
	for range 3 {
		codes = append(codes, s.do(t, "GET", "/api/data/v9.2/WhoAmI", nil, "").Code)
		now = now.Add(time.Minute)
	}
	limited := s.do(t, "GET", "/api/data/v9.2/WhoAmI", nil, "")
	if !slices.Equal(codes, []int{200, 200, 429}) || limited.Header().Get("Retry-After") != "120" {
		t.Errorf("answered %v, then Retry-After %q", codes, limited.Header().Get("Retry-After"))
	}
	now = now.Add(2 * time.Minute)
	if got := s.do(t, "GET", "/api/data/v9.2/WhoAmI", nil, ""); got.Code != 200 {
		t.Errorf("after the wait: %d", got.Code)
	}
	s.Down(true)
	if got := s.do(t, "GET", "/api/data/v9.2/WhoAmI", nil, ""); got.Code != 503 {
		t.Errorf("down: %d", got.Code)
	}
}

func TestQueriesOfATimeline(t *testing.T) {
	s := &sample{Server: New()}
	id := s.AddCase(Case{Title: "Case", Contact: s.AddContact("", "A", "B")})
	for _, subject := range []string{"one", "two"} {
		s.do(t, "POST", "/api/data/v9.2/tasks", nil, `{"subject":"`+subject+`","regardingobjectid_incident_task@odata.bind":"/incidents(`+id+`)"}`)
	}
	s.do(t, "POST", "/api/data/v9.2/tasks", nil, `{"subject":"elsewhere"}`)
	got := s.do(t, "GET", "/api/data/v9.2/activitypointers?$select=subject,activitytypecode&$filter=_regardingobjectid_value eq "+id+" and statecode eq 0&$orderby=subject desc&$top=5", nil, "")
	var list struct {
		Value []struct{ Subject, ActivityTypeCode string }
	}
	if err := json.Unmarshal(got.Body.Bytes(), &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Value) != 2 || list.Value[0].Subject != "two" || list.Value[1].ActivityTypeCode != "task" {
		t.Errorf("got %s", got.Body)
	}
}

func TestSnapshot(t *testing.T) {
	s := newSample(t, exchange{})
	var text bytes.Buffer
	if err := s.Snapshot(&text); err != nil {
		t.Fatal(err)
	}
	again := New()
	other := again.AddContact("", "Only", "Here")
	if err := again.Restore(bytes.NewReader(text.Bytes())); err != nil {
		t.Fatal(err)
	}
	file, content, ok := again.Attachment(s.note)
	if !ok || file.Name != "a.pdf" || string(content) != "hello" {
		t.Errorf("got %+v %q %v", file, content, ok)
	}
	before, after := s.Timeline(sampleAccount), again.Timeline(sampleAccount)
	if len(before) != 1 || len(after) != 1 || before[0].ID != after[0].ID || before[0].Subject != after[0].Subject {
		t.Errorf("%+v became %+v", before, after)
	}
	if again.Count("organization") != 1 || again.Count("contact") != s.Count("contact")+1 || again.Changes() < s.Changes() {
		t.Errorf("%d organisations, %d contacts with %s", again.Count("organization"), again.Count("contact"), other)
	}
	if err := again.Restore(strings.NewReader("{")); err == nil {
		t.Error("a broken snapshot was taken")
	}
}

func TestLostRequests(t *testing.T) {
	for kind, tasks := range map[Failure]int{LostRequest: 0, LostAnswer: 1} {
		fake := New()
		server := httptest.NewServer(fake)
		defer server.Close()
		lost := fake.FailAfter(0, kind)
		r, err := http.NewRequest("POST", server.URL+"/api/data/v9.2/tasks", strings.NewReader(`{"subject":"x"}`))
		if err != nil {
			t.Fatal(err)
		}
		r.Header = http.Header{"Authorization": {"Bearer " + fake.Token()}, "Odata-Version": {"4.0"}, "Odata-Maxversion": {"4.0"}, "Accept": {"application/json"}, "Content-Type": {"application/json"}}
		if answer, err := http.DefaultClient.Do(r); err == nil {
			t.Errorf("%d: answered %s", kind, answer.Status)
		}
		if !lost() || fake.Count("task") != tasks {
			t.Errorf("%d: %d tasks", kind, fake.Count("task"))
		}
	}
}

// TestUpsertTakesTheID: a PATCH makes the record under the id that its address names, and the next one changes it.
func TestUpsertTakesTheID(t *testing.T) {
	s := &sample{Server: New()}
	const path = "/api/data/v9.2/tasks(00000000-0000-0000-0000-00000000abcd)"
	for _, subject := range []string{"first", "second"} {
		if got := s.do(t, "PATCH", path, nil, `{"subject":"`+subject+`"}`); got.Code != http.StatusNoContent || !strings.HasSuffix(got.Header().Get("OData-EntityId"), path) {
			t.Errorf("%d %s %v", got.Code, got.Body, got.Header())
		}
		if got := s.do(t, "GET", path+"/subject", nil, ""); s.Count("task") != 1 || !strings.Contains(got.Body.String(), subject) {
			t.Errorf("%d tasks, %s", s.Count("task"), got.Body)
		}
	}
	if got := s.do(t, "PATCH", path, nil, `{"activityid":"00000000-0000-0000-0000-00000000abce","subject":"third"}`); got.Code != http.StatusBadRequest {
		t.Errorf("another id in the body: %d", got.Code)
	}
}

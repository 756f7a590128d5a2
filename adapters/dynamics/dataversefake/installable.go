package dataversefake

import (
	_ "embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"
)

//go:embed installable.json
var installableJSON []byte

// setup is what the stand-in keeps of how it is customized.
type setup struct {
	languages []int                // that labels may be in
	packages  map[string]component // what each managed solution brought, by its unique name
	looks     int                  // how often a job is seen running before it is finished
	refuse    string               // why the next import fails
}

// component is what came with a package.
type component struct {
	rows   []ref
	tables []string
}

// platformTables are those of the platform that the references at hand do not describe. Names are those of Microsoft's entity
// type reference; of the columns there are only those that installing needs.
func platformTables() []*Table {
	text, required := Column{Type: "String", MaxLength: 256}, Column{Type: "String", MaxLength: 256, Required: "application"}
	yes := Column{Type: "Boolean", ReadOnly: true}
	lookup, number, key := Column{Type: "Lookup"}, Column{Type: "Integer"}, Column{Type: "Uniqueidentifier", Required: "system"}
	return []*Table{
		{LogicalName: "publisher", EntitySet: "publishers", PrimaryID: "publisherid", Columns: map[string]Column{
			"publisherid": key, "uniquename": required, "friendlyname": required, "customizationprefix": required,
			"customizationoptionvalueprefix": number}},
		{LogicalName: "solution", EntitySet: "solutions", PrimaryID: "solutionid", Columns: map[string]Column{
			"solutionid": key, "uniquename": required, "friendlyname": required, "version": required, "description": {Type: "Memo", MaxLength: 2000},
			"ismanaged": {Type: "Boolean", ReadOnly: true}, "publisherid": {Type: "Lookup", Required: "application"}},
			Navigation: map[string]Lookup{"publisherid": {"publisherid", "publisher"}}},
		{LogicalName: "businessunit", EntitySet: "businessunits", PrimaryID: "businessunitid", Columns: map[string]Column{
			"businessunitid": key, "name": required, "parentbusinessunitid": lookup}},
		{LogicalName: "role", EntitySet: "roles", PrimaryID: "roleid", Columns: map[string]Column{
			"roleid": key, "name": required, "businessunitid": {Type: "Lookup", Required: "application"}},
			Navigation: map[string]Lookup{"businessunitid": {"businessunitid", "businessunit"}}},
		{LogicalName: "privilege", EntitySet: "privileges", PrimaryID: "privilegeid", Columns: map[string]Column{
			"privilegeid": key, "name": {Type: "String", MaxLength: 256, ReadOnly: true}, "canbebasic": yes, "canbelocal": yes, "canbedeep": yes,
			"canbeglobal": yes}},
		{LogicalName: "systemform", EntitySet: "systemforms", PrimaryID: "formid", Columns: map[string]Column{
			"formid": key, "name": text, "objecttypecode": {Type: "EntityName"}, "type": number, "formxml": {Type: "Memo", MaxLength: 1 << 30}}},
		{LogicalName: "customcontrol", EntitySet: "customcontrols", PrimaryID: "customcontrolid", Columns: map[string]Column{
			"customcontrolid": key, "name": required}},
		{LogicalName: "asyncoperation", EntitySet: "asyncoperations", PrimaryID: "asyncoperationid", Columns: map[string]Column{
			"asyncoperationid": key, "statecode": number, "statuscode": number, "friendlymessage": {Type: "Memo", MaxLength: 5000}}},
	}
}

// Installable gives the organisation what installing something needs: the contact center's tables, solutions, roles, privileges,
// forms and jobs; languages are those that it is provisioned for. The case's main form shows phone calls and tasks.
func (s *Server) Installable(languages ...int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.setup = setup{languages: languages, packages: map[string]component{}}
	maps.Copy(s.tables, parseTables(installableJSON))
	for _, t := range platformTables() {
		s.tables[t.LogicalName] = t
	}
	s.data.put(ref{"businessunit", uuid.NewString()}, row{"name": "standin"})
	s.addPrivilegeRows()
	s.timeline("phonecall,task")
}

// caseForm is the id of the case's main form.
const caseForm = "5f0a4c1e-93d2-4b5e-8a67-1c2d3e4f0003"

func (s *Server) timeline(activities string) {
	s.data.put(ref{"systemform", caseForm}, row{"name": "Case for Interactive experience", "objecttypecode": "incident", "type": 2,
		"formxml": "<form><control><parameters><UClientActivities>" + activities + "</UClientActivities></parameters></control></form>"})
}

// ShowInTimeline adds a type of activity to the timeline of the case's form, as a maker does.
func (s *Server) ShowInTimeline(activity string) {
	s.locked(func() { s.timeline("phonecall,task," + activity) })
}

// HideFromTimeline undoes ShowInTimeline.
func (s *Server) HideFromTimeline() { s.locked(func() { s.timeline("phonecall,task") }) }

// SetApplication makes a user the application user of a client id.
func (s *Server) SetApplication(user, client string) {
	s.locked(func() {
		r := ref{"systemuser", user}
		v, _ := s.data.get(r)
		v = maps.Clone(v)
		v["applicationid"] = client
		s.data.put(r, v)
	})
}

// SlowJobs lets each job be seen running n times. RefuseImport makes the next import's job fail, with a reason.
func (s *Server) SlowJobs(n int)          { s.locked(func() { s.setup.looks = n }) }
func (s *Server) RefuseImport(why string) { s.locked(func() { s.setup.refuse = why }) }

// Inventory lists all records and tables without their versions and times, to compare what was with what is. Jobs are left
// out: an organisation keeps them.
func (s *Server) Inventory() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var lines []string
	for r, v := range s.data.rows {
		if r.Table == "asyncoperation" {
			continue
		}
		v = maps.Clone(v)
		for _, name := range []string{"versionnumber", "createdon", "modifiedon"} {
			delete(v, name)
		}
		lines = append(lines, fmt.Sprint(r, v)) // maps print in order
	}
	for name, t := range s.tables {
		lines = append(lines, fmt.Sprint("table ", name, slices.Sorted(maps.Keys(t.Columns))))
	}
	return slices.Sorted(slices.Values(lines))
}

// customizing are paths under which only customizers write.
var customizing = regexp.MustCompile(`^(EntityDefinitions|ImportSolutionAsync|UninstallSolutionAsync|PublishXml|` +
	`(publishers|solutions|roles|privileges|systemforms|webresourceset|customcontrols|systemusers|environmentvariable[a-z]+|` +
	`msdyn_(provider|conversationaction|channelcapabilit|panetool|applicationtab|templateparam)[a-z]*)\b)`)

// neededFor is a privilege that somebody who may not customize lacks, by the beginning of the path.
var neededFor = []struct{ path, privilege string }{
	{"EntityDefinitions", "prvCreateEntity"}, {"ImportSolutionAsync", "prvImportCustomization"}, {"UninstallSolutionAsync", "prvDeleteSolution"},
	{"PublishXml", "prvPublishCustomization"}, {"publishers", "prvCreatePublisher"}, {"solutions", "prvCreateSolution"},
	{"roles", "prvCreateRole"}, {"systemusers", "prvAssignRole"},
}

// customize serves what installing does beyond reading and writing records; nil for everything else.
func (s *Server) customize(q *request) *reply {
	if q.method != "GET" && customizing.MatchString(q.path) && !q.who.user.Customizer {
		for _, n := range neededFor {
			if strings.HasPrefix(q.path, n.path) {
				return forbidden("0x80040220", "Principal user is missing %s privilege.", n.privilege).reply()
			}
		}
		return forbidden("0x80040220", "Principal user is missing prvCreate privilege.").reply()
	}
	switch {
	case s.setup.packages == nil:
		return nil
	case q.path == "RetrieveProvisionedLanguages()" && q.method == "GET":
		return jsonReply(200, map[string]any{"@odata.context": q.base + "/$metadata#Microsoft.Dynamics.CRM.RetrieveProvisionedLanguagesResponse",
			"RetrieveProvisionedLanguages": s.setup.languages})
	case strings.HasPrefix(q.path, "EntityDefinitions") && q.method != "GET":
		return s.define(q)
	case strings.HasPrefix(q.path, "roles(") || strings.HasPrefix(q.path, "systemusers(") || strings.HasPrefix(q.path, "RetrieveRole"):
		return s.roles(q)
	}
	return s.solutions(q)
}

package dataversefake

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"strings"

	"github.com/google/uuid"
)

var (
	jobPath     = regexp.MustCompile(`^asyncoperations\(([0-9a-f-]{36})\)$`)
	ownedByPath = regexp.MustCompile(`^(solutions|publishers)\(([0-9a-f-]{36})\)$`)
)

// States of a job. Facts: powerapps-docs, reference/entities/asyncoperation.md.
const (
	jobRunning, jobInProgress             = 2, 20
	jobCompleted, jobSucceeded, jobFailed = 3, 30, 31
)

// solutions imports and removes packages; nil for what is plain reading and writing.
func (s *Server) solutions(q *request) *reply {
	switch q.path {
	case "ImportSolutionAsync":
		return s.importSolution(q)
	case "UninstallSolutionAsync":
		return s.uninstallSolution(q)
	case "PublishXml":
		return publishXML(q)
	}
	if m := jobPath.FindStringSubmatch(q.path); m != nil && s.setup.looks > 0 {
		s.setup.looks--
		return jsonReply(http.StatusOK, map[string]any{"statecode": jobRunning, "statuscode": jobInProgress, "friendlymessage": nil})
	}
	if m := ownedByPath.FindStringSubmatch(q.path); m != nil && q.method == http.MethodDelete {
		return s.removeOwner(q, m[1], m[2])
	}
	return nil
}

// importSolution starts a job, which is done at once. What is wrong with a package, the job tells.
// Facts: Web API reference, ImportSolutionAsync.
func (s *Server) importSolution(q *request) *reply {
	var in struct {
		OverwriteUnmanagedCustomizations *bool
		PublishWorkflows                 *bool
		CustomizationFile                []byte
		ImportJobID                      string
	}
	if q.method != http.MethodPost {
		return methodNotAllowed(q)
	}
	if err := json.Unmarshal(q.body, &in); err != nil || in.OverwriteUnmanagedCustomizations == nil || in.PublishWorkflows == nil {
		return bad("0x80048d19", "OverwriteUnmanagedCustomizations and PublishWorkflows are required.").reply()
	}
	p, err := readPackage(in.CustomizationFile)
	if err == nil && s.setup.refuse != "" {
		err, s.setup.refuse = fmt.Errorf("%s", s.setup.refuse), ""
	}
	if err == nil {
		err = s.keepWhole(q.st, p)
	}
	return jsonReply(http.StatusOK, map[string]any{"ImportJobKey": in.ImportJobID, "AsyncOperationId": s.job(q.st, err)})
}

func (s *Server) job(st *state, err error) string {
	r := ref{"asyncoperation", uuid.NewString()}
	v := row{"statecode": jobCompleted, "statuscode": jobSucceeded}
	if err != nil {
		v["statuscode"], v["friendlymessage"] = jobFailed, err.Error()
	}
	st.put(r, v)
	return r.ID
}

// keepWhole keeps all of a package, or nothing.
func (s *Server) keepWhole(st *state, p *packageFile) error {
	began := len(st.changed)
	err := s.keepPackage(st, p)
	if err != nil {
		st.takeBack(began)
	}
	return err
}

// keepPackage puts what a package brings into the organisation. What it brought earlier and does not bring now stays, as with an
// update of a solution.
func (s *Server) keepPackage(st *state, p *packageFile) error {
	m := p.manifest
	limit, _ := limits(st)
	if err := p.checkSizes(limit); err != nil {
		return err
	}
	if old, there := s.byColumn(st, "solution", "uniquename", m.UniqueName); there {
		v, _ := st.get(old)
		if v["ismanaged"] != m.managed() {
			return fmt.Errorf("the solution %s is there already, managed %v", m.UniqueName, v["ismanaged"])
		}
		st.remove(old)
	}
	publisher, there := s.byColumn(st, "publisher", "uniquename", m.Publisher.UniqueName)
	if !there {
		publisher = ref{"publisher", uuid.NewString()}
		st.put(publisher, row{"uniquename": m.Publisher.UniqueName, "friendlyname": m.Publisher.UniqueName,
			"customizationprefix": m.Publisher.Prefix, "customizationoptionvalueprefix": m.Publisher.OptionPrefix})
	}
	st.put(ref{"solution", uuid.NewString()}, row{"uniquename": m.UniqueName, "friendlyname": m.UniqueName, "version": m.Version,
		"description": m.Description.Text, "ismanaged": m.managed(), "publisherid": publisher})
	if err := s.keepRights(st, p.rights); err != nil {
		return err
	}
	c := component{}
	for r, v := range p.rows {
		if now, exists := st.get(r); exists {
			v = merged(now, v)
		}
		st.put(r, v)
		c.rows = append(c.rows, r)
	}
	for name, t := range p.tables {
		s.tables[name] = t
		c.tables = append(c.tables, name)
	}
	if m.managed() {
		s.setup.packages[m.UniqueName] = c
	}
	return nil
}

func (s *Server) keepRights(st *state, rights []packageRight) error {
	for _, p := range rights {
		privilege, known := s.byColumn(st, "privilege", "name", p.privilege)
		if v, _ := st.get(privilege); !known || v[canBe(p.depth)] != true {
			return fmt.Errorf("there is no privilege %s that can be %s", p.privilege, p.depth)
		}
		deepen(st, p.role, privilege.ID, p.depth)
	}
	return nil
}

func merged(old, v row) row {
	out := maps.Clone(old)
	maps.Copy(out, v)
	return out
}

// uninstallSolution removes a managed solution and what it brought. Facts: Web API reference, UninstallSolutionAsync.
func (s *Server) uninstallSolution(q *request) *reply {
	var in struct{ SolutionUniqueName string }
	if err := json.Unmarshal(q.body, &in); err != nil || q.method != http.MethodPost {
		return methodNotAllowed(q)
	}
	sr, there := s.byColumn(q.st, "solution", "uniquename", in.SolutionUniqueName)
	if !there {
		return notFound("solution With uniquename = %s Does Not Exist", in.SolutionUniqueName).reply()
	}
	return jsonReply(http.StatusOK, map[string]any{"AsyncOperationId": s.job(q.st, s.dropPackage(q.st, sr, in.SolutionUniqueName))})
}

func (s *Server) dropPackage(st *state, solution ref, name string) error {
	c, managed := s.setup.packages[name]
	if !managed {
		return fmt.Errorf("the solution %s is not managed", name)
	}
	for _, r := range c.rows {
		st.remove(r)
		if r.Table == "role" {
			unlinkRole(st, r.ID)
		}
		for other, v := range st.rows { // a variable's value goes with its definition
			if v["environmentvariabledefinitionid"] == r {
				st.remove(other)
			}
		}
	}
	for _, t := range c.tables {
		s.forgetTable(t)
	}
	st.remove(solution)
	delete(s.setup.packages, name)
	return nil
}

// removeOwner deletes a publisher that has no solution any more, or the name of an unmanaged solution.
func (s *Server) removeOwner(q *request, set, id string) *reply {
	for r, v := range q.st.rows {
		if set == "publishers" && v["publisherid"] == (ref{"publisher", id}) && r.Table == "solution" {
			return bad("", "The publisher has solutions.").reply()
		}
	}
	if v, _ := q.st.get(ref{"solution", id}); set == "solutions" && v["ismanaged"] == true {
		return bad("", "A managed solution is uninstalled.").reply()
	}
	return nil
}

func publishXML(q *request) *reply {
	var in struct{ ParameterXML string }
	if err := json.Unmarshal(q.body, &in); err != nil || !strings.HasPrefix(in.ParameterXML, "<importexportxml>") {
		return bad("0x80048d19", "ParameterXml is required.").reply()
	}
	return noContent()
}

package dataversefake

import "net/http"

// AddDuplicateRule makes the organisation look for records of a table with the same value in a column. Requests run into the rule
// only when they ask for it; powerapps-docs/developer/data-platform/webapi/manage-duplicate-detection-create-update.md.
func (s *Server) AddDuplicateRule(table, column string) {
	s.locked(func() { s.duplicates[table] = column })
}

func (s *Server) checkDuplicates(q *request, r ref, values row) *fault {
	column := s.duplicates[r.Table]
	if column == "" || values[column] == nil || q.header.Get("MSCRM.SuppressDuplicateDetection") != "false" {
		return nil
	}
	for other, v := range q.st.rows {
		if other.Table == r.Table && other.ID != r.ID && v[column] == values[column] {
			// The page shows 500 where the list of status codes names 412.
			return &fault{http.StatusInternalServerError, "0x80040333", "A record was not created or updated because a duplicate of the current record already exists."}
		}
	}
	return nil
}

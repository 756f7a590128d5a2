package dataversefake

import (
	"net/http"
	"slices"
	"strings"
)

// Query options as powerapps-docs/developer/data-platform/webapi/query/overview.md lists them. Others of the standard ($skip,
// $search, $format) are not supported there, and $apply not here: nothing is ignored. That they are refused is documented, the
// words are not.
var (
	listOptions   = []string{"$select", "$expand", "$filter", "$orderby", "$top", "$count", "$skiptoken"}
	recordOptions = []string{"$select", "$expand"}
	writeOptions  = []string{"$select", "$expand"} // of what Prefer: return=representation answers
	maxURL        = 32768
)

// checkOptions refuses query options that the request does not take.
func checkOptions(q *request, allowed []string) *fault {
	for name := range q.query {
		if name == "$apply" && slices.Contains(allowed, "$orderby") {
			return &fault{http.StatusNotImplemented, "", "The stand-in does not aggregate."}
		}
		if !slices.Contains(allowed, name) && !strings.HasPrefix(name, "@") {
			return bad("0x80060888", "The query parameter '%s' is not supported.", name)
		}
	}
	return nil
}

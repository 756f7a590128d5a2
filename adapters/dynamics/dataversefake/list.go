package dataversefake

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// maxPage is the most rows of one answer, and the most that $count tells.
const maxPage = 5000

type found struct {
	ref ref
	row row
}

// list serves a collection with $select, $expand, $filter, $orderby, $top and $count, in pages.
func (s *Server) list(q *request, t *Table, context string, belongs func(ref, row) bool) *reply {
	if f := checkOptions(q, listOptions); f != nil {
		return f.reply()
	}
	hits, f := s.hits(q, t, belongs)
	if f != nil {
		return f.reply()
	}
	out := map[string]any{"@odata.context": q.base + "/$metadata#" + contextOf(context, q)}
	switch q.query.Get("$count") {
	case "", "false":
	case "true":
		out["@odata.count"] = min(len(hits), maxPage)
	default:
		return bad("0x80060888", "$count is true or false.").reply()
	}
	hits, next, f := page(q, hits)
	if f != nil {
		return f.reply()
	}
	if next != "" {
		out["@odata.nextLink"] = next
	}
	if out["value"], f = s.showAll(q, t, hits); f != nil {
		return f.reply()
	}
	return applied(q, jsonReply(http.StatusOK, out))
}

// hits are the records of a collection that the caller may read and that pass $filter, in the order of $orderby.
func (s *Server) hits(q *request, t *Table, belongs func(ref, row) bool) ([]found, *fault) {
	if p := s.lacking(q.who, "Read", t.LogicalName); p != "" {
		return nil, missing(p)
	}
	keep, f := s.parseFilter(q, t, q.query.Get("$filter"))
	if f != nil {
		return nil, f
	}
	var hits []found
	for r, v := range q.st.rows {
		if s.isOf(r, t) && belongs(r, v) && s.may(q.who, "Read", r, v) && keep(found{r, v}) {
			hits = append(hits, found{r, v})
		}
	}
	return hits, order(q, t, hits)
}

func (s *Server) showAll(q *request, t *Table, hits []found) ([]any, *fault) {
	value := make([]any, 0, len(hits))
	for _, h := range hits {
		out, f := s.show(q, t, h.ref, h.row)
		if f != nil {
			return nil, f
		}
		value = append(value, out)
	}
	if len(hits) > 0 {
		return value, nil
	}
	_, f := s.show(q, t, ref{}, row{}) // a wrong option is refused where nothing is found, too
	return value, f
}

var (
	pageSize   = regexp.MustCompile(`odata\.maxpagesize=([0-9]+)`)
	pageNumber = regexp.MustCompile(`^<cookie pagenumber="([0-9]{1,6})" istracking="False" />$`)
)

// preferredPage is the page size that the request prefers, 0 for none. More than there may be is ignored.
func preferredPage(q *request) int {
	m := pageSize.FindStringSubmatch(q.header.Get("Prefer"))
	if m == nil {
		return 0
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n > maxPage {
		return 0
	}
	return n
}

// page cuts a page out, and gives the address of the next one. $top counts only where no page size is preferred.
func page(q *request, hits []found) ([]found, string, *fault) {
	size := preferredPage(q)
	if text := q.query.Get("$top"); text != "" {
		top, err := strconv.Atoi(text)
		if err != nil || top < 0 {
			return nil, "", bad("0x80060888", "Invalid value '%s' for $top.", text)
		}
		if size == 0 {
			return hits[:min(top, len(hits), maxPage)], "", nil
		}
	}
	size, number := cmp.Or(size, maxPage), 1
	if token := q.query.Get("$skiptoken"); token != "" {
		m := pageNumber.FindStringSubmatch(token)
		if m == nil {
			return nil, "", bad("0x80060888", "The $skiptoken is not one of a next link.")
		}
		number, _ = strconv.Atoi(m[1])
	}
	from := min(max(number-1, 0)*size, len(hits))
	to := min(from+size, len(hits))
	if to == len(hits) {
		return hits[from:], "", nil
	}
	q.query.Set("$skiptoken", fmt.Sprintf(`<cookie pagenumber="%d" istracking="False" />`, number+1))
	return hits[from:to], q.base + "/" + q.path + "?" + q.query.Encode(), nil
}

// isOf tells whether a record belongs to a table; every activity is an activitypointer too.
func (s *Server) isOf(r ref, t *Table) bool {
	if t.LogicalName == "activitypointer" {
		rt := s.tables[r.Table]
		return rt != nil && rt.Activity
	}
	return r.Table == t.LogicalName
}

type sortKey struct {
	name string
	down bool
}

// order sorts by $orderby, or by creation where there is none, which the platform leaves open.
func order(q *request, t *Table, hits []found) *fault {
	keys := []sortKey{{"createdon", false}}
	for i, term := range splitTop(q.query.Get("$orderby"), ',') {
		name, direction, _ := strings.Cut(strings.TrimSpace(term), " ")
		if strings.HasPrefix(name, "@") {
			name = q.query.Get(name)
		}
		if !t.isColumn(name) || !slices.Contains([]string{"", "asc", "desc"}, direction) {
			return bad("0x80060888", "$orderby does not take '%s'.", term)
		}
		keys = append(keys[:i], sortKey{name, direction == "desc"})
	}
	slices.SortFunc(hits, func(a, b found) int {
		for _, k := range keys {
			c := compareValues(t.kindOf(k.name), valueOf(t, a, k.name), valueOf(t, b, k.name))
			if k.down {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return cmp.Compare(a.ref.ID, b.ref.ID)
	})
	return nil
}

func (s *Server) putColumn(q *request, t *Table, r ref, name string) *reply {
	var in struct{ Value any }
	dec := json.NewDecoder(bytes.NewReader(q.body))
	dec.UseNumber()
	if err := dec.Decode(&in); err != nil {
		return bad("0x80048d19", "Error identified in Payload provided by the user: %v", err).reply()
	}
	if t.Columns[name].ReadOnly {
		return bad("0x80048d19", "'%s' of '%s' cannot be written.", name, t.LogicalName).reply()
	}
	if f := t.check(name, in.Value); f != nil {
		return f.reply()
	}
	if f := s.change(q, t, r, row{name: in.Value}); f != nil {
		return f.reply()
	}
	return noContent()
}

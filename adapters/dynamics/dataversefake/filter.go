package dataversefake

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// condition tells whether a record passes a $filter.
type condition func(found) bool

// filterReader reads $filter as powerapps-docs/developer/data-platform/webapi/query/filter-rows.md lists it: comparisons with a
// value or another column, contains, startswith, endswith, and, or, not, parentheses, columns of a looked-up record, and
// parameter aliases. Lambda expressions and Dataverse's own query functions are refused.
type filterReader struct {
	s       *Server
	q       *request
	t       *Table
	words   []string
	problem *fault
}

var (
	filterWord   = regexp.MustCompile(`^(?:'(?:[^']|'')*'|[(),]|[^\s(),']+)`)
	comparisons  = []string{"eq", "ne", "gt", "ge", "lt", "le"}
	textFunction = map[string]func(s, part string) bool{"contains": strings.Contains, "startswith": strings.HasPrefix, "endswith": strings.HasSuffix}
)

func (s *Server) parseFilter(q *request, t *Table, text string) (condition, *fault) {
	if text == "" {
		return func(found) bool { return true }, nil
	}
	r := &filterReader{s: s, q: q, t: t}
	for rest := strings.TrimSpace(text); rest != ""; rest = strings.TrimSpace(rest) {
		word := filterWord.FindString(rest)
		if word == "" {
			return nil, bad("0x80060888", "There is an unterminated literal at position %d in '%s'.", len(text)-len(rest), text)
		}
		r.words, rest = append(r.words, r.alias(word)), rest[len(word):]
	}
	c := r.either()
	if len(r.words) > 0 {
		r.wrong(r.words[0])
	}
	return c, r.problem
}

// alias gives the value of a parameter alias; one without a value is null.
func (r *filterReader) alias(word string) string {
	if !strings.HasPrefix(word, "@") {
		return word
	}
	return cmp.Or(r.q.query.Get(word), "null")
}

func (r *filterReader) wrong(at string) {
	if r.problem == nil {
		r.problem = bad("0x80060888", "Syntax error in $filter at '%s'.", at)
	}
}

func (r *filterReader) next() string {
	if len(r.words) == 0 {
		r.wrong("its end")
		return ""
	}
	word := r.words[0]
	r.words = r.words[1:]
	return word
}

func (r *filterReader) take(word string) bool {
	if len(r.words) == 0 || r.words[0] != word {
		return false
	}
	r.words = r.words[1:]
	return true
}

func (r *filterReader) expect(word string) {
	if !r.take(word) {
		r.wrong(strings.Join(r.words, " "))
	}
}

func (r *filterReader) either() condition {
	c := r.both()
	for r.take("or") {
		a, b := c, r.both()
		c = func(f found) bool { return a(f) || b(f) }
	}
	return c
}

func (r *filterReader) both() condition {
	c := r.one()
	for r.take("and") {
		a, b := c, r.one()
		c = func(f found) bool { return a(f) && b(f) }
	}
	return c
}

func (r *filterReader) one() condition {
	if r.take("not") {
		c := r.one()
		return func(f found) bool { return !c(f) }
	}
	if r.take("(") {
		c := r.either()
		r.expect(")")
		return c
	}
	word := r.next()
	if test, isFunction := textFunction[word]; isFunction {
		return r.function(test)
	}
	return r.comparison(word)
}

func (r *filterReader) function(test func(s, part string) bool) condition {
	r.expect("(")
	left, kind := r.column(r.next())
	r.expect(",")
	part, isText := textLiteral(r.next())
	r.expect(")")
	if !isText || !slices.Contains([]string{"String", "Memo"}, kind) {
		r.wrong("a function of text")
	}
	return func(f found) bool {
		text, ok := left(f).(string)
		return ok && test(strings.ToLower(text), strings.ToLower(part))
	}
}

func (r *filterReader) comparison(name string) condition {
	left, kind := r.column(name)
	op := r.next()
	if !slices.Contains(comparisons, op) {
		r.wrong(op)
	}
	word := r.next()
	if r.t.isColumn(word) {
		right, other := r.column(word)
		if other != kind {
			r.wrong(word)
		}
		return func(f found) bool { return compares(op, kind, left(f), right(f)) }
	}
	value, ok := literal(kind, word)
	if !ok {
		r.wrong(word)
	}
	return func(f found) bool { return compares(op, kind, left(f), value) }
}

// column finds how to read a property, maybe of a looked-up record, and of which type it is.
func (r *filterReader) column(name string) (func(found) any, string) {
	t, steps := r.t, strings.Split(name, "/")
	last := steps[len(steps)-1]
	var path []Lookup
	for _, step := range steps[:len(steps)-1] {
		nav, known := t.Navigation[step]
		if !known || r.s.tables[nav.Table] == nil {
			r.wrong(name)
			return func(found) any { return nil }, ""
		}
		path, t = append(path, nav), r.s.tables[nav.Table]
	}
	if _, f := selected(t, last); f != nil || last == "" {
		if r.problem == nil {
			r.problem = cmp.Or(f, bad("0x80060888", "Syntax error in $filter."))
		}
		return func(found) any { return nil }, ""
	}
	return func(f found) any { return valueOf(t, r.s.follow(r.q, f, path), last) }, t.kindOf(last)
}

// follow goes from a record over lookups. Where there is nothing, or nothing that the caller may read, the record is empty.
func (s *Server) follow(q *request, f found, path []Lookup) found {
	for _, nav := range path {
		target, _ := f.row[nav.Column].(ref)
		v, exists := q.st.get(target)
		if !exists || target.Table != nav.Table || !s.may(q.who, "Read", target, v) {
			return found{}
		}
		f = found{target, v}
	}
	return f
}

// columnOf is the column behind a property: lookups are read as _name_value.
func columnOf(property string) string {
	if in, ok := strings.CutPrefix(property, "_"); ok {
		return strings.TrimSuffix(in, "_value")
	}
	return property
}

func (t *Table) isColumn(property string) bool {
	names, f := selected(t, property)
	return f == nil && len(names) == 1
}

func (t *Table) kindOf(property string) string {
	if c := t.Columns[columnOf(property)]; property != t.PrimaryID && !c.isLookup() {
		return c.Type
	}
	return "Uniqueidentifier"
}

func valueOf(t *Table, f found, property string) any {
	if property == t.PrimaryID && f.ref.ID != "" {
		return f.ref.ID
	}
	switch x := f.row[columnOf(property)].(type) {
	case ref:
		return x.ID
	default:
		return x
	}
}

func textLiteral(word string) (string, bool) {
	if len(word) < 2 || !strings.HasPrefix(word, "'") {
		return "", false
	}
	return strings.ReplaceAll(word[1:len(word)-1], "''", "'"), true
}

// literal reads a value as a filter writes it; it must be of the column's type.
func literal(kind, word string) (any, bool) {
	text, quoted := textLiteral(word)
	if word == "null" {
		return nil, true
	}
	switch kind {
	case "Uniqueidentifier":
		if !quoted {
			text = word
		}
		return parseGUID(text)
	case "Boolean":
		return word == "true", word == "true" || word == "false"
	case "DateTime":
		_, ok := moment(word)
		return word, ok
	case "String", "Memo", "EntityName", "MultiSelectPicklist":
		return text, quoted
	default:
		_, err := strconv.ParseFloat(word, 64)
		return json.Number(word), err == nil
	}
}

func moment(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// compares holds for a missing value only with eq null, and with ne a value.
func compares(op, kind string, a, b any) bool {
	if a == nil || b == nil {
		return (op == "eq" && a == b) || (op == "ne" && a != b)
	}
	return holds(op, compareValues(kind, a, b))
}

func holds(op string, c int) bool {
	switch op {
	case "eq":
		return c == 0
	case "ne":
		return c != 0
	case "ge":
		return c >= 0
	case "gt":
		return c > 0
	case "le":
		return c <= 0
	default:
		return c < 0
	}
}

// compareValues compares two values of a column's type; nothing comes first, and text is compared without its case.
func compareValues(kind string, a, b any) int {
	if a == nil || b == nil {
		return cmp.Compare(present(a), present(b))
	}
	one, other := fmt.Sprint(a), fmt.Sprint(b)
	switch kind {
	case "DateTime":
		x, _ := moment(one)
		y, _ := moment(other)
		return x.Compare(y)
	case "String", "Memo", "EntityName", "MultiSelectPicklist", "Uniqueidentifier", "Boolean":
		return cmp.Compare(strings.ToLower(one), strings.ToLower(other))
	}
	x, _ := strconv.ParseFloat(one, 64)
	y, _ := strconv.ParseFloat(other, 64)
	return cmp.Compare(x, y)
}

func present(v any) int {
	if v == nil {
		return 0
	}
	return 1
}

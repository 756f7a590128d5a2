package dataversefake

import (
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
)

// ref names a record.
type ref struct {
	Table string `json:"table"`
	ID    string `json:"id"`
}

// row is a record's values by column. It is never changed once it is in a state: a change makes a new one.
type row map[string]any

// state is all records. What must happen as a whole remembers where it began, and is taken back if it fails.
type state struct {
	rows    map[ref]row
	version int64
	changed []change // by the request under way
}

// change is a record before it was changed; values are nil when it was not there.
type change struct {
	ref
	values  row
	version int64 // of the state
}

func newState() *state { return &state{rows: map[ref]row{}} }

func (st *state) remember(r ref) { st.changed = append(st.changed, change{r, st.rows[r], st.version}) }

// takeBack undoes all changes of the request but the first n.
func (st *state) takeBack(n int) {
	for _, c := range slices.Backward(st.changed[n:]) {
		st.version, st.rows[c.ref] = c.version, c.values
		if c.values == nil {
			delete(st.rows, c.ref)
		}
	}
	st.changed = st.changed[:n]
}

func (st *state) get(r ref) (row, bool) {
	v, ok := st.rows[r]
	return v, ok
}

func (st *state) put(r ref, v row) {
	st.remember(r)
	st.version++
	v = maps.Clone(v)
	v["versionnumber"] = st.version
	st.rows[r] = v
}

func (st *state) remove(r ref) {
	for other, v := range st.rows {
		if other == r || v["activityid"] == r { // an activity's parties go with it
			st.remember(other)
			st.version++
			delete(st.rows, other)
		}
	}
}

func parseGUID(s string) (string, bool) {
	id, err := uuid.Parse(s)
	return id.String(), err == nil && len(s) == 36
}

const timeLayout = "2006-01-02T15:04:05Z"

func stamp(t time.Time) string { return t.UTC().Format(timeLayout) }

package dataversefake

import (
	"maps"
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

// state is all records. A change set works on a clone and puts it back if all went well.
type state struct {
	rows    map[ref]row
	version int64
}

func newState() *state { return &state{rows: map[ref]row{}} }

func (st *state) clone() *state { return &state{maps.Clone(st.rows), st.version} }

func (st *state) get(r ref) (row, bool) {
	v, ok := st.rows[r]
	return v, ok
}

func (st *state) put(r ref, v row) {
	st.version++
	v = maps.Clone(v)
	v["versionnumber"] = st.version
	st.rows[r] = v
}

func (st *state) remove(r ref) {
	st.version++
	delete(st.rows, r)
	maps.DeleteFunc(st.rows, func(_ ref, v row) bool { return v["activityid"] == r }) // an activity's parties go with it
}

func parseGUID(s string) (string, bool) {
	id, err := uuid.Parse(s)
	return id.String(), err == nil && len(s) == 36
}

const timeLayout = "2006-01-02T15:04:05Z"

func stamp(t time.Time) string { return t.UTC().Format(timeLayout) }

package dataversefake

import (
	"encoding/json"
	"fmt"
	"io"
)

// snapshot is the JSON form of an organisation's records. Users and tokens are code, not data: add them before Restore.
type snapshot struct {
	Version int64    `json:"version"`
	Records []record `json:"records"`
}

type record struct {
	Ref    ref                        `json:"ref"`
	Values map[string]json.RawMessage `json:"values,omitempty"`
	Refs   map[string]ref             `json:"refs,omitempty"`
}

// Snapshot writes all records to w.
func (s *Server) Snapshot(w io.Writer) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := snapshot{Version: s.data.version}
	for r, v := range s.data.rows {
		rec := record{Ref: r, Values: map[string]json.RawMessage{}, Refs: map[string]ref{}}
		for name, value := range v {
			if target, isRef := value.(ref); isRef {
				rec.Refs[name] = target
				continue
			}
			text, err := json.Marshal(value)
			if err != nil {
				return fmt.Errorf("snapshot: %w", err)
			}
			rec.Values[name] = text
		}
		out.Records = append(out.Records, rec)
	}
	return json.NewEncoder(w).Encode(out)
}

// Restore takes the place of all records by those of a snapshot.
func (s *Server) Restore(r io.Reader) error {
	var in snapshot
	if err := json.NewDecoder(r).Decode(&in); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	st := newState()
	for _, rec := range in.Records {
		v := row{}
		for name, text := range rec.Values {
			value, err := restoreValue(text)
			if err != nil {
				return fmt.Errorf("restore %s: %w", name, err)
			}
			v[name] = value
		}
		for name, target := range rec.Refs {
			v[name] = target
		}
		st.rows[rec.Ref] = v
	}
	st.version = in.Version
	s.mu.Lock()
	defer s.mu.Unlock()
	s.data = st
	return nil
}

func restoreValue(text json.RawMessage) (any, error) {
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return nil, err
	}
	if _, isNumber := v.(float64); isNumber {
		return json.Number(text), nil
	}
	return v, nil
}

package dataversefake

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
)

// snapshot is the JSON form of an organisation's records. Users and tokens are code, not data: add them anew.
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

// Changes grows with every change of a record: as long as it stays, a snapshot would be the same.
func (s *Server) Changes() (n int64) {
	s.locked(func() { n = s.data.version })
	return n
}

// Restore adds the records of a snapshot. Where one is there already, the snapshot's stands.
func (s *Server) Restore(r io.Reader) error {
	var in snapshot
	if err := json.NewDecoder(r).Decode(&in); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	rows := map[ref]row{}
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
		rows[rec.Ref] = v
	}
	s.locked(func() {
		maps.Copy(s.data.rows, rows)
		s.data.version = max(s.data.version, in.Version)
	})
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

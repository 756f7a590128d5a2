package sessions

import (
	"context"
	"database/sql"
	"time"
)

const (
	// BeatEvery is how often a node says that it lives, and how often it looks whether the others do.
	BeatEvery = 10 * time.Second
	// silentLooks is how many looks in a row must find a node silent before another finishes its sessions.
	silentLooks = 12
)

// Beat says that this node lives. kept is false when the database did not know it: at its first beat, or because it was silent for
// so long that another node has finished its sessions.
func (s *Sessions) Beat(ctx context.Context) (kept bool, err error) {
	err = s.DB.Tx(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `UPDATE nodes SET beats = beats + 1 WHERE id = $1`, s.Node)
		if err != nil {
			return wrap(err)
		}
		n, err := done.RowsAffected()
		if kept = n > 0; kept || err != nil {
			return wrap(err)
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO nodes (id, beats) VALUES ($1, 1) ON CONFLICT (id) DO NOTHING`, s.Node)
		return wrap(err)
	})
	return kept, err
}

// Watch finds nodes that died and finishes what they left. It is for one goroutine.
type Watch struct {
	sessions  *Sessions
	recording Recovery
	living    func(nodes int)
	seen      map[string]silence
}

// silence is what the last look saw of a node.
type silence struct {
	beats int64
	looks int // that saw the same
}

// NewWatch returns a watch that has seen nobody yet. living is told at each look how many nodes there are, this one among them: what they
// share is divided by it.
func NewWatch(s *Sessions, r Recovery, living func(nodes int)) *Watch {
	return &Watch{sessions: s, recording: r, living: living}
}

// Look is to be called every BeatEvery. While the database is away nobody can be heard, so a look that fails makes the count of
// silent ones begin anew.
func (w *Watch) Look(ctx context.Context) error {
	beats, err := w.sessions.otherNodes(ctx)
	last := w.seen
	w.seen = map[string]silence{}
	if err != nil {
		return err
	}
	w.living(1 + len(beats))
	for node, n := range beats {
		now := silence{beats: n}
		if before, ok := last[node]; ok && before.beats == n {
			now.looks = before.looks + 1
		}
		w.seen[node] = now
		if now.looks < silentLooks {
			continue
		}
		delete(w.seen, node)
		if err := w.sessions.takeOver(ctx, node, n, w.recording); err != nil {
			return err
		}
	}
	return nil
}

// otherNodes are those that have beaten or carry sessions, with their beats.
func (s *Sessions) otherNodes(ctx context.Context) (map[string]int64, error) {
	beats := map[string]int64{}
	err := s.DB.Tx(ctx, func(tx *sql.Tx) error {
		const meet = `INSERT INTO nodes (id, beats) SELECT DISTINCT node, 0 FROM sessions WHERE state IN ` + running + ` AND node NOT IN ('', $1)
			ON CONFLICT (id) DO NOTHING`
		if _, err := tx.ExecContext(ctx, meet, s.Node); err != nil {
			return wrap(err)
		}
		rows, err := tx.QueryContext(ctx, `SELECT id, beats FROM nodes WHERE id <> $1`, s.Node)
		if err != nil {
			return wrap(err)
		}
		defer rows.Close()
		for rows.Next() {
			var node string
			var n int64
			if err := rows.Scan(&node, &n); err != nil {
				return wrap(err)
			}
			beats[node] = n
		}
		return wrap(rows.Err())
	})
	return beats, err
}

// takeOver forgets a node, unless another did or it has beaten after all, and finishes what it left. A node that comes back from a
// long silence learns of it by its next Beat.
func (s *Sessions) takeOver(ctx context.Context, node string, beats int64, recording Recovery) error {
	var n int64
	err := s.DB.Tx(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `DELETE FROM nodes WHERE id = $1 AND beats = $2`, node, beats)
		if err == nil {
			n, err = done.RowsAffected()
		}
		return wrap(err)
	})
	if err != nil || n == 0 {
		return err
	}
	return s.finish(ctx, node, recording)
}

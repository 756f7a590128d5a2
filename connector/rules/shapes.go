package rules

import (
	"context"
	"database/sql"
	"encoding/json"
	"strings"
	"time"

	"github.com/google/uuid"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/audit"
	"cobrowse-connector/connector/store"
)

// Shape is a page's shape, kept to test rules against.
type Shape struct {
	ID        string             `json:"id"`
	Name      string             `json:"name"`
	Documents []cobrowse.Outline `json:"documents"`
	At        time.Time          `json:"at"`
}

const (
	maxShapes    = 40
	maxShape     = 400 << 10 // bytes
	maxShapeName = 80        // characters
)

// KeepShape keeps a page's shape under a name that the administrator gave it.
func (r *Rules) KeepShape(ctx context.Context, slug, name string, documents []cobrowse.Outline, by string) (Shape, error) {
	s := Shape{ID: uuid.NewString(), Name: strings.TrimSpace(cobrowse.Plain(name)), Documents: documents, At: time.Now().UTC()}
	if s.Name == "" || len([]rune(s.Name)) > maxShapeName {
		return s, cobrowse.Errorf(cobrowse.CodeInvalid, "shape_name", "a page needs a name of at most %d characters", maxShapeName)
	}
	text, err := json.Marshal(documents)
	if err != nil {
		return s, wrap(err)
	}
	if len(text) > maxShape {
		return s, cobrowse.Errorf(cobrowse.CodeInvalid, "shape_too_large", "this page is too large to keep")
	}
	return s, r.db.Tx(ctx, func(tx *sql.Tx) error {
		var kept int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM page_shapes WHERE company = $1`, slug).Scan(&kept); err != nil {
			return wrap(err)
		}
		if kept >= maxShapes {
			return cobrowse.Errorf(cobrowse.CodeConflict, "shapes_full", "%d pages are kept already; remove one first", maxShapes)
		}
		const insert = `INSERT INTO page_shapes (id, company, name, shape, saved_at, saved_by) VALUES ($1, $2, $3, $4, $5, $6)`
		if _, err := tx.ExecContext(ctx, insert, s.ID, slug, s.Name, string(text), store.Millis(s.At), by); err != nil {
			return wrap(err)
		}
		return r.audit(ctx, tx, slug, by, audit.ShapeChanged, map[string]string{"kept": s.ID})
	})
}

// Shapes lists a company's kept pages, the newest first.
func (r *Rules) Shapes(ctx context.Context, slug string) ([]Shape, error) {
	rows, err := r.db.QueryContext(ctx, `SELECT id, name, shape, saved_at FROM page_shapes WHERE company = $1 ORDER BY saved_at DESC, id`, slug)
	if err != nil {
		return nil, wrap(err)
	}
	defer rows.Close()
	shapes := []Shape{}
	for rows.Next() {
		var s Shape
		var text string
		var at int64
		if err := rows.Scan(&s.ID, &s.Name, &text, &at); err != nil {
			return nil, wrap(err)
		}
		if err := json.Unmarshal([]byte(text), &s.Documents); err != nil {
			return nil, wrap(err)
		}
		s.At = store.Time(at)
		shapes = append(shapes, s)
	}
	return shapes, wrap(rows.Err())
}

// DropShape forgets a kept page.
func (r *Rules) DropShape(ctx context.Context, slug, id, by string) error {
	return r.db.Tx(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, `DELETE FROM page_shapes WHERE id = $1 AND company = $2`, id, slug)
		if err != nil {
			return wrap(err)
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return cobrowse.Errorf(cobrowse.CodeNotFound, "shape_unknown", "there is no such page")
		}
		return r.audit(ctx, tx, slug, by, audit.ShapeChanged, map[string]string{"removed": id})
	})
}

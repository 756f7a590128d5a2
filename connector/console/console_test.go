package console

import (
	"context"
	"database/sql"
	"slices"
	"testing"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/store"
	"cobrowse-connector/connector/store/storetest"
)

// TestPublishingIsOneStep: what is answered with a failure was not published.
func TestPublishingIsOneStep(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		c, _ := newConsole(t, db)
		marta := administrator("acme", "marta")
		one := cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "m", Selector: "#one"}}}
		version, err := c.Publish(ctx, marta, 1, one)
		if err != nil {
			t.Fatal(err)
		}
		err = db.Tx(ctx, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `ALTER TABLE rule_health RENAME TO elsewhere`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		two := cobrowse.Policy{Masks: []cobrowse.MaskRule{{ID: "m", Selector: "#two"}}}
		if _, err := c.Publish(ctx, marta, version, two); err == nil {
			t.Error("published without what belongs to it")
		}
		if p, err := c.Policy(ctx, marta); err != nil || p.Version != version || p.Own.Masks[0].Selector != "#one" {
			t.Errorf("published: %+v %v", p, err)
		}
	})
}

// TestPublishingKeepsWhatTheConsoleDoesNotShow: it does not send it.
func TestPublishingKeepsWhatTheConsoleDoesNotShow(t *testing.T) {
	ctx, db := context.Background(), storetest.SQLite(t)
	c, _ := newConsole(t, db)
	version, err := c.Companies.ChangePolicy(ctx, "acme", "test", func(_ *sql.Tx, co company.Company) (cobrowse.Policy, error) {
		co.Policy.Allow, co.Policy.Rights = []string{"*.acme.example"}, []cobrowse.Right{cobrowse.RightView}
		return co.Policy, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	marta := administrator("acme", "marta")
	if _, err := c.Publish(ctx, marta, version, cobrowse.Policy{HideLinks: true}); err != nil {
		t.Fatal(err)
	}
	if p, err := c.Policy(ctx, marta); err != nil || !p.Own.HideLinks || len(p.Own.Allow) != 1 || len(p.Own.Rights) != 1 {
		t.Errorf("published: %+v %v", p.Own, err)
	}
}

// TestPublishesWhatTheBrowserDoes, and the way back. A list that refuses no file is another thing than none.
func TestPublishesWhatTheBrowserDoes(t *testing.T) {
	ctx, db := context.Background(), storetest.SQLite(t)
	c, _ := newConsole(t, db)
	marta := administrator("acme", "marta")
	no := false
	version, err := c.Publish(ctx, marta, 1, cobrowse.Policy{MaxTabs: 4, MobileAgent: &no, Ports: []int{8443}, RefusedFiles: []string{}})
	if err != nil {
		t.Fatal(err)
	}
	if p, err := c.Policy(ctx, marta); err != nil || p.Own.MaxTabs != 4 || p.Own.SaysPhone() || !slices.Equal(p.Own.Ports, []int{8443}) || p.Own.RefusedFiles == nil {
		t.Errorf("published: %+v %v", p.Own, err)
	}
	if _, err := c.Restore(ctx, marta, version, 1); err != nil {
		t.Fatal(err)
	}
	if p, err := c.Policy(ctx, marta); err != nil || p.Own.MaxTabs != 0 || !p.Own.SaysPhone() || len(p.Own.Ports) != 0 || p.Own.RefusedFiles != nil {
		t.Errorf("restored: %+v %v", p.Own, err)
	}
}

// TestAVersionIsUnknownOnlyWhenThereIsNone: a database that does not answer is something else.
func TestAVersionIsUnknownOnlyWhenThereIsNone(t *testing.T) {
	c, _ := newConsole(t, storetest.SQLite(t))
	marta := administrator("acme", "marta")
	if _, err := c.Restore(context.Background(), marta, 1, 7); cobrowse.ReasonOf(err) != "version_unknown" {
		t.Errorf("no such version: %v", err)
	}
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Restore(gone, marta, 1, 1); cobrowse.CodeOf(err) != cobrowse.CodeInternal {
		t.Errorf("no answer: %v", err)
	}
}
